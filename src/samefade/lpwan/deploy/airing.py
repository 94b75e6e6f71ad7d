"""When frames are sent, and what of the air a region gives them: tables by channel and spreading factor.

The duty cycle is kept strictly: after a frame of T seconds the next one of a transmitter in the same sub-band begins
T / d' after it began, with d' = d − T_longest / 3600 s.
Frames take disjoint slots then, and an hour holds slots of at most one hour and one frame more:
its airtime is at most d' · 3600 s + T_longest = d · 3600 s. `lpwan.duty` keeps the same for one transmitter at a time.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from samefade.errors import OutOfRange
from samefade.lpwan.deploy.setting import Deployment
from samefade.lpwan.regions import DataRate, Region

HOUR = 3_600.0
THERMAL = -174.0  # dBm in a hertz at 290 K
# SNR at which a radio still demodulates, dB: SX1276 data sheet rev. 7, table 13; SF5 and SF6 are not in it
THRESHOLD = {7: -7.5, 8: -10.0, 9: -12.5, 10: -15.0, 11: -17.5, 12: -20.0}


@dataclass(frozen=True, eq=False)
class Air:
    """What the air is like, by spreading factor (index 0 is SF7) and channel.

    Attributes:
        factors: Spreading factors that devices may use.
        channels: Of uplinks, Hz.
        up: (6,) airtime of an uplink, s.
        power: Of devices, dBm EIRP.
        first_air: (6, c) airtime of an answer in the first window, s.
        first_band: (c,) its sub-band.
        first_gap: (c,) Hz between it and the uplink.
        first_link: (6, c, 3) its power at the gateway (dBm), its noise floor (dBm) and its threshold (dB SNR).
        second_air: Airtime of an answer in the second window, s.
        second_band: Its sub-band.
        second_gap: (c,) Hz between it and the uplink.
        second_link: (3,) as in `first_link`.
        up_band: (c,) sub-band of each channel.
        spacing: (bands, 2) s between the starts of frames for each second on the air, of devices and of gateways;
            0 where nothing limits, infinite where nothing may be sent.
        delay: From the end of an uplink to the first window, s.
    """

    factors: tuple[int, ...]
    channels: NDArray[np.int64]
    up: NDArray[np.float64]
    power: float
    first_air: NDArray[np.float64]
    first_band: NDArray[np.int64]
    first_gap: NDArray[np.float64]
    first_link: NDArray[np.float64]
    second_air: float
    second_band: int
    second_gap: NDArray[np.float64]
    second_link: NDArray[np.float64]
    up_band: NDArray[np.int64]
    spacing: NDArray[np.float64]
    delay: float


def floor(bandwidth: float, figure: float) -> float:
    """Return the noise power of a receiver, dBm."""
    return THERMAL + 10 * float(np.log10(bandwidth)) + figure


@lru_cache(maxsize=8)
def air(region: Region, payload: int, figure: float) -> Air:
    """Return the tables of a region for uplinks of this many bytes.

    Raises:
        OutOfRange: When no data rate of 125 kHz carries so many bytes.
    """
    rates = {rate.sf: rate for rate in region.rates if rate.up and rate.bandwidth == 125_000 and rate.sf in THRESHOLD}
    rates = {sf: rate for sf, rate in rates.items() if region.largest(rate) >= max(payload, 1)}
    if not rates:
        raise OutOfRange("payload", payload, f"bytes that a data rate of {region.name} carries")
    channels = region.uplinks[:8]
    up, first_air = np.full(6, np.inf), np.full((6, len(channels)), np.inf)
    first_link = np.zeros((6, len(channels), 3))
    for sf, rate in rates.items():
        up[sf - 7] = rate.time_on_air(payload)
        for c, frequency in enumerate(channels):
            at, down = region.first_window(frequency, rate.index)
            first_air[sf - 7, c] = down.time_on_air(0, down=True)
            first_link[sf - 7, c] = _link(region, at, down, figure)
    first_at = np.array([region.first_window(f, next(iter(rates.values())).index)[0] for f in channels])
    second_at, second = region.second_window()
    bands = list(region.bands)
    longest = float(np.max(up[np.isfinite(up)]))
    second_air = second.time_on_air(0, down=True)
    answers = max(float(np.max(first_air[np.isfinite(first_air)])), second_air)
    return Air(
        factors=tuple(sorted(rates)),
        channels=np.array(channels),
        up=up,
        power=region.power,
        first_air=first_air,
        first_band=np.array([bands.index(region.band(f)) for f in first_at]),
        first_gap=np.abs(first_at - np.array(channels)).astype(np.float64),
        first_link=first_link,
        second_air=second_air,
        second_band=bands.index(region.band(second_at)),
        second_gap=np.abs(second_at - np.array(channels)).astype(np.float64),
        second_link=np.array(_link(region, second_at, second, figure)),
        up_band=np.array([bands.index(region.band(f)) for f in channels]),
        spacing=np.array([[_spacing(band.duty, longest), _spacing(band.duty, answers)] for band in bands]),
        delay=region.delay,
    )


def _link(region: Region, frequency: int, rate: DataRate, figure: float) -> tuple[float, float, float]:
    return region.band(frequency).power, floor(rate.bandwidth, figure), THRESHOLD[rate.sf]


def _spacing(duty: float, longest: float) -> float:
    """Return 1/d', 0 where nothing limits, infinite where one frame alone is too long for an hour."""
    if duty >= 1:
        return 0.0
    left = duty - longest / HOUR
    return 1 / left if left > 0 else np.inf


def starts(
    setting: Deployment, sf: NDArray[np.int64], rng: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Draw when each device sends in a piece of work, and on which channels, with its duty cycle kept.

    A frame that the duty cycle delays beyond the piece is not sent (infinite).
    A piece begins as if the one before had ended with a frame, so that no hour over both holds too much.

    Returns:
        Seconds after its beginning (K, n) for each slot and device, and channels (K, n).
    """
    table = air(setting.region, setting.payload, setting.noise_figure)
    slots, n = setting.slots // setting.parts, len(sf)
    wanted = (np.arange(slots)[:, None] + rng.random((slots, n))) * (setting.span / slots)
    channel = rng.integers(len(table.channels), size=(slots, n))
    airtime = table.up[sf - 7]
    made = wanted.copy()
    for band in np.unique(table.up_band):
        step = table.spacing[band, 0] * airtime
        if not np.any(step):
            continue
        of = table.up_band[channel] == band
        made = np.where(of, _deferred(wanted, of, step) if np.isfinite(table.spacing[band, 0]) else np.inf, made)
    made[made + airtime > setting.span] = np.inf
    return made, channel


def _deferred(wanted: NDArray[np.float64], of: NDArray[np.bool_], step: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return starts in one sub-band that are `step` apart at least: s_k = max_j≤k (w_j + (k − j)·step), j = −1 too."""
    number = np.cumsum(of, axis=0) - 1  # of each frame among those of its sub-band
    lead = np.where(of, wanted - number * step, -np.inf)
    return np.asarray(number * step + np.maximum(np.maximum.accumulate(lead, axis=0), step))
