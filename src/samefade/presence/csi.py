"""Pack what was heard into few bytes, and read it strictly: one window, one spelling.

CBOR array [format, frames, values, steps a unit, tones]:

- frames: bytes, first counter and then gaps (difference less one), each as a variable-length integer (LEB128);
- values: bytes, by row; "d": whole steps, the first row as such and then differences by tone, zigzag LEB128;
  "f": float32, big-endian.

A value in whole steps (dB, chip counts, or 1/2 … 1/256 of them) comes back exactly; any other is rounded to float32,
and both ends must use what was packed.
Whole dB at 10 packets a second take 2 bytes a sample, so a minute's window needs seven frames of 200 bytes.
"""

from typing import cast

import numpy as np

from samefade.errors import InputError, NotFinite, OutOfRange, RemoteProtocolError
from samefade.presence.heard import Heard
from samefade.types import Float, Integer
from samefade.wire import cbor
from samefade.wire.errors import Malformed

MOST_TONES = 1024
MOST_STEPS = 2**31
MOST_SAMPLES = 1_000_000
_STEPS: tuple[int, ...] = (1, 2, 4, 8, 16, 32, 64, 128, 256)


def pack_csi(numbers: Integer, values: Float) -> bytes:
    """Return the canonical encoding of frame counters (n,) and values (n,) or (n, k).

    Raises:
        EndsDisagree: When there are not as many values as numbers.
        NotFinite: When a value is NaN or infinite, or not a float32.
        OutOfRange: When numbers repeat or are out of order, or there are too many samples or tones.
    """
    heard = Heard(numbers, values)
    if heard.tones > MOST_TONES or len(heard) > MOST_SAMPLES:
        raise OutOfRange("samples", heard.values.shape, f"at most {MOST_SAMPLES:,} of {MOST_TONES:,} tones")
    frames = _written(np.diff(heard.numbers, prepend=-1) - 1)
    step = _step(heard.values)
    if step is None:
        body = _as_float32(heard.values).tobytes()
    else:
        whole = np.rint(heard.values * step).astype(np.int64)
        body = _written(_zigzag(np.diff(whole, axis=0, prepend=0).ravel()))
    return cbor.encode(["d" if step else "f", frames, body, step or 0, heard.tones])


def unpack_csi(data: bytes) -> tuple[Integer, Float]:
    """Read frame counters (n,) and values (n, k).

    Raises:
        RemoteProtocolError: When the bytes are not exactly what `pack_csi` makes of what they hold.
    """
    try:
        numbers, values = _read(data)
        same = pack_csi(numbers, values) == data
    except (Malformed, InputError, ValueError, OverflowError) as why:
        raise RemoteProtocolError(what="samples that cannot be read") from why
    if not same:  # one window, one spelling: what is signed is what is compared
        raise RemoteProtocolError(what="samples in another spelling than the one there is")
    return numbers, values


def _read(data: bytes) -> tuple[Integer, Float]:
    item = cbor.decode(data)
    kinds = (str, bytes, bytes, int, int)
    if not isinstance(item, list) or [type(part) for part in item] != list(kinds):
        raise Malformed("not an array of csi")
    form, frames, body, step, tones = cast("tuple[str, bytes, bytes, int, int]", tuple(item))
    if not 1 <= tones <= MOST_TONES:
        raise Malformed("too many tones")
    gaps = _integers(frames)
    numbers = np.cumsum(gaps + 1) - 1
    if np.any(gaps < 0) or np.any(numbers < 0) or np.any(np.diff(numbers) <= 0):
        raise Malformed("frame counters beyond 63 bits")
    if form == "f":
        return numbers, np.frombuffer(body, ">f4").astype(np.float64).reshape(len(numbers), tones)
    if form != "d" or step not in _STEPS:
        raise Malformed("unknown format")
    whole = np.cumsum(_plain(_integers(body)).reshape(len(numbers), tones), axis=0)
    return numbers, whole / step


def _as_float32(values: Float) -> Float:
    with np.errstate(over="ignore"):
        rounded = values.astype(np.float32) + np.float32(0)  # −0 becomes 0: one spelling
    if bad := int(np.count_nonzero(~np.isfinite(rounded))):
        raise NotFinite("values in float32", bad)
    return np.asarray(rounded.astype(">f4"))


def _step(values: Float) -> int | None:
    """Return the coarsest fineness, in steps a unit, at which every value is whole; None where none is."""
    for step in _STEPS:
        scaled = values * step
        if np.all(np.abs(scaled) < MOST_STEPS) and np.array_equal(scaled, np.rint(scaled)):
            return step
    return None


def _zigzag(x: Integer) -> Integer:
    return np.asarray((x << 1) ^ (x >> 63))


def _plain(x: Integer) -> Integer:
    return np.asarray((x >> 1) ^ -(x & 1))


def _written(x: Integer) -> bytes:
    out = bytearray()
    for number in x.tolist():
        rest = number
        while rest > 127:
            out.append(rest & 127 | 128)
            rest >>= 7
        out.append(rest)
    return bytes(out)


def _integers(data: bytes) -> Integer:
    if len(data) > 10 * MOST_SAMPLES * MOST_TONES or (data and data[-1] > 127):
        raise Malformed("an integer without its end")
    found: list[int] = []
    number = shift = 0
    for byte in data:
        number |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            found.append(number)
            number = shift = 0
        elif shift > 56:
            raise Malformed("an integer beyond 63 bits")
    return np.asarray(found, np.int64)
