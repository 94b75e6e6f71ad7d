"""Take turns: the half of a corrector that is the same for every code."""

from abc import ABC, abstractmethod
from collections.abc import Generator
from typing import Generic, Protocol, TypeVar

from samefade.errors import ProtocolError
from samefade.reconcile.charged import Charged
from samefade.types import Ledger

Talk = Generator[bytes, bytes, None]


class Counted(Protocol):
    """A transcript, as far as turns are counted in it."""

    messages: int


T = TypeVar("T", bound=Counted)


class Asker(Charged, ABC, Generic[T]):
    """An end that asks, one request after the other, and hears an answer to each.

    What is asked is a generator that yields requests and is sent the answers; when it ends, the discussion is charged.
    """

    transcript: T

    def _begin(self, talk: Talk) -> None:
        """Take the discussion, and make its first request."""
        self._talk = talk
        self._next: bytes | None = next(talk)
        self._waiting = False

    @abstractmethod
    def _charged(self) -> Ledger:
        """Return the ledger with everything that the discussion told."""

    def ask(self) -> bytes | None:
        """Return the next public request, or None when the discussion is closed.

        Raises:
            ProtocolError: When the last answer was not heard yet.
        """
        if self._waiting:
            raise ProtocolError(asked="before the last answer was heard")
        self._waiting = self._next is not None
        return self._next

    def hear(self, answer: bytes) -> None:
        """Take the public answer to the last request.

        Raises:
            StillDiffers: When the strings cannot be made equal.
            ProtocolError: When the answer has the wrong size, or none was asked for.
            OutOfRange: When a belief tells of a layer of another length.
            NotFinite: When a belief has a log-likelihood ratio that is not a number.
        """
        if not self._waiting:
            raise ProtocolError(answered="nothing was asked")
        self._waiting = False
        self.transcript.messages += 2
        try:
            self._next = self._talk.send(answer)
        except StopIteration:
            self._next = None
            self._ledger = self._charged()
