"""Whether other subcarriers behave as the one that is shown: the paper says so (Sec. II) and shows none.

On the simulated testbed every tone of one world has its own scattering and its own noise, and shares the slow drift,
the gain steps and the losses, because that is how it was made; recordings of Bluetooth's channel sounding have 72 tones
and 62 procedures, too few for keys, so there only the correlation is seen.
"""

from collections.abc import Mapping
from itertools import combinations
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from samefade import api, metrics
from samefade.bench import Cell, Row, Source
from samefade.errors import ConstantSignal
from samefade.study import Lab, Mark, Result, Spec, Verdict, overall
from wskg2025.contrasts import contrast
from wskg2025.places import COLOURS, PAPER, label

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SPEC = Spec(
    "Ten subcarriers beside each other",
    {
        "seeds": 10,
        "scenarios": list(PAPER),
        "seconds": 1200.0,
        "tones": [6, 10, 14, 19, 24, 30, 38, 44, 50, 58],  # of the 52 that carry data or pilots: 6 to 31 and 33 to 58
        "schemes": ["raw", "golay", "wskg"],
        "sets": ["ble-channel-sounding"],
    },
    {"seeds": 7, "scenarios": ["los-short"], "seconds": 600.0, "tones": [6, 10, 16, 26, 44, 58], "schemes": ["golay"]},
)
SHOWN = 6  # the tone that the paper shows
METRICS = ("pearson", "bit_error_rate", "key_rate_20")
# how far the mean of a tone may lie from the mean of the tone that is shown: ours, the paper names none
ALIKE = {"pearson": 0.1, "bit_error_rate": 0.05, "key_rate_20": 0.1}
Side = Literal["above", "below"]
SIDES: tuple[Side, ...] = ("above", "below")
NAMES = {"pearson": "correlation", "bit_error_rate": "bit error rate", "key_rate_20": "key rate at 20 of 256"}


def compute(spec: Mapping[str, Any], lab: Lab) -> Result:
    """Evaluate every scheme on every tone of the same worlds, and correlate the tones of recordings."""
    here, absent = lab.sets(spec["sets"])
    cells = [
        Cell(Source(f"sim:{name}", seed, by="row", seconds=spec["seconds"], tone=tone), scheme, METRICS)
        for name in spec["scenarios"]
        for seed in range(spec["seeds"])
        for tone in spec["tones"]
        for scheme in spec["schemes"]
    ]
    rows = [_told(row) for row in lab.grid(cells, "tones")]
    rows += [row for found in lab.map(_recorded, here, "recordings") for row in found]
    return Result(rows, notes=absent)


def _told(row: Row) -> Row:
    numbers = {name: row[name] for name in METRICS}
    about: Row = {"place": label(str(row["name"])), "world": row["seed"], "tone": row["tone"], "scheme": row["scheme"]}
    return about | numbers


def _recorded(name: str) -> list[Row]:
    """Correlate both ends on every tone of a recording."""
    pair = api.read_set(name, all_tones=True)
    a, b = (np.asarray(end.values) for end in (pair.a, pair.b))
    both = pair.a.mask & pair.b.mask
    empty: Row = dict.fromkeys(METRICS)
    rows: list[Row] = []
    for tone in range(a.shape[1]):
        try:
            r = metrics.pearson(a[both, tone], b[both, tone])
        except ConstantSignal:
            continue
        about: Row = {"place": name, "world": 0, "tone": tone, "scheme": "raw"}
        rows.append({**about, **empty, "pearson": r})
    return rows


def _simulated(result: Result) -> list[str]:
    return [name for name in _names(result, "place") if name.endswith("simulated")]


def _names(result: Result, column: str) -> list[str]:
    return list(dict.fromkeys(str(row[column]) for row in result.rows))


def _schemes(result: Result, place: str) -> list[str]:
    return list(dict.fromkeys(str(row["scheme"]) for row in result.where(place=place)))


def _tones(result: Result, place: str) -> list[int]:
    return sorted({int(str(row["tone"])) for row in result.where(place=place)})


def _means(result: Result, metric: str, place: str, scheme: str) -> NDArray[np.float64]:
    return np.array([
        np.mean(result.column(metric, place=place, scheme=scheme, tone=tone)) for tone in _tones(result, place)
    ])  # fmt: skip


def draw(result: Result) -> "Figure":
    """Draw every metric over the tones, a line for each scheme, and the correlation of every recorded tone."""
    from matplotlib.figure import Figure

    places = _simulated(result)
    recorded = len(_names(result, "place")) > len(places)
    lines = len(places) + recorded
    figure = Figure(figsize=(3.3 * len(METRICS) + 0.4, 2.5 * lines), layout="constrained")
    grid = figure.add_gridspec(lines, len(METRICS))
    for line, place in enumerate(places):
        for column, metric in enumerate(METRICS):
            axis = figure.add_subplot(grid[line, column])
            for scheme, style in zip(_schemes(result, place), ("o:", "s--", "^-"), strict=False):
                colour = next((c for name, c in COLOURS.items() if place.startswith(PAPER[name])), "#0b5cad")
                axis.plot(_tones(result, place), _means(result, metric, place, scheme), style, ms=3, lw=1, color=colour,
                          label=scheme)  # fmt: skip
            axis.axvline(SHOWN, color="k", lw=0.5, ls=":")
            most = max(float(np.max(_means(result, metric, place, scheme))) for scheme in _schemes(result, place))
            axis.set_ylim(0, 1.15 * most if most > 0 else 1)  # a comparison with NaN is false, too
            axis.set_title(f"{place}: {NAMES[metric]}", fontsize=8)
            axis.tick_params(labelsize=7)
            if not line and not column:
                axis.legend(fontsize=7)
    if recorded:
        _draw_recorded(figure.add_subplot(grid[len(places), :]), result)
    return figure


def _draw_recorded(axis: Any, result: Result) -> None:  # noqa: ANN401 -- matplotlib's axes
    for place in (name for name in _names(result, "place") if not name.endswith("simulated")):
        axis.bar(_tones(result, place), result.column("pearson", place=place), color="#0b5cad", label=place)
        axis.legend(fontsize=7)
    axis.set(xlabel="tone", ylabel="correlation", ylim=(-0.2, 1.1))
    axis.tick_params(labelsize=7)


def judge(result: Result) -> dict[int, Verdict]:
    """Say what is seen of claim 72: by how much tones differ, and whether schemes change places; it proves nothing."""
    marks: dict[str, Mark] = {}
    parts = []
    for place in _simulated(result):
        schemes = _schemes(result, place)
        gaps = {metric: max(_gap(result, metric, place, scheme) for scheme in schemes) for metric in METRICS}
        apart = [metric for metric, gap in gaps.items() if gap > ALIKE[metric]]
        turned = _turned(result, place)
        marks[place] = "cannot be tested"  # all tones of a world were drawn by one law
        told = ", ".join(f"{NAMES[metric]} {gap:.2f}" for metric, gap in gaps.items())
        far = f", too far in {', '.join(NAMES[metric] for metric in apart)}" if apart else ""
        order = f", another order of {', '.join(turned)} at some tones" if turned else ""
        parts.append(f"{place.removesuffix(', simulated')} {told}{far}{order}")
    for place in (name for name in _names(result, "place") if not name.endswith("simulated")):
        r = result.column("pearson", place=place)
        marks[place] = "cannot be tested"  # the tone that the paper shows has no counterpart, and there are no keys
        low, middle, high = np.quantile(r, (0.1, 0.5, 0.9))
        parts.append(f"{place} has r {low:.3f} to {high:.3f} (tenth to ninetieth percentile; median {middle:.3f})")
    why = (
        f"Simulated tones are drawn alike, so that they behave alike is no evidence. Largest distance of a tone's mean "
        f"from tone {SHOWN}'s: " + "; ".join(parts) + "."
    )
    return {72: overall(marks, why)}


def _gap(result: Result, metric: str, place: str, scheme: str) -> float:
    means = _means(result, metric, place, scheme)
    return float(np.max(np.abs(means - means[_tones(result, place).index(SHOWN)])))


def _turned(result: Result, place: str) -> list[str]:
    """Return the pairs of schemes whose order by correlation is seen to differ between tones, by paired tests."""
    turned = []
    for x, y in combinations(_schemes(result, place), 2):
        seen = {
            wanted for tone in _tones(result, place) for wanted in SIDES if _beats(result, place, tone, x, y, wanted)
        }
        turned += [f"{x} and {y}"] if len(seen) > 1 else []
    return turned


def _beats(result: Result, place: str, tone: int, x: str, y: str, wanted: Side) -> bool:
    values = (result.column("pearson", place=place, tone=tone, scheme=scheme) for scheme in (x, y))
    return contrast(*values, wanted).mark == "holds"
