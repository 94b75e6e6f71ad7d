"""A series split into large and small scale, and how much of either Eve has, operator by operator."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from samefade import metrics
from samefade.draw.canvas import COLOURS, save
from samefade.errors import NotEnough
from samefade.reciprocity import PartEvidence
from samefade.restore import Decomposition, Parts, agreed
from samefade.types import Float, Mask, Observation, Pair, Terms

SHOWN = 400
_ENDS, _EVE = "#0b7a3b", COLOURS["e"]
_SHADE = {"whole": 1.0, "large": 0.35, "small": 1.0}
_OFFSET = {"whole": 0.0, "large": 0.2, "small": -0.2}


def decomposition(
    pair: Pair[Observation], rows: Sequence[PartEvidence], path: Path, *, operator: Decomposition, name: str
) -> None:
    """Draw the first samples split by one operator, and the correlations of all, and save it.

    An operator that learns something learns it from the whole record here: the picture is for looking at.

    Args:
        pair: Both ends on one grid, and Eve where there is one; of several tones the main one is drawn, of Eve's
            columns the one that is most like end a.
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
    bars = 1.2 + 0.4 * len({row.operator for row in measured})
    figure = Figure(figsize=(11, 5.4 + bars), layout="constrained")
    top, middle, bottom = figure.subplots(3, 1, height_ratios=[2.6, 2.6, bars])
    split = _split(pair.one_tone(), operator)
    usable = np.logical_and.reduce([parts.small.usable for parts in split.values()])
    first = int(np.argmax(usable))
    for axes, large in ((top, True), (middle, False)):
        _series(axes, split, slice(first, first + SHOWN), usable, large=large)
    top.set_title(f"as heard, and its large scale ({name}): whoever is near hears it, too")
    middle.set(title="small scale: what a key may be made of", xlabel="time (s)")
    _bars(bottom, measured)
    figure.legend(*bottom.get_legend_handles_labels(), fontsize=8, loc="outside lower center", ncols=4)
    save(figure, path)


def _split(pair: Pair[Observation], operator: Decomposition) -> dict[str, Parts[Observation]]:
    ends = [x for x in (pair.a, pair.b, pair.e) if x is not None]
    terms = agreed(operator, pair.a, pair.b, Terms(rate=pair.rate))
    return {x.end: operator.split(x, terms) for x in ends}


def _series(axes: Axes, split: dict[str, Parts[Observation]], shown: slice, usable: Mask, *, large: bool) -> None:
    time = np.arange(len(usable))[shown] / split["a"].small.rate
    a = split["a"].whole
    for end, parts in split.items():
        chosen = _likest(parts.whole, a, usable)
        heard, slow, fast = (
            _column(values, chosen)[shown] for values in (parts.whole, parts.large.values, parts.small.values)
        )
        own = parts.small.usable[shown]
        if large:
            axes.plot(time, np.where(own, heard, np.nan), color=COLOURS[end], lw=0.6, alpha=0.5)
            axes.plot(time, slow, color=COLOURS[end], lw=1.6, label=end)
        else:
            small = np.where(own, fast, np.nan)
            axes.plot(time, small, color=COLOURS[end], lw=0.9, alpha=0.5 if end == "e" else 0.9, label=end)
    unit = split["a"].large.source.unit
    axes.set_ylabel("dB" if unit == "dBm" and not large else unit)
    axes.legend(fontsize=8, ncols=3, loc="upper right")


def _column(values: Float, column: int) -> Float:
    return values if values.ndim == 1 else values[:, column]


def _likest(values: Float, a: Float, usable: Mask) -> int:
    """Return which column is most like end a; the first, where none varies."""
    if values.ndim == 1:
        return 0
    reference = _column(a, 0)[usable]
    varies = np.ptp(values[usable], axis=0) > 0
    return int(
        np.argmax(
            [abs(metrics.pearson(reference, x[usable])) if v else 0.0 for x, v in zip(values.T, varies, strict=True)]
        )
    )


def _bars(axes: Axes, rows: Sequence[PartEvidence]) -> None:
    names = list(dict.fromkeys(row.operator for row in rows))
    y = {name: float(len(names) - i) for i, name in enumerate(names)}
    told: set[str] = set()
    for row in rows:
        at = y[row.operator] + _OFFSET[row.part]
        for who, r, colour, tall in (("the ends", row.correlation, _ENDS, 0.34), ("Eve", row.eve, _EVE, 0.14)):
            if r is None:
                continue
            label = f"{who}, " + ("large scale" if row.part == "large" else "small scale, or as heard")
            edge = 0.4 if who == "Eve" else 0.0
            axes.barh(
                at, r, tall, color=colour, alpha=_SHADE[row.part], edgecolor="k", lw=edge,
                label=None if label in told else label,
            )  # fmt: skip
            told.add(label)
    axes.set_yticks(list(y.values()), list(y))
    axes.axvline(0, color="k", lw=0.6)
    axes.set(xlabel="Pearson correlation (of Eve: the largest magnitude with either end)", ylim=(0.4, len(names) + 0.6))
