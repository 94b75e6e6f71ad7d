"""The Things Stack v3 over MQTT, as JSON.

Topics: The Things Stack, "MQTT Server"; fields: "Data Formats", and `ApplicationUp`, `ApplicationUplink`, `RxMetadata`
in `api/ttn/lorawan/v3/{messages,metadata}.proto` of TheThingsNetwork/lorawan-stack (published).
The server speaks MQTT 3.1.1 with QoS 0 alone.
"""

import json
import re
from base64 import b64encode
from dataclasses import dataclass
from typing import Literal

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

_APPLICATION = re.compile(r"[a-z0-9-]{2,36}(@[a-z0-9-]{1,36})?")
_DEVICE = re.compile(r"[a-z0-9](?:-?[a-z0-9]){1,35}")  # the server's rule for identifiers
_ENDINGS = ("up", "join", "down/sent", "down/failed")
_NEVER = "DOWNLINK_PATH_CONSTRAINT_NEVER"
_SINGLE = ("uplink_message", "join_accept", "downlink_sent", "downlink_failed", "downlink_queue_invalidated")


@dataclass(frozen=True)
class ThingsStack:
    """Talks about one application of The Things Stack.

    Attributes:
        application: `application@tenant`, or `application` alone where the server has no tenants.
        queue: `push` adds to the queue of a device; `replace` empties it first, of other applications' frames too.
        qos: The server knows 0 alone.
    """

    application: str
    queue: Literal["push", "replace"] = "push"
    qos: int = 0

    def __post_init__(self) -> None:
        """Check the fields.

        Raises:
            OutOfRange: When the name is none of an application, or the queue is not known.
        """
        if not _APPLICATION.fullmatch(self.application):
            raise OutOfRange("application", self.application, "application@tenant, in small letters")
        if self.queue not in ("push", "replace"):
            raise OutOfRange("queue", self.queue, "push or replace")

    def topics(self) -> tuple[str, ...]:
        """Return what to subscribe to."""
        return tuple(f"v3/{self.application}/devices/+/{ending}" for ending in _ENDINGS)

    def read(self, topic: str, payload: bytes) -> Said:
        """Return what a message says: by what it holds, for some set-ups send all kinds on one topic.

        Raises:
            Unreadable: When it is malformed, of another application, or of a kind that is not needed.
        """
        levels = topic.split("/")
        if len(levels) < 5 or levels[0] != "v3" or levels[2] != "devices" or levels[1] != self.application:
            raise Unreadable("another topic")
        event = fields(payload)
        named = part(event, "end_device_ids")
        device, address = eui(named, "dev_eui"), read_text(named, "device_id")
        if address != levels[3] or not _DEVICE.fullmatch(address):
            raise Unreadable("topic and device differ")
        kinds = [kind for kind in _SINGLE if event.get(kind) is not None]
        if len(kinds) != 1:
            raise Unreadable("another event")
        if flag(event, "simulated"):
            raise Unreadable("simulated")  # somebody typed it into the console: nothing was heard
        return self._said(kinds[0], part(event, kinds[0]), device, address, event)

    def write(self, downlink: Downlink, address: str) -> tuple[str, bytes]:
        """Return topic and message of a `DownlinkQueueRequest`.

        Raises:
            OutOfRange: When the port is none for applications, or the device has no such name.
        """
        if not 1 <= downlink.port <= 223:
            raise OutOfRange("port", downlink.port, "1 to 223")
        if not _DEVICE.fullmatch(address):
            raise OutOfRange("device", address, "an identifier of The Things Stack")
        item = {
            "f_port": downlink.port, "frm_payload": b64encode(downlink.payload).decode(), "priority": "NORMAL",
            "confirmed": downlink.confirmed,
        }  # fmt: skip
        topic = f"v3/{self.application}/devices/{address}/down/{self.queue}"
        return topic, json.dumps({"downlinks": [item]}).encode()

    @staticmethod
    def _said(kind: str, event: Fields, device: str, address: str, around: Fields) -> Said:
        if kind == "uplink_message":
            return Received(
                _uplink(event, device, around), address, read_text(part(around, "end_device_ids"), "dev_addr")
            )
        if kind == "join_accept":
            return Joined(device, address)
        return Sent(device, gone=kind != "downlink_sent")


def _uplink(event: Fields, device: str, around: Fields) -> Uplink:
    if part(event, "app_s_key"):  # `skip_payload_crypto`: the server left the payload encrypted
        raise Unreadable("payload is encrypted")
    settings = part(event, "settings")
    lora = part(part(settings, "data_rate"), "lora")
    if not lora:
        raise Unreadable("not LoRa")
    return Uplink(
        device=device,
        counter=whole(event, "f_cnt", 0, 2**32 - 1),
        port=whole(event, "f_port", 0, 255),
        payload=octets(event, "frm_payload"),
        heard=_heard(parts(event, "rx_metadata")),
        frequency=whole(settings, "frequency", 1, 2**63),
        spreading=whole(lora, "spreading_factor", 5, 12),
        bandwidth=whole(lora, "bandwidth", 1, 2_000_000),
        time=moment(event if "received_at" in event else around, "received_at"),
        confirmed=flag(event, "confirmed"),
    )


def _heard(entries: list[Fields]) -> tuple[Heard, ...]:
    """Return the gateways in the order in which the server would answer through them.

    That order is the rule of `downlinkPathsFromMetadata` in `pkg/networkserver/downlink.go` (published): by SNR,
    never through a gateway that may not send, and last through one that another network lends or that prefers others.
    """
    found = []
    for entry in entries:
        constraint = read_text(entry, "downlink_path_constraint")
        named, lent = part(entry, "gateway_ids"), bool(part(entry, "packet_broker"))
        name, antenna = read_text(named, "gateway_id"), whole(entry, "antenna_index", 0, 2**32 - 1)
        rssi, snr = number(entry, "rssi", -250, 100), number(entry, "snr", -100, 100)
        channel = whole(entry, "channel_index", 0, 255)
        if not name:
            raise Unreadable("bad gateway_id")
        if constraint == _NEVER:
            continue
        if lent:
            name = f"{name}:{read_text(part(entry, 'packet_broker'), 'forwarder_gateway_id')}"
        name = f"{name}/{antenna}" if antenna else name
        found.append(((lent, bool(constraint), -snr), Heard(name, rssi, snr, channel)))
    return tuple(one for _, one in sorted(found, key=lambda each: each[0]))
