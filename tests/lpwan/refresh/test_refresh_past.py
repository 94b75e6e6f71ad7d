"""What earlier runs measured: no key follows from another, and nothing of what a key came of is told."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from refresh_line import QUICK, Line
from refresh_routes import Route, Walked

from samefade.errors import RemoteProtocolError
from samefade.lpwan.refresh import NetworkEnd, NoKey, Refreshed
from samefade.lpwan.refresh.messages import COMMIT, SPEAK
from samefade.lpwan.refresh.past import MOST_PLACES, Past, length, newest, packed, unpacked
from samefade.lpwan.refresh.state import pack
from samefade.lpwan.refresh.walked import ComesAgain, found, known, refuse


def walk(n, memory, chance):
    x = np.zeros(n)
    for i in range(1, n):
        x[i] = memory * x[i - 1] + np.sqrt(1 - memory**2) * chance.normal()
    return x


def heard(x, chance, lost=0.36, noise=0.5):
    """Return places and values of what an end heard of a fade."""
    strength = np.round(63 + 8 * x + noise * chance.normal(size=len(x)))
    at = np.flatnonzero(chance.random(len(x)) >= lost)
    return list(zip(at.tolist(), (2 * strength[at]).astype(int).tolist(), strict=True))


def earlier(x, chance, told=0, run=800, **about):
    """Return the runs of a fade that was walked once."""
    samples = heard(x, chance, **about)
    return [
        packed([(at, value) for at, value in samples if first <= at < first + run], told)
        for first in range(0, len(x), run)
    ]


@given(st.lists(st.tuples(st.integers(1, 2**40), st.integers(0, 255)), max_size=40), st.integers(0, 40))
@settings(max_examples=50, deadline=None)
def test_a_run_comes_back_as_it_was(steps, told):
    places = np.cumsum([step for step, _ in steps]).tolist()
    samples = [(place, value) for place, (_, value) in zip(places, steps, strict=True)]
    assert unpacked(packed(samples, told)) == (samples, told)


@pytest.mark.parametrize("damaged", [b"", b"x", packed([(1, 2)], 0)[:-3]])
def test_a_damaged_run_is_refused(damaged):
    with pytest.raises(RemoteProtocolError):
        unpacked(damaged)


@given(st.lists(st.integers(1, 2 * MOST_PLACES), min_size=1, max_size=30))
def test_the_newest_runs_are_kept_and_the_last_one_anyhow(lengths):
    count = newest(lengths)
    assert count >= 1
    assert count == 1 or sum(lengths[-count:]) <= MOST_PLACES
    assert count == len(lengths) or sum(lengths[-count - 1 :]) > MOST_PLACES


@pytest.mark.parametrize("memory", [0.0, 0.6, 0.9])
@pytest.mark.parametrize("way", [1, -1])
def test_a_stretch_of_an_earlier_run_is_found_where_it_lies(memory, way):
    """A fifth is lost in each direction, each pass has noise of its own; 4 places of 4,000."""
    chance = np.random.default_rng(5)
    before = walk(4000, memory, chance)
    past = Past.of(earlier(before, chance))
    for first in (10, 900, 2000, 3700):
        now = walk(700, memory, chance)
        now[200:456] = before[first : first + 256][::way]
        samples = heard(now, chance)
        with pytest.raises(ComesAgain):
            refuse(past, samples)
        told = known(past, [at for at, _ in samples], [value for _, value in samples], 0, 700)
        # a third is lines through the neighbours, which say nothing of a fade without memory
        assert np.corrcoef(told[264:392], now[264:392])[0, 1] > 0.5


@pytest.mark.parametrize("memory", [0.0, 0.6, 0.97])
def test_a_walk_that_never_repeats_is_left_alone(memory):
    """By chance one run in ten thousand is refused; 20 of each memory are looked at here."""
    chance = np.random.default_rng(6)
    past = Past.of(earlier(walk(4000, memory, chance), chance))
    for seed in range(20):
        chance = np.random.default_rng(100 + seed)
        samples = heard(walk(700, memory, chance), chance)
        refuse(past, samples)
        assert known(past, [at for at, _ in samples], [value for _, value in samples], 0, 700) is None


def test_what_no_key_came_of_is_not_refused_but_known():
    chance = np.random.default_rng(7)
    before = walk(800, 0.6, chance)
    (run,) = earlier(before, chance, told=10_000)
    samples = heard(before, chance)
    refuse(Past.of([run]), samples)
    assert known(Past.of([run]), [at for at, _ in samples], [value for _, value in samples], 0, 700) is not None


def test_runs_are_found_though_counters_began_anew():
    """A device that was enrolled again counts from 0: its runs lie behind each other all the same."""
    chance = np.random.default_rng(8)
    before, now = walk(800, 0.6, chance), walk(700, 0.6, chance)
    past = Past.of([*earlier(walk(800, 0.6, chance), chance), *earlier(before, chance)])
    assert len(past.heard) <= 1600
    now[100:400] = before[300:600]
    with pytest.raises(ComesAgain):
        refuse(past, heard(now, chance))


def test_samples_beyond_the_end_show_a_repetition_and_are_not_refused_for_it():
    chance = np.random.default_rng(9)
    before, now = walk(800, 0.6, chance), walk(800, 0.6, chance)
    now[400:] = before[:400]
    past, samples = Past.of(earlier(before, chance)), heard(now, chance)
    refuse(past, samples, 320)  # a stretch is found to 32 places or some more
    with pytest.raises(ComesAgain):
        refuse(past, samples, 480)


def test_few_or_equal_samples_are_nothing_to_compare():
    chance = np.random.default_rng(10)
    past = Past.of(earlier(walk(800, 0.6, chance), chance))
    nothing = Past.of([])
    assert found(nothing, np.arange(100.0), np.ones(100, bool)) == []
    assert found(past, np.arange(20.0), np.ones(20, bool)) == []
    assert found(past, np.zeros(100), np.ones(100, bool)) == []
    refuse(past, [])


@pytest.mark.parametrize("back", [False, True])
def test_a_route_gives_keys_once(back):
    """Two and a half runs long, so that no run begins where an earlier one did; noise of its own at each pass."""
    line = Walked(QUICK, seed=1, fades=Route(1, 900, there_and_back=back), lost=0.1)
    shares = line.follow(1900)
    assert shares  # the first lap is worth a key
    assert max(shares) < 0.1
    assert "channel comes again" in {event.reason for event in line.of(NoKey, "network")}


def test_what_a_key_came_of_is_never_spoken():
    """The spoken share of the second lap would tell all that the first key came of."""
    line = Line(QUICK, seed=1, fades=Route(1, 420), lost=0.0)
    line.until(Refreshed, "network")
    line.runs[0] = packed(unpacked(line.runs[0])[0], 0)  # as if all of it had been kept
    for _ in range(900):
        line.step()
        assert line.network._exchange.request[:1] != bytes((SPEAK,))
    assert {event.reason for event in line.of(NoKey, "network")} == {"channel comes again"}


def test_runs_outlive_a_kill_and_are_a_part_of_the_state_until_somebody_takes_them():
    line = Line(seed=3, lost=0.0)
    line.until(Refreshed, "network")
    assert len(line.runs) == 1
    samples, told = unpacked(line.runs[0])
    assert told == QUICK.spoken < len(samples)
    line.network._asks._past = [line.runs.pop()]
    again = NetworkEnd.restored(line.network.reveal_secret_state_bytes(), QUICK)
    assert unpacked(again.reveal_secret_runs()[0]) == (samples, told)
    assert again.reveal_secret_runs() == []


def test_runs_that_nobody_takes_are_compared_all_the_same():
    class Alone(Line):
        def settle(self, end):
            self.store(end)
            self.told[end] += getattr(self, end).events()
            return False

    line = Alone(QUICK, seed=1, fades=Route(1, 420), lost=0.0)
    for _ in range(900):
        line.step()
    assert not line.runs
    assert len(line.of(Refreshed, "network")) == 1
    assert "channel comes again" in {event.reason for event in line.of(NoKey, "network")}


def test_a_run_of_which_nothing_was_told_is_not_kept():
    """A run that is given up while it names places shall not push older ones out."""
    line = Line(seed=1, lost=0.0)
    line.asks(SPEAK)
    line.network._asks._run.spoken = -1
    line.network._asks.fail("given up")
    assert line.network.reveal_secret_runs() == []


def test_a_run_that_fails_in_the_discussion_keeps_all_and_calls_nothing_secret():
    line = Line(seed=3, lost=0.0)
    line.asks(COMMIT)
    held = len(line.network._asks.pool.within(0, line.network._asks._run.end))
    line.network._asks.fail("given up")
    (run,) = line.network.reveal_secret_runs()
    samples, told = unpacked(run)
    assert len(samples) == told == held
    assert length(run) >= told


def test_a_state_of_the_first_format_is_refused():
    line = Line()
    old = pack("samefade lpwan network 1", [], line.network._secret.root, [])
    with pytest.raises(RemoteProtocolError, match="format"):
        NetworkEnd.restored(old)
