"""The wavelet coherence of two signals."""

from collections.abc import Iterator
from types import ModuleType

from samefade.types import Float
from samefade.wavelet import admit, kernels, morlet, segments, smooth
from samefade.wavelet.admit import Array
from samefade.wavelet.kernels import Kernel
from samefade.wavelet.plan import Stage, plan
from samefade.wavelet.rows import Coherence
from samefade.wavelet.transform import gather, joined, steps

FLOOR = 64  # times the rounding unit of a row's greatest power: what is smaller is rounding, not signal


def coherence(
    a: Array,
    b: Array,
    *,
    rate: float,
    voices: int = 12,
    low: float | None = None,
    high: float | None = None,
    kernel: str = "samefade-1",
    grid: str = "decimated",
) -> Coherence:
    """Measure when and at which frequencies two signals vary together.

    R² = |Sm(s⁻¹W_aW_b*)|² / (Sm(s⁻¹|W_a|²)·Sm(s⁻¹|W_b|²)) (Torrence and Webster 1999).
    A row does not depend on `low`, `high` or `grid`.
    Against a full-resolution computation in float64 the error is below 1e-8 (float64) and 1e-4 (float32).
    A burst of 100 dB raises it to 1e-5 (float64) within a few scales of the burst.
    Where the power of either signal is below 64 rounding units of the row's greatest (gaps of exact zeros; 138 dB in
    float64, 51 dB in float32), R² is 0.

    Args:
        a: (n,) or a batch (…, n), real; float32 stays float32, integers become float64.
        b: Like a.
        rate: Samples per second, Hz.
        voices: Rows an octave.
        low: Lowest row frequency wanted, Hz; None for all, down to a scale as long as the record.
        high: Highest row frequency wanted, Hz; None for all, up to half the rate. What is not asked for costs nothing.
        kernel: "samefade-1", or "pycwt", "grinsted", "matlab" for comparison; see `samefade.wavelet.kernels`.
            Those three are slow, and always on the full grid.
        grid: "decimated", or "full" for rows at every sample (n·S numbers).

    Returns:
        The rows from high to low frequency.

    Raises:
        TooFewSamples, NotFinite, ConstantSignal: When a signal cannot be used.
        EndsDisagree: When the shapes differ.
        OutOfRange, UnknownName: When a parameter makes no sense.
    """
    a, b = admit.pair(a, b)
    admit.parameters(rate, voices)
    admit.choice("grid", grid, ("decimated", "full"))
    chosen = kernels.named(kernel)
    n, full = a.shape[-1], grid == "full" or chosen.trimmed
    scales = morlet.family(chosen.smallest, chosen.count(n, voices), voices)
    found = morlet.between(scales, rate, low, high)
    taps = chosen.taps(voices, len(scales))
    wanted, span = (found.first, found.stop), (taps[1], len(taps[0]) - 1 - taps[1])
    stages = (
        [chosen.stage(n, scales, wanted, span)] if chosen.trimmed else list(plan(n, scales, wanted, span, full=full))
    )
    xp = admit.namespace(a)
    flat = [xp.reshape(x, (-1, n)) for x in (a, b)]
    pairs = [_rows([x[i, :] for x in flat], stages, chosen, taps, full=full) for i in range(flat[0].shape[0])]
    rows, cross = (gather([pair[k] for pair in pairs], a.shape[:-1], xp) for k in (0, 1))
    return Coherence(
        found.frequency(rate), found.scale(rate), steps(stages, full=full), rows,
        morlet.cone(found.scale(rate), rate), n, rate, voices, cross, kernel,
    )  # fmt: skip


def _rows(
    ends: list[Array], stages: list[Stage], kernel: Kernel, taps: tuple[Float, int], *, full: bool
) -> tuple[list[Array], list[Array]]:
    """Return R² and the smoothed cross spectrum of every row, for one pair of signals."""
    xp = admit.namespace(ends[0])
    fft = admit.fourier(xp)
    ends = [_normal(x, xp) for x in ends]
    rows: list[Array] = []
    cross: list[Array] = []
    for stage in stages:
        filters = smooth.filters(stage, exponent=kernel.time, circle=kernel.circle, like=ends[0], xp=xp)
        record = stage.size if kernel.trimmed else None
        parts = []
        thinner: list[list[Array]] = [[], []]
        for start, *pair in zip(stage.starts, *(segments.spectra(x, stage, xp=xp, fft=fft) for x in ends), strict=True):
            parts.append(list(_levels(pair, stage, filters, taps, record, full=full, xp=xp, fft=fft)))
            if stage.shrink > 1:
                for thin, spectrum in zip(thinner, pair, strict=True):
                    thin.append(segments.thinned(spectrum, stage, start, xp=xp, fft=fft))
        for level in zip(*parts, strict=True):
            size = _size(stage, level[0][2].shape[-1], len(level), full=full)
            pa, pb, c = (joined(p, xp)[:, :size] for p in zip(*level, strict=True))
            r2 = ratio(pa, pb, c, xp)
            rows += [r2[i, :] for i in range(r2.shape[0])]
            cross += [c[i, :] for i in range(c.shape[0])]
        ends = [joined(thin, xp) for thin in thinner] if stage.shrink > 1 else ends
    return rows, cross


def _size(stage: Stage, piece: int, pieces: int, *, full: bool) -> int:
    """Return how many samples a level's rows keep of their pieces: the last piece may reach beyond the record."""
    del pieces
    thin = 1 if full else stage.hop // piece
    return -(-stage.record // (1 if full else thin * stage.factor))


def _levels(
    pair: list[Array],
    stage: Stage,
    filters: tuple[smooth.Filters, ...],
    taps: tuple[Float, int],
    record: int | None,
    *,
    full: bool,
    xp: ModuleType,
    fft: ModuleType,
) -> Iterator[tuple[Array, Array, Array]]:
    """Yield the smoothed products of each level of a segment, holding three levels at a time."""
    near: list[smooth.Products] = []
    for i, found in enumerate(filters):
        near = [*near[-2:], smooth.products(*pair, stage, found, record=record, xp=xp, fft=fft)]
        if i > 0:
            yield from smooth.smoothed(near, near[-2], stage, taps, full=full, xp=xp, fft=fft)
    if near:
        yield from smooth.smoothed(near[-2:], near[-1], stage, taps, full=full, xp=xp, fft=fft)


def _normal(x: Array, xp: ModuleType) -> Array:
    """Return a signal of mean 0 and spread 1: R² stays, and no product overflows or underflows."""
    x = x - xp.mean(x)
    x = x / xp.max(xp.abs(x))
    return x / xp.std(x)


def ratio(pa: Array, pb: Array, cross: Array, xp: ModuleType) -> Array:
    """Return |cross|²/(pa·pb) between 0 and 1, and 0 where a power is nothing but rounding."""
    unit = FLOOR * float(xp.finfo(pa.dtype).eps)
    floors = [unit * xp.max(p, axis=-1, keepdims=True) for p in (pa, pb)]
    re, im = xp.real(cross), xp.imag(cross)
    square, both = re * re + im * im, pa * pb
    if any(bool(xp.any(xp.min(p, axis=-1, keepdims=True) <= floor)) for p, floor in zip((pa, pb), floors, strict=True)):
        heard = (pa > floors[0]) & (pb > floors[1])
        square = xp.where(heard, square, xp.zeros_like(square))
        both = xp.where(heard, both, xp.ones_like(both))
    return xp.minimum(square / both, xp.ones((), dtype=pa.dtype))
