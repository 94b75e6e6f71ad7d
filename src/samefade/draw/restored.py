"""Both ends after WSKG's restoration, over the whole record: what the paper's scheme would quantise."""

import numpy as np
from matplotlib.axes import Axes

from samefade import metrics, schemes
from samefade.draw.canvas import COLOURS
from samefade.errors import SamefadeError
from samefade.types import Observation, Pair


def restored_panel(axes: Axes, pair: Pair[Observation]) -> None:
    """Draw both ends restored by the coherent band and synchronised, each in its own units of spread.

    The band is chosen on the samples that are drawn, which flatters it; `key` chooses it on spoken samples alone.

    Args:
        axes: Where to draw.
        pair: Both ends on one grid.
    """
    axes.set(xlabel="time (min)", ylabel="in standard deviations")
    scheme = schemes.Wskg()
    spoken = pair.spoken()
    try:
        terms = scheme.agree(spoken.a, spoken.b)
        features = [scheme.feature(x, terms) for x in (spoken.a, spoken.b)]
        usable = features[0].usable & features[1].usable
        correlation = metrics.pearson(*(feature.values[usable] for feature in features))
    except SamefadeError as why:
        axes.set_title(f"not restored: {why.sentence}")
        return
    minutes = np.arange(len(usable)) / pair.rate / 60
    for name, feature in zip("ab", features, strict=True):
        values = (feature.values - feature.values[usable].mean()) / feature.values[usable].std()
        shown = np.where(usable, values, np.nan)  # where either end heard nothing for long, nothing is quantised
        axes.plot(minutes, shown, color=COLOURS[name], lw=1, alpha=0.8, label=name)
    band = "" if terms.band is None else f"{terms.band.low:.3g}–{terms.band.high:.3g} Hz"
    axes.set_title(f"restored by the coherent band {band}, lag {terms.lag}: r {correlation:.3f}")
    axes.set_xlim(0, len(pair) / pair.rate / 60)
    axes.legend(fontsize=7)
