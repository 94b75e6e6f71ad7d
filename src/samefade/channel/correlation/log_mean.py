"""Decibels of a power that is averaged over a packet: mean first, logarithm after, as a radio reports its strength.

No closed form is known to the project; these are two-dimensional integrals, good to about 10⁻⁴ nepers².
From ln x = ∫ (e^(−s) − e^(−sx))/s ds, with the joint Laplace transform M(s, t) = E exp(−sX − tY) of two averages,
cov(ln X, ln Y) = ∫∫ (M(s, t) − M(s)·M(t)) / (st) ds dt.

The gain is Gaussian, so M is known: with R the covariance of the gain at Gauss–Legendre nodes of both packets (weights
in it), m its steady part there, S = diag(s, …, t, …), M = exp(−m*·(S⁻¹ + R)⁻¹·m) / det(1 + S·R).
Noise of power ν on each of L readings turns s into s' = s/(1 + sν/L), and puts (1 + sν/L)^(−L) before it.
In ln s and ln t the integrand is smooth and falls on all sides: the trapezoid rule converges exponentially.

A packet of more than three turns averages over many fades; there Gamma variables with the right mean, variance and
correlation are close (`envelope.gamma_log_covariance`), and `Channel.level` takes them.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from samefade.channel.correlation.sight import LineOfSight
from samefade.channel.correlation.windows import Kernel, legendre
from samefade.types import Complex, Float

_STEP = 0.75
_GRID = np.arange(-12.0, 12.0 + _STEP / 2, _STEP)
_LEAST = 1e-7  # of the mean power: smaller components of a packet are left out
_UNHEARD = 1e-3  # a correlation of the gain below which the covariance of levels, of its square, is nothing
_AT_ONCE = 1 << 19
MOST_TURNS = 3.0


class Packet(NamedTuple):
    """One end's average: centre and length (s), noise of one reading in units of the mean power, number of readings."""

    centre: ArrayLike
    length: ArrayLike
    noise: ArrayLike
    readings: int


def log_variance(kernel: Kernel, sight: LineOfSight, packet: Packet, doppler: ArrayLike) -> Float:
    """Return the variance of ln of an averaged power, nepers², of the arguments' broadcast shape.

    NaN where the packet holds more than three turns of the Doppler shift: its components would be too many.
    """
    parts = np.broadcast_arrays(*(np.asarray(p, np.float64) for p in (packet.length, packet.noise, doppler)))
    length, noise, fd = (p.ravel() for p in parts)
    out = np.full(length.shape, np.nan)
    for of in _groups(length * fd):
        at = _Average.of(kernel, sight, np.zeros(len(of)), length[of], fd[of])
        s = np.exp(_GRID) / (1 + noise[of][:, None])  # (n, g)
        alone = at.transform(s, noise[of], packet.readings)
        both = at.transform((s[:, :, None] + s[:, None, :]).reshape(len(of), -1), noise[of], packet.readings)
        joint = both.reshape(*s.shape, -1) - alone[:, :, None] * alone[:, None, :]
        out[of] = _STEP**2 * joint.sum(axis=(1, 2))
    return out.reshape(parts[0].shape)


def log_covariance(
    kernel: Kernel, sight: LineOfSight, first: Packet, second: Packet, rho: ArrayLike, doppler: ArrayLike
) -> Float:
    """Return the covariance of ln of two averaged powers, nepers², of the arguments' broadcast shape.

    NaN where a packet holds more than three turns of the Doppler shift.

    Args:
        kernel: Correlation of the scattered gain over time, of a delay (s) and a Doppler shift (Hz).
        sight: The line of sight, the same at both.
        first: One average.
        second: The other.
        rho: What the correlation of the scattered gain has as a factor beside that over time.
        doppler: Largest Doppler shift, Hz.
    """
    given = (*first[:3], *second[:3], rho, doppler)
    parts = np.broadcast_arrays(*(np.asarray(p, np.float64) for p in given))
    at_a, t_a, n_a, at_b, t_b, n_b, factor, fd = (p.ravel() for p in parts)
    turns, heard = np.maximum(t_a, t_b) * fd, np.abs(factor) > _UNHEARD
    out = np.where(turns > MOST_TURNS, np.nan, np.zeros(fd.shape))
    for of in _groups(np.where(heard, turns, -1.0)):
        a = _Average.of(kernel, sight, at_a[of], t_a[of], fd[of])
        b = _Average.of(kernel, sight, at_b[of], t_b[of], fd[of])
        across = _across(kernel, a, b, fd[of]) * (factor[of] / (1 + sight.k))[:, None, None]
        s, t = (np.exp(_GRID) / (1 + noise[of][:, None]) for noise in (n_a, n_b))
        alone = a.transform(s, n_a[of], first.readings)[:, :, None] * b.transform(t, n_b[of], second.readings)[:, None]
        d_a = a.damped(s / (1 + s * n_a[of][:, None] / first.readings))
        d_b = b.damped(t / (1 + t * n_b[of][:, None] / second.readings))
        out[of] = _STEP**2 * np.sum(alone * _excess(across, d_a, d_b, a.steady, b.steady), axis=(1, 2))
    return out.reshape(parts[0].shape)


class _Average(NamedTuple):
    """Averages over n packets, each in its own uncorrelated components."""

    times: Float  # (n, q)
    basis: Float  # (n, q, r), weights included
    powers: Float  # (n, r), in units of the mean power
    steady: Complex  # (n, r), the line of sight

    @classmethod
    def of(cls, kernel: Kernel, sight: LineOfSight, centre: Float, length: Float, fd: Float) -> "_Average":
        nodes, weights = legendre(_nodes(float(np.max(length * fd))))
        times = centre[:, None] + length[:, None] * nodes / 2
        root = np.sqrt(weights / 2)
        lags = np.abs(times[:, :, None] - times[:, None, :])
        r = np.asarray(kernel(lags, fd[:, None, None])) * root[:, None] * root
        powers, vectors = np.linalg.eigh(r)
        kept = np.flatnonzero(powers.max(axis=0) > _LEAST)
        basis = vectors[:, :, kept] * root[:, None]
        line = np.sqrt(sight.k / (1 + sight.k)) * np.exp(1j * sight.turned(times, fd[:, None]))
        steady = np.einsum("nqr,nq->nr", basis, line)
        return cls(times, basis, np.maximum(powers[:, kept], 0.0) / (1 + sight.k), steady)

    def damped(self, s: Float) -> Float:
        """Return √(s/(1 + sλ)) for each component, (n, g, r)."""
        return np.asarray(np.sqrt(s[..., None] / (1 + s[..., None] * self.powers[:, None])))

    def transform(self, s: Float, noise: Float, readings: int) -> Float:
        """Return M(s), (n, g)."""
        share = 1 + s * noise[:, None] / readings
        inner = s / share
        scattered = np.sum(np.log1p(inner[..., None] * self.powers[:, None]), axis=-1)
        line = np.sum(self.damped(inner) ** 2 * np.abs(self.steady[:, None]) ** 2, axis=-1)
        return np.asarray(np.exp(-scattered - line - readings * np.log(share)))


def _nodes(turns: float) -> int:
    """Return how many nodes follow so many turns of the Doppler shift; one where nothing turns."""
    return 1 if turns == 0 else 6 + int(np.ceil(4 * turns))


def _groups(turns: Float) -> list[NDArray[np.intp]]:
    """Return indices of packets that need about as many nodes; those of too many or negative turns are left out."""
    kind = np.where(turns > 0, np.ceil(2 * np.log2(np.maximum(turns, 0.25))), -9)
    groups = []
    worked = (turns >= 0) & (turns <= MOST_TURNS)
    for each in np.unique(kind[worked]):
        of = np.flatnonzero((kind == each) & worked)
        size = len(of) * len(_GRID) ** 2 * _nodes(float(turns[of].max())) ** 2
        groups += np.array_split(of, min(len(of), 1 + size // (8 * _AT_ONCE)))
    return groups


def _across(kernel: Kernel, a: _Average, b: _Average, fd: Float) -> Float:
    lags = np.abs(a.times[:, :, None] - b.times[:, None, :])
    return np.asarray(np.einsum("nqr,nqp,nps->nrs", a.basis, kernel(lags, fd[:, None, None]), b.basis, optimize=True))


def _excess(across: Float, d_a: Float, d_b: Float, m_a: Complex, m_b: Complex) -> Float:
    """Return M(s, t)/(M(s)·M(t)) − 1, (n, g, g), from the components' covariance (n, r, r')."""
    # with K = D_a·R·D_b, 1 − K·Kᵀ; R·D_b²·Rᵀ does not depend on s
    known = (across[:, None] * d_b[:, :, None] ** 2) @ across.swapaxes(-1, -2)[:, None]
    rest = np.eye(across.shape[1]) - d_a[:, :, None, :, None] * known[:, None] * d_a[:, :, None, None, :]
    if not np.any(m_a):
        return np.asarray(1 / np.linalg.det(rest) - 1)
    k = d_a[:, :, None, :, None] * across[:, None, None] * d_b[:, None, :, None, :]
    shape = k.shape[:-2]
    y_a = np.broadcast_to(_columns(m_a)[:, None, None] * d_a[:, :, None, :, None], (*shape, k.shape[-2], 2))
    y_b = np.broadcast_to(_columns(m_b)[:, None, None] * d_b[:, None, :, :, None], (*shape, k.shape[-1], 2))
    z_a = np.linalg.solve(rest, y_a - k @ y_b)
    z_b = y_b - k.swapaxes(-1, -2) @ z_a
    line = np.sum(y_a * (z_a - y_a), axis=(-2, -1)) + np.sum(y_b * (z_b - y_b), axis=(-2, -1))
    return np.asarray(np.exp(-line) / np.linalg.det(rest) - 1)


def _columns(m: Complex) -> Float:
    return np.stack([m.real, m.imag], axis=-1)
