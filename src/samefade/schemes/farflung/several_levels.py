"""Schemes that quantise packet RSSI into several levels with guard bands: more bits, and location in all of them.

Path loss and shadowing stay in the samples; whoever has a map of the place, or hears near either end, knows of them.
"""

from dataclasses import dataclass, replace

import numpy as np

from samefade import restore
from samefade.errors import NotReciprocal
from samefade.quantize import Guarded
from samefade.reconcile import Bch, Blocks, Cascade, Compressed, Reconciler
from samefade.schemes.farflung.exchanged import Exchanged
from samefade.schemes.scheme import Quantizer, Restorer
from samefade.types import Spoken, Terms


@dataclass(frozen=True, kw_only=True)
class MultiLevel(Exchanged):
    """Mean ± α·σ generalised to several levels: the plain form, of no one paper. All parameters are ours."""

    quantize: Quantizer = Guarded(levels=4, alpha=0.1)
    reconcile: Reconciler = Bch(length=255)


@dataclass(frozen=True, kw_only=True)
class LoraKey(Exchanged):
    """LoRa-Key (Xu, Jha and Hu, IEEE Internet of Things Journal 2019).

    Published: RSSI between two LoRa devices, multi-level quantisation, reconciliation by compressive sensing; 18 bit/s
    stationary and 31 bit/s mobile.
    Ours, because not known to us: levels and guards, the matrix (random signs), the number of sums and the decoder.
    """

    quantize: Quantizer = Guarded(levels=4, alpha=0.1)
    reconcile: Reconciler = Compressed()


@dataclass(frozen=True, kw_only=True)
class LoraLisk(Exchanged):
    """LoRa-LiSK (Junejo et al., IEEE Internet of Things Journal 2022).

    Published: timestamps match the packets, a Kolmogorov–Smirnov test, Savitzky–Golay filter, multi-level quantisation,
    BCH, SHA-2; works at correlations of .2 to .6 with 10–20 % of bits wrong.
    Ours, because not known to us: what is tested (that both ends' standardised spoken samples are distributed alike)
    and how far apart they may be; window and order of the filter; levels and guards; the code.
    Timestamps match the packets where a file has them (`observe.match`).

    Attributes:
        most_apart: Largest Kolmogorov–Smirnov distance of the two distributions.
    """

    restore: Restorer = restore.Golay()
    quantize: Quantizer = Guarded(levels=4, alpha=0.1)
    reconcile: Reconciler = Bch(length=255)
    most_apart: float = 0.2

    def met(self, a: Spoken, b: Spoken, terms: Terms) -> Terms:
        """Return the terms with the lag, the errors, and the distance of the distributions.

        Raises:
            NotReciprocal: When the two ends' samples are not distributed alike.
        """
        met = super().met(a, b, terms)
        fa, fb = self.feature(a, met), self.feature(b, met)
        both = fa.usable & fb.usable
        x, y = (np.sort((v - v.mean()) / v.std()) for v in (f.values[both] for f in (fa, fb)))
        every = np.concatenate([x, y])
        apart = float(np.abs(np.searchsorted(x, every, "right") - np.searchsorted(y, every, "right")).max() / len(x))
        if apart > self.most_apart:
            r = float(np.corrcoef(fa.values[both], fb.values[both])[0, 1])
            raise NotReciprocal(correlation=r, lag=met.lag, why=f"distributions {apart:.2f} apart, at r {r:.2f}")
        return replace(met, thresholds={**met.thresholds, "ks": apart})


@dataclass(frozen=True, kw_only=True)
class HanV2v(Exchanged):
    """Han et al., Sensors 2020, between vehicles and to the roadside.

    Published as a structure: multi-bit quantisation with level crossings, and a light Cascade (groups of M bits,
    bisection, shuffled rounds).
    Ours, because not known to us: guard bands for level crossings, 4 levels, and Cascade as Brassard and Salvail have
    it, with its block lengths by the expected errors.
    """

    quantize: Quantizer = Guarded(levels=4, alpha=0.1)
    reconcile: Reconciler = Cascade(variant="original")


@dataclass(frozen=True, kw_only=True)
class Lorakeygen(Exchanged):
    """Lorakeygen, a tool for LoRa modules at 868 MHz with a public recording (`lora-indoor`).

    Published: probe and reply every half second, mean ± .6 σ, kept indices, a syndrome and a CRC-8 of each block,
    failed blocks dropped, SHA-256.
    It sends its thresholds too, which are not needed: each end takes its own mean and deviation here.
    Its differential mode (ε = 2 dB) is `ZhangDifferential` with that ε, but for a window that is not known to us.
    """

    quantize: Quantizer = Guarded(levels=2, alpha=0.6)
    reconcile: Reconciler = Blocks()
