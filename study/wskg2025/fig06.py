"""Figure 6: time-lagged cross-correlation of raw CSI in the three scenarios."""

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from samefade import metrics
from samefade.bench import Row
from samefade.study import Lab, Mark, Result, Spec, Verdict, overall
from wskg2025.contrasts import PUT_IN, beyond, brief, contrast
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
    return {name: "cannot be tested" for name, _ in places(result, "simulated", "real")}


def _off_zero(result: Result) -> Verdict:
    """Judge by the authors' recordings alone: the simulated start late and lose packets because they were told to."""
    marks = _untested(result)
    parts = []
    for name, _ in places(result, "simulated", "authors"):
        lag = result.column("lag", place=name)
        if name not in _simulated():
            marks[name] = beyond(np.abs(lag), 0).mark
        gain = np.median(result.column("peak", place=name) - result.column("at_zero", place=name))
        parts.append(f"{brief(name)} {np.median(np.abs(lag)):.3g} ({gain:.3f})")
    why = "Median |lag| of the peak in packets (and what it is worth in correlation): " + ", ".join(parts)
    more = f". That ends start late and lose packets was put in, and recordings are matched {MATCHED}."
    return overall(marks, why + more)


def _grows(result: Result) -> Verdict:
    """Say what the model shows: how many packets each end loses was put in."""
    lag = {name: np.median(np.abs(result.column("lag", place=name))) for name in _simulated()}
    why = "Median |lag| of the peak in packets: " + ", ".join(f"{brief(name)} {x:.3g}" for name, x in lag.items())
    more = ". How many packets each end loses was put in, so this order is no evidence about radios."
    return overall(_untested(result), why + more)


def _lower(result: Result) -> Verdict:
    """Say what the model shows: how noisy and lossy both places are was put in."""
    _, near, far = _simulated()
    one = contrast(result.column("peak", place=near), result.column("peak", place=far))
    why = f"Median correlation at the peak, {brief(near)} {one} at {brief(far)}: {PUT_IN}."
    return overall(_untested(result), why)


def _losses(result: Result) -> Verdict:
    """Losses of the simulated ends were put in; matched recordings hold only what both ends logged."""
    gap = {n: result.column("logged_b", place=n) - result.column("logged_a", place=n) for n in _simulated()}
    parts = [f"{brief(name)} {np.median(packets):.3g}" for name, packets in gap.items()]
    why = (
        "The recordings keep completed exchanges only, and simulated ends lose what they are told to: b logged this "
        f"many packets more than a (median): {', '.join(parts)}."
    )
    return overall(_untested(result), why)
