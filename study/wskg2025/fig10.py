"""Figure 10: WT-reconstructed signals without and with synchronisation, and what the first thresholds leave."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from samefade import metrics, wavelet
from samefade.bench import Row
from samefade.errors import SamefadeError
from samefade.restore import CoherentBand
from samefade.study import Lab, Mark, Result, Spec, Verdict, overall
from samefade.types import Band, Observation, Pair, Terms
from wskg2025.contrasts import beyond, brief, contrast, told
from wskg2025.methods import NOT_LATE, untested
from wskg2025.places import PAPER
from wskg2025.reconstructions import Shown, all_shown
from wskg2025.signals import QUICK, SEEDS, Arrays, Found, Record, gathered, places, records, series, spoken

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SPEC = Spec(
    "WT-reconstructed signals without and with synchronisation",
    {**SEEDS, "scenarios": list(PAPER), "sets": ["skyglow/office-los", "skyglow/office-nlos", "skyglow/mobile"]},
    QUICK,
)
# Algorithm 1 begins with N_th = all samples and WC_th = the largest coherence, and then F_r is empty;
# this is the first threshold, lowered from there, that lets any frequency in
EXTREME = CoherentBand(hold=1.0, share=1e-9)
_POINTS = 1500
OF_A_KEY = 128  # samples of a key of 256 bits at four levels: a record that holds fewer has little randomness; ours


def compute(spec: Mapping[str, Any], lab: Lab) -> Result:
    """Reconstruct every record with its own band, with and without its lag, and count what a band can hold."""
    found, absent = records(spec, lab)
    return gathered(lab, _record, found, absent)


def _record(record: Record) -> Found:
    rows: list[Row] = []
    arrays: Arrays = {}
    for about, pair in record.pairs():
        shown = all_shown(pair, ("wt", "wt + sync"))
        plain, synced = shown["wt"], shown["wt + sync"]
        if not isinstance(plain, Shown) or not isinstance(synced, Shown):
            rows.append({**about, "refusal": type(plain).__name__})
            continue
        rows.append({**about, "refusal": None, **_numbers(pair, plain, synced)})
        if about["world"] == 0:
            arrays |= _curves(record.name, pair, {"wt": plain, "sync": synced})
    return Found(rows, arrays)


def _numbers(pair: Pair[Observation], plain: Shown, synced: Shown) -> Row:
    band, first = synced.terms.band, _extreme(pair)
    return {
        "lag": synced.terms.lag,
        "pearson": metrics.pearson(plain.a, plain.b),
        "pearson_synced": metrics.pearson(synced.a, synced.b),
        "samples": len(pair),
        "held": independent(band, pair),
        "held_extreme": independent(first, pair),
        "edge_hz": None if band is None else band.high,
        "edge_extreme_hz": None if first is None else first.high,
        "power": _power(band, pair),
        "power_extreme": _power(first, pair),
    }


def _extreme(pair: Pair[Observation]) -> Band | None:
    ends = spoken(pair)
    try:
        return EXTREME.agree(ends.a, ends.b, Terms(rate=pair.rate)).band
    except SamefadeError:
        return None


def independent(band: Band | None, pair: Pair[Observation]) -> float:
    """Return 2·B·T, about how many independent samples a band holds of a record; NaN without a band."""
    if band is None:
        return float("nan")
    half = 2 ** (1 / (2 * band.voices))  # a row stands for half a step to either side
    return 2 * (band.high * half - band.low / half) * len(pair) / pair.rate


def _power(band: Band | None, pair: Pair[Observation]) -> float:
    """Return the share of end a's varying power that a band keeps."""
    a, _ = series(pair)
    if band is None:
        return float("nan")
    left = wavelet.inverse(a, rate=pair.rate, low=band.low, high=band.high, voices=band.voices)
    return float(np.var(left) / np.var(a))


def _curves(name: str, pair: Pair[Observation], shown: Mapping[str, Shown]) -> Arrays:
    curves = {what: (one.a, one.b) for what, one in shown.items()}
    first = _extreme(pair)
    if first is not None:
        a, b = (
            wavelet.inverse(x, rate=pair.rate, low=first.low, high=first.high, voices=first.voices)
            for x in series(pair)
        )
        curves["extreme"] = (a, b)
    found: Arrays = {}
    for what, (a, b) in curves.items():
        at = np.linspace(0, len(a) - 1, min(len(a), _POINTS)).round().astype(int)
        found[f"{name}/{what}"] = np.stack([at / pair.rate / 60, a[at], b[at]]).astype(np.float32)
    return found


def draw(result: Result) -> "Figure":
    """Draw both ends without and with the lag, and under the first thresholds, of the first world of three places."""
    from matplotlib.figure import Figure

    found = places(result, "simulated")
    lines = {"wt": "without sync", "sync": "with sync", "extreme": "first thresholds"}
    figure = Figure(figsize=(12, 6.2), layout="constrained")
    axes = figure.subplots(len(lines), max(1, len(found)), squeeze=False, sharex="col")
    for column, (place, short) in enumerate(found):
        for line, what in enumerate(lines):
            here = axes[line, column]
            if f"{short}/{what}" not in result.arrays:
                here.set_visible(False)
                continue
            minutes, a, b = result.arrays[f"{short}/{what}"]
            here.plot(minutes, a, lw=0.9, color="#0b5cad", label="a")
            here.plot(minutes, b, lw=0.9, color="#d1600a", label="b")
            here.set_title(f"{place}, {lines[what]}: {_about(result, place, what)}", fontsize=8)
            here.tick_params(labelsize=8)
        axes[-1, column].set_xlabel("time (min)")
    axes[0, 0].legend(fontsize=7, ncols=2)
    figure.supylabel("amplitude after the inverse wavelet transform", fontsize=9)
    return figure


def _about(result: Result, place: str, what: str) -> str:
    column = {"wt": "pearson", "sync": "pearson_synced", "extreme": "held_extreme"}[what]
    middle = float(np.nanmedian(result.column(column, place=place)))
    return f"2BT {middle:.1f}" if what == "extreme" else f"r {middle:.2f}"


def judge(result: Result) -> dict[int, Verdict]:
    """Claims 25 and 26: what the first thresholds leave, and what the lag brings."""
    return {25: _smooth(result), 26: _aligned(result)}


def _smooth(result: Result) -> Verdict:
    marks: dict[str, Mark] = {}
    parts = []
    for place, _ in places(result):
        first = beyond(result.column("held_extreme", place=place), OF_A_KEY, "below")
        half, samples = (float(np.nanmedian(result.column(name, place=place))) for name in ("held", "samples"))
        marks[place] = first.mark
        parts.append(f"{brief(place)} {first.x:.1f} and {half:.0f} of {samples:.0f}")
    why = (
        f"Independent samples (2BT) under the first thresholds, where little means fewer than the {OF_A_KEY} of one "
        f"key, and with half of the frequencies, of so many packets: "
    )
    return overall(marks, why + told(parts))


def _aligned(result: Result) -> Verdict:
    marks: dict[str, Mark] = {}
    parts = []
    for place, _ in places(result, "simulated", "authors"):
        one = contrast(result.column("pearson_synced", place=place), result.column("pearson", place=place))
        marks[place] = one.mark
        lag = float(np.median(np.abs(result.column("lag", place=place))))
        parts.append(f"{brief(place)} {one} ({lag:.3g})")
    what = "Correlation with the lag taken out against without (median |lag| in packets): "
    return overall(marks | untested(result), what + told([*parts, NOT_LATE]))
