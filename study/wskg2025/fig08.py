"""Figure 8: wavelet coherence at a fine scale, with losses of growing size, at either end, and with two losses."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from samefade.bench import Row
from samefade.study import Lab, Mark, Result, Spec, Verdict, overall
from wskg2025.coherence import kept
from wskg2025.contrasts import FEW, contrast, joint, told
from wskg2025.losing import Whole, cases, damaged, inspect, read, whole
from wskg2025.panels import coherences
from wskg2025.signals import QUICK, SEEDS, Arrays, Found, Record, gathered, places, records, series
from wskg2025.zones import TREATMENTS, quiet_los

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from samefade.types import Float

SPEC = Spec(
    "Wavelet coherence at a fine scale with induced losses",
    {
        **SEEDS,
        "scenarios": ["los-short"],
        "sets": ["skyglow/office-los", "skyglow/mobile"],
        # the paper's durations, rates and numbers of packets are lost; these are ours: an hour at one packet a second,
        # losses of 1, 3 and 6 minutes (as shares of the record), one of 3 at the station, two of 2 minutes each
        "rate": 1.0,
        "cases": {
            "none": {},
            "small": {"losses": [[0.5, 1 / 60]]},
            "middle": {"losses": [[0.5, 3 / 60]]},
            "large": {"losses": [[0.5, 6 / 60]]},
            "station": {"losses": [[0.5, 3 / 60]], "end": "b"},
            "two": {"losses": [[0.25, 2 / 60], [0.65, 2 / 60]], "end": "b"},
        },
    },
    QUICK | {"seconds": 3600.0},
)
NEAR = 0.25  # an estimate within a quarter of the truth is near; ours
SHOWN = "skyglow/office-los"
_LETTERS = dict(zip(("none", "small", "middle", "large", "station", "two"), "abcdef", strict=True))


def compute(spec: Mapping[str, Any], lab: Lab) -> Result:
    """Lose packets in every record, in both treatments, and let two readers count them."""
    found, absent = records(spec, lab)
    return gathered(lab, partial(_record, spec), found, absent)


def _record(spec: Mapping[str, Any], record: Record) -> Found:
    rows: list[Row] = []
    arrays: Arrays = {}
    for about, a, b, rate in _ends(spec, record):
        now = whole(a, b, rate)
        for how in TREATMENTS:
            for name, case in cases(spec["cases"]).items():
                x, y, found = damaged(now, case, how)
                numbers = read(now, case, found) | (inspect(now, case, x, y) if how == "closed up" else {})
                rows.append({**about, "treatment": how, "case": name, **_band(now), **numbers})
                if about["world"] == 0 and how == "left open" and case.end in "ab":
                    arrays |= kept(f"{record.name}/{name}", found)
                if about["world"] == 0 and how == "closed up" and name == "middle":
                    arrays |= kept(f"{record.name}/closed up", found)
    return Found(rows, arrays)


def _band(now: Whole) -> Row:
    return {"read_from_hz": now.band[0], "read_to_hz": now.band[1]}


def _ends(spec: Mapping[str, Any], record: Record) -> Iterator[tuple[Row, "Float", "Float", float]]:
    if record.role == "simulated":
        for seed, _ in record.parts:
            about: Row = {"place": record.place, "role": record.role, "name": record.name, "world": seed}
            yield about, *quiet_los(seed, spec["seconds"], spec["rate"])
        return
    for about, pair in record.pairs():
        n = min(len(pair), round(spec["seconds"] * pair.rate))
        a, b = series(pair)
        yield about, a[:n], b[:n], pair.rate


class _Reader(NamedTuple):
    """Whose numbers: of which treatment, and in which columns."""

    treatment: str
    columns: str
    called: str


READERS = (
    _Reader("left open", "zone", "zone width, gaps left open"),
    _Reader("closed up", "zone", "zone width, rows closed up"),
    _Reader("closed up", "inspected", "samefade's inspector, rows closed up"),
)


def draw(result: Result) -> "Figure":
    """Draw the six cases of the first simulated seed and of the first block of a recording."""
    titles = {}
    for place, name in places(result):
        for case, letter in _LETTERS.items():
            row = next(iter(result.where(place=place, case=case, treatment="left open", world=0)), {})
            lost = f"{row.get('packets', 0)} lost, zone {row.get('zone_packets', 0)}"
            titles[f"{name}/{case}"] = f"{letter} {place}\n{lost} packets"
        titles[f"{name}/closed up"] = f"c' {place}\nthe same loss, rows closed up"
    chosen = {k: v for k, v in titles.items() if k.startswith(("los-short/", f"{SHOWN}/"))}
    about = "Losses at the access point (b–d), at the station (e, f); gaps left open but in c'"
    ordered = sorted(chosen, key=lambda key: (not key.startswith("los"), chosen[key].split("'")[0]))
    return coherences(result, {key: chosen[key] for key in ordered}, 4, about)


def judge(result: Result) -> dict[int, Verdict]:
    """Claims 21 to 23: widths in proportion, at either end, and two of them."""
    return {21: _proportional(result), 22: _station(result), 23: _two(result)}


def _each(result: Result) -> Iterator[tuple[str, str, _Reader]]:
    for place, _ in places(result):
        for reader in READERS:
            yield f"{place}, {reader.called}", place, reader


def _ratio(result: Result, place: str, reader: _Reader, case: str, part: str = "packets") -> "Float":
    """Return estimated packets over those lost, (n,)."""
    where = {"place": place, "treatment": reader.treatment, "case": case}
    return np.asarray(result.column(f"{reader.columns}_{part}", **where) / result.column("packets", **where))


def _near(ratio: "Float") -> Mark:
    """Say whether the median is within a quarter of 1, and half of the worlds' are."""
    if len(ratio) < 7:
        return "cannot be tested"
    return "holds" if np.mean(np.abs(ratio - 1) <= NEAR) > 0.5 else "differs"


def _proportional(result: Result) -> Verdict:
    sizes = ("small", "middle", "large")
    marks: dict[str, Mark] = {}
    parts = []
    for called, place, reader in _each(result):
        ratios = [_ratio(result, place, reader, case) for case in sizes]
        where = {"place": place, "treatment": reader.treatment}
        counts = [result.column(f"{reader.columns}_packets", case=case, **where) for case in sizes]
        grows = [contrast(counts[1], counts[0]), contrast(counts[2], counts[1])]
        marks[called] = joint([*grows, *(_near(ratio) for ratio in ratios)])
        parts.append(f"{called}: {', '.join(f'{np.median(ratio):.2f}' for ratio in ratios)}")
    return overall(
        marks, f"estimate over truth for 1, 3 and 6 minutes (median, near is within {NEAR:.0%}): " + told(parts)
    )


def _station(result: Result) -> Verdict:
    marks: dict[str, Mark] = {}
    parts = []
    for called, place, reader in _each(result):
        ratio = _ratio(result, place, reader, "station")
        marks[called] = _near(ratio)
        text = f"{called}: {np.median(ratio):.2f}"
        if reader.columns == "inspected":
            rows = result.where(place=place, treatment="closed up", case="station")
            right = sum(row["inspected_end"] == "right" for row in rows)
            text += f", and names the right end in {right} of {len(rows)}"
        parts.append(text)
    return overall(marks, "estimate over truth for a loss at the station (median): " + told(parts))


def _two(result: Result) -> Verdict:
    marks: dict[str, Mark] = {}
    parts = []
    for called, place, reader in _each(result):
        each = [2 * _ratio(result, place, reader, "two", part) for part in ("first", "second")]
        total = _ratio(result, place, reader, "two")
        marks[called] = joint([_near(total), *(_near(one) for one in each)])
        parts.append(
            f"{called}: {np.median(each[0]):.2f} and {np.median(each[1]):.2f}, together {np.median(total):.2f}"
        )
    return overall(marks, f"estimate over truth of each and of both ({FEW}: not tested): " + told(parts))
