"""Figure 8: wavelet coherence at a fine scale, with losses of growing size, at either end, and with two losses."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from samefade.bench import Row
from samefade.study import Lab, Mark, Result, Spec, Verdict, overall
from wskg2025.coherence import kept
from wskg2025.contrasts import brief, contrast, either, joint, told
from wskg2025.losing import cases, damaged, inspect, read, whole
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
    # what is lost is put in: the authors' own recordings, which lose by themselves, are not for this
    found = [record for record in found if record.role != "authors"]
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
                rows.append({**about, "treatment": how, "case": name, **numbers})
                if about["world"] == 0 and how == "left open":
                    arrays |= kept(f"{record.name}/{name}", found)
                if about["world"] == 0 and how == "closed up" and name == "middle":
                    arrays |= kept(f"{record.name}/closed up", found)
    return Found(rows, arrays)


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


# which of the two the paper's authors did is not said; "areas of zero coherence" speak for the first
READINGS = {"left open": "gaps left open", "closed up": "rows closed up"}


def draw(result: Result) -> "Figure":
    """Draw four cases of the first simulated seed, and all of the first block of a recording."""
    titles = {}
    for place, name in places(result):
        shown = ("none", "middle", "large") if name == "los-short" else tuple(_LETTERS) if name == SHOWN else ()
        for case in shown:
            row = next(iter(result.where(place=place, case=case, treatment="left open", world=0)), {})
            about = f"{row.get('packets', 0)} packets lost, zone {row.get('zone_packets', 0)}"
            titles[f"{name}/{case}"] = f"{_LETTERS[case]} {place}\n{about}"
        if shown:
            titles[f"{name}/closed up"] = f"c' {place}\nthe loss of c, rows closed up"
    about = "Losses at the access point (b to d) and at the station (e, f); gaps left open but in c'"
    return coherences(result, titles, 4, about, size=(3.1, 2.3))


def judge(result: Result) -> dict[int, Verdict]:
    """Claims 21 to 23: widths in proportion, at either end, and two of them."""
    return {21: _proportional(result), 22: _station(result), 23: _two(result)}


Told = tuple[Mark, str]


def _kinder(result: Result, found: Mapping[tuple[str, str], Told], what: str) -> Verdict:
    """Judge every place by the kinder of both readings of what becomes of the rows behind a loss, and tell both."""
    marks: dict[str, Mark] = {}
    parts = []
    for place, _ in places(result):
        both = {called: found[place, how] for how, called in READINGS.items()}
        marks[place] = either(mark for mark, _ in both.values())
        parts.append(f"{brief(place)} " + ", ".join(numbers for _, numbers in both.values()))
    why = f"Zone's width × rate over packets lost{what}, {', and '.join(READINGS.values())} (medians; one is enough): "
    return overall(marks, why + told(parts))


def _each(result: Result) -> list[tuple[str, str]]:
    return [(place, how) for place, _ in places(result) for how in READINGS]


def _ratio(result: Result, place: str, how: str, case: str, part: str = "zone_packets") -> "Float":
    """Return estimated packets over those lost, (n,)."""
    where = {"place": place, "treatment": how, "case": case}
    return np.asarray(result.column(part, **where) / result.column("packets", **where))


def _near(ratio: "Float") -> Mark:
    """Say whether most worlds' estimates are within a quarter of the truth."""
    if len(ratio) < 7:
        return "cannot be tested"
    return "holds" if np.mean(np.abs(ratio - 1) <= NEAR) > 0.5 else "differs"


SIZES = ("small", "middle", "large")


def _proportional(result: Result) -> Verdict:
    found = {each: _grown(result, *each) for each in _each(result)}
    return _kinder(result, found, ", for losses of 1 / 3 / 6 minutes")


def _grown(result: Result, place: str, how: str) -> Told:
    ratios = [_ratio(result, place, how, case) for case in SIZES]
    widths = [result.column("zone_packets", place=place, treatment=how, case=case) for case in SIZES]
    grows = [contrast(widths[1], widths[0]), contrast(widths[2], widths[1])]
    mark = joint([*grows, *(_near(ratio) for ratio in ratios)])
    return mark, " / ".join(f"{np.median(ratio):.2f}" for ratio in ratios)


def _station(result: Result) -> Verdict:
    ratios = {each: _ratio(result, *each, "station") for each in _each(result)}
    found = {each: (_near(ratio), f"{np.median(ratio):.2f}") for each, ratio in ratios.items()}
    return _kinder(result, found, " at the station")


def _two(result: Result) -> Verdict:
    found = {each: _both(result, *each) for each in _each(result)}
    return _kinder(result, found, ", first / second / both")


def _both(result: Result, place: str, how: str) -> Told:
    each = [2 * _ratio(result, place, how, "two", part) for part in ("zone_first", "zone_second")]
    total = _ratio(result, place, how, "two")
    mark = joint([_near(total), *(_near(one) for one in each)])
    return mark, " / ".join(f"{np.median(one):.2f}" for one in (*each, total))
