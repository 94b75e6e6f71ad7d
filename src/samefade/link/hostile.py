"""What an attacker or a bad radio does to datagrams, repeatable from a seed."""

from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from random import Random

from samefade.errors import OutOfRange

Attacker = Callable[[bytes, str, float], list[bytes]]
"""An attacker on the line: of a datagram, the end it goes to ("a" or "b") and the time, what goes on in its place."""


@dataclass(frozen=True, kw_only=True)
class Hostile:
    """How datagrams suffer on their way; the default leaves them alone.

    Attributes:
        loss: Chance that a datagram is lost.
        duplicate: Chance that it arrives twice.
        reorder: By how many later datagrams it may be overtaken, 0 to 64.
        delay: Time on the way, seconds.
        jitter: Up to this much more, uniformly, seconds; it reorders too.
        truncate: Chance that a copy is cut short, anywhere.
        flip: Chance that one bit of a copy is flipped, anywhere.
        spacing: Time that a datagram occupies the line, seconds; used where `reorder` is.
    """

    loss: float = 0.0
    duplicate: float = 0.0
    reorder: int = 0
    delay: float = 0.0
    jitter: float = 0.0
    truncate: float = 0.0
    flip: float = 0.0
    spacing: float = 0.001

    def __post_init__(self) -> None:
        """Refuse chances outside 0 to 1, times that are negative or not finite, and a window beyond 64."""
        for name in ("loss", "duplicate", "truncate", "flip"):
            if not 0 <= getattr(self, name) <= 1:
                raise OutOfRange(name, getattr(self, name), "0 to 1")
        for name in ("delay", "jitter", "spacing"):
            if not 0 <= getattr(self, name) < inf:
                raise OutOfRange(name, getattr(self, name), "a finite number of seconds, at least 0")
        if not 0 <= self.reorder <= 64:
            raise OutOfRange("reorder", self.reorder, "0 to 64 datagrams")


class Channel:
    """One direction of a hostile line.

    Attributes:
        sent: Datagrams put in.
        octets: Bytes put in.
        dropped: Datagrams lost.
        damaged: Copies cut or flipped.
    """

    __slots__ = ("_attacker", "_chance", "_free", "_hostile", "_plain", "_to", "damaged", "dropped", "octets", "sent")

    def __init__(self, hostile: Hostile, seed: int | str, to: str, attacker: Attacker | None = None) -> None:
        """Take what it does, the seed of its chance, the end that it leads to, and who sits on it."""
        self._hostile, self._to, self._attacker = hostile, to, attacker
        self._chance = Random(f"{seed} to {to}").random  # noqa: S311 -- a simulated line must be repeatable
        self._plain = hostile == Hostile(delay=hostile.delay, spacing=hostile.spacing)
        self._free = 0.0
        self.sent = self.octets = self.dropped = self.damaged = 0

    def carry(self, datagram: bytes, now: float) -> list[tuple[float, bytes]]:
        """Return what arrives, and when, of a datagram that is sent now."""
        self.sent += 1
        self.octets += len(datagram)
        if self._attacker is None:
            return self._suffer(datagram, now)
        arriving: list[tuple[float, bytes]] = []
        for changed in self._attacker(datagram, self._to, now):
            arriving += self._suffer(changed, now)
        return arriving

    def _suffer(self, datagram: bytes, now: float) -> list[tuple[float, bytes]]:
        hostile, chance = self._hostile, self._chance
        if self._plain:
            return [(now + hostile.delay, datagram)]
        if hostile.loss and chance() < hostile.loss:
            self.dropped += 1
            return []
        arriving = [(self._arrival(now), self._damage(datagram))]
        if hostile.duplicate and chance() < hostile.duplicate:
            arriving.append((self._arrival(now), self._damage(datagram)))
        return arriving

    def _arrival(self, now: float) -> float:
        hostile = self._hostile
        at = now + hostile.delay
        if hostile.jitter:
            at += hostile.jitter * self._chance()
        if hostile.reorder:
            # A datagram has its slot on the line and is held for some slots: those that follow within them overtake.
            slot = max(now, self._free)
            self._free = slot + hostile.spacing
            at += slot - now + int(self._chance() * (hostile.reorder + 1)) * hostile.spacing
        return at

    def _damage(self, datagram: bytes) -> bytes:
        hostile, chance = self._hostile, self._chance
        if hostile.truncate and datagram and chance() < hostile.truncate:
            self.damaged += 1
            datagram = datagram[: int(chance() * len(datagram))]
        if hostile.flip and datagram and chance() < hostile.flip:
            self.damaged += 1
            at = int(chance() * len(datagram) * 8)
            flipped = bytearray(datagram)
            flipped[at >> 3] ^= 1 << (at & 7)
            datagram = bytes(flipped)
        return datagram
