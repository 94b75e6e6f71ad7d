"""Two ends for a hostile run, made of a seed, and what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from random import Random
from typing import Any

from samefade.link.memory import Outcome
from samefade.schemes import Scheme
from samefade.session import Agreement, Confirmed, Discarded, Event, Failed, Pending, Plan, Root, Session, pack_mark
from samefade.session.edhoc import Credential, EdhocInitiator, EdhocResponder, Identity
from samefade.session.psk import PskInitiator, PskResponder
from samefade.wire.profile import WIFI, Profile

_STATION, _GATEWAY = b"station", b"gateway"
OLD, NEW, OTHER = (Root(name, epoch, sha256(label).digest()) for name, epoch, label in (
    (b"old", 0, b"old"), (b"new", 1, b"new"), (b"old", 0, b"another secret under the same name"),
))  # fmt: skip


@dataclass(frozen=True)
class Priors:
    """Which prior secrets the ends hold with each other.

    Attributes:
        offered: The initiator's, the newest first.
        held: The responder's.
    """

    offered: tuple[Root, ...] = (OLD,)
    held: tuple[Root, ...] = (OLD,)


ALIKE = Priors()
PRIORS = {
    "alike": ALIKE,
    "in doubt, the other has the newer": Priors((NEW, OLD), (NEW, OLD)),
    "in doubt, the other has the older": Priors((NEW, OLD), (OLD,)),
    "different": Priors((OLD,), (OTHER,)),
}


def psk_ends(
    scheme: Scheme, plan: Plan, chance: Random, priors: Priors = ALIKE, profile: Profile = WIFI
) -> tuple[Session, Session]:
    """Make two ends that begin with a pre-shared key."""
    agreement = Agreement(scheme, chance.randbytes)
    size = 16 if profile is WIFI else 8
    held = {root.name: (root, _STATION) for root in priors.held}
    first = PskInitiator(
        priors.offered,
        me=_STATION if profile is WIFI else b"s",
        peer=_GATEWAY if profile is WIFI else b"g",
        connection=b"\x01",
        parameters=pack_mark(0),
        nonce=chance.randbytes(size),
        profile=profile,
    )
    second = PskResponder(
        held.get if profile is WIFI else lambda name: (held[name][0], b"s") if name in held else None,
        me=_GATEWAY if profile is WIFI else b"g",
        connection=b"\x02",
        parameters=lambda _: pack_mark(0),
        nonce=chance.randbytes(size),
        profile=profile,
    )
    return (
        Session(first, lambda secured: agreement.initiate(plan, secured), profile),
        Session(second, lambda secured: agreement.respond(0, secured), profile),
    )


def edhoc_ends(scheme: Scheme, plan: Plan, chance: Random, priors: Priors | None = None) -> tuple[Session, Session]:
    """Make two ends that begin with identities, and what they hold of earlier runs; lakers draws its own keys."""
    agreement = Agreement(scheme, chance.randbytes)
    mine, theirs = _identities()
    book = {x.credential.key_id: x.credential for x in (mine, theirs)}
    held = {} if priors is None else {root.name: (root, mine.credential.key_id) for root in priors.held}
    first = EdhocInitiator(mine, book.get, b"\x01", 0, () if priors is None else priors.offered)
    second = EdhocResponder(theirs, book.get, b"\x02", 0, held.get)
    return (
        Session(first, lambda secured: agreement.initiate(plan, secured)),
        Session(second, lambda secured: agreement.respond(0, secured)),
    )


@cache
def _identities() -> tuple[Identity, Identity]:
    from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, derive_private_key

    def made(name: str) -> Identity:
        private = sha256(name.encode()).digest()
        numbers = derive_private_key(int.from_bytes(private, "big"), SECP256R1()).public_key().public_numbers()
        return Identity(Credential(name, numbers.x.to_bytes(32, "big")), private)

    return made("station"), made("gateway")


@dataclass(frozen=True)
class Verdict:
    """What came of a run, without a secret in it.

    Attributes:
        confirmed: "both", "one" or "none".
        wrong: What is wrong with the keys, empty where nothing is.
        errors: How each end ended, by the name of its error, or "".
        defect: Whether an end met an exception inside its script.
    """

    confirmed: str
    wrong: str
    errors: tuple[str, str]
    defect: bool


def judge(outcome: Outcome) -> Verdict:
    """Compare what both ends hold, secrets included; only words come back."""
    a, b = _Held(outcome.a), _Held(outcome.b)
    confirmed = ("none", "one", "both")[bool(a.confirmed) + bool(b.confirmed)]
    return Verdict(confirmed, _wrong(a, b), (a.error, b.error), a.defect or b.defect)


class _Held:
    """What one end holds at the end of a run."""

    def __init__(self, events: Sequence[Event]) -> None:
        pending = _last(events, Pending)
        confirmed = _last(events, Confirmed)
        self.keys = {} if pending is None else {x.key_id: x.key.reveal_secret_bytes() for x in pending.keys}
        self.root = (
            None if pending is None else (pending.root.name, pending.root.epoch, pending.root.reveal_secret_bytes())
        )
        self.confirmed = () if confirmed is None else confirmed.key_ids
        self.discarded = _last(events, Discarded) is not None
        failed = _last(events, Failed)
        self.error = "" if failed is None else type(failed.error).__name__
        self.defect = failed is not None and "defect" in repr(failed.error)


def _last(events: Sequence[Event], kind: Any) -> Any:  # noqa: ANN401 -- a class of event
    found = [event for event in events if isinstance(event, kind)]
    return found[-1] if found else None


def _wrong(a: _Held, b: _Held) -> str:
    """Return what must never be: keys that an end uses and the other has not, or has otherwise."""
    for end in (a, b):
        if end.confirmed and (set(end.confirmed) != set(end.keys) or end.discarded):
            return "confirmed what it does not hold"
    if (a.confirmed or b.confirmed) and (a.keys != b.keys or a.root != b.root):
        return "confirmed, and the other end holds other keys"
    if (a.confirmed and b.discarded) or (b.confirmed and a.discarded):
        return "confirmed, and the other end threw them away"
    if any(a.keys[key_id] != b.keys[key_id] for key_id in a.keys.keys() & b.keys.keys()):
        return "one name for two keys"
    return ""
