"""Cut a stage's input into segments, and thin it for the next stage."""

from collections.abc import Iterator
from types import ModuleType

import numpy as np

from samefade.wavelet.admit import Array
from samefade.wavelet.plan import APRON, TAIL, Stage


def spectra(x: Array, stage: Stage, *, xp: ModuleType, fft: ModuleType) -> Iterator[Array]:
    """Yield the FFT of each segment, (L,), divided by L; x holds the record with `stage.tail` samples on either side."""
    for start in stage.starts:
        begin = start - stage.offset + stage.tail
        piece = x[max(0, begin) : begin + stage.length]
        if begin < 0:
            piece = xp.concat([xp.zeros((-begin,), dtype=x.dtype), piece])
        yield fft.fft(piece, n=stage.length, norm="forward")


def thinned(spectrum: Array, stage: Stage, start: int, *, xp: ModuleType, fft: ModuleType) -> Array:
    """Return a segment's part of the next stage's input.

    The low-pass is 1 up to a quarter of the new rate and 0 above three quarters of it (to 1e-15): what folds
    falls on frequencies that no row of the next stage hears.
    Its edge is an error function, whose response in time ends after TAIL new samples.
    """
    from scipy.special import erfc

    r, half = stage.shrink, stage.length // stage.shrink
    f = np.arange(half + 1) / half  # in units of the new rate
    gain = xp.asarray(erfc((f - 0.5) * 16 * np.sqrt(2)) / 2, dtype=xp.real(spectrum).dtype)
    y = fft.irfft(spectrum[: half + 1] * gain, n=2 * half, norm="forward")[::2]
    begin, size = stage.offset // r, -(-stage.size // r) - start // r
    last = size <= stage.hop // r
    return y[begin - (TAIL if start == 0 else 0) : begin + (size + TAIL if last else stage.hop // r)]


def delivered(values: Array, stage: Stage, thin: int) -> Array:
    """Return the delivered part of a segment's rows, (rows, M), on a grid of every `thin`-th sample."""
    return values[..., stage.offset // thin : (stage.offset + stage.hop) // thin]


def stretched(values: Array, stage: Stage, *, xp: ModuleType, fft: ModuleType) -> Array:
    """Return the delivered part of a segment's rows on the signal's own grid, `stage.factor` times as fine.

    Exact to rounding: the rows are band-limited, and fade over an apron on either side before they are periodic.
    """
    from scipy.fft import next_fast_len
    from scipy.special import erf

    if stage.factor == 1:
        return delivered(values, stage, 1)
    size = next_fast_len(stage.hop + 2 * APRON)
    edge = 0.5 + 0.5 * erf((np.arange(APRON) + 0.5 - APRON / 2) / (APRON / 16 * np.sqrt(2)))
    fade = np.concatenate([edge, np.ones(stage.hop), edge[::-1]])
    y = values[..., stage.offset - APRON : stage.offset + stage.hop + APRON]
    y = fft.fft(y * xp.asarray(fade, dtype=xp.real(y).dtype), n=size, axis=-1)
    y = padded(y, size * stage.factor, xp=xp)
    y = fft.ifft(y, axis=-1)[..., APRON * stage.factor : (APRON + stage.hop) * stage.factor]
    return y


def padded(spectrum: Array, length: int, *, xp: ModuleType) -> Array:
    """Return a two-sided spectrum on a finer grid of `length` points, scaled so that the samples stay."""
    m = spectrum.shape[-1]
    half = (m + 1) // 2
    zeros = xp.zeros((*spectrum.shape[:-1], length - m), dtype=spectrum.dtype)
    return xp.concat([spectrum[..., :half], zeros, spectrum[..., half:]], axis=-1) * (length / m)
