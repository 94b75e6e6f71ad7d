"""Measure where in frequency the power and the likeness lie."""

import numpy as np
from numpy.typing import ArrayLike

from samefade.errors import OutOfRange
from samefade.metrics.series import both, centred, series
from samefade.wavelet import coherence


def coherence_area(a: ArrayLike, b: ArrayLike, rate: float, level: float = 0.5, *, voices: int = 12) -> float:
    """Return the share of the time-frequency plane, outside the cone of influence, with coherence above `level`.

    Independent noise does not score 0: compare with a simulation of the same length.

    Args:
        a: One end, (n,).
        b: The other end, (n,).
        rate: Samples per second, Hz.
        level: Squared coherence that counts as high, 0 to 1.
        voices: Rows an octave.

    Raises:
        ConstantSignal: When either end does not vary.
        EndsDisagree: When the lengths differ.
        NotFinite: When a value is NaN or infinite.
        OutOfRange: When `level` is outside 0 to 1, or `rate` or `voices` makes no sense.
        TooFewSamples: When the record is too short for a transform.
    """
    if not 0 <= level <= 1:
        raise OutOfRange("level", level, "0 to 1")
    x, y = both(a, b)
    return float(coherence(x, y, rate=rate, voices=voices).area(level))


def psd_low_share(x: ArrayLike, rate: float, below: float) -> float:
    """Return the share of a series' varying power (its mean apart) at frequencies up to `below`, 0 to 1.

    Args:
        x: A series, (n,).
        rate: Samples per second, Hz.
        below: Hz.

    Raises:
        ConstantSignal: When it does not vary.
        NotFinite: When a value is NaN or infinite.
        OutOfRange: When `rate` is not positive or `below` is not between 0 and half of it.
        TooFewSamples: With fewer than 2 samples.
    """
    if not (np.isfinite(rate) and rate > 0):
        raise OutOfRange("rate", rate, "a positive number of hertz")
    if not 0 <= below <= rate / 2:
        raise OutOfRange("below", below, f"0 to {rate / 2:g} Hz")
    values = centred(series(x, "x", least=2), "x")
    power = np.abs(np.fft.rfft(values)) ** 2
    power[1 : (len(values) + 1) // 2] *= 2  # every bin but the mean and Nyquist's stands for two
    low = np.fft.rfftfreq(len(values), 1 / rate) <= below
    return float(power[1:][low[1:]].sum() / power[1:].sum())
