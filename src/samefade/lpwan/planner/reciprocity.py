"""Say what of the channel is the same in both directions, and what an eavesdropper shares of it.

The models are those of `samefade.channel.correlation`. End a is the gateway, which hears the uplink, and b the device.
Small-scale fading: waves from all sides of a plane (Jakes), ρ_T = J0(2π f_d τ); between two carriers the exponential
delay profile; a packet's strength is the mean of the power over the packet, in decibels, with noise and rounding.
Large-scale: shadowing with exp(−Δd / d_cor) (Gudmundson).
Eve hears almost without noise, at the very time of the end that she is next to: more than any receiver has.
Next to the device waves come from all sides; to an elevated gateway from a sector of ±.025 rad, as from a ring of 50 m
around a device 2 km away, so that she shares its fading for metres (unverified).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import acos, inf, pi

import numpy as np

from samefade.channel.correlation import (
    Channel,
    Eavesdropper,
    ExponentialProfile,
    Noise,
    Sector,
    Shadowing,
    level,
)
from samefade.channel.correlation import Exchange as Packets
from samefade.lpwan.planner.circumstances import Circumstances
from samefade.lpwan.planner.exchange import Exchange
from samefade.types import Float

GATEWAY_SECTOR = 0.025  # rad
_QUIET = 1e9  # γ of Eve's readings
_FORGOTTEN = 2.4048 / (2 * pi)  # turns of the Doppler shift until J0 is zero: the next probe is new from there on
SURVIVES, PARTLY = 0.7, 0.3  # correlation in dB: a median bit then differs in 25 % and in 40 % of the probes


@dataclass(frozen=True)
class Alike:
    """Three correlations of readings in dB.

    Attributes:
        ends: Of the two ends.
        near: Of Eve with the end that she is next to, 0 without her.
        far: Of Eve with the other end.
    """

    ends: float
    near: float
    far: float


@dataclass(frozen=True)
class Reciprocity:
    """How alike the two readings of one probe are, and Eve's with them.

    Attributes:
        doppler: Largest Doppler shift, Hz.
        time: ρ_T of the complex gain over the turn-around.
        frequency: ρ_f of the complex gain between the two carriers.
        decibel: Of momentary strengths in dB without noise: what J0 becomes, Li2(ρ²) / (π²/6).
        fading: Of the small-scale fading in the readings: packet averages in dB, noise and rounding included.
        raw: Of the readings as they are, shadowing included.
        shadows: Of the shadowing at both times.
        spread: Standard deviation of the small-scale fading in the device's readings, dB.
        still: Seconds until the channel has changed enough for another probe, infinite where nothing moves.
    """

    doppler: float
    time: float
    frequency: float
    decibel: float
    fading: Alike
    raw: Alike
    shadows: float
    spread: float
    still: float

    @property
    def disagreement(self) -> float:
        """Return how often a median bit of the small-scale fading differs, arccos(ρ) / π."""
        return acos(min(max(self.fading.ends, -1.0), 1.0)) / pi

    @property
    def survives(self) -> str:
        """Return whether small-scale fading survives the turn-around: yes, partly or no."""
        return "yes" if self.fading.ends >= SURVIVES else "partly" if self.fading.ends >= PARTLY else "no"


def reciprocity(asked: Circumstances, probe: Exchange) -> Reciprocity:
    """Return what both ends and Eve share of one probe."""
    return over_speeds(asked, probe, [asked.speed])[0]


def over_speeds(asked: Circumstances, probe: Exchange, speeds: Sequence[float]) -> list[Reciprocity]:
    """Return the same at each of several speeds (m/s)."""
    channel = _channel(asked, probe, speeds)
    time, frequency = channel.over_time(), float(channel.profile.gain(probe.gap))
    momentary = level(time * frequency)
    small = channel.covariance(shadowed=False)
    whole = small + _shadows(channel)
    shadows = channel.shadowing.correlation(np.asarray(speeds) * probe.apart)
    return [
        Reciprocity(
            doppler=float(channel.doppler[i]),
            time=float(time[i]),
            frequency=frequency,
            decibel=float(momentary[i]),
            fading=_alike(asked, small[i]),
            raw=_alike(asked, whole[i]),
            shadows=float(shadows[i]),
            spread=float(np.sqrt(small[i, 1, 1])),
            still=_still(replace(asked, speed=speed), float(channel.doppler[i])),
        )
        for i, speed in enumerate(speeds)
    ]


def _channel(asked: Circumstances, probe: Exchange, speeds: Sequence[float]) -> Channel:
    snr = 10 ** (asked.snr / 10)
    eve = Eavesdropper()
    if asked.eve is not None:
        near_device = asked.eve_near == "device"
        eve = Eavesdropper(from_b=asked.eve) if near_device else _at_the_gateway(asked.eve)
    pause = max(probe.apart - (probe.read_up + probe.read_down) / 2, 0.0)
    return Channel(
        carrier=asked.carrier,
        speed=np.asarray(speeds, np.float64),
        exchange=Packets(probe.read_up, pause, probe.read_down),
        profile=ExponentialProfile(asked.delay_spread),
        gap=probe.gap,
        eve=eve,
        shadowing=Shadowing(asked.shadowing, asked.shadow_distance),
        noise=Noise(snr, snr, _QUIET, step=asked.step),
    )


def _at_the_gateway(metres: float) -> Eavesdropper:
    return Eavesdropper(from_a=metres, around_a=Sector(GATEWAY_SECTOR))


def _shadows(channel: Channel) -> Float:
    """Return the covariance of the shadowing (v, 3, 3), dB²; what rounding adds is the same with it and without."""
    ab, ae, be = (np.broadcast_to(each, channel.doppler.shape) for each in channel.shadow_correlations())
    one = np.ones_like(ab)
    rows = [[one, ab, ae], [ab, one, be], [ae, be, one]]
    return np.asarray(channel.shadowing.spread**2 * np.moveaxis(np.array(rows), -1, 0))


def _alike(asked: Circumstances, covariance: Float) -> Alike:
    """Return the correlations of a (3, 3) covariance of gateway, device and Eve."""
    spread = np.sqrt(np.diagonal(covariance))
    rho = np.clip(covariance / np.outer(spread, spread), -1, 1)
    ends, gateway, device = float(rho[0, 1]), float(rho[0, 2]), float(rho[1, 2])
    if asked.eve is None:
        return Alike(ends, 0.0, 0.0)
    return Alike(ends, device, gateway) if asked.eve_near == "device" else Alike(ends, gateway, device)


def _still(asked: Circumstances, shift: float) -> float:
    if not asked.speed:
        return inf
    if asked.shadows_are_secret:
        return asked.shadow_distance / asked.speed
    return _FORGOTTEN / shift
