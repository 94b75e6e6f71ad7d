"""Figure 2: the power spectrum of the CSI at both ends."""

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from samefade import metrics
from samefade.bench import Row
from samefade.study import Lab, Mark, Result, Spec, Verdict, overall
from samefade.types import Float
from wskg2025.contrasts import beyond, brief, told
from wskg2025.places import COLOURS, PAPER
from wskg2025.signals import QUICK, SEEDS, SETS, Arrays, Found, Record, gathered, places, records, series

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SPEC = Spec(
    "Power spectrum of the CSI at both ends",
    {
        **SEEDS,
        "scenarios": list(PAPER),
        "sets": SETS,
        "low": 0.05,  # of the packet rate, a tenth of the spectrum; ours: the paper's frequency is lost
    },
    QUICK,
)
_POINTS, _SEGMENT = 200, 4096


def compute(spec: Mapping[str, Any], lab: Lab) -> Result:
    """Measure which share of the power lies in the lowest tenth of the spectrum, at each end of every record."""
    found, absent = records(spec, lab)
    return gathered(lab, partial(_record, spec["low"]), found, absent)


def _record(low: float, record: Record) -> Found:
    rows: list[Row] = []
    arrays: Arrays = {}
    for about, pair in record.pairs():
        a, b = series(pair)
        shares = [metrics.psd_low_share(x, pair.rate, low * pair.rate) for x in (a, b)]
        rows.append(
            {**about, "rate_hz": pair.rate, "low_hz": low * pair.rate, "share_a": shares[0], "share_b": shares[1]}
        )
        if about["world"] == 0:
            arrays = {f"{record.name}/{end}": _spectrum(x, pair.rate) for end, x in (("a", a), ("b", b))}
    return Found(rows, arrays)


def _spectrum(x: Float, rate: float) -> Float:
    """Return frequency and power density, (2, m), at points that are even on a logarithmic axis."""
    from scipy.signal import welch

    f, power = welch(x - x.mean(), fs=rate, nperseg=min(_SEGMENT, len(x)))
    f, power = f[1:], power[1:]
    edges = np.unique(np.round(np.geomspace(1, len(f) + 1, _POINTS)).astype(int)) - 1
    means = np.add.reduceat(power, edges[:-1]) / np.diff(edges)
    return np.stack([f[edges[:-1]], means])


def draw(result: Result) -> "Figure":
    """Draw both ends' spectra, the simulated scenarios above and recordings below."""
    from matplotlib.figure import Figure

    found = places(result)
    columns = 3
    lines = -(-len(found) // columns)
    figure = Figure(figsize=(11, 2.7 * lines + 0.4), layout="constrained")
    axes = figure.subplots(lines, columns, squeeze=False)
    for place, (name, short) in zip(axes.flat, found, strict=False):
        for end, style in (("a", "-"), ("b", "--")):
            f, power = result.arrays[f"{short}/{end}"]
            place.loglog(f, power, style, lw=1.1, color=COLOURS.get(short, "#0b5cad") if end == "a" else "k", label=end)
        edge = result.column("low_hz", place=name)[0]
        place.axvspan(f[0], edge, color="#f0e6c8", zorder=0)
        shares = np.r_[result.column("share_a", place=name), result.column("share_b", place=name)]
        place.set_title(f"{name}: {np.median(shares):.0%} below {edge:.2g} Hz", fontsize=9)
        place.tick_params(labelsize=8)
        place.legend(fontsize=7, title="end", title_fontsize=7)
    for spare in axes.flat[len(found) :]:
        spare.set_visible(False)
    figure.supxlabel("frequency (Hz); shaded: the lowest tenth of the spectrum", fontsize=9)
    figure.supylabel("power density (units²/Hz)", fontsize=9)
    return figure


def judge(result: Result) -> dict[int, Verdict]:
    """Claim 1: low frequencies dominate at both ends: the lowest tenth holds more than half of the power."""
    marks: dict[str, Mark] = {}
    parts = []
    for name, _ in places(result):
        worse = np.minimum(result.column("share_a", place=name), result.column("share_b", place=name))
        one = beyond(worse, 0.5)
        marks[name] = one.mark
        parts.append(f"{brief(name)} {one.x:.0%} ({np.count_nonzero(worse > 0.5)} of {len(worse)})")
    what = "Power in the lowest tenth of the spectrum at the worse end, median (and in how many records above half): "
    return {1: overall(marks, what + told(parts))}
