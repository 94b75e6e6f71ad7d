"""A member of groups: takes their keys, refuses old ones, confirms."""

from typing import Any

from samefade.errors import RemoteProtocolError
from samefade.lpwan.group.wrapping import Derives, GroupKey, unwrap
from samefade.wire.cbor import decode, encode
from samefade.wire.kdf import equal

MOST_GROUPS = 16  # of one member: whoever holds its secret could fill its memory otherwise
_FORMAT = "samefade lpwan member 1"


class GroupMember:
    """What a device holds of its groups: the newest key of each and the one before, for frames that are on their way.

    Whoever holds it stores `reveal_secret_state_bytes()` before it sends what `hear` returned.

    Attributes:
        dropped: How many messages were refused.
    """

    def __init__(self) -> None:
        """Begin in no group."""
        self._keys: dict[bytes, list[GroupKey]] = {}
        self.dropped = 0

    def hear(self, end: Derives, message: bytes) -> bytes:
        """Take a message that was carried to this device, and return what to `reply`: b"" where it is refused.

        A message of an epoch that this member has is answered again where it brings the same key; an older one, or
        another key for the same epoch, is refused.

        Args:
            end: The device's end of the refresh.
            message: What was carried.
        """
        try:
            key = unwrap(message, end)
        except RemoteProtocolError:
            self.dropped += 1
            return b""
        if key.group not in self._keys and len(self._keys) >= MOST_GROUPS:
            self.dropped += 1
            return b""
        held = self._keys.setdefault(key.group, [])
        if not held or key.epoch > held[0].epoch:
            self._keys[key.group] = [key, *held[:1]]
        elif key.epoch < held[0].epoch or not _same(key, held[0]):
            self.dropped += 1
            return b""
        return key.confirm(end.device)

    def key(self, group: bytes, epoch: int | None = None) -> GroupKey | None:
        """Return the newest key of a group, or that of an epoch where it is still held."""
        for key in self._keys.get(group, ()):
            if epoch in (None, key.epoch):
                return key
        return None

    def reveal_secret_state_bytes(self) -> bytes:
        """Return all that a member must keep; whoever calls this is responsible for it from here on."""
        held = [
            [key.group, key.epoch, key.members, key.reveal_secret_bytes()]
            for keys in self._keys.values()
            for key in reversed(keys)
        ]
        return encode([_FORMAT, held])

    @classmethod
    def restored(cls, state: bytes) -> "GroupMember":
        """Return the member that the state was taken from.

        Raises:
            RemoteProtocolError: When it is of another format.
        """
        whole: Any = decode(state)
        if whole[0] != _FORMAT:
            raise RemoteProtocolError(state="of another format")
        out = cls()
        for parts in whole[1]:
            key = GroupKey(*parts)
            out._keys[key.group] = [key, *out._keys.get(key.group, [])]
        return out


def _same(one: GroupKey, other: GroupKey) -> bool:
    return one.members == other.members and equal(one.reveal_secret_bytes(), other.reveal_secret_bytes())
