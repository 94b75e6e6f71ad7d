"""The filters of one stage, and the coefficients that they give for one segment."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from samefade.types import Float
from samefade.wavelet import morlet
from samefade.wavelet.admit import Array, Library, changed
from samefade.wavelet.plan import Level, Stage

BLOCK = 131072  # coefficients that are worked on at once, so that they stay in the processor's cache


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


def blocks(
    stage: Stage, level: Level, points: int, *, circle: str, like: Array, lib: Library, peaks: Float | None = None
) -> Iterator[Block]:
    """Yield the filters of a level, a few rows at a time.

    Args:
        stage: Where the level belongs.
        level: Which rows.
        points: How many coefficients of a row will be held.
        circle: "images": the wavelet is sampled, so its spectrum repeats (ours).
            "half": bins −rate/2 … rate/2 (pycwt); "positive": bins above 0 up to rate/2 (Torrence and Compo's code).
        like: An array, real or complex, of the precision wanted.
        lib: Its library.
        peaks: (S,) the greatest gain of each row of the family; None for 1.
    """
    total = level.stop - level.first
    rows = -(-total // max(1, total // max(4, BLOCK // points)))  # even shares: FFTs of several rows go side by side
    kind = lib.xp.finfo(like.dtype)
    radius = np.sqrt(-2 * np.log(float(kind.eps)))  # beyond it a gain is below the rounding unit
    for first in range(level.first, level.stop, rows):
        scales = stage.scales[first : min(first + rows, level.stop)]
        unit = stage.length / (2 * np.pi * scales[0])  # bins for each rad of sω at the widest filter
        low, high = int(np.floor((morlet.OMEGA - radius) * unit)), int(np.ceil((morlet.OMEGA + radius) * unit)) + 1
        if circle != "images":
            low, high = (-(stage.length // 2) if circle == "half" else 1), stage.length // 2 + (circle != "half")
        gains = scales[:, None] * (2 * np.pi / stage.length * np.arange(low, high))
        gains -= morlet.OMEGA
        gains *= gains
        gains *= -0.5
        np.exp(gains, out=gains)
        if peaks is not None:
            gains *= peaks[first : first + len(scales), None]
        yield Block(first, first + len(scales), low, lib.xp.asarray(gains, dtype=kind.dtype))


def coefficients(spectrum: Array, block: Block, length: int, lib: Library, *, turn: bool) -> Array:
    """Return the coefficients of one block on a grid of `length` points, (rows, length).

    They are exact samples of those on the finer grid: a bin goes to its number modulo the length.

    Args:
        spectrum: (L,) FFT of the segment, divided by L.
        block: The filters.
        length: L divided by a whole number.
        lib: Library of the spectrum.
        turn: Whether to put every bin in its place; without, all coefficients are turned by
            exp(−2πi·low·t/length), which cancels in a product with another signal's.
    """
    y = _bins(spectrum, block.low, block.gains.shape[-1], lib) * block.gains
    while (over := min(y.shape[-1] - length, length)) > 0:
        begin, end = y.shape[-1] - over - length, y.shape[-1] - length
        y = changed(y, (slice(None), slice(begin, end)), y[:, end + length - over :], add=True)[:, :-over]
    if not turn:
        return lib.fft.ifft(y, n=length, axis=-1, norm="forward")
    return lib.fft.ifft(_placed(y, block.low % length, length, lib), axis=-1, norm="forward")


def _placed(y: Array, low: int, length: int, lib: Library) -> Array:
    """Return bins on a circle of `length`, the first of them at `low`."""
    rows, count = y.shape
    straight = min(count, length - low)
    circle = lib.xp.zeros((rows, length), dtype=y.dtype)
    circle = changed(circle, (slice(None), slice(low, low + straight)), y[:, :straight])
    return changed(circle, (slice(None), slice(count - straight)), y[:, straight:])


def _bins(spectrum: Array, low: int, count: int, lib: Library) -> Array:
    """Return bins low … low + count − 1 of a periodic spectrum."""
    size = spectrum.shape[-1]
    low %= size
    if low + count <= size:
        return spectrum[low : low + count]
    head = spectrum[low:]
    whole, rest = divmod(count - head.shape[0], size)
    return lib.xp.concat([head, *[spectrum] * whole, spectrum[:rest]])


def smoothing(stage: Stage, level: Level, exponent: float) -> Float:
    """Return Sm_time, exp(−c·s²ω²), as (rows, M): bins 0 … M/2, then the negative ones."""
    m = stage.length // level.thin
    omega = 2 * np.pi / stage.length * np.arange(m // 2 + 1)
    gains = np.square(stage.scales[level.first : level.stop, None] * omega)
    gains *= -exponent
    np.exp(gains, out=gains)
    return np.concatenate([gains, gains[:, (m - 1) // 2 : 0 : -1]], axis=1)
