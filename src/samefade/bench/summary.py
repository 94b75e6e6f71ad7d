"""Means over worlds with their 95 % confidence intervals, by scheme, data and metric.

The interval is Student's: exact for normal numbers, close for means of twenty or more; it knows no bounds, so that of
a rate near zero may reach below zero.
Seeds are independent worlds; blocks of one record are not independent of each other, and their interval is too narrow.
"""

from collections.abc import Iterable, Mapping, Sequence
from math import isfinite, sqrt
from statistics import fmean, stdev

from samefade.bench.cell import Row

LEVEL = 0.95


def interval(numbers: Sequence[float], level: float = LEVEL) -> tuple[float, float, float]:
    """Return the mean and both ends of Student's confidence interval; NaN where there are too few numbers.

    Source: Student (W. S. Gosset), "The probable error of a mean", 1908.
    """
    from scipy.special import stdtrit

    if len(numbers) < 2:
        mean = numbers[0] if numbers else float("nan")
        return mean, float("nan"), float("nan")
    mean = fmean(numbers)
    half = float(stdtrit(len(numbers) - 1, (1 + level) / 2)) * stdev(numbers) / sqrt(len(numbers))
    return mean, mean - half, mean + half


def summary(rows: Iterable[Row], metrics: Sequence[str]) -> list[Row]:
    """Return one line for every scheme, place and metric that is a number.

    A cell without a number, because the scheme refused or the metric is not defined there, is counted and left out of
    the mean: `numbers` of `worlds` were there. A mean over fewer worlds cannot be compared with one over all.

    Args:
        rows: Rows of a table, with the column `data`.
        metrics: Columns to look at; those that hold words are passed over.
    """
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        groups.setdefault((str(row["data"]), str(row["scheme"])), []).append(row)
    return [
        _line(data, scheme, metric, group)
        for (data, scheme), group in groups.items()
        for metric in metrics
        if not any(isinstance(row.get(metric), str) for row in group)
    ]


def _line(data: str, scheme: str, metric: str, group: Sequence[Mapping[str, object]]) -> Row:
    numbers = [float(v) for v in (row.get(metric) for row in group) if isinstance(v, int | float) and isfinite(v)]
    mean, low, high = interval(numbers)
    return {
        "data": data, "scheme": scheme, "metric": metric, "worlds": len(group), "numbers": len(numbers),
        "refused": sum(row.get("refusal") is not None for row in group), "mean": mean, "low": low, "high": high,
    }  # fmt: skip
