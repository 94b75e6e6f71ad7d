"""Cut a record at sharp frequencies, without a jump at its ends; and say where the wavelet filter's edges lie."""

import numpy as np

from samefade.restore.parts import Parts, parted
from samefade.types import Band, Feature, Float, Half

HALF_GAIN = 0.95763
"""Where the wavelet's filter edge has gain ½, in units of the edge row's frequency (half a voice outward).

G(u) = (1/C_ψ) ∫₀^u 2 exp(−(v − 6)²/2) / v dv reaches ½ at u = 5.8245, and u = 2πfs with s = 1/(1.0330 f_row).
"""


def brick_wall(values: Float, rate: float, low: float, high: float) -> Float:
    """Return what lies between two frequencies, both included, and the mean, (n,) or (n, k).

    The record is continued by its mirror image, so that its ends do not jump.

    Args:
        values: (n,) or (n, k).
        rate: Samples a second, Hz.
        low: Hz.
        high: Hz.
    """
    from scipy import fft

    n = len(values)
    bins = fft.dct(values, axis=0, norm="ortho")  # the Fourier transform of the record and its mirror image
    frequency = np.arange(n) * rate / (2 * n)
    outside = (frequency < low) | (frequency > high)
    outside[0] = False
    bins[outside] = 0.0
    return np.asarray(fft.idct(bins, axis=0, norm="ortho"))


def within(kept: Feature[Half], band: Band) -> Parts[Half]:
    """Return the parts below, in and above a band: large scale with the mean, small scale, and noise.

    Samples that were not heard are not usable, nor those that the filter's own mark leaves out.

    Args:
        kept: What a filter kept of the band, with the mean.
        band: The band; what the filter left is cut at the frequency of its lower half gain.

    Raises:
        ConstantSignal: When nothing but rounding lies in the band.
        TooFewSamples: When fewer than 2 values are usable.
    """
    x = kept.source
    values = x.values.astype(np.float64)
    mean = values.mean(axis=0)
    small = kept.values - mean
    slow = mean + brick_wall(values - mean - small, x.rate, 0.0, half_gain(band)[0])
    return parted(x, values, small, kept.usable & x.mask, noise=values - small - slow, gain=4.0)


def half_gain(band: Band) -> tuple[float, float]:
    """Return the two frequencies where the wavelet filter of the band has gain ½, Hz.

    Rows reach half a voice beyond their own frequency.
    A band of a few rows has a lower gain everywhere; its edges are where those of a wide one would be.
    """
    half_voice = 2 ** (1 / (2 * band.voices))
    return HALF_GAIN * band.low / half_voice, HALF_GAIN * band.high * half_voice
