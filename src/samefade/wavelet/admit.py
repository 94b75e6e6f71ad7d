"""Admit signals and parameters to the wavelet room, or say with numbers what is wrong with them."""

from types import ModuleType
from typing import Any, NamedTuple

import numpy as np

from samefade.errors import ConstantSignal, EndsDisagree, NotFinite, OutOfRange, TooFewSamples

FEWEST = 16  # samples; with fewer not one row has a sample outside its cone

# Any array of the array-API standard; NumPy's, JAX's, PyTorch's and CuPy's alike.
Array = Any


class Library(NamedTuple):
    """What computes: the array-API namespace of an array, and the FFT module that goes with it."""

    xp: ModuleType
    fft: ModuleType


def library(x: Array) -> Library:
    """Return the library of an array; NumPy's FFT is scipy.fft, as that keeps float32."""
    from array_api_compat import array_namespace, is_numpy_namespace

    xp: ModuleType = array_namespace(x)
    if not is_numpy_namespace(xp):
        return Library(xp, xp.fft)
    import scipy.fft

    return Library(xp, scipy.fft)


def signal(x: Array, name: str = "x") -> Array:
    """Return a signal as a floating array (…, n), integers promoted to float64.

    Raises:
        TooFewSamples: When there are fewer than 16 samples.
        NotFinite: When a value is NaN or infinite.
        OutOfRange: When the values are complex or the array has no axis.
    """
    if not hasattr(x, "__array_namespace__") and not hasattr(x, "dtype"):
        x = np.asarray(x)
    xp = library(x).xp
    if xp.isdtype(x.dtype, "complex floating") or x.ndim < 1:
        raise OutOfRange(name, f"{x.dtype} of shape {tuple(x.shape)}", "real numbers of shape (…, n)")
    if not xp.isdtype(x.dtype, "real floating"):
        x = xp.astype(x, xp.float64)
    if x.shape[-1] < FEWEST:
        raise TooFewSamples(have=x.shape[-1], need=FEWEST)
    if not x.size:
        raise OutOfRange(name, f"shape {tuple(x.shape)}", "at least one signal")
    good = xp.isfinite(x)
    if not bool(xp.all(good)):
        raise NotFinite(name, int(xp.sum(xp.astype(~good, xp.int32))))
    return x


def pair(a: Array, b: Array) -> tuple[Array, Array]:
    """Return two signals of one shape that both vary.

    Raises:
        EndsDisagree: When their shapes differ.
        ConstantSignal: When one of them (or one of a batch) does not vary.
        TooFewSamples, NotFinite, OutOfRange: As `signal`.
    """
    a, b = signal(a, "a"), signal(b, "b")
    if a.shape != b.shape:
        raise EndsDisagree("shape", tuple(a.shape), tuple(b.shape))
    for end, x in (("a", a), ("b", b)):
        xp = library(x).xp
        still = xp.max(x, axis=-1) == xp.min(x, axis=-1)
        if bool(xp.any(still)):
            raise ConstantSignal(end, float(xp.reshape(x[still, ...], (-1,))[0] if x.ndim > 1 else x[0]))
    return a, b


def parameters(rate: float, voices: int) -> None:
    """Refuse a rate or a number of voices that makes no sense.

    Raises:
        OutOfRange: When the rate is not positive and finite, or `voices` not a whole number from 4 to 64.
    """
    if not (np.isfinite(rate) and rate > 0):
        raise OutOfRange("rate", rate, "a positive number of hertz")
    if int(voices) != voices or not 4 <= voices <= 64:
        # below 4 the rows leave holes between them; above 64 they repeat each other
        raise OutOfRange("voices", voices, "a whole number from 4 to 64")


def choice(name: str, value: str, allowed: tuple[str, ...]) -> None:
    """Refuse a word that is not one of a few.

    Raises:
        OutOfRange: When it is not.
    """
    if value not in allowed:
        raise OutOfRange(name, value, " or ".join(allowed))


def changed(x: Array, where: tuple[slice, ...], value: Array, *, add: bool = False) -> Array:
    """Return x with a part replaced or added to; x itself is used up (JAX's arrays cannot change, others do)."""
    if hasattr(x, "at"):
        return x.at[where].add(value) if add else x.at[where].set(value)
    if add:
        x[where] += value
    else:
        x[where] = value
    return x


def filled(x: Array, where: tuple[slice, ...], a: Array, b: Array) -> Array:
    """Return x with a part replaced by a·b; x itself is used up."""
    if isinstance(x, np.ndarray):
        np.multiply(a, b, out=x[where])  # one pass less over memory
        return x
    return changed(x, where, a * b)
