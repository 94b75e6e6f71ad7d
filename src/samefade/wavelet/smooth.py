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
from samefade.wavelet.admit import Array
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
        powers: The spectra of |W_a|² and of |W_b|².
        cross: The spectrum of W_a·W_b*.
    """

    level: Level
    size: int
    powers: tuple[Array, Array]
    cross: Array


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
    parts = []
    for block in found.blocks:
        gains = found.gains[block.first - found.level.first : block.stop - found.level.first, :]
        wa, wb = (bank.coefficients(x, block, size, xp=xp, fft=fft, turn=False)[..., :record] for x in (a, b))
        powers = (fft.rfft(_power(w, xp), n=size, axis=-1) * gains[:, :half] for w in (wa, wb))
        parts.append([*powers, fft.fft(wa * xp.conj(wb), n=size, axis=-1) * gains])
    pa, pb, cross = (p[0] if len(p) == 1 else xp.concat(list(p), axis=0) for p in zip(*parts, strict=True))
    return Products(found.level, size, (pa, pb), cross)


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
    weights = _weights([row for p in near for row in range(p.level.first, p.level.stop)], range(first, stop), *taps)
    mix = xp.asarray(weights, dtype=middle.cross.dtype)
    spectra = [
        mix @ xp.concat([_regrid(p.powers[i], p.size, size, real=True, xp=xp) for p in near], axis=0) for i in (0, 1)
    ]
    spectra.append(mix @ xp.concat([_regrid(p.cross, p.size, size, real=False, xp=xp) for p in near], axis=0))
    thin = 1 if full else level.thin
    length = stage.length // thin
    scale = length / size
    pa, pb = (fft.irfft(s * scale if full else s, n=length, axis=-1) for s in spectra[:2])
    cross = fft.ifft(segments.padded(spectra[2], length, xp=xp) if full else spectra[2], axis=-1)
    if full and stage.factor > 1:
        pa, pb = (xp.real(segments.stretched(p + 0j, stage, xp=xp, fft=fft)) for p in (pa, pb))
        yield pa, pb, segments.stretched(cross, stage, xp=xp, fft=fft)
    else:
        yield tuple(segments.delivered(p, stage, thin) for p in (pa, pb, cross))


def _power(w: Array, xp: ModuleType) -> Array:
    re, im = xp.real(w), xp.imag(w)
    return re * re + im * im


def _weights(rows: list[int], wanted: range, taps: Float, before: int) -> Float:
    weights = np.zeros((len(wanted), len(rows)))
    for j, row in enumerate(wanted):
        for i, other in enumerate(rows):
            if 0 <= other - row + before < len(taps):
                weights[j, i] = taps[other - row + before]
    return weights


def _regrid(spectrum: Array, size: int, wanted: int, *, real: bool, xp: ModuleType) -> Array:
    """Return a spectrum on a grid of `wanted` points: folded if coarser, padded if finer; samples stay exact."""
    if size == wanted:
        return spectrum
    if size < wanted and not real:
        return segments.padded(spectrum, wanted, xp=xp)
    if size < wanted:
        zeros = xp.zeros((spectrum.shape[0], wanted // 2 + 1 - spectrum.shape[1]), dtype=spectrum.dtype)
        return xp.concat([spectrum, zeros], axis=-1) * (wanted / size)
    if not real:
        return (spectrum[..., :wanted] + spectrum[..., wanted:]) / 2
    half = wanted // 2 + 1  # bin k + wanted of a real signal is the conjugate of bin wanted − k
    return (spectrum[..., :half] + xp.conj(xp.flip(spectrum[..., wanted - half + 1 : wanted + 1], axis=-1))) / 2
