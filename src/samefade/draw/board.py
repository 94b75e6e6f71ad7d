"""One metric of a grid: the mean of every scheme at every place, with its 95 % confidence interval."""

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from samefade.errors import NotEnough

Line = Mapping[str, float | int | str | None]
_WIDTH, _ROW = 4.6, 0.3  # inches of a panel, and of a scheme in it
_ACROSS = 2
_BLUE, _GREY = "#0b5cad", "#7a7a7a"


def board(lines: Sequence[Line], metric: str, better: Literal["higher", "lower"] = "higher") -> Figure:
    """Draw one panel a place: schemes from best to worst, a point for the mean, a line for its interval.

    A scheme that has no number in some worlds is grey: its mean is over other worlds than the others'.

    Args:
        lines: A grid's summary: data, scheme, metric, worlds, numbers, mean, low, high.
        metric: Which metric.
        better: Which way is better; only the order goes by it.

    Raises:
        NotEnough: When no scheme has a number.
    """
    chosen = [line for line in lines if line["metric"] == metric and line["numbers"]]
    places = list(dict.fromkeys(str(line["data"]) for line in chosen))
    if not places:
        raise NotEnough(schemes_with_numbers=0)
    most = max(sum(line["data"] == place for line in chosen) for place in places)
    down = -(-len(places) // _ACROSS)
    across = min(len(places), _ACROSS)
    figure = Figure(figsize=(_WIDTH * across + 1.2, (_ROW * most + 0.9) * down), layout="constrained")
    panels = figure.subplots(down, across, squeeze=False).ravel()
    for axes, place in zip(panels, places, strict=False):
        _panel(axes, [line for line in chosen if line["data"] == place], better)
        axes.set_title(place, fontsize=9, loc="left")
    for axes in panels[len(places) :]:
        axes.set_axis_off()
    figure.supxlabel(f"{metric.replace('_', ' ')}: mean over worlds, 95 % interval", fontsize=9)
    return figure


def _panel(axes: Axes, lines: Sequence[Line], better: str) -> None:
    lines = sorted(lines, key=lambda line: _number(line["mean"]), reverse=better == "lower")  # the best on top
    y = np.arange(len(lines))
    mean, low, high = (np.array([_number(line[name]) for line in lines]) for name in ("mean", "low", "high"))
    for i, line in enumerate(lines):
        colour = _BLUE if line["numbers"] == line["worlds"] else _GREY
        axes.plot(mean[i], y[i], "o", ms=4.5, color=colour)
        axes.hlines(y[i], low[i], high[i], color=colour, lw=1.6)
    axes.set_yticks(y, [str(line["scheme"]) for line in lines], fontsize=8, parse_math=False)
    axes.tick_params(axis="x", labelsize=8)
    axes.set_ylim(-0.6, len(lines) - 0.4)
    axes.grid(axis="x", lw=0.4, alpha=0.5)


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else float("nan")
