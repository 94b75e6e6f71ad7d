"""The wavelet coherence as the paper draws it: colour for coherence, arrows for phase, shade for the cone."""

import numpy as np
from matplotlib.axes import Axes

from samefade import wavelet
from samefade.types import Float

COLUMNS = 600
ARROWS = (14, 22)


def coherence_panel(axes: Axes, a: Float, b: Float, rate: float) -> None:
    """Draw coherence over time and frequency; arrows (right: in phase) where it exceeds 0.5.

    Args:
        axes: Where to draw.
        a: (n,) one end.
        b: (n,) the other end.
        rate: Samples per second, Hz.
    """
    found = wavelet.coherence(a, b, rate=rate)
    minutes, power, phase = _thinned(found, len(a), rate)
    mesh = axes.pcolormesh(
        minutes, found.frequency, power, cmap="viridis", vmin=0, vmax=1, shading="nearest", rasterized=True
    )
    edge = np.asarray(found.cone) / rate / 60
    last = len(a) / rate / 60
    inside = np.minimum(edge, last / 2)
    for rim, border in ((inside, 0), (last - inside, last)):
        axes.plot(rim, found.frequency, color="w", lw=1, ls="--")
        axes.fill_betweenx(found.frequency, rim, border, color="w", alpha=0.4, lw=0)
    _arrows(axes, minutes, np.asarray(found.frequency), power, phase)
    axes.set_yscale("log")
    axes.set(
        xlabel="time (min)", ylabel="frequency (Hz)", title=f"wavelet coherence ({found.kernel}), → in phase",
        xlim=(0, last), ylim=(found.frequency[-1], found.frequency[0]),
    )  # fmt: skip
    axes.figure.colorbar(mesh, ax=axes, label="coherence")


def _thinned(found: "wavelet.Coherence", n: int, rate: float) -> tuple[Float, Float, Float]:
    """Take at most COLUMNS points of each row, the nearest computed sample; return minutes, coherence and phase."""
    points = np.linspace(0, n - 1, min(n, COLUMNS)).round().astype(int)
    power, phase = np.empty((2, len(found.frequency), len(points)))
    for s, (row, angle, step) in enumerate(zip(found.rows, found.phase, found.step, strict=True)):
        nearest = np.minimum(points // int(step), len(row) - 1)
        power[s], phase[s] = np.asarray(row)[nearest], np.asarray(angle)[nearest]
    return points / rate / 60, power, phase


def _arrows(axes: Axes, minutes: Float, frequency: Float, power: Float, phase: Float) -> None:
    rows = np.linspace(0, len(frequency) - 1, ARROWS[0] + 2).round().astype(int)[1:-1]
    columns = np.linspace(0, len(minutes) - 1, ARROWS[1] + 2).round().astype(int)[1:-1]
    y, x = np.meshgrid(frequency[rows], minutes[columns], indexing="ij")
    p = phase[np.ix_(rows, columns)]
    strong = power[np.ix_(rows, columns)] > 0.5
    axes.quiver(
        x[strong], y[strong], np.cos(p[strong]), np.sin(p[strong]), scale=42, width=0.0025, color="k", pivot="mid"
    )
