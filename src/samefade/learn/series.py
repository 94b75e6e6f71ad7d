"""Cut a series into overlapping windows, and lay what was made of them over each other again.

A window's middle is judged with what lies on both sides of it, its edges with one side only: every window is weighted
by sin²(π(i + ½)/w), in training and where the outputs are added, so that the output is one smooth series.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from samefade.types import Observation

Single = NDArray[np.float32]
Real = NDArray[np.float64]
Marks = NDArray[np.bool_]
OVERLAP = 8  # windows over each sample


class Standard(NamedTuple):
    """The tones of one end, each with mean 0 and variance 1 where it was heard.

    Attributes:
        values: (k, n) standardised; a tone that does not vary is 0.
        mean: (k,) in the observation's unit.
        scale: (k,) standard deviations, 0 where a tone does not vary.
    """

    values: Single
    mean: Real
    scale: Real


def standard(x: Observation) -> Standard:
    """Standardise each tone by its own heard samples: no end needs the other's level or gain."""
    values = np.asarray(x.values, np.float64).reshape(len(x), -1).T
    heard = values[:, x.mask]
    mean = heard.mean(axis=1)
    scale = np.where(np.ptp(heard, axis=1) > 0, heard.std(axis=1), 0.0)
    unit = (values - mean[:, None]) / np.where(scale > 0, scale, 1.0)[:, None]
    return Standard((unit * (scale > 0)[:, None]).astype(np.float32), mean, scale)


def taper(window: int) -> Real:
    """Return the weights of a window's samples, (w,), sin² and never 0."""
    return np.asarray(np.sin(np.pi * (np.arange(window) + 0.5) / window) ** 2)


def windows(values: Single, window: int) -> Single:
    """Return windows that cover each sample `OVERLAP` times, (k · m, w); beyond its ends the series is mirrored.

    Args:
        values: (k, n) standardised.
        window: Samples of a window, a multiple of `OVERLAP`, at most n.
    """
    wide = np.pad(values, ((0, 0), (window, window + _short(values.shape[1], window))), mode="symmetric")
    every = np.lib.stride_tricks.sliding_window_view(wide, window, axis=1)[:, :: window // OVERLAP]
    return np.ascontiguousarray(every).reshape(-1, window)


def overlaid(outputs: Single, n: int, tones: int) -> Real:
    """Return the weighted mean of the windows' outputs, (k, n): the inverse of `windows`.

    Args:
        outputs: (k · m, w) in the order of `windows`.
        n: Samples of the series.
        tones: k.
    """
    window = outputs.shape[1]
    hop = window // OVERLAP
    weight = taper(window)
    pieces = (outputs.astype(np.float64) * weight).reshape(tones, -1, OVERLAP, hop)
    m = pieces.shape[1]
    total, weights = np.zeros((tones, m + OVERLAP - 1, hop)), np.zeros((m + OVERLAP - 1, hop))
    for part in range(OVERLAP):
        total[:, part : part + m] += pieces[:, :, part]
        weights[part : part + m] += weight.reshape(OVERLAP, hop)[part]
    return np.asarray((total / weights).reshape(tones, -1)[:, window : window + n])


def _short(n: int, window: int) -> int:
    """Return by how many samples a series falls short of a whole number of hops."""
    return -n % (window // OVERLAP)
