"""Averages over packets: what a correlation over time becomes when each end averages over its own packet.

Two windows of lengths T and S (s), centres τ apart, of a process with correlation ρ:
1/(TS) ∫∫ ρ(τ + y − x) dx dy = ∫ ρ(τ + u)·w(u) du, where w is the trapezoid that two rectangles make.
The double integral is thus a single one; Gauss–Legendre panels of at most one turn of the Doppler shift, cut where the
trapezoid bends and at ρ(0), give it to better than 10⁻⁶.
No closed form is used, and none is needed.
"""

from collections.abc import Callable
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike

from samefade.channel.bounds import every
from samefade.errors import OutOfRange
from samefade.types import Float

Kernel = Callable[[Float, Float], Float]

_NODES = 16
_AT_ONCE = 1 << 20
_MOST_TURNS = 1e5
_MOMENT = 1e-15  # seconds


@lru_cache(maxsize=64)
def legendre(count: int) -> tuple[Float, Float]:
    """Return nodes on −1 … 1 and weights of Gauss–Legendre quadrature, read-only and kept."""
    nodes, weights = np.polynomial.legendre.leggauss(count)
    nodes.flags.writeable = weights.flags.writeable = False
    return nodes, weights


def window_mean(kernel: Kernel, delay: ArrayLike, first: ArrayLike, second: ArrayLike, doppler: ArrayLike) -> Float:
    """Return the mean of kernel(|t − s|, doppler) over t in the first window and s in the second.

    With the correlation of the gain as kernel this is the covariance of averaged gains (of unit power before
    averaging), with its square that of averaged powers of Rayleigh fading (in units of the mean power squared), with
    `envelope.level` of it that of averaged decibels (in units of one reading's variance).
    A correlation needs it three times: `averaged`.

    Args:
        kernel: Even function of a delay (s) and a Doppler shift (Hz), broadcasting.
        delay: From centre to centre, s.
        first: Length of the first window, s; 0 is a snapshot.
        second: Length of the second window, s.
        doppler: Largest Doppler shift, Hz; it says how fine the panels must be.

    Returns:
        Array of the arguments' shape, broadcast.

    Raises:
        OutOfRange: When a length or shift is negative, or a window holds more than 100,000 turns.
        NotFinite: When a number is NaN or infinite.
    """
    lengths = every("first", first, 0), every("second", second, 0)
    parts = every("delay", delay, -np.inf), *lengths, every("doppler", doppler, 0)
    tau, t, s, fd = (np.array(part) for part in np.broadcast_arrays(*parts))
    turns = (t + s) * fd
    if turns.size and turns.max() > _MOST_TURNS:
        raise OutOfRange("turns of the Doppler shift in two windows", float(turns.max()), f"at most {_MOST_TURNS:g}")
    out = np.array(kernel(np.abs(tau), fd), np.float64)
    # pairs of windows that need about as many panels are worked out together
    panels = np.where(t + s > _MOMENT, 2 ** np.ceil(np.log2(np.maximum(turns, 1.0))), 0).astype(int)
    for each in np.unique(panels[panels > 0]):
        of = np.flatnonzero(panels == each)
        for part in np.array_split(of, 1 + 4 * each * _NODES * len(of) // _AT_ONCE):
            out.flat[part] = _mean(kernel, tau.flat[part], t.flat[part], s.flat[part], fd.flat[part], int(each))
    return out


def _mean(kernel: Kernel, tau: Float, t: Float, s: Float, fd: Float, panels: int) -> Float:
    """Return the mean for flat arrays (n,), each of the four pieces cut into as many panels."""
    flat, edge = np.abs(t - s) / 2, (t + s) / 2
    bends = np.sort(np.stack([-edge, -flat, np.clip(-tau, -edge, edge), flat, edge]), axis=0)  # (5, n)
    nodes, weights = legendre(_NODES)
    within = (np.arange(panels)[:, None] + (nodes + 1) / 2).ravel() / panels  # (m,) of 0 … 1
    weight = np.tile(weights, panels) / (2 * panels)
    total, area = np.zeros(tau.shape), np.zeros(tau.shape)
    bent = (edge > flat)[:, None]
    slope = np.where(edge > flat, edge - flat, 1.0)[:, None]
    for low, high in pairwise(bends):
        if np.array_equal(low, high):
            continue
        u = low[:, None] + (high - low)[:, None] * within  # (n, m)
        height = np.where(bent, np.minimum(1.0, (edge[:, None] - np.abs(u)) / slope), 1.0)
        measure = height * weight * (high - low)[:, None]
        total += np.sum(measure * kernel(np.abs(tau[:, None] + u), fd[:, None]), axis=1)
        area += np.sum(measure, axis=1)
    return np.asarray(total / area)


def averaged(kernel: Kernel, delay: ArrayLike, first: ArrayLike, second: ArrayLike, doppler: ArrayLike) -> Float:
    """Return the correlation of two averages over windows, of what has this kernel as covariance; no noise.

    Args:
        kernel: As for `window_mean`, 1 at delay 0.
        delay: From centre to centre, s.
        first: Length of the first window, s.
        second: Length of the second window, s.
        doppler: Largest Doppler shift, Hz.

    Raises:
        OutOfRange: When a length or shift is negative, or a window holds more than 100,000 turns.
        NotFinite: When a number is NaN or infinite.
    """
    across = window_mean(kernel, delay, first, second, doppler)
    own = window_mean(kernel, 0.0, first, first, doppler) * window_mean(kernel, 0.0, second, second, doppler)
    return np.asarray(across / np.sqrt(own))
