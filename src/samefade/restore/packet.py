"""Wavelet packets with the weaker half of the coefficients zeroed.

Kumar et al. 2021 ("WPT"), in the 2025 paper's variant: coefficients below the median magnitude become zero.
The paper names neither wavelet nor depth; related work tests db3, sym3, coif3 and their fifth-order kin.
"""

from dataclasses import dataclass

import numpy as np

from samefade.errors import OutOfRange
from samefade.restore.admit import admit, restored
from samefade.types import Feature, Half, Terms


@dataclass(frozen=True)
class Packet:
    """Wavelet packet threshold at the median.

    Attributes:
        wavelet: A discrete wavelet that PyWavelets knows by name.
        level: Depth of the full packet tree.
    """

    wavelet: str = "db3"
    level: int = 3

    def restore(self, x: Half, terms: Terms | None = None) -> Feature[Half]:  # noqa: ARG002 -- every restorer takes terms
        """Return the values rebuilt from the stronger half of the coefficients, (n,) or (n, k), each tone apart.

        Half of the support of a packet, (2^level − 1)(taps − 1)/2 samples, is not usable at either end and beside
        gaps; no gap is bridged, because the finest packets stay.

        Raises:
            ConstantSignal: When no tone varies.
            OutOfRange: When the wavelet is not known or the level is below 1 or above 20.
            TooFewSamples: When the record is not longer than a packet.
        """
        import pywt

        if not 1 <= self.level <= 20:
            raise OutOfRange("level", self.level, "1 to 20")
        if self.wavelet not in pywt.wavelist(kind="discrete"):
            raise OutOfRange("wavelet", self.wavelet, "the name of a discrete wavelet, such as db3, sym5 or coif3")
        support = (2**self.level - 1) * (pywt.Wavelet(self.wavelet).dec_len - 1) + 1
        values = admit(x, least=support + 1)
        tree = pywt.WaveletPacket(values, self.wavelet, "symmetric", self.level, axis=0)
        leaves = tree.get_level(self.level)
        median = np.median(np.abs(np.concatenate([leaf.data for leaf in leaves])), axis=0)
        for leaf in leaves:
            leaf.data = np.where(np.abs(leaf.data) < median, 0, leaf.data)
        smooth = tree.reconstruct(update=False)[: len(values)]
        return restored(x, smooth.astype(values.dtype, copy=False), reach=support // 2)
