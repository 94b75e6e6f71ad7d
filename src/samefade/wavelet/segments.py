"""Cut a stage's input into segments, and thin it for the next stage."""

from collections.abc import Iterator

import numpy as np

from samefade.wavelet.admit import Array, Library, changed
from samefade.wavelet.plan import APRON, TAIL, Stage


def spectra(x: Array, stage: Stage, lib: Library) -> Iterator[Array]:
    """Yield the FFT of each segment, (L,), divided by L; x is the record with `stage.tail` samples on either side."""
    for start in stage.starts:
        begin = start - stage.offset + stage.tail
        piece = x[max(0, begin) : min(x.shape[0], begin + stage.length)]
        if begin < 0:
            piece = lib.xp.concat([lib.xp.zeros((-begin,), dtype=x.dtype), piece])
        half = lib.fft.rfft(piece, n=stage.length, norm="forward")
        yield lib.xp.concat([half, lib.xp.conj(lib.xp.flip(half[1 : (stage.length + 1) // 2]))])


def thinned(spectrum: Array, stage: Stage, start: int, lib: Library) -> Array:
    """Return a segment's part of the next stage's input.

    The low-pass is 1 up to a quarter of the new rate and 0 above three quarters of it (to 1e-15): what folds
    falls on frequencies that no row of the next stage hears.
    Its edge is an error function, whose response in time ends after TAIL new samples.
    """
    from scipy.special import erfc

    r, half = stage.shrink, stage.length // stage.shrink
    f = np.arange(half + 1) / half  # in units of the new rate
    gain = lib.xp.asarray(erfc((f - 0.5) * 16 * np.sqrt(2)) / 2, dtype=lib.xp.real(spectrum).dtype)
    y = lib.fft.irfft(spectrum[: half + 1] * gain, n=2 * half, norm="forward")[::2]
    begin, size = stage.offset // r, -(-stage.size // r) - start // r
    last = size <= stage.hop // r
    return y[begin - (TAIL if start == 0 else 0) : begin + (size + TAIL if last else stage.hop // r)]


def delivered(values: Array, stage: Stage, thin: int) -> Array:
    """Return the delivered part of a segment's rows, (rows, M), on a grid of every `thin`-th sample."""
    return values[..., stage.offset // thin : (stage.offset + stage.hop) // thin]


def stretched(values: Array, stage: Stage, lib: Library) -> Array:
    """Return the delivered part of a segment's rows on the signal's own grid, `stage.factor` times as fine.

    Exact to rounding: the rows are band-limited, and fade over an apron on either side before they are periodic.
    """
    from scipy.fft import next_fast_len
    from scipy.special import erf

    if stage.factor == 1:
        return delivered(values, stage, 1)
    inner = min(stage.hop, stage.size)
    size = next_fast_len(inner + 2 * APRON)
    edge = 0.5 + 0.5 * erf((np.arange(APRON) + 0.5 - APRON / 2) / (APRON / 16 * np.sqrt(2)))
    fade = np.concatenate([edge, np.ones(inner), edge[::-1]])
    y = values[..., stage.offset - APRON : stage.offset + inner + APRON]
    y = lib.fft.fft(y * lib.xp.asarray(fade, dtype=lib.xp.real(y).dtype), n=size, axis=-1, norm="forward")
    y = lib.fft.ifft(padded(y, size * stage.factor, lib), axis=-1, norm="forward")
    return y[..., APRON * stage.factor : (APRON + inner) * stage.factor]


def padded(spectrum: Array, length: int, lib: Library) -> Array:
    """Return a two-sided spectrum with empty bins in its middle, `length` bins in all."""
    m = spectrum.shape[-1]
    half = (m + 1) // 2
    circle = lib.xp.zeros((*spectrum.shape[:-1], length), dtype=spectrum.dtype)
    circle = changed(circle, (slice(None), slice(half)), spectrum[..., :half])
    return changed(circle, (slice(None), slice(length - m + half, None)), spectrum[..., half:])
