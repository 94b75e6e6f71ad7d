"""How fast the gain of a path forgets itself: models of correlation over time.

Each model is a record with the verb `gain(delay, doppler)`: the correlation of the scattered complex gain at two times
`delay` seconds apart, where the largest Doppler shift is `doppler` hertz.
It is the correlation of the *complex gain*; that of power, of decibels or of packet averages is smaller and follows
from it (`envelope`, `windows`).

*Notation*: τ delay (s), f_d largest Doppler shift (Hz), J0 the Bessel function of order 0.

Sources: R. H. Clarke, "A statistical theory of mobile-radio reception", 1968, and W. C. Jakes, 1974 (J0);
V. Erceg et al., "TGn channel models", IEEE 802.11-03/940r4 (the bell-shaped spectrum);
K. E. Baddour and N. C. Beaulieu, "Autoregressive modeling for fading channel simulation", 2005 (the fit and its load).
"""

from dataclasses import dataclass
from math import pi, sqrt
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike

from samefade.channel.bounds import count, every, positive, within
from samefade.channel.fading import white
from samefade.channel.large_scale import LIGHT
from samefade.errors import OutOfRange
from samefade.types import Complex, Float

_LONGEST = 1_000_000  # lags of an autoregression that are worked out


class Fading(Protocol):
    """Any model of correlation over time."""

    def gain(self, delay: ArrayLike, doppler: ArrayLike) -> Float:
        """Return the correlation of the complex gain, shape of the arguments broadcast."""
        ...


def doppler(speed: ArrayLike, carrier: ArrayLike = 868e6) -> Float:
    """Return the largest Doppler shift f_d = v·f / c in Hz, for a speed in m/s and a carrier in Hz.

    Raises:
        OutOfRange: When a speed is negative or a carrier is not above 0.
        NotFinite: When a number is NaN or infinite.
    """
    return np.asarray(every("speed", speed, 0) * every("carrier", carrier, 1e-9) / LIGHT)


@dataclass(frozen=True)
class Jakes:
    """Waves of equal strength from all sides of a plane (Clarke's model, Jakes' spectrum): J0(2π·f_d·τ)."""

    def gain(self, delay: ArrayLike, doppler: ArrayLike) -> Float:
        """Return J0(2π·f_d·τ)."""
        from scipy.special import j0

        return np.asarray(j0(2 * pi * np.asarray(doppler, np.float64) * np.asarray(delay, np.float64)))


@dataclass(frozen=True)
class Bell:
    """A bell-shaped spectrum 1 / (1 + A·(f/f_d)²), as around ends that stand still while others move.

    Not cut off at any frequency, its correlation is exp(−2π·f_d·|τ| / √A): a first-order autoregression in continuous
    time, which never becomes negative and has no memory but its last value.

    Attributes:
        shape: A; 9 makes the spectrum a tenth at f_d (TGn).
    """

    shape: float = 9.0

    def __post_init__(self) -> None:
        """Refuse a shape that is none."""
        positive("shape", self.shape)

    def gain(self, delay: ArrayLike, doppler: ArrayLike) -> Float:
        """Return exp(−2π·f_d·|τ| / √A)."""
        turns = np.asarray(doppler, np.float64) * np.abs(np.asarray(delay, np.float64))
        return np.asarray(np.exp(-2 * pi / sqrt(self.shape) * turns))


@dataclass(frozen=True)
class Autoregressive:
    """An autoregression h[i] = Σ_k c_k·h[i−k] + w[i], in steps of so many seconds.

    Its own coefficients say how fast it fades; the Doppler shift given to `gain` is not looked at.
    Between its steps the gain is held, and when a step begins is not known: then the correlation between two lags is
    the straight line between theirs, exactly.

    Attributes:
        coefficients: c_1 … c_p, real, of a stationary process.
        step: Seconds.
    """

    coefficients: tuple[float, ...]
    step: float

    def __post_init__(self) -> None:
        """Refuse an order of zero, and coefficients that no stationary process has."""
        positive("step", self.step)
        if not self.coefficients:
            raise OutOfRange("coefficients", "none", "at least one")
        largest = float(np.max(np.abs(np.roots(np.r_[1.0, -np.asarray(self.coefficients, np.float64)])), initial=0.0))
        if not largest < 1:
            raise OutOfRange("largest root of the autoregression", largest, "below 1")

    def lags(self, most: int) -> Float:
        """Return the correlation at lags 0 … most, in steps, from the Yule–Walker equations.

        Raises:
            OutOfRange: When `most` is negative or above a million.
        """
        from scipy.signal import lfilter, lfiltic

        most = int(within("most", most, 0, _LONGEST))
        c = np.asarray(self.coefficients, np.float64)
        first = self._first()
        if most < len(first):
            return np.asarray(first[: most + 1])
        a = np.r_[1.0, -c]
        start = lfiltic([1.0], a, first[::-1])
        rest, _ = lfilter([1.0], a, np.zeros(most + 1 - len(first)), zi=start)
        return np.concatenate([first, rest])

    def _first(self) -> Float:
        """Return the correlation at lags 0 … p: r[m] = Σ_k c_k·r[|m − k|] with r[0] = 1."""
        c = np.asarray(self.coefficients, np.float64)
        p = len(c)
        system, known = np.eye(p), np.zeros(p)
        for m in range(1, p + 1):
            for k in range(1, p + 1):
                lag = abs(m - k)
                if lag:
                    system[m - 1, lag - 1] -= c[k - 1]
                else:
                    known[m - 1] += c[k - 1]
        return np.concatenate([[1.0], np.linalg.solve(system, known)])

    def gain(self, delay: ArrayLike, doppler: ArrayLike) -> Float:
        """Return the correlation at the delay, straight between the steps.

        Raises:
            OutOfRange: When the delay is above a million steps.
        """
        tau, _ = np.broadcast_arrays(np.abs(np.asarray(delay, np.float64)) / self.step, doppler)
        most = int(np.ceil(np.max(tau, initial=0.0))) if tau.size else 0
        return np.asarray(np.interp(tau, np.arange(most + 1), self.lags(most)))

    def draw(self, n: int, rng: np.random.Generator) -> Complex:
        """Draw n steps (n,), circular Gaussian of unit mean power, stationary from the first on.

        Raises:
            OutOfRange: When n is not a positive whole number.
        """
        from scipy.linalg import toeplitz
        from scipy.signal import lfilter, lfiltic

        n, p = count("n", n), len(self.coefficients)
        r = self._first()
        start = np.linalg.cholesky(toeplitz(r[:p])) @ white(p, rng)
        if n <= p:
            return np.asarray(start[:n])
        power = 1.0 - float(np.dot(self.coefficients, r[1:]))
        a = np.r_[1.0, -np.asarray(self.coefficients, np.float64)]
        # SciPy keeps the filter's state in the type of what it is given last
        state = lfiltic([1.0], a, start[::-1].astype(np.complex128))
        rest, _ = lfilter([1.0], a, np.sqrt(power) * white(n - p, rng), zi=state)
        return np.concatenate([start, rest])


def autoregressive(model: Fading, doppler: float, step: float, order: int = 1, *, load: float = 1e-7) -> Autoregressive:
    """Fit an autoregression to a model: it has the model's correlation at lags 0 … order, and its own beyond.

    A band-limited spectrum such as Jakes' makes the Yule–Walker equations almost singular; a little white noise on
    the zero lag (`load`) keeps them sound, and moves the correlation by about as much (Baddour and Beaulieu 2005).

    Args:
        model: What to fit.
        doppler: Largest Doppler shift, Hz.
        step: Seconds between samples.
        order: Number of coefficients.
        load: Power added to the zero lag.

    Raises:
        OutOfRange: When a parameter is absurd, or the fit has no stationary process.
    """
    from scipy.linalg import solve_toeplitz

    order = count("order", order)
    steps = positive("step", step) * np.arange(order + 1)
    r = np.asarray(model.gain(steps, within("doppler", doppler, 0)), np.float64).copy()
    r[0] += within("load", load, 0, 1)
    return Autoregressive(tuple(solve_toeplitz(r[:-1], r[1:]).tolist()), step)
