"""Compute the information that two Gaussian series share, given an eavesdropper's or not, from their coherence.

I = −∫₀^½ log2(1 − C(f)) df bits a sample, C the magnitude-squared coherence, f in cycles a sample
(Gelfand and Yaglom 1957, Pinsker 1964).
Given Eve's series C is the partial coherence, and for several tones 1 − C becomes a ratio of determinants of spectral
matrices, det S_ab·e / (det S_aa·e det S_bb·e) (Brillinger 1981, chapter 8; `joint.py`).

For K independent segments of complex Gaussian noise 1 − Ĉ is a ratio of Gamma variables with K − 1 and K degrees, so
E[−ln(1 − Ĉ)] = −ln(1 − C) + 1/(K − 1) for every C: the bias is known exactly and is removed.
Its variance is 2C/K + 1/K² to first order.
Each of Eve's series takes one from K; the bias of several tones is a sum of such terms, and known exactly too.
Overlapping Hann windows count as fewer segments, and make neighbouring frequencies dependent (Welch 1967).
Nothing is shrunk towards anything: tones that need more segments than there are are refused.
"""

from dataclasses import dataclass
from math import log

import numpy as np
from numpy.typing import NDArray

from samefade.entropy.joint import correlation, excess, ratio, scatter
from samefade.errors import ConstantSignal, EndsDisagree, NotFinite, OutOfRange, TooFewSamples
from samefade.types import Complex, Float

CEILING = (
    "A ceiling, not a key rate: what two Gaussian series share, whoever else knows it; Eve's part and every public "
    "bit come off, and series that are not Gaussian may share more."
)
GIVEN_EVE = (
    "A ceiling, not a key rate: what two Gaussian series share beyond what this eavesdropper heard; one elsewhere may "
    "hear more, every public bit comes off, and series that are not Gaussian may share more."
)
_SHORTEST = 16
_SEGMENTS_A_SERIES = 3  # and one more: seven half-overlapping segments of two series, four segments' length
_OVERLAP = 1 / 6  # correlation of two Hann windows that overlap by half
_SPECTRAL = 1 + 2 * ((2 / 3) ** 2 + (1 / 6) ** 2)  # variance of a sum over bins, relative to independent bins
_BY_CHANCE = 6.0  # standard deviations of a correlation: chance gives it to one in 10⁸ lags and tones
_LEAST_REST = 1e-12  # 1 − C of identical series: about 20 bits a sample, where doubles end


@dataclass(frozen=True)
class Information:
    """What two series share, if they are Gaussian.

    Attributes:
        per_sample: Bits a sample, never below zero.
        per_second: Bits a second.
        low: Lower end of the 95 % interval, bits a sample.
        high: Upper end of the 95 % interval, bits a sample.
        segment: Samples a segment, as used.
        ceiling_note: What the number is not.
        eve_late: By how many samples each of Eve's series was found to be late, and was moved.
    """

    per_sample: float
    per_second: float
    low: float
    high: float
    segment: int
    ceiling_note: str = CEILING
    eve_late: tuple[int, ...] = ()


def mutual_information(
    a: Float,
    b: Float,
    rate: float = 1.0,
    segment: int = 256,
    *,
    eve: Float | None = None,
    band: tuple[float, float] | None = None,
) -> Information:
    """Return the mutual information rate of two series, as if they were jointly Gaussian and stationary.

    Spectra narrower than rate/segment are blurred; a slow fade in white noise then seems to share more than it does,
    by a tenth where it keeps .999 of itself from sample to sample and a segment has 256.
    All that Eve ever hears counts, later samples too.
    Of what she hears some samples later than the ends, less would be taken off than she knows, so each of her series
    is moved to the lag where it fits best, and the record cut to where all overlap.
    A record of few independent samples does not tell that lag, and nothing is moved: match it first.
    I(A;B|E) may exceed I(A;B), as where she hears the sum of both ends; the smaller one bounds a key (Maurer 1993).

    Args:
        a: (n,) or (n, k) what one end measured, k tones.
        b: (n,) or (n, l) what the other end measured at the same times.
        rate: Samples per second, Hz.
        segment: Samples a segment, at least 16; a short record is cut into shorter ones (a power of two), so that
            there are at least three for each series and one more, overlapping by half.
        eve: (n,) or (n, m) what Eve heard at the same times; None leaves her out.
        band: The frequencies in Hz, lowest and highest, that count; None for all of them.
            Spectral lines at the edges count by the share of their bin that lies within.

    Raises:
        EndsDisagree: When the series differ in length.
        NotFinite: When a value is NaN or infinite.
        ConstantSignal: When a series does not vary.
        TooFewSamples: When there are fewer than 64 samples, or than 24 (k + l + m) + 16, or too few overlap with Eve's.
        OutOfRange: When an end's tones make one another up, samples are complex, or a parameter makes no sense.
    """
    ends = _series(a, "a"), _series(b, "b")
    heard = np.empty((len(ends[0]), 0)) if eve is None else _series(eve, "e")
    for other in (ends[1], heard):
        if len(other) != len(ends[0]):
            raise EndsDisagree("number of samples", len(ends[0]), len(other))
    if not (np.isfinite(rate) and rate > 0):
        raise OutOfRange("rate", rate, "a positive number of hertz")
    if segment < _SHORTEST:
        raise OutOfRange("segment", segment, f"at least {_SHORTEST} samples")
    tones = ends[0].shape[1], ends[1].shape[1]
    _length(len(heard), segment, sum(tones) + heard.shape[1])
    for x, end in zip(ends, "ab", strict=True):
        _check_tones(x, end)
    joint, late = _moved(np.hstack([*ends, heard]), sum(tones))
    length = _length(len(joint), segment, joint.shape[1])
    nats, coherence, segments = _shared(joint, tones, length)
    freedom = segments / (1 + 2 * _OVERLAP**2 * (segments - 1) / segments) - heard.shape[1]
    width = _widths(length) if band is None else _within(length, band, rate)
    bits = float((nats - excess(freedom, *tones)) @ width) / log(2)
    variance = scatter(coherence, freedom, *tones) @ width**2
    spread = 1.96 * float(np.sqrt(_SPECTRAL * variance)) / log(2)
    best, note = max(0.0, bits), CEILING if eve is None else GIVEN_EVE
    return Information(best, best * rate, max(0.0, bits - spread), max(0.0, bits + spread), length, note, late)


def _series(values: Float, end: str) -> NDArray[np.float64]:
    x = np.asarray(values)
    x = x[:, None] if x.ndim == 1 else x
    if x.ndim != 2 or not x.shape[1]:
        raise OutOfRange(f"end {end}", f"array of shape {x.shape}", "rows of samples")
    if np.iscomplexobj(x):
        raise OutOfRange(f"end {end}", "complex samples", "real ones; both parts may be tones")
    x = x.astype(np.float64)
    bad = int(np.count_nonzero(~np.isfinite(x)))
    if bad:
        raise NotFinite(f"end {end}", bad)
    if len(x) < 4 * _SHORTEST:
        raise TooFewSamples(have=len(x), need=4 * _SHORTEST)
    if (still := np.ptp(x, axis=0) == 0).any():
        raise ConstantSignal(end, float(x[0, still.argmax()]))
    centred: NDArray[np.float64] = x - x.mean(axis=0)
    return centred


def _length(n: int, segment: int, series: int) -> int:
    halves = _SEGMENTS_A_SERIES * series + 2  # half segments that the segments needed cover
    need = _SHORTEST * halves // 2
    if n < need:
        raise TooFewSamples(have=n, need=need)
    if n >= segment * halves // 2:
        return segment
    return 1 << int(np.log2(2 * n // halves))


def _check_tones(x: NDArray[np.float64], end: str) -> None:
    """Refuse tones that others add up to: they say nothing of their own, but would count as dimensions."""
    if x.shape[1] > 1 and np.linalg.eigvalsh(correlation(x.T @ x))[0] < _LEAST_REST:
        raise OutOfRange(f"end {end}", "tones that make one another up", "tones with something of their own")


def _moved(joint: NDArray[np.float64], tones: int) -> tuple[NDArray[np.float64], tuple[int, ...]]:
    """Return the columns with each of Eve's, the last, at the lag where it fits best, cut to where all overlap.

    Lags reach a quarter of the record; a series that fits at none stays where it is.
    """
    n = len(joint)
    late = tuple(_late(series, joint[:, :tones]) for series in joint[:, tones:].T)
    if not any(late):
        return joint, late
    first, last = max(0, -min(late)), n - max(0, *late)
    shifts = [0] * tones + list(late)
    cut = np.column_stack([x[first + lag : last + lag] for x, lag in zip(joint.T, shifts, strict=True)])
    return cut - cut.mean(axis=0), late


def _late(heard: NDArray[np.float64], tones: NDArray[np.float64]) -> int:
    from samefade.observe.correlogram import correlogram, memory

    lags = np.arange(-(len(heard) // 4), len(heard) // 4 + 1)
    overlap = len(heard) - np.abs(lags)
    late, best = 0, _BY_CHANCE
    for tone in tones.T:
        r = np.minimum(np.abs(correlogram(tone, heard, lags)), 1 - 1e-12)
        score = np.arctanh(r) * np.sqrt(np.maximum(overlap / memory(tone, heard) - 3, 0.0))  # Fisher's z
        if score.max() > best:
            late, best = int(lags[score.argmax()]), float(score.max())
    return late


def _widths(length: int) -> NDArray[np.float64]:
    """Return the width of each frequency bin, cycles a sample; half a bin at zero and at the Nyquist frequency."""
    width = np.full(length // 2 + 1, 1 / length)
    width[0] /= 2
    width[-1] /= 2 if length % 2 == 0 else 1
    return width


def _within(length: int, band: tuple[float, float], rate: float) -> NDArray[np.float64]:
    """Return how much of each frequency bin lies within the band, cycles a sample."""
    low, high = band
    if not (np.isfinite(high) and 0 <= low < high and low < rate / 2):
        raise OutOfRange("band", f"{low:g} to {high:g} Hz", f"two frequencies of 0 to {rate / 2:g} Hz, the lower first")
    centre = np.arange(length // 2 + 1) / length
    left, right = np.maximum(centre - 0.5 / length, 0.0), np.minimum(centre + 0.5 / length, 0.5)
    return np.asarray(np.maximum(np.minimum(right, high / rate) - np.maximum(left, low / rate), 0.0))


def _shared(
    joint: NDArray[np.float64], tones: tuple[int, int], length: int
) -> tuple[NDArray[np.float64], NDArray[np.float64], int]:
    """Return ln(1 / (1 − C)) and C at frequencies 0 … ½ cycles a sample, and the number of segments."""
    if joint.shape[1] == 2:
        rest, segments = _incoherence(joint[:, 0], joint[:, 1], length)
        return -np.log(rest), 1 - rest, segments
    eve_first = np.roll(joint, joint.shape[1] - sum(tones), axis=1)
    spectra = np.array([_spectra(series, length) for series in eve_first.T])  # (p, segments, f)
    by_frequency = np.ascontiguousarray(spectra.transpose(2, 0, 1))
    matrices = by_frequency @ by_frequency.conj().transpose(0, 2, 1)
    return *ratio(correlation(matrices), *tones), spectra.shape[1]


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
