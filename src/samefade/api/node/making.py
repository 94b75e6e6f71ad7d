"""Make the sessions of a node, of its store, its plan and its identity."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from samefade.errors import InputError, OutOfRange
from samefade.keys.store import Store
from samefade.presence import Decide, MacSigner, Signer
from samefade.schemes import Scheme
from samefade.session import Agreement, Handshake, Listener, Plan, Root, Secured, Session, Showing, pack_mark
from samefade.session.edhoc import Credential, EdhocInitiator, EdhocResponder, Identity
from samefade.session.psk import LABORATORY, PskInitiator, PskResponder
from samefade.session.script import Script
from samefade.wire.profile import LORA, WIFI, Profile

OFFERED = 2
PROFILES = {"wifi": WIFI, "lora": LORA}


def deciding(false_accept: float | None) -> Decide | None:
    """Return how a node decides on presence at this rate; None where keys are wanted and not presence.

    Counters of frames are exact between two nodes, so no lag is allowed.

    Raises:
        OutOfRange: When the rate makes no sense.
    """
    return None if false_accept is None else Decide(false_accept=false_accept, most_lag=0)


class NotEnrolled(InputError):
    """This node shares no prior secret with the peer."""

    advice = "Enrol it at both nodes with `samefade keys enrol PEER --secret-file FILE`."

    def __init__(self, peer: str) -> None:
        """Name the peer."""
        super().__init__(peer=peer)


@dataclass(frozen=True, kw_only=True)
class Node:
    """Who this end is, and how it begins.

    Attributes:
        me: Its name, as its peers know it; with EDHOC its key identifier.
        peers: Names of those it speaks with; an initiator has one. With EDHOC their key identifiers.
        store: Where keys, prior secrets and burnt frame counters are; None keeps nothing.
        profile: "wifi" or "lora".
        identity: Its key pair, to begin with EDHOC instead of a pre-shared key.
        credentials: What it knows of its peers, for EDHOC.
        unauthenticated_laboratory: Begin with a secret that everybody knows: whoever is on the line can be either end.
    """

    me: bytes
    peers: tuple[bytes, ...]
    store: Store | None = field(default=None, repr=False)
    profile: str = "wifi"
    identity: Identity | None = None
    credentials: tuple[Credential, ...] = ()
    unauthenticated_laboratory: bool = False

    def __post_init__(self) -> None:
        """Refuse what cannot work.

        Raises:
            OutOfRange: When a name is missing or too long, the profile is unknown, or an identity is given where
                nothing is proved.
        """
        for name in (self.me, *self.peers):
            if not 1 <= len(name) <= 32:
                raise OutOfRange("bytes of a name", len(name), "1 to 32")
        if not self.peers or self.me in self.peers:
            raise OutOfRange("peer", "missing, or this node itself", "another node")
        if self.unauthenticated_laboratory and self.identity is not None:
            raise OutOfRange("identity", "given", "none in an unauthenticated laboratory: it would prove nothing")
        if self.profile not in PROFILES:
            raise OutOfRange("profile", self.profile, "wifi or lora")

    @property
    def limits(self) -> Profile:
        """Return the limits of the link."""
        return PROFILES[self.profile]

    def roots(self, peer: bytes) -> list[Root]:
        """Return the prior secrets to offer a peer, newest first.

        Raises:
            NotEnrolled: When there is none.
        """
        if self.unauthenticated_laboratory:
            return [LABORATORY]
        found = self._held(peer)
        if not found:
            raise NotEnrolled(peer.decode("utf-8", "replace"))
        return found

    def _held(self, peer: bytes) -> list[Root]:
        return [] if self.store is None else self.store.roots(peer)[:OFFERED]

    def mark(self, peer: bytes) -> int:
        """Return the last frame counter that was ever used with a peer."""
        return 0 if self.store is None else self.store.burnt(peer)

    def holder(self, name: bytes) -> tuple[Root, bytes] | None:
        """Find a prior secret by its public name, and the peer that shares it."""
        if self.unauthenticated_laboratory:
            return (LABORATORY, self.peers[0]) if name == LABORATORY.name else None
        held = ((root, peer) for peer in self.peers for root in self._held(peer))
        return next(((root, peer) for root, peer in held if root.name == name), None)

    def credential(self, key_id: bytes) -> Credential | None:
        """Find what is known of a peer by its key identifier."""
        return next((known for known in self.credentials if known.key_id == key_id), None)

    @property
    def nonce(self) -> bytes:
        """Return fresh unpredictable bytes for a handshake."""
        return os.urandom(16 if self.limits is WIFI else 8)

    def begins(self) -> Handshake:
        """Return the handshake of an initiator.

        Raises:
            NotEnrolled: When this node and its peer share nothing.
        """
        peer, connection = self.peers[0], os.urandom(1)
        if self.identity is not None:
            only, held = self.credential(peer), self._held(peer)
            return EdhocInitiator(
                self.identity, lambda name: only if name == peer else None, connection, self.mark(peer), held
            )
        return PskInitiator(
            self.roots(peer),
            me=self.me,
            peer=peer,
            connection=connection,
            parameters=pack_mark(self.mark(peer)),
            nonce=self.nonce,
            profile=self.limits,
        )

    def waits(self, connection: bytes) -> Handshake:
        """Return the handshake of a responder under a connection identifier."""
        if self.identity is not None:
            mark = max(map(self.mark, self.peers))  # who speaks is known only after this was said
            return EdhocResponder(
                self.identity, self.credential, connection, mark, self.holder, lambda peer: bool(self._held(peer))
            )
        return PskResponder(
            self.holder,
            me=self.me,
            connection=connection,
            parameters=lambda peer: pack_mark(self.mark(peer)),
            nonce=self.nonce,
            profile=self.limits,
        )


def initiator(node: Node, scheme: Scheme, plan: Plan, decide: Decide | None = None) -> Session:
    """Return the session that begins.

    Args:
        node: Who this end is.
        scheme: The scheme, the same at both ends.
        plan: What to do; moved behind every frame counter that was used before.
        decide: Where given, prove presence by the channel instead of agreeing on keys.

    Raises:
        NotEnrolled: When this node and its peer share nothing.
    """
    plan = plan.after(node.mark(node.peers[0]))
    script = _script(scheme, decide)
    return Session(node.begins(), partial(script.initiate, plan), node.limits)


def responder(node: Node, scheme: Scheme, connection: bytes = b"\x01", decide: Decide | None = None) -> Session:
    """Return a session that waits to be spoken to, for one peer."""
    script = _script(scheme, decide)

    def respond(secured: Secured) -> Script:
        # begins when the peer has proved who it is: a run that ended since its first message has burnt more
        yield from script.respond(node.mark(secured.peer), secured)

    return Session(node.waits(connection), respond, node.limits)


def listener(node: Node, scheme: Scheme, decide: Decide | None = None, **limits: int) -> Listener[object]:
    """Return what answers many peers.

    Args:
        node: Who this end is.
        scheme: The scheme.
        decide: As for `initiator`.
        limits: `half_open` and `live`, as `Listener` takes them.
    """
    make: Callable[[bytes], Session] = partial(_under, node, scheme, decide)
    # as many tries as the link's pace leaves: two minutes on a fast one, and more where frames take seconds
    patience = 120 * node.limits.first_timeout
    return Listener(make, patience=patience, chance=os.urandom, **limits)


def _under(node: Node, scheme: Scheme, decide: Decide | None, connection: bytes) -> Session:
    return responder(node, scheme, connection, decide)


def _script(scheme: Scheme, decide: Decide | None) -> Agreement | Showing:
    return Agreement(scheme, os.urandom) if decide is None else Showing(decide, _signers, os.urandom)


def _signers(secured: Secured) -> tuple[Signer, Signer]:
    """Sign by a key that only both ends of this handshake hold."""
    return (signer := MacSigner(secured.derive("presence", secured.transcript))), signer
