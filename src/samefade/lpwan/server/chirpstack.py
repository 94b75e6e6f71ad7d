"""ChirpStack v4 over MQTT, as JSON.

Topics and fields: `api/proto/integration/integration.proto`, `api/proto/gw/gw.proto` and
`chirpstack/src/integration/mqtt.rs` of ChirpStack at commit d77207c (published).
The server is to write JSON (`integration.mqtt.json = true`, which is the default), with its default topics.
"""

import json
import re
from base64 import b64encode
from dataclasses import dataclass

from samefade.errors import OutOfRange
from samefade.lpwan.frames import Downlink, Heard, Uplink
from samefade.lpwan.server.reading import (
    Fields,
    Unreadable,
    eui,
    fields,
    flag,
    moment,
    number,
    octets,
    part,
    parts,
    whole,
)
from samefade.lpwan.server.reading import text as read_text
from samefade.lpwan.server.said import Joined, Received, Said, Sent

_LOST = {"EXPIRED", "DOWNLINK_PAYLOAD_SIZE", "DOWNLINK_GATEWAY", "F_CNT_DOWN"}  # of LogCode: a queued frame is gone
_APPLICATION = re.compile(r"[\w-]{1,64}", re.ASCII)


@dataclass(frozen=True)
class ChirpStack:
    """Talks about one application of a ChirpStack server.

    Attributes:
        application: Its identity, a UUID.
        qos: As in the server's `integration.mqtt.qos`; 1 asks the broker to keep what comes while it is away.
    """

    application: str
    qos: int = 1

    def __post_init__(self) -> None:
        """Check the fields.

        Raises:
            OutOfRange: When the identity could be more than one level of a topic.
        """
        if not _APPLICATION.fullmatch(self.application):
            raise OutOfRange("application", self.application, "letters, digits and hyphens, as 00000000-0000-…")

    def topics(self) -> tuple[str, ...]:
        """Return what to subscribe to."""
        return tuple(f"application/{self.application}/device/+/event/{kind}" for kind in ("up", "join", "txack", "log"))

    def read(self, topic: str, payload: bytes) -> Said:
        """Return what an event says.

        Raises:
            Unreadable: When it is malformed, of another application, or of a kind that is not needed.
        """
        levels = topic.split("/")
        if len(levels) != 6 or levels[::2] != ["application", "device", "event"] or levels[1] != self.application:
            raise Unreadable("another topic")
        kind = levels[5]
        if kind not in {"up", "join", "txack", "log"}:
            raise Unreadable("another event")
        event = fields(payload)
        device = eui(part(event, "deviceInfo"), "devEui")
        if device != levels[3].lower():
            raise Unreadable("topic and device differ")
        if kind == "up":
            return Received(_uplink(event, device), device, read_text(event, "devAddr"))
        if kind == "join":
            return Joined(device, device)
        if kind == "txack":
            queued = bool(read_text(event, "queueItemId"))
            return Sent(device, _gateway(event, part(event, "txInfo")), queued=queued)
        if read_text(event, "code") in _LOST:
            return Sent(device, gone=True)
        raise Unreadable("another event")

    def write(self, downlink: Downlink, address: str) -> tuple[str, bytes]:  # noqa: ARG002 -- it is the DevEUI
        """Return topic and message of a `DownlinkCommand`.

        Raises:
            OutOfRange: When the port is none for applications.
        """
        if not 1 <= downlink.port <= 223:
            raise OutOfRange("port", downlink.port, "1 to 223")
        command = {
            "devEui": downlink.device, "confirmed": downlink.confirmed, "fPort": downlink.port,
            "data": b64encode(downlink.payload).decode(),
        }  # fmt: skip
        topic = f"application/{self.application}/device/{downlink.device}/command/down"
        return topic, json.dumps(command).encode()


def _uplink(event: Fields, device: str) -> Uplink:
    if part(event, "joinServerContext"):  # the server does not hold the AppSKey
        raise Unreadable("payload is encrypted")
    sent = part(event, "txInfo")
    lora = part(part(sent, "modulation"), "lora")
    if not lora:
        raise Unreadable("not LoRa")
    # what a relay forwards was heard by the relay: the gateway's RSSI is that of another radio
    heard = [] if part(event, "relayRxInfo") else [_heard(entry) for entry in parts(event, "rxInfo")]
    return Uplink(
        device=device,
        counter=whole(event, "fCnt", 0, 2**32 - 1),
        port=whole(event, "fPort", 0, 255),
        payload=octets(event, "data"),
        # `select_downlink_gateway` sorts by SNR margin, then by RSSI; one frame has one required SNR
        heard=tuple(sorted(filter(None, heard), key=lambda one: (-one.snr, -one.rssi))),
        frequency=whole(sent, "frequency", 1, 2**32 - 1),
        spreading=whole(lora, "spreadingFactor", 5, 12),
        bandwidth=whole(lora, "bandwidth", 1, 2_000_000),
        time=moment(event, "time"),
        confirmed=flag(event, "confirmed"),
    )


def _heard(entry: Fields) -> Heard | None:
    if read_text(entry, "crcStatus") == "BAD_CRC":
        return None
    return Heard(
        gateway=_gateway(entry, entry),
        rssi=float(whole(entry, "rssi", -250, 100)),
        snr=number(entry, "snr", -100, 100),
        channel=whole(entry, "channel", 0, 2**32 - 1),
    )


def _gateway(entry: Fields, radio: Fields) -> str:
    """Return the name of a gateway, with its antenna where that is not the first: each has a fade of its own."""
    name, antenna = eui(entry, "gatewayId"), whole(radio, "antenna", 0, 2**32 - 1)
    return f"{name}/{antenna}" if antenna else name
