"""Both ends after WSKG's restoration, over the whole record: what the paper's scheme would quantise."""

import numpy as np
from matplotlib.axes import Axes

from samefade import metrics, schemes
from samefade.draw.canvas import COLOURS
from samefade.errors import SamefadeError
from samefade.types import Observation, Pair, Spoken


def restored_panel(axes: Axes, pair: Pair[Observation]) -> None:
    """Draw both ends restored by the coherent band and synchronised, each in its own units of spread.

    The band is chosen on the samples that are drawn, which flatters it; `key` chooses it on spoken samples alone.

    Args:
        axes: Where to draw.
        pair: Both ends on one grid.
    """
    axes.set(xlabel="time (min)", ylabel="in standard deviations")
    scheme = schemes.Wskg()
    spoken = pair.each(lambda x: Spoken(x.values, x.rate, x.mask, x.end, x.unit, x.start))
    try:
        terms = scheme.agree(spoken.a, spoken.b)
        features = [scheme.feature(x, terms).values for x in (spoken.a, spoken.b)]
        correlation = metrics.pearson(*features)
    except SamefadeError as why:
        axes.set_title(f"not restored: {why.sentence}")
        return
    for name, values in zip("ab", features, strict=True):
        minutes = np.arange(len(values)) / pair.rate / 60
        axes.plot(minutes, (values - values.mean()) / values.std(), color=COLOURS[name], lw=1, alpha=0.8, label=name)
    band = "" if terms.band is None else f"{terms.band.low:.3g}–{terms.band.high:.3g} Hz"
    axes.set_title(f"restored by the coherent band {band}, lag {terms.lag}: r {correlation:.3f}")
    axes.set_xlim(0, len(pair) / pair.rate / 60)
    axes.legend(fontsize=7)
