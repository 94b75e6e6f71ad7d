"""Compute the short tags by which two ends see whether their strings are equal."""

import hmac

import numpy as np

from samefade.reconcile.sheet import Sheet
from samefade.types import BitArray, Mask

TAG_BYTES = 8  # of the whole string: an undetected difference has probability 2^-64
CHECK_BYTES = 3  # of one frame, asked only when the whole differs; the tag of the rest decides afterwards


def tag(sheet: Sheet, bits: BitArray, keep: Mask) -> bytes:
    """Return the 64-bit tag of the kept frames of `bits` (rows, width): truncated HMAC-SHA256, keyed in public."""
    told = b"samefade cascade tag" + np.packbits(keep).tobytes()
    return _mac(sheet, told + np.packbits(sheet.gather(bits, keep)).tobytes())[:TAG_BYTES]


def checks(sheet: Sheet, bits: BitArray) -> bytes:
    """Return a 24-bit check of every frame of `bits` (rows, width), one behind the other."""
    out = bytearray()
    for row, size in enumerate(sheet.sizes):
        told = b"samefade cascade check" + row.to_bytes(4, "little")
        out += _mac(sheet, told + np.packbits(bits[row, :size]).tobytes())[:CHECK_BYTES]
    return bytes(out)


def differing(mine: bytes, theirs: bytes) -> Mask:
    """Return which frames' checks differ, (rows,)."""
    own, other = (np.frombuffer(text, np.uint8).reshape(-1, CHECK_BYTES) for text in (mine, theirs))
    return np.asarray((own != other).any(axis=1))


def _mac(sheet: Sheet, told: bytes) -> bytes:
    return hmac.digest(sheet.seed, told, "sha256")
