"""Say how often a verifier errs, with intervals that follow from the number of trials.

Scores are larger where the ends agree more.
Sources: C. J. Clopper and E. S. Pearson 1934; H. B. Mann and D. R. Whitney 1947;
the bootstrap draws whole recordings, because trials out of one recording are not independent.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from samefade.errors import NotFinite, OutOfRange, TooFewSamples
from samefade.types import Float, Integer


class Interval(NamedTuple):
    """A rate and what it may be.

    Attributes:
        rate: The rate seen, 0 to 1.
        low: Lower end of the interval.
        high: Upper end.
    """

    rate: float
    low: float
    high: float


class Curve(NamedTuple):
    """Errors at every threshold, from the strictest to the loosest.

    Attributes:
        threshold: (m,) accept at this score and above.
        false_accept: (m,) share of impostors accepted.
        false_reject: (m,) share of honest ends refused.
    """

    threshold: Float
    false_accept: Float
    false_reject: Float

    @property
    def equal_error(self) -> float:
        """Return the rate where both errors are equal, linear between points."""
        gap = self.false_accept - self.false_reject
        after = int(np.argmax(gap >= 0))
        if after == 0 or gap[after] == gap[after - 1]:
            return float(max(self.false_accept[after], self.false_reject[after]))
        part = -gap[after - 1] / (gap[after] - gap[after - 1])
        return float(self.false_accept[after - 1] + part * (self.false_accept[after] - self.false_accept[after - 1]))

    def false_reject_at(self, false_accept: float) -> float:
        """Return the smallest share of honest ends refused at no more than this share of impostors accepted."""
        return float(self.false_reject[self.false_accept <= false_accept].min())


def curve(honest: ArrayLike, impostor: ArrayLike) -> Curve:
    """Return both errors at every threshold that makes a difference.

    Args:
        honest: (n,) scores of honest ends; −inf where the verifier abstained is a refusal.
        impostor: (m,) scores of impostors.

    Raises:
        NotFinite: When a score is NaN.
        TooFewSamples: When there are none of either.
    """
    good, bad = _scores(honest), _scores(impostor)
    levels = np.unique(np.concatenate([good, bad]))[::-1]
    levels = np.concatenate([[np.inf], levels[levels > -np.inf]])
    accepted = [1 - np.searchsorted(x, levels, side="left") / len(x) for x in (bad, good)]
    accepted[0][0] = accepted[1][0] = 0.0
    return Curve(levels, accepted[0], 1 - accepted[1])


def area(honest: ArrayLike, impostor: ArrayLike) -> float:
    """Return the area under the curve: how often an honest score exceeds an impostor's, ties as halves (Mann–Whitney).

    Raises:
        NotFinite: When a score is NaN.
        TooFewSamples: When there are none of either.
    """
    good, bad = _scores(honest), _scores(impostor)
    below, upto = np.searchsorted(bad, good, side="left"), np.searchsorted(bad, good, side="right")
    return float(np.mean(below + upto) / (2 * len(bad)))


def clopper_pearson(events: int, trials: int, confidence: float = 0.95, *, one_sided: bool = False) -> Interval:
    """Return the exact binomial interval, from quantiles of the beta distribution.

    Args:
        events: How often it happened.
        trials: Of how many.
        confidence: That the interval holds the true rate; above 0 and below 1.
        one_sided: Whether all of the error is put above: the bound that error-free trials are quoted with.

    Raises:
        OutOfRange: When the counts or the confidence make no sense.
    """
    from scipy import stats

    if not 0 <= events <= trials or trials < 1:
        raise OutOfRange("events and trials", (events, trials), "0 ≤ events ≤ trials, at least one trial")
    if not 0 < confidence < 1:
        raise OutOfRange("confidence", confidence, "above 0 and below 1")
    error = (1 - confidence) / (1 if one_sided else 2)
    low = 0.0 if events == 0 or one_sided else float(stats.beta.ppf(error, events, trials - events + 1))
    high = 1.0 if events == trials else float(stats.beta.isf(error, events + 1, trials - events))
    return Interval(events / trials, low, high)


def trials_for(rate: float, confidence: float = 0.95) -> int:
    """Return how many error-free trials show, one-sided, that the rate is no higher.

    Raises:
        OutOfRange: When the rate or the confidence is not above 0 and below 1.
    """
    if not (0 < rate < 1 and 0 < confidence < 1):
        raise OutOfRange("rate and confidence", (rate, confidence), "above 0 and below 1")
    return int(np.ceil(np.log1p(-confidence) / np.log1p(-rate)))


def bootstrap(
    events: ArrayLike, recording: ArrayLike, rng: np.random.Generator, *, draws: int = 2000, confidence: float = 0.95
) -> Interval:
    """Return the share of events with a percentile interval over whole recordings, drawn with replacement.

    Args:
        events: (n,) 0 or 1, one a trial.
        recording: (n,) which recording a trial comes from.
        rng: Source of chance.
        draws: How often to draw.
        confidence: That the interval holds the true rate.

    Raises:
        OutOfRange: When there is no trial, the lengths differ, or the confidence makes no sense.
        TooFewSamples: With fewer than two recordings: one recording has no spread.
    """
    happened, source = np.asarray(events, float), np.asarray(recording)
    if happened.ndim != 1 or happened.shape != source.shape or not 0 < confidence < 1:
        raise OutOfRange("trials", (happened.shape, source.shape, confidence), "one recording a trial")
    names, place = np.unique(source, return_inverse=True)
    if len(names) < 2:
        raise TooFewSamples(have=len(names), need=2)
    sums, counts = np.bincount(place, happened), np.bincount(place)
    drawn: Integer = rng.integers(len(names), size=(draws, len(names)))
    rates = sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1)
    low, high = np.quantile(rates, [(1 - confidence) / 2, (1 + confidence) / 2])
    return Interval(float(happened.mean()), float(low), float(high))


def _scores(values: ArrayLike) -> Float:
    scores = np.sort(np.asarray(values, np.float64).ravel())
    if not len(scores):
        raise TooFewSamples(have=0, need=1)
    if bad := int(np.count_nonzero(np.isnan(scores))):
        raise NotFinite("scores", bad)
    return scores
