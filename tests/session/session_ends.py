"""Two ends of a session, a channel between them, and a scheme that is quick: what the tests of sessions share."""

from dataclasses import dataclass, replace

import numpy as np

from samefade.amplify import Toeplitz
from samefade.entropy import Estimate
from samefade.link.hostile import Hostile
from samefade.link.memory import Memory
from samefade.link.source import RecordedSource
from samefade.presence import Decide, MacSigner
from samefade.reconcile import Bch, Reconciler
from samefade.schemes import Scheme
from samefade.session import (
    Agreement,
    Confirmed,
    Discarded,
    Failed,
    Pending,
    Plan,
    Present,
    Refused,
    Root,
    Session,
    Showing,
    pack_mark,
)
from samefade.session.edhoc import Credential, EdhocInitiator, EdhocResponder, Identity
from samefade.session.psk import PskInitiator, PskResponder
from samefade.session.showing import NAME
from samefade.types import Observation

SECRET = b"a canary that nobody ever hears."  # tests/conftest.py looks for it in all that tests write
ROOT = Root(b"root", 0, SECRET)
STATION, GATEWAY = b"station", b"gateway"


@dataclass(frozen=True, kw_only=True)
class Quick(Scheme):
    """A scheme that prices its symbols without looking at them: the protocol is under test here, and not the price."""

    reconcile: Reconciler = Bch(length=127)
    amplify: Toeplitz = Toeplitz(bits=64, epsilon=2**-8)

    def worth(self, symbols, feature, terms, *, spoken, eve):  # noqa: ARG002
        return Estimate(1.8, {"by hand": 1.8}, 2.0, ("nothing was judged: a test",))

    def limit(self, kept, terms):  # noqa: ARG002
        return 3.0


QUICK = Quick()
PLAN = Plan(first=1, spoken=96, kept=320, rate=10.0, scheme=QUICK.name)


def channel(n=900, snr_db=50.0, seed=0, ends="ab"):
    """Both ends of a fast channel, in values that a float32 holds."""
    rng = np.random.default_rng(seed)
    fade = np.convolve(rng.standard_normal(n + 1), [1, 0.5], "valid")
    heard = (20 + fade + 10 ** (-snr_db / 20) * rng.standard_normal(n) for _ in ends)
    return tuple(
        Observation(x.astype(np.float32).astype(np.float64), 10.0, np.ones(n, np.bool_), end)
        for x, end in zip(heard, ends, strict=True)
    )


HEARD = channel()


def chance(seed):
    """Bytes that a test can repeat."""
    return np.random.default_rng(seed).bytes


def psk_initiator(roots=(ROOT,), *, me=STATION, peer=GATEWAY, mark=0, seed=1, connection=b"\x01"):
    return PskInitiator(
        list(roots), me=me, peer=peer, connection=connection, parameters=pack_mark(mark), nonce=chance(seed)(16)
    )


def psk_responder(roots=(ROOT,), *, me=GATEWAY, peer=STATION, mark=0, seed=2, connection=b"\x02"):
    known = {root.name: (root, peer) for root in roots}
    return PskResponder(
        known.get, me=me, connection=connection, parameters=lambda _peer: pack_mark(mark), nonce=chance(seed)(16)
    )


def initiator(handshake=None, plan=PLAN, scheme=QUICK, seed=3, **options):
    agreement = Agreement(scheme, chance(seed))
    return Session(handshake or psk_initiator(), lambda secured: agreement.initiate(plan, secured), **options)


def responder(handshake=None, mark=0, scheme=QUICK, seed=4, **options):
    agreement = Agreement(scheme, chance(seed))
    return Session(handshake or psk_responder(), lambda secured: agreement.respond(mark, secured), **options)


def run(a, b, *, heard=HEARD, attacker=None, hostile=None, seed=0, start=0, **options):
    """Let two ends talk in memory."""
    line = Memory(hostile or Hostile(), seed, attacker)
    return line.run(a, b, *(RecordedSource(x, start) for x in heard), **options)


def of(kind, events):
    """The events of one kind."""
    return [event for event in events if isinstance(event, kind)]


def revealed(events):
    """The keys that an end issued, by name: for comparing and for nothing else."""
    pending = of(Pending, events)
    return {x.key_id: x.key.reveal_secret_bytes() for event in pending for x in event.keys}


def confirmed(events):
    """The names of the keys that an end confirmed."""
    return {key_id for event in of(Confirmed, events) for key_id in event.key_ids}


def discarded(events):
    return {key_id for event in of(Discarded, events) for key_id in event.key_ids}


def failure(events):
    """Why an end failed, or None."""
    found = of(Failed, events)
    return found[-1].error if found else None


def never_wrong(a, b):
    """Refuse an outcome in which two ends confirmed different keys, or one confirmed what the other threw away."""
    mine, theirs = revealed(a), revealed(b)
    for key_id in confirmed(a) | confirmed(b):
        assert mine[key_id] == theirs[key_id]
        assert key_id not in discarded(a) | discarded(b)


# identities

PRIVATE = {name: bytes([i + 1]) * 32 for i, name in enumerate(("station", "gateway", "mallory"))}


def identity(name):
    from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, derive_private_key

    public = derive_private_key(int.from_bytes(PRIVATE[name], "big"), SECP256R1()).public_key()
    return Identity(Credential(name, public.public_numbers().x.to_bytes(32, "big")), PRIVATE[name])


def book(*identities):
    """What finds the credential of a key identifier."""
    return {one.credential.key_id: one.credential for one in identities}.get


def edhoc_initiator(me="station", knows=("gateway",), connection=b"\x01", mark=0, roots=()):
    return EdhocInitiator(identity(me), book(*map(identity, knows)), connection, mark, roots)


def edhoc_responder(me="gateway", knows=("station",), connection=b"\x02", mark=0, roots=None):
    """`roots` are pairs of a root and the name of the device that shares it."""
    held = {root.name: (root, identity(name).credential.key_id) for root, name in roots or ()}
    return EdhocResponder(identity(me), book(*map(identity, knows)), connection, mark, held.get)


# presence


def signers(secured):
    key = secured.derive("presence", b"")
    return MacSigner(key), MacSigner(key)


SHOWN = replace(PLAN, spoken=400, kept=0, scheme=NAME)


def showing_initiator(handshake=None, plan=SHOWN, seed=5, signers=signers, decide=None, **options):
    showing = Showing(decide or Decide(), signers, chance(seed))
    return Session(handshake or psk_initiator(), lambda secured: showing.initiate(plan, secured), **options)


def showing_responder(handshake=None, mark=0, seed=6, signers=signers, decide=None, **options):
    showing = Showing(decide or Decide(), signers, chance(seed))
    return Session(handshake or psk_responder(), lambda secured: showing.respond(mark, secured), **options)


def present(events):
    return bool(of(Present, events))


def refusal(events):
    found = of(Refused, events)
    return found[-1].error if found else None
