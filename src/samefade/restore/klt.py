"""Cut a record into blocks, and each block into components that end b can estimate independently of each other.

The Karhunen–Loève transform over tones, then the canonical transform over time (Hotelling 1936): components of a block
at end a that are uncorrelated with each other and with every other component's estimate at end b.
A block of jointly Gaussian samples so becomes parallel channels, each with its own signal-to-noise ratio, and loses
nothing; end b estimates each from its own block and its surroundings (the Wiener filter).
The tones' directions are those of the covariance *between* the ends, in which their noises do not appear.

Everything is learnt from spoken samples: covariances over lags for the transform; the errors of the estimate on the
second half, with a transform learnt on the first, so that they are not flattered.
It assumes that the channel is stationary from the spoken half to the kept one; where it is not, b's estimates are worse
and the code tells more.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from samefade.errors import ConstantSignal, EndsDisagree, OutOfRange, TooFewSamples
from samefade.types import Feature, Half, Observation, Strand, Terms

Real = NDArray[np.float64]
_RIDGE = 1e-9
LEAST_HEARD = 0.75  # of the samples of a block at end a, for the block to feed a key
_LEAST_BLOCKS = 24
_EXPONENTS = (0.0, 0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True)
class Klt:
    """Blocks of `span` samples in components, over tones and time.

    Attributes:
        span: Samples in a block.
        reach: Samples before and after a block that end b uses.
        strands: The most directions among the tones that are kept, at least 1.
        mixed: Whether tones are mixed into directions; without it each tone is one by itself.
    """

    span: int = 1
    reach: int = 8
    strands: int = 8
    mixed: bool = True

    def agree(self, a: Observation, b: Observation, terms: Terms) -> Terms:
        """Learn the components from spoken samples of both ends.

        Raises:
            TooFewSamples: When the spoken samples fill fewer than 48 blocks.
            ConstantSignal: When an end does not vary, or stands still for one half of the samples.
            EndsDisagree: When the ends differ in samples or tones.
            OutOfRange: When the span or the reach makes no sense.
        """
        if self.span < 1 or self.reach < 0 or self.strands < 1:
            wanted = "at least one sample and one strand, and no negative reach"
            raise OutOfRange("span, reach, strands", (self.span, self.reach, self.strands), wanted)
        if len(a) < 2 * _LEAST_BLOCKS * self.span:
            raise TooFewSamples(have=len(a), need=2 * _LEAST_BLOCKS * self.span)
        x, y = tones(a), tones(b)
        if x.shape != y.shape:
            raise EndsDisagree("shape", x.shape, y.shape)
        for end, values in (("a", x), ("b", y)):
            for half in (values[: len(x) // 2], values[len(x) // 2 :]):
                if not np.ptp(half, axis=0).any():
                    raise ConstantSignal(end, float(half[0, 0]))
        ways = directions(x, y, self.strands) if self.mixed else np.eye(x.shape[1])[: self.strands]
        return replace(terms, strands=tuple(self._strand(x @ way, y @ way, way) for way in ways))

    def restore(self, x: Half, terms: Terms | None = None) -> Feature[Half]:
        """Return a's components, or b's estimates of them, (m, K); a rest that fills no block is left out.

        A block is usable where at least three quarters of its samples were heard; at end b always, because there
        what was not heard only makes the estimate worse.

        Raises:
            OutOfRange: When the terms hold no strands, or the tones do not fit.
            TooFewSamples: When there is not one full block.
        """
        strands = () if terms is None else terms.strands
        if not strands or len(strands[0].direction) != tones(x).shape[1]:
            raise OutOfRange("terms.strands", len(strands), "at least one, learnt for as many tones as there are")
        span = strands[0].span
        m = len(x) // span
        if m < 1:
            raise TooFewSamples(have=len(x), need=span)
        parts = [estimates(x, s) if x.end == "b" else components_of(x, s) for s in strands]
        usable = np.ones(m, np.bool_) if x.end == "b" else heard_share(x, span) >= LEAST_HEARD
        return Feature(np.hstack(parts), x.rate / span, usable, x)

    def _strand(self, x: Real, y: Real, way: Real) -> Strand:
        half = len(x) // 2
        tried = learn(x[:half], y[:half], way, self)
        movement = log_movement(y, tried.span)
        error = components(x[half:], tried) - expected(y[half:], tried)
        share = (error / np.maximum(tried.noise, 1e-9)) ** 2
        best, scale, centre = _follow(share, movement[half // self.span :][: len(share)])
        final = learn(x, y, way, self)
        return replace(final, noise=final.noise * scale, activity=best, movement=centre)


def learn(x: Real, y: Real, way: Real, klt: Klt) -> Strand:
    """Return a strand learnt from two series, with the errors as this very sample has them."""
    T, c = klt.span, klt.reach
    mean = {"a": float(x.mean()), "b": float(y.mean())}
    mean["e"] = mean["a"]
    W = T + 2 * c
    xx, yy, xy = (_covariances(p, q, W) for p, q in ((x, x), (y, y), (x, y)))
    t, w = np.arange(T), np.arange(-c, T + c)
    across = xy[W + w[None] - t[:, None]]
    left = np.linalg.cholesky(xx[W + t[None] - t[:, None]] + _RIDGE * xx[W] * np.eye(T))
    right = np.linalg.cholesky(yy[W + w[None] - w[:, None]] + _RIDGE * yy[W] * np.eye(W))
    whitened = np.linalg.solve(right, np.linalg.solve(left, across).T).T
    u, s, v = np.linalg.svd(whitened, full_matrices=False)
    s = np.minimum(s, 1 - 1e-9)
    basis, estimate = np.linalg.solve(left.T, u).T, s[:, None] * np.linalg.solve(right.T, v.T).T
    upright = np.where(np.take_along_axis(basis, np.abs(basis).argmax(axis=1)[:, None], axis=1) < 0, -1.0, 1.0)
    return Strand(way, mean, T, upright * basis, c, upright * estimate, np.sqrt(1 - s**2))


def directions(x: Real, y: Real, most: int) -> Real:
    """Return the tones' directions in which the ends vary together, strongest first, (s, k).

    Directions with no positive covariance between the ends hold nothing that they share.
    """
    if x.shape[1] == 1:
        return np.ones((1, 1))
    dx, dy = x - x.mean(axis=0), y - y.mean(axis=0)
    cross = dx.T @ dy / len(dx)
    value, vector = np.linalg.eigh((cross + cross.T) / 2)
    order = [i for i in np.argsort(value)[::-1][:most] if value[i] > 1e-6 * value.max()]
    return np.asarray(vector.T[order])


def components(series: Real, strand: Strand) -> Real:
    """Return a's components of a series, (m, K)."""
    T = strand.span
    m = len(series) // T
    return np.asarray((series[: m * T].reshape(m, T) - strand.mean["a"]) @ strand.basis.T)


def expected(series: Real, strand: Strand) -> Real:
    """Return b's estimates of a's components from its own series, (m, K)."""
    T, c = strand.span, strand.reach
    m = len(series) // T
    # beyond the ends of the record b knows nothing but the mean
    padded = np.concatenate([np.zeros(c), series - strand.mean["b"], np.zeros(c)])
    windows = np.lib.stride_tricks.sliding_window_view(padded, T + 2 * c)[: m * T : T]
    return np.asarray(windows @ strand.estimate.T)


def components_of(x: Observation, strand: Strand) -> Real:
    """Return a's components of an observation, (m, K)."""
    return components(tones(x) @ strand.direction, strand)


def heard_share(x: Observation, span: int) -> Real:
    """Return the share of each block's samples that was heard, (m,)."""
    m = len(x) // span
    return np.asarray(x.mask[: m * span].reshape(m, span).mean(axis=1))


def estimates(x: Observation, strand: Strand) -> Real:
    """Return end b's estimates of a's components, (m, K)."""
    return expected(tones(x) @ strand.direction, strand)


def deviations(x: Observation, strand: Strand) -> Real:
    """Return the standard deviation of each estimate's error as end b expects it, (m, K).

    It follows how much b's series moves just then, as far as the spoken samples showed that this helps, and is three
    times as large where b heard less than half of a block.
    """
    T = strand.span
    m = len(x) // T
    moved = log_movement(tones(x) @ strand.direction, T)[:m] - strand.movement
    wider = np.exp(strand.activity / 2 * moved) * np.where(heard_share(x, T) < 0.5, 3.0, 1.0)
    return np.asarray(np.minimum(wider[:, None] * strand.noise, 1.0))


def log_movement(series: Real, span: int) -> Real:
    """Return the logarithm of how much a series moves around each block: mean squared change over some blocks, (m,)."""
    change = np.diff(series, prepend=series[:1]) ** 2
    reach = max(3, span)
    kernel = np.ones(2 * reach + span) / (2 * reach + span)
    around = np.convolve(change, kernel, "full")[reach + span - 1 :][: len(series)]
    m = len(series) // span
    floor = 1e-3 * float(change.mean()) + 1e-300
    return np.asarray(np.log(around[: m * span : span] + floor))


def series_of(x: Observation, strand: Strand) -> Real:
    """Return a strand's series of an observation, without its mean, (n,)."""
    return np.asarray(tones(x) @ strand.direction - strand.mean[x.end])


def tones(x: Observation) -> Real:
    """Return an observation's values as (n, k)."""
    values = np.asarray(x.values, np.float64)
    return values[:, None] if values.ndim == 1 else values


def _follow(share: Real, movement: Real) -> tuple[float, float, float]:
    """Return how far the error follows the movement, by likelihood; then its scale, and the centre of the movement.

    Args:
        share: (m, K) squared errors over their expected variance.
        movement: (m,) logarithm of b's movement at the same blocks.
    """
    m = min(len(share), len(movement))
    each, centred = share[:m].mean(axis=1), movement[:m] - movement[:m].mean()
    scores = []
    for exponent in _EXPONENTS:
        variance = np.exp(exponent * centred)
        scale = float((each / variance).mean())
        scores.append(float(np.log(scale * variance).mean()))
    best = int(np.argmin(scores))
    scale = float((each / np.exp(_EXPONENTS[best] * centred)).mean())
    return _EXPONENTS[best], scale**0.5, float(movement[:m].mean())


def _covariances(x: Real, y: Real, most: int) -> Real:
    """Return E[x(t) y(t + l)], l = −most … most, (2·most + 1,); biased, so that matrices made of it stay positive."""
    from scipy import fft

    p, q = x - x.mean(), y - y.mean()
    size = fft.next_fast_len(len(p) + most + 1, real=True)
    full = fft.irfft(fft.rfft(p, size).conj() * fft.rfft(q, size), size) / len(p)
    return np.concatenate([full[-most:], full[: most + 1]])
