"""Measure what two ends share: numbers and no verdict."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from samefade import metrics
from samefade.errors import ConstantSignal, OutOfRange, TooFewSamples
from samefade.observe import coherence_time
from samefade.reciprocity.significance import LEAST, TREND_SAMPLES, Correlation, correlate, without_trend
from samefade.types import Float, Mask, Observation, Pair

LAG_SECONDS = 30.0
TREND_SHARE = 32


@dataclass(frozen=True)
class Evidence:
    """What was measured on a pair; nothing here decides anything.

    Stretches without a packet that are longer than the slow trend's window (a 32nd of the record) are cut out before
    correlations, coherence and information are measured; shorter gaps are bridged by straight lines.

    Attributes:
        samples: Grid points.
        rate: Samples a second, Hz.
        unit: "amplitude" or "dBm".
        raw: Correlation of what was heard, over lags up to 30 s (at most a quarter of the record).
        detrended: The same after taking a moving average of 21 samples away.
        varying: The same after taking a moving average over a 32nd of the record (at least 21 samples) away: what
            changes often enough to be more than a trend, in a channel of whatever speed.
        difference: The same for first differences.
        lag: Samples by which b is late: where the detrended series agree best, else the varying, else the raw ones.
        jeffreys: Jeffreys' divergence of the two distributions, nats.
        wasserstein: First Wasserstein distance of the two distributions, in the unit of the values.
        coherence_area: Share of the time-frequency plane with wavelet coherence above 0.5; None for a short record.
        mutual_information: Gaussian mutual information, bits a sample; None for a short record.
        coherence_time: Seconds until the slower end's autocorrelation has dropped to 1/e.
        lost: Share of grid points without a packet at a and at b.
        silence: Longest time without a packet at a and at b, seconds.
        repeated: Share of packets that repeat the value before them, at a and at b.
        spread: Standard deviation at a and at b, in the unit of the values.
        span: Largest minus smallest value at a and at b.
        eve: Eve's largest |r| with either end over her columns; None without her.
        given_eve: Partial correlation of a and b given all that Eve heard at the same time; None without her.
    """

    samples: int
    rate: float
    unit: str
    raw: Correlation
    detrended: Correlation
    varying: Correlation
    difference: Correlation
    lag: int
    jeffreys: float
    wasserstein: float
    coherence_area: float | None
    mutual_information: float | None
    coherence_time: float
    lost: tuple[float, float]
    silence: tuple[float, float]
    repeated: tuple[float, float]
    spread: tuple[float, float]
    span: tuple[float, float]
    eve: float | None = None
    given_eve: float | None = None

    @property
    def effective_samples(self) -> float:
        """Return how many independent samples the raw correlation rests on."""
        return self.raw.effective

    def to_json(self) -> dict[str, Any]:
        """Return a flat dictionary of numbers and words; a pair of ends becomes two entries."""
        out: dict[str, Any] = {}
        for name, value in asdict(self).items():
            if isinstance(value, dict):
                stem = "pearson" if name == "raw" else name
                words = {"value": stem, "best": f"{stem}_at_lag"}
                out |= {words.get(part, f"{stem}_{part}"): number for part, number in value.items()}
            elif isinstance(value, tuple):
                out |= {f"{name}_{end}": number for end, number in zip("ab", value, strict=True)}
            else:
                out[name] = value
        return out | {"effective_samples": self.effective_samples}


def assess(pair: Pair[Observation], *, column: int = 0) -> Evidence:
    """Measure a pair.

    Args:
        pair: Both ends on one grid, and Eve where there is one.
        column: Which tone, where the values are (n, k).

    Raises:
        ConstantSignal: When an end does not vary: then there is nothing to measure.
        OutOfRange: When there is no such column.
        TooFewSamples: With fewer than 16 grid points, or fewer than 4 heard at both ends.
    """
    a, b = (_column(end.values, column) for end in (pair.a, pair.b))
    both = pair.a.mask & pair.b.mask
    if len(pair) < LEAST or np.count_nonzero(both) < 4:
        raise TooFewSamples(have=int(np.count_nonzero(both)), need=LEAST)
    for end, x in (("a", a), ("b", b)):
        if np.ptp(x[both]) == 0:
            raise ConstantSignal(end, float(x[both][0]))
    kept = _without_silence(pair)
    views, lag = _correlations(a[kept], b[kept], int(LAG_SECONDS * pair.rate))
    eve, given = (None, None) if pair.e is None else _eve(a, b, pair.e, both)
    return Evidence(
        samples=len(pair),
        rate=pair.rate,
        unit=pair.a.unit,
        **views,
        lag=lag,
        jeffreys=metrics.jeffreys(a[both], b[both]).value,
        wasserstein=metrics.wasserstein(a[both], b[both]),
        coherence_area=_area(a[kept], b[kept], pair.rate),
        mutual_information=_information(a[kept], b[kept], pair.rate),
        coherence_time=max(coherence_time(end) for end in (pair.a, pair.b)),
        lost=_ends(1 - float(end.mask.mean()) for end in (pair.a, pair.b)),
        silence=_ends(max(map(len, _silences(end.mask)), default=0) / pair.rate for end in (pair.a, pair.b)),
        repeated=_ends(_repeats(x, end.mask) for x, end in ((a, pair.a), (b, pair.b))),
        spread=_ends(float(np.std(x[both])) for x in (a, b)),
        span=_ends(float(np.ptp(x[both])) for x in (a, b)),
        eve=eve,
        given_eve=given,
    )


def _column(values: Float, column: int) -> Float:
    table = np.asarray(values, np.float64).reshape(len(values), -1)
    if not 0 <= column < table.shape[1]:
        raise OutOfRange("column", column, f"0 to {table.shape[1] - 1}")
    return np.asarray(table[:, column])


def _correlations(a: Float, b: Float, window: int) -> tuple[dict[str, Correlation], int]:
    """Correlate the four views; all but the raw one at the one lag that holds for the whole record.

    Each at a best lag of its own would be fooled: the differences of two series that are negatively correlated at
    lag 0 are positively correlated at lag 1.
    """
    slow = _slow(len(a))
    views = {
        "detrended": (_left(a, "a", TREND_SAMPLES), _left(b, "b", TREND_SAMPLES)),
        "varying": (_left(a, "a", slow), _left(b, "b", slow)),
        "difference": (np.diff(a), np.diff(b)),
    }
    most = max(1, min(window, len(views["detrended"][0]) // 4))
    raw = correlate(a, b, most=most)
    free = [correlate(*views[name], most=most) for name in ("detrended", "varying")]
    lag = next((one.lag for one in free if one.best > one.best_threshold), raw.lag)
    return {"raw": raw} | {name: correlate(x, y, most=most, at=lag) for name, (x, y) in views.items()}, lag


def _left(x: Float, end: str, window: int) -> Float:
    residual = without_trend(x, window)
    if np.abs(residual).max() <= 1e-12 * np.abs(x).max() or np.ptp(np.diff(x)) == 0:
        raise ConstantSignal(f"{end} without its trend", 0.0)
    return residual


def _eve(a: Float, b: Float, e: Observation, both: Mask) -> tuple[float | None, float | None]:
    """Return Eve's best |r| and the correlation of the ends that is left given her, where all were heard."""
    heard = both & e.mask
    table = np.asarray(e.values, np.float64).reshape(len(e), -1)[heard]
    table = table[:, np.ptp(table, axis=0) > 0] if len(table) else table[:, :0]
    if len(table) <= table.shape[1] + 3 or not table.shape[1]:
        return None, None
    x, y = a[heard], b[heard]
    if np.ptp(x) == 0 or np.ptp(y) == 0:
        return None, None
    best = max(abs(metrics.pearson(end, column)) for end in (x, y) for column in table.T)
    known = np.column_stack([np.ones(len(table)), table])
    left = [end - known @ np.linalg.lstsq(known, end)[0] for end in (x, y)]
    if any(np.ptp(rest) <= 1e-12 * np.ptp(end) for rest, end in zip(left, (x, y), strict=True)):
        return best, None
    return best, metrics.pearson(*left)


def _area(a: Float, b: Float, rate: float) -> float | None:
    try:
        return metrics.coherence_area(a, b, rate)
    except TooFewSamples:
        return None


def _information(a: Float, b: Float, rate: float) -> float | None:
    from samefade.entropy import mutual_information

    try:
        return float(mutual_information(a, b, rate=rate).per_sample)
    except TooFewSamples:
        return None


def _silences(heard: Mask) -> list[range]:
    """List the stretches without a packet."""
    edges = np.flatnonzero(np.diff(np.concatenate([[True], heard, [True]])))
    return [range(start, stop) for start, stop in edges.reshape(-1, 2).tolist()]


def _without_silence(pair: Pair[Observation]) -> Mask:
    """Mark what is not within a stretch, longer than the slow trend's window, where one end heard nothing.

    What fills such a gap is a straight line, which nobody heard and which is like nothing.
    Shorter gaps stay: each that is cut out leaves a jump that both ends share, and many would pass for a fade.
    """
    kept = np.ones(len(pair), dtype=np.bool_)
    for end in (pair.a, pair.b):
        for gap in _silences(end.mask):
            if len(gap) > _slow(len(pair)):
                kept[gap.start : gap.stop] = False
    return kept if np.count_nonzero(kept) >= LEAST else np.ones_like(kept)


def _slow(n: int) -> int:
    return max(TREND_SAMPLES, n // TREND_SHARE)


def _repeats(x: Float, mask: Mask) -> float:
    heard = x[mask]
    return float(np.mean(np.diff(heard) == 0)) if len(heard) > 1 else 0.0


def _ends(values: Any) -> tuple[float, float]:  # noqa: ANN401 -- any iterable of two numbers
    first, second = values
    return first, second
