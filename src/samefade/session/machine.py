"""What every shell drives: one end of a conversation, as a machine without input or output of its own."""

from typing import NamedTuple, Protocol

from samefade.errors import SamefadeError
from samefade.session.events import Event
from samefade.types import Float


class Sample(NamedTuple):
    """One thing heard.

    Attributes:
        number: Frame counter; the same number names the same instant at both ends.
        values: (k,) what was heard on each tone, in the unit of the recording.
    """

    number: int
    values: Float


class Machine(Protocol):
    """One end: bytes, samples and the time go in; bytes, events and a deadline come out.

    A shell handles `events()` before it sends what `outgoing()` gave:
    what an event asks to be kept must be kept before the other end can know of it.
    """

    def start(self, now: float) -> None:
        """Begin; an end that waits to be spoken to does nothing yet."""
        ...

    def hear(self, sample: Sample, now: float) -> None:
        """Take a sample that was measured because `Probe` asked for it; one without values says that it was lost."""
        ...

    def receive(self, datagram: bytes, now: float) -> None:
        """Take a datagram; bytes that are not the other end's are dropped and counted, never raised."""
        ...

    def tick(self, now: float) -> None:
        """Let time pass; to be called at `deadline` or later."""
        ...

    def stop(self, now: float, why: SamefadeError | None = None) -> None:
        """End because the owner wants it, or could not do what an event asked for; a last word is still to be sent."""
        ...

    def outgoing(self) -> list[bytes]:
        """Return the datagrams to send now, once."""
        ...

    def events(self) -> list[Event]:
        """Return what has happened since the last call, once."""
        ...

    @property
    def deadline(self) -> float | None:
        """Return when `tick` wants to be called, seconds on the caller's clock, or None for never."""
        ...

    @property
    def closed(self) -> bool:
        """Say whether nothing more will come: finished, or dead."""
        ...
