"""What a channel model promises two ends: how alike they hear, how many bits differ, and what Eve leaves of it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from samefade.channel.correlation import Channel
from samefade.entropy.correlated import correlated_information
from samefade.entropy.disagreement import median_bit
from samefade.errors import UnknownName

FEATURES = ("gain", "power", "level", "faded")


@dataclass(frozen=True, eq=False)
class Promise:
    """What a feature of one probe is worth under a model; a promise of the model, not a measurement.

    Attributes:
        feature: Which.
        ab: Correlation of the ends.
        ae: Of end a with Eve.
        be: Of end b with Eve.
        disagreement: Probability that a bit cut at the median differs, as of Gaussian readings.
        eve_disagreement: The same between Eve and the end that she hears best: one half where she hears nothing.
        shared: I(A;B), bits a probe.
        secret: I(A;B|E), bits a probe: an upper bound for independent probes; bits that Eve has too are none.
    """

    feature: str
    ab: NDArray[np.float64]
    ae: NDArray[np.float64]
    be: NDArray[np.float64]
    disagreement: NDArray[np.float64]
    eve_disagreement: NDArray[np.float64]
    shared: NDArray[np.float64]
    secret: NDArray[np.float64]


def promise(channel: Channel, feature: str = "level") -> Promise:
    """Return what one probe is worth under a model; arrays of the shape of the channel's parameters.

    Args:
        channel: The model.
        feature: "gain" (complex), "power" (linear), "level" (dB, with shadowing) or "faded" (dB without shadowing,
            what an ideal removal of the large scale leaves). Information of power and levels is that of Gaussian
            readings with their correlations: an approximation, which the model says.

    Raises:
        UnknownName: When there is no such feature.
    """
    if feature not in FEATURES:
        raise UnknownName("feature of a channel", feature, FEATURES)
    if feature in {"level", "faded"}:
        found = channel.level(shadowed=feature == "level")
    else:
        found = channel.gain() if feature == "gain" else channel.power()
    ab, ae, be = np.broadcast_arrays(*found)
    circular = feature == "gain"
    heard = np.maximum(np.abs(ae), np.abs(be))
    return Promise(
        feature, ab, ae, be, median_bit(ab), median_bit(heard),
        correlated_information(ab, circular=circular), correlated_information(ab, ae, be, circular=circular),
    )  # fmt: skip
