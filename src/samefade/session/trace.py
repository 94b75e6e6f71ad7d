"""A trace: what happened in public, one JSON object a line; it cannot hold a secret, because events have no such form.

Each line has `t` (seconds since the trace began), `end`, `event` and the event's public fields.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from samefade.errors import UnreadableRecording
from samefade.session.events import Event

FORMAT = "samefade trace 1"


class Trace:
    """Writes events as lines."""

    def __init__(self, write: Callable[[str], object], clock: Callable[[], float], end: str, **about: Any) -> None:  # noqa: ANN401 -- any JSON value
        """Begin a trace.

        Args:
            write: Takes a line.
            clock: Seconds, never going back.
            end: Whose trace it is.
            about: Public facts worth keeping, for the first line.
        """
        self._write, self._clock, self._end, self._begun = write, clock, end, clock()
        self.line({"event": "begun", "format": FORMAT, **about})

    def tell(self, event: Event) -> None:
        """Write an event."""
        self.line(event.public())

    def line(self, told: dict[str, Any]) -> None:
        """Write the public form of an event that came from another process."""
        at = round(self._clock() - self._begun, 4)
        self._write(json.dumps({"t": at, "end": self._end, **told}, ensure_ascii=False) + "\n")


def read_trace(lines: Iterable[str], name: object = "trace") -> Iterator[dict[str, Any]]:
    """Read a trace.

    Args:
        lines: Its lines; the last may be cut off, as a crash leaves it.
        name: What to call it in an error.

    Raises:
        UnreadableRecording: When a line is not one of a trace.
    """
    held: str | None = None
    for number, text in enumerate(lines, 1):
        if held is not None:
            raise UnreadableRecording(name, line=number - 1, reason="it is no line of a trace")
        try:
            told = json.loads(text)
        except ValueError:
            held = text  # fine if nothing follows
            continue
        if not isinstance(told, dict) or not {"t", "end", "event"} <= told.keys():
            raise UnreadableRecording(name, line=number, reason="it is no line of a trace")
        yield told
