"""Choose the frequencies that both ends share for long enough: steps 2b to 2d of the 2025 paper's Algorithm 1.

Notation: R²(f, t) wavelet coherence, WC_th its threshold, N_th the threshold on the number of samples,
F_r = { f : #{ t : R²(f, t) > WC_th } ≥ N_th }.

Samples inside the cone of influence are not counted, so N_th is held as a share of the samples that a row has outside
it; rows that have none are not "available frequencies". With a whole block's N_th the slow rows could never pass.
"""

from math import ceil
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from samefade.errors import NotReciprocal, TooFewSamples
from samefade.types import Band
from samefade.wavelet import Coherence

STEP = 0.01
"""The thresholds cross the air, so they lie on a fixed public grid."""


class Thresholds(NamedTuple):
    """The two thresholds.

    Attributes:
        coherence: WC_th, squared coherence, 0 to 1.
        samples: N_th as a share of the samples outside the cone, 0 to 1.
    """

    coherence: float
    samples: float


def lower_coherence(found: Coherence, share: float, hold: float) -> Thresholds:
    """Return the highest WC_th, at most the maximum, at which F_r holds at least `share` of the rows.

    Args:
        found: Coherence of both blocks; of several tones the counts are averaged.
        share: Least share of the available rows that F_r must hold.
        hold: N_th, which stays.

    Raises:
        NotReciprocal: When no positive threshold does.
        TooFewSamples: When every row lies within its cone.
    """
    need = _needed(found, share)
    top = int(np.floor(found.maximum() / STEP))
    low, high = 0, top + 1  # R² > low·STEP is taken to suffice, high not to: more rows pass the lower the threshold
    while high - low > 1:
        middle = (low + high) // 2
        enough = np.count_nonzero(held(found, middle * STEP) >= hold) >= need
        low, high = (middle, high) if enough else (low, middle)
    if low == 0:
        why = f"at no coherence threshold do {need} frequencies hold for {hold:.0%} of the time"
        raise NotReciprocal(correlation=float("nan"), lag=0, why=why)
    return Thresholds(round(low * STEP, 2), hold)


def lower_samples(found: Coherence, share: float, ease: float) -> Thresholds:
    """Return the highest N_th at which F_r holds at least `share` of the rows, WC_th a little below the maximum.

    Args:
        found: Coherence of both blocks.
        share: Least share of the available rows that F_r must hold.
        ease: WC_th as a share of the maximum, which stays.

    Raises:
        NotReciprocal: When too few rows ever pass WC_th.
        TooFewSamples: When every row lies within its cone.
    """
    need = _needed(found, share)
    level = round(int(ease * found.maximum() / STEP) * STEP, 2)
    reached = np.sort(held(found, level))[::-1][need - 1]
    samples = round(int(float(reached) / STEP) * STEP, 2)
    if samples <= 0:
        why = f"fewer than {need} frequencies hold a coherence of {level:g} for 1 % of the time"
        raise NotReciprocal(correlation=float("nan"), lag=0, why=why)
    return Thresholds(level, samples)


def held(found: Coherence, level: float) -> NDArray[np.float64]:
    """Return (S,) the share of each row's samples outside the cone with R² > level; −1 where there are none."""
    counts = np.asarray(found.samples_above(level), dtype=np.float64)
    counts = counts.reshape(-1, counts.shape[-1]).mean(axis=0)
    return np.where(found.valid > 0, counts / np.maximum(found.valid, 1), -1.0)


def band(frequency: NDArray[np.floating], passing: NDArray[np.bool_], voices: int, *, longest_run: bool) -> Band:
    """Return the range that F_r spans, or its longest run of neighbouring rows.

    Args:
        frequency: (S,) Hz, descending.
        passing: (S,) which rows are in F_r; at least one.
        voices: Rows an octave.
        longest_run: Whether stragglers apart from the longest run are left out.
    """
    rows = np.flatnonzero(passing)
    if longest_run:
        runs = np.split(rows, np.flatnonzero(np.diff(rows) > 1) + 1)
        rows = max(runs, key=len)
    return Band(low=float(frequency[rows[-1]]), high=float(frequency[rows[0]]), voices=voices)


def _needed(found: Coherence, share: float) -> int:
    available = int(np.count_nonzero(found.valid > 0))
    if available == 0:
        raise TooFewSamples(have=found.n, need=int(2 * found.cone.min() + 1))
    return max(1, ceil(share * available))
