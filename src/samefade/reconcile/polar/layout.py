"""Lay a string out for a polar code: layers, a public shuffle of each, and frames of about equal size."""

import hmac
import struct
from dataclasses import dataclass
from functools import lru_cache
from hashlib import shake_256
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from samefade.reconcile.polar.order import padded
from samefade.types import BitArray

HALF_TAG_BYTES = 4  # each end hears one half of the 64-bit tag
CHECK_BYTES = 3  # of one frame, asked only when the whole differs
MOST_LAYERS = 255


@dataclass(frozen=True)
class Layout:
    """How a string is cut; equal at both ends.

    Attributes:
        layers: Bits of each layer, in order; they make up the string.
        frame: Bits in a frame at most; the frames of a layer differ by one bit at most.
        check: Bits of the check that is told of each frame.
        seed: Public seed of the shuffles.
    """

    layers: tuple[int, ...]
    frame: int
    check: int
    seed: bytes

    @property
    def length(self) -> int:
        """Return the bits of the string."""
        return sum(self.layers)

    @property
    def fingerprint(self) -> int:
        """Return 32 bits by which the ends see that they cut alike."""
        return crc32(struct.pack(f"<III{len(self.layers)}I", self.frame, self.check, len(self.layers), *self.layers))

    def span(self, layer: int) -> slice:
        """Return where in the string a layer lies."""
        start = sum(self.layers[:layer])
        return slice(start, start + self.layers[layer])

    def sizes(self, layer: int) -> NDArray[np.int64]:
        """Return the bits of each frame of a layer, (frames,)."""
        return _sizes(self.layers[layer], self.frame)

    @property
    def frames(self) -> int:
        """Return how many frames all layers have together."""
        return sum(len(self.sizes(layer)) for layer in range(len(self.layers)))

    def places(self, layer: int) -> list[NDArray[np.int64]]:
        """Return which bits of the string make up each frame of a layer, shuffled."""
        return _places(self, layer)


@lru_cache(maxsize=32)
def _sizes(length: int, frame: int) -> NDArray[np.int64]:
    frames = -(-length // frame)
    least, longer = divmod(length, frames)
    sizes: NDArray[np.int64] = np.full(frames, least) + (np.arange(frames) < longer)
    sizes.setflags(write=False)
    return sizes


@lru_cache(maxsize=8)
def _places(layout: Layout, layer: int) -> list[NDArray[np.int64]]:
    """Shuffle and cut once what every round asks for, and a replay's other end too."""
    where = _shuffle(layout.seed, layer, layout.layers[layer]) + layout.span(layer).start
    return np.split(where, np.cumsum(layout.sizes(layer))[:-1])


def _shuffle(seed: bytes, layer: int, size: int) -> NDArray[np.int64]:
    """Draw a public order."""
    told = b"samefade polar shuffle" + struct.pack("<I", layer) + seed
    keys = np.frombuffer(shake_256(told).digest(8 * size), "<u8")
    return np.argsort(keys, kind="stable")


def transform(bits: BitArray) -> BitArray:
    """Return u = x G of x, padded with zeros to a power of two; it is its own inverse.

    G is the Kronecker power of [[1, 0], [1, 1]] (Arikan 2009), in the natural order: with zeros at the end of x, the
    same places of u are zero.
    """
    out = np.zeros(padded(len(bits)), np.uint8)
    out[: len(bits)] = bits
    half = 1
    while half < len(out):
        pairs = out.reshape(-1, 2, half)
        pairs[:, 0] ^= pairs[:, 1]
        half *= 2
    return out


def short_check(bits: BitArray, width: int) -> BitArray:
    """Return the low `width` bits of the CRC-32 of a frame, lowest first, (width,)."""
    value = crc32(np.packbits(bits).tobytes())
    return ((value >> np.arange(width)) & 1).astype(np.uint8)


def long_check(seed: bytes, layer: int, frame: int, bits: BitArray) -> bytes:
    """Return a 24-bit check of a frame that has nothing in common with the short one."""
    told = b"samefade polar check" + struct.pack("<II", layer, frame) + np.packbits(bits).tobytes()
    return hmac.digest(seed, told, "sha256")[:CHECK_BYTES]


def tag(seed: bytes, bits: BitArray) -> tuple[bytes, bytes]:
    """Return the two halves of the 64-bit tag of the string: truncated HMAC-SHA256, keyed in public."""
    told = hmac.digest(seed, b"samefade polar tag" + np.packbits(bits).tobytes(), "sha256")
    return told[:HALF_TAG_BYTES], told[HALF_TAG_BYTES : 2 * HALF_TAG_BYTES]
