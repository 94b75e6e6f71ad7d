"""Attack: read every byte of a polar discussion, and count the strings that it leaves.

What a tells is affine in its string: each bit of it is a sum of bits of the string, and a constant. So the strings that
would have answered alike fill a plane, whose size a rank over GF(2) gives exactly.
"""

import numpy as np
import pytest

from samefade.errors import StillDiffers
from samefade.reconcile import Polar
from samefade.reconcile.polar.message import TELL
from samefade.types import Bits, Ledger

SEED = bytes(16)
LAYERS = (100, 60)
N = sum(LAYERS)
SCHEME = Polar(frame=64, list_size=8)


def answerer(values):
    return SCHEME.answer(Bits(values.astype(np.uint8), layers=LAYERS, ledger=Ledger().earn("entropy", 1e4)), SEED)


def discussed(seed, rate):
    """Return a's string, what b asked, and a's ledger after it; b asks on until the strings are equal."""
    rng = np.random.default_rng(seed)
    a = rng.integers(0, 2, N, dtype=np.uint8)
    b = Bits(a ^ (rng.random(N) < rate).astype(np.uint8), layers=LAYERS)
    mine, theirs, asked = answerer(a), SCHEME.correct(b, SEED, max(rate, 0.01)), []
    while (request := theirs.ask()) is not None:
        asked.append(request)
        theirs.hear(mine.answer(request))
    return a, asked, mine.ledger


def told(values, asked):
    """Return every bit that an end with this string answers, tags aside."""
    end = answerer(values)
    heard = [end.answer(request) for request in asked if request[0] == TELL]
    return np.unpackbits(np.frombuffer(b"".join(heard), np.uint8))


def rank(rows):
    """Return the rank over GF(2), by elimination."""
    left, found = [int("".join(map(str, row)), 2) for row in rows], 0
    while left:
        pivot = max(left)
        if not pivot:
            break
        found += 1
        top = pivot.bit_length()
        left = [row ^ pivot if row.bit_length() == top else row for row in left if row is not pivot]
    return found


@pytest.mark.parametrize("rate", [0.005, 0.03, 0.08, 0.15])
@pytest.mark.parametrize("seed", range(3))
def test_the_discussion_leaves_as_many_strings_as_the_account_says(seed, rate):
    try:
        a, asked, ledger = discussed(seed, rate)
    except StillDiffers:
        pytest.skip("this one came to no agreement, and to no key")
    base, one = told(a, asked), np.eye(N, dtype=np.uint8)
    matrix = np.array([told(a ^ one[i], asked) ^ base for i in range(N)])
    # affine, as the count assumes: any two changes together do what each does alone
    rng = np.random.default_rng(seed)
    for _ in range(8):
        change = rng.integers(0, 2, N, dtype=np.uint8)
        assert np.array_equal(told(a ^ change, asked) ^ base, (change @ matrix) % 2)
    paid = {entry.what: -entry.bits for entry in ledger.entries}
    assert rank(matrix) <= paid["polar code, a to b: independent bits and checks"]
    # b's requests are paid besides, and a tag of 128 bits with what was sent of it
    assert paid["polar code, b to a: how often more was needed"] >= 1
    assert paid["verification tags"] >= 64


def test_the_counts_that_b_tells_have_a_prefix_code():
    # Σ 2^−c(r) over all r ≥ 1 is at most 1, whatever the number of frames
    r = np.arange(1, 1_000_000, dtype=float)
    assert (1 / (r * (r + 1))).sum() <= 1
