"""Compute how long a frame is on the air.

LoRa (Semtech, SX1276 data sheet rev. 7, section 4.1.1.7): T_sym = 2^SF / BW,
T = (N_pre + 4.25 + 8 + max(⌈(8 PL − 4 SF + 28 + 16 CRC − 20 IH) / (4 (SF − 2 DE))⌉ (CR + 4), 0)) · T_sym.
SF 5 and 6 are those of the SX126x (SX1261/2 data sheet, section 6.1.4): 6.25 instead of 4.25 symbols, 20 instead of 28.
FSK: a bit takes 1 / bit rate (LoRaWAN Regional Parameters: 5 bytes of preamble, 3 of sync word, 1 of length, 2 of CRC).
LR-FHSS is not here.

*Notation.* PL bytes of the physical payload, CRC 1 with a checksum, IH 1 without a header, DE 1 with low-rate
optimisation, CR 1 to 4 for the coding rates 4/5 to 4/8.
"""

from typing import overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from samefade.errors import OutOfRange

HEADER = 12  # bytes of a LoRaWAN frame without a payload: MHDR 1, FHDR 7, MIC 4 (LoRaWAN 1.0.4, section 4)
PORT = 1  # FPort is there when a payload is
LARGEST = 255  # bytes: the length field of the header has eight bits
BANDWIDTHS = (
    7_812.5, 10_417, 15_625, 20_833, 31_250, 41_667, 62_500, 125_000, 250_000, 500_000,
    203_125, 406_250, 812_500, 1_625_000,
)  # fmt: skip
LONG_SYMBOL = 0.016  # s: from here on a crystal drifts too far within a symbol, and low-rate optimisation is on


@overload
def time_on_air(
    *,
    sf: int,
    payload: int,
    bandwidth: float = 125_000,
    coding: int = 5,
    preamble: int = 8,
    header: bool = True,
    crc: bool = True,
    low_rate: bool | None = None,
) -> float: ...
@overload
def time_on_air(
    *,
    sf: ArrayLike,
    payload: ArrayLike,
    bandwidth: ArrayLike = 125_000,
    coding: ArrayLike = 5,
    preamble: ArrayLike = 8,
    header: ArrayLike = True,
    crc: ArrayLike = True,
    low_rate: ArrayLike | None = None,
) -> float | NDArray[np.float64]: ...
def time_on_air(  # noqa: PLR0913 -- these are the parameters of a LoRa frame
    *,
    sf: ArrayLike,
    payload: ArrayLike,
    bandwidth: ArrayLike = 125_000,
    coding: ArrayLike = 5,
    preamble: ArrayLike = 8,
    header: ArrayLike = True,
    crc: ArrayLike = True,
    low_rate: ArrayLike | None = None,
) -> float | NDArray[np.float64]:
    """Return how long a LoRa frame is on the air, seconds; arrays broadcast against each other.

    Args:
        sf: Spreading factor, 5 to 12.
        payload: Bytes of the physical payload, 0 to 255; `frame_bytes` counts those of a LoRaWAN frame.
        bandwidth: Hz, one that a LoRa radio has.
        coding: 5 to 8, for the coding rates 4/5 to 4/8.
        preamble: Symbols of the preamble as configured, without the 4.25 that the radio adds.
        header: Whether the frame has an explicit header.
        crc: Whether the payload has a checksum: LoRaWAN uplinks do, downlinks do not.
        low_rate: Whether low-rate optimisation is on, or None for symbols of 16 ms or longer.

    Raises:
        OutOfRange: When a parameter is not one of those.
    """
    factor, size = _whole("spreading factor", sf, 5, 12), _whole("payload", payload, 0, LARGEST)
    rate, before = _whole("coding", coding, 5, 8), _whole("preamble", preamble, 1, 65_535)
    hertz = _bandwidth(bandwidth)
    chips = 2**factor
    slow = chips / hertz >= LONG_SYMBOL if low_rate is None else np.asarray(low_rate, dtype=np.bool_)
    small = factor < 7  # SX126x: four bits fewer on the first symbols, and a longer preamble
    bits = 8 * size - 4 * factor + np.where(small, 0, 8) + 20 * np.asarray(header, int) + 16 * np.asarray(crc, int)
    coded = np.maximum(-(-bits // (4 * (factor - 2 * slow))), 0) * rate
    quarters = 4 * (before + 8 + coded) + np.where(small, 25, 17)  # whole numbers, so that one division rounds once
    seconds = quarters * chips / (4 * hertz)
    return float(seconds) if np.ndim(seconds) == 0 else np.asarray(seconds, dtype=np.float64)


def fsk_time_on_air(payload: int, bit_rate: float = 50_000) -> float:
    """Return how long an FSK frame of LoRaWAN is on the air, seconds.

    Args:
        payload: Bytes of the physical payload, 0 to 255.
        bit_rate: Bits a second.

    Raises:
        OutOfRange: When the payload or the rate is impossible.
    """
    if not (np.isfinite(bit_rate) and bit_rate > 0):
        raise OutOfRange("bit rate", bit_rate, "a finite number above 0")
    return 8 * (5 + 3 + 1 + int(_whole("payload", payload, 0, LARGEST)) + 2) / bit_rate


def frame_bytes(payload: int, options: int = 0) -> int:
    """Return the bytes of the physical payload of a LoRaWAN frame: 13 and the payload, 12 without one.

    Args:
        payload: Bytes of FRMPayload.
        options: Bytes of FOpts, 0 to 15.

    Raises:
        OutOfRange: When the frame has no such parts or is longer than 255 bytes.
    """
    for name, value, most in (("payload", payload, LARGEST), ("options", options, 15)):
        if not 0 <= value <= most or value != int(value):
            raise OutOfRange(name, value, f"a whole number from 0 to {most}")
    size = HEADER + int(options) + (PORT + int(payload) if payload else 0)
    if size > LARGEST:
        raise OutOfRange("frame", size, f"at most {LARGEST} bytes")
    return size


def _whole(name: str, value: ArrayLike, low: int, high: int) -> NDArray[np.int64]:
    number = np.asarray(value)
    if number.dtype.kind not in "iuf" or not np.all((number >= low) & (number <= high) & (number == np.floor(number))):
        raise OutOfRange(name, value, f"a whole number from {low} to {high}")
    return np.asarray(number, dtype=np.int64)


def _bandwidth(value: ArrayLike) -> NDArray[np.float64]:
    hertz = np.asarray(value)
    if hertz.dtype.kind not in "iuf" or not np.isin(hertz, BANDWIDTHS).all():
        raise OutOfRange("bandwidth", value, "Hz, one of " + ", ".join(f"{each:g}" for each in BANDWIDTHS))
    return np.asarray(hertz, dtype=np.float64)
