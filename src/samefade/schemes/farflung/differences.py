"""Schemes that quantise differences of packet RSSI: the slow part, which Eve hears too, cancels.

Differencing doubles the power of the noise and keeps little of a slow channel; at LoRaWAN's turn-around of a second
there is little fast fading in common either.
"""

from dataclasses import dataclass

from samefade import restore
from samefade.quantize import Guarded, LossyCdf, Sign
from samefade.reconcile import Bch, Reconciler, ReedSolomon
from samefade.schemes.farflung.exchanged import Exchanged
from samefade.schemes.scheme import Quantizer, Restorer


@dataclass(frozen=True, kw_only=True)
class ZhangDifferential(Exchanged):
    """Packet RSSI with differential quantisation (Zhang, Marshall and Hanzo 2018, arXiv 1810.08031).

    Published: ping-pong of LoRa packets, the sign of the change from one packet's RSSI to the next, ties and changes of
    at most ε dropped, kept indices exchanged, BCH code offset, SHA.
    Ours, because not known to us: ε = 1 dB; pairs that share no packet, because neighbouring differences depend on each
    other; the BCH code, chosen by the errors seen on spoken samples; Toeplitz hashing under an account, for SHA.
    """

    restore: Restorer = restore.Difference(lag=1, every=2)
    quantize: Quantizer = Sign(epsilon=1.0)
    reconcile: Reconciler = Bch(length=255)


@dataclass(frozen=True, kw_only=True)
class Rssignal(Exchanged):
    """RSSignal (SBSeg 2022 and 2023), on LoRaWAN's confirmed uplinks and their acknowledgements.

    Published: m-lag difference, thresholds mean ± α·σ, exchange of indices, Reed–Solomon, hash.
    Ours, because not known to us: m = 4, α = .3, pairs that share no packet, length and strength of the code.
    The original sends RSSI values to find which packets belong together, which gives the key away; here packets are
    matched by their counters (`observe.match`).
    """

    restore: Restorer = restore.Difference(lag=4)
    quantize: Quantizer = Guarded(levels=2, alpha=0.3)
    reconcile: Reconciler = ReedSolomon()


@dataclass(frozen=True, kw_only=True)
class DaCruz(Exchanged):
    """da Cruz et al., Physical Communication 2021, on LoRaWAN.

    Published: differences of RSSI values that are not consecutive, lossy CDF quantiser, Reed–Solomon and a
    convolutional code.
    Ours, because not known to us: differences over 2 packets that share none, 4 levels, a twelfth of the distribution
    dropped at each threshold. The convolutional code is left out: one code corrects the errors, and tells less.
    """

    restore: Restorer = restore.Difference(lag=2)
    quantize: Quantizer = LossyCdf(levels=4, guard=1 / 12)
    reconcile: Reconciler = ReedSolomon()
