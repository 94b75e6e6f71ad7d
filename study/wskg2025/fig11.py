"""Figure 11: raw CSI and its Golay, FFT and WT reconstructions side by side."""

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from samefade.bench import Row
from samefade.errors import SamefadeError
from samefade.study import Lab, Mark, Result, Spec, Verdict, overall
from samefade.types import Float
from wskg2025.contrasts import alike, brief, contrast, joint, told
from wskg2025.places import PAPER
from wskg2025.reconstructions import Shown, all_shown, likeness
from wskg2025.signals import QUICK, SEEDS, Arrays, Found, Record, gathered, places, records

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NAMES = {"raw": "raw", "golay": "Golay", "fft": "FFT", "wt": "WT"}
SPEC = Spec(
    "Raw, Golay, FFT and WT reconstructions",
    {
        **SEEDS,
        "scenarios": list(PAPER),
        "sets": ["skyglow/office-los", "skyglow/office-nlos", "skyglow/mobile"],
        "spike": 4.0,  # times the scatter about the running median of 11 samples; ours
    },
    QUICK,
)
WINDOW = 11
COMPARABLE = 0.05  # of correlation; ours
LEFT = 0.1  # spikes are removed where at most a tenth is left; ours
_SHOWN = 3000  # samples of the picture, at most


def compute(spec: Mapping[str, Any], lab: Lab) -> Result:
    """Reconstruct every record in four ways, without a lag, and count spikes and roughness."""
    found, absent = records(spec, lab)
    return gathered(lab, partial(_record, spec["spike"]), found, absent)


def _record(spike: float, record: Record) -> Found:
    rows: list[Row] = []
    arrays: Arrays = {}
    for about, pair in record.pairs():
        shown = all_shown(pair, tuple(NAMES))
        raw = shown["raw"]
        for name, one in shown.items():
            if isinstance(one, SamefadeError) or not isinstance(raw, Shown):
                rows.append({**about, "variant": name, "refusal": type(one).__name__})
                continue
            rough = float(np.mean([np.mean(np.diff(x) ** 2) / np.var(x) for x in (one.a, one.b)]))
            rows.append({
                **about, "variant": name, "refusal": None, **likeness(one),
                "spikes": spikes((one.a, one.b), (raw.a, raw.b), spike), "roughness": rough,
            })  # fmt: skip
            if about["world"] == 0:
                excerpt = np.stack([one.a, one.b])[:, :_SHOWN].astype(np.float32)
                arrays[f"{record.name}/{name}"] = excerpt
                arrays[f"{record.name}/rate"] = np.array([one.rate])
    return Found(rows, arrays)


def spikes(ends: tuple[Float, Float], raw: tuple[Float, Float], times: float) -> int:
    """Count samples that stand out from the running median of the raw signal at one end and not at the other.

    Args:
        ends: Both ends after a reconstruction.
        raw: Both ends before it: their scatter about their own running median is the measure.
        times: How many times the scatter (root mean square: a median of whole decibels is often 0) stands out.
    """
    from scipy.ndimage import median_filter

    out = []
    for end, before in zip(ends, raw, strict=True):
        middle = median_filter(before, WINDOW, mode="nearest")
        scatter = float(np.sqrt(np.mean((before - middle) ** 2)))
        out.append(np.abs(end - middle) > times * scatter)
    return int(np.count_nonzero(out[0] != out[1]))


def draw(result: Result) -> "Figure":
    """Draw an excerpt of the first line-of-sight seed and of a recording, one line for each reconstruction."""
    from matplotlib.figure import Figure

    found = [(place, short) for place, short in places(result) if short in ("los-short", "skyglow/office-los")]
    figure = Figure(figsize=(11, 7.5), layout="constrained")
    axes = figure.subplots(len(NAMES), len(found), squeeze=False, sharex="col")
    for column, (place, short) in enumerate(found):
        rate = float(result.arrays[f"{short}/rate"][0])
        for line, (letter, name) in enumerate(zip("abcd", NAMES, strict=True)):
            here = axes[line, column]
            for end, colour in ((0, "#0b5cad"), (1, "#d1600a")):
                x = result.arrays[f"{short}/{name}"][end]
                here.plot(np.arange(len(x)) / rate / 60, x, lw=0.7, color=colour, alpha=0.85, label="ab"[end])
            r = np.nanmedian(result.column("pearson", place=place, variant=name))
            here.set_title(f"{letter} {NAMES[name]}, {place}: r {r:.2f} (median of worlds)", fontsize=9)
            here.tick_params(labelsize=8)
        axes[-1, column].set_xlabel("time (min)")
        axes[0, column].legend(fontsize=7, ncols=2, loc="upper right")
    figure.supylabel("amplitude, or dBm", fontsize=9)
    return figure


def judge(result: Result) -> dict[int, Verdict]:
    """Claims 27 to 29: spikes, smoothness, and WT against the others with line of sight."""
    return {27: _spikes(result), 28: _smooth(result), 29: _clearly(result)}


def _column(result: Result, place: str, variant: str, metric: str) -> Float:
    return result.column(metric, place=place, variant=variant)


def _spikes(result: Result) -> Verdict:
    marks: dict[str, Mark] = {}
    parts = []
    for place, _ in places(result):
        left, raw = (_column(result, place, name, "spikes") for name in ("golay", "raw"))
        one = contrast(left, LEFT * raw, "below")
        marks[place] = one.mark if np.median(raw) > 0 else "cannot be tested"
        parts.append(f"{brief(place)} {np.nanmedian(raw):.0f} to {np.nanmedian(left):.0f}")
    what = f"Spikes at one end alone, raw and after Golay (medians; removed means at most {LEFT:.0%} left): "
    return overall(marks, what + told(parts))


def _smooth(result: Result) -> Verdict:
    seen = {
        place: contrast(_column(result, place, "fft", "roughness"), _column(result, place, "raw", "roughness"), "below")
        for place, _ in places(result)
    }
    what = "Mean squared step over variance, FFT against raw: "
    return overall(
        {place: one.mark for place, one in seen.items()}, what + told(f"{brief(p)} {one}" for p, one in seen.items())
    )


def _clearly(result: Result) -> Verdict:
    marks: dict[str, Mark] = {}
    parts = []
    for place, short in places(result):
        if short not in ("los-short", "skyglow/office-los"):
            continue
        r = {name: _column(result, place, name, "pearson") for name in NAMES}
        above = [contrast(r["wt"], r[name]) for name in ("raw", "golay")]
        like, low, high = alike(r["wt"], r["fft"], COMPARABLE)
        marks[place] = joint([*above, like])
        medians = ", ".join(f"{NAMES[name]} {np.nanmedian(x):.3f}" for name, x in r.items())
        parts.append(f"{brief(place)} {medians}, WT − FFT {low:.3f} to {high:.3f}")
    what = f"Median r, and the interval of the mean difference, where as good means within {COMPARABLE}: "
    return overall(marks, what + told(parts))
