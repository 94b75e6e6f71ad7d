"""The gateway's side: one transmitter, a duty cycle that all devices share, and a network's fair use."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samefade.errors import OutOfRange
from samefade.lpwan import FairUse, FairUseKeeper, Gateway
from samefade.lpwan.region_tables import EU868, US915

UP, RATE = 868_100_000, EU868.rate(5)


def test_the_first_window_is_chosen_and_then_the_second_while_the_first_rests():
    gateway = Gateway(EU868)
    first = gateway.answer(10.0, UP, RATE, 20)
    assert (first.window, first.start, first.frequency, first.rate.sf) == (1, 11.0, UP, 7)
    gateway.sent(first.start, first.frequency, first.airtime)

    second = gateway.answer(10.5, UP, RATE, 20)
    assert (second.window, second.start, second.frequency, second.rate.sf) == (2, 12.5, 869_525_000, 12)
    gateway.sent(second.start, second.frequency, second.airtime)
    assert gateway.answer(10.6, UP, RATE, 20) is None  # one sub-band rests, and on the other it is sending


def test_while_it_sends_it_is_deaf():
    gateway = Gateway(US915)
    gateway.sent(5.0, 923_300_000, 0.5)
    assert not gateway.hears(5.4, 0.05)
    assert not gateway.hears(4.9, 0.2)
    assert gateway.hears(5.5, 1.0)
    assert gateway.hears(4.0, 1.0)


def test_what_does_not_fit_the_first_window_waits_for_one_that_it_fits():
    america = Gateway(US915)
    assert america.answer(0.0, 902_300_000, US915.rate(0), 60).window == 1
    assert america.answer(0.0, 902_300_000, US915.rate(0), 300) is None
    with pytest.raises(OutOfRange):
        america.answer(0.0, 902_300_000, US915.rate(0), -1)


@given(st.lists(st.floats(0.1, 30), min_size=5, max_size=80))
def test_one_transmitter_never_sends_two_frames_at_once(waits):
    gateway, end, sent = Gateway(EU868), 0.0, []
    for wait in waits:
        end += wait
        chosen = gateway.answer(end, UP, RATE, 10)
        if chosen:
            gateway.sent(chosen.start, chosen.frequency, chosen.airtime)
            sent.append((chosen.start, chosen.airtime))
    sent.sort()
    assert sent
    assert all(a + length <= b for (a, length), (b, _) in pairwise(sent))


def test_fair_use_spreads_probes_over_days():
    assert FairUse().days(128, 0.0) == 13  # ten downlinks a day
    assert FairUse().days(1280, 0.0) == 128
    assert FairUse().days(1, 95.0) == 4  # thirty seconds of uplinks a day
    assert FairUse().days(0, 0.0) == 1


def test_a_day_forgets_what_is_over_a_day_old():
    keeper = FairUseKeeper(FairUse(2, 3.0))
    for hour in (0, 1):
        assert keeper.downlink(hour * 3600)
        keeper.sent_down(hour * 3600)
        keeper.sent_up(hour * 3600, 1.5)
    assert not keeper.downlink(2 * 3600)
    assert not keeper.uplink(2 * 3600, 0.1)
    assert keeper.downlink(24.5 * 3600)
    assert keeper.uplink(24.5 * 3600, 1.5)
    assert not keeper.uplink(24.5 * 3600, 1.6)
