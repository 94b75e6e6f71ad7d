"""Laws in time, simulated and seen through noise: what `strata` credits of them, and whether `decimated` makes a key.

Who knows the law and where it began can compute all but the noise, so no bit of these records is secret from him.
A learner that knows neither errs by more than the noise; what that leaves is credited, and this counts it.
"""

import sys
from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray

from samefade import api
from samefade.errors import NotEnough
from samefade.schemes import Decimated, Scheme, Strata
from samefade.types import Observation, Pair
from samefade.types.observation import End

Row = dict[str, object]
Series = NDArray[np.float64]
SAMPLES, SNRS, SEED = 9000, (20, 30), bytes(32)
QUICK_SAMPLES, QUICK_SNRS, QUICK_LAWS = 4000, (20,), ("logistic map", "chirp sin 2π√2·t²", "siren")


def orbit(step: Callable[[Series], Series], start: Series, n: int) -> Series:
    """Return the first number of each of n states, (n,)."""
    seen, state = np.empty(n), start
    for i in range(n):
        seen[i], state = state[0], step(state)
    return seen


def logistic(n: int) -> Series:
    """Return x → 4x(1−x) from 0.3 on."""
    return orbit(lambda x: 4 * x * (1 - x), np.array([0.3]), n)


def henon(n: int) -> Series:
    """Return x → 1 − 1.4x² + 0.3y, y → x (Hénon 1976)."""
    return orbit(lambda s: np.array([1 - 1.4 * s[0] ** 2 + 0.3 * s[1], s[0]]), np.array([0.1, 0.1]), n)


def tent(n: int) -> Series:
    """Return the tent map, a little less steep than 2, which floating point would bring to a stop."""
    return orbit(lambda x: 1.9999 * np.minimum(x, 1 - x), np.array([0.3123]), n)


def lattice(n: int, *, coupling: float = 0.1, maps: int = 8) -> Series:
    """Return one of a ring of logistic maps, each coupled to its two neighbours (Kaneko 1984)."""

    def step(z: Series) -> Series:
        own = 4 * z * (1 - z)
        return (1 - coupling) * own + coupling / 2 * (np.roll(own, 1) + np.roll(own, -1))

    return orbit(step, np.random.default_rng(3).random(maps), n)


def lorenz(n: int, *, every: float) -> Series:
    """Return x of the Lorenz system (1963), by Runge and Kutta's fourth order in steps of 0.01 time units or less."""
    steps = int(np.ceil(every / 0.01))
    h = every / steps

    def slope(s: Series) -> Series:
        return np.array([10 * (s[1] - s[0]), s[0] * (28 - s[2]) - s[1], s[0] * s[1] - 8 / 3 * s[2]])

    def step(s: Series) -> Series:
        for _ in range(steps):
            k1 = slope(s)
            k2 = slope(s + h / 2 * k1)
            k3 = slope(s + h / 2 * k2)
            s = s + h / 6 * (k1 + 2 * k2 + 2 * k3 + slope(s + h * k3))
        return s

    return orbit(step, np.array([1.0, 1.0, 20.0]), n + 200)[200:]  # on the attractor by then


def chirp(n: int, *, slower: float = 1) -> Series:
    """Return sin 2π√2·t², or that many times slower; the frequency wraps."""
    return np.sin(2 * np.pi * np.sqrt(2) / slower * np.arange(n, dtype=np.float64) ** 2)


def cubic(n: int) -> Series:
    """Return √2·t³ mod 1."""
    return np.sqrt(2) * np.arange(n, dtype=np.float64) ** 3 % 1


def siren(n: int) -> Series:
    """Return a tone whose frequency swings slowly, with a period of 700 samples."""
    return np.sin(2 * np.pi * np.cumsum(0.25 + 0.2 * np.sin(2 * np.pi * np.arange(n) / 700)))


LAWS: dict[str, Callable[[int], Series]] = {
    "logistic map": logistic,
    "Hénon map": henon,
    "tent map": tent,
    "√2·t³ mod 1": cubic,
    "chirp sin 2π√2·t²": chirp,
    "chirp 100 times slower": partial(chirp, slower=100),
    "lattice of eight logistic maps": lattice,
    "Lorenz's x every 0.1": partial(lorenz, every=0.1),
    "Lorenz's x every 0.3": partial(lorenz, every=0.3),
    "siren": siren,
}


def seen_through(law: Series, snr: float) -> Pair[Observation]:
    """Give each end white noise of its own, so many decibels below the law's power."""
    rng = np.random.default_rng(5)
    deviation, heard = law.std() * 10 ** (-snr / 20), np.ones(len(law), np.bool_)

    def observed(end: End) -> Observation:
        return Observation(20 + law + deviation * rng.standard_normal(len(law)), 10.0, heard, end)

    return Pair(observed("a"), observed("b"))


def keyed(scheme: Scheme, pair: Pair[Observation]) -> tuple[int, float, str]:
    """Return how many keys came of it, the secure bits a kept sample (0 where no key came), and the claim."""
    try:
        report = api.run(scheme, pair, seed=SEED)
    except NotEnough:
        return 0, 0.0, "none"
    keys = len(report.keys_a)
    return keys, report.secure_bits_per_sample if keys else 0.0, report.claim


def rows(*, quick: bool = False) -> list[Row]:
    """Measure both schemes on every law."""
    made: list[Row] = []
    for name in QUICK_LAWS if quick else LAWS:
        law = LAWS[name](QUICK_SAMPLES if quick else SAMPLES)
        for snr in QUICK_SNRS if quick else SNRS:
            print(f"predictable: … {name}, {snr} dB", file=sys.stderr, flush=True)
            made.append(_row(f"{name}, {snr} dB", seen_through(law, snr)))
    return made


def _row(name: str, pair: Pair[Observation]) -> Row:
    _, rate, claim = keyed(Strata(), pair)
    keys = keyed(Decimated(), pair)[0]
    what = f"{name}: secure bits a kept sample that strata credits, claim {claim}; keys of decimated: {keys}"
    bar = "no key of decimated, nothing bounded"
    return {"what": what, "ours": rate, "bar": bar, "holds": keys == 0 and claim != "bounded"}
