"""Draw a network's bars, station by station; computes nothing that decides."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from samefade.study import Result
from wskg2025.bars import shown
from wskg2025.grid import ORACLE
from wskg2025.network import ARMS, AUTOENCODER, RATE, places
from wskg2025.orderings import ERRORS, Seen

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Picture

_LOOK = {
    "raw": ("#8a8a8a", "raw"),
    "golay": ("#e0a030", "golay"),
    AUTOENCODER: ("#c0504d", "autoencoder, trained once"),
    "wskg": ("#7b3f98", "wskg"),
    ORACLE: ("#c9a8d8", "wskg, offline oracle (E)"),
    "fft_band": ("#3b7fb8", "fft_band (the fair rival)"),
    "strata": ("#5a9e6f", "strata"),
}
_BOARDS = {"pycom": "Pycom\n(ESP32)", "luatos": "LuatOS\n(ESP32-C3)", "xiao": "XIAO\n(ESP32-C3, antenna)"}
_SECURE, _LIMIT = "#0b7a3b", "#a01a58"


def draw(result: Result, place: str) -> "Picture":
    """Draw error rates and key rates by station, as the paper does, with the honest columns beside."""
    from matplotlib.figure import Figure as Canvas

    seen = Seen(result)
    names, arms = places(seen, place), [arm for arm in ARMS if seen.has(arm)]
    figure = Canvas(figsize=(11, 4.4), layout="constrained")
    left, right = figure.subplots(1, 2)
    for ax, metric, title in (
        (left, ERRORS, "a: bit error rate of all keys"),
        (right, RATE, "b: key rate, ≤ 20 of 256 wrong; no secrecy rate"),
    ):
        _bars(ax, seen, names, arms, metric)
        ax.set_title(title, fontsize=9)
    left.set_ylim(0, 0.55)  # a half is what two coins have
    left.set_ylabel(f"{place}s, simulated", fontsize=9)
    right.set_ylabel("bits a packet", fontsize=8)
    _honest(right, seen, names, arms)
    # with few seeds an interval may reach beyond all sense
    right.set_ylim(0, 1.6 * max(0.05, *(np.nan_to_num(seen.mean(n, arm, RATE).value) for n in names for arm in arms)))
    handles, labels = right.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=5, fontsize=8, frameon=False)
    return figure


def _bars(ax: "Axes", seen: Seen, names: Sequence[str], arms: Sequence[str], metric: str) -> None:
    for k, arm in enumerate(arms):
        found = [shown(seen, name, arm, metric) for name in names]
        x, width = _where(len(names), k, len(arms))
        colour, text = _LOOK[arm]
        hatch = "////" if arm in ("fft_band", ORACLE) else None
        ax.bar(x, [one.value for one in found], width, color=colour, hatch=hatch, edgecolor="w", lw=0, label=text)
        known = np.array([np.isfinite(one.low) for one in found])
        if known.any():
            low, high = (np.array([getattr(one, side) for one in found])[known] for side in ("low", "high"))
            ax.vlines(x[known], np.maximum(low, 0), high, color="#222222", lw=1)
    boards = [name.partition("/")[2].removesuffix(", simulated") for name in names]
    ax.set_xticks(np.arange(len(names)), [_BOARDS[board] for board in boards])
    ax.tick_params(labelsize=8)
    ax.grid(axis="y", lw=0.4, color="#dddddd")
    ax.set_axisbelow(True)
    ax.spines[["top", "right"]].set_visible(False)


def _honest(ax: "Axes", seen: Seen, names: Sequence[str], arms: Sequence[str]) -> None:
    """Write the secure rate over each bar's foot, and draw the mutual information of each link."""
    for i, name in enumerate(names):
        limit = seen.mean(name, "raw", "mutual_information").value
        if np.isfinite(limit):
            text = "_" if i else "mutual information (bits a packet)"
            ax.hlines(limit, i - 0.44, i + 0.44, color=_LIMIT, ls="--", lw=1.3, label=text)
    for k, arm in enumerate(arms):
        x, _ = _where(len(names), k, len(arms))
        rates = np.array([seen.mean(name, arm, "secure_rate").value for name in names])
        known = np.isfinite(rates)
        text = "_" if k else "secure rate (bits a packet)"
        if not known.any():
            continue
        ax.plot(x[known], rates[known], "D", color=_SECURE, ms=4, clip_on=False, label=text, zorder=3)


def _where(places: int, k: int, arms: int) -> tuple["np.ndarray", float]:
    width = 0.84 / arms
    return np.arange(places) + (k - (arms - 1) / 2) * width, width
