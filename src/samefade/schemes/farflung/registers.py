"""Vehicle-Key's feature: the mean of the few register RSSI nearest to the turn-around, on both sides of it.

A receiver's RSSI register can be read many times within one packet. What both ends hear last before, and first after,
the turn-around lies milliseconds apart instead of a whole packet, so far more of a fast fade is in common
(Vehicle-Key, ICDCS 2022 and IEEE Transactions on Mobile Computing 2024; its window, and that the feature called arRSSI
is this mean, are unverified).
There is no public recording of register RSSI at both ends; `samefade.channel.registers` simulates one.
"""

from dataclasses import dataclass, replace

import numpy as np

from samefade import restore
from samefade.errors import OutOfRange
from samefade.quantize import Guarded
from samefade.reconcile import Bch, Reconciler
from samefade.schemes.farflung.exchanged import Exchanged
from samefade.schemes.scheme import Quantizer, Restorer, shared
from samefade.types import Feature, Half, Kept, Pair, Terms


@dataclass(frozen=True)
class TurnAround:
    """Mean of the register values nearest to the turn-around.

    End b hears the probe, and takes its last values; end a hears the reply, and takes its first.

    Attributes:
        window: Register values that are averaged; where a packet has fewer, all of them.
    """

    window: int = 8

    def restore(self, x: Half, terms: Terms | None = None) -> Feature[Half]:  # noqa: ARG002 -- every restorer takes terms
        """Return the means, (n,), of an observation (n, k) of packets and registers; a row of one value stays as it is.

        An eavesdropper keeps every register, (n, k).

        Raises:
            ConstantSignal: When no register varies.
            OutOfRange: When the window is below 1.
            TooFewSamples: When fewer than 2 packets were heard.
        """
        if self.window < 1:
            raise OutOfRange("window", self.window, "at least 1 register value")
        plain = restore.Raw().restore(x)
        if plain.values.ndim == 1 or x.end == "e":
            return plain
        near = plain.values[:, : self.window] if x.end == "a" else plain.values[:, -self.window :]
        return replace(plain, values=np.asarray(near.mean(axis=1)))


@dataclass(frozen=True, kw_only=True)
class RegisterRssi(Exchanged):
    """Register RSSI near the turn-around, quantised into four levels.

    Published (Vehicle-Key): the feature; a network that predicts and quantises, an autoencoder that reconciles.
    Ours: `Guarded` for the one and a BCH code for the other, window and levels. The networks are not built.
    """

    restore: Restorer = TurnAround()
    quantize: Quantizer = Guarded(levels=4, alpha=0.1)
    reconcile: Reconciler = Bch(length=255)

    @property
    def all_tones(self) -> bool:
        """Say that every register is used, each a column of the observation."""
        return True

    def limit(self, kept: Pair[Kept], terms: Terms) -> float:
        """Return the mutual information of the two features, bits a packet, given Eve where there is one."""
        ends = [self.feature(x, terms).values for x in (kept.a, kept.b, kept.e) if x is not None]
        return shared(*ends)
