"""Choose how many errors a frame's code must correct."""

import numpy as np

from samefade.errors import TooManyErrors
from samefade.reconcile.bch.code import Code, codes
from samefade.types import Float

_HALF = 0.5  # a code that fails more often than it works is none


def useful(m: int, size: int) -> tuple[Code, ...]:
    """Return the codes whose syndrome is shorter than a frame of `size` bits: any other tells the whole frame."""
    return tuple(one for one in codes(m) if one.redundancy < size)


def failure_rate(size: int, rate: float, errors: int) -> float:
    """Return the probability that a frame of `size` bits has more than `errors` errors: the binomial tail, exact.

    Errors are taken for independent of each other; where they come in bursts, frames fail more often.
    """
    return float(_tails(size, rate)[min(errors, size)])


def choose(m: int, size: int, rate: float, failure: float | None) -> Code:
    """Return the code that tells least among those that fail rarely enough.

    Args:
        m: Degree of the field.
        size: Bits of a frame.
        rate: Expected bit error rate.
        failure: Allowed probability that a frame cannot be decoded. None takes the code that costs least on average:
            the syndrome of a frame that is kept, all bits of one that is dropped.

    Raises:
        TooManyErrors: When every code that would do tells the whole frame.
    """
    tails = _tails(size, rate)
    allowed = _HALF if failure is None else failure
    able = [one for one in useful(m, size) if tails[min(one.t, size)] <= allowed]
    if not able:
        raise TooManyErrors(estimate=rate, why=_advice(m, size, allowed))
    if failure is not None:
        return able[0]
    return max(able, key=lambda one: (1 - tails[min(one.t, size)]) * (size - one.redundancy))


def _tails(size: int, rate: float) -> Float:
    from scipy.special import bdtrc

    out: Float = np.append(bdtrc(np.arange(size), size, rate), 0.0)
    return out


def _advice(m: int, size: int, failure: float) -> str:
    """Say up to which rate a code exists, and what to do beyond it."""
    beyond = f"above it every BCH code fails more than once in {1 / failure:,.0f} frames; take Cascade"
    known = useful(m, size)
    low, high = 0.0, 0.5
    if not known:
        return f"frames longer than {size} bits"
    for _ in range(20):
        middle = (low + high) / 2
        low, high = (middle, high) if failure_rate(size, middle, known[-1].t) <= failure else (low, middle)
    return f"at most {low:.3f} for frames of {size} bits ({beyond}, or allow more failures)"
