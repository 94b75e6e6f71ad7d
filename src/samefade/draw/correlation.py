"""What a channel model says: how long the ends agree, how far Eve must be, and what is left of a gap in frequency."""

from dataclasses import replace

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from samefade.channel.correlation import Channel, Eavesdropper, Exchange, Noise
from samefade.draw.canvas import COLOURS

_QUIET = Noise(1e9, 1e9, 1e9, step=0.0)


def correlation(channel: Channel) -> Figure:
    """Draw correlation over time, space and frequency under a model, of snapshots without noise.

    Args:
        channel: The model, its speed a single number; its times, gap, Eve's distances and noise are not looked at.

    Returns:
        A figure of three panels, to be saved by `draw.canvas`.
    """
    figure = Figure(figsize=(12, 3.8), layout="constrained")
    time, space, frequency = figure.subplots(1, 3)
    _over_time(channel, time)
    _over_space(channel, space)
    _over_frequency(channel, frequency)
    for axes in (time, space, frequency):
        axes.axhline(0, color="#bbbbbb", lw=0.8, zorder=0)
        axes.set_ylim(-0.5, 1.05)
        axes.legend(fontsize=8)
    time.set_ylabel("correlation, a model's")
    return figure


def _over_time(channel: Channel, axes: Axes) -> None:
    turns = np.linspace(0, 2, 400)
    shift = max(float(np.max(channel.doppler)), 1e-9)
    moved = replace(channel, exchange=Exchange(pause=turns / shift), gap=0.0, noise=_QUIET)
    axes.plot(turns, moved.gain().ab, color=COLOURS["e"], ls="--", label="complex gain")
    axes.plot(turns, moved.power().ab, color=COLOURS["b"], label="power")
    axes.plot(turns, moved.level(shadowed=False).ab, color=COLOURS["a"], label="dB")
    axes.plot(turns, moved.level().ab, color=COLOURS["a"], ls=":", label="dB with shadowing")
    axes.set(xlabel=f"delay, turns of the Doppler shift ({shift:.3g} Hz)", title="time")


def _over_space(channel: Channel, axes: Axes) -> None:
    d = np.geomspace(0.01, 1000, 400)
    eve = channel.eve
    at_b = replace(channel, exchange=Exchange(), noise=_QUIET, eve=Eavesdropper(from_b=d, around_b=eve.around_b))
    at_a = replace(channel, exchange=Exchange(), noise=_QUIET, eve=Eavesdropper(from_a=d, around_a=eve.around_a))
    axes.semilogx(d, at_b.gain().be, color=COLOURS["b"], label="complex gain, Eve near b")
    axes.semilogx(d, at_a.gain().ae, color=COLOURS["a"], label="complex gain, Eve near a")
    axes.semilogx(d, at_b.level().be, color=COLOURS["e"], ls=":", label="dB with shadowing")
    axes.set(xlabel="Eve's distance, m", title="space")


def _over_frequency(channel: Channel, axes: Axes) -> None:
    gap = np.geomspace(1e4, 1e8, 400)
    apart = replace(channel, exchange=Exchange(), gap=gap, noise=_QUIET)
    axes.semilogx(gap / 1e6, apart.gain().ab, color=COLOURS["e"], ls="--", label="complex gain")
    axes.semilogx(gap / 1e6, apart.level(shadowed=False).ab, color=COLOURS["a"], label="dB")
    axes.set(xlabel="between the carriers of up and down, MHz", title="frequency")
