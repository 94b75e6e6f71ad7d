"""Blocks keep to the duty cycle and the dwell time, and never make the application wait."""

import pytest
from refresh_line import EUI, QUICK, Fades, root

from samefade.errors import OutOfRange
from samefade.lpwan.duty import HOUR, DutyKeeper
from samefade.lpwan.refresh import DeviceEnd, NetworkEnd, Paced, parted
from samefade.lpwan.region_tables import REGIONS


class Chatty:
    """An end that fills whatever is spare."""

    def uplink(self, counter, spare):  # noqa: ARG002 -- the end's own names
        return bytes(spare)


@pytest.mark.parametrize(("name", "sf"), [("EU868", 7), ("EU868", 9), ("EU868", 12), ("AU915", 10), ("AS923", 9)])
@pytest.mark.parametrize("period", [45.0, 140.0, 600.0])
def test_no_hour_holds_more_than_its_share_and_the_application_never_waits_for_a_block(name, sf, period):
    region = REGIONS[name]
    rate, frequency = region.uplink_rate(sf), region.uplinks[0]
    duty = region.band(frequency).duty
    payload = bytes(8)
    plain, busy = DutyKeeper(region), DutyKeeper(region)
    paced = Paced(Chatty(), region, busy, period=period)
    waited = alone = blocks = 0
    sent = []
    for counter in range(300):
        now = counter * period
        bare = rate.time_on_air(len(payload))
        if plain.earliest(now, frequency, bare) <= now:
            plain.sent(now, frequency, bare)
        else:
            alone += 1
        frame = paced.uplink(now, counter, payload, frequency, rate)
        if frame is None:
            waited += 1
            continue
        assert frame.airtime == rate.time_on_air(len(frame.payload)) <= region.dwell_up
        carried, block = parted(frame.payload) if frame.shared else (frame.payload, b"")
        assert carried == payload
        assert len(frame.payload) <= 51
        blocks += bool(block)
        paced.sent(now, frequency, frame)
        sent.append((now, frame.airtime))
    for start, _ in sent:  # by hand: every hour that begins with a frame
        assert sum(airtime for at, airtime in sent if start <= at < start + HOUR) <= duty * HOUR + 1e-6
    assert waited == alone
    if duty * period > 2 * rate.time_on_air(51):
        assert blocks == 300


def test_a_paced_device_still_refreshes():
    region = REGIONS["EU868"]
    rate, frequency = region.uplink_rate(9), region.uplinks[0]
    device, network = DeviceEnd(EUI, root(), QUICK), NetworkEnd(EUI, root(), QUICK)
    paced, fades = Paced(device, region, DutyKeeper(region), period=360.0), Fades(3)
    for counter in range(1, 900):
        up, down = fades.next()
        frame = paced.uplink(360.0 * counter, counter, bytes(20), frequency, rate)
        paced.sent(360.0 * counter, frequency, frame)
        network.uplink(counter, up, parted(frame.payload)[1])
        device.downlink(counter, down, network.downlink(50))
        network.work()
        if device.epoch:
            break
    assert device.epoch == network.epoch == 1


def test_a_period_is_above_zero():
    with pytest.raises(OutOfRange):
        Paced(DeviceEnd(EUI, root()), REGIONS["EU868"], DutyKeeper(REGIONS["EU868"]), period=0.0)
