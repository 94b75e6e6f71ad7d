"""Shadows and fades: each a first-order process in the way, or the time, that has passed since the last frame.

Shadows: M. Gudmundson 1991, exp(−Δd / d_cor). Scattered gains from frame to frame: a bell-shaped spectrum,
exp(−2π f_d Δt / 3) (`channel.correlation.Bell`); minutes later a moving device has another fade altogether.
"""

import numpy as np
from numpy.typing import NDArray

from samefade.channel.correlation import Bell
from samefade.lpwan.deploy.setting import Deployment
from samefade.lpwan.deploy.world import State, World
from samefade.types import Complex


def walk(
    setting: Deployment, world: World, begin: State, times: NDArray[np.float64], rng: np.random.Generator
) -> tuple[NDArray[np.float64], Complex]:
    """Draw the processes at every frame of a piece of work.

    Args:
        setting: The deployment.
        world: Its world.
        begin: Where the processes stand when it begins.
        times: (K, n) seconds after its beginning, increasing along K.
        rng: Source of chance.

    Returns:
        Shadows (K, n, G + 1) in dB and scattered gains (K, n, G + 2) of unit power.
    """
    passed = np.diff(times, axis=0, prepend=0.0)
    shade = np.exp(-passed * world.travel / setting.shadowing.distance)
    fade = np.asarray(Bell().gain(passed, world.turn[None, :]), np.float64)
    shadows = rng.standard_normal((*times.shape, setting.gateways + 1))
    gains = rng.standard_normal((*times.shape, setting.gateways + 2, 2)).view(np.complex128)[..., 0] * np.sqrt(0.5)
    _recur(shadows, shade, begin.shadows)
    _recur(gains, fade, begin.gains)
    return setting.shadowing.spread * shadows, gains


def _recur(
    drawn: NDArray[np.float64] | Complex, kept: NDArray[np.float64], first: NDArray[np.float64] | Complex
) -> None:
    """Turn white numbers into x_k = c_k·x_(k−1) + √(1 − c_k²)·w_k, in place."""
    drawn *= np.sqrt(1 - kept**2)[..., None]
    before = first
    for k in range(len(drawn)):
        drawn[k] += kept[k][:, None] * before
        before = drawn[k]
