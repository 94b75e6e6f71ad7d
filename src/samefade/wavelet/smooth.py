"""Smooth the products of two transforms over time and over scales, one segment at a time.

Both smoothings are linear, so they meet on the Fourier side: the spectra of two levels line up bin for bin,
and a row of a neighbouring level is folded or padded there instead of being interpolated.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from types import ModuleType

import numpy as np

from samefade.types import Float
from samefade.wavelet import bank, segments
from samefade.wavelet.admit import Array, changed
from samefade.wavelet.bank import Block
from samefade.wavelet.plan import Level, Stage


@dataclass(frozen=True, eq=False)
class Filters:
    """What smoothing one level needs, made once and used for every segment.

    Attributes:
        level: The rows.
        blocks: The wavelets, a few rows at a time.
        gains: (rows, M) Sm_time.
    """

    level: Level
    blocks: tuple[Block, ...]
    gains: Array


@dataclass(frozen=True, eq=False)
class Products:
    """Spectra of a level's three products after Sm_time, rows × bins: of real ones only the bins 0 … M/2.

    Attributes:
        level: The rows.
        size: M, samples of a segment on the level's grid.
        spectra: Of |W_a|², of |W_b|² and of W_a·W_b*.
    """

    level: Level
    size: int
    spectra: tuple[Array, Array, Array]


def filters(stage: Stage, *, exponent: float, circle: str, like: Array, xp: ModuleType) -> tuple[Filters, ...]:
    """Return the filters of every level of a stage."""
    return tuple(
        Filters(
            level,
            tuple(bank.blocks(stage, level, circle=circle, like=like, xp=xp)),
            xp.asarray(bank.smoothing(stage, level, exponent), dtype=like.dtype),
        )
        for level in stage.levels
    )


def products(
    a: Array, b: Array, stage: Stage, found: Filters, *, record: int | None, xp: ModuleType, fft: ModuleType
) -> Products:
    """Return the spectra of a level's products; `record` cuts them to so many samples before smoothing."""
    size = stage.length // found.level.thin
    half = size // 2 + 1
    rows = found.level.stop - found.level.first
    spectra = [xp.empty((rows, bins), dtype=a.dtype) for bins in (half, half, size)]
    for block in found.blocks:
        where = slice(block.first - found.level.first, block.stop - found.level.first)
        gains = found.gains[where, :]
        wa, wb = (bank.coefficients(x, block, size, xp=xp, fft=fft, turn=False)[..., :record] for x in (a, b))
        for i, power in enumerate((_power(wa, xp), _power(wb, xp))):
            smooth = fft.rfft(power, n=size, axis=-1) * gains[:, :half]
            spectra[i] = changed(spectra[i], (where, slice(None)), smooth)
        cross = fft.fft(wa * xp.conj(wb), n=size, axis=-1) * gains
        spectra[2] = changed(spectra[2], (where, slice(None)), cross)
    return Products(found.level, size, tuple(spectra))


def smoothed(
    near: list[Products], middle: Products, stage: Stage, taps: tuple[Float, int], *, full: bool, xp: ModuleType,
    fft: ModuleType,
) -> Iterator[tuple[Array, Array, Array]]:  # fmt: skip
    """Yield (|W_a|², |W_b|², W_a·W_b*) smoothed, of each delivered row of a level, a row or more at a time.

    Args:
        near: The level and its neighbours, fine to coarse.
        middle: The level itself.
        stage: Where it belongs.
        taps: The boxcar over scales and how many taps come before a row's own.
        full: Whether to give all samples of the signal.
        xp: Namespace of the arrays.
        fft: Its FFT module.
    """
    level, size = middle.level, middle.size
    first, stop = max(level.first, stage.first), min(level.stop, stage.stop)
    if first >= stop:
        return
    wanted = range(first, stop)
    pa, pb, cross = (_mixed([(p, p.spectra[i]) for p in near], middle, wanted, taps, xp) for i in range(3))
    thin = 1 if full else level.thin
    length = stage.length // thin
    if full:
        scale = length / size
        pa, pb, cross = pa * scale, pb * scale, segments.padded(cross, length, xp=xp)
    pa, pb = (fft.irfft(p, n=length, axis=-1) for p in (pa, pb))
    cross = fft.ifft(cross, axis=-1)
    if full and stage.factor > 1:
        pa, pb = (xp.real(segments.stretched(p + 0j, stage, xp=xp, fft=fft)) for p in (pa, pb))
        yield pa, pb, segments.stretched(cross, stage, xp=xp, fft=fft)
    else:
        yield tuple(segments.delivered(p, stage, thin) for p in (pa, pb, cross))


def _mixed(
    near: list[tuple[Products, Array]], middle: Products, wanted: range, taps: tuple[Float, int], xp: ModuleType
) -> Array:
    """Return the boxcar over scales of one product's spectra, for the rows wanted, on the middle level's grid."""
    boxcar, before = taps
    after = len(boxcar) - 1 - before
    total = None
    for p, spectra in sorted(near, key=lambda item: item[0] is not middle):  # the level itself first
        rows = range(max(p.level.first, wanted.start - before), min(p.level.stop, wanted.stop + after))
        heard = range(max(wanted.start, rows.start - after), min(wanted.stop, rows.stop + before))
        if not rows or not heard:
            continue
        part = spectra[rows.start - p.level.first : rows.stop - p.level.first, :]
        part = _product(_weights(rows, heard, *taps), _fold(part, p.size, middle.size, xp), xp)
        if total is None:
            total = part
            continue
        where = slice(heard.start - wanted.start, heard.stop - wanted.start)
        total = _added(total, where, part, p.size, middle.size)
    return total


def _added(total: Array, rows: slice, part: Array, size: int, wanted: int) -> Array:
    """Return spectra with a part added, on a grid that may be twice as fine as the part's (the new bins are empty)."""
    if size >= wanted:
        return changed(total, (rows, slice(None)), part, add=True)
    part, bins = part * (wanted / size), part.shape[-1]
    if bins != size:
        return changed(total, (rows, slice(bins)), part, add=True)
    half = (size + 1) // 2
    total = changed(total, (rows, slice(half)), part[:, :half], add=True)
    return changed(total, (rows, slice(half - size, None)), part[:, half:], add=True)


def _product(weights: Float, spectra: Array, xp: ModuleType) -> Array:
    if isinstance(spectra, np.ndarray):
        # NumPy would make the weights complex, and multiply four times instead of twice
        reals = np.ascontiguousarray(spectra).view(spectra.real.dtype)
        return (weights.astype(reals.dtype) @ reals).view(spectra.dtype)
    return xp.asarray(weights, dtype=spectra.dtype) @ spectra


def _power(w: Array, xp: ModuleType) -> Array:
    re, im = xp.real(w), xp.imag(w)
    return re * re + im * im


def _weights(rows: range, wanted: range, taps: Float, before: int) -> Float:
    """Return (wanted, rows) weights of the boxcar."""
    tap = np.array(rows)[None, :] - np.array(wanted)[:, None] + before
    weights: Float = np.where((tap >= 0) & (tap < len(taps)), taps[np.clip(tap, 0, len(taps) - 1)], 0.0)
    return weights


def _fold(spectra: Array, size: int, wanted: int, xp: ModuleType) -> Array:
    """Return spectra on a grid of half the size, if that is wanted; the samples that stay are exact."""
    if size <= wanted:
        return spectra
    if spectra.shape[-1] == size:
        return (spectra[..., :wanted] + spectra[..., wanted:]) / 2
    half = wanted // 2 + 1  # bin k + wanted of a real signal is the conjugate of bin wanted − k
    return (spectra[..., :half] + xp.conj(xp.flip(spectra[..., wanted - half + 1 : wanted + 1], axis=-1))) / 2
