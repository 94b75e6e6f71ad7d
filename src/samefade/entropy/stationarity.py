"""Find where a record stops being the same process: estimates of entropy hold for stationary records only.

An autoregression takes the dependence out, and three things of what it leaves must not change along the record: its
mean (the level), its size (the variance) and its products with its own recent past (the memory).
Each is tested twice: by the largest excursion of its cumulative sum, which sees one break and says where, and by its
sums over blocks, which see changes that come and go.
What is left of dependence after the autoregression is paid by a long-run variance, taken to both sides of the break so
that the break itself does not hide.
Sources: Ploberger and Krämer 1992 and Inclán and Tiao 1994 for cumulative sums of residuals and of their squares (here
of magnitudes, which large values do not rule); Andrews 1991 for the bandwidth; Kendall 1954 for the bias of the fit;
Vostrikova 1981 for splitting at the strongest break.
What it cannot see: changes that are slower than the record, and changes of what no second moment shows.
It alarms too often where a channel is nearly free of noise: a slow envelope (Jakes at 0.3 Hz, heard at 10 Hz) in about
one record of eight, a faster one (2 Hz) in one of thirty; memory that fades as slowly as J0 is underestimated.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from samefade.errors import ConstantSignal, NotFinite, OutOfRange, TooFewSamples
from samefade.types import Float, Integer

Real = NDArray[np.float64]

_LEAST = 128
_ORDER = 32  # of the autoregression at most; the Bayesian criterion chooses
_EDGE = 50  # a break is not looked for in the first and the last part of so many
_CLIP = 2.5  # deviations beyond which a residual counts no more when products are taken
_FEW = 5  # effective samples below which a record is shorter than its memory


@dataclass(frozen=True)
class Stationarity:
    """What speaks against a record's being one stationary process.

    Attributes:
        p_values: The chance that a stationary record does as badly, by test; of several columns the worst, paid for.
        breaks: Where the strongest break of each kind lies, index of the first value after it; of use only where the
            p-value is small.
        effective: About how many independent values the record holds; of several columns the least.
        level: How rarely a stationary record is to be called anything else.
    """

    p_values: Mapping[str, float] = field(hash=False)
    breaks: Mapping[str, int] = field(hash=False)
    effective: float
    level: float

    def __post_init__(self) -> None:
        """Freeze the mappings."""
        object.__setattr__(self, "p_values", MappingProxyType(dict(self.p_values)))
        object.__setattr__(self, "breaks", MappingProxyType(dict(self.breaks)))

    @property
    def p(self) -> float:
        """Return the p-value of all tests together (Bonferroni)."""
        return min(1.0, len(self.p_values) * min(self.p_values.values()))

    @property
    def stationary(self) -> bool:
        """Return whether nothing clear speaks against it, and the record is longer than its memory."""
        return self.p >= self.level and self.effective >= _FEW

    @property
    def worst(self) -> str:
        """Return what changes most clearly: "level", "size", "memory" or "symbols"."""
        return min(self.p_values, key=lambda name: self.p_values[name]).partition(",")[0]


class _Tested(NamedTuple):
    """One quantity: both p-values, and where it breaks."""

    one_break: float
    blocks: float
    at: int


def stationary(values: Float, symbols: Integer | None = None, *, blocks: int = 8, level: float = 0.01) -> Stationarity:
    """Return what speaks against a record's being stationary.

    On first-order autoregressions with 0 to 0.98 and 500 samples or more, the p-value is below 1 % in fewer than 2 % of
    the records; a record that is shorter than its memory, with fewer than five effective samples, is never called
    stationary, because nobody can tell.

    Args:
        values: (n,) or (n, m) feature, evenly spaced, n at least 128.
        symbols: (k,) what was quantised of it, whose shares of levels must not change either; breaks of these are
            counted in symbols.
        blocks: Into how many blocks the record is cut, 2 to 64, each of 16 values or more.
        level: How rarely a stationary record is to be called anything else, within (0, 0.5).

    Raises:
        TooFewSamples: When there are fewer than 128 values or symbols, or fewer than 16 a block.
        NotFinite: When a value is not finite.
        ConstantSignal: When a column, or all symbols, do not vary.
        OutOfRange: When a parameter is outside its range, or an array has another shape.
    """
    columns = _columns(values, blocks, level)
    found = [_judge(column, blocks) for column in columns]
    p_values: dict[str, float] = {}
    breaks: dict[str, int] = {}
    for name in ("level", "size", "memory"):
        _note(p_values, breaks, name, [tested[name] for tested, _ in found])
    if symbols is not None:
        _note(p_values, breaks, "symbols", _shares(symbols, blocks))
    return Stationarity(p_values, breaks, min(effective for _, effective in found), level)


def segments(values: Float, *, least: int = 1024, blocks: int = 8, level: float = 0.01) -> list[slice]:
    """Return the stretches of a record that are stationary by themselves, in order of time.

    A record is cut at its strongest break until nothing speaks against the pieces; pieces shorter than `least`, and
    such that do not vary, are left out.
    A record that changes all along, as by a trend, has no long stretch and is refused.

    Args:
        values: (n,) or (n, m) feature, evenly spaced.
        least: How many values a stretch must have, at least 128.
        blocks: As for `stationary`.
        level: As for `stationary`.

    Raises:
        TooFewSamples: When no stretch is long enough.
        NotFinite: When a value is not finite.
        OutOfRange: When a parameter is outside its range, or an array has another shape.
    """
    if least < max(_LEAST, 16 * blocks):
        raise OutOfRange("least", least, f"at least {max(_LEAST, 16 * blocks)}")
    kept, longest, waiting = [], 0, [(0, len(values))]
    while waiting:
        start, stop = waiting.pop()
        if stop - start < least:
            longest = max(longest, stop - start)
            continue
        try:
            found = stationary(values[start:stop], blocks=blocks, level=level)
        except ConstantSignal:
            continue
        if found.stationary:
            kept.append(slice(start, stop))
        else:
            cut = start + found.breaks[found.worst]
            waiting += [(start, cut), (cut, stop)]
    if not kept:
        raise TooFewSamples(have=longest, need=least)
    return sorted(kept, key=lambda stretch: int(stretch.start))


def _columns(values: Float, blocks: int, level: float) -> Real:
    """Return the columns as rows of doubles, checked."""
    if values.ndim not in {1, 2} or (values.ndim == 2 and values.shape[1] < 1):
        raise OutOfRange("values", f"shape {values.shape}", "(n,) or (n, m)")
    if not 2 <= blocks <= 64:
        raise OutOfRange("blocks", blocks, "2 to 64")
    if not 0 < level < 0.5:
        raise OutOfRange("level", level, "between 0 and 0.5, both excluded")
    need = max(_LEAST, 16 * blocks)
    if len(values) < need:
        raise TooFewSamples(have=len(values), need=need)
    columns = np.asarray(values, np.float64).reshape(len(values), -1).T
    if bad := int(np.count_nonzero(~np.isfinite(columns))):
        raise NotFinite("values", bad)
    return columns


def _judge(x: Real, blocks: int) -> tuple[dict[str, _Tested], float]:
    """Return what the three tests say of one column, and its effective number of samples."""
    left, coefficients, certain = _whitened(x)
    order, size = len(coefficients), np.abs(left - left.mean())
    calm = np.clip(left - left.mean(), -_CLIP * left.std(), _CLIP * left.std())
    # three lags at once: after a change of memory all have one sign
    products = calm[3:] * (calm[2:-1] + calm[1:-2] + calm[:-3])
    found = {
        "level": _tested(left, blocks, order, certain),
        "size": _tested(size, blocks, order),
        "memory": _tested(products, blocks, order + 3),
    }
    gain = max(0.0, 1 - float(coefficients.sum())) * certain
    return found, min(float(len(x)), len(x) * gain**2 / max(float(left.var()), 1e-300))


def _shares(symbols: Integer, blocks: int) -> list[_Tested]:
    """Test how often each level occurs along the record."""
    if symbols.ndim != 1 or not np.issubdtype(symbols.dtype, np.integer):
        raise OutOfRange("symbols", f"{symbols.dtype} of shape {symbols.shape}", "one row of integers")
    if len(symbols) < max(_LEAST, 16 * blocks):
        raise TooFewSamples(have=len(symbols), need=max(_LEAST, 16 * blocks))
    out = []
    for symbol in np.unique(symbols):
        left, coefficients, certain = _whitened((symbols == symbol).astype(np.float64))
        out.append(_tested(left, blocks, len(coefficients), certain))
    return out


def _note(p_values: dict[str, float], breaks: dict[str, int], name: str, found: list[_Tested]) -> None:
    p_values[f"{name}, one break"] = min(1.0, len(found) * min(t.one_break for t in found))
    p_values[f"{name}, blocks"] = min(1.0, len(found) * min(t.blocks for t in found))
    breaks[name] = min(found, key=lambda t: min(t.one_break, t.blocks)).at


def _whitened(x: Real) -> tuple[Real, Real, float]:
    """Return what an autoregression leaves, its coefficients, and by how much a sum of what is left is too large.

    It is fitted to what a straight line leaves, or a trend would be taken for memory; that fit finds too little memory
    by (2 + 4φ)/n (Kendall 1954), and then sums of what it leaves wander too far.
    """
    if np.ptp(x) == 0:
        raise ConstantSignal("values", float(x[0]))
    z = (x - x.mean()) / x.std()
    line = np.arange(len(z)) - (len(z) - 1) / 2
    phi = _autoregression(z - line * (line @ z) / (line @ line), min(_ORDER, len(z) // 16))
    memory = float(phi.sum())
    certain = 1 - (2 + 4 * memory) / len(z) / max(1 - memory, 1e-9)
    return np.convolve(z, np.concatenate([[1.0], -phi]), "valid"), phi, min(1.0, max(0.0, certain))


def _autoregression(z: Real, most: int) -> Real:
    """Return the coefficients of the autoregression of the best order by the Bayesian criterion (least squares)."""
    rows = np.lib.stride_tricks.sliding_window_view(z, most + 1)[:, ::-1]
    gram, n = rows.T @ rows, len(rows)
    best, out = n * np.log(max(gram[0, 0], 1e-300) / n), np.zeros(0)
    for p in range(1, most + 1):
        inner, cross = gram[1 : p + 1, 1 : p + 1] + 1e-12 * gram[0, 0] * np.eye(p), gram[1 : p + 1, 0]
        phi = np.linalg.solve(inner, cross)
        score = n * np.log(max(gram[0, 0] - cross @ phi, 1e-300) / n) + p * np.log(n)
        if score < best:
            best, out = score, np.asarray(phi)
    return out


def _tested(s: Real, blocks: int, before: int, certain: float = 1.0) -> _Tested:
    """Test whether the mean of a series stays, `before` values of which are missing in front."""
    from scipy import special, stats

    n = len(s)
    path = np.abs(np.cumsum(s - s.mean()))
    edge = max(2, n // _EDGE)
    at = int(path[edge:-edge].argmax()) + edge + 1
    unit = np.sqrt(n * _long_run(s, at)) / certain if certain > 0 else np.inf
    if unit == 0:
        return _Tested(1.0, 1.0, before + at)
    size = n // blocks
    sums = s[: size * blocks].reshape(blocks, size).mean(axis=1)
    spread = float(np.sum((sums - sums.mean()) ** 2)) * size * n / unit**2
    # the cumulative sum is a Brownian bridge, whose largest excursion Kolmogorov's law describes
    return _Tested(float(special.kolmogorov(path.max() / unit)), float(stats.chi2.sf(spread, blocks - 1)), before + at)


def _long_run(s: Real, at: int) -> float:
    """Return n times the variance of the mean, the parts before and after a break each around its own mean.

    The larger of two bandwidths counts: Andrews' for an autoregression of first order, and n^0.45 for memory that
    fades slowly.
    """
    n = len(s)
    z = np.concatenate([s[:at] - s[:at].mean(), s[at:] - s[at:].mean()])
    most = int(2 * np.sqrt(n))
    r = _autocovariance(z, most + 1)
    if r[0] <= 0:
        return 0.0
    rho = float(np.clip(r[1] / r[0], -0.97, 0.97))
    andrews = int(1.1447 * (4 * rho**2 / (1 - rho**2) ** 2 * n) ** (1 / 3))
    widths = (min(most, andrews), int(n**0.45))
    return max(_bartlett(r, w) for w in widths)


def _bartlett(r: Real, width: int) -> float:
    weights = 1 - np.arange(1, width + 1) / (width + 1)
    return max(float(r[0] + 2 * weights @ r[1 : width + 1]), 0.05 * float(r[0]))


def _autocovariance(z: Real, depth: int) -> Real:
    from scipy import fft

    size = fft.next_fast_len(len(z) + depth, real=True)
    return np.asarray(fft.irfft(np.abs(fft.rfft(z, size)) ** 2, size)[:depth]) / len(z)
