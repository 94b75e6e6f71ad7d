"""Paired comparisons on the same worlds, and how they become verdicts.

Conventions, stated once and used by every judgement on key rates:

- A comparison is Wilcoxon's signed-rank test of `samefade.bench.paired` at the level 0.01, one-sided in the claimed
  direction, over at least 7 worlds (seeds of a simulated scenario, blocks of a recording; blocks are not independent).
- A claim that joins several comparisons holds where each of them is seen (intersection-union: the level stays 0.01).
  Holm's correction over a family stands beside in the tables.
- Where neither side made a single key there is nothing to compare.
- Two arms are called about equal where the 95 % interval of their mean difference lies within ± `MARGIN`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from samefade.bench import Paired, Row, paired
from samefade.bench.paired import FEWEST
from samefade.study import Mark, Result

LEVEL = 0.01
MARGIN = 0.05  # bits a packet of key rate, a fortieth of what four levels can make; or of the bit error rate
TRACKS = 0.5  # rank correlation from which a number is said to track another
_RESAMPLES = 2000
Wanted = Literal["above", "below"]
Role = Literal["simulated", "real", "control"]
RATES = ("key_rate_5", "key_rate_10", "key_rate_20")
ERRORS = "bit_error_rate"


class Interval(NamedTuple):
    """An estimate and its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Comparison:
    """One arm against another at one place.

    Attributes:
        place: Where.
        x: The arm that is claimed to be above or below.
        y: The other one.
        metric: What is compared.
        wanted: The claimed direction.
        found: The paired test.
        means: Mean of either side over the worlds that both have.
    """

    place: str
    x: str
    y: str
    metric: str
    wanted: Wanted
    found: Paired
    means: tuple[float, float]

    @property
    def mark(self) -> Mark:
        """Say whether the claimed direction was seen."""
        nothing = self.metric.startswith("key_rate") and not any(self.means)
        direction = self.found.direction(LEVEL)
        if direction == "too few pairs" or nothing:
            return "cannot be tested"
        return "holds" if direction == self.wanted else "differs"

    @property
    def p(self) -> float:
        """Return the one-sided p value of the claimed direction."""
        return self.found.p_above if self.wanted == "above" else self.found.p_below


class Seen:
    """The cells of a result, found by place and arm."""

    def __init__(self, result: Result) -> None:
        """Index the cells."""
        self._rows: dict[tuple[str, str], dict[int, Row]] = {}
        self._role: dict[str, str] = {}
        for row in result.rows:
            if row.get("kind") == "cell":
                place = str(row["place"])
                self._role[place] = str(row["role"])
                self._rows.setdefault((place, str(row["arm"])), {})[int(row["world"])] = row  # type: ignore[arg-type]

    def places(self, *roles: Role) -> list[str]:
        """Return the places of these kinds, in the order of the table; by default simulated and real ones."""
        return [place for place, role in self._role.items() if role in (roles or ("simulated", "real"))]

    def has(self, arm: str, place: str | None = None) -> bool:
        """Say whether an arm is in the table, anywhere or at a place."""
        return any(name == arm and place in (None, where) for where, name in self._rows)

    def column(self, place: str, arm: str, metric: str) -> dict[int, float]:
        """Return world → number, NaN where there is none."""
        return {world: number(row, metric) for world, row in self._rows.get((place, arm), {}).items()}

    def values(self, place: str, arm: str, metric: str) -> NDArray[np.float64]:
        """Return the finite numbers of a column."""
        found = np.array(list(self.column(place, arm, metric).values()), dtype=np.float64)
        return found[np.isfinite(found)]

    def enough(self, place: str, arm: str, metric: str) -> bool:
        """Say whether there are worlds enough to judge a number of one arm."""
        return len(self.values(place, arm, metric)) >= FEWEST

    def mean(self, place: str, arm: str, metric: str) -> Interval:
        """Return the mean over worlds with its interval."""
        return mean_interval(self.values(place, arm, metric))

    def compare(
        self, place: str, x: str, y: str, metric: str, wanted: Wanted, *, other: str | None = None
    ) -> Comparison:
        """Compare two arms on the worlds that both have; `other` is y's metric where it is another one."""
        left, right = self.column(place, x, metric), self.column(place, y, other or metric)
        return _compared((place, x, y, metric, wanted), left, right)

    def between(self, arm: str, metric: str, better: str, worse: str, wanted: Wanted = "above") -> Comparison:
        """Compare one arm at two places, seed by seed; the seeds of two places share only their number."""
        left, right = self.column(better, arm, metric), self.column(worse, arm, metric)
        return _compared((f"{better} against {worse}", arm, arm, metric, wanted), left, right)


def number(row: Row, metric: str) -> float:
    """Return a row's number: NaN where there is none, and no key rate where the ends could not agree on terms."""
    value = row.get(metric)
    if isinstance(value, int | float):
        return float(value)
    return 0.0 if metric.startswith("key_rate") and row.get("refusal") == "NotReciprocal" else float("nan")


def _compared(
    about: tuple[str, str, str, str, Wanted], left: Mapping[int, float], right: Mapping[int, float]
) -> Comparison:
    shared = [world for world in left if world in right and np.isfinite(left[world]) and np.isfinite(right[world])]
    x, y = [left[world] for world in shared], [right[world] for world in shared]
    means = (float(np.mean(x)), float(np.mean(y))) if shared else (float("nan"), float("nan"))
    return Comparison(*about, _paired(tuple(x), tuple(y)), means)


@lru_cache(maxsize=8192)  # several claims ask the same
def _paired(x: tuple[float, ...], y: tuple[float, ...]) -> Paired:
    return paired(x, y)


def joint(marks: Iterable[Mark]) -> Mark:
    """Return the mark of a claim that needs every part: parts that cannot be tested say nothing."""
    seen = {mark for mark in marks if mark != "cannot be tested"}
    return "cannot be tested" if not seen else "holds" if seen == {"holds"} else "differs"


def all_seen(comparisons: Iterable[Comparison]) -> Mark:
    """Return the mark of a claim that needs all of these comparisons."""
    return joint(one.mark for one in comparisons)


def about_equal(one: Comparison, margin: float = MARGIN) -> Mark:
    """Say whether the interval of the mean difference lies within the margin."""
    if one.found.direction(LEVEL) == "too few pairs":
        return "cannot be tested"
    return "holds" if -margin <= one.found.low and one.found.high <= margin else "differs"


def holm(p: Sequence[float]) -> list[float]:
    """Return Holm's adjusted p values of one family (S. Holm 1979)."""
    order = np.argsort(p, kind="stable")
    adjusted = np.empty(len(p))
    worst = 0.0
    for rank, i in enumerate(order):
        worst = max(worst, min(1.0, (len(p) - rank) * p[i]))
        adjusted[i] = worst
    return [float(value) for value in adjusted]


def mean_interval(values: ArrayLike) -> Interval:
    """Return a mean and its 95 % interval by Student's t; of one value the interval is unknown."""
    from scipy.stats import t

    found = np.asarray(values, dtype=np.float64)
    n = len(found)
    if n < 2:
        return Interval(float(found[0]) if n else float("nan"), float("nan"), float("nan"))
    reach = float(t.ppf(0.975, n - 1) * found.std(ddof=1) / np.sqrt(n))
    return Interval(float(found.mean()), float(found.mean()) - reach, float(found.mean()) + reach)


def resampled(statistic: Callable[[NDArray[np.intp]], NDArray[np.float64]], worlds: int) -> Interval:
    """Return a statistic over worlds and its 95 % bootstrap interval (2,000 draws of worlds, one fixed seed).

    Args:
        statistic: A function of world numbers, (draws, worlds), that returns (draws,).
        worlds: How many there are.
    """
    if not worlds:
        return Interval(*[float("nan")] * 3)
    rng = np.random.default_rng(0)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = float(statistic(np.arange(worlds)[None])[0])
        found = statistic(rng.integers(worlds, size=(_RESAMPLES, worlds)))
    found = found[~np.isnan(found)]
    if not len(found):
        return Interval(value, float("nan"), float("nan"))
    low, high = np.quantile(found, (0.025, 0.975), method="nearest")  # a ratio may be infinite
    return Interval(value, float(low), float(high))


def ratio(x: ArrayLike, y: ArrayLike) -> Interval:
    """Return the ratio of two means over the same worlds; infinite where the second is zero and the first is not."""
    over, under = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    return resampled(lambda drawn: np.asarray(over[drawn].mean(1) / under[drawn].mean(1)), len(over))


def tracking(x: ArrayLike, y: ArrayLike) -> Interval:
    """Return Spearman's rank correlation of two tables (worlds, cells of a world), all cells together.

    Ranks are taken once; the interval draws worlds, each with all its cells.
    """
    from scipy.stats import rankdata

    left, right = np.atleast_2d(np.asarray(x, dtype=np.float64)), np.atleast_2d(np.asarray(y, dtype=np.float64))
    whole = np.isfinite(left).all(1) & np.isfinite(right).all(1)
    a, b = (rankdata(side[whole]).reshape(side[whole].shape) for side in (left, right))
    a, b = a - a.mean(), b - b.mean()
    sums = np.stack([a.sum(1), b.sum(1), (a * a).sum(1), (b * b).sum(1), (a * b).sum(1)])  # (5, worlds)

    def of(drawn: NDArray[np.intp]) -> NDArray[np.float64]:
        sa, sb, saa, sbb, sab = sums[:, drawn].mean(2) / a.shape[1]
        spread = np.maximum(saa - sa**2, 0) * np.maximum(sbb - sb**2, 0)
        return np.asarray(np.where(spread > 0, (sab - sa * sb) / np.sqrt(spread), np.nan))

    return resampled(of, int(whole.sum()))
