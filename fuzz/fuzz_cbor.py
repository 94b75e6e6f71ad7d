"""Invariant: whatever bytes come, decode refuses them with Malformed or returns a value whose one spelling they are.

    python fuzz/fuzz_cbor.py --runs 100000 [--seed 1]

Uses atheris where it is installed, else a plain seeded loop.
"""

import random

from mutation import fuzz

from samefade.wire import cbor
from samefade.wire.errors import Malformed

STARTS = [
    cbor.encode(value)
    for value in (
        0,
        -(1 << 64),
        1.5,
        b"bytes",
        "text \u00fc\u6c34",
        [1, [2, [3, b"x"]], None, True],
        {1: 2, "a": [b"b"], b"c": {}},
        [b"\x01", 77, bytes(40)],
    )
]


def target(data: bytes) -> None:
    """Check the invariant on one input."""
    try:
        value = cbor.decode(data)
    except Malformed:
        return
    if cbor.encode(value) != data:
        raise AssertionError(data.hex())


def seeds(rng: random.Random) -> bytes:
    """Return something to begin with."""
    return rng.choice(STARTS)


if __name__ == "__main__":
    fuzz(target, seeds)
