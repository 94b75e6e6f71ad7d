"""A simulated deployment: where keys are had and how long they take, what Eve leaves, and what becomes of frames."""

from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from samefade.draw.canvas import save
from samefade.lpwan.deploy import Outcomes

_NONE, _GATEWAY = "#b9b9b9", "#a01a58"
_KINDS = ("#0b5cad", "#d1600a", "#0b7a3b", "#7a4fa3", "#8c6d1f")
_MARKS = ("o", "^", "s", "D", "v")
# what became of the frames that a device wanted to send, from the best to the worst
_FATES = (
    ("pairs", "a pair of readings", "#0b7a3b"),
    ("missed", "answered, not heard by the device", "#8cc6a3"),
    ("unanswered", "heard, not answered", "#9fc3e7"),
    ("deaf", "gateway was sending", "#d1600a"),
    ("collided", "collided", "#a0330b"),
    ("weak", "too weak", "#7a7a7a"),
    ("delayed", "held back by duty cycle", "#2b2b2b"),
)


def deployment(found: Outcomes, path: Path) -> None:
    """Draw a map of days for a key, secret bits a pair with and without Eve, and the fate of frames by kind of device.

    Args:
        found: What came of a simulation.
        path: Where to; .png, .pdf or .svg.

    Raises:
        CannotWrite: When it cannot be written.
    """
    setting = found.setting
    figure = Figure(figsize=(16, 4.6), layout="constrained")
    left, middle, right = figure.subplots(1, 3)
    _map(found, left, figure)
    _bits(found, middle)
    _fates(found, right)
    figure.suptitle(
        f"simulated: {setting.devices:,} devices, {setting.days} days, {setting.region.name}, "
        f"{setting.rate:g} frames an hour each",
        fontsize=11,
    )  # fmt: skip
    save(figure, path)


def _map(found: Outcomes, axes: Axes, figure: Figure) -> None:
    kilometres, masts, days = found.world.place / 1_000, found.world.gateway / 1_000, found.pooled
    keyed, soon = np.isfinite(days), np.isfinite(found.days)
    if not keyed.all():
        axes.scatter(kilometres[~keyed, 0], kilometres[~keyed, 1], s=9, color=_NONE, marker="x", lw=0.8,
                     label="none in ten years")  # fmt: skip
    if soon.any():
        axes.scatter(kilometres[soon, 0], kilometres[soon, 1], s=36, facecolors="none", edgecolors="#1a1a1a", lw=0.7,
                     label="key within a run")  # fmt: skip
    if keyed.any():
        shown = axes.scatter(
            kilometres[keyed, 0], kilometres[keyed, 1], s=11, c=days[keyed], cmap="viridis_r", norm="log"
        )
        bar = figure.colorbar(shown, ax=axes, label="days for a key, in a run as long as it takes", shrink=0.8)
        bar.ax.yaxis.set_major_formatter(_whole)
        bar.ax.yaxis.set_minor_formatter(_whole)
    axes.scatter(masts[:, 0], masts[:, 1], s=80, marker="^", color=_GATEWAY, label="gateway", zorder=3)
    axes.set_aspect("equal")
    axes.set(xlabel="km", ylabel="km", title=f"a key within a run: {soon.sum():,} of {len(days):,}")
    axes.legend(fontsize=8, loc="upper left")


def _whole(value: float, _: float) -> str:
    """Return days without a power of ten."""
    return f"{value:,.3g}"


def _bits(found: Outcomes, axes: Axes) -> None:
    """Draw what each device's ends share against what is left of it."""
    for number, (kind, _) in enumerate(found.setting.motions):
        of = found.world.motion == number
        colour = _KINDS[number % len(_KINDS)]
        mark = _MARKS[number % len(_MARKS)]
        axes.scatter(found.shared[of], found.secret[of], s=12, color=colour, marker=mark, alpha=0.6, label=kind.name)
    most = float(np.nanmax(found.shared, initial=0.05)) * 1.05
    axes.plot([0, most], [0, most], color="#7a7a7a", lw=1, ls="--", label="all of it")
    axes.set(
        xlabel="bits a pair that the ends share", ylabel="secret bits a pair",
        title="what Eve, errors and reconciliation leave", xlim=(-0.02 * most, most), ylim=(-0.02 * most, most),
    )  # fmt: skip
    axes.legend(fontsize=8)


def _fates(found: Outcomes, axes: Axes) -> None:
    """Draw what became of the frames of each kind of device, as shares."""
    tally, kinds = found.tally, [kind.name for kind, _ in found.setting.motions]
    planned = np.array([tally.count("planned")[found.world.motion == i].sum() for i in range(len(kinds))])
    bottom = np.zeros(len(kinds))
    for name, words, colour in _FATES:
        each = tally.count("heard") - tally.count("answered") if name == "unanswered" else tally.count(name)
        share = np.array([each[found.world.motion == i].sum() for i in range(len(kinds))]) / np.maximum(planned, 1)
        axes.bar(kinds, share, bottom=bottom, color=colour, label=words, width=0.6)
        bottom += share
    axes.set(ylim=(0, 1), ylabel="share of frames", title="what becomes of a frame")
    handles, labels = axes.get_legend_handles_labels()
    axes.legend(handles[::-1], labels[::-1], fontsize=8, loc="upper left", bbox_to_anchor=(1.02, 1))
