"""What a quantiser makes: symbols, then bits."""

from dataclasses import dataclass, field
from typing import Any, NoReturn, Protocol

import numpy as np
from numpy.typing import NDArray

from samefade.types.ledger import Ledger
from samefade.types.recording import Float, Integer
from samefade.types.terms import Terms

BitArray = NDArray[np.uint8]


@dataclass(frozen=True, eq=False, repr=False)
class Symbols:
    """Quantised samples.

    Attributes:
        values: (m,) integers 0 … levels − 1.
        levels: How many levels there are, a power of two.
        index: (m,) which sample of the feature each symbol came from, increasing.
        public: What was told in public to make them: dropped indices, thresholds, forced balance.
        reliability: (m,) distance to the nearest threshold in units of the spread, or None.
    """

    values: Integer
    levels: int
    index: Integer
    public: Ledger = field(default_factory=Ledger)
    reliability: Float | None = None

    def __len__(self) -> int:
        """Return the number of symbols."""
        return len(self.values)

    def __repr__(self) -> str:
        """Give counts; never the symbols."""
        return f"Symbols({len(self)} of {self.levels} levels)"

    def __reduce__(self) -> NoReturn:
        """Refuse to be pickled."""
        raise TypeError("Symbols have no serialiser: they are secret")


class Belief(Protocol):
    """What one end believes of the other's string, layer by layer: soft information for a decoder."""

    def about(self, known: BitArray) -> Float:
        """Return the log-likelihood ratios of the layer that follows the known ones, in nats, positive for a 0.

        Args:
            known: The other end's bits of all layers before it, in order; empty for the first layer.
        """
        ...


@dataclass(frozen=True, eq=False, repr=False)
class Bits:
    """A string of secret bits at one end, with the account of what it is worth so far.

    Attributes:
        values: (m,) uint8, 0 or 1.
        per_symbol: How many bits stand for one symbol.
        ledger: Entropy in, every public bit out, up to here.
        reliability: (m,) confidence of each bit for decoders that can use it, or None.
        terms: The public terms under which they were made, or None.
        layers: Lengths of the layers that follow each other in `values`, as a decoder takes them; empty for one layer.
        belief: What this end believes of the other's string, or None where only hard bits are known.
    """

    values: BitArray
    per_symbol: int = 1
    ledger: Ledger = field(default_factory=Ledger)
    reliability: NDArray[np.floating[Any]] | None = None
    terms: Terms | None = None
    layers: tuple[int, ...] = ()
    belief: Belief | None = None

    def __len__(self) -> int:
        """Return the number of bits."""
        return len(self.values)

    def __repr__(self) -> str:
        """Give the count; never the bits."""
        return f"Bits({len(self)}, {self.per_symbol} a symbol)"

    def __reduce__(self) -> NoReturn:
        """Refuse to be pickled."""
        raise TypeError("Bits have no serialiser: they are secret")
