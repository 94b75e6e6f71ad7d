"""Say what the cells of components are worth: the least that any guesser of `chain` leaves, over all strands.

Strands are judged one after another: the series of earlier ones count as known, and so do their squares and products,
because the amplitudes of tones depend on each other in ways that no covariance shows.
What earlier strands tell at any delay is known, too, and one guesser expects all strands together (`others`).
"""

from collections.abc import Sequence
from math import log2

import numpy as np
from numpy.typing import NDArray

from samefade.entropy.account import Estimate, around
from samefade.entropy.following import echoes
from samefade.entropy.stationarity import stationary
from samefade.entropy.strings.autoregression import MOST_ORDER
from samefade.entropy.strings.chain import guesses, joined, lawful
from samefade.entropy.strings.guess import Guess
from samefade.entropy.strings.mixture import Beside, ranks
from samefade.entropy.strings.others import echo, together
from samefade.errors import ConstantSignal, OutOfRange, TooFewSamples
from samefade.types import Claim, Float, Strand

Real = NDArray[np.float64]
_SAMPLES_A_COLUMN = 16
_CLOSE = 0.98  # a guesser that leaves less than this share of the stationary law's number refutes the law
_ENOUGH = 8192  # samples by which it is tested
_DIMENSIONS, _NEIGHBOURS = 5, 20  # strands that are compared, and how many times like this one are looked at
_NEAR = 5  # columns of what Eve heard about at the same time
_EVE_REACH = 8  # grid points to either side at which her samples are used
_EVE_OCTAVES = 8  # her means are over up to 2⁷ times as many
_LEVEL = 1e-3  # how rarely a stationary channel is to lose its claim to a test of stationarity
GAUSSIAN = "the channel is a Gaussian process whose scale and motion may change: no guesser of this list leaves less"
TOGETHER = "all strands together"
ALONE = "Eve heard nothing that is correlated with the channel beyond its past and what was published"
HEARD = "Eve hears no more than the eavesdropper's recording holds, and combines it linearly"


def assess_cells(
    strands: Sequence[Strand],
    kept: Real,
    used: NDArray[np.bool_],
    *,
    spoken: Real,
    eve: Float | None = None,
    heard: NDArray[np.bool_] | None = None,
    epsilon: float = 2**-64,
) -> Estimate:
    """Return what the cells of the kept half are worth together.

    Args:
        strands: The components, with their thresholds.
        kept: (n, s) the series of each strand at end a, without its mean.
        used: (m,) which blocks feed the key.
        spoken: (p, s) the same of the spoken half, which Eve knows.
        eve: (n, s) the same of what the eavesdropper heard, or None when nobody knows.
        heard: (n,) which samples end a heard; the others were filled in, which anybody knows. All of them by default.
        epsilon: Chance with which the string may be worth less: the smoothing parameter.

    Raises:
        TooFewSamples: When there are too few samples to judge.
        OutOfRange: When epsilon is not a probability.
    """
    from scipy.special import ndtri

    if not 0 < epsilon < 0.5:
        raise OutOfRange("epsilon", epsilon, "between 0 and 0.5, both excluded")
    deviations = -float(ndtri(epsilon))
    symbols = max(1, int(np.count_nonzero(used)) * sum(strand.components for strand in strands))
    whole = np.ones(len(kept), np.bool_) if heard is None else heard
    echoed = [echo(kept[:, :i], kept[:, i], whole) for i in range(len(strands))]
    total = _total(strands, kept, used, heard, spoken, None, echoed)
    if (code := together(kept, whole)) is not None and used.any():
        known = [np.hstack([told, _known(kept[:, :i], kept[:, i], None)]) for i, told in enumerate(echoed)]
        laws = [lawful(kept[:, i], s, used, known[i], whole) for i, s in enumerate(strands)]
        total[TOGETHER] = joined(total["stationary"], laws, kept, code)
    by = {name: guess.smooth(deviations) / symbols for name, guess in total.items()}
    claim = _claim(total, by, kept)
    if eve is not None and np.ptp(eve) > 0:
        given = _total(strands, kept, used, heard, spoken, eve, echoed)
        by = _given(
            total, given, by, {name: guess.smooth(deviations) / symbols for name, guess in given.items()}, symbols
        )
        claim = _claim(given, by, kept) if claim == "bounded" else claim
    widths = [bits for strand in strands for bits in strand.bits]
    return Estimate(
        min(by.values()),
        by,
        sum(widths) / len(widths),
        (GAUSSIAN, ALONE if eve is None else HEARD),
        claim,
        f"smooth min-entropy (ε = 2^{log2(epsilon):.4g})",
    )


def told_by(earlier: Real, own: Real, heard: NDArray[np.bool_]) -> Real:
    """Return what earlier strands tell of a series, as far as it is cheap to say, (n, q): a plan needs no more.

    Echoes, neighbours in time, squares and products, and what the nearest other times make of it.

    Args:
        earlier: (n, s) their series.
        own: (n,) the series.
        heard: (n,) which samples were heard.
    """
    return np.hstack([echo(earlier, own, heard), _known(earlier, own, None), _likened(earlier, own)])


def _total(
    strands: Sequence[Strand],
    kept: Real,
    used: NDArray[np.bool_],
    heard: NDArray[np.bool_] | None,
    spoken: Real,
    eve: Float | None,
    echoed: Sequence[Real],
) -> dict[str, Guess]:
    """Return what each guesser leaves of all strands together."""
    each = []
    for i, (strand, told) in enumerate(zip(strands, echoed, strict=True)):
        earlier, own = kept[:, :i], kept[:, i]
        beside = _beside(earlier, own, spoken[:, i], eve, strand.span)
        each.append(guesses(own, strand, used, np.hstack([told, _known(earlier, own, eve)]), beside, heard=heard))
    names = dict.fromkeys(name for found in each for name in found)
    total = {}
    for name in names:
        # where a record is too short for one guesser, it guesses like the first
        parts = [found.get(name, found["stationary"]) for found in each]
        total[name] = sum(parts[1:], parts[0])
    return total


def _given(
    alone: dict[str, Guess], given: dict[str, Guess], by: dict[str, float], by_given: dict[str, float], symbols: int
) -> dict[str, float]:
    """Return what each guesser leaves who heard what Eve heard, and at most what it leaves who did not.

    A guesser who cannot use what she heard still has it: what it tells under the stationary law is taken off the least
    that is left without it.
    """
    tells = max(0.0, alone["stationary"].expected - given["stationary"].expected) / symbols
    found = {f"{name}, given Eve": min(left, by.get(name, left)) for name, left in by_given.items()}
    return found | {"the best of them, given Eve under the stationary law": max(0.0, min(by.values()) - tells)}


def _claim(total: dict[str, Guess], by: dict[str, float], kept: Real) -> Claim:
    """Return "bounded" where the stationary Gaussian law stands up to whatever speaks against it, "estimate" elsewhere.

    These are the other guessers, the fourth moment of innovations, and changes along the record.
    """
    law = next(iter(by.values()))
    near = min(by.values()) >= _CLOSE * law > 0
    gaussian = abs(total["stationary"].kurtosis - 3) < 0.1 + 5 * (24 / len(kept)) ** 0.5
    alone = kept.shape[1] == 1  # what several strands have in common, no law here describes as a whole
    return "bounded" if alone and near and gaussian and _steady(kept) else "estimate"


def _steady(kept: Real) -> bool:
    try:
        return stationary(kept[:: max(1, len(kept) // _ENOUGH)], level=_LEVEL).stationary
    except (TooFewSamples, ConstantSignal):
        return False


def _known(earlier: Real, own: Real, eve: Float | None) -> Real:
    """Return what is known of a series besides its past, (n, q): what Eve heard, and the strands before it."""
    n = len(own)
    columns = [np.zeros((n, 0))]
    if eve is not None and np.ptp(eve) > 0:
        heard = np.asarray(eve, np.float64).reshape(n, -1)
        columns += [around(heard, own, reach=_EVE_REACH), _slow(heard)]
    if earlier.shape[1]:
        columns += [_shifted(earlier, shift) for shift in (-1, 0, 1)]
        columns.append(_products(earlier))
    known = np.hstack(columns)
    return known[:, : max(1, n // _SAMPLES_A_COLUMN)]


def _beside(earlier: Real, own: Real, spoken: Real, eve: Float | None, span: int) -> Beside:
    """Return what else there is to guess from: Eve and other strands, whatever they tell, and echoes of the past."""
    n = len(own)
    theirs = [] if eve is None or np.ptp(eve) == 0 else list(np.asarray(eve, np.float64).reshape(n, -1).T[:2])
    late = [np.roll(column, -by) for column in theirs if (by := _late_somehow(column, own))]
    others = [*theirs, *late, *earlier.T[:2]]
    held = _held(theirs[0]) if theirs else np.zeros(n, np.int64)
    anew = [column * (held == 0) for column in theirs]
    heard = echoes(np.concatenate([spoken, own]), beyond=max(MOST_ORDER, 2 * span))[len(spoken) :]
    before = [own.std() * (column - column.mean()) / column.std() for column in theirs if np.ptp(column)]
    return Beside(
        np.concatenate([*before, spoken]),
        np.column_stack([*anew, *others, heard]),
        _levels(others, n),
        held,
        _likened(earlier, own),
        spoken,
    )


def _likened(earlier: Real, own: Real) -> Real:
    """Return what the nearest other times make of a series, where earlier strands were as they are now, (n, 0 or 1).

    Tones of a few paths lie on a surface of few dimensions, whatever their covariance; a plane through the nearest
    points, this one left out, is what somebody expects who has learnt that surface elsewhere.
    """
    from scipy.spatial import cKDTree

    n, some = len(own), earlier[:, :_DIMENSIONS]
    if not some.shape[1] or n < 8 * _NEIGHBOURS:
        return np.zeros((n, 0))
    near = np.asarray(cKDTree(some).query(some, _NEIGHBOURS + 1)[1])[:, 1:]
    rows = np.concatenate([np.ones((n, _NEIGHBOURS, 1)), some[near] - some[:, None]], axis=2)
    turned = rows.transpose(0, 2, 1)
    gram = turned @ rows
    ridge = 1e-3 * np.trace(gram, axis1=1, axis2=2)[:, None, None] / gram.shape[1] * np.eye(gram.shape[1])
    weight = np.linalg.solve(gram + ridge, turned @ own[near][..., None])
    return np.asarray(weight[:, 0])


def _held(column: Real) -> NDArray[np.int64]:
    """Return for how long a recording has not changed, 0 … 3: it was sampled more slowly, or hears nothing."""
    same = np.diff(column, prepend=np.nan) == 0
    at = np.arange(len(column))
    return np.minimum(at - np.maximum.accumulate(np.where(same, 0, at)), 3)


def _late_somehow(eve: Real, own: Real) -> int:
    """Return by how many points Eve's samples are late where only how far they are from the middle tells, or 0."""
    far = np.abs(own - np.median(own))
    level = ranks(eve).astype(np.float64)
    for shape in (level, np.abs(level - level.mean())):
        columns = around(shape[:, None], far)
        if columns.shape[1] > _NEAR:
            return int(
                np.abs(np.fft.ifft(np.fft.fft(shape - shape.mean()) * np.fft.fft(far - far.mean()).conj())).argmax()
            )
    return 0


def _levels(columns: list[Real], n: int) -> NDArray[np.int64]:
    """Return columns as 64 levels of equal share, (n, C)."""
    each = [ranks(column) * 64 // n for column in columns]
    return np.column_stack(each).astype(np.int64) if each else np.zeros((n, 0), np.int64)


def _slow(eve: Real) -> Real:
    """Return Eve's means over longer and longer times around each point, (n, q).

    Near an end she hears what is slow, the distance and what stands in the way, and single samples hardly show it.
    """
    from scipy.ndimage import uniform_filter1d

    lengths = [_EVE_REACH << k for k in range(2, _EVE_OCTAVES) if _EVE_REACH << k <= len(eve) // 4]
    means = [uniform_filter1d(eve, length, axis=0, mode="nearest") for length in lengths]
    return np.hstack([eve[:, :0], *means])


def _shifted(series: Real, shift: int) -> Real:
    return np.asarray(np.roll(series, shift, axis=0))


def _products(series: Real) -> Real:
    """Return all squares and products of the first four series, (n, q)."""
    some = series[:, :4]
    pairs = [some[:, i] * some[:, j] for i in range(some.shape[1]) for j in range(i + 1)]
    return np.column_stack(pairs)
