"""Measure whether two ends heard the same fade at the same time: numbers and no verdict.

Samples are matched by frame counter, the slow trend is taken away, and the modes that are left are compared, once for
what stands out of the noise floor and once for the whole spectrum; each look and each lag is paid for.
"""

from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

from samefade.errors import OutOfRange
from samefade.presence import chance
from samefade.presence.agreement import Agreement, agree
from samefade.presence.heard import Heard, match, match_late
from samefade.presence.modes import modes

MOST_LAG = 16
STANDING, WHOLE = "standing out", "whole spectrum"
LOOKS = (STANDING, WHOLE)
ASSUMED = (
    "an independent channel has the sign of each mode by a fair coin",
    "what is slower than half the window is trend, and is no evidence",
    "tones of one device vary together and count once",
    "the same frame counter names the same instant at both ends",
)


@dataclass(frozen=True)
class PresenceEvidence:
    """What was measured; nothing here decides anything.

    Attributes:
        correlation: Of the weighted modes at the best lag and look, −1 to 1.
        lag: Frames by which b is late, by counter.
        effective_samples: How many independent samples that correlation rests on.
        moving: How many there are, at both ends at once, of what stands out of the noise floor at lag 0; of the whole
            spectrum, where that is flat, so that fast fading and noise look alike.
        score: Fisher's z of the correlation, standard deviations, before the tries are paid for.
        p_value: How often an independent channel agrees as well in any of the tries, 0 to 1.
        tries: Lags times looks that the best was taken of.
        matched: Frame counters that both ends have.
        lost_a: Frame counters that only b has.
        lost_b: Frame counters that only a has.
        tones: Tones at each end.
        look: "standing out" or "whole spectrum".
        assumed: What the p-value assumes.
    """

    correlation: float
    lag: int
    effective_samples: float
    moving: float
    score: float
    p_value: float
    tries: int
    matched: int
    lost_a: int
    lost_b: int
    tones: int
    look: str
    assumed: tuple[str, ...] = ASSUMED

    def threshold(self, false_accept: float) -> float:
        """Return the correlation needed for this target at these effective samples; infinite where none suffices."""
        return chance.least_correlation(false_accept / self.tries, self.effective_samples)

    def to_json(self) -> dict[str, Any]:
        """Return a flat dictionary."""
        return asdict(self) | {"assumed": list(self.assumed)}


def measure(a: Heard, b: Heard, *, most_lag: int = 1) -> PresenceEvidence:
    """Compare what two ends heard, by frame counter.

    Args:
        a: What the verifier heard.
        b: What the prover says that it heard.
        most_lag: Frames by which the counters may be off, either way; 0 to 16.

    Raises:
        ConstantSignal: When an end does not vary over the frames that both have.
        EndsDisagree: When the ends have different numbers of tones.
        OutOfRange: When `most_lag` is not 0 to 16.
        TooFewSamples: With fewer than 16 frame counters in common.
    """
    if not 0 <= most_lag <= MOST_LAG:
        raise OutOfRange("most_lag", most_lag, f"0 to {MOST_LAG} frames")
    both = len(match(a, b).numbers)
    lags = sorted(range(-most_lag, most_lag + 1), key=abs)
    views = [view for lag in lags for view in _views(a, b, lag)]
    best = min(views, key=lambda view: (view.found.p_value, -view.found.correlation))
    moving = views[0 if views[0].uneven else 1].found
    return PresenceEvidence(
        correlation=best.found.correlation,
        lag=best.lag,
        effective_samples=best.found.effective,
        moving=min(moving.effective, moving.coins),
        score=chance.fisher(best.found.correlation, best.found.effective),
        p_value=min(1.0, len(views) * best.found.p_value),
        tries=len(views),
        matched=both,
        lost_a=len(b) - both,
        lost_b=len(a) - both,
        tones=a.tones,
        look=best.look,
    )


class _View(NamedTuple):
    lag: int
    look: str
    found: Agreement
    uneven: bool


def _views(a: Heard, b: Heard, lag: int) -> tuple[_View, _View]:
    both = match_late(a, b, lag)
    x, y = modes(both.numbers, both.a), modes(both.numbers, both.b)
    n, uneven = len(both.numbers), x.uneven or y.uneven
    return (
        _View(lag, STANDING, agree(x.standing, y.standing, n), uneven),
        _View(lag, WHOLE, agree(x.whole, y.whole, n), uneven),
    )
