"""Measure what each decomposition leaves to the ends, and what it leaves to Eve.

Agreement that Eve has too is zero key. So each operator's parts are asked the same questions: how alike they are at the
ends, how alike Eve's is (after the same operator, which is public), what is left of the dependence from value to value,
and what the ends share beyond her, by the Gaussian formula (`samefade.entropy.joint`).
The number beside "small" is what an operator is for; the one beside "large" is what it gives away.
Rates of whole series are not here: a filter can be undone, so they hardly depend on the operator (`measure` has one).

With one recording of Eve this is what *that* listener hears. Her own fading hides some of the shadowing from her, so
the large scale seems to hold a few private bits; one with more antennas, or a map, would hear it out. The large scale
is public whatever this table says.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np

from samefade import metrics
from samefade.entropy import from_samples
from samefade.errors import SamefadeError, TooFewSamples
from samefade.restore import (
    BandFilter,
    BandPass,
    Cosine,
    Decomposition,
    Detrend,
    Difference,
    Dwt,
    FixedBand,
    Golay,
    Innovation,
    Kalman,
    Principal,
    Raw,
    agreed,
)
from samefade.types import Feature, Float, Mask, Observation, Pair, Terms

OPERATORS: Mapping[str, Decomposition] = {
    "moving average 5": Detrend(5),
    "moving average 11": Detrend(11),
    "moving average 21": Detrend(21),
    "moving average 51": Detrend(51),
    "Savitzky–Golay 21, degree 2": Golay(21, 2),
    "first difference": Difference(every=1),
    "difference of lag 5": Difference(5, every=1),
    "difference, separate pairs": Difference(),
    "wavelet db4, 3 octaves": Dwt(),
    "the same, finest thresholded": Dwt(finest="threshold"),
    "coherent band, periods to 21": BandPass(period=21),
    "Fourier band, periods 2 to 21": BandFilter(rule=FixedBand(21.0, 2.0)),
    "cosine 1 to 15 of 16": Cosine(16, drop=1),
    "principal 2 to 16 of 16": Principal(16, drop=1),
    "innovation": Innovation(),
    "Kalman innovation": Kalman(),
}
"""Name → operator: those of the table, each with its window in samples."""

LEARN = 0.25
LAGS = 20
_LEAST = 16


@dataclass(frozen=True)
class PartEvidence:
    """What one part of a decomposition holds: numbers, and no verdict.

    Attributes:
        operator: Its name, with its window.
        part: "whole" (as heard), "large" or "small".
        correlation: Pearson's r of both ends' parts, at the same instants; None where it was refused.
        eve: Largest |r| of either end's part with Eve's, over her columns; None without her.
        lag_correlation: Autocorrelation of largest magnitude at lags 1 to 20, at either end; by chance about 2/√samples
            for each lag.
        at_lag: The lag of it, values.
        samples: Values usable at both ends (and with Eve).
        effective: How many independent values the correlation rests on (Bartlett 1935).
        shared: I(A;B) of values at one instant, bits a value, as if Gaussian. It counts repeats of earlier values anew:
            where the effective values are few, so are the bits.
        given_eve: The smaller of that and I(A;B|E); None without Eve.
        refused: Why there is no number, or None.
    """

    operator: str
    part: Literal["whole", "large", "small"]
    correlation: float | None = None
    eve: float | None = None
    lag_correlation: float | None = None
    at_lag: int | None = None
    samples: int = 0
    effective: float | None = None
    shared: float | None = None
    given_eve: float | None = None
    refused: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return a flat dictionary."""
        return asdict(self)


def decompose(
    pair: Pair[Observation], operators: Mapping[str, Decomposition] = OPERATORS, *, learn: float = LEARN
) -> tuple[PartEvidence, ...]:
    """Return what was heard as a whole, and then large and small scale of every operator.

    Args:
        pair: Both ends on one grid, in step, and Eve where there is one; of several tones the main one counts.
        operators: Name → operator.
        learn: Share of the record, from its start, that operators learn from which learn anything; they are then
            measured on the rest of it, and the others on all of it.

    Raises:
        NotEnough: As `heard`.
    """
    split = (part for name, one in operators.items() for part in parts_of(pair, name, one, learn=learn))
    return (heard(pair), *split)


def heard(pair: Pair[Observation]) -> PartEvidence:
    """Return what the ends and Eve heard as a whole, the first line of a table.

    Args:
        pair: As for `decompose`.

    Raises:
        NotEnough: When an end does not vary or hardly anything was heard by all: then no part holds anything.
    """
    return _measured("as heard", "whole", [Raw().restore(x) for x in _ends(pair.one_tone())])


def parts_of(
    pair: Pair[Observation], name: str, operator: Decomposition, *, learn: float = LEARN
) -> tuple[PartEvidence, PartEvidence]:
    """Return what an operator's large and small scale hold; an operator that refuses the pair says why.

    Args:
        pair: As for `decompose`.
        name: What to call the operator.
        operator: What splits.
        learn: As for `decompose`.
    """
    one, terms = pair.one_tone(), Terms(rate=pair.rate)
    try:
        if hasattr(operator, "agree"):
            spoken, kept = one.split(fraction=learn)
            terms = agreed(operator, spoken.a, spoken.b, terms)
            ends: list[Observation] = [*_ends(kept)]
        else:
            ends = _ends(one)
        split = [operator.split(x, terms) for x in ends]
        large = _measured(name, "large", [parts.large for parts in split])
        small = _measured(name, "small", [parts.small for parts in split])
    except SamefadeError as error:
        return (
            PartEvidence(name, "large", refused=str(error)),
            PartEvidence(name, "small", refused=str(error)),
        )
    return large, small


def _ends(pair: Pair[Any]) -> list[Observation]:
    return [x for x in (pair.a, pair.b, pair.e) if x is not None]


def _measured(
    name: str,
    part: Literal["whole", "large", "small"],
    features: list[Feature[Observation]],
) -> PartEvidence:
    usable = np.logical_and.reduce([x.usable for x in features])
    n = int(np.count_nonzero(usable))
    if n < _LEAST:
        raise TooFewSamples(have=n, need=_LEAST)
    a, b = (np.asarray(x.values, np.float64)[usable] for x in features[:2])
    eve = _columns(features[2].values[usable]) if len(features) > 2 else None
    correlation = metrics.pearson(a, b)
    lag, at = max((_lagged(x.values, usable) for x in features[:2]), key=lambda found: abs(found[0]))
    shared = max(0.0, from_samples(a, b).bits)
    return PartEvidence(
        operator=name,
        part=part,
        correlation=correlation,
        eve=None if eve is None else max(abs(metrics.pearson(end, e)) for end in (a, b) for e in eve.T),
        lag_correlation=lag,
        at_lag=at,
        samples=n,
        effective=metrics.effective_samples(a, b),
        shared=shared,
        given_eve=None if eve is None else min(shared, max(0.0, from_samples(a, b, eve).bits)),
    )


def _columns(values: Float) -> Float | None:
    """Return Eve's columns that vary, (n, m), or None where none does."""
    table = np.asarray(values, np.float64).reshape(len(values), -1)
    table = table[:, np.ptp(table, axis=0) > 0]
    return table if table.shape[1] else None


def _lagged(values: Float, usable: Mask) -> tuple[float, int]:
    """Return the autocorrelation of largest magnitude at lags 1 to 20, over values that were both usable, and the lag.

    Lags with fewer than 16 such pairs are left out.
    """
    x = np.asarray(values, np.float64)
    centred = np.where(usable, x - x[usable].mean(), 0.0)
    power = float((centred**2).sum() / np.count_nonzero(usable))
    best, at = 0.0, 0
    for lag in range(1, min(LAGS, len(x) // 4) + 1):
        pairs = int(np.count_nonzero(usable[:-lag] & usable[lag:]))
        if pairs < _LEAST:
            continue
        r = float((centred[:-lag] * centred[lag:]).sum() / pairs / power)
        if abs(r) > abs(best):
            best, at = r, lag
    return best, at
