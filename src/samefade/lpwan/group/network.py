"""The network's side of a group: draws its keys, brings one to each member, and knows who confirmed."""

from collections.abc import Callable
from typing import Any

from samefade.errors import OutOfRange, RemoteProtocolError
from samefade.lpwan.group.wrapping import KEY, MOST_EPOCH, Derives, GroupKey, check_name, members_hash, wrap
from samefade.types import Claim, Ledger
from samefade.wire.cbor import decode, encode
from samefade.wire.kdf import equal

_FORMAT = "samefade lpwan group 1"
_ORDER: tuple[Claim, ...] = ("none", "estimate", "bounded")
PRIOR_ALONE = "a member has not refreshed its secret yet: the group key is as secret as the one that it was made with"
WEAKEST = "the network drew the group key, so it is as secret as the weakest of the secrets that it was wrapped with"


class Group:
    """A group of devices behind a gateway.

    Each change of the members brings a new key: who joins cannot read what was said before, who left cannot read what
    is said after.
    A member that is late, or lost its message, gets the newest key when it is heard again.
    Whoever holds it stores `reveal_secret_state_bytes()` before it sends what `message` returned.

    Attributes:
        name: 4 bytes.
    """

    def __init__(self, name: bytes, chance: Callable[[int], bytes], *, after: int = 0) -> None:
        """Begin without members.

        Args:
            name: Of the group, 4 bytes.
            chance: Returns that many unpredictable bytes.
            after: Where a group of this name was there before and its state is lost: an epoch that it never reached.
                Otherwise two keys would be wrapped under one nonce, and members would refuse the new one as old.

        Raises:
            OutOfRange: When the name has another length, or the epoch is no number from 0 to 2^62.
        """
        if not 0 <= after <= MOST_EPOCH:
            raise OutOfRange("epoch", after, f"0 to {MOST_EPOCH}")
        self.name, self._chance = check_name(name), chance
        self._claims: dict[bytes, Claim] = {}
        self._later: dict[bytes, Claim] = {}
        self._confirmed: set[bytes] = set()
        self._epoch, self._secret = after, b""

    @property
    def members(self) -> tuple[bytes, ...]:
        """Return the members, in the order of their DevEUIs."""
        return tuple(sorted(self._claims))

    @property
    def waiting(self) -> tuple[bytes, ...]:
        """Return the members that did not confirm the newest key yet."""
        return tuple(device for device in self.members if device not in self._confirmed)

    @property
    def key(self) -> GroupKey | None:
        """Return the newest key, None before there was a member."""
        if not self._secret:
            return None
        return GroupKey(self.name, self._epoch, members_hash(self.members), self._secret, self.claim)

    @property
    def claim(self) -> Claim:
        """Return what the weakest pairwise secret rests on."""
        return min(self._claims.values(), key=_ORDER.index, default="none")

    @property
    def ledger(self) -> Ledger:
        """Return what is assumed of the key; no entropy is earned here, and nothing is told but wrapped keys."""
        weakest = [device.hex() for device in self.members if self._claims[device] == self.claim]
        named = ", ".join(weakest[:3]) + (f" and {len(weakest) - 3} more" if len(weakest) > 3 else "")
        said = (f"{WEAKEST}; claim {self.claim}, because of {named}",) if weakest else ()
        return Ledger(assumptions=(*said, PRIOR_ALONE) if weakest and self.claim == "none" else said)

    def join(self, device: bytes, claim: Claim = "none") -> None:
        """Take a member in, and draw a new key.

        Args:
            device: DevEUI.
            claim: What the secret shared with it rests on: that of its last `Refreshed`, "none" before the first.

        Raises:
            OutOfRange: When it is a member already.
        """
        if device in self._claims:
            raise OutOfRange("device", device.hex(), "one that is no member yet")
        self._claims[device] = claim
        self._draw()

    def leave(self, device: bytes) -> None:
        """Let a member go, and draw a new key for the others.

        Raises:
            OutOfRange: When it is no member.
        """
        if device not in self._claims:
            raise OutOfRange("device", device.hex(), "a member")
        del self._claims[device]
        self._draw()

    def refreshed(self, device: bytes, claim: Claim) -> None:
        """Note what a member's new secret rests on; the key was wrapped with the old one, so the weaker counts on.

        It becomes the member's claim with the next key.
        """
        if device in self._claims:
            self._later[device] = claim

    def message(self, end: Derives) -> bytes | None:
        """Return what to `carry` to a member that waits for the key, None for one that does not."""
        key = self.key
        return wrap(key, end) if key is not None and end.device in self.waiting else None

    def confirm(self, device: bytes, answer: bytes) -> bool:
        """Take a member's answer, and return whether it confirms the newest key."""
        key = self.key
        good = key is not None and device in self._claims and equal(key.confirm(device), answer)
        if good:
            self._confirmed.add(device)
        return good

    def rekey(self) -> None:
        """Draw a new key for the same members."""
        self._draw()

    def reveal_secret_state_bytes(self) -> bytes:
        """Return all that must be kept; whoever calls this is responsible for it from here on."""
        members = [
            [device, self._claims[device], self._later.get(device), device in self._confirmed]
            for device in self.members
        ]
        return encode([_FORMAT, self.name, self._epoch, self._secret, members])

    @classmethod
    def restored(cls, state: bytes, chance: Callable[[int], bytes]) -> "Group":
        """Return the group that the state was taken from.

        Raises:
            RemoteProtocolError: When it is of another format.
        """
        whole: Any = decode(state)
        if whole[0] != _FORMAT:
            raise RemoteProtocolError(state="of another format")
        _, name, epoch, secret, members = whole
        out = cls(name, chance)
        out._epoch, out._secret = epoch, secret
        out._claims = {device: claim for device, claim, _, _ in members}
        out._later = {device: later for device, _, later, _ in members if later is not None}
        out._confirmed = {device for device, _, _, confirmed in members if confirmed}
        return out

    def _draw(self) -> None:
        self._claims |= {device: claim for device, claim in self._later.items() if device in self._claims}
        self._later.clear()
        self._epoch += 1
        self._secret = self._chance(KEY) if self._claims else b""
        self._confirmed.clear()
