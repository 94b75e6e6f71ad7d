"""Figure 5: wavelet coherence of raw CSI in the three scenarios."""

from collections.abc import Mapping
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from samefade import wavelet
from samefade.bench import Row
from samefade.study import Lab, Mark, Result, Spec, Verdict, overall
from wskg2025.coherence import kept, summary
from wskg2025.contrasts import PUT_IN, brief, contrast, joint, told
from wskg2025.panels import coherences
from wskg2025.places import PAPER, label
from wskg2025.signals import QUICK, SEEDS, SETS, Arrays, Found, Record, gathered, places, records, series, strangers

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SPEC = Spec(
    "Wavelet coherence of raw CSI",
    {
        **SEEDS,
        "scenarios": list(PAPER),
        "sets": SETS,
        "chance": 5,  # worlds of each place for which chance is measured: b turned by half of the record
    },
    QUICK | {"chance": 1},
)
ABOUT = "Wavelet coherence of raw CSI; arrows: phase (→ in phase), shaded: cone of influence"
OFFICE = ("skyglow/office-los", "skyglow/office-nlos")


def compute(spec: Mapping[str, Any], lab: Lab) -> Result:
    """Measure the coherence of both ends' raw CSI, paired by row, and of strangers."""
    found, absent = records(spec, lab)
    return gathered(lab, partial(_record, spec["chance"]), found, absent)


def _record(chance: int, record: Record) -> Found:
    rows: list[Row] = []
    arrays: Arrays = {}
    for about, pair in record.pairs():
        found = wavelet.coherence(*series(pair), rate=pair.rate)
        rows.append({**about, "chance": False, **summary(found)})
        if about["world"] == 0:
            arrays |= kept(record.name, found)
        if int(about["world"] or 0) < chance:
            others = wavelet.coherence(*series(strangers(pair)), rate=pair.rate)
            rows.append({**about, "chance": True, **summary(others)})
    return Found(rows, arrays)


def draw(result: Result) -> "Figure":
    """Draw the coherence of the first seed of each scenario, and of the first block of each recording."""
    titles = {}
    for name, short in places(result):
        area = result.column("area", place=name, chance=False)
        by_chance = result.column("area", place=name, chance=True)
        titles[short] = f"{name}\narea R² > 0.5: {_mid(area)} (chance {_mid(by_chance)})"
    return coherences(result, titles, 3, ABOUT)


def _mid(column: Any) -> str:  # noqa: ANN401 -- an array of numbers
    import numpy as np

    return f"{np.nanmedian(column):.2f}" if len(column) else "–"


def judge(result: Result) -> dict[int, Verdict]:
    """Claims 10, 11 and 13: area, phase and frequency of what is coherent."""
    return {10: _largest(result), 11: _shrinks(result), 13: _low(result)}


def _column(result: Result, metric: str, place: str) -> Any:  # noqa: ANN401 -- an array of numbers
    return result.column(metric, place=place, chance=False)


def _steps(result: Result) -> list[tuple[str, str, str]]:
    """Return (what to call it, nearer, farther): the scenarios in their order, and the office."""
    simulated = [label(f"sim:{name}") for name in PAPER]
    found = [(f"{y.removesuffix(', simulated')} against {x}", x, y) for x, y in pairwise(simulated)]
    here = {name for name, _ in places(result, "real")}
    return [*found, (f"{OFFICE[1]} against {OFFICE[0]}", *OFFICE)] if set(OFFICE) <= here else found


def _largest(result: Result) -> Verdict:
    """Judge by the office: which simulated place is the better one was put in."""
    los, *others = [label(f"sim:{name}") for name in PAPER]
    seen = {f"{los} above {y}": contrast(_column(result, "area", los), _column(result, "area", y)) for y in others}
    marks: dict[str, Mark] = dict.fromkeys(seen, "cannot be tested")
    if set(OFFICE) <= {name for name, _ in places(result, "real")}:
        x, y = OFFICE
        seen[f"{x} above {y}"] = contrast(_column(result, "area", x), _column(result, "area", y))
        marks[f"{x} above {y}"] = seen[f"{x} above {y}"].mark
    parts = [f"{name.replace(', simulated', '').replace('Range', '')} {one}" for name, one in seen.items()]
    return overall(marks, f"Area of high coherence: {told(parts)} Of the simulated places, {PUT_IN}.")


def _shrinks(result: Result) -> Verdict:
    """Judge by the office: which simulated place is the better one was put in."""
    marks: dict[str, Mark] = {}
    parts = []
    for name, near, far in _steps(result):
        area = contrast(_column(result, "area", far), _column(result, "area", near), "below")
        phase = contrast(_column(result, "phase_deg", far), _column(result, "phase_deg", near))
        marks[name] = joint([area, phase]) if near in OFFICE else "cannot be tested"
        parts.append(f"{brief(name)} {area} and {phase}")
    return overall(marks, f"Area, and mean phase difference in degrees: {told(parts)} Of the simulated, {PUT_IN}.")


def _low(result: Result) -> Verdict:
    seen = {
        name: contrast(_column(result, "area_slow", name), _column(result, "area_fast", name))
        for name, _ in places(result)
    }
    what = "Coherent area below a hundredth of the packet rate against that above a tenth: "
    parts = (f"{brief(n)} {one.x:.2f} against {one.y:.2f}" for n, one in seen.items())
    return overall({n: one.mark for n, one in seen.items()}, what + told(parts))
