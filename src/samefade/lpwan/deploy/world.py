"""Where devices are, how they move, and what a network's rate control chooses for them.

Path loss: M. Hata, "Empirical formula for propagation loss in land mobile radio services", 1980: small city, gateway
at 30 m, device at 1.5 m; measured for 150 to 1500 MHz and 1 to 20 km, and used below 1 km too.
A device stays near its place: what it moves changes its shadows and its fades, and not its distance.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from samefade.channel.correlation import Bell, doppler
from samefade.errors import OutOfRange
from samefade.lpwan.deploy.airing import THRESHOLD, air, floor
from samefade.lpwan.deploy.setting import DAY, Deployment
from samefade.types import Complex

_HIGH, _LOW = 30.0, 1.5  # metres
_NEAREST = 20.0  # metres


@dataclass(frozen=True, eq=False)
class World:
    """What does not change from day to day.

    Attributes:
        place: (n, 2) of devices, metres.
        gateway: (G, 2) of gateways.
        loss: (n, G) path loss, dB.
        motion: (n,) index into the setting's motions.
        travel: (n,) metres of way a second.
        turn: (n,) Doppler shift that fades forget themselves with from frame to frame, Hz.
        k: (n,) Rice's K.
        sf: (n,) spreading factors.
        carrier: Hz.
    """

    place: NDArray[np.float64]
    gateway: NDArray[np.float64]
    loss: NDArray[np.float64]
    motion: NDArray[np.int64]
    travel: NDArray[np.float64]
    turn: NDArray[np.float64]
    k: NDArray[np.float64]
    sf: NDArray[np.int64]
    carrier: float


@dataclass(frozen=True, eq=False)
class State:
    """Where every process of a device stands, all of unit variance.

    Attributes:
        shadows: (n, G + 1) of the links, and Eve's own.
        gains: (n, G + 2) scattered gains of the links, of the answer's own frequency, and Eve's own.
    """

    shadows: NDArray[np.float64]
    gains: Complex


def hata(metres: NDArray[np.float64], carrier: float) -> NDArray[np.float64]:
    """Return the path loss in dB (Hata 1980, small city)."""
    mega = np.log10(carrier / 1e6)
    device = (1.1 * mega - 0.7) * _LOW - (1.56 * mega - 0.8)
    slope = 44.9 - 6.55 * np.log10(_HIGH)
    fixed = 69.55 + 26.16 * mega - 13.82 * np.log10(_HIGH) - device
    return np.asarray(fixed + slope * np.log10(np.maximum(metres, _NEAREST) / 1_000))


def place(setting: Deployment) -> World:
    """Draw the world of a setting, the same whenever it is asked for."""
    rng = np.random.default_rng([setting.seed, 0])
    n, carrier = setting.devices, float(np.mean(setting.region.uplinks[:8]))
    spots = _disk(rng.random((n, 2)), setting.radius)
    masts = _masts(setting.gateways, setting.radius)
    loss = hata(np.linalg.norm(spots[:, None] - masts, axis=2), carrier)
    shares = [share for _, share in setting.motions]
    motion = rng.permutation(np.searchsorted(np.cumsum(shares), (np.arange(n) + 0.5) / n, side="left"))
    motion = np.minimum(motion, len(shares) - 1)
    kinds = [kind for kind, _ in setting.motions]
    travel, k = (np.array([getattr(kind, name) for kind in kinds])[motion] for name in ("travel", "k"))
    turn = np.asarray(doppler(np.array([kind.travel + kind.stir for kind in kinds])[motion], carrier), np.float64)
    steady = np.where(travel[:, None] == 0, begin(setting).shadows[:, :-1] * setting.shadowing.spread, 0.0)
    sf = _chosen(setting, np.max(steady - loss, axis=1))
    return World(spots, masts, loss, motion, travel, turn, k, sf, carrier)


def sample(setting: Deployment, count: int) -> tuple[int, ...]:
    """Return some devices, one of each kind in turn, the first ones of each."""
    motion = place(setting).motion
    turn = np.zeros(len(motion))
    for kind in np.unique(motion):
        turn[motion == kind] = np.arange(np.count_nonzero(motion == kind))
    return tuple(np.lexsort((motion, turn))[:count].tolist())


def begin(setting: Deployment) -> State:
    """Draw where the processes stand when it all begins."""
    return _drawn(setting, 0, 0)


def state(setting: Deployment, world: World, piece: int) -> State:
    """Return where the processes stand when a piece of work begins: steps of days, then of pieces."""
    now = begin(setting)
    day, part = divmod(piece, setting.parts)
    for each in range(1, day + 1):
        now = _moved(setting, world, now, DAY, (each, 0))
    for each in range(1, part + 1):
        now = _moved(setting, world, now, setting.span, (day, each))
    return now


def _moved(setting: Deployment, world: World, now: State, seconds: float, number: tuple[int, int]) -> State:
    shade = np.exp(-seconds * world.travel / setting.shadowing.distance)[:, None]
    fade = Bell().gain(seconds, world.turn)[:, None]
    new = _drawn(setting, *number)
    return State(
        shade * now.shadows + np.sqrt(1 - shade**2) * new.shadows, fade * now.gains + np.sqrt(1 - fade**2) * new.gains
    )


def _drawn(setting: Deployment, day: int, part: int) -> State:
    rng = np.random.default_rng([setting.seed, 2, day, part])
    n, masts = setting.devices, setting.gateways
    gains = rng.standard_normal((n, masts + 2, 2)) @ np.array([1, 1j]) / np.sqrt(2)
    return State(rng.standard_normal((n, masts + 1)), gains)


def _chosen(setting: Deployment, gain: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the lowest spreading factor whose threshold is `margin` below the mean, or the highest there is."""
    table = air(setting.region, setting.payload, setting.noise_figure)
    if setting.sf is not None:
        if setting.sf not in table.factors:
            known = ", ".join(map(str, table.factors))
            raise OutOfRange("spreading factor", setting.sf, f"{known} for {setting.payload} bytes")
        return np.full(len(gain), setting.sf, np.int64)
    snr = table.power + gain - floor(125_000, setting.noise_figure) - setting.margin
    factors = np.array(table.factors)
    fits = snr[:, None] >= np.array([THRESHOLD[sf] for sf in table.factors])
    return np.asarray(np.where(fits.any(axis=1), factors[np.argmax(fits, axis=1)], factors[-1]))


def _disk(unit: NDArray[np.float64], radius: float) -> NDArray[np.float64]:
    far, turn = radius * np.sqrt(unit[:, 0]), 2 * np.pi * unit[:, 1]
    return np.stack([far * np.cos(turn), far * np.sin(turn)], axis=1)


def _masts(count: int, radius: float) -> NDArray[np.float64]:
    """Return gateways spread evenly over the place, along Fermat's spiral; one is in the middle."""
    if count == 1:
        return np.zeros((1, 2))
    i = np.arange(count)
    far, turn = radius * np.sqrt((i + 0.5) / count), i * np.pi * (3 - np.sqrt(5))
    return np.stack([far * np.cos(turn), far * np.sin(turn)], axis=1)
