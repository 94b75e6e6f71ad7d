"""Choose how many errors a frame's code must correct."""

import numpy as np

from samefade.errors import OutOfRange
from samefade.reconcile.bch.code import Code, codes
from samefade.types import Float


def useful(m: int, size: int) -> tuple[Code, ...]:
    """Return the codes whose syndrome is shorter than a frame of `size` bits: any other tells the whole frame."""
    return tuple(one for one in codes(m) if one.redundancy < size)


def failure_rate(size: int, rate: float, errors: int) -> float:
    """Return the probability that a frame of `size` bits has more than `errors` errors: the binomial tail, exact.

    Errors are taken for independent of each other; where they come in bursts, frames fail more often.
    """
    return float(_tails(size, rate)[min(errors, size)])


def choose(m: int, size: int, rate: float, failure: float) -> Code:
    """Return the code that tells least among those that fail at most once in 1/`failure` frames.

    Args:
        m: Degree of the field.
        size: Bits of a frame.
        rate: Expected bit error rate.
        failure: Allowed probability that a frame cannot be decoded.

    Raises:
        OutOfRange: When every code that would do tells the whole frame.
    """
    tails = _tails(size, rate)
    for one in useful(m, size):
        if tails[min(one.t, size)] <= failure:
            return one
    raise OutOfRange("estimate", rate, _advice(m, size, failure))


def _tails(size: int, rate: float) -> Float:
    from scipy.special import bdtrc

    out: Float = np.append(bdtrc(np.arange(size), size, rate), 0.0)
    return out


def _advice(m: int, size: int, failure: float) -> str:
    """Say up to which rate a code exists, and what to do beyond it."""
    beyond = f"above it a code that fails once in {1 / failure:.0f} frames tells all {size} bits; take Cascade"
    known = useful(m, size)
    low, high = 0.0, 0.5
    if not known:
        return f"frames longer than {size} bits"
    for _ in range(20):
        middle = (low + high) / 2
        low, high = (middle, high) if failure_rate(size, middle, known[-1].t) <= failure else (low, middle)
    return f"at most {low:.3f} for frames of {size} bits ({beyond}, or allow more failures)"
