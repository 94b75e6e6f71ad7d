"""A protocol as a script: one function for each role that says, hears and measures in turn, and knows no bytes.

A script is a generator.
It yields what it wants; the session does that and sends back what came of it.
So the course of a run reads from top to bottom, and the state table checks every step of it.
"""

from collections.abc import Generator
from dataclasses import dataclass
from typing import Any

from samefade.session.events import Event


@dataclass(frozen=True)
class Say:
    """Send a message; nothing comes back."""

    kind: int
    body: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Hear:
    """Wait for a message of one of these kinds; its kind and body come back."""

    kinds: tuple[int, ...]


@dataclass(frozen=True)
class Measure:
    """Have the frames `first` to `last` measured on so many tones; what was `Heard` comes back."""

    first: int
    last: int
    tones: int = 1


@dataclass(frozen=True, eq=False)
class Tell:
    """Tell the shell what happened; nothing comes back."""

    event: Event


@dataclass(frozen=True)
class Transcript:
    """Ask for the hash of all that was said and heard so far, as both ends have it; it comes back."""


Want = Say | Hear | Measure | Tell | Transcript
Script = Generator[Want, Any, None]
