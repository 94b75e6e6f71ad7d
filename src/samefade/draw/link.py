"""What the paper draws of a link: both signals, raw and restored, coherence with arrows, lags, and spectra."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from textwrap import fill

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter

from samefade import metrics
from samefade.draw.canvas import COLOURS, png, save
from samefade.draw.coherence import coherence_panel
from samefade.draw.restored import restored_panel
from samefade.errors import SamefadeError
from samefade.restore import Golay
from samefade.types import Float, Observation, Pair

SHOWN = 600


def link(pair: Pair[Observation], path: Path, *, said: str | None = None) -> None:
    """Draw a link in five panels and save it.

    Args:
        pair: Both ends on one grid, and Eve where there is one; of several tones the first is drawn.
        path: Where to; .png, .pdf or .svg.
        said: What the numbers come to, in words, above the panels: pictures travel without what was printed.

    Raises:
        CannotWrite: When it cannot be written.
    """
    figure = Figure(figsize=(12.5, 11), layout="constrained")
    axes = figure.subplot_mosaic([["signals", "coherence"], ["restored", "restored"], ["lags", "spectra"]])
    for name, panel in PANELS.items():
        panel(axes[name], pair)
    if said is not None:
        figure.suptitle(fill(said, 120), fontsize=11)
    save(figure, path)


def panels(pair: Pair[Observation]) -> dict[str, bytes]:
    """Draw the same five panels, each a picture of its own, narrow enough for a telephone.

    Args:
        pair: Both ends on one grid; of several tones the first is drawn.

    Returns:
        The panel's name → a PNG file.
    """
    pictures = {}
    for name, panel in PANELS.items():
        figure = Figure(figsize=(7.2, 3.6), layout="constrained")
        panel(figure.subplots(), pair)
        pictures[name] = png(figure, dpi=150)
    return pictures


def _first(x: Observation) -> Observation:
    return replace(x, values=_one(x.values))


def _one(values: Float) -> Float:
    return values if values.ndim == 1 else values[:, 0]


def _hers(a: Observation, e: Observation) -> Float:
    """Return what Eve heard; of several columns the one that is most like the first of a's."""
    columns = e.values.reshape(len(e), -1)
    both = a.mask & e.mask
    x = _one(a.values)[both] - np.mean(_one(a.values)[both])
    like = [abs(float(x @ (column - column.mean()))) / (float(column.std()) or np.inf) for column in columns[both].T]
    return np.asarray(columns[:, int(np.argmax(like))])


def _signals(axes: Axes, pair: Pair[Observation]) -> None:
    shown = pair.each(lambda x: x.window(0, SHOWN)) if len(pair) > SHOWN else pair
    time = np.arange(len(shown)) / shown.rate
    for name, x in (("a", shown.a), ("b", shown.b)):
        values = _one(x.values)
        axes.plot(
            time, np.where(x.mask, values, np.nan), color=COLOURS[name], lw=0.5, alpha=0.45, label=f"{name}, as heard"
        )
        try:
            smooth = _one(Golay().restore(x).values)
            axes.plot(time, smooth, color=COLOURS[name], lw=1.4, label=f"{name}, Savitzky–Golay")
        except SamefadeError:  # too short to smooth: the raw line is shown alone
            continue
    if shown.e is not None and shown.e.unit == shown.a.unit:
        heard = np.where(shown.e.mask, _hers(shown.a, shown.e), np.nan)
        axes.plot(time, heard, color=COLOURS["e"], lw=0.8, ls="--", label="Eve, as heard")
    axes.set(xlabel="time (s)", ylabel=shown.a.unit, title="what each end heard (first samples)")
    axes.legend(fontsize=7, ncols=2)


def _coherence(axes: Axes, pair: Pair[Observation]) -> None:
    coherence_panel(axes, _one(pair.a.values), _one(pair.b.values), pair.rate)


def _restored(axes: Axes, pair: Pair[Observation]) -> None:
    restored_panel(axes, pair.each(_first))


def _lags(axes: Axes, pair: Pair[Observation]) -> None:
    most = min(len(pair) // 4, max(10, round(30 * pair.rate)))
    a, b = (np.where(x.mask, _one(x.values), _one(x.values)[x.mask].mean()) for x in (pair.a, pair.b))
    lags, correlation = metrics.lagged(a, b, most)
    axes.plot(lags / pair.rate, correlation, color="#333333", lw=1, label="as heard")
    try:
        fa, fb = (_one(Golay().restore(x).values) for x in (pair.a, pair.b))
        axes.plot(lags / pair.rate, metrics.lagged(fa, fb, most)[1], color="#a01a58", lw=1.2, label="Savitzky–Golay")
    except SamefadeError:
        pass
    if pair.e is not None:
        hers = _hers(pair.a, pair.e)
        hers = np.where(pair.e.mask, hers, hers[pair.e.mask].mean())
        if np.ptp(hers) > 0:
            heard = metrics.lagged(a, hers, most)[1]
            axes.plot(lags / pair.rate, heard, color=COLOURS["e"], lw=1, ls="--", label="a and Eve, as heard")
    axes.axvline(0, color="k", lw=0.5, ls=":")
    axes.set(xlabel="lag of b (s)", ylabel="Pearson correlation", title="correlation over lag")
    axes.legend(fontsize=7)


def _spectra(axes: Axes, pair: Pair[Observation]) -> None:
    from scipy.signal import welch

    for name, end in (("a", pair.a), ("b", pair.b)):
        x = _one(end.values)
        f, power = welch(x - np.mean(x), fs=pair.rate, nperseg=min(1024, len(x)))
        axes.loglog(f[1:], power[1:], color=COLOURS[name], lw=1, label=name)
    axes.xaxis.set_minor_formatter(NullFormatter())  # on a short axis their labels would overlap
    axes.set(xlabel="frequency (Hz)", ylabel="power spectral density", title="where the power is")
    axes.legend(fontsize=7)


PANELS: dict[str, Callable[[Axes, Pair[Observation]], None]] = {
    "signals": _signals,
    "coherence": _coherence,
    "restored": _restored,
    "lags": _lags,
    "spectra": _spectra,
}
