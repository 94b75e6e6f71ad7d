"""A series split into large and small scale, and how much of either Eve has, operator by operator."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from samefade.draw.canvas import COLOURS, save
from samefade.errors import NotEnough
from samefade.reciprocity import PartEvidence
from samefade.restore import Decomposition, Parts, agreed
from samefade.types import Observation, Pair, Terms

SHOWN = 400
_ENDS, _EVE = "#0b7a3b", COLOURS["e"]


def decomposition(
    pair: Pair[Observation], rows: Sequence[PartEvidence], path: Path, *, operator: Decomposition, name: str
) -> None:
    """Draw the first samples split by one operator, and the correlations of all, and save it.

    Args:
        pair: Both ends on one grid, and Eve where there is one; of several tones the main one is drawn.
        rows: What `reciprocity.decompose` measured.
        path: Where to; .png, .pdf or .svg.
        operator: What splits the series that is shown.
        name: What to call it, with its window.

    Raises:
        NotEnough: When every operator refused the pair.
        SamefadeError: When this operator refuses it.
        CannotWrite: When it cannot be written.
    """
    measured = [row for row in rows if row.correlation is not None]
    if not measured:
        raise NotEnough(operators_that_ran=0)
    height = 5.2 + 0.42 * len({row.operator for row in measured})
    figure = Figure(figsize=(11, height), layout="constrained")
    top, middle, bottom = figure.subplots(3, 1, height_ratios=[2.4, 2.4, height - 4.8])
    split = _split(pair.one_tone(), operator)
    _series(top, split, large=True)
    top.set_title(f"as heard, and its large scale ({name}): whoever is near hears it, too")
    _series(middle, split, large=False)
    middle.set_title("small scale: what a key may be made of")
    middle.set_xlabel("time (s)")
    _bars(bottom, measured)
    save(figure, path)


def _split(pair: Pair[Observation], operator: Decomposition) -> dict[str, Parts[Observation]]:
    ends = [x for x in (pair.a, pair.b, pair.e) if x is not None]
    terms = agreed(operator, pair.a, pair.b, Terms(rate=pair.rate))
    return {x.end: operator.split(x, terms) for x in ends}


def _series(axes: Axes, split: dict[str, Parts[Observation]], *, large: bool) -> None:
    for end, parts in split.items():
        part = parts.large if large else parts.small
        usable = np.flatnonzero(part.usable)
        first = int(usable[0]) if len(usable) else 0
        shown = slice(first, first + SHOWN)
        time = np.arange(len(part))[shown] / part.rate

        def line(values: np.ndarray, shown: slice = shown) -> np.ndarray:
            one = values if values.ndim == 1 else values[:, 0]
            return one[shown]

        heard = np.where(part.usable[shown], line(parts.whole), np.nan)
        if large:
            axes.plot(time, heard, color=COLOURS[end], lw=0.6, alpha=0.5, label=f"{end}, as heard")
            axes.plot(time, line(part.values), color=COLOURS[end], lw=1.8, label=f"{end}, large scale")
        else:
            small = np.where(part.usable[shown], line(part.values), np.nan)
            axes.plot(time, small, color=COLOURS[end], lw=0.9, alpha=0.5 if end == "e" else 0.9, label=end)
    axes.set_ylabel(next(iter(split.values())).large.source.unit)
    axes.legend(fontsize=7, ncols=3, loc="upper right")


def _bars(axes: Axes, rows: Sequence[PartEvidence]) -> None:
    names = list(dict.fromkeys(row.operator for row in rows))
    y = {name: float(len(names) - i) for i, name in enumerate(names)}
    offset = {"whole": 0.0, "large": 0.2, "small": -0.2}
    told: set[str] = set()
    for row in rows:
        at = y[row.operator] + offset[row.part]
        for who, r, colour, tall in (("the ends", row.correlation, _ENDS, 0.34), ("Eve", row.eve, _EVE, 0.14)):
            if r is None:
                continue
            part = "large scale" if row.part == "large" else "small scale or whole"
            label = f"{who}, {part}" if (key := f"{who}{part}") not in told else None
            told.add(key)
            alpha = 0.35 if row.part == "large" else 1.0
            axes.barh(at, r, tall, color=colour, alpha=alpha, edgecolor="k", lw=0.4 if who == "Eve" else 0, label=label)
    axes.set_yticks(list(y.values()), list(y))
    axes.axvline(0, color="k", lw=0.6)
    axes.set(xlabel="Pearson correlation (of Eve: the largest magnitude with either end)", ylim=(0.4, len(names) + 0.6))
    axes.legend(fontsize=7, loc="lower right")
