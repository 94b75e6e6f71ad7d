"""Run a scenario: one channel, three radios that hear it at their own times, and the truth that no radio knows."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from samefade.channel import esp32, impairments, losses
from samefade.channel.delay_line import DelayLine, delay_line, exponential_taps
from samefade.channel.large_scale import ornstein_uhlenbeck, path_loss
from samefade.channel.scenarios import scenario
from samefade.channel.setting import Radio, Scenario
from samefade.errors import TooFewSamples
from samefade.types import Complex, Float, Integer, Mask, Recording

TRANSMIT_DBM = 15.0
COUNTS = 24.0
RSSI_SPREAD_DB = 0.5
DEVICES = {"a": "AP", "b": "STA", "e": "Eve"}


@dataclass(frozen=True, eq=False)
class Truth:
    """What no radio knows.

    Attributes:
        time: (n,) true seconds at which end a heard each exchange, lost or not.
        fade: (n,) noiseless complex channel on tone 6 at those times, unit mean power before the drift.
        lost: End ("a", "b", "e") → indices of the exchanges that it lost.
        offset: End → what its clock shows at true time 0, seconds.
        drift_ppm: End → how much too fast its clock runs, parts per million.
        lag: Seconds by which b (and Eve) hear each exchange after a.
        eve: Correlation of Eve's scattered gain and of her large-scale fading with the link's.
    """

    time: Float
    fade: Complex
    lost: dict[str, Integer]
    offset: dict[str, float]
    drift_ppm: dict[str, float]
    lag: float
    eve: tuple[float, float]


@dataclass(frozen=True, eq=False)
class World:
    """Three recordings of one simulated channel, and the truth.

    Attributes:
        a: What the first end logged.
        b: What the second end logged, half-duplex later.
        e: What the eavesdropper logged of the packets that b heard.
        truth: What no radio knows.
        scenario: The world that was run.
    """

    a: Recording
    b: Recording
    e: Recording
    truth: Truth
    scenario: Scenario

    def __repr__(self) -> str:
        """Name the scenario and the sizes."""
        return f"World({self.scenario.name!r}, a {len(self.a)}, b {len(self.b)}, e {len(self.e)} packets)"


def simulate(
    world: Scenario | str,
    seed: int | np.random.Generator,
    *,
    tones: tuple[int, ...] | None = None,
    seq: bool = False,
) -> World:
    """Run a scenario.

    The same seed gives the same world; restricting the tones changes neither times, losses nor the fade.

    Args:
        world: A scenario, or the name of one.
        seed: Seed or generator.
        tones: Which of the 64 indices to report; None means all. One tone is many times faster.
        seq: Whether the recordings carry sequence numbers; the ESP32 CSI tool has none.

    Raises:
        UnknownName: When no scenario has this name.
        TooFewSamples: When an end lost every packet.
        OutOfRange: When a parameter is absurd.
    """
    case = scenario(world) if isinstance(world, str) else world
    # one stream for each cause, so that more tones (more noise drawn) leave everything else as it was
    root = np.random.default_rng(seed)
    seeds = root.integers(2**63, size=(case.stations, 4))
    seeds[:, 1] = seeds[0, 1]  # end a is one device, whichever station it talks to
    shape, *ends = (np.random.default_rng(s) for s in seeds[case.turn])
    wanted = esp32.chosen(tones)
    times, small, large = _channel(case, esp32.baseband(_carrying(wanted)), shape)
    recordings: dict[str, Recording] = {}
    lost: dict[str, Integer] = {}
    for end, rng in zip("abe", ends, strict=True):
        radio: Radio = getattr(case, end)
        # what end a adds and loses is drawn over all its packets: gain and bursts go on from station to station
        when = _all_heard(case, seeds[:, 0]) if end == "a" else times[end]
        mine = slice(case.turn, None, case.stations) if end == "a" else slice(None)
        heard = _heard(len(when), radio, rng)[mine]
        lost[end] = np.flatnonzero(~heard)
        active = small[end][:, 1:]
        raw, rssi = _received(active, large[end], when, mine, case, radio, rng)
        recordings[end] = _recording(end, case, times[end], heard, wanted, raw, rssi, seq=seq)
    fade = small["a"][:, 0] * 10 ** (large["a"] / 20)
    return World(**recordings, truth=_truth(case, times["a"], fade, lost), scenario=case)


def _carrying(wanted: Integer) -> Integer:
    """Return the tones to compute: tone 6 for the truth first, then the active ones asked for."""
    return np.concatenate([[esp32.FIRST_ACTIVE], wanted[np.isin(wanted, esp32.ACTIVE)]])


def _channel(
    case: Scenario, tones: Float, rng: np.random.Generator
) -> tuple[dict[str, Float], dict[str, Complex], dict[str, Float]]:
    """Draw the shared channel: per end the times (n,), the small-scale gain (n, k) and the large-scale gain (n,) dB."""
    m = case.motion
    a, b = _hearing(case, case.turn, rng)
    times = {"a": a, "b": b, "e": b}
    merged, place = np.unique(np.concatenate([a, b]), return_inverse=True)
    drift = m.drift_db * ornstein_uhlenbeck(merged, m.drift_seconds, rng)[place]
    foreign = m.drift_db * ornstein_uhlenbeck(b, m.drift_seconds, rng)
    large = {"a": drift[: len(a)], "b": drift[len(a) :], "e": case.eve.large(drift[len(a) :], foreign)}
    taps = exponential_taps(m.spread)
    line, own = (delay_line(taps, m.doppler, rng) for _ in range(2))
    steady = np.exp(2j * np.pi * rng.random())
    mixed = case.eve.small(line.taps_at(b), own.taps_at(b))
    paths = {"a": line.taps_at(a), "b": line.taps_at(b), "e": mixed}
    # Eve gets the line of sight in full and in phase: the kinder assumption for her
    return times, {end: _rician(m.k_factor, steady, path, line, tones) for end, path in paths.items()}, large


def _hearing(case: Scenario, turn: int, rng: np.random.Generator) -> tuple[Float, Float]:
    a, b = impairments.hearing_times(case.packets, case.rate, case.lag, case.jitter, rng)
    late = turn / (case.rate * case.stations)
    return a + late, b + late


def _all_heard(case: Scenario, shapes: NDArray[np.int64]) -> Float:
    """Return when end a hears any of its stations, (n·stations,): each link's times are the first that it draws."""
    links = [_hearing(case, i, np.random.default_rng(shape))[0] for i, shape in enumerate(shapes)]
    return np.stack(links, axis=1).ravel()


def _rician(k: float, steady: complex, paths: Complex, line: DelayLine, tones: Float) -> Complex:
    scattered = paths.astype(np.complex64) @ line.steering(tones).astype(np.complex64)  # (n, l) @ (l, k)
    scattered *= np.float32(np.sqrt(1 / (k + 1)))
    scattered += np.complex64(np.sqrt(k / (k + 1)) * steady)
    return scattered


def _heard(n: int, radio: Radio, rng: np.random.Generator) -> Mask:
    alone = losses.independent(n, radio.loss, rng)
    together = losses.bursts(n, radio.burst_loss, radio.burst, rng)
    return alone & together & losses.cut(n, radio.cuts)


def _received(
    small: Complex,
    large: Float,
    when: Float,
    mine: slice,
    case: Scenario,
    radio: Radio,
    rng: np.random.Generator,
) -> tuple[NDArray[np.int8], Integer]:
    """Return what the chip reports of its packets `mine` of all that it hears at the times `when`.

    That is int8 (n, j, 2) of the active tones, and whole-dBm RSSI (n,).
    """
    gain = impairments.gain_steps(when, radio.agc_db, radio.agc_seconds, rng)
    gain += impairments.spikes(len(when), radio.spikes, radio.spike_db, rng)
    level = TRANSMIT_DBM - float(path_loss(case.distance, exponent=case.exponent))
    band = np.mean(np.abs(small) ** 2, axis=1) if small.shape[1] else np.ones(len(small))
    rssi = level + large + 10 * np.log10(band + 1e-9) + RSSI_SPREAD_DB * rng.standard_normal(len(when))[mine]
    csi = small * (10 ** (large / 20)).astype(np.float32)[:, None]
    csi += impairments.noise((len(when), csi.shape[1]), radio.snr_db, rng)[mine]
    csi *= (10 ** (gain[mine] / 20)).astype(np.float32)[:, None]
    return impairments.to_int8(csi, COUNTS), np.clip(np.rint(rssi), -127, 0).astype(np.int64)


def _recording(  # noqa: PLR0913 -- one argument for each part of a recording
    end: str,
    case: Scenario,
    times: Float,
    heard: Mask,
    tones: Integer,
    active: NDArray[np.int8],
    rssi: Integer,
    *,
    seq: bool,
) -> Recording:
    if not heard.any():
        raise TooFewSamples(have=0, need=1)
    radio: Radio = getattr(case, end)
    return Recording(
        device=f"{DEVICES[end]}, simulated",
        time=impairments.own_clock(times, radio.offset, radio.drift_ppm)[heard],
        clock="own clock of the simulated node",
        raw=esp32.filled(active[heard], tones),
        rssi=rssi[heard],
        seq=np.flatnonzero(heard) if seq else None,
        tones=tones,
        about={"format": "simulated", "scenario": case.name, **esp32.facts(tones)},
    )


def _truth(case: Scenario, time: Float, fade: Complex, lost: dict[str, Integer]) -> Truth:
    radios: dict[str, Radio] = {end: getattr(case, end) for end in "abe"}
    return Truth(
        time=time,
        fade=fade,
        lost=lost,
        offset={end: radio.offset for end, radio in radios.items()},
        drift_ppm={end: radio.drift_ppm for end, radio in radios.items()},
        lag=case.lag,
        eve=(case.eve.correlation, case.eve.shared),
    )
