"""A stationary Gaussian law of a series, and what it leaves of the cells of the components of its blocks.

*Gaps.* What was lost on the air and filled in is a line through the samples heard around it and holds nothing of its
own. The law is fitted to what was heard, each sample that was heard is predicted from all that were heard before
(a Kalman filter), and a block's components follow from the errors of these predictions: as many independent numbers as
samples were heard, and no more. The sample that closes a block's last gap counts as the block's, and as known after it.
Blocks that were filled in by anything but such lines are worth nothing.
"""

from dataclasses import dataclass
from math import e, log2

import numpy as np
from numpy.typing import NDArray

from samefade.entropy.strings.autoregression import MOST_ORDER, completed
from samefade.entropy.strings.guess import Guess
from samefade.entropy.strings.surprise import surprised
from samefade.types import Float, Strand

Real = NDArray[np.float64]
Index = NDArray[np.int64]
NAT = log2(e) / 2
_LEAST = 1e-12
_LINE = 1e-9  # share of the largest value by which what was filled in may miss its line


@dataclass(frozen=True, eq=False)
class Law:
    """A stationary law fitted to a series, and the components' dependence on its innovations.

    Attributes:
        innovations: (n,) standardised errors of predictions; 0 where nothing was heard.
        spread: (n,) their deviations before that.
        expected: (n,) what was predicted of the series.
        deviation: The innovations' deviation where all of the past was heard.
        filter: (p + 1,) that makes innovations of a series without gaps.
        heard: (n,) which samples were heard.
        blocks: (u,) which blocks are used.
        news: (u, T) whose errors make a block's components; n where there are fewer.
        lower: (1 or u, K, K) triangular factor of the components' covariance given the past.
        turn: (1 or u, T, K) orthonormal: errors of a block to the components' own.
        values: (m, K) components.
        edges: K arrays of thresholds.
        span: Samples in a block, T.
    """

    innovations: Real
    spread: Real
    expected: Real
    deviation: float
    filter: Real
    heard: NDArray[np.bool_]
    blocks: Index
    news: Index
    lower: Real
    turn: Real
    values: Real
    edges: tuple[Float, ...]
    span: int

    @classmethod
    def of(
        cls,
        rest: Real,
        strand: Strand,
        given: Real,
        used: NDArray[np.bool_],
        heard: NDArray[np.bool_],
        order: int = MOST_ORDER,
    ) -> "Law":
        """Fit the law to the rest of a series, of which the given part is known.

        Args:
            rest: (n,) the series without what is known of it.
            strand: Its components.
            given: (n,) what is known.
            used: Which blocks count.
            heard: (n,) which samples were heard.
            order: The highest order.
        """
        whiten, deviation, filled = completed(rest, heard, order)
        T, n = strand.span, len(rest)
        m = min(n // T, len(used))
        whole, centre = rest + given, float(rest[heard].mean())  # a mean is no secret, and hides replays
        given = given + centre
        values = whole[: m * T].reshape(m, T) @ strand.basis.T
        at = np.flatnonzero(used[:m])
        if heard.all():
            found = _whole(rest - centre, whiten, deviation)
            news, moved = at[:, None] * T + np.arange(T), deviation * _answer(whiten, T)[None]
        else:
            # lines are drawn through the series itself, and what is known was filled in as its owner likes
            found, news, moved = _gappy(filled - centre, heard, whiten, deviation, at, T)
            moved[_bent(whole, heard)[: m * T].reshape(m, T)[at].any(axis=1)] = 0.0
        turn, lower = _triangular(strand.basis @ moved)
        innovations, spread, expected = found
        return cls(
            innovations,
            spread,
            expected + given,
            deviation,
            whiten,
            heard,
            at,
            news,
            lower,
            turn,
            values,
            strand.edges,
            T,
        )

    @property
    def dimensions(self) -> int:
        """Return how many independent numbers the components that are used hold."""
        return int(np.minimum((self.news < len(self.heard)).sum(axis=1), len(self.edges)).sum())

    def whiten(self, before: Float) -> Real:
        """Return the innovations of what came before, as far as there is any."""
        from scipy.signal import lfilter

        if not len(before):
            return np.zeros(0)
        return np.asarray(lfilter(self.filter, [1.0], before)) / self.deviation

    def guess(self, mean: Real, deviation: Real, parameters: float) -> Guess:
        """Return what is left when innovations are N(mean, deviation²), (n,) each; a block has one deviation."""
        at = self.blocks
        scale = deviation[at * self.span]  # (u,)
        fresh = np.append(self.innovations - mean, 0.0)[self.news] / scale[:, None]
        own = (fresh[:, None] @ self.turn)[:, 0]  # (u, K) standard normal, if the law holds
        width = np.diagonal(self.lower, axis1=1, axis2=2)
        expected = realised = variance = 0.0
        single = []
        for k, edges in enumerate(self.edges):
            spread = width[:, k] * scale
            centre = self.values[at, k] - own[:, k] * spread
            found = surprised(self.values[at, k], centre, np.maximum(spread, _LEAST), edges)
            total = found.sum(axis=0)
            single.append(float(total[0]))
            expected, realised, variance = expected + total[0], realised + total[1], variance + total[2]
        # components average samples, and look the more Gaussian for it
        each = fresh[self.news < len(self.heard)]
        fourth = float((each**4).mean() / max(float((each**2).mean()) ** 2, 1e-300)) if len(each) else 3.0
        bonus = parameters * NAT * min(1.0, self.dimensions / max(1, int(self.heard.sum())))
        return Guess(float(expected + bonus), float(realised + bonus), float(variance), fourth, tuple(single))


def given_past(series: Real, strand: Strand, heard: NDArray[np.bool_] | None = None) -> Real:
    """Return the standard deviation of each component given the past and earlier components, (K,).

    Args:
        series: (n,) the strand's series at end a, without its mean.
        strand: Its components.
        heard: (n,) which samples were heard; all of them by default.
    """
    whiten, deviation, _ = completed(series, np.ones(len(series), np.bool_) if heard is None else heard)
    _, lower = _triangular(strand.basis @ (deviation * _answer(whiten, strand.span)[None]))
    return np.asarray(np.diag(lower[0]))


def _answer(whiten: Real, span: int) -> Real:
    """Return how a block without gaps follows its innovations, (T, T)."""
    from scipy.linalg import toeplitz
    from scipy.signal import lfilter

    answer = np.asarray(lfilter([1.0], whiten, np.eye(1, span)[0]))
    return np.asarray(toeplitz(answer, np.eye(1, span)[0] * answer[0]))


def _triangular(spread: Real) -> tuple[Real, Real]:
    """Return the orthonormal turn and the triangular factor of how components follow errors, (…, K, T)."""
    turn, upper = np.linalg.qr(spread.transpose(0, 2, 1))
    sign = np.where(np.diagonal(upper, axis1=1, axis2=2) < 0, -1.0, 1.0)[:, None]
    return turn * sign, upper.transpose(0, 2, 1) * sign


def _whole(rest: Real, whiten: Real, deviation: float) -> tuple[Real, Real, Real]:
    """Return innovations, their deviations and predictions of a series without gaps."""
    from scipy.signal import lfilter

    errors = np.asarray(lfilter(whiten, [1.0], rest))
    return errors / deviation, np.full(len(rest), deviation), rest - errors


def _gappy(
    rest: Real, heard: NDArray[np.bool_], whiten: Real, deviation: float, used: Index, span: int
) -> tuple[tuple[Real, Real, Real], Index, Real]:
    """Return the same of a series with gaps; whose errors the used blocks follow, (u, T), and how, (u, T, T)."""
    from samefade.entropy.strings.gaps_loops import predicted

    n, T = len(rest), span
    hits = np.flatnonzero(heard)
    # a block is known once the sample is that closes its last gap; what is heard belongs to the first that needs it
    ends = np.append(hits, hits[-1:])[np.searchsorted(hits, (used + 1) * T - 1)]
    block = np.searchsorted(ends, hits)
    first = np.searchsorted(hits, used * T)
    if len(used):
        first[1:] = np.maximum(first[1:], np.searchsorted(hits, ends[:-1], side="right"))
    mine = block < len(used)
    mine[mine] = np.arange(len(hits))[mine] >= first[block[mine]]
    owner = np.full(n, -1)
    owner[hits[mine]] = block[mine]
    news = np.full((len(used), T), n)
    news[block[mine], np.arange(len(hits))[mine] - first[block[mine]]] = hits[mine]
    out, moved = np.empty((n, 2)), np.zeros((len(used), T, T))
    predicted(rest, heard, -whiten[1:], owner, np.column_stack([used * T, ends]), out, moved)
    said, spread = out[:, 0], deviation * out[:, 1]
    return (np.where(heard, rest - said, 0.0) / spread, spread, said), news, deviation * moved


def _bent(series: Real, heard: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return which samples were filled in by anything but a line through the two heard around them, (n,)."""
    at, hits = np.arange(len(series)), np.flatnonzero(heard)
    line = np.interp(at, hits, series[hits])
    off = np.abs(series - line) > _LINE * float(np.abs(series).max())
    # before the first and after the last there is no line
    off |= (at < hits[0]) | (at > hits[-1])
    return np.asarray(off)
