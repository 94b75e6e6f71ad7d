"""Draw what schemes cost; computes nothing that decides."""

from typing import TYPE_CHECKING

import numpy as np

from samefade.study import Result
from wskg2025.costs import FEW, PARTS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Picture

_PART = {"transform": "#7b3f98", "search": "#e0a030", "inverse": "#3b7fb8", "lag": "#8a8a8a", "quantiser": "#5a9e6f"}
_READING = {"agreed": "band\nagreed", "hour": "all of\nan hour", FEW: "agreed,\nfew rows"}


def draw(result: Result) -> "Picture":
    """Draw three panels: time a sample by scheme, shares of WSKG's time, time of a key."""
    from matplotlib.figure import Figure as Canvas

    figure = Canvas(figsize=(13.5, 4.2), layout="constrained")
    first, second, third = figure.subplots(1, 3, width_ratios=(1.1, 1, 1.1))
    _schemes(first, result)
    _shares(second, result)
    _keys(third, result)
    for ax in (first, second, third):
        ax.tick_params(labelsize=7.5)
        ax.spines[["top", "right"]].set_visible(False)
        ax.set_axisbelow(True)
    return figure


def _schemes(ax: "Axes", result: Result) -> None:
    named = [(str(row["scheme"]), row) for row in result.where(kind="scheme")]
    named = [(f"{name}, agreed band" if name in ("wskg", "fft_band") else name, row) for name, row in named]
    bars = [(name, *(float(row[key] or 0) for key in ("ms", "ms_low", "ms_high"))) for name, row in named]
    for row in result.where(kind="key", reading="block"):
        each = 1 / (2 * 128)  # a key is 128 samples of both ends
        times = [float(row[key] or 0) * each for key in ("ms", "ms_low", "ms_high")]
        bars.append((f"wskg, blocks of {row['samples']:,}, {row['engine']}", times[0], times[1], times[2]))
    y = np.arange(len(bars))[::-1]
    colours = ["#7b3f98" if name.startswith("wskg") else "#8a8a8a" for name, *_ in bars]
    ax.barh(y, [bar[1] for bar in bars], color=colours)
    ax.hlines(y, [bar[2] for bar in bars], [bar[3] for bar in bars], color="#222222", lw=1)
    for at, (_, row) in zip(y, named, strict=False):
        ax.annotate(
            f"once: {float(row['agree_ms'] or 0) / 1e3:.2g} s", (1, at), (-2, 0), xycoords=("axes fraction", "data"),
            textcoords="offset points", ha="right", va="center", fontsize=6.5, color="#555555",
        )  # fmt: skip
    ax.set_xscale("log")
    ax.set_yticks(y, [bar[0] for bar in bars])
    ax.set_xlabel("ms a sample of one end (quietest; line: quartiles; once: agreement or training)", fontsize=8)
    ax.set_title("a: preprocessing at deployment", fontsize=9)
    ax.grid(axis="x", lw=0.4, color="#dddddd")


def _shares(ax: "Axes", result: Result) -> None:
    cases = [(str(r["engine"]), int(r["samples"] or 0)) for r in result.where(kind="part", part="transform")]
    left = np.zeros(len(cases))
    y = np.arange(len(cases))[::-1]
    for part in PARTS:
        share = np.array([result.column("share", kind="part", part=part, engine=e, samples=n)[0] for e, n in cases])
        ax.barh(y, share, left=left, color=_PART[part], label=part)
        left += share
    ax.set_yticks(y, [f"{engine}\n{n:,}" for engine, n in cases])
    ax.set_xlim(0, 1)
    ax.set_xlabel("share of processor time", fontsize=8)
    ax.set_title("b: WSKG to the letter, by block length", fontsize=9)
    ax.legend(fontsize=7, ncols=3, frameon=False, loc="upper center", bbox_to_anchor=(0.5, -0.14))


def _keys(ax: "Axes", result: Result) -> None:
    rows = result.where(kind="key")
    cases = list(dict.fromkeys((str(row["reading"]), row["samples"]) for row in rows))
    engines = list(dict.fromkeys(str(row["engine"]) for row in rows))
    for k, engine in enumerate(engines):
        ms = [result.column("ms", kind="key", reading=reading, samples=n, engine=engine)[0] for reading, n in cases]
        at = np.arange(len(cases)) + (k - (len(engines) - 1) / 2) * 0.38
        ax.bar(at, ms, 0.36, label=engine, color=("#7b3f98", "#b9b9b9", "#dddddd")[k])
        for x, value in zip(at, ms, strict=True):
            ax.annotate(f"{value:.2g}", (x, value), ha="center", va="bottom", fontsize=6.5)
    ax.set_yscale("log")
    ax.set_xticks(np.arange(len(cases)), [_READING.get(reading, f"block\n{n:,}") for reading, n in cases])
    ax.set_title("a 256-bit key before reconciliation (ms)", fontsize=9)
    ax.grid(axis="y", lw=0.4, color="#dddddd")
    ax.legend(fontsize=7.5, frameon=False, ncols=3, loc="upper center", bbox_to_anchor=(0.5, -0.14))
