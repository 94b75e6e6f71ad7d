"""WSKG with pycwt as its transform: the same pipeline, the same search, another library below.

pycwt (Krieger et al., BSD licence) is Torrence and Compo's and Grinsted's code in Python; it is a test dependency.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from samefade.restore import CoherentBand
from samefade.restore.admit import admit, agreed_band, period, restored
from samefade.restore.thresholds import Thresholds, band, held, lower_coherence
from samefade.types import Band, Feature, Float, Half, Observation, Terms
from samefade.wavelet import Coherence, morlet

VOICES = 12


def coherent(a: Float, b: Float, rate: float) -> Coherence:
    """Return pycwt's wavelet coherence of two signals, (n,) each, as our record, without its significance test."""
    import pycwt

    rows, _, _, frequency, _ = pycwt.wct(a, b, 1 / rate, dj=1 / VOICES, sig=False)
    scale = 1 / (morlet.WAVELENGTH * frequency)
    step = np.ones(len(frequency), dtype=np.int64)
    return Coherence(
        frequency, scale, step, tuple(rows), morlet.cone(scale, rate), len(a), rate, VOICES, (), "pycwt"
    )  # fmt: skip


def within(x: Float, rate: float, found: Band, *, all_rows: bool = True) -> Float:
    """Return pycwt's inverse transform over the rows of a band, and the mean, (n,).

    Args:
        x: (n,) signal.
        rate: Hz.
        found: The band.
        all_rows: Whether every row is transformed and those outside are zeroed, as published; otherwise only the rows
            of the band are.
    """
    import pycwt

    rows = rate / (morlet.WAVELENGTH * morlet.family(morlet.SMALLEST, morlet.count(len(x), VOICES), VOICES))
    inside = (rows >= found.low * (1 - 1e-9)) & (rows <= found.high * (1 + 1e-9))
    mean = float(x.mean())
    asked: dict[str, Any] = {} if all_rows else {"freqs": rows[inside]}
    w, scales, *_ = pycwt.cwt(x - mean, 1 / rate, dj=1 / VOICES, **asked)
    if all_rows:
        w[~inside] = 0
    kept: Float = np.real(pycwt.icwt(w, scales, 1 / rate, dj=1 / VOICES))  # ψ₀(0) makes it complex, with no other part
    return kept + mean


@dataclass(frozen=True)
class PycwtBand(CoherentBand):
    """`CoherentBand` whose transforms are pycwt's.

    Attributes:
        all_rows: As in `within`.
    """

    all_rows: bool = True

    def restore(self, x: Half, terms: Terms | None = None) -> Feature[Half]:
        """Return the inverse transform over the agreed band, (n,), with the marks that ours has."""
        found = agreed_band(terms, x.rate)
        kept = within(admit(x), x.rate, found, all_rows=self.all_rows)
        return restored(x, kept, reach=period(x.rate, found.high), bridge=x.rate / (2 * found.high))

    def _search(self, a: Observation, b: Observation) -> tuple[Band, Thresholds]:
        self._check(a, b)
        found = coherent(admit(a), admit(b), a.rate)
        limits = lower_coherence(found, self.share, self.hold)
        passed = held(found, limits.coherence) >= limits.samples
        return band(found.frequency, passed, self.voices, longest_run=self.longest_run), limits
