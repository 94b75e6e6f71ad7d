import pytest
from hypothesis import given
from hypothesis import strategies as st

from samefade.lpwan.frames import Heard
from samefade.lpwan.server.track import LATE, MOST_LOST, PATIENCE, Track


def heard(track, *counters, name=""):
    orders = []
    for counter in counters:
        track, order = track.hear(counter, name)
        orders.append(order)
    return track, orders


@pytest.mark.parametrize(
    ("counters", "orders", "session", "last"),
    [
        ([0, 1, 2], ["next"] * 3, 0, 2),
        ([0, 0, 1, 1], ["next", "again", "next", "again"], 0, 1),
        ([0, 5, 3, 6], ["next", "next", "late", "next"], 0, 6),  # 3 is out of order: 5 may be in a sample already
        ([7, 500], ["next", "next"], 0, 500),  # lost frames
        ([900, 2, 3], ["next", "restarted", "next"], 1, 3),  # a join that nobody told of
        ([65_534, 65_535, 0, 1], ["next"] * 4, 0, 65_537),  # 16 bits, over the top
        ([65_530, 3, 65_535, 4], ["next", "next", "late", "next"], 0, 65_540),
        ([65_535, 65_536, 65_537], ["next"] * 3, 0, 65_537),  # 32 bits
        ([70_000, 70_001, 5], ["next", "next", "restarted"], 1, 5),  # 32 bits do not wrap: it began again
        ([40_000, 0], ["next", "restarted"], 1, 0),  # too far for 16 bits that wrap
        ([2**32 - 1], ["next"], 0, 2**32 - 1),
    ],
)
def test_counters(counters, orders, session, last):
    track, found = heard(Track(), *counters)
    assert (found, track.session, track.last) == (orders, session, last)


def test_a_join_begins_again_and_two_joins_without_a_frame_are_one():
    track, _ = heard(Track(), 500)
    track = track.joined().joined()
    track, orders = heard(track, 500)
    assert (orders, track.session, track.counter) == (["restarted"], 1, 2**32 + 500)
    assert Track().joined() == Track()


def test_a_join_whose_answer_the_device_did_not_hear_begins_nothing():
    track, _ = heard(Track(), 500, name="00189440")
    track, orders = heard(track.joined(), 501, name="00189440")
    assert (orders, track.session) == (["next"], 0)
    track, orders = heard(track, 0, name="01189440")  # it heard the next one
    assert (orders, track.session) == (["restarted"], 1)


def test_a_frame_of_the_session_before_begins_nothing():
    track, _ = heard(Track(), 500, name="00189440")
    track, _ = heard(track.joined(), 0, 1, name="01189440")
    again, orders = heard(track, 500, 501, name="00189440")
    assert (again, orders) == (track, ["late", "late"])
    assert heard(track.joined(), 0, name="00189440")[1] == ["restarted"]  # the address may come again


def test_frames_of_the_past_begin_nothing():
    track, _ = heard(Track(), 500, name="00189440")
    again, orders = heard(track, 3, 4, 500, name="00189440")
    assert (again, orders) == (track, ["late", "late", "again"])
    assert heard(track.joined(), 3, name="00189440")[1] == ["restarted"]  # a server may give the same address again


def test_another_address_is_another_session_even_where_the_counter_fits():
    track, _ = heard(Track(), 10, 11, name="00189440")
    track, orders = heard(track, 12, name="01189440")
    assert (orders, track.session, track.counter) == (["restarted"], 1, 2**32 + 12)
    assert heard(track, 13, name="01189440")[1] == ["next"]


@given(st.lists(st.tuples(st.integers(0, 2**32 - 1), st.sampled_from(["", "a", "b"]), st.booleans()), max_size=40))
def test_what_both_ends_count_by_only_grows(frames):
    track, before = Track(), -1
    for told, name, join in frames:
        track = track.joined() if join else track
        track, order = track.hear(told, name)
        if order in {"next", "restarted"}:
            assert track.counter > before
            before = track.counter
    assert Track.unpacked(track.packed()) == track


@given(st.integers(0, 200_000), st.lists(st.integers(1, MOST_LOST), min_size=1, max_size=40))
def test_16_bits_are_as_good_as_32_while_fewer_frames_are_lost_than_the_standard_allows(first, steps):
    narrow, wide, counter = Track(), Track(), first & 0xFFFF
    narrow, wide = narrow.hear(counter)[0], wide.hear(counter)[0]
    for step in steps:
        counter += step
        wide, order = wide.hear(counter)
        narrow, same = narrow.hear(counter & 0xFFFF)
        assert (same, narrow.last) == (order, wide.last)


@given(st.lists(st.integers(0, LATE - 1), max_size=60))
def test_copies_and_late_frames_change_nothing(behind):
    track, _ = heard(Track(), 1000)
    for step in behind:
        assert track.hear(1000 - step) == (track, "late" if step else "again")


NEAR, FAR = Heard("near", -90.0, 8.0), Heard("far", -110.0, -2.0)


def test_one_gateway_throughout():
    track, rssi = Track().measured((NEAR, FAR))
    assert (rssi, track.home) == (-90.0, "near")
    track, rssi = track.measured((FAR, NEAR))
    assert rssi is None  # the far one would answer, and the device would hear another path
    track, rssi = track.measured((FAR,))
    assert rssi is None
    assert track.measured((NEAR,))[1] == -90.0


def test_nobody_heard_it():
    assert Track().measured(()) == (Track(), None)


def test_another_gateway_becomes_the_one_that_is_measured():
    track, _ = Track().measured((NEAR,))
    readings = []
    for _ in range(PATIENCE + 2):
        track, rssi = track.measured((FAR,))
        readings.append(rssi)
    assert readings == [None] * (PATIENCE - 1) + [-110.0] * 3


def test_gateways_that_take_turns_do_not_become_it():
    track, _ = Track().measured((NEAR,))
    for _ in range(3 * PATIENCE):
        track, _ = track.measured((FAR,))
        track, rssi = track.measured((NEAR,))
        assert rssi == -90.0


def test_who_really_transmitted_counts():
    track, _ = Track().measured((NEAR, FAR))
    for _ in range(PATIENCE):
        track = track.answered("far")
    assert track.home == "far"
    assert track.measured((FAR, NEAR))[1] == -110.0
