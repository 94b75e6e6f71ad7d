"""Check what a restorer is given, and mark what of its result may feed a key."""

import numpy as np

from samefade.errors import ConstantSignal, NotFinite, OutOfRange, TooFewSamples
from samefade.types import Band, Feature, Float, Half, Mask, Terms


def admit(x: Half, *, least: int = 2) -> Float:
    """Return the values of an observation as float32 or float64, (n,) or (n, k).

    Args:
        x: The observation.
        least: The fewest grid points that the restorer can work on.

    Raises:
        TooFewSamples: When there are fewer, or fewer than 2 were heard.
        NotFinite: When a value is NaN or infinite.
        ConstantSignal: When no tone varies among the samples that were heard.
    """
    if len(x) < least:
        raise TooFewSamples(have=len(x), need=least)
    values = x.values if x.values.dtype in (np.float32, np.float64) else x.values.astype(np.float64)
    bad = int(np.count_nonzero(~np.isfinite(values)))
    if bad:  # the observation looked once, but arrays can be written to
        raise NotFinite(f"values of end {x.end}", bad)
    heard = values[x.mask]
    if len(heard) < 2:
        raise TooFewSamples(have=len(heard), need=2)
    if not np.any(np.ptp(heard, axis=0) > 0):
        raise ConstantSignal(x.end, float(heard.flat[0]))
    return values


def restored(x: Half, values: Float, *, reach: int = 0, bridge: float = 0.0) -> Feature[Half]:
    """Return the feature of `x` with what must not feed a key marked.

    A gap shorter than `bridge` loses nothing: the filter's output varies more slowly than that.
    Within `reach` of an end of the record or of a longer gap the output rests on values that nobody heard.

    Args:
        x: The observation.
        values: What the restorer made of it, of the same length.
        reach: Samples over which the filter's effective length spreads an edge.
        bridge: The filter's correlation length, samples.

    Raises:
        TooFewSamples: When the record is no longer than its two edges.
    """
    n = len(x)
    if n <= 2 * reach:
        raise TooFewSamples(have=n, need=2 * reach + 1)
    usable = _dilated_gaps(x.mask, reach, bridge)
    usable[:reach] = False
    usable[n - reach :] = False
    return Feature(values.astype(values.dtype, copy=False), x.rate, usable, x)


def agreed_band(terms: Terms | None, rate: float) -> Band:
    """Return the band of the terms, which came over the air and may be silly.

    Raises:
        OutOfRange: When there are no terms, no band, another rate, or edges outside 0 to half of the rate.
    """
    if terms is None or terms.band is None:
        raise OutOfRange("terms", "without a band", "terms from CoherentBand.agree")
    if terms.rate != rate:
        raise OutOfRange("terms.rate", terms.rate, f"the observation's {rate:g} Hz")
    band = terms.band
    if not 0 < band.low <= band.high <= rate / 2:
        raise OutOfRange("terms.band", f"{band.low:g} to {band.high:g} Hz", f"0 < low ≤ high ≤ {rate / 2:g} Hz")
    if not 1 <= band.voices <= 64:
        raise OutOfRange("terms.band.voices", band.voices, "1 to 64")
    return band


def period(rate: float, frequency: float) -> int:
    """Return one period of a frequency in whole samples: the effective length of a low-pass that ends there.

    It holds 99 % of the energy of the wavelet's smooth filter and nearly 95 % of that of a brick wall.
    """
    return int(np.ceil(rate / frequency))


def _dilated_gaps(mask: Mask, reach: int, bridge: float) -> Mask:
    change = np.flatnonzero(np.diff(np.concatenate(([True], mask, [True])).astype(np.int8)))
    usable = np.ones(len(mask), dtype=np.bool_)
    for start, stop in zip(change[::2], change[1::2], strict=True):
        if stop - start >= bridge:
            usable[max(0, start - reach) : stop + reach] = False
    return usable
