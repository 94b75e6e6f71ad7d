"""Losses put into a record at known places, against the zones that are read off its coherence."""

from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samefade.study.folder import find

find("wskg2025", Path(__file__).parents[2] / "study").load("fig08")
losing, zones = import_module("wskg2025.losing"), import_module("wskg2025.zones")
Cut, Case = zones.Cut, losing.Case


@pytest.fixture(scope="module")
def record():
    """Both ends hear one channel that changes with every packet, 17 dB above their noise."""
    rng = np.random.default_rng(5)
    common = rng.standard_normal(3600)
    a, b = (common + 0.14 * rng.standard_normal(3600) for _ in "ab")
    return losing.whole(a, b, 1.0)


@settings(max_examples=40, deadline=None)
@given(n=st.integers(20, 200), first=st.integers(1, 15), packets=st.integers(1, 10), end=st.sampled_from("ab"))
def test_losing_moves_rows_up_or_leaves_every_other_row_where_it_was(n, first, packets, end):
    a, b = np.arange(n) ** 1.5, np.arange(n) * 2.0
    cut = min(packets, n - first - 1)
    closed = zones.lose(a, b, [Cut(first, cut)], "closed up", end)
    hit, whole = closed if end == "a" else closed[::-1]
    before = a if end == "a" else b
    assert len(hit) == len(whole) == n - cut
    assert np.array_equal(hit, np.delete(before, np.s_[first : first + cut]))
    opened = zones.lose(a, b, [Cut(first, cut)], "left open", end)
    hit, whole = opened if end == "a" else opened[::-1]
    kept = np.delete(np.arange(n), np.s_[first : first + cut])
    assert np.array_equal(hit[kept], before[kept])
    assert np.array_equal(whole, b if end == "a" else a)


@pytest.mark.parametrize("packets", [60, 180, 360])
@pytest.mark.parametrize("end", ["a", "b"])
def test_the_width_of_a_gap_left_open_counts_its_packets(record, packets, end):
    case = Case(((0.5, packets / 3600),), end)
    _, _, found = losing.damaged(record, case, "left open")
    seen = losing.read(record, case, found)
    # the fastest two octaves see 4 to 8 packets: an edge is as sharp as that, on either side
    assert seen["zone_packets"] == pytest.approx(packets, abs=16)
    assert seen["zone_start_s"] == pytest.approx(1800, abs=10)
    assert seen["zone_places"] == 1


def test_two_gaps_make_two_zones_of_one_width(record):
    case = Case(((0.25, 120 / 3600), (0.65, 120 / 3600)), "b")
    _, _, found = losing.damaged(record, case, "left open")
    seen = losing.read(record, case, found)
    assert (seen["zone_first"], seen["zone_second"]) == pytest.approx((120, 120), abs=16)
    assert seen["zone_places"] == 2


def test_rows_that_close_up_stay_incoherent_behind_the_loss_and_only_the_lag_tells_how_many(record):
    case = Case(((0.5, 180 / 3600),), "a")
    a, b, found = losing.damaged(record, case, "closed up")
    heights = zones.height(losing.sampled(found, 3600, None), record.fastest)
    assert np.median(heights[:1700]) > 0.9
    assert np.median(heights[1900:]) < 0.6  # what is left is chance
    seen = losing.inspect(record, case, a, b)
    assert (seen["inspected_packets"], seen["inspected_losses"], seen["inspected_end"]) == (180, 1, "right")
    # without a trace of the old lag, the place is uncertain by about the window that found the lag
    assert seen["inspected_start_s"] == pytest.approx(1800, abs=30)


def test_nothing_lost_is_nothing_seen(record):
    a, b, found = losing.damaged(record, Case(), "closed up")
    assert found is record.found
    assert losing.read(record, Case(), found)["zone_packets"] < 16
    assert losing.inspect(record, Case(), a, b)["inspected_packets"] == 0


def test_zones_come_widest_first_and_in_rows_of_the_record():
    heights = np.array([1, 0.4, 1, 0.2, 0.3, 0.1, 1, 1, 0.49])
    assert zones.zones(heights, 1.0, 10) == [(30, 30), (10, 10), (80, 10)]
    assert zones.zones(heights, 0.1, 10) == []


def test_the_line_of_sight_loses_nothing_by_itself():
    a, b, rate = zones.quiet_los(3, 60.0, 5.0)
    assert len(a) == len(b) == 300
    assert rate == pytest.approx(5.0, rel=1e-3)
