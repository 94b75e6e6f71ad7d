"""Let two ends discuss in public until their strings are equal, neither seeing the other's."""

from typing import Protocol

from samefade.errors import OutOfRange, StillDiffers
from samefade.types import Bits, Ledger


class Answerer(Protocol):
    """The end whose string stays as it is (a): it answers questions about it."""

    def answer(self, request: bytes) -> bytes:
        """Answer one public request."""
        ...

    @property
    def fixed(self) -> Bits:
        """Return the agreed string, once the discussion is closed."""
        ...

    @property
    def ledger(self) -> Ledger:
        """Return this end's ledger with everything that the discussion told, once it is closed."""
        ...


class Corrector(Protocol):
    """The end that corrects its string (b): it asks, and decides when to stop."""

    def ask(self) -> bytes | None:
        """Return the next public request, or None when the discussion is closed."""
        ...

    def hear(self, answer: bytes) -> None:
        """Take the public answer to the last request."""
        ...

    @property
    def estimate(self) -> float:
        """Return the bit error rate as known so far."""
        ...

    @property
    def fixed(self) -> Bits:
        """Return the agreed string, once the discussion is closed."""
        ...

    @property
    def ledger(self) -> Ledger:
        """Return this end's ledger with everything that the discussion told, once it is closed."""
        ...


class Reconciler(Protocol):
    """A code: what makes the two ends of a discussion."""

    def answer(self, bits: Bits, seed: bytes) -> Answerer:
        """Return the end whose string stays."""
        ...

    def correct(self, bits: Bits, seed: bytes, estimate: float) -> Corrector:
        """Return the end that corrects its string."""
        ...


def talk(answerer: Answerer, corrector: Corrector, *, most: int = 10_000) -> tuple[Bits, Ledger]:
    """Carry messages between the two ends until they hold the same string.

    Only bytes pass from one end to the other, and whoever listens may read them all.

    Args:
        answerer: The end that answers (a).
        corrector: The end that corrects (b).
        most: How many requests are carried before giving up.

    Returns:
        The corrector's string, now equal to the answerer's, and the answerer's ledger:
        what its bits were worth, minus everything that was told.
        The answerer's own copy of the string is `answerer.fixed`: it lacks the frames that were dropped.

    Raises:
        EndsDisagree: When the strings differ in length, or the ends use different settings.
        StillDiffers: When the strings cannot be made equal, or not within `most` requests.
        ProtocolError: When a message breaks the rules.
        OutOfRange: When `most` is below 1.
    """
    if most < 1:
        raise OutOfRange("most", most, "at least 1 request")
    for _ in range(most):
        request = corrector.ask()
        if request is None:
            return corrector.fixed, answerer.ledger
        corrector.hear(answerer.answer(request))
    if corrector.ask() is None:
        return corrector.fixed, answerer.ledger
    raise StillDiffers(estimate=corrector.estimate)
