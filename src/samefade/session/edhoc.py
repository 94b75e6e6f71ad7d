"""Begin with identities: EDHOC (RFC 9528), suite 2 with static Diffie–Hellman keys at both ends, by lakers.

Our parameters travel in its EAD items; the keys of the discussion come from its exporter (section 4.2.1), and the
channel's secret goes into its key update (appendix H).
The datagrams are CBOR `[kind, connection, message, crc32]`: a message that was damaged on the way is lost and no more,
because lakers cannot take a second one after a bad one.
lakers draws its own ephemeral keys: this is the one part of a session that is not a function of its inputs.
"""

from binascii import crc32
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn

from samefade.errors import MissingExtra, OutOfRange, RemoteProtocolError
from samefade.session.events import Root
from samefade.session.plan import pack_mark, unpack_roots
from samefade.session.secured import Role, Secured
from samefade.wire import codes
from samefade.wire.cbor import decode, encode
from samefade.wire.errors import Malformed
from samefade.wire.kdf import expand_label, extract, sha256

_LABEL = 40404  # of our EAD item: the private range of RFC 9528, section 10.5
_EXPORTER, _NAME = 200, b"samefade/1"  # lakers takes labels of one byte, so our name is the context
_PAD = 32  # bytes that make message 1 as long as message 2: a stranger gets no more than it sent
_POINT, _KEY_ID = 32, 8


@dataclass(frozen=True, eq=False)
class Credential:
    """A public key with a name: what one end knows of the other before they meet.

    Attributes:
        name: The device's name.
        public: Its P-256 public key, the x coordinate, 32 bytes.
    """

    name: str
    public: bytes

    def __post_init__(self) -> None:
        """Refuse what is no point of the curve.

        Raises:
            OutOfRange: When it is not.
        """
        if not _on_curve(self.public):
            raise OutOfRange("public key", f"{len(self.public)} bytes", "the x coordinate of a P-256 point, 32 bytes")

    @property
    def key_id(self) -> bytes:
        """Return what names the credential on the air: 8 bytes of its hash."""
        return sha256(b"samefade credential", self.name.encode(), self.public)[:_KEY_ID]

    def claims(self) -> bytes:
        """Return it as a CWT claims set (RFC 9528, section 3.5.2)."""
        return encode({2: self.name, 8: {1: {1: 2, 2: self.key_id, -1: 1, -2: self.public}}})


@dataclass(frozen=True, eq=False)
class Identity:
    """This end's own credential, with the private key.

    Attributes:
        credential: What the other end knows.
        private: The private key, 32 bytes.
    """

    credential: Credential
    private: bytes = field(repr=False)

    def __reduce__(self) -> NoReturn:
        """Refuse to be pickled."""
        raise TypeError("an Identity has no serialiser: it holds a private key")


class _Edhoc:
    """What both roles share."""

    role: Role

    def __init__(self, me: Identity, peers: Callable[[bytes], Credential | None], connection: bytes) -> None:
        """Take this end's identity and those of its peers."""
        self._me, self._peers, self._connection = me, peers, connection
        self._secured: Secured | None = None
        self._hash = b""

    @property
    def secured(self) -> Secured | None:
        """Return what was established, once it is."""
        return self._secured

    def _known(self, identity: bytes) -> Credential:
        """Find the credential that an ID_CRED names: the map {4: key identifier}."""
        said = _decoded(identity)
        key_id = said.get(4) if isinstance(said, dict) else None
        found = self._peers(key_id) if isinstance(key_id, bytes) else None
        if found is None or found.key_id == self._me.credential.key_id:  # its own messages, sent back
            raise RemoteProtocolError(handshake="failed")
        return found

    def _establish(self, end: Any, peer: Credential, connection: bytes, parameters: bytes, root: Root | None) -> None:  # noqa: ANN401
        """Derive everything, with the secret of an earlier run mixed in where both ends hold one."""
        end.completed_without_message_4()

        def exported() -> bytes:
            fresh = bytes(end.edhoc_exporter(_EXPORTER, _NAME, 32))
            return fresh if root is None else extract(root.reveal_secret_bytes(), fresh)

        def update(channel: bytes) -> bytes:
            end.edhoc_key_update(sha256(channel))
            return exported()

        exporter, first = exported(), self.role == "initiator"
        keys = [expand_label(exporter, label, self._hash, 16) for label in ("initiator key", "responder key")]
        self._secured = Secured(
            role=self.role,
            key_out=keys[0 if first else 1],
            key_in=keys[1 if first else 0],
            connection_out=connection,
            connection_in=self._connection,
            exporter=exporter,
            transcript=self._hash,
            me=self._me.credential.key_id,
            peer=peer.key_id,
            parameters=parameters,
            prior=peer.key_id if root is None else root.name,
            epoch=0 if root is None else root.epoch,
            update=update,
        )


class EdhocInitiator(_Edhoc):
    """The end that begins."""

    role = "initiator"

    def __init__(
        self,
        me: Identity,
        peers: Callable[[bytes], Credential | None],
        connection: bytes,
        mark: int,
        roots: Sequence[Root] = (),
    ) -> None:
        """Take this end's identity, whom it speaks with, and what it holds of earlier runs.

        Args:
            me: This end.
            peers: Returns the credential of this key identifier, or None for anybody else.
            connection: What this end calls the conversation, at most 4 bytes.
            mark: The last frame counter that it ever used with this peer.
            roots: Secrets of earlier runs, at most two, the newest first.
        """
        super().__init__(me, peers, connection)
        self._mark, self._roots = mark, {root.name: root for root in roots}
        self._first = b""
        self._answered: dict[bytes, bytes] = {}

    def begin(self) -> bytes:
        """Return message 1; a new one after a bad answer."""
        if not self._first:
            self._end = _lakers().EdhocInitiator()
            ead = _ours(encode([pack_mark(self._mark, list(self._roots)), bytes(_PAD)]))
            self._message = bytes(self._end.prepare_message_1(c_i=self._connection, ead_1=[ead]))
            self._first = _framed(codes.EDHOC_1, self._connection, self._message)
        return self._first

    def hear(self, datagram: bytes) -> tuple[bytes, ...]:
        """Take message 2 and return message 3.

        Raises:
            RemoteProtocolError: When it is not a correct answer.
        """
        if datagram in self._answered:
            return (self._answered[datagram],)
        connection, message = _unframed(datagram, codes.EDHOC_2)
        if connection != self._connection or self._secured is not None or not self._first:
            raise RemoteProtocolError(handshake="failed")
        self._first = b""  # a bad answer uses this attempt up
        answer = _guarded(lambda: self._third(message))
        self._answered[datagram] = answer
        return (answer,)

    def _third(self, message: bytes) -> bytes:
        _check_point(_decoded(message))
        theirs, identity, said = self._end.parse_message_2(message)
        peer = self._known(bytes(identity))
        self._end.verify_message_2(self._me.private, _as_lakers(self._me.credential), _as_lakers(peer))
        third, _ = self._end.prepare_message_3(_lakers().CredentialTransfer.ByReference, [])
        self._hash = sha256(self._message, message, bytes(third))
        parameters = _told(said)
        chosen = [self._roots[name] for name in unpack_roots(parameters)]  # one that was not offered is an error
        if self._roots and not chosen:  # whoever stole the other end's identity would say that it holds none
            raise RemoteProtocolError(handshake="failed")
        self._establish(self._end, peer, bytes(theirs), parameters, chosen[0] if chosen else None)
        return _framed(codes.EDHOC_3, bytes(theirs), bytes(third))


class EdhocResponder(_Edhoc):
    """The end that waits to be spoken to."""

    role = "responder"

    def __init__(
        self,
        me: Identity,
        peers: Callable[[bytes], Credential | None],
        connection: bytes,
        mark: int,
        holder: Callable[[bytes], tuple[Root, bytes] | None] = lambda _: None,
        shared: Callable[[bytes], bool] = lambda _: False,
    ) -> None:
        """Take this end's identity, those of its peers, and what finds a secret of an earlier run.

        Args:
            me: This end.
            peers: Returns the credential of this key identifier, or None for a stranger.
            connection: What this end calls the conversation, at most 4 bytes.
            mark: The last frame counter that it ever used, with any of its peers.
            holder: Returns the secret of this name and the key identifier of the peer that shares it, or None.
            shared: Says whether this end holds a secret of an earlier run with the peer of this key identifier.
        """
        super().__init__(me, peers, connection)
        self._mark, self._holder, self._shared = mark, holder, shared
        self._root: tuple[Root, bytes] | None = None
        self._answered: dict[bytes, bytes] = {}

    def begin(self) -> bytes:
        """Refuse: a responder waits."""
        raise RemoteProtocolError(handshake="a responder does not begin")

    def hear(self, datagram: bytes) -> tuple[bytes, ...]:
        """Take message 1 and return message 2, or take message 3.

        Raises:
            RemoteProtocolError: When it is not a correct next message.
        """
        if datagram in self._answered:
            return (self._answered[datagram],)
        if self._secured is None and _kind(datagram) == codes.EDHOC_1:
            theirs, message = _unframed(datagram, codes.EDHOC_1)
            answer = _guarded(lambda: self._second(theirs, message, len(datagram)))
            self._answered = {datagram: answer}  # message 1 proves nothing: a stranger's must not be the only one
            return (answer,)
        connection, message = _unframed(datagram, codes.EDHOC_3)
        if connection != self._connection or self._secured is not None or not self._answered:
            raise RemoteProtocolError(handshake="failed")
        _guarded(lambda: self._end_with(message))
        return ()

    def _second(self, theirs: bytes, message: bytes, longest: int) -> bytes:
        _check_first(message)
        lakers = _lakers()
        end = lakers.EdhocResponder(self._me.private, _as_lakers(self._me.credential))
        connection, items = end.process_message_1(message)
        said = _told(items)
        held = [found for found in map(self._holder, unpack_roots(said)) if found is not None]
        root = held[0] if held else None
        names = [] if root is None else [root[0].name]
        ead = [_ours(encode([pack_mark(self._mark, names), b""]))]
        second = bytes(end.prepare_message_2(lakers.CredentialTransfer.ByReference, self._connection, ead))
        answer = _framed(codes.EDHOC_2, theirs, second)
        if bytes(connection) != theirs or len(answer) > longest:
            raise RemoteProtocolError(handshake="failed")
        self._end, self._theirs, self._said, self._messages = end, theirs, said, (message, second)
        self._root = root
        return answer

    def _end_with(self, message: bytes) -> None:
        identity, _ = self._end.parse_message_3(message)
        peer = self._known(bytes(identity))
        self._end.verify_message_3(_as_lakers(peer))
        root = self._root
        # a secret that is shared with somebody else; or none, as whoever stole the peer's identity would say
        if (root is None and self._shared(peer.key_id)) or (root is not None and root[1] != peer.key_id):
            raise RemoteProtocolError(handshake="failed")
        self._hash = sha256(*self._messages, message)
        self._establish(self._end, peer, self._theirs, self._said, None if self._root is None else self._root[0])


def _guarded(act: Callable[[], Any]) -> Any:  # noqa: ANN401 -- whatever it returns
    """Turn whatever lakers raises into one uniform error; its panics are no `Exception`."""
    try:
        return act()
    except (KeyboardInterrupt, SystemExit, MissingExtra):
        raise
    except BaseException:  # noqa: BLE001 -- pyo3's PanicException derives from BaseException
        raise RemoteProtocolError(handshake="failed") from None


def _lakers() -> Any:  # noqa: ANN401 -- a module
    try:
        import lakers
    except ImportError:
        raise MissingExtra("coap") from None
    return lakers


def _ours(value: bytes) -> Any:  # noqa: ANN401 -- a type of lakers
    return _lakers().EADItem(_LABEL, True, value)  # noqa: FBT003 -- critical: a peer that does not know it must stop


def _as_lakers(credential: Credential) -> Any:  # noqa: ANN401 -- a type of lakers
    return _lakers().Credential(credential.claims(), kid=credential.key_id, public_key=credential.public)


def _told(items: Any) -> bytes:  # noqa: ANN401 -- EAD items of lakers
    """Return the parameters in the one EAD item that is ours."""
    values = [bytes(item.value()) for item in items if item.label() == _LABEL]
    said = _decoded(values[0]) if len(values) == 1 else None
    if not isinstance(said, list) or [type(part) for part in said] != [bytes, bytes]:
        raise RemoteProtocolError(handshake="failed")
    return bytes(said[0])


def _decoded(data: bytes) -> Any:  # noqa: ANN401 -- whatever was sent
    try:
        return decode(data)
    except Malformed:
        raise RemoteProtocolError(handshake="failed") from None


def _framed(kind: int, connection: bytes, message: bytes) -> bytes:
    return encode([kind, connection, message, crc32(encode([kind, connection, message]))])


def _kind(datagram: bytes) -> Any:  # noqa: ANN401 -- whatever was sent
    said = _decoded(datagram)
    return said[0] if isinstance(said, list) and said else None


def _unframed(datagram: bytes, kind: int) -> tuple[bytes, bytes]:
    said = _decoded(datagram)
    if not isinstance(said, list) or [type(part) for part in said] != [int, bytes, bytes, int] or said[0] != kind:
        raise RemoteProtocolError(handshake="failed")
    if crc32(encode(said[:3])) != said[3]:
        raise RemoteProtocolError(handshake="damaged")
    return said[1], said[2]


def _check_first(message: bytes) -> None:
    """Refuse a message 1 whose G_X is no point; lakers would panic."""
    # message 1 is a sequence METHOD, SUITES_I, G_X, …: with suite 2 alone, METHOD and SUITES_I are one byte each
    if len(message) < 4 + _POINT or message[2:4] != b"\x58\x20" or not _on_curve(message[4 : 4 + _POINT]):
        raise RemoteProtocolError(handshake="failed")


def _check_point(second: Any) -> None:  # noqa: ANN401 -- whatever was sent
    """Refuse a message 2 whose G_Y is no point; lakers would panic."""
    if not isinstance(second, bytes) or not _on_curve(second[:_POINT]):
        raise RemoteProtocolError(handshake="failed")


def _on_curve(x: bytes) -> bool:
    from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey

    if len(x) != _POINT:
        return False
    try:
        EllipticCurvePublicKey.from_encoded_point(SECP256R1(), b"\x02" + x)
    except ValueError:
        return False
    return True
