"""Figure 6: time-lagged cross-correlation of raw CSI in the three scenarios."""

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from samefade import metrics
from samefade.bench import Row
from samefade.study import Lab, Mark, Result, Spec, Verdict, overall
from wskg2025.contrasts import beyond, contrast, told
from wskg2025.places import COLOURS, PAPER, label
from wskg2025.signals import QUICK, SEEDS, SETS, Arrays, Found, Record, gathered, places, records, series

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SPEC = Spec(
    "Time-lagged cross-correlation of raw CSI",
    {
        **SEEDS,
        "scenarios": list(PAPER),
        "sets": SETS,
        "most_seconds": 60.0,  # the largest lag; ours: the paper's is lost
    },
    QUICK,
)
MATCHED = "exchange by exchange, so a lag has nothing to undo"


def compute(spec: Mapping[str, Any], lab: Lab) -> Result:
    """Correlate both ends at many lags."""
    found, absent = records(spec, lab)
    return gathered(lab, partial(_record, spec["most_seconds"]), found, absent)


def _record(most_seconds: float, record: Record) -> Found:
    rows: list[Row] = []
    arrays: Arrays = {}
    for about, pair in record.pairs():
        most = min(len(pair) // 4, round(most_seconds * pair.rate))
        found = metrics.lagged(*series(pair), most)
        rows.append({
            **about,
            "rate_hz": pair.rate,
            "lag": found.best,
            "peak": found.peak,
            "at_zero": float(found.correlation[most]),
            "logged_a": len(pair.recordings[0]) if len(pair.recordings) > 1 else None,
            "logged_b": len(pair.recordings[1]) if len(pair.recordings) > 1 else None,
        })  # fmt: skip
        if about["world"] == 0:
            arrays[record.name] = np.stack([found.lag / pair.rate, found.correlation]).astype(np.float32)
    return Found(rows, arrays)


def draw(result: Result) -> "Figure":
    """Draw the correlation over lag of the first seed or block of each place, and every world's peak."""
    from matplotlib.figure import Figure

    found = places(result)
    lines = -(-len(found) // 3)
    figure = Figure(figsize=(11, 2.6 * lines + 0.4), layout="constrained")
    axes = figure.subplots(lines, 3, squeeze=False)
    for place, (name, short) in zip(axes.flat, found, strict=False):
        colour = COLOURS.get(short, "#0b5cad")
        place.plot(*result.arrays[short], lw=1.1, color=colour)
        rows = result.where(place=name)
        lag = result.column("lag", place=name) / np.array([row["rate_hz"] for row in rows], np.float64)
        place.plot(lag, result.column("peak", place=name), "o", ms=3, mfc="none", color="k", label="peak of each world")
        place.axvline(0, color="k", lw=0.5, ls=":")
        place.set_title(f"{name}: median peak at {np.median(lag):.2g} s", fontsize=9)
        place.tick_params(labelsize=8)
        place.legend(fontsize=7, loc="lower center")
    for spare in axes.flat[len(found) :]:
        spare.set_visible(False)
    figure.supxlabel("lag of b (s)", fontsize=9)
    figure.supylabel("Pearson correlation (the curve: first world)", fontsize=9)
    return figure


def judge(result: Result) -> dict[int, Verdict]:
    """Claims 15 to 18: where the peak lies, how high it is, and whether losses differ by direction."""
    return {15: _off_zero(result), 16: _grows(result), 17: _lower(result), 18: _losses(result)}


def _simulated() -> list[str]:
    return [label(f"sim:{name}") for name in PAPER]


def _untested(result: Result) -> dict[str, Mark]:
    return {name: "cannot be tested" for name, _ in places(result, "real")}


def _off_zero(result: Result) -> Verdict:
    lags = {name: np.abs(result.column("lag", place=name)) for name, _ in places(result, "simulated", "authors")}
    seen = {name: beyond(lag, 0) for name, lag in lags.items()}
    parts = []
    for name, one in seen.items():
        lag = result.column("lag", place=name)
        gain = np.median(result.column("peak", place=name) - result.column("at_zero", place=name))
        often = f"off zero in {np.count_nonzero(lag)} of {len(lag)} worlds"
        parts.append(f"{name}: {often}, median |lag| {one.x:.3g} packets, worth {gain:.3f} of correlation")
    parts.append("that a starts late and loses packets is an input of the simulation")
    parts.append(f"the recordings here are matched {MATCHED}")
    return overall({name: one.mark for name, one in seen.items()} | _untested(result), told(parts))


def _grows(result: Result) -> Verdict:
    los, *others = _simulated()
    lag = {name: np.abs(result.column("lag", place=name)) for name in (los, *others)}
    seen = {f"{name} above LoS": contrast(lag[name], lag[los]) for name in others}
    why = told([
        "|lag| in packets (median): " + ", ".join(f"{name} {np.median(x):.3g}" for name, x in lag.items()),
        "how many packets each end loses is an input of the simulation, so the order is no evidence about radios",
    ])  # fmt: skip
    return overall({name: one.mark for name, one in seen.items()} | _untested(result), why)


def _lower(result: Result) -> Verdict:
    _, near, far = _simulated()
    one = contrast(result.column("peak", place=near), result.column("peak", place=far))
    return overall({f"{near} above {far}": one.mark} | _untested(result), told([f"correlation at the peak: {one}"]))


def _losses(result: Result) -> Verdict:
    """Losses of the simulated ends were put in; matched recordings hold only what both ends logged."""
    parts = []
    marks: dict[str, Mark] = {}
    for name in _simulated():
        gap = result.column("logged_b", place=name) - result.column("logged_a", place=name)
        marks[name] = "cannot be tested"
        parts.append(f"{name}: b logged {np.median(gap):.3g} packets more than a (median), as it was made to")
    why = "our recordings keep completed exchanges only, and the simulated ends lose what they are told to: "
    return overall(marks | _untested(result), why + told(parts))
