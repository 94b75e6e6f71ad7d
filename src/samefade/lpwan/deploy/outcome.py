"""What a deployment comes to: what each device delivers, what its pairs share, what Eve leaves, and what limits it.

Secret bits of a pair: I(A;B|E) of readings as if jointly Gaussian, given everybody's reading of the pair before, less
three standard errors, less what reconciliation loses: 1 − β of what the ends share.
How many pairs a key takes then, and what is said for it, is priced by `lpwan.price`, as in the planner.

Why given the pair before: with the chain rule, I(Aⁿ;Bⁿ|Eⁿ) ≥ Σ_k I(A_k;B_k|E_k and all that came before), and slow
shadows that stay from frame to frame must not count again and again. One pair back is all of the past for first-order
processes heard without noise, and nearly all of it here.
It is an estimate of what a scheme could reach, and no key: readings in decibels are not Gaussian, and a real
reconciliation works on real strings; `samefade lpwan simulate --protocol` runs the real thing on some devices.
"""

from collections import Counter
from dataclasses import dataclass
from math import log
from typing import Any

import numpy as np
from numpy.typing import NDArray

from samefade.entropy.joint import ratio
from samefade.lpwan.deploy.limits import LEAST, LOSSES, limits
from samefade.lpwan.deploy.setting import DAY, Deployment
from samefade.lpwan.deploy.tally import Tally
from samefade.lpwan.deploy.world import World, place
from samefade.lpwan.energy import SX1276, uplink_energy
from samefade.lpwan.regions import DataRate
from samefade.lpwan.spare import largest_payload

ERRORS = 3.0  # standard errors that are taken off
LIFE = 3_652.5  # days: what takes longer than ten years, a battery's life at best, is no key
_STILL = 0.01  # dB: a reading that varies less shares nothing; what is left is digits


@dataclass(frozen=True, eq=False)
class Outcomes:
    """What came of each device; arrays are (n,), NaN where there were too few pairs.

    Attributes:
        setting: The deployment.
        world: Its world.
        tally: What was counted.
        correlation: (n, 3) of the ends, of the gateway with Eve, of the device with Eve.
        shared: Bits of a pair that the ends share, given the pair before.
        left: Of these, what Eve leaves, I(A;B|E).
        secret: What is left of that after three standard errors and the reconciliation, at least 0.
        pooled: Days to a key if a run may be of any length; infinite where nothing is left, or it takes over ten years.
        days: To a key with runs as long as the setting has them; infinite where these are too short.
        joules: For the key that `pooled` is about: what hearing the answers and the discussion cost beside ordinary
            traffic; an answer in the first window spares the second.
        joules_alone: The same for all of the frames, where they are sent for it alone.
        limits: What limits each device, in words.
    """

    setting: Deployment
    world: World
    tally: Tally
    correlation: NDArray[np.float64]
    shared: NDArray[np.float64]
    left: NDArray[np.float64]
    secret: NDArray[np.float64]
    pooled: NDArray[np.float64]
    days: NDArray[np.float64]
    joules: NDArray[np.float64]
    joules_alone: NDArray[np.float64]
    limits: tuple[str, ...]

    @property
    def delivered(self) -> NDArray[np.float64]:
        """Return the share of frames that were heard, of those that a device wanted to send."""
        return np.asarray(self.tally.count("heard") / self.tally.count("planned"))

    def total(self) -> dict[str, Any]:
        """Return what the whole deployment comes to, as JSON takes it."""
        tally, seconds = self.tally, self.tally.days * DAY
        keyed, pooled = np.isfinite(self.days), np.isfinite(self.pooled)
        names = ("planned", *[name for name in LOSSES if name != "unasked"], "heard", "answered", "second", "pairs")
        return {
            "devices": self.setting.devices,
            "days": round(tally.days),
            "frames": {name: int(tally.count(name).sum()) for name in names},
            "delivered": float(tally.count("heard").sum() / tally.count("planned").sum()),
            "pairs_a_device_day": float(tally.count("pairs").mean() / tally.days),
            "offered_erlang": tally.up / seconds,
            "gateways_sending": [float(each / seconds) for each in tally.down],
            "devices_with_a_key": int(keyed.sum()),
            "within_the_time": int(np.count_nonzero(self.days <= tally.days)),
            "days_a_key": _quartiles(self.days[keyed]),
            "devices_with_secrecy": int(pooled.sum()),
            "days_a_key_pooled": _quartiles(self.pooled[pooled]),
            "joules_a_key_pooled": _quartiles(self.joules[pooled]),
            "joules_a_key_pooled_alone": _quartiles(self.joules_alone[pooled]),
            "limits": dict(Counter(self.limits).most_common()),
        }

    def device(self, i: int) -> dict[str, Any]:
        """Return one device, as JSON takes it."""
        kind = self.setting.motions[self.world.motion[i]][0]
        ends, with_a, with_b = map(float, self.correlation[i])
        return {
            "device": i,
            "motion": kind.name,
            "sf": int(self.world.sf[i]),
            "metres": float(np.min(np.linalg.norm(self.world.place[i] - self.world.gateway, axis=1))),
            "delivered": float(self.delivered[i]),
            "pairs_a_day": float(self.tally.count("pairs")[i] / self.tally.days),
            "correlation": ends,
            "correlation_gateway_eve": with_a,
            "correlation_device_eve": with_b,
            "shared_bits_a_pair": float(self.shared[i]),
            "bits_a_pair_given_eve": float(self.left[i]),
            "secret_bits_a_pair": float(self.secret[i]),
            "days_a_key": float(self.days[i]),
            "days_a_key_pooled": float(self.pooled[i]),
            "joules_a_key_pooled": float(self.joules[i]),
            "limit": self.limits[i],
        }


def outcomes(setting: Deployment, tally: Tally) -> Outcomes:
    """Judge what was counted.

    Args:
        setting: The deployment.
        tally: Of all its days.
    """
    world = place(setting)
    pairs, n = tally.count("pairs"), tally.moments[:, 0, 0]
    enough = n >= LEAST
    unit, correlation = _correlations(tally.moments, enough)
    # E, then what came before, then A and B, as `ratio` asks; of the ends alone without Eve
    given = unit[:, [2, 3, 4, 5, 0, 1]][:, :, [2, 3, 4, 5, 0, 1]]
    unheard = unit[:, [3, 4, 0, 1]][:, :, [3, 4, 0, 1]]
    left, shared = (_less_bias(ratio(each, 1, 1).nats / (2 * log(2)), n) for each in (given, unheard))
    error = np.sqrt(1 - 2.0 ** (-2 * left)) / (np.sqrt(np.maximum(n - 6, 1)) * log(2))
    hoped = np.where(enough, left - (1 - setting.efficiency) * shared, 0.0)
    secret = np.maximum(hoped - ERRORS * error, 0.0)
    kept = setting.price.kept(secret, setting.key_bits)
    need = setting.price.spoken + kept
    each = np.maximum(pairs, 1)
    pooled = _within_a_life(need * tally.days / each)
    days = np.where(kept <= setting.longest, pooled, np.inf)
    need = np.where(np.isfinite(pooled), need, np.inf)
    hope = _within_a_life((setting.price.spoken + setting.price.kept(hoped, setting.key_bits)) * tally.days / each)
    extra, whole, talk = _energies(setting, world, tally)
    alone = tally.count("sent") / each * whole + talk
    blank = np.where(enough, 0.0, np.nan)
    parts = shared + blank, left + blank, secret, pooled, days, need * (extra + talk), need * alone
    said = limits(setting, world, tally, (shared, left, secret), (days, pooled, hope))
    return Outcomes(setting, world, tally, correlation, *parts, said)


def _within_a_life(days: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(days > LIFE, np.inf, days)


def _correlations(
    moments: NDArray[np.float64], enough: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return correlations of the six readings (n, 6, 6), and of the ends and Eve (n, 3), NaN for too few pairs."""
    count = np.maximum(moments[:, 0, 0], 1)[:, None, None]
    mean = moments[:, 0, 1:] / count[:, :, 0]
    covariance = moments[:, 1:, 1:] / count - mean[:, :, None] * mean[:, None, :]
    spread = np.sqrt(np.maximum(np.diagonal(covariance, axis1=1, axis2=2), 0.0))
    still = spread < _STILL
    scale = np.where(still, 1.0, spread)
    unit = covariance / (scale[:, :, None] * scale[:, None, :])
    unit[still[:, :, None] | still[:, None, :]] = 0.0
    unit[:, range(6), range(6)] = 1.0
    unit[~enough] = np.eye(6)
    ends = np.stack([unit[:, 0, 1], unit[:, 0, 2], unit[:, 1, 2]], axis=1)
    return unit, np.where(enough[:, None], ends, np.nan)


def _less_bias(bits: NDArray[np.float64], n: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return information less what chance alone gives: 1/(2 n ln 2) bits of a real pair, to first order."""
    return np.maximum(bits - 1 / (2 * np.maximum(n - 6, 1) * log(2)), 0.0)


def _energies(setting: Deployment, world: World, tally: Tally) -> tuple[NDArray[np.float64], ...]:
    """Return joules for each pair: an answer beyond two empty windows, a whole exchange, the discussion's blocks."""
    whole, silent, talk = np.zeros((13, 2)), np.zeros(13), np.zeros(13)
    for sf in np.unique(world.sf).tolist():
        rate = setting.region.uplink_rate(sf)
        silent[sf] = uplink_energy(setting.region, rate, setting.payload)
        whole[sf] = [uplink_energy(setting.region, rate, setting.payload, answer=0, window=w) for w in (1, 2)]
        talk[sf] = _talk(setting, rate)
    second = tally.count("second") / np.maximum(tally.count("answered"), 1)
    joules = (1 - second) * whole[world.sf, 0] + second * whole[world.sf, 1]
    return joules - silent[world.sf], joules, talk[world.sf]


def _talk(setting: Deployment, rate: DataRate) -> float:
    """Return joules for each pair of the discussion's blocks, on frames and answers that are sent anyway."""
    region, price = setting.region, setting.price
    most = largest_payload(region, rate)
    size, longer = price.on_frames(rate, setting.payload, most)
    if not size:  # no room beside the payload: frames of their own
        size, longer = most, rate.time_on_air(most)
    down = region.first_window(region.channel(rate), rate.index)[1]
    return price.up / size * SX1276.sending(longer) + price.heard(SX1276, down)


def _quartiles(values: NDArray[np.float64]) -> list[float] | None:
    """Return the quartiles, None of nothing."""
    return [float(v) for v in np.quantile(values, [0.25, 0.5, 0.75])] if len(values) else None
