"""Regions: the published tables, and what must hold between payload, dwell time and time on air."""

from math import inf

import pytest

from samefade.errors import OutOfRange, UnknownName
from samefade.lpwan import REGIONS, region, the_things_network
from samefade.lpwan.region_tables import AS923, AU915, EU868, US915


@pytest.mark.parametrize("name", REGIONS)
def test_names_are_found_in_any_case(name):
    assert region(name.lower()) is REGIONS[name]


def test_an_unknown_region_is_refused_with_those_that_are_known():
    with pytest.raises(UnknownName, match="AU915"):
        region("EU433")


# Regional Parameters, tables of data rates: (DR, SF, bandwidth, largest FRMPayload without and with the dwell limit)
PUBLISHED = {
    "EU868": [(0, 12, 125_000, 51), (3, 9, 125_000, 115), (5, 7, 125_000, 242), (6, 7, 250_000, 242)],
    "US915": [(0, 10, 125_000, 11), (1, 9, 125_000, 53), (2, 8, 125_000, 125), (4, 8, 500_000, 242)],
    "AU915": [(0, 12, 125_000, 0), (2, 10, 125_000, 11), (3, 9, 125_000, 53), (6, 8, 500_000, 242)],
    "AS923": [(1, 11, 125_000, 0), (2, 10, 125_000, 11), (4, 8, 125_000, 125), (6, 7, 250_000, 242)],
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_data_rates_are_those_of_the_regional_parameters(name):
    of = REGIONS[name]
    for index, sf, bandwidth, largest in PUBLISHED[name]:
        rate = of.rate(index)
        assert (rate.sf, rate.bandwidth, of.largest(rate)) == (sf, bandwidth, largest)


@pytest.mark.parametrize(("of", "index", "free"), [(AU915, 0, 51), (AU915, 3, 115), (AS923, 2, 115), (AS923, 4, 242)])
def test_without_a_dwell_limit_frames_are_longer(of, index, free):
    assert of.limited(up=False).largest(of.rate(index)) == free
    assert of.limited(up=False).largest(of.rate(index), options=5) == free - 5


@pytest.mark.parametrize("of", [US915, AU915, AS923])
def test_the_published_payloads_keep_the_dwell_time_and_no_rate_is_left_out_that_could(of):
    assert of.dwell_up == 0.4
    for rate in of.rates:
        if not rate.up or rate.bandwidth > 125_000 or not rate.sf:
            continue
        largest = of.largest(rate)
        if largest:
            assert rate.time_on_air(largest) <= of.dwell_up
        else:  # even one byte is too long
            assert rate.time_on_air(1) > of.dwell_up


@pytest.mark.parametrize(
    ("frequency", "duty"),
    [
        (868_100_000, 0.01),
        (867_500_000, 0.01),
        (864_000_000, 0.001),
        (868_800_000, 0.001),
        (869_525_000, 0.1),
        (869_850_000, 0.01),
    ],
)
def test_europe_has_sub_bands(frequency, duty):
    assert EU868.band(frequency).duty == duty


@pytest.mark.parametrize("alarm", [868_650_000, 869_300_000, 870_000_000, 862_900_000])
def test_between_the_sub_bands_nothing_may_be_sent(alarm):
    with pytest.raises(OutOfRange):
        EU868.band(alarm)


def test_sub_bands_do_not_overlap_and_hold_every_channel():
    for of in REGIONS.values():
        assert all(low.high <= high.low for low, high in zip(of.bands, of.bands[1:], strict=False))
        for channel in (*of.uplinks, *of.wide, *of.downlinks, of.second[0]):
            of.band(channel)


def test_channels_are_counted_as_published():
    assert [len(of.uplinks) for of in (EU868, US915, AU915, AS923)] == [3, 64, 64, 2]
    assert (US915.uplinks[63], US915.wide[7], US915.downlinks[7]) == (914_900_000, 914_200_000, 927_500_000)
    assert (AU915.uplinks[63], AU915.wide[7], AU915.downlinks[7]) == (927_800_000, 927_100_000, 927_500_000)


@pytest.mark.parametrize(
    ("of", "up", "offset", "down"),
    [
        (EU868, 5, 0, 5),
        (EU868, 5, 2, 3),
        (EU868, 1, 5, 0),
        (US915, 0, 0, 10),
        (US915, 0, 3, 8),
        (US915, 3, 0, 13),
        (US915, 4, 1, 13),
        (US915, 4, 3, 11),
        (AU915, 0, 0, 8),
        (AU915, 5, 0, 13),
        (AU915, 6, 5, 9),
        (AS923.limited(up=False), 5, 5, 0),
        (AS923.limited(up=False), 3, 6, 4),
        (AS923.limited(up=False), 5, 7, 7),
        (AS923, 0, 0, 2),
        (AS923, 5, 4, 2),
        (AS923, 3, 0, 3),
    ],
)
def test_the_first_window_has_the_published_rate(of, up, offset, down):
    frequency = of.uplinks[0]
    assert of.first_window(frequency, up, offset)[1].index == down


def test_the_first_window_is_on_the_uplinks_channel_or_on_its_number_modulo_eight():
    assert EU868.first_window(868_300_000, 5)[0] == 868_300_000
    assert AU915.first_window(AU915.uplinks[11], 5)[0] == AU915.downlinks[3] == 925_100_000
    assert US915.first_window(US915.wide[2], 4)[0] == US915.downlinks[2]
    with pytest.raises(OutOfRange):
        US915.first_window(902_400_000, 3)


def test_the_second_window_is_the_published_one():
    seen = {name: (of.second_window()[0], of.second_window()[1].sf) for name, of in REGIONS.items()}
    assert seen == {
        "EU868": (869_525_000, 12),
        "US915": (923_300_000, 12),
        "AU915": (923_300_000, 12),
        "AS923": (923_200_000, 10),
    }


def test_an_uplink_rate_is_found_by_its_factor_or_refused():
    assert EU868.uplink_rate(9).index == 3
    assert US915.uplink_rate(8, 500_000).index == 4
    for of, sf in ((US915, 12), (AU915, 12), (AS923, 11), (EU868, 6)):
        with pytest.raises(OutOfRange, match="spreading factor"):
            of.uplink_rate(sf)
    assert AU915.limited(up=False).uplink_rate(12).index == 0


@pytest.mark.parametrize("call", [lambda: EU868.rate(15), lambda: EU868.first_window(868_100_000, 9)])
def test_what_the_tables_do_not_have_is_refused(call):
    with pytest.raises(OutOfRange):
        call()


def test_the_things_network_waits_longer_and_has_eight_channels_in_europe():
    there = the_things_network(EU868)
    assert (there.delay, len(there.uplinks), there.second_window()[1].sf) == (5.0, 8, 9)
    assert the_things_network(US915).delay == 5.0
    assert (EU868.delay, EU868.dwell_up) == (1.0, inf)
