"""Let one end look for its band alone: two literal readings of the 2025 paper's step 3.

The paper gives each end its own new samples and the two thresholds, and says no more; Algorithm 1 needs two signals.
"""

import numpy as np
from numpy.typing import NDArray

from samefade.errors import NotReciprocal
from samefade.restore.thresholds import Thresholds, band, held
from samefade.types import Band, Float
from samefade.wavelet import Transform, coherence, transform


def own_looks(
    values: Float, rate: float, limits: Thresholds, voices: int, least: float, *, longest_run: bool = False
) -> Band:
    """Return the band in which even and odd samples, two noisy looks at one channel, are coherent.

    The looks have half of the rate, so no frequency above a quarter of the rate is found.

    Args:
        values: (n,) or (n, k) of one end.
        rate: Hz.
        limits: Agreed thresholds.
        voices: Rows an octave.
        least: Share of the available rows that must pass.
        longest_run: As in `thresholds.band`.

    Raises:
        NotReciprocal: When fewer do: the ends must agree anew.
        ConstantSignal: When a look does not vary.
        TooFewSamples: When the looks are too short.
    """
    pairs = len(values) // 2
    even, odd = values[0 : 2 * pairs : 2], values[1 : 2 * pairs : 2]
    found = coherence(even.T, odd.T, rate=rate / 2, voices=voices)
    shares = held(found, limits.coherence)
    return _passed(found.frequency, shares, limits, voices, least, longest_run=longest_run)


def scalogram(
    values: Float, rate: float, limits: Thresholds, voices: int, least: float, *, longest_run: bool = False
) -> Band:
    """Return the band in which |W| over its maximum exceeds the coherence threshold: the most literal reading.

    It fails, and is here to show it: the threshold is near 1, as a coherence is, and |W| is near its maximum
    in a few places only.

    Args:
        values: (n,) or (n, k) of one end.
        rate: Hz.
        limits: Agreed thresholds.
        voices: Rows an octave.
        least: Share of the available rows that must pass.
        longest_run: As in `thresholds.band`.

    Raises:
        NotReciprocal: When fewer do: almost always.
        TooFewSamples: When the record is too short for a transform.
    """
    found: Transform = transform(values.T, rate=rate, voices=voices)
    magnitude = [np.abs(row[..., found.outside(j)]) for j, row in enumerate(found.rows)]
    largest = max(float(row.max()) for row in magnitude if row.size)
    shares = np.array([float(np.mean(row > limits.coherence * largest)) if row.size else -1.0 for row in magnitude])
    return _passed(found.frequency, shares, limits, voices, least, longest_run=longest_run)


def _passed(
    frequency: Float,
    shares: NDArray[np.float64],
    limits: Thresholds,
    voices: int,
    least: float,
    *,
    longest_run: bool = False,
) -> Band:
    passing = shares >= limits.samples
    available, found = int(np.count_nonzero(shares >= 0)), int(np.count_nonzero(passing))
    if found == 0 or found < least * available:
        why = f"{found} of {available} own frequencies pass the agreed thresholds; agree anew"
        raise NotReciprocal(correlation=float("nan"), lag=0, why=why)
    return band(frequency, passing, voices, longest_run=longest_run)
