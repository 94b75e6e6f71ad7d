"""Keep what could not be predicted from an end's own past: the innovation (after Madiseh 2010).

A channel that moves slowly repeats itself, and quantising each sample counts the repeats as key.
The residual of a linear prediction, e[n] = x[n] − Σ c_k x[n−k], has no such repeats: it is white where the predictor
fits, and of an autoregression the very noise that drives it.

What it does not do: the filter can be undone, so the mutual information *rate* of the two ends stays what it was.
The correlation sample by sample falls, because the filter takes away what was predictable and keeps all of the noise.
An autoregression with .9 falls from .990 to .917 at 20 dB and from .909 to .586 at 10 dB: one sample at a time that
is 1.32 of 1.72 bits, and .30 of .57. The 2.8 and 1.26 bits that single raw samples seem to share were mostly repeats.

One predictor for both ends, or one each? With equal noise both are the same, but each learns with its own errors, so
one learnt from both keeps the residuals more alike: after 300 spoken samples .918 for .912 at 20 dB, .586 for .580 at
10 dB. With 20 dB at a and 10 dB at b it is .719 for .711 after 1,000, but neither residual is quite white (lag-1
correlation .13 and −.09); net of such repeats both choices yield .51 bits. At 20 dB against 0 dB one predictor leaves
.15 bits of repeats a sample and own ones are better. So it is one predictor by default, and `common=False` where the
noise differs by far more than 10 dB; the account of a key sees what is left of the repeats either way.

Notation: c predictor, κ reflection coefficient, f and b forward and backward errors (Burg 1967).
Burg's least squares need no sample beside a gap that was not heard, and always give a filter that can be undone.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from samefade.errors import EndsDisagree, OutOfRange, TooFewSamples
from samefade.restore.admit import admit
from samefade.restore.parts import Parts, parted
from samefade.types import Feature, Half, Kept, Mask, Observation, Terms

Real = NDArray[np.float64]
MOST = 32
"""The highest order, learnt or believed."""
PAIRS = 10
"""Fewest spoken samples for each coefficient, the mean counted as one."""
LIMIT = 1 - 1e-6
"""The largest reflection coefficient that is learnt: even a sine leaves a filter that can be undone."""
PERFECT = 1e-9
"""Where so little of the power is left to predict, further coefficients would learn rounding errors."""
SHARE = 0.5
"""Least share of the samples heard that must have a whole past, for the order chosen by Akaike's criterion."""


@dataclass(frozen=True)
class Innovation:
    """Residual of a linear prediction that was learnt from spoken samples.

    Attributes:
        order: Coefficients of the predictor, 1 to 32; by default as many as Akaike's criterion likes, but no more
            than leave half of the spoken samples with a past that was heard: single losses of 5 % allow 13.
            A signal that can be predicted up to rounding gets fewer.
        common: Whether both ends use one predictor, learnt from both, or each its own.
    """

    order: int | None = None
    common: bool = True

    def agree(self, a: Observation, b: Observation, terms: Terms) -> Terms:
        """Return the terms with the predictors of ends a and b, one for all tones.

        Several tones are pooled, each of unit variance.
        The lag between the ends does not matter.

        Args:
            a: One end's spoken samples, (n,) or (n, k).
            b: The other end's, of the same shape.
            terms: Terms to add to.

        Raises:
            TypeError: When either block was kept.
            ConstantSignal: When an end does not vary.
            EndsDisagree: When shapes or rates differ.
            NotFinite: When a value is NaN or infinite.
            OutOfRange: When the order is not 1 to 32.
            TooFewSamples: When an end has fewer than 10 spoken samples with a whole past for each coefficient and the
                mean.
        """
        if isinstance(a, Kept) or isinstance(b, Kept):
            raise TypeError("kept samples do not cross the air, so no predictor is learnt from them")
        self._check(a, b, terms)
        scaled = [_scaled(x) for x in (a, b)]
        most = self._most(a, b)
        pools = [scaled, scaled] if self.common else [[one] for one in scaled]
        told = {end: burg(pool, most, self.order) for end, pool in zip("ab", pools, strict=True)}
        return replace(terms, predictors={**terms.predictors, **told})

    def restore(self, x: Half, terms: Terms | None = None) -> Feature[Half]:
        """Return x[n] − Σ c_k x[n−k], (n,) or (n, k), each tone apart; the mean shrinks to (1 − Σ c_k) of itself.

        A sample is usable when it and all of the past that predicts it were heard.
        An eavesdropper's samples take the predictor of end a, unless there is one of her own.

        Args:
            x: The observation.
            terms: Terms with predictors, from `agree`.

        Raises:
            ConstantSignal: When no tone varies, or the prediction is right up to rounding.
            NotFinite: When a value is NaN or infinite.
            OutOfRange: When the terms have no predictor for this end, or one that cannot be undone.
            TooFewSamples: When the record is hardly longer than the predictor, or fewer than 2 samples are usable.
        """
        return self.split(x, terms).small

    def split(self, x: Half, terms: Terms | None = None) -> Parts[Half]:
        """Return the prediction from the past as large scale and what it missed, the innovation, as small scale.

        The prediction holds the share Σ c_k of the mean.
        Before the record each sample counts as equal to the first; nothing is usable there.

        Args:
            x: The observation.
            terms: Terms with predictors, from `agree`.

        Raises:
            ConstantSignal, NotFinite, OutOfRange, TooFewSamples: As in `restore`.
        """
        told = agreed_predictor(x, terms)
        n, p = len(x), len(told)
        values = admit(x, least=p + 2).astype(np.float64, copy=False)
        past = np.concatenate((np.repeat(values[:1], p, axis=0), values))
        left = values.copy()
        for k, c in enumerate(told, start=1):
            left -= c * past[p - k : p - k + n]
        return parted(x, values, left, _whole(x.mask, p), gain=1 + float(np.abs(told).sum()))

    def _check(self, a: Observation, b: Observation, terms: Terms) -> None:
        if self.order is not None and not 1 <= self.order <= MOST:
            raise OutOfRange("order", self.order, f"1 to {MOST}")
        if a.values.shape != b.values.shape:
            raise EndsDisagree("shape", a.values.shape, b.values.shape)
        if a.rate != b.rate:
            raise EndsDisagree("rate in Hz", a.rate, b.rate)
        if terms.rate != a.rate:
            raise EndsDisagree("rate of terms and observation in Hz", terms.rate, a.rate)

    def _most(self, a: Observation, b: Observation) -> int:
        """Return the highest order that the samples heard at both ends can carry."""
        fixed = self.order
        for p in range(1, MOST + 1) if fixed is None else (fixed,):
            rows = [int(np.count_nonzero(_whole(x.mask, p))) for x in (a, b)]
            few = min(rows) < PAIRS * (p + 1)
            if few and (p == 1 or fixed is not None):
                raise TooFewSamples(have=min(rows), need=PAIRS * (p + 1))
            holes = any(m < SHARE * np.count_nonzero(x.mask) for m, x in zip(rows, (a, b), strict=True))
            if fixed is None and p > 1 and (few or holes):
                return p - 1
        return MOST if fixed is None else fixed


Scaled = tuple[Real, Mask]


def burg(pool: Sequence[Scaled], most: int, order: int | None) -> tuple[float, ...]:
    """Return the coefficients c_1 … c_p that predict all series of a pool best, forwards and backwards.

    Args:
        pool: Series (n, k) of mean 0 and variance 1 where they were heard, each with its mask (n,).
        most: The highest order tried.
        order: p, which is then `most`, or None for the one with the lowest N ln σ² + 2p (Akaike), which may be 0.
    """
    heard = min(int(np.count_nonzero(mask)) for _, mask in pool)
    errors = [(values, values) for values, _ in pool]
    best, c, criterion, lowest, power = np.zeros(0), np.zeros(0), 0.0, 0.0, 1.0
    for p in range(1, most + 1):
        errors = [(f[1:], b[:-1]) for f, b in errors]
        rows = [_whole(mask, p)[p:] for _, mask in pool]
        kappa = _reflection(errors, rows)
        errors = [(f - kappa * b, b - kappa * f) for f, b in errors]
        c = np.append(c - kappa * c[::-1], kappa)
        criterion += heard * np.log(1 - kappa**2) + 2
        if order is not None or criterion < lowest:
            best, lowest = c, criterion
        power *= 1 - kappa**2
        if power < PERFECT:
            break
    return tuple(float(v) for v in best)


def _reflection(errors: Sequence[tuple[Real, Real]], rows: Sequence[Mask]) -> float:
    """Return κ = 2 Σ f b / Σ (f² + b²) over the rows, kept from ±1, where the filter could not be undone."""
    product = sum(float(np.sum(f[row] * b[row])) for (f, b), row in zip(errors, rows, strict=True))
    power = sum(float(np.sum(f[row] ** 2 + b[row] ** 2)) for (f, b), row in zip(errors, rows, strict=True))
    return float(np.clip(2 * product / power, -LIMIT, LIMIT)) if power > 0 else 0.0


def _scaled(x: Observation) -> Scaled:
    """Return the tones that vary, (n, k), with mean 0 and variance 1 where they were heard, and the mask."""
    values = admit(x).astype(np.float64).reshape(len(x), -1)
    heard = values[x.mask]
    varies = np.ptp(heard, axis=0) > 0
    return (values[:, varies] - heard[:, varies].mean(axis=0)) / heard[:, varies].std(axis=0), x.mask


def _whole(mask: Mask, p: int) -> Mask:
    """Return (n,) which samples were heard together with the p before them."""
    gaps = np.concatenate(([0], np.cumsum(~mask)))
    whole = np.zeros(len(mask), dtype=np.bool_)
    whole[p:] = gaps[p + 1 :] == gaps[: max(0, len(mask) - p)]
    return whole


def agreed_predictor(x: Observation, terms: Terms | None) -> Real:
    """Return the predictor of the terms for this end; they came over the air and may be silly.

    Raises:
        OutOfRange: When there is none, the rate is another, there are more than 32 coefficients or one that is not
            finite, or the filter cannot be undone.
    """
    predictors = {} if terms is None else terms.predictors
    end = "a" if x.end == "e" and "e" not in predictors else x.end
    if terms is None or end not in predictors:
        raise OutOfRange("terms", f"without a predictor of end {end}", "terms from Innovation.agree")
    if terms.rate != x.rate:
        raise OutOfRange("terms.rate", terms.rate, f"the observation's {x.rate:g} Hz")
    told = np.asarray(predictors[end], dtype=np.float64)
    if len(told) > MOST or not np.all(np.isfinite(told)):
        raise OutOfRange(f"terms.predictors of end {end}", f"{len(told)} numbers", f"up to {MOST} finite numbers")
    if not _can_be_undone(told):
        raise OutOfRange(f"terms.predictors of end {end}", f"{len(told)} numbers", "a filter that can be undone")
    return told


def _can_be_undone(c: Real) -> bool:
    """Tell whether all zeros lie within the unit circle: Levinson's recursion backwards meets |κ| < 1 alone."""
    with np.errstate(over="ignore", invalid="ignore"):  # what overflows ends as a κ that is not below 1
        while len(c):
            kappa = float(c[-1])
            if not abs(kappa) < 1:
                return False
            c = (c[:-1] + kappa * c[-2::-1]) / (1 - kappa**2)
    return True
