"""Figure 24: correlation and time shift of blocks that both ends collect at the same time, and of later ones.

The length of the paper's blocks is lost.
Ours are round: ten minutes on the simulated testbed, one and five minutes on recordings.
A shift is where the correlation over lags is largest, looked for up to half a block either way.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from samefade import api, channel, metrics, observe
from samefade.bench import Row
from samefade.bench.paired import FEWEST
from samefade.errors import ConstantSignal
from samefade.study import Lab, Mark, Result, Spec, Verdict, overall
from samefade.types import Float, Observation, Pair
from wskg2025.contrasts import contrast, joint

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SPEC = Spec(
    "Correlation and shift of blocks collected at the same time, and later",
    {
        "seeds": 20,
        # two rates: the testbed's own over its hour, and one packet a second over a day and more
        "worlds": [
            {"scenario": "los-short", "rate": 10.0, "hours": 1.0, "later_min": [10, 20, 30, 40]},
            {"scenario": "los-short", "rate": 1.0, "hours": 26.0, "later_min": [10, 60, 120, 240, 480, 1440]},
        ],
        "block_s": 600,
        "sets": ["skyglow/office-los", "skyglow/office-nlos", "skyglow/mobile", "skyglow/outdoor-mobile"],
        "set_blocks_s": [60, 300],
        "set_later_min": [10, 30, 60, 240],
        "starts": 40,
    },
    {
        "seeds": 8,
        "worlds": [{"scenario": "los-short", "rate": 1.0, "hours": 4.0, "later_min": [10, 60, 180]}],
        "sets": ["skyglow/mobile", "skyglow/outdoor-mobile"],
        "starts": 12,
    },
)
# what we take for a high correlation, and for a small shift, of the largest lag that is searched: the paper's are lost
HIGH, NEAR = 0.5, 0.1


class Task(NamedTuple):
    """One world or recording to be cut into blocks."""

    name: str
    seed: int
    spec: Mapping[str, Any]


def compute(spec: Mapping[str, Any], lab: Lab) -> Result:
    """Compare b's block with a's at the same time and at every later one."""
    here, absent = lab.sets(spec["sets"])
    tasks = [Task("sim", seed, world) for world in spec["worlds"] for seed in range(spec["seeds"])]
    tasks += [Task(name, 0, {}) for name in here]
    found = lab.map(partial(_rows, dict(spec)), tasks, "worlds and recordings")
    return Result([row for rows in found for row in rows], notes=absent)


def _rows(spec: Mapping[str, Any], task: Task) -> list[Row]:
    if task.name == "sim":
        later = task.spec["later_min"]
        place = f"{task.spec['scenario']} at {task.spec['rate']:g}/s, simulated"
        return list(_of(_world(task.spec, task.seed), place, spec["block_s"], later, [(task.seed, 0.0)]))
    pair = api.read_set(task.name).one_tone()
    rows: list[Row] = []
    for block in spec["set_blocks_s"]:
        later = [minutes for minutes in spec["set_later_min"] if len(pair) / pair.rate > 60 * minutes + 2 * block]
        room = len(pair) / pair.rate - 60 * max(later, default=0) - block
        starts = np.arange(0, max(room, 1), max(block, room / spec["starts"]))  # blocks do not overlap
        rows += _of(pair, f"{task.name}, {block:g} s", block, later, list(enumerate(starts.tolist())))
    return rows


def _world(world: Mapping[str, Any], seed: int) -> Pair[Observation]:
    case = replace(channel.scenario(world["scenario"]), rate=world["rate"], seconds=3600 * world["hours"])
    made = channel.simulate(case, seed, tones=(6,))
    return observe.pair(made.a, made.b, tone=6, by="row")  # the paper's logs have no counter


def _of(
    pair: Pair[Observation], place: str, block: float, later: list[float], starts: list[tuple[int, float]]
) -> Iterator[Row]:
    n = round(block * pair.rate)
    a, b = np.asarray(pair.a.values), np.asarray(pair.b.values)
    for world, start in starts:
        at = round(start * pair.rate)
        for minutes in (0, *later):
            then = at + round(60 * minutes * pair.rate)
            if then + n <= len(a):
                numbers = _likeness(b[at : at + n], a[then : then + n])
                yield {"place": place, "world": world, "later_min": float(minutes), "samples": n, **numbers}


def _likeness(station: Float, access_point: Float) -> Row:
    try:
        found = metrics.lagged(access_point, station, len(station) // 2)
    except ConstantSignal:
        return {"at_zero": None, "correlation": None, "shift": None}
    middle = len(station) // 2
    return {"at_zero": float(found.correlation[middle]), "correlation": found.peak, "shift": float(abs(found.best))}


def _places(result: Result) -> list[str]:
    return list(dict.fromkeys(str(row["place"]) for row in result.rows))


def _times(result: Result, place: str) -> list[float]:
    return list(dict.fromkeys(float(str(row["later_min"])) for row in result.where(place=place)))


def draw(result: Result) -> "Figure":
    """Draw correlation over shift as the paper does: blocks of the same time in green, later ones in orange."""
    from matplotlib.figure import Figure

    places = _places(result)
    columns = max(1, min(3, len(places)))
    lines = max(1, -(-len(places) // columns))
    figure = Figure(figsize=(0.5 + 3.6 * columns, 3.1 * lines + 0.4), layout="constrained")
    axes = figure.subplots(lines, columns, squeeze=False, sharey=True)
    for axis, place in zip(axes.flat, places, strict=False):
        times = _times(result, place)
        for minutes in times:
            where = {"place": place, "later_min": minutes}
            x, y = result.column("shift", **where), result.column("correlation", **where)
            shade = 0.35 + 0.6 * times.index(minutes) / max(1, len(times) - 1)
            colour = "#0b7a3b" if not minutes else (1.0, 0.85 - 0.65 * shade, 0.55 - 0.5 * shade)
            axis.plot(x, y, "o", ms=3.5, alpha=0.75, mew=0, color=colour, label=_when(minutes))
        axis.axhline(0, color="k", lw=0.5, ls=":")
        axis.set_xscale("symlog", linthresh=1)
        axis.set_xlim(-0.3, None)
        axis.set_title(place, fontsize=9)
        axis.tick_params(labelsize=8)
        axis.legend(fontsize=6.5, loc="lower left", ncols=2, framealpha=0.8)
    for spare in axes.flat[len(places) :]:
        spare.set_visible(False)
    figure.supxlabel("|shift| of the largest correlation (samples)", fontsize=9)
    figure.supylabel("largest correlation over all lags", fontsize=9)
    return figure


def _when(minutes: float) -> str:
    if not minutes:
        return "same time"
    return f"{minutes:g} min later" if minutes < 60 else f"{minutes / 60:g} h later"


def judge(result: Result) -> dict[int, Verdict]:
    """Claims 67 and 68: blocks of the same time are alike, later ones are less alike and shifted."""
    return {67: _together(result), 68: _later(result)}


def _together(result: Result) -> Verdict:
    marks: dict[str, Mark] = {}
    seen = {}
    for place in _places(result):
        where = {"place": place, "later_min": 0.0}
        r, shift = (result.column(name, **where) for name in ("correlation", "shift"))
        enough = np.count_nonzero(np.isfinite(r)) >= FEWEST
        alike, near = np.nanmedian(r), np.nanmedian(shift)
        most = np.nanmedian(result.column("samples", **where)) // 2
        small = near < NEAR * most
        marks[place] = "cannot be tested" if not enough else "holds" if alike > HIGH and small else "differs"
        seen[place] = (float(alike), float(near))
    low, far = min(seen, key=lambda place: seen[place][0]), max(seen, key=lambda place: seen[place][1])
    why = (
        f"The lowest median correlation is {seen[low][0]:.2f} ({low}), high above {HIGH}; the largest median shift "
        f"{seen[far][1]:.3g} samples ({far}), small below {NEAR:.0%} of the largest lag. Recordings are matched by "
        "exchange, which leaves none."
    )
    return overall(marks, why)


def _later(result: Result) -> Verdict:
    marks: dict[str, Mark] = {}
    tested: list[Mark] = []
    nearest = (-1.0, "")
    for place in _places(result):
        together = {name: result.column(name, place=place, later_min=0.0) for name in ("correlation", "shift")}
        seen = []
        times = _times(result, place)[1:]
        for minutes in times:
            after = {name: result.column(name, place=place, later_min=minutes) for name in together}
            seen.append(
                (
                    contrast(together["correlation"], after["correlation"]),
                    contrast(together["shift"], after["shift"], "below"),
                )
            )
        marks[place] = joint([one for both in seen for one in both])
        tested += [joint(both) for both in seen if joint(both) != "cannot be tested"]
        nearest = max(nearest, *((both[0].y, place) for both in seen))
    why = (
        f"A lower correlation and a larger shift are seen at {tested.count('holds')} of {len(tested)} later times; the "
        f"most alike has a median correlation of {nearest[0]:.2f} ({nearest[1]}). The largest of many lags is high by "
        "chance where a block holds few independent samples."
    )
    return overall(marks, why)
