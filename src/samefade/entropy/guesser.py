"""Price keys by how many guesses an attacker needs who learnt from other records how symbols follow each other.

She holds a Markov chain of order k and goes through the keys from the likeliest on; a key costs log2 of its place in
that order.
Nobody can write the list down, but its length up to a key can be counted: a recursion over the last k symbols and the
log-probability so far, in steps of `width`, gives how many strings have which log-probability.
Source: Massey 1994 for the number of guesses; Krichevsky and Trofimov 1981 for the half count of what was never seen.
What it cannot price: structure longer than k, and anything that the attacker measured herself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log2
from typing import Self

import numpy as np
from numpy.typing import NDArray

from samefade.errors import OutOfRange, TooFewSamples
from samefade.types import Integer

Real = NDArray[np.float64]

_MOST_BITS = 1000  # of a key: counts are kept as doubles, which end at 2^1024
_MOST_CELLS = 4096  # of the table of what follows what: the count takes as many array additions a symbol


@dataclass(frozen=True, eq=False, repr=False)
class Guesser:
    """What an attacker learnt, and the order in which she guesses.

    *Notation*: q is the number of levels, k the order, m the number of symbols of a key.

    Attributes:
        levels: q.
        order: k.
        starts: (q^k,) probability of the first k symbols, read as digits.
        follows: (q^k, q) probability of the next symbol.
        width: In what steps log-probabilities are told apart, bits.
    """

    levels: int
    order: int
    starts: Real
    follows: Real
    width: float = 1 / 64

    @classmethod
    def learn(cls, records: Sequence[Integer], levels: int, order: int = 2, *, width: float = 1 / 64) -> Self:
        """Return the guesser that has counted what follows what in the records; half a count for what never came.

        Args:
            records: Strings of symbols 0 … levels − 1, (n_i,) each; none of them of the device whose keys are priced.
            levels: How many levels there are, 2 to 256.
            order: How many symbols the chain looks back; levels^(order + 1) at most 4,096.
            width: In what steps log-probabilities are told apart, bits, 1/1,024 to 1.

        Raises:
            TooFewSamples: When no record is longer than the order.
            OutOfRange: When a symbol is no level, or a parameter is outside its range.
        """
        if not 2 <= levels <= 256:
            raise OutOfRange("levels", levels, "2 to 256")
        if not 0 <= order <= 11 or levels ** (order + 1) > _MOST_CELLS:
            raise OutOfRange("order", order, f"at least 0, with levels^(order + 1) at most {_MOST_CELLS}")
        if not 1 / 1024 <= width <= 1:
            raise OutOfRange("width", width, "1/1,024 to 1 bit")
        seen = np.full((levels**order, levels), 0.5)
        for record in records:
            _check(record, levels, 1)
            if len(record) > order:
                seen += np.bincount(_codes(record, levels, order + 1), minlength=seen.size).reshape(seen.shape)
        longest = max((len(record) for record in records), default=0)
        if longest <= order:
            raise TooFewSamples(have=longest, need=order + 1)
        weight = seen.sum(axis=1)
        return cls(levels, order, weight / weight.sum(), seen / weight[:, None], width)

    def __repr__(self) -> str:
        """Give the parameters; never what was learnt."""
        return f"Guesser({self.levels} levels, order {self.order}, width {self.width:.4g})"

    def cost(self, keys: Integer) -> Real:
        """Return log2 of how many guesses find each key, (n,).

        Among keys of equal probability the middle one counts: guesses = likelier + (equal + 1)/2.
        She orders keys by log-probabilities that are rounded symbol by symbol to steps of `width`; for that order the
        answer is exact, and that of the unrounded ones lies within `bracket`.
        The work grows with levels^(order + 1)·m/width: 4 levels, order 2 and 256 bits take a tenth of a second, 8
        levels two seconds.

        Args:
            keys: (n, m) symbols, a key a row; m at least the order and m·log2(levels) at most 1,000.

        Raises:
            TooFewSamples: When the keys are shorter than the order, or there is none.
            OutOfRange: When a symbol is no level, or the keys are too long to be counted.
        """
        price, counts = self._priced(keys)
        below = np.concatenate([[0.0], np.cumsum(counts)])
        return np.log2(below[price] + (counts[price] + 1) / 2)

    def bracket(self, keys: Integer) -> tuple[Real, Real]:
        """Return bounds on log2 of the guesses in the order of the unrounded probabilities, (n,) each.

        A sum of m roundings is off by m/2 steps at most, so strings m steps apart keep their order.

        Raises:
            TooFewSamples: As for `cost`.
            OutOfRange: As for `cost`.
        """
        price, counts = self._priced(keys)
        margin = keys.shape[1]
        upto = np.cumsum(counts)
        low = np.where(price > margin, upto[np.maximum(price - margin - 1, 0)], 0.0)
        return np.log2(low + 1), np.log2(upto[price + margin])

    def surprise(self, keys: Integer) -> Real:
        """Return −log2 of the probability that the attacker gives each key, bits, (n,).

        Raises:
            TooFewSamples: As for `cost`.
            OutOfRange: As for `cost`.
        """
        self._check_keys(keys)
        at = _codes(keys, self.levels, self.order + 1)
        first = -np.log2(self.starts)[_codes(keys[:, : self.order], self.levels, self.order)[:, 0]]
        return np.asarray(first - np.log2(self.follows).ravel()[at].sum(axis=1))

    def _priced(self, keys: Integer) -> tuple[NDArray[np.int64], Real]:
        """Return each key's log-probability in steps, and how many strings have 0, 1, 2 … steps."""
        self._check_keys(keys)
        starts, follows = self._steps()
        at = _codes(keys, self.levels, self.order + 1)
        first = starts[_codes(keys[:, : self.order], self.levels, self.order)[:, 0]]
        price = first + follows.ravel()[at].sum(axis=1)
        return price, self._count(starts, follows, keys.shape[1], int(price.max()) + keys.shape[1] + 1)

    def _steps(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        starts, follows = (-np.log2(p) / self.width for p in (self.starts, self.follows))
        return np.rint(starts).astype(np.int64), np.rint(follows).astype(np.int64)

    def _count(self, starts: NDArray[np.int64], follows: NDArray[np.int64], m: int, bins: int) -> Real:
        """Return how many strings of m symbols have which price, (bins,): all prices below `bins`."""
        contexts, q = follows.shape
        now = np.zeros((contexts, bins))
        reached = np.flatnonzero(starts < bins)
        now[reached, starts[reached]] = 1.0
        to = (np.arange(contexts)[:, None] * q + np.arange(q)) % contexts
        for _ in range(m - self.order):
            after = np.zeros_like(now)
            for context in range(contexts):
                for symbol in range(q):
                    step = int(follows[context, symbol])
                    if step < bins:
                        after[to[context, symbol], step:] += now[context, : bins - step]
            now = after
        return np.asarray(now.sum(axis=0))

    def _check_keys(self, keys: Integer) -> None:
        if keys.ndim != 2:
            raise OutOfRange("keys", f"shape {keys.shape}", "a key a row")
        n, m = keys.shape
        if n < 1:
            raise TooFewSamples(have=n, need=1)
        if m < max(1, self.order):
            raise TooFewSamples(have=m, need=max(1, self.order))
        if m * log2(self.levels) > _MOST_BITS:
            raise OutOfRange("keys", f"{m} symbols of {self.levels} levels", f"at most {_MOST_BITS} bits a key")
        _check(keys, self.levels, 2)


def percentiles(costs: Real, at: tuple[float, ...] = (5, 50, 95)) -> tuple[float, ...]:
    """Return percentiles of the costs, log2 guesses, each a cost that occurs: the largest one not above it in rank.

    The fifth says what one key in twenty costs at most.

    Raises:
        TooFewSamples: When there is no cost.
        OutOfRange: When a percentile is outside 0 to 100.
    """
    if len(costs) < 1:
        raise TooFewSamples(have=0, need=1)
    if not all(0 <= p <= 100 for p in at):
        raise OutOfRange("at", at, "0 to 100")
    return tuple(float(c) for c in np.percentile(costs, at, method="lower"))


def most_common(keys: Integer) -> tuple[float, float]:
    """Return the share of the most common key, and −log2 of it: keys have at most that min-entropy, bits.

    It bounds from above only: n keys that all differ say no more than log2(n).

    Raises:
        TooFewSamples: When there is no key.
    """
    if keys.ndim != 2 or len(keys) < 1:
        raise TooFewSamples(have=len(keys) if keys.ndim == 2 else 0, need=1)
    share = float(np.unique(keys, axis=0, return_counts=True)[1].max()) / len(keys)
    return share, -log2(share)


def transitions(keys: Integer) -> Real:
    """Return how many symbols of each key differ from the one before, (n,)."""
    return np.asarray(np.count_nonzero(np.diff(keys, axis=-1), axis=-1), np.float64)


def _codes(symbols: Integer, levels: int, count: int) -> NDArray[np.int64]:
    """Return each run of `count` symbols along the last axis, read as digits; of no symbols, one zero."""
    m = symbols.shape[-1] - count + 1
    out = np.zeros((*symbols.shape[:-1], m), np.int64)
    for digit in range(count):
        out = out * levels + symbols[..., digit : digit + m]
    return out


def _check(symbols: Integer, levels: int, axes: int) -> None:
    if symbols.ndim != axes or not np.issubdtype(symbols.dtype, np.integer):
        raise OutOfRange("symbols", f"{symbols.dtype} of shape {symbols.shape}", "integers, a record a row")
    if symbols.size and (symbols.min() < 0 or symbols.max() >= levels):
        raise OutOfRange("symbols", "some outside", f"0 to {levels - 1}")
