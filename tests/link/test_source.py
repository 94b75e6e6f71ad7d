"""A recording as if live: which frames are heard, and when."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samefade.errors import OutOfRange
from samefade.link.ear import BATCH, Ear
from samefade.link.source import PacedSource, RecordedSource
from samefade.session import Probe
from samefade.types import Observation


@settings(deadline=None)
@given(st.lists(st.booleans(), min_size=1, max_size=30), st.integers(0, 50), st.integers(-5, 90), st.integers(-5, 90))
def test_only_what_was_heard_is_given_in_order_and_by_its_number(mask, start, first, last):
    x = Observation(np.arange(len(mask), dtype=float), 1.0, np.array(mask))
    taken = list(RecordedSource(x, start).take(first, last))
    expected = [start + i for i, heard in enumerate(mask) if heard and first <= start + i <= last]
    assert [sample.number for sample in taken] == expected
    assert [sample.values.tolist() for sample in taken] == [[n - start] for n in expected]


def test_several_tones_come_as_one_sample(observation):
    sample = next(RecordedSource(observation, 1000).take(1000, 1099))
    assert sample.values.shape == (3,)
    np.testing.assert_array_equal(sample.values, observation.values[sample.number - 1000])


def test_a_stretch_takes_as_long_as_it_took_to_record(observation):
    ear = Ear(PacedSource(RecordedSource(observation), rate=10.0, pace=2.0))
    ear.ask(Probe(first=0, last=99), now=100.0)
    heard, now = [], 100.0
    while ear.deadline is not None:
        now = ear.deadline
        heard += [(now, sample.number) for sample in ear.due(now)]
    assert [n for _, n in heard] == sorted({*np.flatnonzero(observation.mask).tolist(), 99})
    assert all(at == pytest.approx(100 + (n + 1) / 20) for at, n in heard)


def test_stretches_that_are_asked_for_at_once_follow_each_other():
    x = Observation(np.zeros(20), 1.0, np.ones(20, bool))
    ear = Ear(PacedSource(RecordedSource(x), rate=1.0))
    ear.ask(Probe(first=0, last=9), now=0.0)
    ear.ask(Probe(first=10, last=19), now=1.0)
    times = []
    while ear.deadline is not None:
        times.append(ear.deadline)
        list(ear.due(ear.deadline))
    assert times == list(range(1, 21))


def test_a_long_recording_is_heard_in_batches():
    x = Observation(np.zeros(3 * BATCH), 1.0, np.ones(3 * BATCH, bool))
    ear = Ear(RecordedSource(x))
    ear.ask(Probe(first=0, last=3 * BATCH - 1), now=0.0)
    assert [len(list(ear.due(0.0))) for _ in range(4)] == [BATCH, BATCH, BATCH, 0]
    assert ear.deadline is None


def last_of(source, last):
    ear = Ear(source)
    ear.ask(Probe(first=0, last=last), now=7.0)
    *heard, end = ear.due(7.0)
    assert ear.deadline is None
    return [sample.number for sample in heard], (end.number, end.values.size)


def test_the_last_frame_ends_a_stretch_heard_or_not():
    every, gaps = np.zeros(10), np.array([True] * 5 + [False] * 5)
    assert last_of(RecordedSource(Observation(every, 1.0, ~gaps)), 9) == ([5, 6, 7, 8], (9, 1))
    assert last_of(RecordedSource(Observation(every, 1.0, gaps)), 9) == ([0, 1, 2, 3, 4], (9, 0))
    assert last_of(RecordedSource(Observation(every, 1.0, gaps)), 99) == ([0, 1, 2, 3, 4], (99, 0))
    assert last_of(None, 9) == ([], (9, 0))


def test_a_paced_stretch_whose_end_is_lost_still_takes_its_time():
    ear = Ear(PacedSource(RecordedSource(Observation(np.zeros(10), 1.0, np.zeros(10, bool))), 1.0))
    ear.ask(Probe(first=0, last=9), now=7.0)
    assert ear.deadline == 17.0


def test_numbers_that_make_no_sense_are_refused(observation):
    with pytest.raises(OutOfRange):
        RecordedSource(observation, -1)
    for rate, pace in ((0.0, 1.0), (float("nan"), 1.0), (float("inf"), 1.0), (1.0, 0.0), (1.0, -1.0)):
        with pytest.raises(OutOfRange):
            PacedSource(RecordedSource(observation), rate, pace)
    assert PacedSource(RecordedSource(observation), 1.0, float("inf")).period == 0


def test_no_sample_is_shown(observation):
    shown = repr(PacedSource(RecordedSource(observation), 1.0))
    assert "Observation(" in shown
    assert not any(f"{value:.3f}" in shown for value in observation.values.ravel())
