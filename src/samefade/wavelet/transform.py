"""The continuous wavelet transform."""

import numpy as np

from samefade.types import Float, Integer
from samefade.wavelet import admit, morlet
from samefade.wavelet.admit import Array
from samefade.wavelet.rows import Transform

WIDTH = 13.6  # rad: 2π/WIDTH samples a scale hold the wavelet's spectrum to 3e-13


def steps(samples: Float, grid: str) -> Integer:
    """Return (S,) steps."""
    admit.choice("grid", grid, ("decimated", "full"))
    level = np.floor(np.log2(samples * 2 * np.pi / WIDTH)) if grid == "decimated" else np.zeros(len(samples))
    return (2 ** np.maximum(0, level)).astype(np.int64)


def transform(
    x: Array,
    *,
    rate: float,
    voices: int = 12,
    low: float | None = None,
    high: float | None = None,
    grid: str = "decimated",
    norm: str = "L2",
) -> Transform:
    """Return the wavelet transform."""
    x = admit.signal(x)
    admit.parameters(rate, voices)
    admit.choice("norm", norm, ("L2", "L1"))
    n = x.shape[-1]
    found = morlet.between(morlet.family(morlet.SMALLEST, morlet.count(n, voices), voices), rate, low, high)
    samples = found.samples[found.first : found.stop]
    step = steps(samples, grid)
    rows = tuple(
        w[..., : n : int(d)] * float(morlet.norm(s, norm))
        for w, d, s in zip(slow(x, samples), step, samples, strict=True)
    )
    return Transform(
        found.frequency(rate),
        found.scale(rate),
        step,
        rows,
        morlet.cone(found.scale(rate), rate),
        n,
        rate,
        voices,
        norm,
    )


def slow(x: Array, samples: Float):
    from scipy.fft import next_fast_len

    xp = admit.namespace(x)
    fft = admit.fourier(xp)
    n = x.shape[-1]
    padded = next_fast_len(int(n + 10 * samples[-1]))
    spectrum = fft.fft(x - xp.mean(x, axis=-1, keepdims=True), n=padded)
    omega = 2 * np.pi * np.arange(padded) / padded
    for s in samples:
        h = sum(morlet.spectrum((omega + 2 * np.pi * k) * s) for k in (-1, 0, 1))
        yield fft.ifft(spectrum * xp.asarray(h, dtype=x.dtype))
