"""Follow the frames of one device: each counter once, one gateway throughout, one frame in the queue at a time."""

from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from samefade.lpwan.frames import Heard

LATE = 64  # counters that a frame may be behind the last one and still be of the same session
MOST_LOST = 16_384  # frames lost in a row before a counter is another session's: MAX_FCNT_GAP, LoRaWAN 1.0.3, 4.3.1.5
PATIENCE = 8  # frames in a row that another gateway answers before it becomes the one that is measured
_HALF = 2**16  # what a counter of 16 bits counts to

Order = Literal["next", "late", "again", "restarted"]


@dataclass(frozen=True)
class Track:
    """What was seen of a device so far; nothing of it is secret.

    Attributes:
        session: How often its counters began again.
        name: What the server calls the session, its DevAddr; empty before the first frame.
        before: What it called the session before.
        rejoining: Whether a join was told of, of which no frame came yet; the device may never have heard of it.
        last: Highest counter of this session, 32 bits; −1 before the first frame.
        wide: Whether the server has told a counter of more than 16 bits in this session.
        home: Gateway whose readings are taken, as both ends must hear the same path; empty before the first.
        strange: Frames in a row that another gateway answered, or would have.
        stranger: That gateway.
        waiting: 0, or 1 + the frames that came since a frame for the device was put into the queue.
    """

    session: int = 0
    name: str = ""
    before: str = ""
    rejoining: bool = False
    last: int = -1
    wide: bool = False
    home: str = ""
    strange: int = 0
    stranger: str = ""
    waiting: int = 0

    @property
    def counter(self) -> int:
        """Return the last counter as both ends of a refresh count: 2³² more for each session."""
        return (self.session << 32) + self.last

    def hear(self, told: int, name: str = "") -> tuple["Track", Order]:
        """Take a frame's counter; return what is known then, and how the frame stands to those before.

        A counter never goes back within a session, for a sample of the past may be in use already:
        `late` and `again` change nothing, and the frame is to be dropped.
        `restarted` is the first frame of a session: its DevAddr is another one; or, under one DevAddr or by a server
        that tells none, its counter fell, or a join was told of.
        A counter that fell under one DevAddr without a word of a join is a frame of the past: a server takes no such
        frame from a device, so somebody else sent the message again.
        A join alone begins none, because the device goes on as before where it does not hear the answer.

        Args:
            told: Counter as the server tells it: 32 bits, or the lower 16 of them.
            name: DevAddr, which a join changes; empty where it is not told.
        """
        known = bool(name and self.name)
        if known and name == self.before != self.name and not self.rejoining:
            return self, "late"
        counter = self._unfolded(told)
        behind = self.last - counter
        moved = name != self.name if known else self.rejoining
        fell = behind >= LATE and (self.rejoining or not known)
        if self.last >= 0 and (moved or fell):
            return self._begun().ahead(told, told, name), "restarted"
        if behind < 0:
            return self.ahead(counter, told, name or self.name), "next"
        return self, "late" if behind else "again"

    def joined(self) -> "Track":
        """Expect a new session, unless nothing was heard in this one."""
        return replace(self, rejoining=self.last >= 0)

    def ahead(self, counter: int, told: int, name: str) -> "Track":
        """Take a counter that is higher than all before it in its session."""
        return replace(self, last=counter, name=name, wide=self.wide or told >= _HALF)

    def _begun(self) -> "Track":
        return Track(session=self.session + 1, home=self.home, before=self.name)

    def measured(self, heard: tuple[Heard, ...]) -> tuple["Track", float | None]:
        """Return the reading to take, None where this frame has none that the device can have, too.

        Args:
            heard: The gateways, the one that the server would answer through first.
        """
        if not heard:
            return self, None
        first = heard[0]
        track = (self if self.home else replace(self, home=first.gateway)).answered(first.gateway)
        return track, first.rssi if first.gateway == track.home else None

    def answered(self, gateway: str) -> "Track":
        """Take note of which gateway answers; one that does so PATIENCE times in a row is measured from then on."""
        if gateway == self.home:
            return replace(self, strange=0, stranger="")
        strange = self.strange + 1 if gateway == self.stranger else 1
        if strange < PATIENCE:
            return replace(self, strange=strange, stranger=gateway)
        return replace(self, home=gateway, strange=0, stranger="")

    def queue(self) -> tuple["Track", bool]:
        """Say whether a frame for the device may be put into the queue now.

        While one waits there, the server sends that one; if it has not gone by the second frame, it never will.
        """
        if self.waiting == 1:
            return replace(self, waiting=2), False
        return self, True

    def packed(self) -> dict[str, Any]:
        """Return its fields, as JSON takes them; those that are as they begin are left out."""
        return {name: value for name, value in asdict(self).items() if value != _FRESH[name]}

    @classmethod
    def unpacked(cls, fields: dict[str, Any]) -> "Track":
        """Return what `packed` gave."""
        return cls(**fields)

    def _unfolded(self, told: int) -> int:
        """Return a counter in 32 bits, from a server that may tell its lower 16 alone."""
        if self.wide or told >= _HALF or self.last < 0:
            return told
        near = told + (self.last & ~(_HALF - 1))
        if near <= self.last - _HALF // 2:
            near += _HALF  # it went over the top
        return near if near - self.last <= MOST_LOST else told


_FRESH = asdict(Track())
