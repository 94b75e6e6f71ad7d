"""What figures 12, 13 and 14 have in common: the coherence of six reconstructions at one place and one recording."""

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from samefade.bench import Row
from samefade.errors import SamefadeError
from samefade.study import Lab, Mark, Result
from samefade.types import Observation, Pair
from wskg2025.coherence import kept
from wskg2025.contrasts import Contrast, contrast
from wskg2025.panels import coherences
from wskg2025.reconstructions import SCHEMES, TITLES, Shown, all_shown, coherent, compared, likeness, upper_edge
from wskg2025.signals import QUICK, SEEDS, Arrays, Found, Record, gathered, places, records, strangers

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NOT_LATE = "the recordings are matched exchange by exchange: no lag to undo"
FULL: dict[str, Any] = {**SEEDS, "chance": 3}  # worlds for which chance is measured: b turned by half of the record
FEWER: dict[str, Any] = {**QUICK, "chance": 1}


def measured(spec: Mapping[str, Any], lab: Lab) -> Result:
    """Measure the coherence of every reconstruction in every record, and of strangers in some."""
    found, absent = records(spec, lab)
    return gathered(lab, partial(_record, spec["chance"]), found, absent)


def _record(chance: int, record: Record) -> Found:
    rows: list[Row] = []
    arrays: Arrays = {}
    for about, pair in record.pairs():
        seen, panels = _variants(pair, record.name if about["world"] == 0 else None)
        rows += [{**about, "chance": False, **row} for row in seen]
        arrays |= panels
        if int(about["world"] or 0) < chance:
            rows += [{**about, "chance": True, **row} for row in _variants(strangers(pair), None)[0]]
    return Found(rows, arrays)


def _variants(pair: Pair[Observation], keep: str | None) -> tuple[list[Row], Arrays]:
    shown = all_shown(pair)
    raw, wt = shown["raw"], shown["wt"]
    if isinstance(raw, SamefadeError):
        return [{"variant": name, "refusal": type(raw).__name__} for name in SCHEMES], {}
    edge = upper_edge(wt.terms.band) if isinstance(wt, Shown) else float("nan")
    plain = coherent(raw)
    rows: list[Row] = []
    arrays: Arrays = {}
    for name, one in shown.items():
        if isinstance(one, SamefadeError):
            rows.append({"variant": name, "refusal": type(one).__name__})
            continue
        found = plain if name == "raw" else coherent(one)
        rows.append(
            {"variant": name, "refusal": None, "edge_hz": edge, **likeness(one), **compared(found, plain, edge)}
        )
        if keep is not None:
            arrays |= kept(f"{keep}/{name}", found)
    return rows, arrays


def picture(result: Result, about: str) -> "Figure":
    """Draw six panels of the first seed, and six of the first block of the recording."""
    titles = {}
    for place, short in places(result):
        for letter, name in zip("abcdef", SCHEMES, strict=True):
            area, phase = (np.nanmedian(values(result, place, name, m)) for m in ("area", "in_phase_area"))
            where = f", {place}" if name == "raw" else ""
            titles[f"{short}/{name}"] = (
                f"{letter} {TITLES[name]}{where}\narea {area:.2f}, in phase {phase:.2f} (medians)"
            )
    return coherences(result, titles, 3, f"{about}; dark above: filtered out", size=(3.3, 2.3))


def values(result: Result, place: str, variant: str, metric: str, *, chance: bool = False) -> NDArray[np.float64]:
    """Return one number of one reconstruction over worlds, NaN where it found no terms."""
    return result.column(metric, place=place, variant=variant, chance=chance)


def against(result: Result, place: str, x: str, y: str, metric: str, wanted: str = "above") -> Contrast:
    """Compare two reconstructions in one number."""
    return contrast(
        values(result, place, x, metric), values(result, place, y, metric), "above" if wanted == "above" else "below"
    )


def untested(result: Result) -> dict[str, Mark]:
    """Return the recordings where a lag has nothing to undo."""
    return {name: "cannot be tested" for name, _ in places(result, "real")}


def median(result: Result, place: str, variant: str, metric: str, *, chance: bool = False) -> float:
    """Return the median of `values`."""
    found = values(result, place, variant, metric, chance=chance)
    return float(np.nanmedian(found)) if np.isfinite(found).any() else float("nan")
