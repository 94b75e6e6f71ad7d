"""Smooth the products of two transforms over time and over scales, one segment at a time.

Both smoothings are linear, so they meet on the Fourier side: the spectra of two levels line up bin for bin,
and a row of a neighbouring level is folded or padded there instead of being interpolated.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from samefade.types import Float
from samefade.wavelet import bank, segments
from samefade.wavelet.admit import Array, Library, changed, filled
from samefade.wavelet.bank import Block
from samefade.wavelet.kernels import Kernel
from samefade.wavelet.plan import Level, Stage

Three = tuple[Array, Array, Array]  # of |W_a|², of |W_b|², of W_a·W_b*


@dataclass(frozen=True, eq=False)
class Filters:
    """What smoothing one level needs, made once and used for every segment.

    Attributes:
        level: The rows.
        size: M, samples of a segment on the level's grid.
        blocks: The wavelets, a few rows at a time.
        gains: (rows, M) Sm_time.
    """

    level: Level
    size: int
    blocks: tuple[Block, ...]
    gains: Array


@dataclass(frozen=True, eq=False)
class Smoother:
    """Smoothing in one stage.

    Attributes:
        stage: The stage.
        filters: Those of each of its levels.
        taps: The boxcar over scales.
        before: How many taps come before a row's own.
        record: The products are cut to so many samples before smoothing; None leaves them whole.
        full: Whether every sample of the signal is wanted.
        lib: What computes.
    """

    stage: Stage
    filters: tuple[Filters, ...]
    taps: Float
    before: int
    record: int | None
    full: bool
    lib: Library


def smoother(
    stage: Stage, kernel: Kernel, taps: tuple[Float, int], like: Array, lib: Library, *, full: bool
) -> Smoother:
    """Return the smoother of a stage, in the precision of `like`."""
    filters = []
    for level in stage.levels:
        size = stage.length // level.thin
        blocks = tuple(bank.blocks(stage, level, size, circle=kernel.circle, like=like, lib=lib))
        gains = lib.xp.asarray(bank.smoothing(stage, level, kernel.time), dtype=like.dtype)
        filters.append(Filters(level, size, blocks, gains))
    return Smoother(stage, tuple(filters), *taps, stage.size if kernel.trimmed else None, full, lib)


def smoothed(a: Array, b: Array, s: Smoother) -> Iterator[Three]:
    """Yield, for each level with rows to deliver, the three products smoothed, (rows, samples) each.

    Args:
        a: (L,) FFT of a segment of one signal, divided by L.
        b: That of the other.
        s: The smoother.
    """
    near: list[tuple[Filters, Three]] = []
    for i, found in enumerate(s.filters):
        near = [*near[-2:], (found, _products(a, b, s, found))]
        if i > 0:
            yield from _delivered(near, near[-2][0], s)
    if near:
        yield from _delivered(near[-2:], near[-1][0], s)


def power(w: Array, lib: Library) -> Array:
    """Return |w|²."""
    square = lib.xp.square(lib.xp.real(w))  # three times as fast as a product, on the strided halves of numbers
    square += lib.xp.square(lib.xp.imag(w))
    return square


def _products(a: Array, b: Array, s: Smoother, found: Filters) -> Three:
    """Return the spectra of a level's products after Sm_time: of real ones only the bins 0 … M/2."""
    xp, fft, size = s.lib.xp, s.lib.fft, found.size
    half = size // 2 + 1
    spectra = [xp.empty((found.gains.shape[0], bins), dtype=a.dtype) for bins in (half, half, size)]
    for block in found.blocks:
        where = slice(block.first - found.level.first, block.stop - found.level.first), slice(None)
        gains = found.gains[where]
        wa, wb = (bank.coefficients(x, block, size, s.lib, turn=False)[:, : s.record] for x in (a, b))
        for i, w in enumerate((wa, wb)):
            spectra[i] = filled(spectra[i], where, fft.rfft(power(w, s.lib), n=size, axis=-1), gains[:, :half])
        cross = xp.conj(wb)
        cross *= wa
        spectra[2] = filled(spectra[2], where, fft.fft(cross, n=size, axis=-1), gains)
    return spectra[0], spectra[1], spectra[2]


def _delivered(near: list[tuple[Filters, Three]], middle: Filters, s: Smoother) -> Iterator[Three]:
    """Yield the rows of a level after Sm_scale, from the spectra of the level and of its neighbours."""
    rows = range(max(middle.level.first, s.stage.first), min(middle.level.stop, s.stage.stop))
    if not rows:
        return
    ordered = sorted(near, key=lambda item: item[0] is not middle)  # the level itself first
    shares = [(share, three) for found, three in ordered if (share := _share(found, rows, s)) is not None]
    pa, pb, cross = (_mixed([(share, three[i]) for share, three in shares], middle, s.lib) for i in range(3))
    thin = 1 if s.full else middle.level.thin
    length = s.stage.length // thin
    if s.full:
        scale = length / middle.size
        pa, pb, cross = pa * scale, pb * scale, segments.padded(cross * scale, length, s.lib)
    pa, pb = (s.lib.fft.irfft(p, n=length, axis=-1) for p in (pa, pb))
    cross = s.lib.fft.ifft(cross, axis=-1)
    if s.full and s.stage.factor > 1:
        pa, pb = (s.lib.xp.real(segments.stretched(p + 0j, s.stage, s.lib)) for p in (pa, pb))
        yield pa, pb, segments.stretched(cross, s.stage, s.lib)
    else:
        pa, pb, cross = (segments.delivered(p, s.stage, thin) for p in (pa, pb, cross))
        yield pa, pb, cross


class Share(NamedTuple):
    """What one level adds to the boxcar over scales of another.

    Attributes:
        found: The level that is heard.
        heard: Which of its rows, counted from its first.
        into: Which of the rows wanted, counted from the first of them.
        weights: (into, heard) of the boxcar.
    """

    found: Filters
    heard: slice
    into: slice
    weights: Float


def _share(found: Filters, rows: range, s: Smoother) -> Share | None:
    level, after = found.level, len(s.taps) - 1 - s.before
    heard = range(max(level.first, rows.start - s.before), min(level.stop, rows.stop + after))
    into = range(max(rows.start, heard.start - after), min(rows.stop, heard.stop + s.before))
    if not heard or not into:
        return None
    tap = np.array(heard)[None, :] - np.array(into)[:, None] + s.before
    weights: Float = np.where((tap >= 0) & (tap < len(s.taps)), s.taps[np.clip(tap, 0, len(s.taps) - 1)], 0.0)
    heard_at = slice(heard.start - level.first, heard.stop - level.first)
    return Share(found, heard_at, slice(into.start - rows.start, into.stop - rows.start), weights)


def _mixed(near: list[tuple[Share, Array]], middle: Filters, lib: Library) -> Array:
    """Return the boxcar over scales of one product's spectra, for some rows, on the middle level's grid."""
    total = None
    for share, spectra in near:
        part = _product(share.weights, _fold(spectra[share.heard, :], share.found.size, middle.size, lib), lib)
        total = part if total is None else _added(total, share.into, part, share.found, middle)
    return total


def _product(weights: Float, spectra: Array, lib: Library) -> Array:
    if isinstance(spectra, np.ndarray):
        # NumPy would make the weights complex, and multiply four times instead of twice
        reals = np.ascontiguousarray(spectra).view(spectra.real.dtype)
        return (weights.astype(reals.dtype) @ reals).view(spectra.dtype)
    return lib.xp.asarray(weights, dtype=spectra.dtype) @ spectra


def _fold(spectra: Array, size: int, wanted: int, lib: Library) -> Array:
    """Return spectra on a grid of half the size, if that is wanted; the samples that stay are exact."""
    if size <= wanted:
        return spectra
    if spectra.shape[-1] == size:
        return (spectra[:, :wanted] + spectra[:, wanted:]) / 2
    half = wanted // 2 + 1  # bin k + wanted of a real signal is the conjugate of bin wanted − k
    upper = lib.xp.flip(spectra[:, wanted - half + 1 : wanted + 1], axis=-1)
    return (spectra[:, :half] + lib.xp.conj(upper)) / 2


def _added(total: Array, rows: slice, part: Array, found: Filters, middle: Filters) -> Array:
    """Return spectra with a part added, on a grid that may be twice as fine as the part's (the new bins are empty)."""
    if found.size >= middle.size:
        return changed(total, (rows, slice(None)), part, add=True)
    part, bins = part * (middle.size / found.size), part.shape[-1]
    if bins != found.size:
        return changed(total, (rows, slice(bins)), part, add=True)
    half = (found.size + 1) // 2
    total = changed(total, (rows, slice(half)), part[:, :half], add=True)
    return changed(total, (rows, slice(half - bins, None)), part[:, half:], add=True)
