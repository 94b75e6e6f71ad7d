"""Figure 7: wavelet coherence of two hours with losses in the middle, at the beginning and at the end."""

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from samefade import wavelet
from samefade.bench import Row, Source
from samefade.study import Lab, Mark, Result, Spec, Verdict, overall
from wskg2025.coherence import HIGH, coherent_up_to, kept, sampled, summary
from wskg2025.contrasts import Contrast, brief, contrast, either, joint, told
from wskg2025.losing import COLUMNS, Whole, cases, damaged, inspect, read, whole
from wskg2025.panels import coherences
from wskg2025.places import label, simulated
from wskg2025.signals import QUICK, SEEDS, Arrays, Found, Record, gathered, places, series
from wskg2025.zones import TREATMENTS, Cut, height, quiet_los

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from samefade.draw.coherence import Panel

BEGINNING, MIDDLE, END, SHARE = 10 / 120, 60 / 120, 100 / 120, 3 / 120
SPEC = Spec(
    "Wavelet coherence of two hours with induced losses",
    {
        **SEEDS,
        "seconds": 7200.0,
        "rate": 10.0,
        "sets": ["skyglow/office-los"],
        # the paper's numbers of packets are lost; ours: three minutes each, after 60, 10 and 100 minutes of 120.
        # Not at the very first and last row, where a loss can leave no zone.
        "cases": {
            "none": {},
            "middle": {"losses": [[MIDDLE, SHARE]]},
            "and beginning": {"losses": [[BEGINNING, SHARE], [MIDDLE, SHARE]]},
            "and end": {"losses": [[BEGINNING, SHARE], [MIDDLE, SHARE], [END, SHARE]]},
        },
    },
    QUICK | {"seconds": 3600.0, "rate": 1.0, "sets": []},
)
FAR, WORST = "nlos-long", "and end"
BANDS = tuple(f"{kind}_{band}" for kind in ("area", "in_phase") for band in ("slow", "middle", "fast"))
ABOUT = "Losses of a fortieth of the record each: at a half, then at a twelfth, then at five sixths; rows closed up"
_TITLES = {
    "none": "a LoS, simulated: no loss",
    "middle": "b lost in the middle",
    "and beginning": "c and at the beginning",
    "and end": "d and towards the end",
}


def compute(spec: Mapping[str, Any], lab: Lab) -> Result:
    """Lose packets in a long line-of-sight record, and measure NLoS-LongRange of the same length beside it."""
    here, absent = lab.sets(spec["sets"])
    found = [
        Record(label(f"sim:{name}"), "simulated", name, ((seed, simulated(name, seed, spec["seconds"])),))
        for name in ("los-short", FAR)
        for seed in range(spec["seeds"])
    ]
    # what is lost is put in: the authors' own recordings, which lose by themselves, are not for this
    found += [
        Record(label(f"set:{name}"), "real", name, _stretches(name, spec)) for name in here if name in spec["sets"]
    ]
    return gathered(lab, partial(_record, spec), found, absent)


def _stretches(name: str, spec: Mapping[str, Any]) -> tuple[tuple[int, Source], ...]:
    """Cut a recording into stretches of this length."""
    first = Source(f"set:{name}", tone=None)
    pair = first.pair()
    count = max(1, int(len(pair) / (pair.rate * spec["seconds"])))
    return tuple((i, Source(first.name, tone=None, block=i, blocks=count)) for i in range(min(count, spec["blocks"])))


def _record(spec: Mapping[str, Any], record: Record) -> Found:
    if record.name == FAR:
        return _far(record)
    if record.role == "real":
        pairs = [(about, (*series(pair), pair.rate)) for about, pair in record.pairs()]
    else:
        about = {"place": record.place, "role": record.role, "name": record.name}
        pairs = [(about | {"world": s}, quiet_los(s, spec["seconds"], spec["rate"])) for s, _ in record.parts]
    rows: list[Row] = []
    arrays: Arrays = {}
    for about, ends in pairs:
        now = whole(*ends)
        for how in TREATMENTS:
            for name, case in cases(spec["cases"]).items():
                if how == "left open" and name not in ("none", WORST):
                    continue  # the cases between add cost and no question
                x, y, found = damaged(now, case, how)
                told_ = {**about, "treatment": how, "case": name}
                seen = inspect(now, case, x, y) if (how, name) == ("closed up", WORST) else {}
                rows.append({**told_, "loss": None, **summary(found), **read(now, case, found), **seen})
                cuts = case.cuts(len(now.a))
                rows += [{**told_, "loss": i, **one} for i, one in enumerate(_around(now, found, cuts))]
                if about["world"] == 0 and how == "closed up":
                    arrays |= kept(f"{record.name}/{name}", found)
    return Found(rows, arrays)


def _far(record: Record) -> Found:
    rows: list[Row] = []
    for about, pair in record.pairs():
        found = wavelet.coherence(*series(pair), rate=pair.rate)
        rows.append({**about, "treatment": "none", "case": "none", "loss": None, **summary(found)})
        arrays = kept(record.name, found) if about["world"] == 0 else {}
    return Found(rows, arrays)


def _around(now: Whole, found: wavelet.Coherence, cuts: list[Cut]) -> list[Row]:
    """Measure around each loss: R² in it, after it, and where nothing was lost; and the phase until the next loss.

    Rows are read that are coherent without losses, the two fastest octaves of them: there a shift shows, too.
    """
    panel, before = sampled(found, COLUMNS, None), sampled(now.found, COLUMNS, None)
    top = max(coherent_up_to(now.found), 4 * float(now.found.frequency[now.found.valid > 0][-1]))
    heights, usual = (height(one, (top / 4, top)) for one in (panel, before))
    minute = now.rate * 60
    rows: list[Row] = []
    for i, cut in enumerate(cuts):
        begin, stop = cut.first / minute, (cut.first + cut.packets) / minute
        wide = stop - begin
        until = cuts[i + 1].first / minute if i + 1 < len(cuts) else panel.last
        rows.append({
            "minute": begin,
            "inside": _mean(heights, panel.minutes, begin, stop),
            "later": _mean(heights, panel.minutes, stop + wide, stop + 3 * wide),
            "unharmed": _mean(usual, before.minutes, begin, stop),
            "phase_after": _phase(panel, top, stop, until),
            "phase_unharmed": _phase(before, top, stop, until),
        })  # fmt: skip
    return rows


def _mean(heights: Any, minutes: Any, begin: float, stop: float) -> float:  # noqa: ANN401 -- two arrays of numbers
    inside = (minutes >= begin) & (minutes < stop)
    return float(heights[inside].mean()) if inside.any() else float("nan")


def _phase(panel: "Panel", top: float, begin: float, stop: float) -> float:
    """Return the mean |phase| of the cells with R² > 0.5 up to a frequency, degrees."""
    rows, columns = panel.frequency <= top * 1.001, (panel.minutes >= begin) & (panel.minutes < stop)
    power, phase = (np.asarray(part)[np.ix_(rows, columns)] for part in (panel.power, panel.phase))
    high = power > HIGH
    return float(np.degrees(np.abs(phase[high]).mean())) if high.any() else float("nan")


def draw(result: Result) -> "Figure":
    """Draw the four cases of the first seed, rows closed up, NLoS-LongRange, and a recording's last case."""
    titles = {}
    for case, title in _TITLES.items():
        rows = result.where(name="los-short", case=case, treatment="closed up", world=0, loss=None)
        titles[f"los-short/{case}"] = f"{title}\n{rows[0]['packets'] if rows else 0} packets lost"
    titles[FAR] = f"{label(f'sim:{FAR}')}\n(nothing induced)"
    titles |= {f"{short}/and end": f"d {name}:\nthe same losses" for name, short in places(result, "real")}
    return coherences(result, titles, 3, ABOUT)


def judge(result: Result) -> dict[int, Verdict]:
    """Claims 19 and 20: zones with a phase shift where packets were lost, and the likeness to NLoS-LongRange."""
    return {19: _zones(result), 20: _alike(result)}


def _zones(result: Result) -> Verdict:
    """Judge by the kinder of both readings of what becomes of the rows behind a loss."""
    marks: dict[str, Mark] = {}
    parts = []
    for place, name in places(result):
        readings: list[Mark] = []
        for how in TREATMENTS if name != FAR else ():
            seen = [_seen(result, place, how, loss) for loss in range(3)]
            readings.append(joint(one for loss in seen for one in loss))
            low, back, shift = seen[1]
            if readings[-1] != "cannot be tested":
                parts.append(f"{brief(place)}, rows {how}: {_word(low)}, {_word(back)}, {_word(shift)}")
        if name != FAR:
            marks[place] = either(readings)
    what = "At the middle loss, is R² lower than unharmed, does it come back, and is the phase shifted behind it: "
    return overall(marks, what + (told(parts) if parts else "tested nowhere."))


def _word(one: Contrast) -> str:
    return f"{'yes' if one.mark == 'holds' else 'no'} ({one.x:.2g} to {one.y:.2g})"


def _seen(result: Result, place: str, how: str, loss: int) -> tuple[Contrast, Contrast, Contrast]:
    """Say of one loss whether coherence is low, whether it comes back, and whether the phase is shifted behind it."""
    inside, later, unharmed, after, before = (
        result.column(k, place=place, treatment=how, case=WORST, loss=loss)
        for k in ("inside", "later", "unharmed", "phase_after", "phase_unharmed")
    )
    return contrast(inside, unharmed, "below"), contrast(later, inside), contrast(after, before)


def _alike(result: Result) -> Verdict:
    """Compare the distance to NLoS-LongRange, over six shares, of the record with all losses and with none.

    The kinder of both readings of what becomes of the rows behind a loss counts.
    """
    readings: list[Mark] = []
    parts = []
    los, far = label("sim:los-short"), label(f"sim:{FAR}")
    target = np.stack([result.column(k, place=far, loss=None) for k in BANDS])
    for how in TREATMENTS:
        gaps = []
        for case in (WORST, "none"):
            mine = np.stack([result.column(k, place=los, treatment=how, case=case, loss=None) for k in BANDS])
            gaps.append(np.abs(mine - target).sum(axis=0))
        one = contrast(gaps[0], gaps[1], "below")
        readings.append(one.mark)
        parts.append(f"rows {how}, {one} with none")
    why = "Distance to NLoS-Long in coherent and in-phase areas of three bands, with all losses: "
    return overall({los: either(readings)}, why + told(parts))
