"""Bars of key rates, errors and likenesses, with 95 % intervals over seeds; computes nothing that decides."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from samefade.study import Result
from wskg2025.grid import LETTER_ARM, ORACLE
from wskg2025.orderings import Interval, Role, Seen

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Picture

SECURE, LIMIT = "#0b7a3b", "#a01a58"
_BARS = {"raw": "#8a8a8a", "golay": "#e0a030", "fft": "#3b7fb8", "fft_band": "#3b7fb8", "wskg": "#7b3f98"}
SHADES = ("#123f66", "#4f8fc4", "#b9d3ea")  # the strictest threshold is the darkest
NAMES = {
    ORACLE: "wskg, offline oracle (E)",
    "wskg-nosync, oracle": "wskg-nosync, oracle (E)",
    "fft_band": "fft_band: the fair rival",
}
# from top to bottom: the paper's arms, then what stands beside them
PAPERS = (
    "raw-nosync", "raw", "golay-nosync", "golay", "fft-nosync", "fft", "packet-nosync", "packet",
    "autoencoder, once", "bcfl, once", "wskg-nosync", "wskg",
)  # fmt: skip
BESIDE = ("wskg-nosync, oracle", ORACLE, LETTER_ARM, "fft_band-nosync", "fft_band", "autoencoder, again", "bcfl, again")
OURS = ("raw, by clock", "golay, by clock", "fft, by clock", "wskg, by clock", "strata")
SHORT = (
    "raw-nosync", "golay", "fft", "packet", "autoencoder, once", "bcfl, once", "wskg", ORACLE, "fft_band", "strata",
)  # fmt: skip

Layer = tuple[str, str, str]  # metric, label, colour; the widest bar last


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
            ax.set_title(f"{title}, {role}", fontsize=9)
    handles, labels = axes[0][-1].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=len(handles), fontsize=8, frameon=False)
    return figure


def _bars(ax: "Axes", seen: Seen, places: Sequence[str], arms: Sequence[str], metric: str) -> None:
    width = 0.8 / len(arms)
    for k, arm in enumerate(arms):
        found = [seen.mean(place, arm, metric) for place in places]
        at = np.arange(len(places)) + (k - (len(arms) - 1) / 2) * width
        kind = arm.removesuffix("-nosync")
        hatch = "////" if kind == "fft_band" else None
        label = f"{kind} (the fair rival)" if kind == "fft_band" else kind
        ax.bar(
            at, [one.value for one in found], width, color=_BARS[kind], hatch=hatch, edgecolor="w", lw=0, label=label
        )
        _whiskers(ax, at, found)
    ax.set_xticks(np.arange(len(places)), [_short(place) for place in places], fontsize=8)
    if len(places) > 4:
        ax.tick_params(axis="x", rotation=30)
        for tick in ax.get_xticklabels():
            tick.set_horizontalalignment("right")
    _frame(ax)


def _whiskers(ax: "Axes", at: "np.ndarray", found: Sequence[Interval]) -> None:
    known = np.array([np.isfinite(one.low) for one in found])
    if known.any():
        low, high = ([getattr(one, side) for one in found] for side in ("low", "high"))
        ax.vlines(at[known], np.array(low)[known], np.array(high)[known], color="#222222", lw=1)


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
                    ax.annotate("0", (at, 0), (0, 4), textcoords="offset points", color=SECURE, fontsize=7, ha="center")


def ladder(result: Result, layers: Sequence[Layer], what: str, *, honest: bool = False) -> "Picture":
    """Draw a row for each arm: all arms at the simulated scenarios above, the main ones at real sets below.

    Args:
        result: Cells.
        layers: Metrics that lie over each other, the smallest first.
        what: What the axis says.
        honest: Whether secure rates stand in a column, and mutual information as a dashed line.
    """
    from matplotlib.figure import Figure as Canvas

    seen = Seen(result)
    arms = [arm for arm in (*PAPERS, *BESIDE, *OURS) if seen.has(arm)]
    few = [arm for arm in SHORT if seen.has(arm)]
    simulated, real = seen.places("simulated"), seen.places("real", "control")
    lines = -(-len(real) // 5)
    heights = [0.9 + 0.2 * len(arms), *[0.75 + 0.2 * len(few)] * lines]
    figure = Canvas(figsize=(12, sum(heights) + 0.4), layout="constrained")
    upper, *lower = figure.subfigures(1 + lines, 1, height_ratios=heights, squeeze=False)[:, 0]
    tops = upper.subplots(1, max(1, len(simulated)), sharey=True, sharex=True, squeeze=False)[0]
    for ax, place in zip(tops, simulated, strict=False):
        _rungs(ax, seen, place, arms, layers, honest=honest)
    for k, part in enumerate(lower):
        panels = part.subplots(1, 5, sharey=True, sharex=True)
        for ax, place in zip(panels, real[5 * k : 5 * k + 5], strict=False):
            _rungs(ax, seen, place, few, layers, honest=honest)
        for ax in panels[len(real[5 * k : 5 * k + 5]) :]:
            ax.set_axis_off()
    for ax in tops:
        ax.set_xlabel(what, fontsize=8)
    handles, labels = tops[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=max(1, len(handles)), fontsize=8, frameon=False)
    return figure


def _rungs(ax: "Axes", seen: Seen, place: str, arms: Sequence[str], layers: Sequence[Layer], *, honest: bool) -> None:
    y = np.arange(len(arms), dtype=float)[::-1]
    spread = np.linspace(0.26, -0.26, len(layers)) if len(layers) > 1 else [0.0]
    for k, (metric, label, colour) in reversed(list(enumerate(layers))):
        found = [seen.mean(place, arm, metric) for arm in arms]
        ax.barh(y, [one.value for one in found], 0.78, color=colour, label=label)
        known = np.array([np.isfinite(one.low) for one in found])
        if known.any():
            low, high = (np.array([getattr(one, side) for one in found])[known] for side in ("low", "high"))
            ax.hlines(y[known] + spread[k], np.maximum(low, 0), high, color="#d1600a", lw=0.9)
    if honest:
        _secure(ax, seen, place, arms, y)
    outside = sum(arm in PAPERS for arm in arms)
    if 0 < outside < len(arms) and list(arms) != list(SHORT):
        ax.axhline(len(arms) - outside - 0.5, color="#999999", lw=0.8, ls=":")
    ax.set_yticks(y, [NAMES.get(arm, arm) for arm in arms], fontsize=7.5)
    ax.set_ylim(-0.6, len(arms) - 0.4)
    count = max((len(seen.column(place, arm, layers[0][0])) for arm in arms), default=0)
    ax.set_title(f"{place} (n = {count})" if count > 1 else place, fontsize=8.5)
    _frame(ax, along="x")


def _secure(ax: "Axes", seen: Seen, place: str, arms: Sequence[str], y: "np.ndarray") -> None:
    limit = seen.mean(place, "raw", "mutual_information").value
    if np.isfinite(limit):
        ax.axvline(limit, color=LIMIT, ls="--", lw=1.1, label="mutual information (bits a packet)")
    ax.plot([], [], "s", color=SECURE, ms=4, label="right: secure rate (bits a packet)")
    for at, arm in zip(y, arms, strict=True):
        rate = seen.mean(place, arm, "secure_rate").value
        if np.isfinite(rate):
            text = "0" if rate == 0 else f"{rate:.2g}"
            ax.text(
                0.985, at, text, transform=ax.get_yaxis_transform(), color=SECURE, fontsize=7.5, ha="right", va="center"
            )


def _frame(ax: "Axes", along: str = "y") -> None:
    ax.tick_params(labelsize=7.5)
    ax.grid(axis=along, lw=0.4, color="#dddddd")  # type: ignore[arg-type]
    ax.set_axisbelow(True)
    ax.spines[["top", "right"]].set_visible(False)


def _short(place: str) -> str:
    return place.removesuffix(", simulated").replace("-", "-\n", 1) if place.endswith("simulated") else place
