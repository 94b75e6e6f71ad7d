"""Bars of key rates, errors and likenesses, with 95 % intervals over seeds; computes nothing that decides."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from samefade.study import Result
from wskg2025.orderings import Interval, Role, Seen

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Picture

SECURE, LIMIT = "#0b7a3b", "#a01a58"
WORLDS = 5  # from which an interval is drawn
NAMES = {"simulated": "simulated", "real": "recorded"}
_BARS = {"raw": "#8a8a8a", "golay": "#e0a030", "fft": "#3b7fb8", "fft_band": "#3b7fb8", "wskg": "#7b3f98"}


def grouped(
    result: Result, panels: Sequence[tuple[str, str]], arms: Sequence[str], secure: str | None = None
) -> "Picture":
    """Draw a column of two panels for each metric: bars by arm, at the simulated scenarios above, at real sets below.

    Args:
        result: Cells.
        panels: Title and metric of each column.
        arms: Which bars, in order.
        secure: The metric beside which the secure rate and the mutual information are shown.
    """
    from matplotlib.figure import Figure as Canvas

    seen = Seen(result)
    roles: tuple[Role, ...] = ("simulated", "real")
    rows = [role for role in roles if seen.places(role)]
    figure = Canvas(figsize=(4.2 * len(panels) + 1, 3.3 * len(rows) + 0.5), layout="constrained")
    axes = figure.subplots(len(rows), len(panels), squeeze=False)
    for line, role in zip(axes, rows, strict=True):
        for ax, (title, metric) in zip(line, panels, strict=True):
            _bars(ax, seen, seen.places(role), arms, metric)
            if metric == secure:
                _honest(ax, seen, seen.places(role), arms)
            ax.set_title(f"{title}, {NAMES[role]}", fontsize=9)
    handles, labels = axes[0][-1].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=len(handles), fontsize=8, frameon=False)
    return figure


def shown(seen: Seen, place: str, arm: str, metric: str) -> Interval:
    """Return a mean with its interval; of fewer worlds than `WORLDS` the mean alone, as Student's t is wild there."""
    found = seen.mean(place, arm, metric)
    few = len(seen.values(place, arm, metric)) < WORLDS
    return Interval(found.value, float("nan"), float("nan")) if few else found


def _bars(ax: "Axes", seen: Seen, places: Sequence[str], arms: Sequence[str], metric: str) -> None:
    width = 0.8 / len(arms)
    for k, arm in enumerate(arms):
        found = [shown(seen, place, arm, metric) for place in places]
        at = np.arange(len(places)) + (k - (len(arms) - 1) / 2) * width
        kind = arm.removesuffix("-nosync")
        hatch = "////" if kind == "fft_band" else None
        label = f"{kind} (the fair rival)" if kind == "fft_band" else kind
        ax.bar(
            at, [one.value for one in found], width, color=_BARS[kind], hatch=hatch, edgecolor="w", lw=0, label=label
        )
        _whiskers(ax, at, found)
    for at, place in enumerate(places):
        if not any(len(seen.values(place, arm, metric)) for arm in arms):
            ax.text(at, 0, "none", color="#777777", fontsize=7, ha="center", va="bottom")
    ax.set_xticks(np.arange(len(places)), [_short(place) for place in places], fontsize=8)
    if len(places) > 4:
        ax.tick_params(axis="x", rotation=30)
        for tick in ax.get_xticklabels():
            tick.set_horizontalalignment("right")
    framed(ax)


def _whiskers(ax: "Axes", at: "np.ndarray", found: Sequence[Interval]) -> None:
    known, low, high = whiskers(found)
    ax.vlines(at[known], low, high, color="#222222", lw=1)


def whiskers(found: Sequence[Interval]) -> "tuple[np.ndarray, np.ndarray, np.ndarray]":
    """Return which estimates have an interval, and both ends of these."""
    known = np.array([np.isfinite(one.low) for one in found], dtype=bool)
    low, high = (np.array([getattr(one, side) for one in found])[known] for side in ("low", "high"))
    return known, low, high


def _honest(ax: "Axes", seen: Seen, places: Sequence[str], arms: Sequence[str]) -> None:
    """Mark the secure rate of each arm, and the mutual information of each place as a dashed line."""
    width = 0.8 / len(arms)
    for i, place in enumerate(places):
        limit = seen.mean(place, arms[0], "mutual_information").value
        if np.isfinite(limit):
            ax.hlines(limit, i - 0.45, i + 0.45, color=LIMIT, ls="--", lw=1.2, label="_" if i else "mutual information")
        for k, arm in enumerate(arms):
            rate = seen.mean(place, arm, "secure_rate").value
            if np.isfinite(rate):
                at = i + (k - (len(arms) - 1) / 2) * width
                first = not (i or k)
                ax.plot(at, rate, "D", color=SECURE, ms=4, clip_on=False, label="secure rate" if first else "_")
                if rate == 0:
                    box = {"boxstyle": "circle,pad=0.15", "fc": "w", "ec": SECURE, "lw": 0.8}
                    ax.annotate("0", (at, 0), color=SECURE, fontsize=6.5, ha="center", va="center", bbox=box, zorder=4)


def framed(ax: "Axes", along: str = "y") -> None:
    """Give axes the study's look."""
    ax.tick_params(labelsize=7.5)
    ax.grid(axis=along, lw=0.4, color="#dddddd")  # type: ignore[arg-type]
    ax.set_axisbelow(True)
    ax.spines[["top", "right"]].set_visible(False)


def _short(place: str) -> str:
    return place.removesuffix(", simulated").replace("-", "-\n", 1) if place.endswith("simulated") else place
