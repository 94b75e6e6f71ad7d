"""Draw a row for each arm and a panel for each place: figures 16, 17 and 18; computes nothing that decides."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from samefade.study import Result
from wskg2025.bars import LIMIT, SECURE, framed, shown, whiskers
from wskg2025.grid import LETTER_ARM, ORACLE
from wskg2025.orderings import Interval, Seen
from wskg2025.wording import said

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Picture

SHADES = ("#123f66", "#4f8fc4", "#b9d3ea")  # the strictest threshold is the darkest
NAMES = {
    ORACLE: "wskg (offline oracle, E)",
    "wskg-nosync, oracle": "wskg-nosync (oracle, E)",
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

WHISKER = "#d1600a"
Layer = tuple[str, str, str]  # metric, label, colour; the widest bar last
_WIDE = 5  # panels of real sets beside each other


def ladder(result: Result, layers: Sequence[Layer], what: str, *, honest: bool = False) -> "Picture":
    """Draw all arms at the simulated scenarios above, the main ones at real sets below.

    Args:
        result: Cells.
        layers: Metrics that lie over each other, the smallest first.
        what: What the axis says.
        honest: Whether secure rates stand in a column, and mutual information as a dashed line.
    """
    from matplotlib.figure import Figure as Canvas

    seen = Seen(result)
    every = [arm for arm in (*PAPERS, *BESIDE, *OURS) if seen.has(arm)]
    few = [arm for arm in SHORT if seen.has(arm)]
    real = seen.places("real", "control")
    rows = [(seen.places("simulated"), every)]
    rows += [(real[k : k + _WIDE], few) for k in range(0, len(real), _WIDE)]
    heights = [0.75 + 0.2 * len(arms) for _, arms in rows]
    figure = Canvas(figsize=(12, sum(heights) + 0.6), layout="constrained")
    parts = figure.subfigures(len(rows), 1, height_ratios=heights, squeeze=False)[:, 0]
    for part, (places, arms) in zip(parts, rows, strict=True):
        wide = max(1, len(places)) if arms is every else _WIDE
        panels = part.subplots(1, wide, sharey=True, sharex=True, squeeze=False)[0]
        for ax, place in zip(panels, places, strict=False):
            _rungs(ax, seen, place, arms, layers, honest=honest)
        panels[0].set_xlim(0, _reach(seen, places, arms, layers, honest=honest))
        for ax in panels[len(places) :]:
            ax.set_axis_off()
    parts[0].supxlabel(what, fontsize=8)
    handles, labels = parts[0].axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=max(1, len(handles)), fontsize=8, frameon=False)
    return figure


def _rungs(ax: "Axes", seen: Seen, place: str, arms: Sequence[str], layers: Sequence[Layer], *, honest: bool) -> None:
    y = np.arange(len(arms), dtype=float)[::-1]
    spread = np.linspace(0.26, -0.26, len(layers)) if len(layers) > 1 else [0.0]
    for k, (metric, label, colour) in reversed(list(enumerate(layers))):
        found = [shown(seen, place, arm, metric) for arm in arms]
        ax.barh(y, [one.value for one in found], 0.78, color=colour, label=label)
        known, low, high = whiskers(found)
        ax.hlines(y[known] + spread[k], np.maximum(low, 0), high, color=WHISKER, lw=0.9)
    limit = seen.mean(place, "raw", "mutual_information") if honest else Interval(*[float("nan")] * 3)
    if honest:
        _secure(ax, seen, place, arms, limit.value)
    papers = sum(arm in PAPERS for arm in arms)
    if any(arm in BESIDE for arm in arms):
        ax.axhline(len(arms) - papers - 0.5, color="#999999", lw=0.8, ls=":")
    if not any(len(seen.values(place, arm, layers[-1][0])) for arm in arms):
        ax.text(0.5, 0.5, "none", transform=ax.transAxes, color="#777777", fontsize=9, ha="center")
    ax.set_yticks(y, [NAMES.get(arm, said(arm)) for arm in arms], fontsize=7.5)
    ax.set_ylim(-0.6, len(arms) - 0.4)
    ax.set_title(_title(seen, place, arms, layers[0][0], limit.value), fontsize=8.5)
    framed(ax, along="x")


def _reach(seen: Seen, places: Sequence[str], arms: Sequence[str], layers: Sequence[Layer], *, honest: bool) -> float:
    """Return how far the axis goes, with room for the column of secure rates."""
    found = [shown(seen, place, arm, metric) for place in places for arm in arms for metric, _, _ in layers]
    ends = [end for one in found for end in (one.value, one.high) if np.isfinite(end)]
    return (max(ends, default=0.0) or 1.0) * (1.15 if honest else 1.03)


def _title(seen: Seen, place: str, arms: Sequence[str], metric: str, limit: float) -> str:
    count = max((len(seen.column(place, arm, metric)) for arm in arms), default=0)
    what = ("seeds" if place.endswith("simulated") else "blocks") if count > 1 else "record"
    information = f", mutual information {limit:.2g}" if np.isfinite(limit) else ""
    control = " (control)" if place in seen.places("control") else ""
    return f"{place}{control}\n{count} {what}{information}"


def _secure(ax: "Axes", seen: Seen, place: str, arms: Sequence[str], limit: float) -> None:
    if np.isfinite(limit):
        ax.axvline(limit, color=LIMIT, ls="--", lw=1.1, label="mutual information (bits a packet)")
    ax.plot([], [], "s", color=SECURE, ms=4, label="at the right: secure rate (bits a packet)")
    for at, arm in zip(range(len(arms))[::-1], arms, strict=True):
        rate = seen.mean(place, arm, "secure_rate").value
        if np.isfinite(rate):
            text = "0" if rate == 0 else f"{rate:.2g}"
            where = ax.get_yaxis_transform()
            ax.text(1.0, at, text, transform=where, color=SECURE, fontsize=7.5, ha="right", va="center")
