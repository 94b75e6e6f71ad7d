"""Cut a series into windows, and each window into coefficients of one public basis: what DCT and PCA share.

The basis is a message, learnt or named before; no end computes one from its own kept samples, or signs and rotations
would differ. In `Terms.predictors` "small" holds the rows of the coefficients that are kept, one after the other,
"large" those dropped as large scale, and "level" the mean of either end's spoken samples.
Rows are scaled so that each coefficient has unit variance on the spoken samples of end a: that is one set of thresholds
for all of them, and all that a kept coefficient's place in the window tells.

Coefficients of one window are uncorrelated as far as the basis fits; windows that follow each other are not told apart.
"""

from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from samefade.errors import EndsDisagree, NotReciprocal, OutOfRange, TooFewSamples
from samefade.restore.admit import admit
from samefade.restore.klt import LEAST_HEARD, heard_share
from samefade.restore.parts import Parts, parted, residue
from samefade.types import Feature, Half, Kept, Observation, Terms

Real = NDArray[np.float64]
LONGEST = 256
LEAST_WINDOWS = 4
_FLOOR = 1e-9
_SLANTED = 1e-6  # cosine of the angle of two rows, at the most


def checked(a: Observation, b: Observation, terms: Terms, span: int) -> tuple[Real, Real]:
    """Return the spoken values of both ends as (n, k), without their mean, and 0 where nothing was heard.

    Raises:
        TypeError: When either block was kept.
        ConstantSignal: When an end does not vary.
        EndsDisagree: When shapes or rates differ.
        NotFinite: When a value is NaN or infinite.
        OutOfRange: When the span is not 2 to 256.
        TooFewSamples: When there are fewer than 4 windows.
    """
    if isinstance(a, Kept) or isinstance(b, Kept):
        raise TypeError("kept samples do not cross the air, so no basis is learnt from them")
    if not 2 <= span <= LONGEST:
        raise OutOfRange("span", span, f"2 to {LONGEST}")
    if a.values.shape != b.values.shape:
        raise EndsDisagree("shape", a.values.shape, b.values.shape)
    if not a.rate == b.rate == terms.rate:
        raise EndsDisagree("rate in Hz", a.rate, terms.rate if a.rate == b.rate else b.rate)
    first, second = (_centred(x, LEAST_WINDOWS * span) for x in (a, b))
    return first, second


def _centred(x: Observation, least: int) -> Real:
    values = admit(x, least=least).astype(np.float64).reshape(len(x), -1)
    return np.asarray(np.where(x.mask[:, None], values - values[x.mask].mean(axis=0), 0.0))


def autocovariance(values: Real, mask: NDArray[np.bool_], most: int) -> Real:
    """Return E[x(t) x(t + l)], l = 0 … most − 1, over pairs of samples that were both heard, pooled over tones."""
    n, found = len(values), np.zeros(most)
    for lag in range(min(most, n)):
        pairs = int(np.count_nonzero(mask[: n - lag] & mask[lag:]))
        found[lag] = np.sum(values[: n - lag] * values[lag:]) / max(1, pairs * values.shape[1])
    return found


def agreed_windows(
    a: Observation, b: Observation, terms: Terms, rows: Real, drop: int, keep: int | None, least: float
) -> Terms:
    """Return the terms with the kept and the dropped rows of an orthonormal basis.

    Args:
        a: Spoken samples of the end whose spread scales the rows.
        b: Spoken samples of the other end, which tell the correlation of each coefficient.
        terms: Terms to add to.
        rows: (T, T) orthonormal basis, in the order of what is dropped first.
        drop: How many rows are large scale.
        keep: How many of the others are kept at the most; None for all.
        least: Least correlation of a kept coefficient between the ends' spoken samples.

    Raises:
        OutOfRange: When the counts do not fit the basis.
        NotReciprocal: When no coefficient is as alike as that.
    """
    span = len(rows)
    if not 0 <= drop < span or (keep is not None and not 1 <= keep <= span - drop) or not least < 1:
        raise OutOfRange("drop, keep, least", (drop, keep, least), f"to leave 1 to {span} coefficients, and r below 1")
    x, y = checked(a, b, terms, span)
    spread, alike = _seen(x, y, a.mask & b.mask, rows)
    some = slice(drop, None if keep is None else drop + keep)
    good = np.arange(span)[some][alike[some] >= least]
    if not len(good):
        best = float(alike[some].max())
        raise NotReciprocal(
            correlation=best, lag=0, why=f"no coefficient has r {least:g} on spoken samples, the best {best:.2f}"
        )
    scaled = rows / spread[:, None]
    told = {
        "small": _flat(scaled[good]),
        "large": _flat(scaled[:drop]),
        "level": (float(a.values[a.mask].mean()), float(b.values[b.mask].mean())),
    }
    return replace(terms, predictors={**terms.predictors, **told})


def _flat(rows: Real) -> tuple[float, ...]:
    return tuple(float(v) for v in rows.ravel())


def _seen(x: Real, y: Real, heard: NDArray[np.bool_], rows: Real) -> tuple[Real, Real]:
    """Return each coefficient's deviation at end a and its correlation between the ends, over all windows heard."""
    span = len(rows)
    share = np.lib.stride_tricks.sliding_window_view(heard, span).mean(axis=1)
    whole = share >= LEAST_HEARD
    if not whole.any():
        raise TooFewSamples(have=int(share.max() * span), need=int(np.ceil(LEAST_HEARD * span)))
    p, q = (np.lib.stride_tricks.sliding_window_view(v, span, axis=0)[whole] @ rows.T for v in (x, y))
    pp, qq, pq = (p * p).mean(axis=(0, 1)), (q * q).mean(axis=(0, 1)), (p * q).mean(axis=(0, 1))
    floor = _FLOOR * float(pp.max())
    alike = np.where((pp > floor) & (qq > 0), pq / np.sqrt(np.maximum(pp * qq, 1e-300)), 0.0)
    return np.sqrt(np.maximum(pp, floor)), np.asarray(alike)


class Basis(NamedTuple):
    """The basis of the terms.

    Attributes:
        small: (K, T) rows of the kept coefficients.
        large: (D, T) rows of those dropped as large scale; D may be 0.
        level: Mean of the spoken samples at end a and at end b.
    """

    small: Real
    large: Real
    level: tuple[float, float]

    def of(self, x: Observation) -> float:
        """Return the level of an end; an eavesdropper takes that of end a."""
        return self.level[1 if x.end == "b" else 0]


def coefficients(x: Half, terms: Terms | None, span: int) -> Feature[Half]:
    """Return the kept coefficients of each window, one window after the other, (m·K,) or (m·K, k), each tone apart.

    Their rate is K/T of the observation's. A window is usable where three quarters of its samples were heard.
    Samples at the end that fill no window are left out; windows do not overlap, so there is no other edge.

    Raises:
        ConstantSignal: When no tone varies, or no coefficient does by more than rounding.
        NotFinite: When a value is NaN or infinite.
        OutOfRange: When the terms hold no basis, or a silly one.
        TooFewSamples: When there is no full window, or fewer than 2 values are usable.
    """
    basis = agreed_basis(terms, span)
    values = admit(x, least=span).astype(np.float64)
    m, count = len(values) // span, len(basis.small)
    blocks = (values[: m * span] - basis.of(x)).reshape(m, span, *values.shape[1:])
    found = np.einsum("kt,mt...->mk...", basis.small, blocks).reshape(m * count, *values.shape[1:])
    usable = np.repeat(heard_share(x, span) >= LEAST_HEARD, count)
    gain = float(np.abs(basis.small).sum(axis=1).max())
    return residue(x, found, usable, rate=x.rate * count / span, gain=max(1.0, gain))


def window_parts(x: Half, terms: Terms | None, span: int) -> Parts[Half]:
    """Return the dropped coefficients with the mean, the kept ones, and all others as noise, each as a series.

    Samples that fill no window are not usable, nor is a window of which more than a quarter was not heard, nor a sample
    that was filled in.

    Raises:
        ConstantSignal, NotFinite, OutOfRange, TooFewSamples: As in `coefficients`.
    """
    basis = agreed_basis(terms, span)
    values = admit(x, least=span).astype(np.float64)
    whole, level = len(values) // span * span, basis.of(x)
    small, slow = _projected(values - level, basis.small), level + _projected(values - level, basis.large)
    slow[whole:] = values[whole:]
    usable = np.zeros(len(values), dtype=np.bool_)
    usable[:whole] = np.repeat(heard_share(x, span) >= LEAST_HEARD, span)
    return parted(x, values, small, usable & x.mask, noise=values - slow - small, gain=4.0)


def _projected(values: Real, rows: Real) -> Real:
    """Return what lies in the span of some rows, window by window, (n,) or (n, k)."""
    span = rows.shape[1]
    unit = rows / np.linalg.norm(rows, axis=1)[:, None]
    m = len(values) // span
    out = np.zeros_like(values)
    blocks = values[: m * span].reshape(m, span, -1)
    out[: m * span] = (unit.T @ (unit @ blocks)).reshape(m * span, *values.shape[1:])
    return out


def agreed_basis(terms: Terms | None, span: int) -> Basis:
    """Return the basis of the terms, which came over the air and may be silly.

    Raises:
        OutOfRange: When there is none, it does not fit the span, a row is nothing or not finite, or rows are not at
            right angles to each other.
    """
    told = {} if terms is None else terms.predictors
    if not {"small", "large", "level"} <= set(told):
        raise OutOfRange("terms.predictors", sorted(told), "a basis of windows, from agree")
    sizes = len(told["small"]), len(told["large"]), len(told["level"])
    if not sizes[0] or sizes[0] % span or sizes[1] % span or sizes[2] != 2 or sizes[0] + sizes[1] > span * span:
        raise OutOfRange("terms.predictors", f"{sizes} numbers", f"1 to {span} rows of {span}, and two levels")
    small, large = (np.array(told[part], np.float64).reshape(-1, span) for part in ("small", "large"))
    rows = np.vstack([small, large])
    with np.errstate(over="ignore", invalid="ignore"):
        size = np.linalg.norm(rows, axis=1)
    if not np.all(np.isfinite(size) & (size > 0)) or not np.isfinite(told["level"]).all():
        raise OutOfRange("terms.predictors", "a row without length", "rows of finite length above 0")
    unit = rows / size[:, None]
    if np.abs(unit @ unit.T - np.eye(len(unit))).max() > _SLANTED:
        raise OutOfRange("terms.predictors", "rows that overlap", "rows at right angles to each other")
    return Basis(small, large, (told["level"][0], told["level"][1]))
