"""Wrap a group key for one member, and let the member confirm it.

```
 message   group (4 bytes) | group epoch | hash of the member list (8) | key, sealed (16 + 8)
 answer    tag under the group key (8), for this group, epoch, list and member
```

The wrapping key comes from the secret that the member shares with the network, for this purpose and group alone.
The nonce is the group's epoch: in one epoch there is one key, and epochs only go up.
"""

from collections.abc import Iterable
from typing import NamedTuple, NoReturn, Protocol

from samefade.errors import OutOfRange, RemoteProtocolError
from samefade.lpwan.refresh.messages import Reader
from samefade.lpwan.refresh.numbers import write_number
from samefade.types import Claim
from samefade.wire.cbor import encode
from samefade.wire.ccm import NONCE, Ccm
from samefade.wire.errors import BadTag
from samefade.wire.kdf import expand_label, sha256

NAME, KEY, TAG, LIST = 4, 16, 8, 8
MOST_EPOCH = 2**62


class Derives(Protocol):
    """An end of a refresh, as far as it derives keys from the secret in force."""

    @property
    def device(self) -> bytes:
        """Return the DevEUI."""
        ...

    def derive(self, purpose: str, context: bytes, n: int) -> bytes:
        """Return n secret bytes for one purpose."""
        ...


class GroupKey:
    """A key that all members of a group hold.

    Attributes:
        group: Name of the group, 4 bytes.
        epoch: Of the group; each change of the members brings a new one.
        members: Hash of the member list.
        claim: What the weakest pairwise secret rests on: the group key is no more secret than that one.
    """

    __hash__ = None  # type: ignore[assignment]  # a hash would be a serialiser
    __slots__ = ("_secret", "claim", "epoch", "group", "members")

    def __init__(self, group: bytes, epoch: int, members: bytes, secret: bytes, claim: Claim = "none") -> None:
        """Take what it is for, and the secret, 16 bytes."""
        self.group, self.epoch, self.members, self.claim = group, epoch, members, claim
        self._secret = secret

    def __repr__(self) -> str:
        """Show group, epoch and claim; never the key."""
        return f"GroupKey({self.group.hex()}, epoch {self.epoch}, claim {self.claim!r})"

    def __reduce__(self) -> NoReturn:
        """Refuse to be pickled."""
        raise TypeError("a GroupKey has no serialiser: it is secret")

    def reveal_secret_bytes(self) -> bytes:
        """Return the secret itself; whoever calls this is responsible for it from here on."""
        return self._secret

    def confirm(self, device: bytes) -> bytes:
        """Return a member's proof that it holds the key."""
        return expand_label(self._secret, "lpwan group confirm", _context(self, device), TAG)


class Wrapped(NamedTuple):
    """A message to a member, taken apart."""

    group: bytes
    epoch: int
    members: bytes
    sealed: bytes


def members_hash(members: Iterable[bytes]) -> bytes:
    """Return the hash of a member list, whatever its order."""
    return sha256(b"samefade lpwan group", encode(sorted(members)))[:LIST]


def wrap(key: GroupKey, end: Derives) -> bytes:
    """Return the message that brings the key to a member."""
    out = bytearray(key.group)
    write_number(out, key.epoch)
    head = bytes(out) + key.members
    return head + _ccm(end, key.group).seal(_nonce(key.epoch), key.reveal_secret_bytes(), head)


def parse(message: bytes) -> Wrapped:
    """Take a message apart.

    Raises:
        RemoteProtocolError: When it is none.
    """
    said = Reader(message)
    group, epoch, members = said.take(NAME), said.number(MOST_EPOCH), said.take(LIST)
    sealed = said.rest()
    if len(sealed) != KEY + TAG:
        raise RemoteProtocolError(sealed_bytes=len(sealed), expected=KEY + TAG)
    return Wrapped(group, epoch, members, sealed)


def unwrap(message: bytes, end: Derives) -> GroupKey:
    """Return the key that a message brings to this member.

    Raises:
        RemoteProtocolError: When it is malformed, or was not sealed for this member.
    """
    said = parse(message)
    head = message[: -(KEY + TAG)]
    try:
        secret = _ccm(end, said.group).open(_nonce(said.epoch), said.sealed, head)
    except BadTag:
        raise RemoteProtocolError(group_key="not for this member") from None
    return GroupKey(said.group, said.epoch, said.members, secret)


def check_name(group: bytes) -> bytes:
    """Return the name of a group.

    Raises:
        OutOfRange: When it has another length than 4 bytes.
    """
    if len(group) != NAME:
        raise OutOfRange("bytes in the name of a group", len(group), f"{NAME}")
    return bytes(group)


def _ccm(end: Derives, group: bytes) -> Ccm:
    return Ccm(end.derive("group key", encode([end.device, group]), KEY), TAG)


def _nonce(epoch: int) -> bytes:
    return epoch.to_bytes(NONCE, "big")


def _context(key: GroupKey, device: bytes) -> bytes:
    return encode([key.group, key.epoch, key.members, device])
