import numpy as np
import pytest

from samefade.channel import simulate
from samefade.errors import ClocksDisagree, EndsDisagree, OutOfRange, TooFewSamples
from samefade.observe import coherence_time, guard_time, interpolate, pair
from samefade.types import Observation, Pair, Recording


def rssi(values, time=None, **fields):
    values = np.asarray(values, float)
    time = np.arange(len(values)) / 2.0 if time is None else time
    return Recording("node", time, "declared rate", rssi=values, **fields)


def wave(n=400, period=37.0):
    return np.sin(2 * np.pi * np.arange(n) / period)


@pytest.fixture(scope="module")
def world():
    return simulate("carried", 5, tones=(6, 7), seq=True)


def test_each_end_keeps_its_own_gaps(world):
    made = pair(world.a, world.b, world.e)
    assert made.matching.startswith("sequence number")
    for end, observation in (("a", made.a), ("b", made.b), ("e", made.e)):
        first, last = world.a.seq[0], world.a.seq[-1]
        lost = world.truth.lost[end]
        inside = lost[(lost >= max(first, world.b.seq[0])) & (lost <= min(last, world.b.seq[-1]))]
        assert np.count_nonzero(~observation.mask) == len(inside)
        assert observation.end == end
    assert made.rate == pytest.approx(world.scenario.rate, rel=1e-3)
    assert made.recordings == (world.a, world.b, world.e)


def test_clocks_give_the_same_pair_as_sequence_numbers(world):
    told, found = pair(world.a, world.b), pair(world.a, world.b, by="clock")
    n = min(len(told), len(found))
    same = told.a.mask[:n] & found.a.mask[:n] & told.b.mask[:n] & found.b.mask[:n]
    np.testing.assert_allclose(told.a.values[:n][same], found.a.values[:n][same])
    assert np.mean(np.isclose(told.b.values[:n][same], found.b.values[:n][same])) > 0.999


def test_eve_whose_clock_nothing_relates_is_placed_and_that_is_said():
    world = simulate("carried", 5, tones=(6,))
    made = pair(world.a, world.b, world.e)
    assert "Eve by her clock as it stands" in made.matching
    assert made.e is not None
    assert len(made.e) == len(made.a)


def test_all_tones_give_columns_that_both_ends_can_use(world):
    made = pair(world.a, world.b, world.e, all_tones=True)
    assert made.a.values.shape == (len(made), 2)
    assert made.e is not None
    assert made.e.values.shape == made.a.values.shape
    np.testing.assert_allclose(made.a.values[:, 1], pair(world.a, world.b, tone=7).a.values)


def test_several_recordings_of_eve_become_columns():
    x = wave()
    made = pair(rssi(x), rssi(x), [rssi(x), rssi(-x)])
    assert made.e is not None
    np.testing.assert_allclose(made.e.values, np.stack([x, -x], axis=1))


def test_rows_take_their_rate_from_the_time_axis():
    made = pair(rssi(wave()), rssi(wave()))
    assert made.matching == "row"
    assert made.rate == pytest.approx(2.0)
    assert pair(rssi(wave()), rssi(wave()), rate=1.0).rate == 1.0


def test_a_constant_end_can_be_paired():
    assert len(pair(rssi(wave()), rssi(np.zeros(400)))) == 400


def test_ends_that_cannot_be_paired_are_refused():
    csi = Recording("node", np.arange(400) / 2, "declared rate", raw=np.ones((400, 3)))
    with pytest.raises(EndsDisagree, match="dBm"):
        pair(rssi(wave()), csi)
    other = Recording("node", np.arange(400) / 2, "declared rate", raw=np.ones((400, 1)), tones=np.array([40]))
    with pytest.raises(EndsDisagree, match="usable tones"):
        pair(csi, other, all_tones=True)
    with pytest.raises(OutOfRange, match="tone"):
        pair(csi, csi, tone=99)
    with pytest.raises(OutOfRange, match="rate"):
        pair(rssi(wave()), rssi(wave()), rate=-1.0)
    with pytest.raises(TooFewSamples):
        pair(rssi([]), rssi([]))
    with pytest.raises(TooFewSamples):
        pair(rssi([1.0]), rssi([1.0]))
    with pytest.raises(TooFewSamples):
        pair(rssi(wave()), rssi(wave()), rate=1e6)


def test_hosts_that_never_overlap_are_refused():
    rng = np.random.default_rng(10)
    early, late = 1.7e9 + np.arange(400) / 2, 1.8e9 + np.arange(390) / 2
    with pytest.raises(ClocksDisagree):
        pair(rssi(rng.standard_normal(400), early), rssi(rng.standard_normal(390), late))


def observed(values, end="a", rate=1.0):
    values = np.asarray(values, float)
    return Observation(values, rate, np.ones(len(values), bool), end)


def test_interpolating_half_duplex_halves_undoes_the_lateness():
    t = np.arange(300)
    late = Pair(observed(np.sin(0.3 * (t + 0.5))), observed(np.sin(0.3 * t), "b"))
    early = Pair(observed(np.sin(0.3 * (t - 0.5))), observed(np.sin(0.3 * t), "b"))
    for made, sign in ((late, "+"), (early, "-")):
        undone = interpolate(made)
        assert f"{sign}0.5" in undone.matching
        assert len(undone) == 299
        # linear interpolation of a sine scales it by cos(0.15), and nothing else
        np.testing.assert_allclose(undone.b.values, undone.a.values * np.cos(0.15), atol=1e-12)
    assert interpolate(early).a.start == 1.0


def test_a_value_made_of_a_gap_counts_as_a_gap():
    b = Observation(wave(20), 1.0, np.arange(20) != 7, "b")
    undone = interpolate(Pair(observed(wave(20)), b), 0.25)
    assert list(np.flatnonzero(~undone.b.mask)) == [6, 7]
    assert undone.a.mask.all()
    np.testing.assert_allclose(undone.b.values, 0.75 * b.values[:-1] + 0.25 * b.values[1:])


def test_shifts_that_make_no_sense_are_refused():
    made = Pair(observed(wave(20)), observed(wave(20), "b"))
    assert interpolate(made, 0.0) is made
    with pytest.raises(OutOfRange):
        interpolate(made, 1.5)
    with pytest.raises(TooFewSamples):
        interpolate(Pair(observed([1, 2]), observed([1, 2], "b")))


def test_the_coherence_time_of_an_autoregression_is_its_own():
    rng = np.random.default_rng(8)
    x = np.zeros(20_000)
    for i in range(1, len(x)):
        x[i] = 0.95 * x[i - 1] + rng.standard_normal()
    noisy = x + 3 * x.std() * rng.standard_normal(len(x))
    # −1/ln 0.95 = 19.5 samples after the first; 20,000 samples hold ~1,000 coherence times: ± 3 % and whole samples,
    # more with ten times the signal's power in noise, which must not shorten it to nothing
    assert coherence_time(observed(x, rate=2.0)) == pytest.approx(20.5 / 2, rel=0.15)
    assert coherence_time(observed(noisy, rate=2.0)) == pytest.approx(20.5 / 2, rel=0.6)


def test_the_guard_is_three_coherence_times_and_at_most_a_tenth_of_the_record():
    still, noise = np.zeros(500), np.random.default_rng(9).standard_normal(500)
    assert guard_time(Pair(observed(still), observed(noise, "b"))) == pytest.approx(50)
    assert guard_time(Pair(observed(noise), observed(noise, "b"))) == 1.0
    smooth = np.convolve(noise, np.ones(5), "same")
    made = Pair(observed(smooth), observed(smooth, "b"))
    assert guard_time(made) == pytest.approx(3 * coherence_time(made.a))
