"""Refuse parameters that make no sense, with the number and what is allowed."""

import numpy as np
from numpy.typing import ArrayLike

from samefade.errors import NotFinite, OutOfRange
from samefade.types import Float

MOST_SAMPLES = 100_000_000


def within(parameter: str, value: float, low: float, high: float = np.inf) -> float:
    """Return the value as a float, or refuse it.

    Args:
        parameter: Its name, for the message.
        value: The number to check.
        low: The smallest allowed value.
        high: The largest allowed value; infinite means any finite number.

    Raises:
        OutOfRange: When the value is below, above, NaN or infinite.
    """
    if not (np.isfinite(value) and low <= value <= high):
        ceiling = "a finite number" if np.isinf(high) else f"at most {high:g}"
        raise OutOfRange(parameter, value, f"at least {low:g} and {ceiling}")
    return float(value)


def positive(parameter: str, value: float) -> float:
    """Return the value as a float, or refuse what is not a finite number above zero.

    Raises:
        OutOfRange: When the value is zero, negative, NaN or infinite.
    """
    if not (np.isfinite(value) and value > 0):
        raise OutOfRange(parameter, value, "a finite number above 0")
    return float(value)


def count(parameter: str, value: float, least: int = 1) -> int:
    """Return a number of things as an int, or refuse it.

    Raises:
        OutOfRange: When it is below `least`, not whole, or above a hundred million.
    """
    if not (np.isfinite(value) and least <= value <= MOST_SAMPLES and value == int(value)):
        raise OutOfRange(parameter, value, f"a whole number from {least} to {MOST_SAMPLES}")
    return int(value)


def finite(where: str, values: ArrayLike) -> Float:
    """Return the values as a float64 array, or refuse NaN and infinity.

    Raises:
        NotFinite: When a value is NaN or infinite.
    """
    array = np.asarray(values, dtype=np.float64)
    bad = int(np.count_nonzero(~np.isfinite(array)))
    if bad:
        raise NotFinite(where, bad)
    return array


def increasing(where: str, values: ArrayLike) -> Float:
    """Return the values as a finite one-dimensional float64 array that never steps back, or refuse them.

    Raises:
        NotFinite: When a value is NaN or infinite.
        OutOfRange: When a value is smaller than the one before, or the array is not one-dimensional.
    """
    array = finite(where, values)
    if array.ndim != 1:
        raise OutOfRange(where, f"{array.ndim} axes", "one axis")
    if len(array) > 1 and float(np.min(np.diff(array))) < 0:
        raise OutOfRange(where, float(np.min(np.diff(array))), "values that never step back")
    return array


def every(parameter: str, values: ArrayLike, low: float, high: float = np.inf) -> Float:
    """Return numbers of any shape as float64, or refuse them where one is outside low … high.

    Raises:
        NotFinite: When a number is NaN or infinite.
        OutOfRange: When a number is below or above; it is named.
    """
    array = finite(parameter, values)
    bad = array[(array < low) | (array > high)]
    if bad.size:
        within(parameter, float(bad.flat[0]), low, high)
    return array
