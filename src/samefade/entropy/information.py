"""Compute the information that two Gaussian series share, from their coherence.

I = −∫₀^½ log2(1 − C(f)) df bits a sample, C the magnitude-squared coherence, f in cycles a sample
(Gelfand and Yaglom 1957, Pinsker 1964).

For K independent segments of complex Gaussian noise 1 − Ĉ is a ratio of Gamma variables with K − 1 and K degrees, so
E[−ln(1 − Ĉ)] = −ln(1 − C) + 1/(K − 1) for every C: the bias is known exactly and is removed.
Its variance is 2C/K + 1/K² to first order.
Overlapping Hann windows count as fewer segments, and make neighbouring frequencies dependent (Welch 1967).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from samefade.errors import ConstantSignal, EndsDisagree, NotFinite, OutOfRange, TooFewSamples
from samefade.types import Complex, Float

CEILING = (
    "A ceiling, not a key rate: what two Gaussian series share, whoever else knows it; Eve's part and every public "
    "bit come off, and series that are not Gaussian may share more."
)
_SHORTEST = 16
_SEGMENTS = 7  # half-overlapping segments: four segments' length
_OVERLAP = 1 / 6  # correlation of two Hann windows that overlap by half
_SPECTRAL = 1 + 2 * ((2 / 3) ** 2 + (1 / 6) ** 2)  # variance of a sum over bins, relative to independent bins
_LEAST_REST = 1e-12  # 1 − C of identical series: about 20 bits a sample, where doubles end


@dataclass(frozen=True)
class Information:
    """What two series share, if they are Gaussian.

    Attributes:
        per_sample: Bits a sample, never below zero.
        per_second: Bits a second.
        low: Lower end of the 95 % interval, bits a sample.
        high: Upper end of the 95 % interval, bits a sample.
        ceiling_note: What the number is not.
    """

    per_sample: float
    per_second: float
    low: float
    high: float
    ceiling_note: str = CEILING


def mutual_information(a: Float, b: Float, rate: float = 1.0, segment: int = 256) -> Information:
    """Return the mutual information rate of two series, as if they were jointly Gaussian and stationary.

    Spectra narrower than rate/segment are blurred, which lowers the result.

    Args:
        a: (n,) what one end measured.
        b: (n,) what the other end measured at the same times.
        rate: Samples per second, Hz.
        segment: Samples a segment, at least 16; a short record is cut into shorter ones (a power of two), so that
            there are at least seven, overlapping by half.

    Raises:
        EndsDisagree: When the series differ in length.
        NotFinite: When a value is NaN or infinite.
        ConstantSignal: When a series does not vary.
        TooFewSamples: When there are fewer than 64 samples.
        OutOfRange: When a series has more than one column, or a parameter makes no sense.
    """
    x, y = _series(a, "a"), _series(b, "b")
    if len(x) != len(y):
        raise EndsDisagree("number of samples", len(x), len(y))
    if not (np.isfinite(rate) and rate > 0):
        raise OutOfRange("rate", rate, "a positive number of hertz")
    if segment < _SHORTEST:
        raise OutOfRange("segment", segment, f"at least {_SHORTEST} samples")
    length = _length(len(x), segment)
    rest, segments = _incoherence(x, y, length)
    count = segments / (1 + 2 * _OVERLAP**2 * (segments - 1) / segments)
    nats = -np.log(rest) - 1 / (count - 1)
    variance = 2 * (1 - rest) / count + 1 / count**2
    width = np.full(len(rest), 1 / length)
    width[0] /= 2  # half a bin at zero frequency, and at the Nyquist frequency
    width[-1] /= 2 if length % 2 == 0 else 1
    bits = float(nats @ width) / np.log(2)
    spread = 1.96 * float(np.sqrt(_SPECTRAL * (variance @ width**2))) / np.log(2)
    best = max(0.0, bits)
    return Information(best, best * rate, max(0.0, bits - spread), max(0.0, bits + spread))


def _series(values: Float, end: str) -> NDArray[np.float64]:
    x = np.asarray(values, np.float64)
    if x.ndim != 1:
        raise OutOfRange(f"end {end}", f"array of shape {x.shape}", "one row of samples")
    bad = int(np.count_nonzero(~np.isfinite(x)))
    if bad:
        raise NotFinite(f"end {end}", bad)
    if len(x) < 4 * _SHORTEST:
        raise TooFewSamples(have=len(x), need=4 * _SHORTEST)
    if np.ptp(x) == 0:
        raise ConstantSignal(end, float(x[0]))
    centred: NDArray[np.float64] = x - x.mean()
    return centred


def _length(n: int, segment: int) -> int:
    if n >= segment * (_SEGMENTS + 1) // 2:
        return segment
    return 1 << int(np.log2(2 * n // (_SEGMENTS + 1)))


def _incoherence(x: NDArray[np.float64], y: NDArray[np.float64], length: int) -> tuple[NDArray[np.float64], int]:
    """Return 1 − C at frequencies 0 … ½ cycles a sample, and the number of segments."""
    fx, fy = _spectra(x, length), _spectra(y, length)
    xx, yy = (np.abs(fx) ** 2).sum(axis=0), (np.abs(fy) ** 2).sum(axis=0)
    cross = np.abs((fx * fy.conj()).sum(axis=0)) ** 2
    power = xx * yy
    coherence = np.divide(cross, power, out=np.zeros_like(power), where=power > 0)
    return np.clip(1 - coherence, _LEAST_REST, 1.0), len(fx)


def _spectra(x: NDArray[np.float64], length: int) -> Complex:
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(length) / length)
    segments = np.lib.stride_tricks.sliding_window_view(x, length)[:: length // 2]
    return np.fft.rfft(segments * window, axis=1)
