"""One virtual device, with a simulated link: the shell that firmware has around its end of the protocol."""

from collections.abc import Callable
from typing import Any

from samefade.lpwan.refresh import DeviceEnd, NoKey, Policy, Refreshed, joined, parted, spare
from samefade.lpwan.rehearsal.fade import Link
from samefade.lpwan.rehearsal.folder import Kept

PAYLOAD = b"rehearsal"  # what the application of a virtual device says
_LATE = 256  # frames; a downlink that is as late is not known as such


class Tracker:
    """A virtual device; whatever it changes is kept before anything of it is said.

    Attributes:
        frames: Uplinks sent in this rehearsal.
        lost: Frames of both directions that were lost.
        downlinks: Downlinks with a block that it heard.
        told: What its end said came of a run.
        reading: How the gateway hears its last uplink, dBm.
    """

    def __init__(self, kept: Kept, policy: Policy, link: Link, keep: Callable[[Kept], None], *, spare: int) -> None:
        """Take what was kept of it, its link, how it is kept, and the bytes that a block may take in an uplink."""
        self.eui, self.session, self.counter = kept.eui, kept.session, kept.counter
        self.number, self.frames, self.lost, self.downlinks = kept.number, 0, 0, 0
        self.told: list[Refreshed | NoKey] = []
        self.reading = self._reading_down = 0
        self._end = DeviceEnd.restored(kept.state, policy)
        self._policy, self._link, self._keep, self._spare = policy, link, keep, spare
        self._take_events()
        self.told.clear()  # those of an earlier rehearsal

    @property
    def epoch(self) -> int:
        """Return how many refreshes went into its secret."""
        return self._end.epoch

    @property
    def name(self) -> str:
        """Return its name at the network server."""
        return f"rehearsal-{self.number}"

    @property
    def address(self) -> str:
        """Return its DevAddr, which every join changes; of NetID 0, for private networks (LoRaWAN 1.0.3, 6.1.1)."""
        return f"{(self.number & 0xFF) << 16 | (self.session + 1 & 0xFFFF):08x}"

    @property
    def dropped(self) -> dict[str, int]:
        """Return what its end did not take, by reason."""
        return dict(self._end.dropped)

    @property
    def strange(self) -> int:
        """Return how many blocks came that do not open, where none did."""
        shut = self._end.dropped["block does not open"]
        return shut if shut == self.downlinks else 0

    def join(self) -> None:
        """Begin a session: frames count from 0 again, and both ends 2^32 further."""
        self.session, self.counter = self.session + 1, -1
        self._store()

    def uplink(self) -> bytes | None:
        """Send the next frame; None where it is lost."""
        self.counter += 1
        self.frames += 1
        self.reading, self._reading_down = self._link.next()
        block = self._end.uplink(self._counts, min(self._spare, spare(PAYLOAD)))
        self._store()
        return None if self._loses() else joined(PAYLOAD, block)

    def answer(self, frame: bytes) -> None:
        """Hear what answers the last frame, b"" for a bare acknowledgement; or lose it."""
        if self._loses():
            return
        _, block = parted(frame)
        self.downlinks += bool(block)
        self._end.downlink(self._counts, self._reading_down, block)
        self._store()
        self._take_events()

    def late(self, frame: bytes) -> int:
        """Return how many frames ago the network said this, as far as the one byte tells that says so."""
        _, block = parted(frame)
        return (self.counter - block[1]) % _LATE if len(block) > 1 else 0

    @property
    def acknowledged(self) -> bool:
        """Say whether its last frame asks for an acknowledgement: those that give samples do."""
        return self.counter % self._policy.every == 0

    def result(self) -> dict[str, Any]:
        """Return the public form of what came of it."""
        last = self.told[-1].public() if self.told else {"event": "nothing"}
        return {
            "device": self.eui.hex(), "name": self.name, "epoch": self.epoch, "outcome": last.pop("event"),
            "session": self.session, "counter": self.counter, "frames": self.frames, "lost": self.lost,
            "downlinks": self.downlinks, "pooled": self._end.pooled, "dropped": self.dropped,
            **{name: last[name] for name in ("root", "claim", "reason", "account") if name in last},
        }  # fmt: skip

    @property
    def _counts(self) -> int:
        return (self.session << 32) + self.counter

    def _loses(self) -> bool:
        loses = self._link.loses()
        self.lost += loses
        return loses

    def _store(self) -> None:
        self._keep(Kept(self.eui, self._end.reveal_secret_state_bytes(), self.session, self.counter))

    def _take_events(self) -> None:
        self.told += [event for event in self._end.events() if isinstance(event, Refreshed | NoKey)]
