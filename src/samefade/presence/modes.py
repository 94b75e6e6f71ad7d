"""Turn a window of samples into modes that vary independently, without its slow trend, each of like weight.

A mode is a coefficient of the discrete cosine transform, whose cosines are nearly the principal components of a slow
stationary process (Ahmed, Natarajan and Rao 1974).
So the sign of each mode of a fade that is independent of the other end is a fair coin, whatever the fade's spectrum.
Weights come from the magnitudes of one end alone, never from signs, and leave the coins fair.

Two looks, because the own spectrum of an end cannot tell fast fading from noise:

- what stands out of the noise floor (slow fading in noise), each mode of weight 1 − 4·floor/power, at least 0;
- the whole spectrum, whitened by its own neighbourhood (fast fading, whose spectrum is flat).

Why a cubic and the first modes go: a slow trend that everything shares (temperature, a battery, a shared drift) agrees
at two ends that never heard each other, and would pass for presence.
What is slower than half the window counts as trend here.
"""

from itertools import pairwise
from typing import NamedTuple

import numpy as np

from samefade.observe import bridged
from samefade.presence.heard import LEAST
from samefade.types import Float, Integer

TREND_MODES = 4  # cosines of up to four half periods in a stretch
TREND_POWER = 3  # a polynomial goes first, because a ramp reaches into every mode
LONGEST_GAP = 8  # more missing frames than this end a stretch; fewer are bridged by straight lines
NEIGHBOURS = 9  # modes, over which the whole spectrum is whitened
_STANDS_OUT = 4.0  # times the noise floor
_SLOWEST = 8  # modes
_UNEVEN = 40.0  # times the floor: 8 modes of white noise hold as much once in 300,000 windows, one mode never
_RANGE = 400.0  # 26 dB below the strongest mode the leakage of others is no mode of its own
_ROUNDED = 0.41  # steps: √2 of what rounding alone leaves, 1/√12
_JUMP = 3.0  # times what 9 in 10 steps stay below: five standard deviations of Gaussian ones
_MEDIAN = 0.4549  # of a chi-squared variable with one degree of freedom


class Modes(NamedTuple):
    """Weighted modes of one end.

    Attributes:
        standing: Of each stretch (m, k), what stands out of the noise floor, within ±1.
        whole: Of each stretch (m, k), all, whitened, within ±1.
        uneven: Whether the spectrum, trend included, has a mode far above the floor: else fading and noise look alike.
    """

    standing: tuple[Float, ...]
    whole: tuple[Float, ...]
    uneven: bool


def stretches(numbers: Integer) -> list[slice]:
    """Cut where more than 8 frames in a row are missing; stretches of fewer than 16 samples are left out."""
    cuts = np.flatnonzero(np.diff(numbers) > LONGEST_GAP + 1) + 1
    edges = [0, *cuts.tolist(), len(numbers)]
    return [slice(i, j) for i, j in pairwise(edges) if j - i >= LEAST]


def modes(numbers: Integer, values: Float) -> Modes:
    """Return the weighted modes of one end.

    Args:
        numbers: (n,) frame counters.
        values: (n, k) what was heard under them.
    """
    parts = [_even(numbers[part], values[part]) for part in stretches(numbers)]
    every = [_cosines(x)[1:] for x in parts]
    step = _steps(values)
    found = [_cosines(_without_trend(x, step))[TREND_MODES + 1 :] for x in parts]
    if not found:
        return Modes((), (), uneven=False)
    floor = _floor(found)
    uneven = any(_rises(x, floor) for x in every)
    return Modes(tuple(_standing(x, floor) for x in found), tuple(_whole(x) for x in found), uneven)


def samples_of(x: Float) -> Float:
    """Return the course in time that weighted modes (m, k) of a stretch make together; (m + 5, k)."""
    from scipy import fft

    return np.asarray(fft.idct(np.pad(x, ((TREND_MODES + 1, 0), (0, 0))), type=2, norm="ortho", axis=0))


def _even(numbers: Integer, values: Float) -> Float:
    """Bridge lost frames by straight lines and leave out jumps; (m, k)."""
    grid = np.arange(numbers[0], numbers[-1] + 1)
    even = bridged(grid, numbers, values)
    return _without_jumps(even - even.mean(axis=0))


def _without_jumps(x: Float) -> Float:
    """Leave out steps from one frame to the next that are far above most of them.

    Automatic gain controls jump, and a few strong bursts make them jump at both ends at once: one event, not a fade.
    """
    rise = np.diff(x, axis=0)
    limit = _JUMP * np.quantile(np.abs(rise), 0.9, axis=0)
    held = np.where((limit > 0) & (np.abs(rise) > limit), 0.0, rise)
    return np.asarray(x[:1] + np.concatenate([np.zeros_like(x[:1]), np.cumsum(held, axis=0)]))


def _without_trend(x: Float, step: Float) -> Float:
    """Take the cubic away; of what is then within the rounding to whole steps, nothing is left.

    Two ends that round one ramp to whole dB share its saw teeth.
    """
    known = np.polynomial.legendre.legvander(np.linspace(-1, 1, len(x)), TREND_POWER)
    rest = x - known @ np.linalg.lstsq(known, x)[0]
    rest[:, np.std(rest, axis=0) <= np.maximum(_ROUNDED * step, 1e-9 * np.ptp(x, axis=0))] = 0.0
    return np.asarray(rest)


def _steps(values: Float) -> Float:
    """Return the step in which each tone was rounded, (k,); 0 where the values lie on no even grid."""
    found = []
    for column in values.T:
        levels = np.unique(column)
        step = float(np.diff(levels).min(initial=np.inf))
        places = (levels - levels[0]) / step
        found.append(step if len(levels) > 1 and np.allclose(places, np.rint(places), atol=1e-6) else 0.0)
    return np.asarray(found)


def _cosines(x: Float) -> Float:
    from scipy import fft

    return np.asarray(fft.dct(x, type=2, norm="ortho", axis=0))


def _floor(found: list[Float]) -> Float:
    """Return the power of a mode that is noise, (k,): the upper half of the spectrum, by its median."""
    upper = np.concatenate([x[len(x) // 2 :] for x in found]) ** 2
    strongest = np.max([np.max(x**2, axis=0) for x in found], axis=0)
    return np.asarray(np.maximum(np.median(upper, axis=0) / _MEDIAN, strongest / _RANGE))


def _rises(x: Float, floor: Float) -> bool:
    """Tell whether one mode, or the slowest together, hold far more than the floor."""
    power = x**2
    return bool(np.any(power > _UNEVEN * floor) or np.any(power[:_SLOWEST].sum(axis=0) > _UNEVEN * floor))


def _standing(x: Float, floor: Float) -> Float:
    high = x**2 > _STANDS_OUT * floor
    return np.where(high, np.sign(x) - np.sign(x) * _STANDS_OUT * floor / np.where(high, x**2, 1.0), 0.0)


def _whole(x: Float) -> Float:
    from scipy.ndimage import uniform_filter1d

    near = uniform_filter1d(x**2, NEIGHBOURS, axis=0, mode="nearest")
    return np.asarray(x / np.sqrt(x**2 + near + np.finfo(float).tiny))
