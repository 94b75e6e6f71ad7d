"""Energy: the published current times the published voltage times the time on air, and what windows add."""

import pytest

from samefade.errors import OutOfRange
from samefade.lpwan import Radio, uplink_energy
from samefade.lpwan.energy import empty_window
from samefade.lpwan.region_tables import EU868, US915

SENDS_ALONE = Radio(receive=0)


@pytest.mark.parametrize(("sf", "millijoules"), [(7, 4.75), (12, 122)])
def test_a_frame_of_seventeen_bytes_costs_what_is_published(sf, millijoules):
    found = uplink_energy(EU868, EU868.uplink_rate(sf), 4, radio=SENDS_ALONE)
    assert found * 1e3 == pytest.approx(millijoules, rel=2e-3)


@pytest.mark.parametrize(("sf", "joules"), [(7, 0.61), (12, 15.6)])
def test_a_hundred_and_twenty_eight_probes_cost_what_is_published(sf, joules):
    found = 128 * uplink_energy(EU868, EU868.uplink_rate(sf), 4, windows=False)
    assert found == pytest.approx(joules, rel=5e-3)


def test_windows_cost_what_the_receiver_draws_while_they_are_open():
    rate, listens = EU868.rate(5), Radio(transmit=0)
    opened = 8 * 2**7 / 125_000 + 8 * 2**12 / 125_000  # eight symbols at SF7, and at SF12 in the second
    assert uplink_energy(EU868, rate, 4, radio=listens) == pytest.approx(0.0108 * 3.3 * opened)
    heard = rate.time_on_air(0, down=True)  # a device that heard a frame does not open the second
    assert uplink_energy(EU868, rate, 4, radio=listens, answer=0) == pytest.approx(0.0108 * 3.3 * heard)
    second = 8 * 2**7 / 125_000 + EU868.rate(0).time_on_air(0, down=True)
    assert uplink_energy(EU868, rate, 4, radio=listens, answer=0, window=2) == pytest.approx(0.0108 * 3.3 * second)


def test_other_powers_are_parameters_and_sleep_is_counted_when_asked():
    strong = Radio(transmit=0.12)  # 20 dBm
    assert uplink_energy(EU868, EU868.rate(5), 4, radio=strong) > uplink_energy(EU868, EU868.rate(5), 4)
    assert Radio().sleeping(86_400) == pytest.approx(2e-7 * 3.3 * 86_400)
    assert empty_window(EU868.rate(7)) == pytest.approx(8 * 8 / 50_000)


@pytest.mark.parametrize(
    "call",
    [
        lambda: Radio(transmit=-1),
        lambda: Radio(volt=float("nan")),
        lambda: uplink_energy(EU868, EU868.rate(5), 4, window=3),
        lambda: uplink_energy(US915, US915.rate(0), 300),
    ],
)
def test_what_makes_no_sense_is_refused(call):
    with pytest.raises(OutOfRange):
        call()
