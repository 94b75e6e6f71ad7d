"""The inverse transform over a fixed set of rows: one linear filter with a real, zero-phase response.

x_rec = x ∗ h with H(f) = (1/K)·Σ_rows exp(−(2πfs − 6)²/2) for f > 0, H(−f) = H(f) (and its images about
half the rate, as the wavelet is sampled): Torrence and Compo (1998), equation 11, summed before transforming.
K is the sum over all rows that could ever be, calibrated numerically, so that the gain is 1 inside the band;
the published constant 0.776 is rounded.
"""

from functools import lru_cache

import numpy as np

from samefade.errors import OutOfRange
from samefade.types import Float
from samefade.wavelet import admit, morlet
from samefade.wavelet.admit import Array

REACH = 8.6  # scales: exp(−8.6²/2) is below the precision of float64
LONGEST = 10  # records: rows longer than that see a signal without mean as nothing


def full_gain(voices: int) -> float:
    """Return K: what the sum over an unlimited number of rows, `voices` to the octave, gives at any frequency."""
    fine = 64  # to the octave: the sum over a grid this fine is the integral to 1e-16
    # ψ̂(0) is 1.5e-8, not 0: each further octave below would add 3e-8
    u = morlet.OMEGA * 2.0 ** (np.arange(-5 * fine, 4 * fine) / fine)
    return float(morlet.spectrum(u).sum()) * voices / fine


def kept_scales(rate: float, low: float, high: float, voices: int) -> Float:
    """Return the scales, in samples, of all rows between low and high, Hz.

    The rows are those of the transform (the first at half the rate), however long the record is.

    Raises:
        OutOfRange: When low or high, rate or voices make no sense.
    """
    admit.parameters(rate, voices)
    if not 0 < low <= high:
        raise OutOfRange("low, high", f"{low}, {high}", f"0 < low ≤ high ≤ {rate / 2:g} Hz, half the rate")
    count = int(np.ceil(voices * np.log2(rate / 2 / low))) + 2 if low < rate else 1
    found = morlet.between(morlet.family(morlet.SMALLEST, count, voices), rate, low, high)
    return found.samples[found.first : found.stop]


def response(frequencies: Float, *, rate: float, low: float, high: float, voices: int = 12) -> Float:
    """Return the gain H(f) of the inverse restricted to the rows between low and high.

    Args:
        frequencies: Hz, any shape; the sign does not matter.
        rate: Samples per second, Hz.
        low: Lowest kept row frequency, Hz.
        high: Highest kept row frequency, Hz.
        voices: Rows an octave.

    Returns:
        Gains of the same shape, float64; about 1 inside the band, about 0.5 at its edges.

    Raises:
        OutOfRange: When low or high, rate or voices make no sense.
    """
    f = np.abs(np.asarray(frequencies, dtype=np.float64)) / rate
    f = np.abs(f - np.round(f))  # the spectrum of a sampled filter repeats
    order = np.argsort(f, axis=None)
    total = np.empty(f.size)
    total[order] = _gain(f.ravel()[order], kept_scales(rate, low, high, voices)) / full_gain(voices)
    return total.reshape(f.shape)


def _gain(f: Float, scales: Float) -> Float:
    """Return the sum over rows at ascending frequencies from 0 to 0.5, cycles a sample.

    W and W* both count, and both repeat: hence f, −f, 1 − f and 1 + f. A row is added only where it passes anything.
    """
    total = np.zeros_like(f)
    for s in scales:
        unit = 2 * np.pi * s
        images = ((1, 0), (-1, 0)) if (morlet.OMEGA + REACH) / unit < 0.5 else ((1, 0), (-1, 0), (-1, 1), (1, 1))
        for sign, shift in images:
            edge = sign * ((morlet.OMEGA + REACH) / unit - shift)  # where sω = 6 + REACH
            low, high = np.searchsorted(f, (0, edge) if sign > 0 else (edge, (shift * unit - 6 + REACH) / unit))
            total[low:high] += morlet.spectrum(unit * (sign * f[low:high] + shift))
    return total


def inverse(x: Array, *, rate: float, low: float, high: float, voices: int = 12, mean: bool = True) -> Array:
    """Return what is left of a signal when only the rows between low and high are kept.

    The inverse over a fixed set of rows is one filter, so no transform is made.
    Beyond the record the signal counts as its mean; what that changes lies inside the cone of the longest row.

    Args:
        x: (…, n) real.
        rate: Samples per second, Hz.
        low: Lowest kept row frequency, Hz.
        high: Highest kept row frequency, Hz.
        voices: Rows an octave.
        mean: Whether to add the mean back, which no row holds.

    Returns:
        (…, n) of the same kind and precision as x.

    Raises:
        TooFewSamples, NotFinite: When the signal cannot be used.
        OutOfRange: When low or high, rate or voices make no sense.
    """
    x = admit.signal(x)
    xp, fft = admit.library(x)
    n = x.shape[-1]
    scales = kept_scales(rate, low, high, voices)
    padded = _fast(n + min(int(REACH * scales[-1]) + 1, LONGEST * n))
    gain = _circle(padded, tuple(scales.tolist()), voices)
    level = xp.mean(x, axis=-1, keepdims=True)
    spectrum = fft.rfft(x - level, n=padded)[..., : len(gain)] * xp.asarray(gain, dtype=x.dtype)
    kept = fft.irfft(spectrum, n=padded)[..., :n]
    return kept + level if mean else kept


@lru_cache(maxsize=2)  # both ends of a record ask for the same filter, one after the other
def _circle(padded: int, scales: tuple[float, ...], voices: int) -> Float:
    """Return the gains of the bins 0 … padded/2, without the zeros at their end."""
    gain = _gain(np.arange(padded // 2 + 1) / padded, np.array(scales)) / full_gain(voices)
    return gain[: int(np.flatnonzero(gain)[-1]) + 1]


def _fast(n: int) -> int:
    from scipy.fft import next_fast_len

    return int(next_fast_len(n, real=True))
