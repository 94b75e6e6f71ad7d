"""What a simulated world promises: layout, clocks, losses, the truth, and the same world from the same seed."""

from dataclasses import replace

import numpy as np
import pytest

from samefade.channel import SCENARIOS, Eve, Motion, Radio, Scenario, World, scenario, simulate
from samefade.errors import OutOfRange, TooFewSamples, UnknownName

SHORT = replace(SCENARIOS["carried"], seconds=60.0)


def amplitude(recording, tone=6):
    at = list(recording.tones).index(tone)
    return np.hypot(*recording.raw[:, at].astype(float).T)


def paired(world: World, *ends):
    """Return the amplitudes of the exchanges that every one of the ends heard, matched by the truth."""
    n = world.scenario.packets
    rows = []
    for end in ends:
        row = np.full(n, np.nan)
        row[np.setdiff1d(np.arange(n), world.truth.lost[end])] = amplitude(getattr(world, end))
        rows.append(row)
    table = np.array(rows)
    return table[:, np.isfinite(table).all(axis=0)]


@pytest.fixture(scope="module")
def short():
    return simulate(SHORT, 1)


def test_the_layout_is_that_of_the_chip(short):
    raw = short.a.raw
    assert raw.dtype == np.int8
    assert raw.shape == (len(short.a), 64, 2)
    np.testing.assert_array_equal(short.a.tones, np.arange(64))
    power = np.mean(np.sum(raw.astype(float) ** 2, axis=2), axis=0)
    nulls = [int(t) for t in short.a.about["null tones"].split()]
    assert nulls == [0, 1, 2, 3, 4, 5, 32, 59, 60, 61, 62, 63]
    assert not power[nulls[2:]].any()
    assert power[:2].min() > power[6:].max()  # the invalid word is larger than any real tone
    assert np.delete(power, nulls).min() > 0


def test_the_same_seed_makes_the_same_world(short):
    again = simulate(SHORT, np.random.default_rng(1))
    for end in "abe":
        for part in ("raw", "time", "rssi"):
            np.testing.assert_array_equal(getattr(getattr(again, end), part), getattr(getattr(short, end), part))
    np.testing.assert_array_equal(again.truth.fade, short.truth.fade)
    assert not np.array_equal(simulate(SHORT, 2).truth.fade, short.truth.fade)


@pytest.mark.parametrize("tones", [(6,), (8, 6), (2,), (0, 32, 40)])
def test_fewer_tones_change_neither_times_nor_losses_nor_the_fade(short, tones):
    few = simulate(SHORT, 1, tones=tones)
    np.testing.assert_array_equal(few.a.tones, np.sort(tones))
    np.testing.assert_array_equal(few.b.time, short.b.time)
    np.testing.assert_allclose(few.truth.fade, short.truth.fade, rtol=1e-4, atol=1e-6)  # single precision
    assert few.a.raw.shape == (len(short.a), len(tones), 2)


def test_what_is_heard_and_what_is_lost_make_the_whole(short):
    for end in "abe":
        assert len(getattr(short, end)) + len(short.truth.lost[end]) == SHORT.packets


def test_each_node_shows_its_own_clock(short):
    for end in "abe":
        heard = np.setdiff1d(np.arange(SHORT.packets), short.truth.lost[end])
        true = short.truth.time[heard] + (0 if end == "a" else short.truth.lag)
        expected = short.truth.offset[end] + (1 + 1e-6 * short.truth.drift_ppm[end]) * true
        np.testing.assert_allclose(getattr(short, end).time, expected, atol=1e-6)


def test_sequence_numbers_only_where_asked_for(short):
    assert short.a.seq is None
    numbered = simulate(SHORT, 1, tones=(6,), seq=True)
    assert not np.isin(numbered.b.seq, numbered.truth.lost["b"]).any()
    assert len(numbered.b.seq) == len(numbered.b)


def test_the_recording_follows_the_truth(short):
    heard = np.setdiff1d(np.arange(SHORT.packets), short.truth.lost["a"])
    # at 20 dB the amplitude of Rayleigh-like fading correlates with the truth at about 1 − 1/(2·100·.2) = .97
    assert np.corrcoef(amplitude(short.a), np.abs(short.truth.fade[heard]))[0, 1] > 0.95


def test_signal_strength_is_plausible_whole_decibels(short):
    assert short.a.rssi.dtype.kind == "i"
    # 15 dBm − 40 dB − 10·2·log10(3 m) is −34.7 dBm; drift and fading move it by a few decibels
    assert np.mean(short.a.rssi) == pytest.approx(-34.7, abs=5)


def test_losses_are_independent_at_the_two_ends():
    case = replace(SHORT, seconds=2000.0, a=Radio(loss=0.3), b=Radio(loss=0.3))
    world = simulate(case, 3, tones=(6,))
    lost = np.zeros((2, case.packets))
    lost[0, world.truth.lost["a"]] = lost[1, world.truth.lost["b"]] = 1
    assert np.corrcoef(lost)[0, 1] == pytest.approx(0, abs=0.036)  # 5/√20,000


def test_cuts_appear_at_their_place():
    case = replace(SHORT, a=Radio(cuts=((0, 5), (0.5, 30))))
    np.testing.assert_array_equal(simulate(case, 1, tones=(6,)).truth.lost["a"], [*range(5), *range(300, 330)])


@pytest.mark.parametrize("small", [0.0, 0.9])
def test_eve_hears_as_much_as_she_is_given(small):
    case = replace(SHORT, seconds=1200.0, motion=Motion(doppler=2.0), eve=Eve(small_scale=small, shared=0.0))
    b, e = paired(simulate(case, 4, tones=(6,)), "b", "e")
    # envelopes of complex gains with correlation ρ correlate at nearly ρ² (.81·.98² for two ends at 20 dB is .78);
    # 1,200 s of 2 Hz Doppler hold about 4,800 independent samples: five standard errors are .07
    assert np.corrcoef(b, e)[0, 1] == pytest.approx(0.78 * small**2 / 0.81, abs=0.1)


def test_tones_of_a_wide_profile_fade_differently():
    def neighbours(spread):
        world = simulate(replace(SHORT, seconds=600.0, motion=Motion(doppler=1.0, spread=spread)), 5, tones=(6, 58))
        return np.corrcoef(amplitude(world.a), amplitude(world.a, 58))[0, 1]

    assert neighbours(0.0) > 0.95
    assert abs(neighbours(300e-9)) < 0.2  # 16.25 MHz apart: 2π·16.25e6·300e-9 = 31 ≫ 1


def test_generators_may_be_passed_on():
    rng = np.random.default_rng(6)
    assert not np.array_equal(simulate(SHORT, rng, tones=(6,)).a.raw, simulate(SHORT, rng, tones=(6,)).a.raw)


def test_a_world_and_its_name():
    assert "carried" in repr(simulate(SHORT, 1, tones=(6,)))
    assert scenario("static") is SCENARIOS["static"]
    with pytest.raises(UnknownName, match="los-short"):
        simulate("moon", 1)


def test_an_end_that_hears_nothing_is_an_answer():
    with pytest.raises(TooFewSamples):
        simulate(replace(SHORT, b=Radio(loss=1.0)), 1, tones=(6,))


@pytest.mark.parametrize("tones", [(), (64,), (-1,), (6.5,)])
def test_tones_that_do_not_exist_are_refused(tones):
    with pytest.raises(OutOfRange):
        simulate(SHORT, 1, tones=tones)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Scenario("x", "y", seconds=0),
        lambda: Scenario("x", "y", rate=float("inf")),
        lambda: Scenario("x", "y", seconds=0.01),
        lambda: Scenario("x", "y", seconds=1e12),
        lambda: Radio(loss=1.5),
        lambda: Radio(snr_db=float("nan")),
        lambda: Motion(doppler=-1),
        lambda: Motion(drift_seconds=0),
        lambda: Motion(k_factor=float("nan")),
        lambda: simulate(replace(SHORT, lag=0.2), 1, tones=(6,)),
        lambda: simulate(replace(SHORT, distance=-1), 1, tones=(6,)),
    ],
)
def test_absurd_worlds_are_refused(make):
    with pytest.raises(OutOfRange):
        make()
