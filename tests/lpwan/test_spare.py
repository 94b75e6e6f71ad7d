"""Spare bytes: never more than the frame, the dwell time and the airtime allow, and not one fewer."""

from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samefade.errors import OutOfRange
from samefade.lpwan import REGIONS, free_bytes, largest_payload, spare_bytes
from samefade.lpwan.region_tables import AU915, EU868

rates = st.sampled_from([(of, rate) for of in REGIONS.values() for rate in of.rates if rate.up and of.largest(rate)])


@given(rates, st.integers(0, 15), st.floats(0.02, 3))
def test_one_byte_more_would_break_a_limit(where, options, airtime):
    of, rate = where
    limits = min(airtime, of.dwell_up if rate.bandwidth <= 125_000 else inf)
    size = largest_payload(of, rate, options=options, airtime=airtime)

    assert size < 0 or rate.time_on_air(size, options) <= limits
    assert size >= of.largest(rate, options) or rate.time_on_air(size + 1, options) > limits


@given(rates, st.integers(0, 60))
def test_free_bytes_cost_nothing_and_the_next_one_does(where, carried):
    of, rate = where
    free = free_bytes(of, rate, carried)
    if carried <= of.largest(rate):
        assert rate.time_on_air(carried + free) == rate.time_on_air(carried) or free == 0
        if carried + free < largest_payload(of, rate):
            assert rate.time_on_air(carried + free + 1) > rate.time_on_air(carried)
    assert free <= spare_bytes(of, rate, carried)


def test_a_tracker_with_a_small_payload_has_most_of_its_frame_to_spare():
    assert spare_bytes(EU868, EU868.rate(0), 12) == 39  # 51 bytes at SF12
    assert spare_bytes(AU915, AU915.rate(2), 8) == 3  # 11 bytes at SF10 under the dwell limit
    assert spare_bytes(EU868, EU868.rate(0), 60) == 0
    assert largest_payload(EU868, EU868.rate(0), airtime=0.5) == -1
    assert largest_payload(EU868, EU868.rate(0), airtime=float("nan")) == -1  # a limit that is no number allows nothing


def test_a_negative_payload_is_refused():
    with pytest.raises(OutOfRange):
        spare_bytes(EU868, EU868.rate(0), -1)
