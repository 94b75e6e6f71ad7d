"""Say what the cells of components are worth: the least that any guesser of `chain` leaves, over all strands.

Strands are judged one after another: the series of earlier ones count as known, and so do their squares and products,
because the amplitudes of tones depend on each other in ways that no covariance shows.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from samefade.entropy.account import Estimate, around
from samefade.entropy.chain import MOST_ORDER, Guess, guesses
from samefade.entropy.following import echoes
from samefade.errors import OutOfRange
from samefade.types import Claim, Float, Strand

Real = NDArray[np.float64]
_SAMPLES_A_COLUMN = 16
_CLOSE = 0.98  # a guesser that leaves less than this share of the stationary law's number refutes the law
GAUSSIAN = "the channel is a Gaussian process whose scale and motion may change: no guesser of this list leaves less"
ALONE = "Eve heard nothing that is correlated with the channel beyond its past and what was published"
HEARD = "Eve hears no more than the eavesdropper's recording holds, and combines it linearly"


def assess_cells(
    strands: Sequence[Strand],
    kept: Real,
    used: NDArray[np.bool_],
    *,
    spoken: Real,
    eve: Float | None = None,
    epsilon: float = 2**-64,
) -> Estimate:
    """Return what the cells of the kept half are worth together.

    Args:
        strands: The components, with their thresholds.
        kept: (n, s) the series of each strand at end a, without its mean.
        used: (m,) which blocks feed the key.
        spoken: (p, s) the same of the spoken half, which Eve knows.
        eve: (n, s) the same of what the eavesdropper heard, or None when nobody knows.
        epsilon: Chance with which the string may be worth less: the smoothing parameter.

    Raises:
        TooFewSamples: When there are too few samples to judge.
        OutOfRange: When epsilon is not a probability.
    """
    from scipy.special import ndtri

    if not 0 < epsilon < 0.5:
        raise OutOfRange("epsilon", epsilon, "between 0 and 0.5, both excluded")
    total: dict[str, Guess] = {}
    for i, strand in enumerate(strands):
        known = _known(kept[:, : i + 1], spoken[:, i], None if eve is None else eve, strand.span)
        found = guesses(kept[:, i], strand, used, known)
        missing = found["stationary"]  # where a record is too short for one guesser, it guesses like the first
        total = {name: found.get(name, missing) + total[name] for name in found} if total else found
    deviations = -float(ndtri(epsilon))
    symbols = int(np.count_nonzero(used)) * sum(strand.components for strand in strands)
    after = "" if eve is None else ", given Eve"
    by = {f"{name}{after}": guess.smooth(deviations) / max(1, symbols) for name, guess in total.items()}
    widths = [bits for strand in strands for bits in strand.bits]
    return Estimate(
        min(by.values()),
        by,
        sum(widths) / len(widths),
        (GAUSSIAN, ALONE if eve is None else HEARD),
        _claim(total, by, len(kept)),
        f"smooth min-entropy (ε = {epsilon:.3g})",
    )


def _claim(total: dict[str, Guess], by: dict[str, float], n: int) -> Claim:
    """Return "bounded" where the stationary Gaussian law stands up to the other guessers and to its fourth moment."""
    law = next(iter(by.values()))
    near = min(by.values()) >= _CLOSE * law > 0
    gaussian = abs(total["stationary"].kurtosis - 3) < 0.1 + 5 * (24 / n) ** 0.5
    return "bounded" if near and gaussian else "estimate"


def _known(series: Real, spoken: Real, eve: Float | None, span: int) -> Real:
    """Return what is known of the last series besides its past, (n, q)."""
    n = len(series)
    own = series[:, -1]
    heard = echoes(np.concatenate([spoken, own]), beyond=max(MOST_ORDER, 2 * span))[len(spoken) :]
    columns = [heard]
    if eve is not None and np.ptp(eve) > 0:
        columns.append(around(np.asarray(eve, np.float64).reshape(n, -1), own))
    earlier = series[:, :-1]
    if earlier.shape[1]:
        columns += [_shifted(earlier, shift) for shift in (-1, 0, 1)]
        columns.append(_products(earlier))
    known = np.hstack(columns)
    return known[:, : max(1, n // _SAMPLES_A_COLUMN)]


def _shifted(series: Real, shift: int) -> Real:
    return np.asarray(np.roll(series, shift, axis=0))


def _products(series: Real) -> Real:
    """Return all squares and products of the first four series, (n, q)."""
    some = series[:, :4]
    pairs = [some[:, i] * some[:, j] for i in range(some.shape[1]) for j in range(i + 1)]
    return np.column_stack(pairs)
