"""Public recordings through the whole protocol: it refuses all of them, as it must."""

import pytest
from refresh_line import EUI, root

from samefade import read
from samefade.lpwan.refresh import DeviceEnd, NetworkEnd, NoKey, Policy, Refreshed


def campus(data_dir, name):
    gateway, device = read(data_dir / "lorawan-campus" / f"{name}.csv", rate=0.125)
    return gateway.rssi, device.rssi


def table(data_dir, name, which, **about):
    (a,) = read(data_dir / name / f"{which}alice_rssi.csv", sign=-1, **about)
    (b,) = read(data_dir / name / f"{which}bob_rssi.csv", sign=-1)
    return a.rssi, b.rssi


@pytest.mark.parametrize(
    ("heard", "reasons"),
    [
        (lambda at: campus(at, "static_nlos"), {"not reciprocal"}),
        (lambda at: campus(at, "walking"), {"too little entropy"}),
        (lambda at: table(at, "lora-indoor", "", a="rssi", rate=1.65), {"too little entropy"}),
        (lambda at: table(at, "lora-synthetic-trap", "outdoor_", rate=1.65), {"not reciprocal", "too little entropy"}),
    ],
    ids=["static", "walking", "indoor", "trap"],
)
def test_recordings_without_enough_secret_give_no_key(data_dir, heard, reasons):
    """Every exchange of the record is an uplink that is answered, and nothing is lost: the best that it can be."""
    device, network, told = DeviceEnd(EUI, root()), NetworkEnd(EUI, root()), []
    assert Policy().conceded == 0  # not even a map of the place is needed
    for counter, (up, down) in enumerate(zip(*heard(data_dir), strict=True)):
        network.uplink(counter, float(up), device.uplink(counter, 30))
        device.downlink(counter, float(down), network.downlink(50))
        network.work()
        told += network.events()
    assert not [event for event in told if isinstance(event, Refreshed)]
    assert {event.reason for event in told if isinstance(event, NoKey)} <= reasons
    assert told
