"""Decide whether a device is present, at a false-accept rate that is chosen; or say that nobody can tell.

The threshold follows from the target and from the effective number of samples, so a window that holds few independent
samples needs a higher correlation, and one that holds too few is no answer at all.
Nothing is learnt from recordings: no threshold here was fitted to anything.
"""

from dataclasses import dataclass

from samefade.errors import ChannelTooStatic, OutOfRange, ReplaySuspected
from samefade.presence import chance
from samefade.presence.evidence import LOOKS, MOST_LAG, PresenceEvidence, measure
from samefade.presence.heard import Heard


@dataclass(frozen=True)
class Verdict:
    """The device is present, as far as the channel can tell.

    Attributes:
        evidence: What was measured.
        threshold: The correlation that was needed.
        false_accept: How often, at most, an independent channel is taken for the right one.
    """

    evidence: PresenceEvidence
    threshold: float
    false_accept: float


@dataclass(frozen=True)
class Decide:
    """Accept, refuse or abstain.

    Attributes:
        false_accept: Target rate at which an independent channel is accepted, above 0 and below 0.5.
        expected: Correlation of honest ends in what stands out of the noise; decides when the verifier abstains, and
            nothing else. 0.8 is what the 2025 paper reports for legitimate ends (Table I).
        least_effective: Abstain below so many effective samples; by default where even `expected` would not do.
        most_lag: Frames by which the counters may be off; 0 to 16.
    """

    false_accept: float = 1e-3
    expected: float = 0.8
    least_effective: float | None = None
    most_lag: int = 1

    def __post_init__(self) -> None:
        """Refuse rates and counts that make no sense."""
        if not 0 < self.false_accept < 0.5:
            raise OutOfRange("false_accept", self.false_accept, "above 0 and below 0.5")
        if not 0 < self.expected < 1:
            raise OutOfRange("expected", self.expected, "above 0 and below 1")
        if self.least_effective is not None and not 0 < self.least_effective < float("inf"):
            raise OutOfRange("least_effective", self.least_effective, "a positive number")
        if not 0 <= self.most_lag <= MOST_LAG:
            raise OutOfRange("most_lag", self.most_lag, f"0 to {MOST_LAG} frames")

    @property
    def need(self) -> float:
        """Return the effective samples below which a window that does not convince is no answer."""
        if self.least_effective is not None:
            return self.least_effective
        tries = len(LOOKS) * (2 * self.most_lag + 1)
        return chance.least_effective(self.false_accept / tries, self.expected)

    def measure(self, a: Heard, b: Heard) -> PresenceEvidence:
        """Measure with the lags of this decision; raises what `measure` raises."""
        return measure(a, b, most_lag=self.most_lag)

    def decide(self, evidence: PresenceEvidence) -> Verdict:
        """Return a verdict, which is always that the device is present.

        Raises:
            ChannelTooStatic: When the window holds too few independent samples to tell.
            ReplaySuspected: When it holds enough, and the ends do not agree.
        """
        threshold = evidence.threshold(self.false_accept)
        enough = self.least_effective is None or evidence.effective_samples >= self.least_effective
        if evidence.p_value <= self.false_accept and enough:
            return Verdict(evidence, threshold, self.false_accept)
        if evidence.moving < self.need:
            raise ChannelTooStatic(effective_samples=evidence.moving, need=self.need)
        raise ReplaySuspected(correlation=evidence.correlation, lag=evidence.lag, threshold=threshold)
