"""Read printed integers fast and without guessing: many packets at once, each checked before.

A list that is damaged is named, never mended: one lost integer would shift every pair behind it.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_ALLOWED = b"0123456789- "


def count(body: bytes) -> int | None:
    """Return how many integers a space-separated list holds; None where it is not a clean list of integers.

    What passes here is parsed by `parse` value by value: single spaces, and a digit behind every minus.
    """
    if not body or body.translate(None, _ALLOWED) or b"  " in body or body[0] == 32 or body[-1] in b" -":
        return None
    if body.count(b"-") != body.count(b" -") + (body[0] == 45) or b"- " in body:
        return None
    return body.count(b" ") + 1


def tidy(body: bytes) -> bytes:
    """Return a list with single spaces between its words and none around them."""
    return b" ".join(body.split())


def parse(bodies: Sequence[bytes], size: int) -> NDArray[np.int64]:
    """Return (n, size) integers of n lists that `count` says hold `size` integers each; huge ones saturate."""
    return np.fromstring(b" ".join(bodies), dtype=np.int64, sep=" ").reshape(len(bodies), size)
