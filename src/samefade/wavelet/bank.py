"""The filters of one stage, and the coefficients that they give for one segment."""

from collections.abc import Iterator
from dataclasses import dataclass
from types import ModuleType

import numpy as np

from samefade.types import Float
from samefade.wavelet import morlet
from samefade.wavelet.admit import Array, changed
from samefade.wavelet.plan import Level, Stage

BLOCK = 65536  # coefficients that are worked on at once, so that they stay in the processor's cache


@dataclass(frozen=True, eq=False)
class Block:
    """A few rows of a level with their filters.

    Attributes:
        first, stop: The rows, as indices into the family.
        low: The first Fourier bin that the filters pass; it may be negative.
        gains: (rows, bins) of the filters.
    """

    first: int
    stop: int
    low: int
    gains: Array


def blocks(stage: Stage, level: Level, *, circle: str, like: Array, xp: ModuleType) -> Iterator[Block]:
    """Yield the filters of a level, a few rows at a time.

    Args:
        stage: Where the level belongs.
        level: Which rows.
        circle: "images": the wavelet is sampled, so its spectrum repeats (ours).
            "half": bins −rate/2 … rate/2 (pycwt); "positive": bins above 0 up to rate/2 (Torrence and Compo's code).
        like: An array of the precision wanted.
        xp: Its namespace.
    """
    rows = max(4, BLOCK * level.thin // stage.length)
    radius = np.sqrt(-2 * np.log(float(xp.finfo(like.dtype).eps)))
    for first in range(level.first, level.stop, rows):
        scales = stage.scales[first : min(first + rows, level.stop)]
        unit = stage.length / (2 * np.pi * scales[0])  # bins for each rad of sω at the widest filter
        low, high = int(np.floor((morlet.OMEGA - radius) * unit)), int(np.ceil((morlet.OMEGA + radius) * unit)) + 1
        if circle != "images":
            low, high = (-(stage.length // 2) if circle == "half" else 1), stage.length // 2 + (circle != "half")
        u = scales[:, None] * (2 * np.pi / stage.length * np.arange(low, high))
        yield Block(first, first + len(scales), low, xp.asarray(morlet.spectrum(u), dtype=like.dtype))


def coefficients(spectrum: Array, block: Block, length: int, *, xp: ModuleType, fft: ModuleType, turn: bool) -> Array:
    """Return the coefficients of one block on a grid of `length` points, (rows, length).

    They are exact samples of those on the finer grid: a bin goes to its number modulo the length.

    Args:
        spectrum: (L,) FFT of the segment, divided by L.
        block: The filters.
        length: L divided by a whole number.
        xp: Namespace of the spectrum.
        fft: Its FFT module.
        turn: Whether to put every bin in its place; without, all coefficients are turned by
            exp(−2πi·low·t/length), which cancels in a product with another signal's.
    """
    y = _bins(spectrum, block.low, block.gains.shape[-1], xp) * block.gains
    while (over := min(y.shape[-1] - length, length)) > 0:
        begin, end = y.shape[-1] - over - length, y.shape[-1] - length
        y = changed(y, (slice(None), slice(begin, end)), y[:, end + length - over :], add=True)[:, :-over]
    if not turn:
        return fft.ifft(y, n=length, axis=-1, norm="forward")
    if y.shape[-1] < length:
        y = xp.concat([y, xp.zeros((y.shape[0], length - y.shape[-1]), dtype=y.dtype)], axis=-1)
    return fft.ifft(xp.roll(y, block.low % length, axis=-1), axis=-1, norm="forward")


def _bins(spectrum: Array, low: int, count: int, xp: ModuleType) -> Array:
    """Return bins low … low + count − 1 of a periodic spectrum."""
    size = spectrum.shape[-1]
    low %= size
    if low + count <= size:
        return spectrum[low : low + count]
    head = spectrum[low:]
    whole, rest = divmod(count - head.shape[0], size)
    return xp.concat([head, *[spectrum] * whole, spectrum[:rest]])


def smoothing(stage: Stage, level: Level, exponent: float) -> Float:
    """Return Sm_time, exp(−c·s²ω²), as (rows, M): bins 0 … M/2, then the negative ones."""
    m = stage.length // level.thin
    omega = 2 * np.pi / stage.length * np.arange(m // 2 + 1)
    gains = np.square(stage.scales[level.first : level.stop, None] * omega)
    gains *= -exponent
    np.exp(gains, out=gains)
    return np.concatenate([gains, gains[:, (m - 1) // 2 : 0 : -1]], axis=1)
