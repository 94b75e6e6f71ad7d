"""The wavelet coherence as the paper draws it: colour for coherence, arrows for phase, shade for the cone."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import QuadMesh
from numpy.typing import NDArray

from samefade import wavelet
from samefade.types import Float

COLUMNS = 600
ARROWS = (14, 22)


@dataclass(frozen=True, eq=False)
class Panel:
    """A coherence thinned to what a picture can show; it can be stored and drawn later.

    Attributes:
        minutes: (m,) time of each column.
        frequency: (s,) Hz, descending.
        power: (s, m) R² of the nearest computed sample, of any float type.
        phase: (s, m) rad, positive where a leads.
        cone: (s,) minutes at each end that lie inside the cone of influence.
        last: Length of the record, minutes.
    """

    minutes: Float
    frequency: Float
    power: NDArray[np.floating[Any]]
    phase: NDArray[np.floating[Any]]
    cone: Float
    last: float


def coherence_panel(axes: Axes, a: Float, b: Float, rate: float) -> None:
    """Draw coherence over time and frequency; arrows (right: in phase) where it exceeds 0.5.

    Args:
        axes: Where to draw.
        a: (n,) one end.
        b: (n,) the other end.
        rate: Samples per second, Hz.
    """
    found = wavelet.coherence(a, b, rate=rate)
    mesh = show(axes, thinned(found))
    axes.set(xlabel="time (min)", ylabel="frequency (Hz)", title=f"wavelet coherence ({found.kernel}), → in phase")
    axes.figure.colorbar(mesh, ax=axes, label="coherence")


def thinned(found: "wavelet.Coherence", columns: int = COLUMNS, rows: int | None = None) -> Panel:
    """Take at most `columns` points of at most `rows` rows (None: all), each the nearest computed sample.

    Args:
        found: The coherence of two signals, not of batches.
        columns: Points in time at the most.
        rows: Rows at the most.
    """
    n, count = found.n, len(found)
    points = np.linspace(0, n - 1, min(n, columns)).round().astype(int)
    chosen = np.linspace(0, count - 1, min(count, rows or count)).round().astype(int)
    power, phase = np.empty((2, len(chosen), len(points)))
    angles = found.phase
    for s, j in enumerate(chosen):
        row, angle = np.asarray(found.rows[j]), np.asarray(angles[j])
        nearest = np.minimum(points // int(found.step[j]), len(row) - 1)
        power[s], phase[s] = row[nearest], angle[nearest]
    minute = found.rate * 60
    frequency, cone = np.asarray(found.frequency)[chosen], np.asarray(found.cone)[chosen] / minute
    return Panel(points / minute, frequency, power, phase, cone, n / minute)


def show(axes: Axes, panel: Panel, *, cmap: str = "viridis", arrows: tuple[int, int] = ARROWS) -> QuadMesh:
    """Draw a panel on a logarithmic axis of frequency and return its mesh, for a colour bar; computes no coherence.

    Args:
        axes: Where to draw.
        panel: What `thinned` took.
        cmap: Name of a colour map.
        arrows: How many rows and columns of arrows; shown where the coherence exceeds 0.5.
    """
    power = np.asarray(panel.power, np.float64)
    mesh = axes.pcolormesh(
        panel.minutes, panel.frequency, power, cmap=cmap, vmin=0, vmax=1, shading="nearest", rasterized=True
    )
    inside = np.minimum(panel.cone, panel.last / 2)
    for rim, border in ((inside, 0.0), (panel.last - inside, panel.last)):
        axes.plot(rim, panel.frequency, color="w", lw=1, ls="--")
        axes.fill_betweenx(panel.frequency, rim, border, color="w", alpha=0.4, lw=0)
    _arrows(axes, panel, power, arrows)
    axes.set_yscale("log")
    axes.set(xlim=(0, panel.last), ylim=(panel.frequency[-1], panel.frequency[0]))
    return mesh


def _arrows(axes: Axes, panel: Panel, power: Float, arrows: tuple[int, int]) -> None:
    rows = np.linspace(0, len(panel.frequency) - 1, arrows[0] + 2).round().astype(int)[1:-1]
    columns = np.linspace(0, len(panel.minutes) - 1, arrows[1] + 2).round().astype(int)[1:-1]
    y, x = np.meshgrid(panel.frequency[rows], panel.minutes[columns], indexing="ij")
    p = np.asarray(panel.phase, np.float64)[np.ix_(rows, columns)]
    strong = power[np.ix_(rows, columns)] > 0.5
    axes.quiver(
        x[strong], y[strong], np.cos(p[strong]), np.sin(p[strong]), scale=3 + 1.77 * arrows[1], width=0.0025,
        color="k", pivot="mid",
    )  # fmt: skip
