"""EDHOC over the same radio: frames counted by hand, and the same exchange walked through frame by frame."""

import pytest

from samefade.errors import OutOfRange
from samefade.lpwan import Edhoc, Radio, time_on_air
from samefade.lpwan.region_tables import EU868, US915
from samefade.lpwan.rival import BINARY_CURVE

SILENT = Radio(receive=0)


def test_its_messages_are_a_hundred_and_one_bytes():
    assert sum(Edhoc().messages) == 101


def test_in_europe_each_message_fits_a_frame_at_every_factor():
    for sf in range(7, 13):
        rate = EU868.uplink_rate(sf)
        assert Edhoc().uplinks(EU868, rate) == (37, 19)
        assert Edhoc().downlinks(EU868, rate) == (45,)


def test_in_america_the_slowest_rate_cuts_messages_into_frames_of_eleven_bytes():
    rate = US915.uplink_rate(10)
    ups = Edhoc().uplinks(US915, rate)

    assert ups == (11, 11, 11, 8, 11, 10)  # 37 and 19 bytes in pieces of ten, one byte each to say which
    assert Edhoc().downlinks(US915, rate) == (45,)  # SF10 at 500 kHz takes it whole


def test_a_small_downlink_is_asked_for_with_empty_uplinks():
    small = Edhoc(messages=(37, 300, 19))
    rate = EU868.uplink_rate(12)
    assert small.downlinks(EU868, rate) == (51,) * 6
    assert small.uplinks(EU868, rate) == (37, 0, 0, 0, 0, 0, 19)


def test_its_energy_is_that_of_two_frames_and_of_four_multiplications():
    rate = EU868.uplink_rate(9)
    first, third = time_on_air(sf=9, payload=13 + 37), time_on_air(sf=9, payload=13 + 19)
    air = first + third
    cost = Edhoc(multiplication=BINARY_CURVE).cost(EU868, rate, radio=SILENT)

    assert cost.airtime == pytest.approx(air)
    assert cost.joules == pytest.approx(0.028 * 3.3 * air + 4 * 34.16e-6)
    assert cost.hours == pytest.approx((first / 0.01 + third) / 3600)  # nothing waits for what follows the last frame
    assert (cost.frames, cost.downlinks) == (2, 1)


def test_computation_alone_is_below_one_frame():
    """The claim that elliptic curves cost a hundred times more counts computation against nothing."""
    assert Edhoc().computation() < 0.028 * 3.3 * time_on_air(sf=7, payload=17)


def test_downlinks_that_a_network_rations_take_days():
    many = Edhoc(messages=(37, 51 * 25, 19))
    assert many.cost(EU868, EU868.uplink_rate(12), day=10).days >= 2
    assert Edhoc().cost(EU868, EU868.uplink_rate(12), day=10).days < 1


def test_a_frame_without_room_for_a_piece_is_refused():
    with pytest.raises(OutOfRange):
        Edhoc(piece=11).uplinks(US915, US915.uplink_rate(10))
