"""The continuous wavelet transform, every row sampled as finely as it needs."""

from collections.abc import Iterator, Sequence

import numpy as np

from samefade.types import Float, Integer
from samefade.wavelet import admit, bank, morlet, segments
from samefade.wavelet.admit import Array, Library
from samefade.wavelet.plan import Level, Stage, plan
from samefade.wavelet.rows import Transform


def transform(
    x: Array,
    *,
    rate: float,
    voices: int = 12,
    low: float | None = None,
    high: float | None = None,
    grid: str = "decimated",
    norm: str = "L2",
) -> Transform:
    """Transform a signal: W(s, t) = Σ_τ x(τ)·ψ*((τ − t)/s) (Torrence and Compo 1998, equation 2).

    The mean is removed, and the signal is zero outside the record; nothing wraps around.
    Rows on the decimated grid are exact samples of those on the full grid, not approximations:
    the error is about 1e-14 (float64) or 1e-6 (float32) of the largest coefficient of a row's neighbourhood.

    Args:
        x: (n,) or a batch (…, n), real; float32 stays float32, integers become float64.
        rate: Samples per second, Hz.
        voices: Rows an octave.
        low: Lowest row frequency wanted, Hz; None for all, down to a scale as long as the record.
        high: Highest row frequency wanted, Hz; None for all, up to half the rate. What is not asked for costs nothing.
        grid: "decimated", or "full" for rows at every sample of x (n·S numbers).
        norm: "L2" or "L1", see `Transform`.

    Returns:
        The rows from high to low frequency.

    Raises:
        TooFewSamples, NotFinite: When the signal cannot be used.
        OutOfRange: When a parameter makes no sense.
    """
    x = admit.signal(x)
    admit.parameters(rate, voices)
    admit.choice("norm", norm, ("L2", "L1"))
    admit.choice("grid", grid, ("decimated", "full"))
    n, full = x.shape[-1], grid == "full"
    scales = morlet.family(morlet.SMALLEST, morlet.count(n, voices), voices)
    found = morlet.between(scales, rate, low, high)
    stages = list(plan(n, scales, (found.first, found.stop), (0, 0), full=full))
    factors = morlet.norm(scales, norm)
    lib = admit.library(x)
    flat = lib.xp.reshape(x, (-1, n))
    found_rows = [_rows(flat[i, :], stages, factors, full=full) for i in range(flat.shape[0])]
    rows = gather(found_rows, x.shape[:-1], lib)
    return Transform(
        found.frequency(rate), found.scale(rate), steps(stages, full=full), rows,
        morlet.cone(found.scale(rate), rate), n, rate, voices, norm,
    )  # fmt: skip


def _rows(x: Array, stages: list[Stage], factors: Float, *, full: bool) -> list[Array]:
    lib = admit.library(x)
    x = x - lib.xp.mean(x)
    rows: list[Array] = []
    for stage in stages:
        pieces: list[list[Array]] = []
        thinner = []
        for start, spectrum in zip(stage.starts, segments.spectra(x, stage, lib), strict=True):
            levels = (_level(spectrum, stage, level, factors, lib, full=full) for level in stage.levels)
            pieces.append([row for level in levels for row in level])
            if stage.shrink > 1:
                thinner.append(segments.thinned(spectrum, stage, start, lib))
        rows += [joined(parts, lib) for parts in zip(*pieces, strict=True)]
        x = joined(thinner, lib) if thinner else x
    return cropped(rows, stages[0].record, steps(stages, full=full))


def _level(spectrum: Array, stage: Stage, level: Level, factors: Float, lib: Library, *, full: bool) -> Iterator[Array]:
    thin = 1 if full else level.thin
    points = stage.length * stage.factor if full else stage.length // thin
    for block in bank.blocks(stage, level, points, circle="images", like=spectrum, lib=lib, peaks=factors):
        w = bank.coefficients(spectrum, block, stage.length // thin, lib, turn=True)
        w = segments.stretched(w, stage, lib) if full else segments.delivered(w, stage, thin)
        yield from (w[row, :] for row in range(w.shape[0]))


def steps(stages: list[Stage], *, full: bool) -> Integer:
    """Return the step of every row that the stages deliver, in samples of the signal."""
    found = [
        stage.factor * level.thin
        for stage in stages
        for level in stage.levels
        for row in range(level.first, level.stop)
        if stage.first <= row < stage.stop
    ]
    return np.ones(len(found), dtype=np.int64) if full else np.array(found, dtype=np.int64)


def cropped(rows: list[Array], n: int, step: Integer) -> list[Array]:
    """Return rows without what the last segment holds beyond the record."""
    return [row[: -(-n // int(d))] for row, d in zip(rows, step, strict=True)]


def joined(parts: Sequence[Array], lib: Library) -> Array:
    """Return the parts of a row, one after the other in time."""
    return parts[0] if len(parts) == 1 else lib.xp.concat(list(parts), axis=-1)


def gather(signals: list[list[Array]], shape: tuple[int, ...], lib: Library) -> tuple[Array, ...]:
    """Return rows of one array each from the rows of every signal of a batch; `shape` is the batch's."""
    if not shape:
        return tuple(signals[0])
    return tuple(lib.xp.reshape(lib.xp.stack(parts), (*shape, -1)) for parts in zip(*signals, strict=True))
