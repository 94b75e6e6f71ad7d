"""Follow a run: show its progress on standard error, write its trace, and say at the end what came of it."""

import signal
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TextIO

import typer
from rich.console import Console

from samefade.cli.output import emit, say, writable
from samefade.errors import CannotWrite, SamefadeError, Stopped
from samefade.session.trace import Trace

_SUMMED = ("pending", "confirmed", "present", "failed")  # a responder runs for months: keep no more than is told


class Following:
    """Collects the public events of both ends or one.

    Attributes:
        events: Those that say what came of a run, each with the name of its end.
        stop: Called when the user asks to stop; where there is nothing to stop yet, the command ends at once.
        summary: What the command adds to its JSON object.
        about: Public facts of the recording, for the first line of a trace.
    """

    def __init__(self, trace: Path | None, *, quiet: bool) -> None:
        """Take where a trace shall be written, and whether to be quiet."""
        self._path = None if trace is None else writable(trace)
        self._console, self._quiet = Console(stderr=True, highlight=False, soft_wrap=True), quiet
        self._file: TextIO | None = None
        self._traces: dict[str, Trace] = {}
        self._before: dict[int, Any] = {}
        self._status = self._console.status("beginning")
        self.events: list[tuple[str, dict[str, Any]]] = []
        self.stop: Callable[[], None] | None = None
        self.summary: dict[str, Any] = {}
        self.about: dict[str, Any] = {}
        self.asked = False
        self._advice: dict[str, None] = {}

    def __enter__(self) -> Self:
        """Open the trace, and take the signals."""
        if self._path is not None:
            try:
                self._file = self._path.open("w", encoding="utf-8", buffering=1)
            except OSError as why:
                raise CannotWrite(self._path, why.strerror or str(why)) from None
        for number in (signal.SIGINT, signal.SIGTERM):
            self._before[number] = signal.signal(number, self._signalled)
        if not self._quiet and self._console.is_terminal:
            self._status.start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        """Close the trace, and give the signals back."""
        self._status.stop()
        for number, handler in self._before.items():
            signal.signal(number, handler)
        if self._file is not None:
            self._file.close()

    def note(self, end: str, told: dict[str, Any]) -> None:
        """Take an event in its public form."""
        if told["event"] in _SUMMED:
            self.events.append((end, told))
        if self._file is not None:
            if end not in self._traces:
                self._traces[end] = Trace(self._file.write, time.monotonic, end, **self.about)
            self._traces[end].line(told)
        if told["event"] == "moved":
            self._status.update(f"{end}: {_DOING.get(told['state'], told['state'])}")
        elif told["event"] == "progress":
            self._status.update(f"{end}: {told['what']}, {told['done']:,} of {told['of']:,}")
        if not self._quiet and told["event"] in _WORDS:
            self.tell(f"{end}: {_words(told)}")

    def tell(self, text: str) -> None:
        """Say something on standard error."""
        self._console.print(shown(text), markup=False)

    def advise(self, text: str) -> None:
        """Keep a line of advice for the end."""
        self._advice[text] = None

    def end(self, *, as_json: bool) -> None:
        """Say what came of it, and end with the exit code of the error where there is one.

        Raises:
            Exit: With the exit code.
        """
        if as_json:
            emit({"schema": "samefade.node/1", **self.summary})
        else:
            for line in self.summary.get("said", ()):
                say(shown(line))
        for line in self._advice:
            self.tell(line)
        code = int(self.summary.get("exit_code", 0))
        if code:
            raise typer.Exit(code)

    def _signalled(self, *_: object) -> None:
        self.asked = True
        if self.stop is None:
            raise Stopped(state="start")
        self.stop()


# what an end is busy with once it knows so much; calibrating and pricing may take seconds
_DOING = {
    "greeted": "waiting for an answer",
    "planned": "measuring",
    "sampled": "exchanging what was spoken",
    "compared": "calibrating",
    "terms": "measuring what is kept",
    "masked": "quantising",
    "indexed": "pricing what the samples are worth",
    "asked": "correcting errors",
    "correcting": "correcting errors",
    "corrected": "amplifying",
    "shown": "comparing what was heard",
    "confirmed": "waiting whether the last word arrives",
}


def _words(told: dict[str, Any]) -> str:
    return _WORDS[told["event"]](told)


_WORDS: dict[str, Callable[[dict[str, Any]], str]] = {
    "known": lambda _: "the other end holds the same prior secret",
    "probe": lambda told: f"measuring frames {told['first']} to {told['last']}",
    "pending": lambda told: f"{keys(len(told['keys']))} computed, not confirmed yet",
    "confirmed": lambda told: f"{keys(len(told['key_ids']))} confirmed by both ends",
    "discarded": lambda told: f"{keys(len(told['key_ids']))} thrown away",
    "present": lambda told: f"the other end is here: {_numbers(told['evidence'])}",
    "failed": lambda told: str(told["error"]["why"]),
}


def keys(count: int) -> str:
    """Count keys in words."""
    return f"{count} key{'s' * (count != 1)}"


def shown(text: str) -> str:
    """Return text without what would steer a terminal: the other end chooses some of the words of an error."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)


def _numbers(evidence: dict[str, Any]) -> str:
    told = {name: value for name, value in evidence.items() if isinstance(value, int | float)}
    return ", ".join(f"{name.replace('_', ' ')} {value:.4g}" for name, value in told.items())


def exit_code(error: dict[str, Any] | None) -> int:
    """Return the exit code of an error that another process told of, by its name."""
    return 0 if error is None else _kind(error).exit_code


def advice(error: dict[str, Any]) -> str:
    """Return the advice of an error that another process told of."""
    return _kind(error).advice


def _kind(error: dict[str, Any]) -> type[SamefadeError]:
    return next((kind for kind in _below(SamefadeError) if kind.__name__ == error["error"]), SamefadeError)


def _below(kind: type[SamefadeError]) -> list[type[SamefadeError]]:
    return [each for direct in kind.__subclasses__() for each in (direct, *_below(direct))]
