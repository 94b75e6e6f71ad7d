"""Plans, marks, and what is measured: what both ends say of it, and what they make of what they hear."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samefade.errors import EndsDisagree, InputError, OutOfRange, RemoteProtocolError, SamefadeError
from samefade.presence import Heard, pack_csi
from samefade.session import Plan, Sample, pack_mark, unpack_mark
from samefade.session.measuring import MOST_NUMBERS, Measuring
from samefade.session.packing import expect
from samefade.session.plan import LAST_NUMBER, MOST_SAMPLES, MOST_TONES
from samefade.session.script import Hear, Measure, Say
from samefade.session.spoken import hear_spoken, say_spoken
from samefade.wire import codes
from samefade.wire.cbor import decode, encode

PLANS = st.builds(
    Plan,
    first=st.integers(0, LAST_NUMBER),
    spoken=st.integers(1, MOST_SAMPLES),
    kept=st.integers(0, MOST_SAMPLES),
    rate=st.floats(1e-6, 1e6),
    tones=st.integers(1, MOST_TONES),
    unit=st.sampled_from(["amplitude", "dBm"]),
    scheme=st.text(max_size=20),
)
GOOD = {"first": 1, "spoken": 10, "kept": 20, "rate": 10.0}


@settings(deadline=None)
@given(PLANS)
def test_a_plan_comes_back(plan):
    assert Plan.unpack(decode(encode(plan.pack()))) == plan


@pytest.mark.parametrize(
    "wrong",
    [
        {"first": -1},
        {"first": LAST_NUMBER + 1},
        {"spoken": 0},
        {"spoken": MOST_SAMPLES + 1},
        {"kept": -1},
        {"kept": MOST_SAMPLES + 1},
        {"rate": 0.0},
        {"rate": math.inf},
        {"rate": math.nan},
        {"tones": 0},
        {"tones": MOST_TONES + 1},
        {"unit": "furlongs"},
    ],
    ids=str,
)
def test_a_plan_that_makes_no_sense(wrong):
    with pytest.raises(OutOfRange):
        Plan(**GOOD | wrong)


@pytest.mark.parametrize(
    "said", [None, [], [1, 2, 3], [1, 10, 20, 10, 1, "dBm", "x"], [True, 10, 20, 10.0, 1, "dBm", "x"], b"plan"], ids=str
)
def test_what_is_no_plan(said):
    with pytest.raises(RemoteProtocolError):
        Plan.unpack(said)


@settings(deadline=None)
@given(PLANS, st.integers(0, LAST_NUMBER - 1))
def test_a_plan_moves_behind_what_was_used_and_never_back(plan, mark):
    moved = plan.after(mark)
    assert moved.first > mark
    assert moved.first >= plan.first
    assert (moved.spoken, moved.kept) == (plan.spoken, plan.kept)
    if plan.first > mark:
        assert moved is plan


def test_a_mark_at_the_end_of_all_numbers_leaves_no_plan():
    with pytest.raises(OutOfRange):
        Plan(**GOOD).after(LAST_NUMBER)


@settings(deadline=None)
@given(st.integers(0, LAST_NUMBER))
def test_a_mark_comes_back(mark):
    assert unpack_mark(pack_mark(mark)) == mark


@settings(deadline=None)
@given(st.binary(max_size=12))
def test_whatever_is_no_mark_is_refused(said):
    try:
        mark = unpack_mark(said)
    except SamefadeError:
        return
    assert 0 <= mark <= LAST_NUMBER


@pytest.mark.parametrize("mark", [-1, LAST_NUMBER + 1, 1.0, True, None, "1"])
def test_no_mark(mark):
    whole = decode(pack_mark(0))
    with pytest.raises(SamefadeError):
        unpack_mark(encode([mark, *whole[1:]]))


def test_gaps_are_filled_and_marked_and_frames_outside_are_left_out():
    plan = Plan(first=5, spoken=4, kept=3, rate=10.0)
    heard = Heard(np.array([3, 5, 7, 12]), np.array([9.0, 1.0, 3.0, 99.0]))
    half = plan.half_spoken(heard, "a")
    assert half.values.tolist() == [1.0, 2.0, 3.0, 3.0]
    assert half.mask.tolist() == [True, False, True, False]
    kept = plan.half_kept(heard, "b", 12)
    assert kept.values.tolist() == [99.0] * 3
    assert (kept.start, kept.end) == (pytest.approx(0.7), "b")


def test_all_tones_keep_their_columns():
    plan = Plan(first=0, spoken=3, kept=1, rate=10.0, tones=2)
    half = plan.half_spoken(Heard(np.array([0, 2]), np.array([[1.0, 10.0], [3.0, 30.0]])), "a")
    assert half.values.tolist() == [[1, 10], [2, 20], [3, 30]]
    nothing = plan.half_spoken(Heard(np.empty(0, int), np.empty((0, 2))), "a")
    assert not nothing.mask.any()
    assert nothing.values.shape == (3, 2)


# measuring


def taken(want, samples):
    measuring = Measuring(want)
    for number, values in samples:
        measuring.take(Sample(number, np.asarray(values, float)))
    return measuring


def test_missing_doubled_late_and_strange_samples_are_counted_and_not_taken():
    got = taken(
        Measure(10, 15),
        [
            (9, [1]),
            (10, [1]),
            (10, [2]),  # a double: the first stays
            (12, [3]),
            (11, [9]),  # late
            (13, [np.nan]),
            (14, [1, 2]),
            (16, [1]),
            (15, []),  # lost
        ],
    )
    assert got.done
    assert got.heard().numbers.tolist() == [10, 12]
    assert got.heard().values.ravel().tolist() == [1, 3]
    assert got.dropped == {"not asked for": 2, "out of order": 2, "wrong number of tones": 1, "not finite": 1}
    assert got.so_far == (6, 6)


@pytest.mark.parametrize("value", [np.inf, -np.inf, np.nan, 1e39, -1e39])
def test_what_no_float32_holds_is_not_finite(value):
    got = taken(Measure(0, 1), [(0, [value]), (1, [1.0])])
    assert got.dropped["not finite"] == 1
    assert got.heard().numbers.tolist() == [1]


def test_what_is_heard_is_what_a_float32_holds():
    """Both ends must use what travels."""
    got = taken(Measure(0, 0), [(0, [0.1])])
    assert got.heard().values[0, 0] == float(np.float32(0.1)) != 0.1


def test_nothing_is_done_before_the_last_frame_has_passed():
    got = taken(Measure(0, 3), [(0, [1]), (2, [1])])
    assert (got.done, got.so_far) == (False, (3, 4))
    got.take(Sample(3, np.empty(0)))
    assert got.done


def test_more_numbers_than_fit_are_refused_before_memory_is_taken():
    with pytest.raises(OutOfRange):
        Measuring(Measure(0, MOST_NUMBERS))
    with pytest.raises(OutOfRange):
        Measuring(Measure(0, MOST_NUMBERS // 4, tones=5))
    with pytest.raises(OutOfRange):
        Measuring(Measure(5, 3))
    assert not Measuring(Measure(0, 9)).done


# spoken


def told(heard):
    return [want.body for want in say_spoken(heard) if isinstance(want, Say) and want.kind == codes.SPOKEN]


def listened(plan, parts):
    """What `hear_spoken` makes of these messages, and how many it took."""
    script, took = hear_spoken(plan), 0
    try:
        want = next(script)
        for part in parts:
            assert isinstance(want, Hear)
            assert want.kinds == (codes.SPOKEN,)
            took += 1
            want = script.send((codes.SPOKEN, list(part)))
    except StopIteration as end:
        return end.value, took
    return None, took


@pytest.mark.parametrize("tones", [1, 3])
@pytest.mark.parametrize("n", [0, 1, 100, 9000])
def test_spoken_samples_come_back(n, tones):
    values = np.random.default_rng(n).standard_normal((n, tones)).astype(np.float32).astype(float)
    heard, plan = Heard(np.arange(7, 7 + n), values), Plan(first=7, spoken=max(n, 1), kept=1, rate=10.0, tones=tones)
    parts = told(heard)
    again, took = listened(plan, [decode(encode(list(p))) for p in parts])
    assert took == len(parts)
    assert np.array_equal(again.numbers, heard.numbers)
    assert np.array_equal(again.values, heard.values)


SMALL = Plan(first=10, spoken=20, kept=1, rate=10.0)


def packed(numbers, values=None):
    return pack_csi(np.asarray(numbers), np.ones(len(numbers)) if values is None else np.asarray(values))


@pytest.mark.parametrize(
    "parts",
    [
        [(0, b"")],
        [(0, b"\xff")],
        [(0, packed([9]))],  # before the first frame
        [(0, packed([30]))],  # behind the last
        [(0, packed([10, 31]))],
        [(-1, packed([10]))],
        [(2, packed([10])), (2, b"")],
        [(2, packed([10])), (0, b"")],
        [(1, packed([10])), (1, b"")],
        [(99, packed([10]))],
        [(2**60, packed([10]))],
        [(0.0, packed([10]))],
        [(0, "text")],
        [(0,)],
    ],
    ids=lambda p: str(p)[:30],
)
def test_spoken_samples_that_are_none(parts):
    with pytest.raises(RemoteProtocolError):
        listened(SMALL, parts)


def test_spoken_samples_of_other_tones():
    with pytest.raises(EndsDisagree):
        listened(SMALL, [(0, packed([10], [[1.0, 2.0]]))])


def test_endless_parts_are_ended():
    """A peer that never says its last part: as many are taken as the plan can fill, and no more."""
    with pytest.raises(RemoteProtocolError):
        listened(SMALL, [(1, bytes(8192))] * 1000)
    big = Plan(first=0, spoken=100_000, kept=1, rate=10.0)
    with pytest.raises(RemoteProtocolError):
        listened(big, [(99, b"x")] + [(i, b"x") for i in range(200, 0, -1)])
    assert issubclass(EndsDisagree, InputError)
    assert expect([1], int) == (1,)
