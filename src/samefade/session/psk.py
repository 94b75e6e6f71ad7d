"""Begin with a pre-shared key, as boards do: `wire.psk` behind the face of a handshake.

An end that is in doubt about the last run offers two keys, the newer first: the other end takes the newest that it
holds, and so both learn whether the last run was confirmed.
"""

from collections.abc import Callable, Sequence
from typing import ClassVar, TypeVar

from samefade.errors import OutOfRange, RemoteProtocolError
from samefade.session.events import Root
from samefade.session.secured import Role, Secured
from samefade.wire import psk
from samefade.wire.errors import WireError
from samefade.wire.greeting import First
from samefade.wire.profile import WIFI, Profile

LABORATORY = Root(b"LABORATORY", 0, bytes(32))


class PskInitiator:
    """The end that begins."""

    role: ClassVar[Role] = "initiator"

    def __init__(
        self,
        roots: Sequence[Root],
        *,
        me: bytes,
        peer: bytes,
        connection: bytes,
        parameters: bytes,
        nonce: bytes,
        profile: Profile = WIFI,
    ) -> None:
        """Take the prior secrets that this end holds with its peer.

        Args:
            roots: One or two, the newest first.
            me: This end's identity.
            peer: Who the other end must be.
            connection: What this end calls the conversation, at most 4 bytes.
            parameters: What to tell the other end in the handshake, public.
            nonce: Fresh unpredictable bytes: 16, or 8 where frames are short.
            profile: The limits of the link.

        Raises:
            OutOfRange: When one of them does not fit.
        """
        offered = [(root.name, root.reveal_secret_bytes()) for root in roots]
        self._roots, self._me, self._peer = {root.name: root for root in roots}, me, peer
        self._psk = _checked(lambda: psk.PskInitiator(offered, me, nonce, connection, parameters, profile))
        self._secured: Secured | None = None

    @property
    def secured(self) -> Secured | None:
        """Return what was established, once it is."""
        return self._secured

    def begin(self) -> bytes:
        """Return message 1."""
        return self._psk.message_1

    def hear(self, datagram: bytes) -> tuple[bytes, ...]:
        """Take message 2.

        Raises:
            RemoteProtocolError: When it is not a correct answer of the peer.
        """
        if self._secured is not None:
            raise RemoteProtocolError(handshake="failed")
        keys = _refused(lambda: self._psk.hear_2(datagram))
        if keys.id_r != self._peer:
            raise RemoteProtocolError(handshake="failed")
        self._secured = Secured(
            role="initiator",
            key_out=keys.key_i2r,
            key_in=keys.key_r2i,
            connection_out=keys.c_r,
            connection_in=keys.c_i,
            exporter=keys.exporter,
            transcript=keys.transcript,
            me=keys.id_i,
            peer=keys.id_r,
            parameters=keys.parameters_r,
            prior=keys.psk_id,
            epoch=self._roots[keys.psk_id].epoch,
        )
        return ()


class PskResponder:
    """The end that waits to be spoken to."""

    role: ClassVar[Role] = "responder"

    def __init__(
        self,
        lookup: Callable[[bytes], tuple[Root, bytes] | None],
        *,
        me: bytes,
        connection: bytes,
        parameters: Callable[[bytes], bytes],
        nonce: bytes,
        profile: Profile = WIFI,
    ) -> None:
        """Take what finds a prior secret by its name.

        Args:
            lookup: Returns the prior secret of this name and the identity of the peer that holds it, or None.
            me: This end's identity.
            connection: What this end calls the conversation, at most 4 bytes.
            parameters: Returns what to tell the peer of this identity in the handshake, public.
            nonce: Fresh unpredictable bytes, as many as the initiator's.
            profile: The limits of the link.
        """
        self._find, self._me, self._connection = lookup, me, connection
        self._parameters, self._nonce, self._profile = parameters, nonce, profile
        self._psk: psk.PskResponder | None = None
        self._found: tuple[Root, bytes] | None = None
        self._secured: Secured | None = None

    @property
    def secured(self) -> Secured | None:
        """Return what was established, once it is."""
        return self._secured

    def begin(self) -> bytes:
        """Refuse: a responder waits.

        Raises:
            RemoteProtocolError: Always.
        """
        raise RemoteProtocolError(handshake="a responder does not begin")

    def hear(self, datagram: bytes) -> tuple[bytes, ...]:
        """Take message 1 and return message 2.

        Raises:
            RemoteProtocolError: When it is not a correct first message of somebody known.
        """
        if self._psk is None:
            self._begin(datagram)
        answerer = self._psk
        if answerer is None:
            raise RemoteProtocolError(handshake="failed")
        answer = _refused(lambda: answerer.hear_1(datagram))
        if self._secured is None:
            self._establish(answerer)
        return (answer,)

    def _begin(self, datagram: bytes) -> None:
        """Make ready for a first message: what to tell a peer depends on which peer it says it is."""
        claimed = _refused(lambda: First(datagram, self._profile)).id_i
        told = self._parameters(claimed)

        def lookup(name: bytes) -> bytes | None:
            found = self._find(name)
            if found is None or found[1] != claimed:
                return None
            self._found = found
            return found[0].reveal_secret_bytes()

        candidate = _checked(
            lambda: psk.PskResponder(lookup, self._me, self._nonce, self._connection, told, self._profile)
        )
        _refused(lambda: candidate.hear_1(datagram))
        self._psk = candidate

    def _establish(self, answerer: psk.PskResponder) -> None:
        keys, found = answerer.keys, self._found
        if keys is None or found is None:
            raise RemoteProtocolError(handshake="failed")
        self._secured = Secured(
            role="responder",
            key_out=keys.key_r2i,
            key_in=keys.key_i2r,
            connection_out=keys.c_i,
            connection_in=keys.c_r,
            exporter=keys.exporter,
            transcript=keys.transcript,
            me=keys.id_r,
            peer=keys.id_i,
            parameters=keys.parameters_i,
            prior=keys.psk_id,
            epoch=found[0].epoch,
        )


T = TypeVar("T")


def _refused(act: Callable[[], T]) -> T:
    """Turn a refusal of the wire into ours."""
    try:
        return act()
    except WireError:
        raise RemoteProtocolError(handshake="failed") from None


def _checked(act: Callable[[], T]) -> T:
    """Turn what the wire says of our own values into ours."""
    try:
        return act()
    except WireError as why:
        raise OutOfRange("handshake", "our own values", str(why)) from None
