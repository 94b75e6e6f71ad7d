"""The account of a key: entropy in, every public bit out."""

from dataclasses import dataclass
from math import floor
from typing import Literal, NamedTuple

from samefade.errors import OutOfRange

Claim = Literal["bounded", "estimate", "none"]


class Entry(NamedTuple):
    """One line of the account: what, and how many bits it adds (positive) or costs (negative)."""

    what: str
    bits: float


@dataclass(frozen=True)
class Ledger:
    """Entropy in, every public bit out; a function of the transcript, so both ends compute the same one.

    Attributes:
        entries: The lines in the order in which they happened.
        assumptions: What the entropy assumes, in sentences; printed wherever the number is.
    """

    entries: tuple[Entry, ...] = ()
    assumptions: tuple[str, ...] = ()

    def earn(self, what: str, bits: float, *assumptions: str) -> "Ledger":
        """Return a ledger with entropy added.

        Raises:
            OutOfRange: When `bits` is negative or not finite.
        """
        return Ledger((*self.entries, Entry(what, _checked(bits))), (*self.assumptions, *assumptions))

    def pay(self, what: str, bits: float) -> "Ledger":
        """Return a ledger with public bits subtracted.

        Raises:
            OutOfRange: When `bits` is negative or not finite.
        """
        return Ledger((*self.entries, Entry(what, -_checked(bits))), self.assumptions)

    def __add__(self, later: "Ledger") -> "Ledger":
        """Append another ledger's entries and its new assumptions."""
        new = tuple(text for text in later.assumptions if text not in self.assumptions)
        return Ledger((*self.entries, *later.entries), (*self.assumptions, *new))

    @property
    def earned(self) -> float:
        """Return the entropy in, bits."""
        return sum(entry.bits for entry in self.entries if entry.bits > 0)

    @property
    def paid(self) -> float:
        """Return the public bits out, a positive number."""
        return -sum(entry.bits for entry in self.entries if entry.bits < 0)

    @property
    def balance(self) -> float:
        """Return what is left; it may be negative."""
        return self.earned - self.paid

    @property
    def secure_bits(self) -> int:
        """Return the whole bits that may be issued: the balance rounded down, never below zero."""
        return max(0, floor(self.balance))

    def __str__(self) -> str:
        """Print as a table: the lines, then the balance."""
        rows = [*self.entries, Entry("left", self.balance)]
        return "\n".join(f"{entry.bits:>+12.1f}  {entry.what}" for entry in rows)


def _checked(bits: float) -> float:
    if not 0 <= bits < float("inf"):
        raise OutOfRange("bits", bits, "a finite number of at least 0")
    return float(bits)
