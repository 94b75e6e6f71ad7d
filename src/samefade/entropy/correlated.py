"""What correlated Gaussian readings share, given what Eve hears: bits a reading, for arrays of correlations.

*Notation*: ρ_AB, ρ_AE, ρ_BE the correlations of three jointly Gaussian readings.
I(A;B|E) = log2 (det R_AE·det R_BE / (det R_E·det R_ABE)) bits for circular complex readings, half of it for real ones
(`joint`, which computes it here too).

It is the most that any scheme can get from independent readings (Maurer 1993; Ahlswede and Csiszár 1993); a bit
*agreed* is not a secret bit, and for readings that are not Gaussian (levels of fading in dB)
it is an approximation.
"""

from math import log

import numpy as np
from numpy.typing import ArrayLike, NDArray

from samefade.entropy.joint import ratio
from samefade.errors import NotFinite, OutOfRange


def correlated_information(
    ab: ArrayLike, ae: ArrayLike = 0.0, be: ArrayLike = 0.0, *, circular: bool
) -> NDArray[np.float64]:
    """Return I(A;B|E) of three Gaussian readings with these correlations, bits a reading.

    Without Eve (ae = be = 0) it is −log2(1 − ρ²), half of it for real readings; ends that hear the same exactly share
    about 40 bits, where doubles end.

    Args:
        ab: Correlation of the ends, any shape.
        ae: Of end a with Eve.
        be: Of end b with Eve.
        circular: Whether the readings are circular complex ones.

    Returns:
        Array of the broadcast shape.

    Raises:
        OutOfRange: When a correlation is outside −1 … 1, or no three readings have these.
        NotFinite: When a correlation is NaN or infinite.
    """
    ab, ae, be = np.broadcast_arrays(*(checked(n, r, -1, 1) for n, r in (("ab", ab), ("ae", ae), ("be", be))))
    left = 1 + 2 * ab * ae * be - ab**2 - ae**2 - be**2
    if left.size and left.min() < -1e-9:
        raise OutOfRange("determinant of three correlations", float(left.min()), "at least 0: no readings have these")
    r = np.ones((*ab.shape, 3, 3))  # Eve first, as `ratio` asks
    r[..., 1, 2] = r[..., 2, 1] = ab
    r[..., 0, 1] = r[..., 1, 0] = ae
    r[..., 0, 2] = r[..., 2, 0] = be
    return np.asarray(ratio(r, 1, 1).nats / log(2) / (1 if circular else 2))


def fade_information(snr: ArrayLike) -> NDArray[np.float64]:
    """Return log2((1 + γ)² / (1 + 2γ)): what one complex fade heard at γ by both ends is worth without Eve, bits.

    Raises:
        OutOfRange: When a ratio is negative.
        NotFinite: When a ratio is NaN or infinite.
    """
    g = checked("snr", snr, 0, np.inf)
    return np.asarray((2 * np.log1p(g) - np.log1p(2 * g)) / log(2))


def checked(name: str, values: ArrayLike, low: float, high: float) -> NDArray[np.float64]:
    """Return numbers of any shape as float64, or refuse them where one is outside low … high.

    Raises:
        NotFinite: When a number is NaN or infinite.
        OutOfRange: When a number is outside; the worst is named.
    """
    array = np.asarray(values, np.float64)
    if not np.isfinite(array).all():
        raise NotFinite(name, int(np.count_nonzero(~np.isfinite(array))))
    for worst, bad in ((array.min(initial=np.inf), "<"), (array.max(initial=-np.inf), ">")):
        if (bad == "<" and worst < low) or (bad == ">" and worst > high):
            raise OutOfRange(name, float(worst), f"{low:g} to {high:g}")
    return array
