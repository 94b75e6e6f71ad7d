"""A hostile line in virtual time: what it does, that it is repeatable, and that it is fast."""

import time
from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from link_doubles import Talker

from samefade.errors import OutOfRange
from samefade.link.hostile import Channel, Hostile
from samefade.link.memory import Memory
from samefade.link.source import PacedSource, RecordedSource
from samefade.session import Confirmed, Moved, Probe, Reserve

WORST = Hostile(loss=0.5, duplicate=0.3, reorder=64, delay=0.01, jitter=0.05, truncate=0.2, flip=0.2)
NUMBERED = [i.to_bytes(4, "big") for i in range(20_000)]


def carried(hostile, seed=1, every=0.0):
    channel = Channel(hostile, seed, "b")
    arriving = [(at, i, what) for i, d in enumerate(NUMBERED) for at, what in channel.carry(d, i * every)]
    return channel, [what for _, _, what in sorted(arriving)]


def test_a_calm_line_carries_everything_in_order():
    channel, arrived = carried(Hostile(delay=0.1))
    assert arrived == NUMBERED
    assert (channel.sent, channel.octets, channel.dropped, channel.damaged) == (20_000, 80_000, 0, 0)


@pytest.mark.parametrize("rate", [0.1, 0.3, 0.5])
def test_as_much_is_lost_and_doubled_as_was_asked_for(rate):
    # Binomial with n = 20,000: five standard deviations are at most 5·√(0.25·20,000) = 354.
    channel, arrived = carried(Hostile(loss=rate))
    assert channel.dropped == pytest.approx(rate * 20_000, abs=354)
    assert len(arrived) == 20_000 - channel.dropped
    _, arrived = carried(Hostile(duplicate=rate))
    counts = Counter(arrived)
    assert set(counts.values()) == {1, 2}
    assert len(arrived) - 20_000 == pytest.approx(rate * 20_000, abs=354)


@pytest.mark.parametrize("every", [0.0, 0.001, 0.01])
def test_nothing_is_overtaken_by_more_than_the_window(every):
    _, arrived = carried(Hostile(reorder=64), every=every)
    assert sorted(arrived) == NUMBERED
    overtaken = most = 0
    for i, datagram in enumerate(arrived):
        later = sum(earlier > datagram for earlier in arrived[max(0, i - 130) : i])
        most, overtaken = max(most, later), overtaken + (later > 0)
    assert most <= 64
    assert overtaken > 5000


def test_damage_is_one_bit_or_a_cut():
    whole = bytes(range(50))
    flips = Channel(Hostile(flip=1.0), 1, "b")
    for _ in range(200):
        ((_, damaged),) = flips.carry(whole, 0.0)
        assert sum((x ^ y).bit_count() for x, y in zip(whole, damaged, strict=True)) == 1
    cuts = Channel(Hostile(truncate=1.0), 1, "b")
    lengths = {len(cuts.carry(whole, 0.0)[0][1]) for _ in range(2000)}
    assert lengths == set(range(50))
    assert Channel(WORST, 1, "b").carry(b"", 0.0) is not None


def test_conversations_end_on_the_worst_line_and_are_repeatable():
    def run(seed):
        a, b = Talker(True, 30), Talker(False, 30)
        outcome = Memory(WORST, seed).run(a, b)
        assert len(a.received) == len(b.received) == 30
        return outcome

    first = run(5)
    assert first == run(5)
    assert first != run(6)
    assert first.finished
    assert first.dropped > 0 < first.damaged
    assert first.a == (Moved(state="started"), Confirmed(key_ids=()))


@settings(deadline=None)  # the machine may be busy
@given(st.integers(0, 2**64))
def test_no_seed_makes_a_conversation_end_wrong(seed):
    a, b = Talker(True, 3), Talker(False, 3)
    outcome = Memory(WORST, seed).run(a, b, limit=100)
    assert a.received == b.received[: len(a.received)]
    assert outcome.seconds <= 100


def test_what_is_measured_on_the_way_is_the_recordings(observation):
    a, b = Talker(True, 3, (10, 29)), Talker(False, 3, (10, 29), linger=30)
    told = []
    outcome = Memory(Hostile(loss=0.2), 1).run(
        a,
        b,
        RecordedSource(observation),
        PacedSource(RecordedSource(observation, 5), 10.0, 0.5),
        on_event=lambda *what: told.append(what),
    )
    assert [s.number for s in a.heard] == [i for i in range(10, 30) if observation.mask[i]]
    assert [s.number for s in b.heard] == [i for i in range(10, 30) if observation.mask[i - 5]]
    assert [type(event) for event in outcome.b] == [Moved, Reserve, Probe, Confirmed]
    assert [event for end, event in told if end == "a"] == list(outcome.a)
    assert outcome.seconds > 30


def test_nobody_answers_and_the_time_is_over():
    outcome = Memory(Hostile(loss=1.0)).run(Talker(True, 3, retry=1 / 16), Talker(False, 3), limit=10.0)
    assert not outcome.finished
    assert outcome.seconds == 10.0
    assert outcome.datagrams == outcome.dropped == 161  # at 0 and sixteen times a second
    silent = Memory().run(Talker(False, 3), Talker(False, 3))
    assert (silent.finished, silent.seconds) == (False, 0.0)


def test_an_attacker_on_the_line_may_change_drop_and_insert():
    seen = []

    def attacker(datagram, to, now):
        seen.append((to, now))
        return [b"garbage", datagram] if to == "b" else [datagram]

    a, b = Talker(True, 5), Talker(False, 5)
    outcome = Memory(Hostile(delay=0.001), 0, attacker).run(a, b)
    assert outcome.finished
    assert b.bad == 5
    assert a.bad == 0
    assert {to for to, _ in seen} == {"a", "b"}
    assert all(x <= y for (_, x), (_, y) in pairwise(seen))


def test_tens_of_thousands_of_datagrams_a_second():
    best = 0.0
    for _ in range(3):  # other programs may disturb one
        begun = time.process_time()
        outcome = Memory(WORST, 1).run(Talker(True, 1000), Talker(False, 1000), limit=1e6)
        best = max(best, outcome.datagrams / (time.process_time() - begun))
    assert best > 10_000


@pytest.mark.parametrize(
    "wrong",
    [
        {"loss": -0.1},
        {"loss": 1.1},
        {"duplicate": float("nan")},
        {"reorder": 65},
        {"reorder": -1},
        {"delay": -1.0},
        {"jitter": float("inf")},
        {"truncate": 2.0},
        {"flip": -1.0},
        {"spacing": -1.0},
    ],
)
def test_a_line_that_makes_no_sense_is_refused(wrong):
    with pytest.raises(OutOfRange):
        Hostile(**wrong)


def test_a_limit_that_makes_no_sense_is_refused():
    for limit in (0.0, -1.0, float("nan")):
        with pytest.raises(OutOfRange):
            Memory().run(Talker(True), Talker(False), limit=limit)
