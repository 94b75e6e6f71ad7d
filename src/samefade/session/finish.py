"""The end of an agreement: keys from the agreed string and the prior secret, confirmed by both before any is used.

The responder shows its tag first: by then it has the initiator's whole account.
Until an end knows that the other one holds the keys they are pending; whoever is left in doubt keeps them pending,
and the next handshake tells, because the root of the next run comes from the same secret.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from samefade.errors import KeysDiffer
from samefade.session.agreed import Agreed, certificate
from samefade.session.events import Confirmed, Issued, Pending, Root
from samefade.session.packing import expect
from samefade.session.script import Hear, Say, Script, Tell, Transcript
from samefade.session.secured import Secured
from samefade.types import Key
from samefade.wire import codes
from samefade.wire.cbor import encode
from samefade.wire.kdf import equal, expand_label

_TAG = 8  # bytes: 2^-64 for two keys that differ (invariant I1)


@dataclass(frozen=True, eq=False, repr=False)
class _Made:
    """Keys with the tags that confirm them."""

    pending: Pending
    tags: dict[str, bytes]

    @property
    def key_ids(self) -> tuple[UUID, ...]:
        return tuple(x.key_id for x in self.pending.keys)


def finish_first(agreed: Agreed, secured: Secured, seed: bytes) -> Script:
    """End as the initiator: verify the other's tag, show one's own, and wait until it was seen."""
    made = _made(agreed, secured, seed, (yield Transcript()))
    yield Tell(made.pending)
    _verify(made.tags["responder"], (yield Hear((codes.CONFIRM,))))
    yield Say(codes.CONFIRM, (made.tags["initiator"],))
    # who holds the prior secret alone cannot say that the responder is done
    _verify(made.tags["done"], (yield Hear((codes.DONE,))))
    yield Tell(Confirmed(key_ids=made.key_ids))


def finish_second(agreed: Agreed, secured: Secured, seed: bytes) -> Script:
    """End as the responder: show one's tag, verify the other's, and say so."""
    made = _made(agreed, secured, seed, (yield Transcript()))
    yield Tell(made.pending)
    yield Say(codes.CONFIRM, (made.tags["responder"],))
    _verify(made.tags["initiator"], (yield Hear((codes.CONFIRM,))))
    yield Tell(Confirmed(key_ids=made.key_ids))
    yield Say(codes.DONE, (made.tags["done"],))


def _verify(tag: bytes, said: tuple[int, Any]) -> None:
    """Compare tags in constant time.

    Raises:
        KeysDiffer: When they differ.
    """
    (theirs,) = expect(said[1], bytes)
    if not equal(tag, theirs):
        raise KeysDiffer


def _made(agreed: Agreed, secured: Secured, seed: bytes, transcript: bytes) -> _Made:
    """Add the channel's keys to the prior secret (secrecy.md, section 5: add, never replace)."""
    channel = agreed.keys(seed)
    whole = b"".join(key.reveal_secret_bytes() for key in channel)
    context = encode([transcript, *secured.ends, agreed.scheme.name, agreed.scheme.amplify.bits])
    salt = secured.add(whole)
    prk = secured.combine(salt, whole)
    statement = certificate(agreed, transcript, secured.prior)
    issued = tuple(
        _issued(secured.combine(salt, key.reveal_secret_bytes()), encode([context, i]), key, statement)
        for i, key in enumerate(channel)
    )
    root = Root(expand_label(prk, "root name", context, 8), secured.epoch + 1, expand_label(prk, "root", context, 32))
    tags = {role: expand_label(prk, f"confirm {role}", context, _TAG) for role in ("initiator", "responder", "done")}
    return _Made(Pending(keys=issued, root=root), tags)


def _issued(prk: bytes, context: bytes, key: Key, statement: dict[str, Any]) -> Issued:
    size = len(key.reveal_secret_bytes())
    key_id = UUID(bytes=expand_label(prk, "key id", context, 16), version=4)
    return Issued(key_id=key_id, key=Key(expand_label(prk, "key", context, size), key.claim), certificate=statement)
