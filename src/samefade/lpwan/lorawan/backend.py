"""Messages between a network server, a join server and an application server: JSON, one request and one answer.

Source: LoRaWAN Backend Interfaces 1.0 (LoRa Alliance, 2017), sections 8 and 18 to 20 as two implementations read them.
No refusal repeats what was sent, and none says more of a device than the standard's word.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

from samefade.errors import InputError

MOST_BYTES = 16_384  # of a request; a JoinReq has some 400
ANSWERS = {"JoinReq": "JoinAns", "RejoinReq": "RejoinAns", "AppSKeyReq": "AppSKeyAns"}


class Refused(InputError):
    """The join server does not grant a request."""

    advice = "The network server's own log has the request; the code is of LoRaWAN Backend Interfaces 1.0."

    def __init__(self, code: str, why: str) -> None:
        """Give the standard's result code and a reason in words of ours."""
        super().__init__(code=code, why=why)
        self.code, self.why = code, why


@dataclass(frozen=True)
class Message:
    """One request.

    Attributes:
        kind: MessageType.
        sender: SenderID: NetID in hexadecimal digits, or the name of an application server.
        receiver: ReceiverID: JoinEUI in hexadecimal digits.
        transaction: TransactionID, 32 bits.
        fields: The whole object.
    """

    kind: str
    sender: str
    receiver: str
    transaction: int
    fields: Mapping[str, Any]

    def octets(self, name: str, *sizes: int) -> bytes:
        """Return a field of hexadecimal digits as bytes.

        Raises:
            Refused: When it is not there, no such text, or of another size.
        """
        value = self.fields.get(name, "" if 0 in sizes else None)
        try:
            found = bytes.fromhex(value.removeprefix("0x")) if isinstance(value, str) else None
        except ValueError:
            found = None
        if found is None or (sizes and len(found) not in sizes):
            raise Refused("MalformedRequest", f"{name} is missing or has another form")
        return found

    def number(self, name: str, most: int) -> int:
        """Return a whole number from 0 to `most`.

        Raises:
            Refused: When it is not there or is none.
        """
        value = self.fields.get(name)
        if type(value) is not int or not 0 <= value <= most:
            raise Refused("MalformedRequest", f"{name} is missing or no number from 0 to {most}")
        return value

    def newer(self) -> bool:
        """Say whether the device speaks LoRaWAN 1.1.

        Raises:
            Refused: When MACVersion is not 1.0 or 1.1.
        """
        version = self.fields.get("MACVersion")
        if not isinstance(version, str) or not version.startswith(("1.0", "1.1")):
            raise Refused("MalformedRequest", "MACVersion is neither 1.0 nor 1.1")
        return version.startswith("1.1")

    def counts(self) -> bool:
        """Say whether the device counts its DevNonce up, as from LoRaWAN 1.0.4 on; before, it drew it."""
        return self.newer() or self.fields["MACVersion"].startswith("1.0.4")

    def answer(self, code: str, why: str = "", **more: object) -> dict[str, Any]:
        """Return the answer to it."""
        return {
            "ProtocolVersion": "1.0",
            "SenderID": self.receiver,
            "ReceiverID": self.sender,
            "TransactionID": self.transaction,
            "MessageType": ANSWERS.get(self.kind, self.kind),
            "Result": {"ResultCode": code, "Description": why},
            **more,
        }


def read(body: bytes) -> Message:
    """Read a request.

    Raises:
        Refused: When it is not one that a join server takes.
    """
    try:
        found = json.loads(body) if len(body) <= MOST_BYTES else None
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise Refused("MalformedRequest", "the body is not a JSON object of a sensible size")
    kind, sender, receiver = (_text(found, name) for name in ("MessageType", "SenderID", "ReceiverID"))
    transaction = found.get("TransactionID")
    if type(transaction) is not int or not 0 <= transaction < 1 << 32:
        raise Refused("MalformedRequest", "TransactionID shall be a number of 32 bits")
    message = Message(kind, sender, receiver, transaction, found)
    if not str(found.get("ProtocolVersion", "")).startswith("1."):
        raise Refused("InvalidProtocolVersion", "this server speaks version 1.0")
    if message.kind not in ANSWERS:
        raise Refused("MalformedRequest", "this server takes JoinReq, RejoinReq and AppSKeyReq")
    return message


def _text(found: Mapping[str, Any], name: str) -> str:
    value = found.get(name)
    if not (isinstance(value, str) and value.isprintable() and len(value) <= 255):
        raise Refused("MalformedRequest", f"{name} shall be a text")
    return value


@dataclass(frozen=True, eq=False)
class Partner:
    """Who may ask, and the key that its session keys are wrapped with.

    Attributes:
        sender: Its SenderID: NetID in hexadecimal digits, or the name of an application server.
        label: KEKLabel; empty where its keys go as they are, inside TLS.
        kek: The key-encryption key, 16, 24 or 32 bytes.
    """

    sender: str
    label: str = ""
    kek: bytes = field(default=b"", repr=False)

    def __reduce__(self) -> NoReturn:
        """Refuse to be pickled."""
        raise TypeError("a Partner has no serialiser: its key is secret")

    def envelope(self, key: bytes) -> dict[str, str]:
        """Return a session key as this partner takes it: wrapped (RFC 3394) where it has a label."""
        if not self.label:
            return {"KEKLabel": "", "AESKey": key.hex()}
        from cryptography.hazmat.primitives.keywrap import aes_key_wrap

        return {"KEKLabel": self.label, "AESKey": aes_key_wrap(self.kek, key).hex()}
