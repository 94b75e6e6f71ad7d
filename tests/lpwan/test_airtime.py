"""Time on air: the tables of published calculators and network logs, and the formula once more in exact fractions."""

from fractions import Fraction
from math import ceil

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from samefade.errors import OutOfRange
from samefade.lpwan import frame_bytes, fsk_time_on_air, time_on_air

# EU868, 125 kHz, 4/5, eight symbols, checksum and header, ms
TABLE = {
    12: (41.216, 82.432, 144.384, 288.768, 577.536, 1155.072),
    17: (51.456, 92.672, 164.864, 329.728, 659.456, 1318.912),
    23: (61.696, 113.152, 205.824, 370.688, 823.296, 1482.752),
    64: (118.016, 215.552, 390.144, 698.368, 1560.576, 2793.472),
}


@pytest.mark.parametrize("payload", TABLE)
def test_the_published_table_is_met_exactly(payload):
    found = time_on_air(sf=np.arange(7, 13), payload=payload)

    assert found.tolist() == [float(Fraction(str(ms)) / 1000) for ms in TABLE[payload]]


@pytest.mark.parametrize(("payload", "told"), [(14, "1.155072s"), (16, "1.318912s")])
def test_what_a_network_server_wrote_into_its_log_is_met(payload, told):
    assert f"{time_on_air(sf=12, payload=payload)}s" == told


def test_a_modulation_library_agrees():
    assert time_on_air(sf=9, payload=12) == 0.144384


def exact(*, sf, payload, bandwidth, coding, preamble, header, crc, low_rate):
    symbol = Fraction(2**sf, bandwidth)
    slow = symbol >= Fraction(16, 1000) if low_rate is None else low_rate
    top = 8 * payload - 4 * sf + 28 + 16 * crc - 20 * (not header)
    data = 8 + max(ceil(Fraction(top, 4 * (sf - 2 * slow))) * coding, 0)
    return (preamble + Fraction(17, 4) + data) * symbol


@given(
    sf=st.integers(7, 12),
    payload=st.integers(0, 255),
    bandwidth=st.sampled_from([62_500, 125_000, 250_000, 500_000]),
    coding=st.integers(5, 8),
    preamble=st.integers(6, 1000),
    header=st.booleans(),
    crc=st.booleans(),
    low_rate=st.sampled_from([None, True, False]),
)
def test_the_formula_in_exact_fractions_gives_the_same_number(**parameters):
    assert time_on_air(**parameters) == float(exact(**parameters))


def test_arrays_broadcast_and_a_number_gives_a_number():
    sf, payload = np.arange(5, 13)[:, None], np.arange(0, 256)
    found = time_on_air(sf=sf, payload=payload)

    assert found.shape == (8, 256)
    assert isinstance(time_on_air(sf=7, payload=17), float)
    assert all(found[s - 5, n] == time_on_air(sf=int(s), payload=int(n)) for s in range(5, 13) for n in (0, 51, 255))
    assert (np.diff(found, axis=1) >= 0).all()
    assert (np.diff(found, axis=0) > 0).all()


def test_a_downlink_is_shorter_by_its_checksum_and_low_rate_begins_at_sixteen_milliseconds():
    assert time_on_air(sf=7, payload=17, crc=False) < time_on_air(sf=7, payload=17)
    assert time_on_air(sf=11, payload=64) == time_on_air(sf=11, payload=64, low_rate=True)
    assert time_on_air(sf=11, payload=64) > time_on_air(sf=11, payload=64, low_rate=False)
    assert time_on_air(sf=11, payload=64, bandwidth=250_000) == time_on_air(
        sf=11, payload=64, bandwidth=250_000, low_rate=False
    )


def test_the_sx126x_has_factors_of_five_and_six():
    # SX1261/2 data sheet: 8 + 6.25 + 8 symbols and the payload's; SF5: ceil((80 + 16 − 20 + 20) / 20) · 5 = 25
    assert time_on_air(sf=5, payload=10) == (8 + 6.25 + 8 + 25) * 2**5 / 125_000
    assert time_on_air(sf=6, payload=0, crc=False, header=False) == (8 + 6.25 + 8) * 2**6 / 125_000


def test_fsk_counts_every_byte_of_the_frame():
    assert fsk_time_on_air(17) == (5 + 3 + 1 + 17 + 2) * 8 / 50_000


@pytest.mark.parametrize(
    ("payload", "options", "total"), [(0, 0, 12), (0, 3, 15), (1, 0, 14), (10, 2, 25), (242, 0, 255)]
)
def test_a_frame_has_thirteen_bytes_beside_its_payload_and_twelve_without_one(payload, options, total):
    assert frame_bytes(payload, options) == total


@pytest.mark.parametrize(
    "wrong",
    [
        {"sf": 4},
        {"sf": 13},
        {"sf": 7.5},
        {"payload": -1},
        {"payload": 256},
        {"payload": float("nan")},
        {"bandwidth": 0},
        {"bandwidth": 100_000},
        {"coding": 4},
        {"coding": 9},
        {"preamble": 0},
        {"sf": [7, 99]},
        {"sf": "7"},
    ],
)
def test_what_no_radio_can_send_is_refused(wrong):
    with pytest.raises(OutOfRange):
        time_on_air(**{"sf": 7, "payload": 17} | wrong)


@pytest.mark.parametrize("call", [lambda: fsk_time_on_air(17, 0), lambda: frame_bytes(243), lambda: frame_bytes(1, 16)])
def test_frames_that_cannot_be_are_refused(call):
    with pytest.raises(OutOfRange):
        call()
