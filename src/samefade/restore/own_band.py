"""Let one end look for its band alone: two literal readings of the 2025 paper's step 3.

The paper gives each end its own new samples and the two thresholds, and says no more; Algorithm 1 needs two signals.
"""

import numpy as np
from numpy.typing import NDArray

from samefade.errors import NotReciprocal
from samefade.restore.thresholds import held
from samefade.types import Float, Mask
from samefade.wavelet import Transform, coherence, transform

Look = tuple[Float, NDArray[np.float64]]


def own_looks(values: Float, rate: float, level: float, voices: int) -> Look:
    """Return for each frequency the share of samples at which even and odd samples are coherent.

    Even and odd samples are two noisy looks at one channel.
    They have half of the rate, so no frequency above a quarter of the rate is found.

    Args:
        values: (n,) or (n, k) of one end.
        rate: Hz.
        level: Agreed coherence threshold.
        voices: Rows an octave.

    Returns:
        Frequencies, Hz, and shares; −1 where a row lies wholly inside the cone.

    Raises:
        ConstantSignal: When a look does not vary.
        TooFewSamples: When the looks are too short.
    """
    pairs = len(values) // 2
    even, odd = values[0 : 2 * pairs : 2], values[1 : 2 * pairs : 2]
    found = coherence(even.T, odd.T, rate=rate / 2, voices=voices)
    return found.frequency, held(found, level)


def scalogram(values: Float, rate: float, level: float, voices: int) -> Look:
    """Return for each frequency the share of samples at which |W| over its maximum exceeds the coherence threshold.

    It is the most literal reading.
    It fails, and is here to show it: the threshold is near 1, as a coherence is, and |W| is near its maximum
    in a few places only.

    Args:
        values: (n,) or (n, k) of one end.
        rate: Hz.
        level: Agreed coherence threshold.
        voices: Rows an octave.

    Returns:
        As for `own_looks`.

    Raises:
        TooFewSamples: When the record is too short for a transform.
    """
    found: Transform = transform(values.T, rate=rate, voices=voices)
    magnitude = [np.abs(row[..., found.outside(j)]) for j, row in enumerate(found.rows)]
    largest = max(float(row.max()) for row in magnitude if row.size)
    shares = np.array([float(np.mean(row > level * largest)) if row.size else -1.0 for row in magnitude])
    return found.frequency, shares


def passing(shares: NDArray[np.float64], limit: float, least: float) -> Mask:
    """Return which frequencies are held for long enough.

    Args:
        shares: Of each frequency, as a look returns them.
        limit: Agreed sample threshold, as a share.
        least: Share of the available frequencies that must pass.

    Raises:
        NotReciprocal: When fewer do: the ends must agree anew.
    """
    passed = shares >= limit
    available, found = int(np.count_nonzero(shares >= 0)), int(np.count_nonzero(passed))
    if found == 0 or found < least * available:
        why = f"{found} of {available} own frequencies pass the agreed thresholds; agree anew"
        raise NotReciprocal(correlation=float("nan"), lag=0, why=why)
    return passed
