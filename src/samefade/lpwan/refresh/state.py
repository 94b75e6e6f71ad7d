"""Spell the state of an end, and read it again; a checksum finds a file that was cut off, a vault must do the rest."""

from typing import Any
from zlib import crc32

from samefade.errors import RemoteProtocolError
from samefade.lpwan.refresh.events import Answered, Carried, NoKey, Refreshed
from samefade.session.events import Event, Root
from samefade.types import Ledger
from samefade.wire.cbor import decode, encode
from samefade.wire.errors import Malformed


def pack(form: str, parts: list[Any], root: Root, told: list[Event]) -> bytes:
    """Return a state: its format, its parts, the secret in force, and events that nobody asked for yet."""
    whole = encode([form, parts, _pack_root(root), [_pack_event(event) for event in told]])
    return crc32(whole).to_bytes(4, "big") + whole


def unpack(form: str, state: bytes) -> tuple[list[Any], Root, list[Event]]:
    """Read a state.

    Raises:
        RemoteProtocolError: When it is damaged, or of another format.
    """
    try:
        whole: Any = decode(state[4:])
    except Malformed:
        raise RemoteProtocolError(state="damaged") from None
    if crc32(state[4:]).to_bytes(4, "big") != state[:4] or whole[0] != form:
        raise RemoteProtocolError(state="damaged, or of another format")
    _, parts, root, told = whole
    return parts, Root(*root), [_event(event) for event in told]


def pack_account(ledger: Ledger) -> list[Any]:
    """Return plain values for an account."""
    return [[[entry.what, float(entry.bits)] for entry in ledger.entries], list(ledger.assumptions)]


def unpack_account(said: Any) -> Ledger:  # noqa: ANN401 -- our own state
    """Read an account."""
    lines, assumptions = said
    out = Ledger(assumptions=tuple(assumptions))
    for what, bits in lines:
        out = out.earn(what, bits) if bits > 0 else out.pay(what, -bits)
    return out


def _pack_root(root: Root) -> list[Any]:
    return [root.name, root.epoch, root.reveal_secret_bytes()]


def _pack_event(event: Event) -> list[Any]:
    if isinstance(event, Refreshed):
        return ["refreshed", event.device, _pack_root(event.root), event.claim, pack_account(event.ledger)]
    if isinstance(event, NoKey):
        return ["nokey", event.device, event.epoch, event.reason, event.why, pack_account(event.ledger)]
    if isinstance(event, Carried | Answered):
        return ["carried" if isinstance(event, Carried) else "answered", event.device, event.message]
    raise TypeError(f"{type(event).__name__} is no event of a refresh")


def _event(said: list[Any]) -> Event:
    kind, device, *rest = said
    if kind == "refreshed":
        root = Root(*rest[0])
        return Refreshed(device=device, epoch=root.epoch, root=root, claim=rest[1], ledger=unpack_account(rest[2]))
    if kind == "nokey":
        return NoKey(device=device, epoch=rest[0], reason=rest[1], why=rest[2], ledger=unpack_account(rest[3]))
    return (Carried if kind == "carried" else Answered)(device=device, message=rest[0])
