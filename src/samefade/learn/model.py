"""A network's weights as bytes, and back: a format of ours that can hold numbers and nothing else.

| bytes | what |
|---|---|
| 4 | `sfnn` |
| 1, 1 | version (1), kind of network |
| 2 × 4 | window, hidden, channels, kernel: unsigned, the restorer's own |
| 4 | effective length of the network as a filter, samples: float32 |
| 4 each | the weights in the order of the network's fields: float32 |

All little-endian, of exact length, every number finite. The bytes come over the air: whatever a restorer of these sizes
would not have written is refused, and nothing is allocated that they ask for.
"""

import struct
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from samefade.errors import OutOfRange

MAGIC, VERSION = b"sfnn", 1
_HEAD = struct.Struct("<4sBBHHHHf")
HEAD = _HEAD.size
LARGEST = 1e6  # of a weight: no training of standardised values comes near it


class Sizes(NamedTuple):
    """What fixes a network's shape: the kind, and the restorer's numbers; 0 where the kind has no such part."""

    kind: int
    window: int
    hidden: int
    channels: int
    kernel: int


class Packed(NamedTuple):
    """What the bytes hold.

    Attributes:
        weights: (p,) float32.
        length: Samples that the network averages, about, as a filter.
    """

    weights: NDArray[np.float32]
    length: float


def pack(sizes: Sizes, weights: NDArray[np.float32], length: float) -> bytes:
    """Make a model into bytes."""
    return _HEAD.pack(MAGIC, VERSION, *sizes, length) + np.ascontiguousarray(weights, "<f4").tobytes()


def unpack(model: bytes, sizes: Sizes, count: int) -> Packed:
    """Read a model.

    Args:
        model: What was told in public.
        sizes: The shape that this restorer's networks have.
        count: How many weights a network of this shape has.

    Raises:
        OutOfRange: When the bytes are anything else than such a model.
    """
    if len(model) != HEAD + 4 * count:
        raise OutOfRange("bytes of the model", len(model), f"{HEAD + 4 * count}, as networks of these sizes have")
    magic, version, *told, length = _HEAD.unpack_from(model)
    if magic != MAGIC or version != VERSION:
        raise OutOfRange("format of the model", f"{magic!r} {version}", f"{MAGIC!r} {VERSION}")
    if tuple(told) != tuple(sizes):
        raise OutOfRange("sizes of the model", tuple(told), f"{tuple(sizes)}, as this restorer has")
    most = sizes.window / 4
    if not 1 <= length <= most:
        raise OutOfRange("length of the model, samples", length, f"1 to {most:g}")
    weights = np.frombuffer(model, "<f4", offset=HEAD).astype(np.float32)
    if not np.all(np.abs(weights) <= LARGEST):  # false for what is no number, too
        raise OutOfRange("weights of the model", "one that is too large or no number", f"at most {LARGEST:g}")
    return Packed(weights, length)
