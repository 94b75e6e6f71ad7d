"""Count the time of narrowband IoT: resource units, repetitions, and how long after an uplink the downlink can come.

Source: 3GPP TS 36.211, 10.1.2 (resource units) and 10.2.2 (type-B half duplex), TS 36.101 A.2.4; time division since
Release 15, where reciprocity holds in frequency.
Up to 128 repetitions are unverified here.
Gaps are left out: a modem that has sent for 256 ms rests for 40 ms (36.211, 10.1.3.6, unverified), so that longer
blocks take up to a sixth more than is said here.
The energy of a modem is left out: its power, 23 dBm at most, is known, and what it draws from a battery is not.
No published experiment makes keys over NB-IoT: these are the numbers of the standard and nothing more.
"""

from math import pi, sqrt
from typing import Literal

from samefade.errors import OutOfRange

SINGLE, TONE = 3_750, 15_000  # Hz: subcarrier spacings of the uplink
GUARD = 1e-3  # s: a subframe to turn from sending to receiving
GAP = 45e6  # Hz between up and down in bands 8 and 20
_SLOTS = {1: 16, 3: 8, 6: 4, 12: 2}  # of one resource unit with data, by tones
_UNITS = (1, 2, 3, 4, 5, 6, 8, 10)
REPETITIONS = (1, 2, 4, 8, 16, 32, 64, 128)


def resource_unit(tones: int = 1, spacing: int = TONE, *, kind: Literal["data", "control"] = "data") -> float:
    """Return how long one resource unit of NPUSCH is, seconds.

    Args:
        tones: 1, 3, 6 or 12; 1 alone at 3.75 kHz.
        spacing: Hz between subcarriers, 3,750 or 15,000.
        kind: `data` (format 1) or `control` (format 2, one tone).

    Raises:
        OutOfRange: When there is no such unit.
    """
    if spacing not in (SINGLE, TONE):
        raise OutOfRange("spacing", spacing, f"{SINGLE} or {TONE} Hz")
    slots = 4 if kind == "control" else _SLOTS.get(tones)
    if slots is None or (tones != 1 and (spacing == SINGLE or kind == "control")):
        raise OutOfRange("tones", tones, "1, 3, 6 or 12 at 15 kHz; 1 at 3.75 kHz and for control")
    return slots * (2e-3 if spacing == SINGLE else 0.5e-3)


def uplink_time(units: int = 1, repetitions: int = 1, *, tones: int = 1, spacing: int = TONE) -> float:
    """Return how long a block of NPUSCH is on the air, seconds.

    Args:
        units: Resource units of the block, 1 to 6, 8 or 10.
        repetitions: A power of two up to 128.
        tones: Of each unit.
        spacing: Hz between subcarriers.

    Raises:
        OutOfRange: When the standard has no such block.
    """
    if units not in _UNITS:
        raise OutOfRange("resource units", units, "one of " + ", ".join(map(str, _UNITS)))
    if repetitions not in REPETITIONS:
        raise OutOfRange("repetitions", repetitions, "a power of two, 1 to 128")
    return units * repetitions * resource_unit(tones, spacing)


def turn_around(units: int = 1, repetitions: int = 1, *, tones: int = 1, spacing: int = TONE) -> float:
    """Return the least time from the start of an uplink to the start of what comes down, seconds.

    τ ≥ 1 ms + N_rep T_RU: the guard subframe of half duplex after every repetition is sent.

    Raises:
        OutOfRange: When the standard has no such block.
    """
    return GUARD + uplink_time(units, repetitions, tones=tones, spacing=spacing)


def gap_correlation(gap: float = GAP, delay_spread: float = 50e-9) -> float:
    """Return the correlation of the complex gains of two carriers, 1 / √(1 + (2π Δf τ)²).

    Args:
        gap: Δf, Hz; 0 with time division.
        delay_spread: τ, seconds rms of an exponential delay profile.

    Raises:
        OutOfRange: When the gap or the spread is negative.
    """
    for name, value in (("gap", gap), ("delay spread", delay_spread)):
        if not 0 <= value < float("inf"):
            raise OutOfRange(name, value, "at least 0")
    return 1 / sqrt(1 + (2 * pi * gap * delay_spread) ** 2)
