"""The reconstructions of figures 10 to 14: a raw, b Golay, c Golay + sync, d FFT, e WT, f WT + sync.

The terms (band and lag) are learnt from the very samples that are shown, as step 2 of the paper does with a block that
is sent in clear. What is shown can then be no key; the key figures learn them elsewhere.
"""

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from samefade import metrics, schemes, wavelet
from samefade.bench import Row
from samefade.errors import SamefadeError
from samefade.types import Band, Float, Observation, Pair, Terms
from samefade.wavelet import Coherence
from wskg2025.coherence import change, shares, summary
from wskg2025.signals import spoken

SCHEMES = {
    "raw": "raw-nosync",
    "golay": "golay-nosync",
    "golay + sync": "golay",
    "fft": "fft-nosync",
    "wt": "wskg-nosync",
    "wt + sync": "wskg",
}
TITLES = dict(zip(SCHEMES, ("raw", "Golay", "Golay + sync", "FFT", "WT", "WT + sync"), strict=True))
SYNCED = {"golay + sync": "golay", "wt + sync": "wt"}  # with the lag → without


class Shown(NamedTuple):
    """Both ends after a reconstruction.

    Attributes:
        a: (m,) one end.
        b: (m,) the other end.
        rate: Samples a second, Hz.
        terms: What was learnt in public.
    """

    a: Float
    b: Float
    rate: float
    terms: Terms


def reconstructed(pair: Pair[Observation], scheme: str) -> Shown:
    """Reconstruct both ends with a scheme whose terms are learnt from the same samples.

    Raises:
        SamefadeError: When the scheme finds no terms.
    """
    chosen, shown = schemes.find(scheme), spoken(pair)
    terms = chosen.agree(shown.a, shown.b)
    a, b = (chosen.feature(end, terms) for end in (shown.a, shown.b))
    return Shown(np.ravel(a.values), np.ravel(b.values), a.rate, terms)


def with_lag(pair: Pair[Observation], shown: Shown, scheme: str, lag: int) -> Shown:
    """Reconstruct once more under the same terms but for the lag."""
    chosen, ends = schemes.find(scheme), spoken(pair)
    terms = replace(shown.terms, lag=lag)
    a, b = (chosen.feature(end, terms) for end in (ends.a, ends.b))
    return Shown(np.ravel(a.values), np.ravel(b.values), a.rate, terms)


def all_shown(pair: Pair[Observation], names: tuple[str, ...] = tuple(SCHEMES)) -> dict[str, Shown | SamefadeError]:
    """Return every reconstruction, or why there is none; what differs by the lag alone is learnt once."""
    found: dict[str, Shown | SamefadeError] = {}
    for name in sorted(names, key=lambda name: name not in SYNCED):
        synced = next((s for s, plain in SYNCED.items() if plain == name and s in found), None)
        before = found.get(synced) if synced else None
        try:
            if isinstance(before, Shown):
                found[name] = with_lag(pair, before, SCHEMES[name], 0)
            else:
                found[name] = reconstructed(pair, SCHEMES[name])
        except SamefadeError as why:
            found[name] = why
    return {name: found[name] for name in names}


def likeness(shown: Shown) -> Row:
    """Return what the three other metrics of section III say of two ends."""
    return {
        "lag": shown.terms.lag,
        "pearson": metrics.pearson(shown.a, shown.b),
        "jeffreys": metrics.jeffreys(shown.a, shown.b).value,
        "wasserstein": metrics.wasserstein(shown.a, shown.b),
    }


def coherent(shown: Shown) -> Coherence:
    """Return the coherence of both ends."""
    return wavelet.coherence(shown.a, shown.b, rate=shown.rate)


def compared(found: Coherence, raw: Coherence, edge: float) -> Row:
    """Return the numbers of a coherence, and what changed against the raw one inside WSKG's band.

    `change_inside` is the mean |ΔR²| of rows between the slowest one and the band's upper edge, where a filter that
    both ends share passes everything; None where a lag made the records of unequal length.
    `minutes_above` is how long the rows above that edge have R² > 0.5 in the mean, with `share_above` of the record.
    """
    above = shares(found)[found.frequency > edge]
    above = above[np.isfinite(above)]
    minutes = found.n / found.rate / 60
    share = float(above.mean()) if len(above) else float("nan")
    inside = change(found, raw, 0.0, edge) if found.n == raw.n else None
    return {**summary(found), "change_inside": inside, "share_above": share, "minutes_above": share * minutes}


def upper_edge(band: Band | None) -> float:
    """Return the band's upper edge, Hz; NaN without one."""
    return float("nan") if band is None else band.high
