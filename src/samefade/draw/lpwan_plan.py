"""A plan over spreading factor and speed: where fading survives the turn-around, and how long a key takes there.

Over NB-IoT repetitions stand in the place of spreading factors.
"""

from math import log2

from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Colormap, LogNorm, Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import NullFormatter

from samefade.lpwan.planner.survey import Survey
from samefade.lpwan.planner.words import duration
from samefade.types import Float

_NO_KEY, _NOT_ALLOWED, _CHOSEN = "#d9d9d9", "#ffffff", "#d1600a"
_SHORTEST, _LONGEST = 1 / 60, 24 * 30  # hours at the ends of the colours
_MARKS = {1 / 60: "1 min", 0.25: "15 min", 1: "1 h", 6: "6 h", 24: "1 day", 168: "1 week", 720: "30 days"}
_SPEEDS = {0.02: "2 cm/s", 0.1: "10 cm/s", 0.5: "0.5 m/s", 1.4: "walking", 5.0: "cycling", 14.0: "driving"}


def lpwan_plan(of: Survey) -> Figure:
    """Draw two maps over speed and spreading factor, or repetitions over NB-IoT, with the chosen point on both.

    Grey is no key; white is what the region does not allow.
    """
    figure = Figure(figsize=(10.4, 4.4), layout="constrained")
    left, right = figure.subplots(1, 2, sharey=True)
    _map(left, of, of.correlation, Normalize(0, 1), "viridis")
    counted = of.of.asked.shadows_are_secret
    left.set_title(
        "Do both ends read the same" + (", shadows included?" if counted else " fade?"), fontsize=10, loc="left"
    )
    _bar(figure, left, Normalize(0, 1), "viridis", f"correlation in dB, {'with' if counted else 'without'} shadowing")
    times = LogNorm(_SHORTEST, _LONGEST)
    _map(right, of, of.hours.clip(_SHORTEST, None), times, "YlGnBu")
    right.set_title(f"How long does a key of {of.of.asked.key_bits} bits take?", fontsize=10, loc="left")
    bar = _bar(figure, right, times, "YlGnBu", "")
    bar.set_yticks(list(_MARKS), list(_MARKS.values()))
    bar.minorticks_off()
    left.set_ylabel("repetitions of an uplink" if _narrow(of) else "spreading factor")
    figure.supxlabel("speed of the device or of what moves around it", fontsize=9)
    legend = [Patch(facecolor=_NO_KEY, label="no key"), Patch(facecolor="none", edgecolor="0.6", label="not allowed")]
    figure.legend(
        handles=legend[: 2 if _forbidden(of).any() else 1],
        loc="outside lower right",
        ncols=2,
        fontsize=8,
        frameon=False,
    )
    figure.suptitle(_title(of), fontsize=10, x=0.01, ha="left", weight="bold")
    return figure


def _map(axes: Axes, of: Survey, values: Float, norm: Normalize, colours: str) -> None:
    axes.set_facecolor(_NO_KEY)
    rows = _rows(of)
    for f, row in enumerate(rows):
        if _forbidden(of)[f]:
            axes.axhspan(row - 0.5, row + 0.5, color=_NOT_ALLOWED, lw=0)
    shown = values.copy()
    shown[~(shown <= 1e300)] = float("nan")
    axes.pcolormesh(of.speeds, rows, shown, norm=norm, cmap=colours, shading="nearest", rasterized=True)
    for edge in rows[:-1]:
        axes.axhline(edge + 0.5, color="w", lw=1)
    axes.set_xscale("log")
    axes.set_yticks(rows, [f"{factor}" if _narrow(of) else f"SF{factor}" for factor in of.factors])
    axes.set_xticks(list(_SPEEDS), list(_SPEEDS.values()), fontsize=8)
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.set(xlim=(of.speeds[0], of.speeds[-1]), ylim=(rows[-1] + 0.5, rows[0] - 0.5))
    _point(axes, of)


def _rows(of: Survey) -> list[float]:
    """Return the height of each row: a spreading factor as it is, repetitions by their power of two."""
    return [log2(factor) if _narrow(of) else factor for factor in of.factors]


def _narrow(of: Survey) -> bool:
    return of.of.asked.probing == "nb-iot"


def _point(axes: Axes, of: Survey) -> None:
    asked = of.of.asked
    inside = min(max(asked.speed, of.speeds[0]), of.speeds[-1])
    row = log2(asked.narrowband.repetitions) if _narrow(of) else asked.sf
    axes.plot(inside, row, "o", ms=11, mfc="none", mec="w", mew=4, clip_on=False, zorder=5)
    axes.plot(inside, row, "o", ms=11, mfc="none", mec=_CHOSEN, mew=2, clip_on=False, zorder=6)


def _bar(figure: Figure, axes: Axes, norm: Normalize, colours: str | Colormap, label: str) -> Axes:
    bar = figure.colorbar(ScalarMappable(norm, colours), ax=axes, label=label, pad=0.02)
    bar.ax.tick_params(labelsize=8)
    bar.set_label(label, fontsize=8)
    return bar.ax


def _forbidden(of: Survey) -> Float:
    missing: Float = (of.correlation != of.correlation).all(axis=1)
    return missing


def _title(of: Survey) -> str:
    asked, key = of.of.asked, of.of.key
    where = "NB-IoT" if _narrow(of) else f"{asked.region}, {asked.probing}"
    point = f"{asked.narrowband.repetitions} ×" if _narrow(of) else f"SF{asked.sf}"
    eve = "nobody listens (assumed)" if asked.eve is None else f"Eve {asked.eve:g} m from the {asked.eve_near}"
    found = "no key" if key is None else f"a key in {duration(key.hours)}"
    return f"{where}, {eve}; {point} at {asked.speed:g} m/s: {found}"
