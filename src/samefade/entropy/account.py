"""Say what symbols are worth: the least that any of our guessers leaves of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import log2
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from samefade.entropy.collision import collision
from samefade.entropy.markov import ceiling, markov
from samefade.entropy.sparse import sparse
from samefade.errors import EndsDisagree, OutOfRange, TooFewSamples
from samefade.observe.correlogram import correlogram, memory
from samefade.types import Claim, Feature, Float, Kept, Ledger, Symbols

Real = NDArray[np.float64]
_SMALLEST_RUN = 16  # symbols a level, below which thresholds are no longer looked for
_EVE_REACH = 2  # grid points to either side of a symbol at which Eve's samples are used
_EVE_BY_CHANCE = 4.5  # standard deviations of a correlation: the best of thousands of lags reaches 4 by chance


@dataclass(frozen=True)
class Estimate:
    """What a symbol is worth as a secret.

    Attributes:
        per_symbol: Min-entropy of a symbol given its past and Eve, bits: the least of `by`.
        by: Which guesser leaves how much, bits a symbol.
        ceiling: What the Markov guesser would leave of as many perfect symbols; never log2(levels), because the
            string is finite.
        assumptions: What the number rests on, in sentences.
        claim: "bounded" where a stated model explains the samples, "estimate" elsewhere.
        measure: Which entropy it is, in words.
    """

    per_symbol: float
    by: Mapping[str, float] = field(hash=False)
    ceiling: float
    assumptions: tuple[str, ...] = ()
    claim: Claim = "estimate"
    measure: str = "min-entropy"

    def __post_init__(self) -> None:
        """Freeze the mapping."""
        object.__setattr__(self, "by", MappingProxyType(dict(self.by)))


def assess(
    symbols: Symbols, feature: Feature[Kept], *, eve: Float | None = None, published: Float | None = None
) -> Estimate:
    """Return what the symbols are worth: never more with Eve than without, because she can ignore what she heard.

    Args:
        symbols: The symbols.
        feature: The feature that they were made of, (n,) or (n, 1).
        eve: What the eavesdropper heard at the points of the feature, (n,) or (n, m), or None when nobody knows.
        published: The feature of the spoken samples, (p,) or (p, 1), all of which Eve knows.

    Raises:
        TypeError: When the feature was made of spoken samples.
        EndsDisagree: When Eve's samples or the symbols do not fit the feature.
        TooFewSamples: When there are too few symbols to judge.
        OutOfRange: When the feature has more than one tone, or a symbol is no level.
        ConstantSignal: When the feature does not vary.
    """
    x = _values(feature.kept, symbols, eve)
    # the whole string is hashed at once, so the share of right guesses counts, and not their longest run
    guessed = markov(symbols.values, symbols.levels, local=False)
    by = {"ceiling of the levels": log2(symbols.levels), "markov": guessed}
    # rare strings with long quiet stretches are likelier than the share says, and the hash must cover them
    by["collision"] = collision(symbols.values, symbols.levels)
    assumptions = ["nobody guesses a symbol from its past better than a Markov chain of order 3"]
    index, series, heard = _spacing(symbols, x, eve)
    edges = np.full((len(series), symbols.levels - 1), np.nan)
    edges[index] = _thresholds(series[index], symbols.values.astype(np.int64), symbols.levels)
    explained = 1 - float(np.isnan(edges[index]).any(axis=1).mean())
    if explained < 0.5:
        assumptions.append("no Gaussian bound: the symbols are not levels of the feature")
        if heard is not None:  # what she knows of such symbols is not known here
            by["gaussian, given Eve: the symbols are not levels of the feature"] = 0.0
    else:
        told = None if published is None else np.asarray(published, np.float64).ravel()
        # symbols that no threshold explains count as known
        left = _predicted(series, edges, heard, told)
        by |= {name: explained * bits for name, bits in left.items()}
        if "gaussian" in left:
            assumptions.append("prediction errors of the feature are Gaussian")
    assumptions.append(
        "Eve heard nothing that is correlated with the channel beyond its past"
        if heard is None
        else "Eve hears no more than the eavesdropper's recording holds, and combines it linearly"
    )
    least = min(by.values())
    return Estimate(least, by, ceiling(len(symbols), symbols.levels), tuple(assumptions))


def _predicted(x: Real, edges: Real, eve: Real | None, told: Real | None) -> dict[str, float]:
    """Return what linear prediction leaves of a symbol, without Eve and with her, bits.

    What she heard, fitted to a finite record, may make a prediction look worse; but she can ignore it.
    """
    left = {}
    for name, heard in (("gaussian", None), ("gaussian, given Eve", eve)):
        if name == "gaussian" or heard is not None:
            try:
                left[name] = sparse(x, edges, eve=heard, published=told)
            except TooFewSamples:
                left[f"{name}: too few symbols to judge"] = 0.0
    return left


def earn(ledger: Ledger, estimate: Estimate, count: int) -> Ledger:
    """Return the ledger with the worth of `count` symbols added.

    Raises:
        OutOfRange: When the count is negative.
    """
    if count < 0:
        raise OutOfRange("count", count, "at least 0 symbols")
    who = min(estimate.by, key=lambda name: estimate.by[name])
    return ledger.earn(
        f"{estimate.measure} of {count} symbols ({who})", estimate.per_symbol * count, *estimate.assumptions
    )


def _values(feature: Feature[Kept], symbols: Symbols, eve: Float | None) -> NDArray[np.float64]:
    x = np.asarray(feature.values, np.float64)
    if x.ndim == 2 and x.shape[1] == 1:
        x = x[:, 0]
    if x.ndim != 1:
        raise OutOfRange("feature", f"shape {x.shape}", "one tone")
    if len(symbols.index) != len(symbols) or (len(symbols) and symbols.index.max() >= len(x)):
        raise EndsDisagree("symbols and feature", len(symbols.index), len(x))
    if eve is not None and len(eve) != len(x):
        raise EndsDisagree("number of samples and of Eve's samples", len(x), len(eve))
    return x


def _spacing(
    symbols: Symbols, x: NDArray[np.float64], eve: Float | None
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64] | None]:
    """Return where the symbols lie in which series, and what Eve heard there.

    Evenly spaced symbols are predicted from earlier symbols' samples alone: what lies between them is thrown away.
    Otherwise from every earlier sample, which gives Eve more than she has.
    """
    index = symbols.index.astype(np.int64)
    heard = None if eve is None else around(np.asarray(eve, np.float64).reshape(len(x), -1), x)
    steps = np.diff(index)
    if len(steps) and (steps == steps[0]).all():
        return np.arange(len(index)), x[index], None if heard is None else heard[index]
    return index, x, heard


def around(eve: NDArray[np.float64], x: NDArray[np.float64], *, reach: int = _EVE_REACH) -> NDArray[np.float64]:
    """Return Eve's samples with her neighbouring grid points as further columns, and where another lag fits, there."""
    near = [_moved(eve, shift) for shift in range(-reach, reach + 1)]
    far = [_moved(column[:, None], late) for column in eve.T if (late := _late(column, x))]
    return np.hstack([*near, *far])


def _moved(eve: NDArray[np.float64], shift: int) -> NDArray[np.float64]:
    n = len(eve)
    return np.asarray(eve[np.clip(np.arange(n) + shift, 0, n - 1)])


def _late(eve: NDArray[np.float64], x: NDArray[np.float64]) -> int:
    """Return by how many points Eve's samples are late, at most a quarter of the record; 0 where they fit as they are.

    Her recording may be matched to another packet than the one she heard; she knows it, and may move it.
    """
    if np.ptp(eve) == 0 or np.ptp(x) == 0:
        return 0
    lags = np.arange(-(len(x) // 4), len(x) // 4 + 1)
    r = np.abs(correlogram(x, eve, lags))
    late = int(lags[r.argmax()])
    chance = _EVE_BY_CHANCE * np.sqrt(memory(x, eve) / len(x))
    return late if abs(late) > _EVE_REACH and r.max() > chance else 0


def _thresholds(values: NDArray[np.float64], levels_of: NDArray[np.int64], levels: int) -> NDArray[np.float64]:
    """Return thresholds for each value that explain its symbol, (m, levels − 1); NaN where there are none.

    Thresholds may have changed from run to run: where one set does not explain all, each half is tried by itself.
    """
    out = np.full((len(values), levels - 1), np.nan)
    low, high = np.full(levels, np.inf), np.full(levels, -np.inf)
    np.minimum.at(low, levels_of, values)
    np.maximum.at(high, levels_of, values)
    below, above = np.maximum.accumulate(high)[:-1], np.minimum.accumulate(low[::-1])[::-1][1:]
    if (below <= above).all():
        # a level that never occurs has its threshold at infinity, on its side
        out[:] = np.where(np.isneginf(below), -np.inf, np.where(np.isposinf(above), np.inf, (below + above) / 2))
    elif len(values) >= 2 * _SMALLEST_RUN * levels:
        half = len(values) // 2
        out[:half] = _thresholds(values[:half], levels_of[:half], levels)
        out[half:] = _thresholds(values[half:], levels_of[half:], levels)
    return out
