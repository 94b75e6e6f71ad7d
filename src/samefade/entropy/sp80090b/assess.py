"""Run the ten estimators."""

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from samefade.entropy.sp80090b.assessment import BITS_ONLY, NAMES, Assessment90B
from samefade.entropy.sp80090b.ceiling import perfect
from samefade.entropy.sp80090b.collision import collision
from samefade.entropy.sp80090b.compression import compression
from samefade.entropy.sp80090b.lag import lag
from samefade.entropy.sp80090b.longest_repeat import longest_repeat
from samefade.entropy.sp80090b.lz78y import lz78y
from samefade.entropy.sp80090b.markov import markov
from samefade.entropy.sp80090b.most_common import most_common_value
from samefade.entropy.sp80090b.multi_mcw import multi_mcw
from samefade.entropy.sp80090b.multi_mmc import multi_mmc
from samefade.entropy.sp80090b.repeats import Repeats, repeats
from samefade.entropy.sp80090b.t_tuple import t_tuple
from samefade.errors import OutOfRange, TooFewSamples, UnknownName


def assess90b(
    symbols: ArrayLike, bits_per_symbol: int, *, only: Iterable[str] | None = None, bitstring: bool = True
) -> Assessment90B:
    """Return what the symbols are worth by the estimators of SP 800-90B, section 6.3.

    As NIST's tool does it: symbols that never occur do not count as part of the alphabet, and symbols of which more
    than two occur are also written as a string of bits, the highest bit of each symbol first, and assessed as such.

    Args:
        symbols: (n,) integers 0 … 2^bits_per_symbol − 1.
        bits_per_symbol: 1 to 8.
        only: Names of the estimators wanted (`NAMES`); None for all ten.
        bitstring: Whether the string of bits is assessed too.

    Raises:
        OutOfRange: When the symbols are no integers of so many bits, or no estimator is left.
        UnknownName: When an estimator does not exist.
        TooFewSamples: When there are too few samples for every one of the estimators.
    """
    values = _checked(symbols, bits_per_symbol)
    names = NAMES if only is None else tuple(only)
    for name in names:
        if name not in NAMES:
            raise UnknownName("estimator", name, NAMES)
    if len(values) < 2:
        raise TooFewSamples(have=len(values), need=2)
    occurring, mapped = np.unique(values, return_inverse=True)
    whole = _String(mapped.astype(np.uint8), len(occurring), 2**bits_per_symbol)
    of_symbols, skipped = _scores(whole, [n for n in names if len(occurring) <= 2 or n not in BITS_ONLY])
    of_bits: Mapping[str, float] = {}
    if bitstring and len(occurring) > 2:
        of_bits, few = _scores(_String(_bits(values, bits_per_symbol), 2, 2), names)
        skipped |= {f"{name} (bits)": need for name, need in few.items()}
    judged = [name for name in NAMES if name in of_symbols or name in of_bits]
    if not judged and not skipped:
        raise OutOfRange("only", ", ".join(names), "an estimator of symbols, or bitstring=True")
    if not judged:
        raise TooFewSamples(have=len(values), need=min(skipped.values()))
    ceilings = {
        name: perfect(name, len(values), bits_per_symbol, literal=name in of_symbols, bitstring=name in of_bits)
        for name in judged
    }
    return Assessment90B(len(values), bits_per_symbol, of_symbols, of_bits, ceilings, skipped)


class _String:
    """Symbols 0 … alphabet − 1, and what is repeated in them, which two estimators need.

    More symbols may turn up in a longer string: what is needed for repeats is told for all that are possible.
    """

    def __init__(self, symbols: NDArray[np.uint8], alphabet: int, possible: int) -> None:
        self.symbols, self.alphabet, self.possible = symbols, alphabet, possible

    @cached_property
    def repeats(self) -> Repeats:
        return repeats(self.symbols, self.possible)


_ESTIMATORS: Mapping[str, Callable[[_String], float]] = {
    "most common value": lambda s: most_common_value(s.symbols),
    "collision": lambda s: collision(s.symbols),
    "markov": lambda s: markov(s.symbols),
    "compression": lambda s: compression(s.symbols),
    "t-tuple": lambda s: t_tuple(s.repeats),
    "LRS": lambda s: longest_repeat(s.repeats),
    "multi-MCW": lambda s: multi_mcw(s.symbols, s.alphabet),
    "lag": lambda s: lag(s.symbols, s.alphabet),
    "multi-MMC": lambda s: multi_mmc(s.symbols, s.alphabet),
    "LZ78Y": lambda s: lz78y(s.symbols, s.alphabet),
}


def _scores(string: _String, names: Iterable[str]) -> tuple[dict[str, float], dict[str, int]]:
    """Return what each estimator gives, and the number of samples that those which give nothing need."""
    scores: dict[str, float] = {}
    needs: dict[str, int] = {}
    for name in names:
        try:
            scores[name] = _ESTIMATORS[name](string)
        except TooFewSamples as few:
            needs[name] = int(str(few.numbers["need"]))
    return scores, needs


def _checked(symbols: ArrayLike, bits_per_symbol: int) -> NDArray[np.uint8]:
    if not 1 <= bits_per_symbol <= 8:
        raise OutOfRange("bits_per_symbol", bits_per_symbol, "1 to 8")
    values = np.asarray(symbols)
    if values.ndim != 1 or not (np.issubdtype(values.dtype, np.integer) or not values.size):
        raise OutOfRange("symbols", f"{values.dtype} of shape {values.shape}", "one row of integers")
    if values.size and (values.min() < 0 or values.max() >> bits_per_symbol):
        raise OutOfRange("symbols", f"{values.min()} to {values.max()}", f"0 to {2**bits_per_symbol - 1}")
    return values.astype(np.uint8)


def _bits(values: NDArray[np.uint8], bits_per_symbol: int) -> NDArray[np.uint8]:
    return np.unpackbits(values[:, None], axis=1)[:, 8 - bits_per_symbol :].ravel()
