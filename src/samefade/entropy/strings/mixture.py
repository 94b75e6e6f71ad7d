"""Guess the samples behind cells as a compressor does: mix many predictors, each of which learns from the past alone.

Gaussian predictors (the stationary law, the same with the scale of the last 32 and 512 samples, and recursive least
squares that forget fast and slowly) and counted contexts (the last values at several resolutions, signs, how long ago
the last jump was, other strands, Eve) each say how likely every half of the range is; a logistic mixture learns whom to
trust (context mixing; Mahoney 2005).
It sees what no Gaussian law does: few-valued and telegraph signals, impulses, nonlinear maps, and amplitudes that
depend on each other.
Nothing is fitted by hindsight, so nothing has to be given back (prequential; Dawid 1984).

The gain over the stationary law is measured on a fine grid of the samples themselves. Cells are a function of these,
so their entropy lies below the law's number by no more than the samples' does: relative entropy never grows by
processing (Cover and Thomas 2006, 2.8).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from samefade.entropy.analog import Known, analogs, costs
from samefade.entropy.strings.law import Law
from samefade.entropy.strings.steps import OFTEN, steps
from samefade.entropy.strings.surprise import surprised
from samefade.types import Float, Strand

Real = NDArray[np.float64]
Index = NDArray[np.int64]
_MOST_BITS = 10
_RANGE = 12.0  # standard deviations that the grid of samples covers
_MEMORIES = (32, 512)  # samples that a running scale remembers
_FOLLOWERS = ((8, 0.98), (24, 0.9995))  # order and forgetting of recursive least squares
_ERRORS, _OUTLIER, _LATE = 12, 3.0, 50  # last errors that foretell; deviations; samples that trust goes by
_KNOWN = 12  # columns that these use besides the past
_LINE = 1e-12  # share of the largest value that rounding takes off a line
_JUMP = 6.0  # median changes that make a jump


@dataclass(frozen=True, eq=False)
class Beside:
    """What there is to guess from besides the past and what a straight line tells.

    Attributes:
        before: (p,) what else was heard that the series may repeat: by Eve, or published before.
        hints: (n, q) what may help a linear prediction just now.
        contexts: (n, C) numbers 0 … 63 of what is known at each time, whatever it may tell.
        states: (n,) numbers 0 … 3 on which it depends whom to trust.
        likened: (n, G) what the series was when others were as they are now.
        spoken: (p,) the series as far as it was published before, or None.
    """

    before: Float
    hints: Real
    contexts: Index
    states: Index
    likened: Real
    spoken: Float | None = None


@dataclass(frozen=True, eq=False)
class Heard:
    """A series, and what the law makes of it: (n,) each.

    Attributes:
        values: The samples; what was not heard is nobody's business.
        law: What the stationary law expects of each, and its errors.
        fresh: The law's errors in deviations, replays taken off.
        far: What a law of longer memory expects.
    """

    values: Real
    law: Law
    fresh: Real
    far: Real


def gains(heard: Heard, beside: Beside, strand: Strand) -> tuple[Real, Real]:
    """Return by how many bits each sample surprises the mixture, and by how many the stationary law, (n,) each."""
    from samefade.entropy.strings.loops import mixed

    law = heard.law
    edges, scale = _grid(heard.values[law.heard], strand)
    past = _lived(heard)
    values = past * scale
    cell = np.searchsorted(edges, values, side="right")
    mean, spread = _predictors(heard, beside)
    contexts = _contexts(past, law.expected, beside.contexts)
    sizes = contexts.max(axis=0) + 1
    out = np.empty(len(values))
    first = np.concatenate([[0], np.cumsum(sizes)])
    columns = np.column_stack([contexts, beside.states])
    mixed(np.where(law.heard, cell, -1), edges, mean * scale, spread * abs(scale), columns, first, out)
    out[_drawn(past)] = 0.0
    return out, surprised(values, law.expected * scale, law.spread * abs(scale), edges)[:, 1]


def _lived(heard: Heard) -> Real:
    """Return the series as somebody lives through it: what was not heard is what was expected of it before."""
    said, some = heard.law.expected, heard.values[heard.law.heard]
    least, step = steps(some)
    if step:
        said = least + step * np.round((said - least) / step)
    return np.where(heard.law.heard, heard.values, np.clip(said, some.min(), some.max()))


def _drawn(values: Real) -> NDArray[np.bool_]:
    """Return which samples lie on the line through their neighbours, (n,): that is how others fill gaps unmarked.

    What was drawn into a gap tells no more than the sample after it.
    Values that come in steps lie on lines by chance and do not count.
    """
    out = np.zeros(len(values), np.bool_)
    if len(np.unique(np.round(values, 9))) > len(values) / OFTEN:
        out[1:-1] = np.abs(np.diff(values, 2)) <= _LINE * (np.abs(values).max() + 1e-300)
    return out


def _grid(values: Real, strand: Strand) -> tuple[Real, float]:
    """Return thresholds of the samples and by what these are multiplied: the cells themselves where they are samples.

    Elsewhere cells are half as wide as end b's errors, or as the steps of values that come in steps.
    """
    if strand.span == 1 and strand.components == 1:
        return np.asarray(strand.edges[0], np.float64), float(strand.basis[0, 0])
    fine = float((strand.noise / np.linalg.norm(strand.basis, axis=1)).min()) / 2
    reach = _RANGE * float(values.std()) + 1e-12
    least, step = steps(values)
    count = min(1 << _MOST_BITS, max(4, 1 << int(np.ceil(np.log2(reach / max(step, fine, 1e-300))))))
    width = max(step, fine, reach / count)
    if step:
        width = step * np.ceil(width / step - 1e-9)
    return np.asarray(least % width - width / 2 + width * np.arange(1 - count // 2, count // 2)), 1.0


def _predictors(heard: Heard, beside: Beside) -> tuple[Real, Real]:
    """Return what each predictor expects, and the deviation of its errors, (n, J) each."""
    from samefade.entropy.strings.loops import follow

    law = heard.law
    replay = law.innovations - heard.fresh
    alike = _likely(heard, beside)
    # who is trusted first: where analogs tell something, they tell most
    means, spreads = [said for said, _ in alike], [error for _, error in alike]
    means, spreads = [*means, np.zeros(len(replay))], [*spreads, np.ones(len(replay))]
    for memory in _MEMORIES:
        means.append(replay)
        spreads.append(_running(heard.fresh, memory, law.heard))
    known = _unit(beside.hints[:, :_KNOWN])
    for order, forget in _FOLLOWERS:
        past = [np.concatenate([np.zeros(k), heard.fresh[:-k]]) for k in range(1, order + 1)]
        said = np.empty(len(replay))
        follow(heard.fresh, law.heard, np.ascontiguousarray(np.column_stack([*past, known])), forget, said)
        said = np.clip(said, -20, 20)
        means.append(replay + said)
        spreads.append(_running(heard.fresh - said, 128, law.heard))
    for other in (heard.far, *beside.likened.T):
        error = (other - law.expected) / law.spread
        means.append(error)
        spreads.append(_running(law.innovations - error, 512, law.heard))
    mean, spread = np.column_stack(means), np.column_stack(spreads)
    each = law.spread[:, None]
    return law.expected[:, None] + each * mean, each * np.maximum(spread, 1e-3)


def _likely(heard: Heard, beside: Beside) -> list[tuple[Real, Real]]:
    """Return what followed the pasts most like each, published ones among them, and the deviation of its error."""
    law, told = heard.law, np.zeros(0) if beside.spoken is None else np.asarray(beside.spoken, np.float64)
    p = len(told)
    target = np.concatenate([law.whiten(told), law.innovations])
    known = np.concatenate([np.ones(p, np.bool_), law.heard])
    values = np.concatenate([told, _lived(heard)])
    # what was spoken is foretold, too: how far guesses err there says how far to trust them
    found = [(said[p:], error[p:]) for said, error in analogs(Known(values, target, known, known, law.deviation))]
    if not found:
        return []
    found += [_less_memory(law, *each) for each in found]
    return [_trusted(law, found)]


def _less_memory(law: Law, said: Real, error: Real) -> tuple[Real, Real]:
    """Return predictions with what their own last errors say of the next, as noise in a past does."""
    from samefade.entropy.strings.loops import follow

    off = np.clip((law.innovations - said) / error, -_OUTLIER, _OUTLIER) * error
    more = np.empty(len(off))
    back = np.column_stack([np.concatenate([np.zeros(k), off[:-k]]) for k in range(1, _ERRORS + 1)])
    follow(off, law.heard, back, _FOLLOWERS[-1][1], more)
    return said + np.clip(more, -20, 20), _running(off - more, 128, law.heard)


def _trusted(law: Law, found: list[tuple[Real, Real]]) -> tuple[Real, Real]:
    """Return the mean and deviation of all predictions together, each trusted by how well it did of late."""
    from scipy.signal import lfilter

    n = len(law.innovations)
    each = [*found, (np.zeros(n), np.ones(n))]
    cost = np.column_stack([costs(law.innovations, *one) for one in each]) * law.heard[:, None]
    owed = lfilter([0.0, 1.0], [1.0, 1 / _LATE - 1], cost, axis=0)
    weight = np.exp(owed.min(axis=1, keepdims=True) - owed)
    weight /= weight.sum(axis=1, keepdims=True)
    mean, spread = (np.column_stack(column) for column in zip(*each, strict=True))
    middle = (weight * mean).sum(axis=1)
    return middle, np.sqrt((weight * (spread**2 + (mean - middle[:, None]) ** 2)).sum(axis=1))


def _unit(columns: Real) -> Real:
    """Return the columns without mean and of unit variance; those that do not vary are left out."""
    size = columns.std(axis=0)
    return np.asarray((columns - columns.mean(axis=0))[:, size > 0] / size[size > 0])


def _running(errors: Real, memory: int, heard: NDArray[np.bool_]) -> Real:
    """Return the deviation of the errors before each, the newest counting most; of the first ones, that of all.

    An error that was not heard changes nothing.
    """
    from scipy.signal import lfilter

    keep = 1 - 1 / memory
    power = np.concatenate([[1.0], np.minimum(errors[:-1] ** 2, 1e4)])
    count = np.concatenate([[1.0], heard[:-1]])
    power, count = (lfilter([1 - keep], [1, -keep], each, zi=[keep])[0] for each in (power * count, count))
    return np.asarray(np.sqrt(power / count))


def _contexts(x: Real, expected: Real, others: Index) -> Index:
    """Return the number of each context at each time, (n, C)."""
    low, high = np.quantile(x, [0.002, 0.998])
    even = np.clip((x - low) / max(high - low, 1e-300), 0, 1 - 1e-9)
    rank = ranks(x) / len(x)
    said = np.clip((expected - low) / max(high - low, 1e-300), 0, 1 - 1e-9)
    change = np.abs(np.diff(x, prepend=x[:1]))
    at = np.where(change > _JUMP * np.median(change) + 1e-12, np.arange(len(x)), 0)
    since = np.minimum(np.arange(len(x)) - np.maximum.accumulate(at), 255)
    each = [
        np.zeros(len(x)),
        _past(even, 64, 1),
        _past(rank, 32, 2),
        _past(even, 16, 3),
        _past(even, 2, 12),
        _past(rank, 4, 6),
        np.concatenate([[0], since[:-1]]) * 4 + _past(even, 4, 1),
        np.floor(64 * said),
        *others.T,
        *(np.floor(32 * said) * 64 + column for column in others.T[:4]),
    ]
    if others.shape[1] > 1:
        each.append(others[:, 0] * 64 + others[:, 1])
    return np.ascontiguousarray(np.column_stack(each).astype(np.int64))


def ranks(values: Real) -> Index:
    """Return the place of each value when they are put in order, (n,); of equal ones the earlier comes first."""
    return np.asarray(np.argsort(np.argsort(values, kind="stable"), kind="stable"))


def _past(unit: Real, levels: int, back: int) -> Index:
    """Return one number for the last few values, each in so many levels."""
    level = np.floor(levels * unit).astype(np.int64)
    out = np.zeros(len(unit), np.int64)
    for k in range(1, back + 1):
        out[k:] = out[k:] * levels + level[:-k]
    return out
