"""Hold what the ten estimators say."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

NAMES = (
    "most common value",
    "collision",
    "markov",
    "compression",
    "t-tuple",
    "LRS",
    "multi-MCW",
    "lag",
    "multi-MMC",
    "LZ78Y",
)
BITS_ONLY = ("collision", "markov", "compression")  # defined for two symbols alone


@dataclass(frozen=True)
class Assessment90B:
    """What symbols are worth by SP 800-90B, at claim level "estimate".

    Attributes:
        samples: How many symbols there are, n.
        bits_per_symbol: How many bits a symbol has, b.
        of_symbols: Each estimator's min-entropy of the symbols as they are, bits a symbol.
        of_bits: Each estimator's min-entropy of the symbols written as a string of n·b bits, bits a bit; empty where
            the symbols are bits, or the string was not asked for.
        ceilings: What each estimator would give of as many perfect symbols, bits a symbol.
        skipped: Estimators that had too few samples, with the number that is enough; the string of bits is told apart
            by "(bits)", and its number is in bits.
    """

    samples: int
    bits_per_symbol: int
    of_symbols: Mapping[str, float] = field(hash=False)
    of_bits: Mapping[str, float] = field(hash=False)
    ceilings: Mapping[str, float] = field(hash=False)
    skipped: Mapping[str, int] = field(hash=False)

    def __post_init__(self) -> None:
        """Freeze the mappings."""
        for name in ("of_symbols", "of_bits", "ceilings", "skipped"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))

    @property
    def by(self) -> Mapping[str, float]:
        """Return each estimator's min-entropy, bits a symbol: the lesser of symbols and b times bits."""
        b = self.bits_per_symbol
        both = {name: (self.of_symbols.get(name, b), b * self.of_bits.get(name, 1.0)) for name in NAMES}
        return {name: min(both[name]) for name in NAMES if name in self.of_symbols or name in self.of_bits}

    @property
    def least(self) -> float:
        """Return the assessed min-entropy, bits a symbol: min(H_original, b·H_bitstring) of section 3.1.3."""
        return min(self.by.values())

    @property
    def ceiling(self) -> float:
        """Return what perfect symbols would be assessed at, bits a symbol: the least of the ceilings."""
        return min(self.ceilings.values())

    def to_json(self) -> dict[str, object]:
        """Return the assessment as a plain dict."""
        return {
            "samples": self.samples,
            "bits_per_symbol": self.bits_per_symbol,
            "least": self.least,
            "ceiling": self.ceiling,
            "of_symbols": dict(self.of_symbols),
            "of_bits": dict(self.of_bits),
            "ceilings": dict(self.ceilings),
            "skipped": dict(self.skipped),
        }

    def __str__(self) -> str:
        """Return a small table, each estimate beside its ceiling."""
        rows = [f"{'min-entropy, bits a symbol':<27}{'estimate':>9}{'ceiling':>9}"]
        rows += [f"{name:<27}{h:>9.4f}{self.ceilings[name]:>9.4f}" for name, h in self.by.items()]
        rows += [f"{name:<27}{'needs ' + format(need, ',') + ' samples':>18}" for name, need in self.skipped.items()]
        return "\n".join([*rows, f"{'least':<27}{self.least:>9.4f}{self.ceiling:>9.4f}"])
