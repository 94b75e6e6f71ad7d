"""What the pairs of a kind of device share, in closed form: the simulation's counterpart in `channel.correlation`."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from samefade.channel.correlation import Bell, Channel, Exchange, Jakes, LineOfSight, Noise
from samefade.entropy.correlated import correlated_information
from samefade.lpwan.deploy.airing import air, floor
from samefade.lpwan.deploy.setting import Deployment, Motion


@dataclass(frozen=True, eq=False)
class Pair:
    """A pair of readings in the first window, and Eve's.

    Attributes:
        covariance: (3, 3) of the gateway's, the device's and Eve's reading, dB².
        bits: I(A;B|E) of one pair as if Gaussian, with no pair before it.
    """

    covariance: NDArray[np.float64]
    bits: float


def pair(setting: Deployment, kind: Motion, sf: int, loss: float, *, channel: int = 0) -> Pair:
    """Return what one pair shares.

    A device that moves a share of its time is a mixture: its readings have the mean of both covariances, for the
    levels' means are the same. A device that never moves keeps its shadows, which is no variance between its pairs.

    Args:
        setting: The deployment.
        kind: What kind of device.
        sf: Its spreading factor.
        loss: Path loss to its gateway, dB.
        channel: Index of its uplink channel.
    """
    table = air(setting.region, setting.payload, setting.noise_figure)
    delay = float(table.up[sf - 7] / 2 + table.delay + table.first_air[sf - 7, channel] / 2)
    power, noise, _ = table.first_link[sf - 7, channel]
    gain = 10 * np.log10(2.0) * sf
    up = 10 ** ((table.power - loss - floor(125_000, setting.noise_figure) + gain) / 10)
    down = 10 ** ((power - loss - noise + gain) / 10)
    noise_at = Noise(up, down, down if setting.beside_device else up, step=0.0)
    covariance = np.diag([setting.step**2 / 12, setting.step**2 / 12, 0.0])  # of rounding; Eve's radio does not round
    for share, moves in ((kind.active, True), (1 - kind.active, False)):
        made = Channel(
            carrier=float(np.mean(setting.region.uplinks[:8])),
            speed=kind.speed if moves else kind.stir,
            exchange=Exchange(0.0, delay, 0.0),
            fading=Jakes() if moves else Bell(),
            sight=LineOfSight(kind.k),
            profile=setting.profile,
            gap=float(table.first_gap[channel]),
            eve=setting.eve,
            noise=noise_at,
        )
        covariance += share * made.covariance(shadowed=False)
        if kind.travel:
            covariance += share * _shadows(setting, kind.speed * delay if moves else 0.0)
    spread = np.sqrt(np.diagonal(covariance))
    unit = covariance / np.outer(spread, spread)
    bits = correlated_information(unit[0, 1], unit[0, 2], unit[1, 2], circular=False)
    return Pair(covariance, float(bits))


def _shadows(setting: Deployment, moved: float) -> NDArray[np.float64]:
    """Return the covariance of the shadows of gateway, device and Eve, dB²; she shares those of the end beside her."""
    law = setting.shadowing
    ends, eve = float(law.correlation(moved)), float(law.shared(setting.eve.from_a, setting.eve.from_b))
    with_a, with_b = (eve * ends, eve) if setting.beside_device else (eve, eve * ends)
    unit = np.array([[1.0, ends, with_a], [ends, 1.0, with_b], [with_a, with_b, 1.0]])
    return np.asarray(law.spread**2 * unit)
