"""Check what the metrics are given: finite, one-dimensional, of one length, and varying where they must."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from samefade.errors import ConstantSignal, EndsDisagree, NotFinite, OutOfRange, TooFewSamples

Series = NDArray[np.float64]


def series(x: ArrayLike, end: str = "a", *, least: int = 1) -> Series:
    """Return `x` as a finite float64 array (n,).

    Args:
        x: Real numbers, (n,).
        end: Whose it is, for the message.
        least: The fewest samples that make sense.

    Raises:
        OutOfRange: When it is complex or not one-dimensional.
        TooFewSamples: When it holds fewer than `least` samples.
        NotFinite: When it holds NaN or infinite values.
    """
    given = np.asarray(x)
    if np.iscomplexobj(given):
        raise OutOfRange(f"type of {end}", given.dtype, "real numbers; take the amplitude first")
    if given.ndim != 1:
        raise OutOfRange(f"dimensions of {end}", given.ndim, "1: choose one tone")
    if len(given) < least:
        raise TooFewSamples(have=len(given), need=least)
    values = given.astype(np.float64)
    bad = int(np.count_nonzero(~np.isfinite(values)))
    if bad:
        raise NotFinite(end, bad)
    return values


def both(a: ArrayLike, b: ArrayLike, *, least: int = 2) -> tuple[Series, Series]:
    """Return both ends as finite float64 arrays (n,) of one length.

    Raises:
        EndsDisagree: When the lengths differ.
        OutOfRange: As in `series`.
        TooFewSamples: As in `series`.
        NotFinite: As in `series`.
    """
    x, y = series(a, "a", least=least), series(b, "b", least=least)
    if len(x) != len(y):
        raise EndsDisagree("number of samples", len(x), len(y))
    return x, y


def centred(x: Series, end: str) -> Series:
    """Return `x` without its mean, scaled to a largest magnitude of 1, so that squares neither overflow nor vanish.

    Raises:
        ConstantSignal: When all values are equal.
    """
    if x.max() == x.min():
        raise ConstantSignal(end, float(x[0]))
    scaled: Series = x / np.abs(x).max()
    scaled -= scaled.mean()
    return np.asarray(scaled / np.abs(scaled).max())
