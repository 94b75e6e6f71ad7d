"""What ChirpStack v4 publishes over MQTT, as JSON, and what it takes: the other side of `server.chirpstack`.

Topics and fields: `api/proto/integration/integration.proto`, `api/proto/gw/gw.proto` and
`chirpstack/src/integration/mqtt.rs` of ChirpStack at commit d77207c (published).
"""

import json
from base64 import b64encode
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from samefade.lpwan.frames import Downlink, Heard
from samefade.lpwan.server.reading import eui, fields, flag, octets, whole

Event = dict[str, Any]
_ADDRESS = "00189440"
_LORA = {"bandwidth": 125000, "spreadingFactor": 7, "codeRate": "CR_4_5"}
_CARRIER = 868_500_000


def up(
    device: Event,
    counter: int,
    payload: bytes,
    heard: Sequence[Heard],
    *,
    port: int,
    address: str = _ADDRESS,
    time: float,
) -> Event:
    """Return an `UplinkEvent`, SF7 at 868.5 MHz.

    Args:
        device: As `info` returns it.
        counter: FCnt.
        payload: FRMPayload.
        heard: One entry for each gateway that heard it.
        port: FPort.
        address: DevAddr.
        time: Seconds since 1970.
    """
    at = moment(time)
    return {
        "deduplicationId": "3ac7e3c4-4401-4b8d-9386-a5c902f9202d", "time": at, "deviceInfo": device,
        "devAddr": address, "adr": True, "dr": 5, "fCnt": counter, "fPort": port, "confirmed": False,
        "data": b64encode(payload).decode(),
        "rxInfo": [
            {
                "gatewayId": one.gateway, "uplinkId": 4217106255, "nsTime": at, "rssi": int(one.rssi), "snr": one.snr,
                "channel": one.channel, "rfChain": 1, "location": {}, "context": "EFwMtA==",
                "metadata": {"region_common_name": "EU868"}, "crcStatus": "CRC_OK",
            }
            for one in heard
        ],
        "txInfo": {"frequency": _CARRIER, "modulation": {"lora": dict(_LORA)}},
        "regionConfigId": "eu868",
    }  # fmt: skip


def join(device: Event, *, address: str, time: float) -> Event:
    """Return a `JoinEvent`; arguments as of `up`."""
    return {
        "deduplicationId": "c9dbe358-2578-4fb7-b295-66b44edc45a6", "time": moment(time), "deviceInfo": device,
        "devAddr": address, "regionConfigId": "eu868",
    }  # fmt: skip


def sent(device: Event, gateway: str, *, counter: int, queued: str, antenna: int = 0, time: float) -> Event:
    """Return a `TxAckEvent`.

    Args:
        device: As `info` returns it.
        gateway: Which one transmits.
        counter: FCntDown.
        queued: Name of the frame in the queue of applications; empty for a bare acknowledgement.
        antenna: Of the gateway.
        time: Seconds since 1970.
    """
    return {
        "downlinkId": 3197333221, "time": moment(time), "deviceInfo": device, "queueItemId": queued,
        "fCntDown": counter, "gatewayId": gateway,
        "txInfo": {
            "frequency": _CARRIER, "power": 16, "modulation": {"lora": {**_LORA, "polarizationInversion": True}},
            "antenna": antenna, "timing": {"delay": {"delay": "1s"}}, "context": "EFwMtA==",
        },
    }  # fmt: skip


def info(application: str, device: str, *, name: str, application_name: str) -> Event:
    """Return a `DeviceInfo`; its other names are made up."""
    return {
        "tenantId": "52f14cd4-c6f1-4fbd-8f87-4025e1d49242", "tenantName": "ChirpStack", "applicationId": application,
        "applicationName": application_name, "deviceProfileId": "14855bf7-d10d-4aee-b618-ebfcb64dc7ad",
        "deviceProfileName": "class A", "deviceName": name, "devEui": device, "tags": {},
    }  # fmt: skip


def published(kind: str, event: Event) -> tuple[str, bytes]:
    """Return topic and message of an event of a kind: up, join or txack; what is zero or empty is left out."""
    about = event["deviceInfo"]
    topic = f"application/{about['applicationId']}/device/{about['devEui']}/event/{kind}"
    return topic, json.dumps(bare(event)).encode()


def commands(application: str) -> str:
    """Return the topic on which all devices of an application get downlinks."""
    return f"application/{application}/device/+/command/down"


def taken(message: bytes) -> Downlink:
    """Read a `DownlinkCommand`.

    Raises:
        Unreadable: When it is malformed.
    """
    said = fields(message)
    port = whole(said, "fPort", 1, 223)
    return Downlink(eui(said, "devEui"), port, octets(said, "data"), flag(said, "confirmed"))


def bare(value: Any) -> Any:  # noqa: ANN401 -- any JSON value
    """Leave out what protocol-buffer JSON leaves out: zeros, false, and text without a character."""
    if isinstance(value, dict):
        left = {name: bare(each) for name, each in value.items()}
        return {name: each for name, each in left.items() if each not in (0, False, "", None) or each == {}}
    return [bare(each) for each in value] if isinstance(value, list) else value


def moment(seconds: float) -> str:
    """Return a time as the server writes it."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
