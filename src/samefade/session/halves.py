"""Learn the public terms from what both ends spoke, and refuse a channel that is not one."""

from dataclasses import dataclass
from math import ceil

from samefade import reciprocity
from samefade.align import trim
from samefade.observe import guard_time
from samefade.schemes import Scheme
from samefade.session.plan import Plan
from samefade.types import Kept, Observation, Pair, Spoken, Terms


@dataclass(frozen=True, eq=False)
class Calibration:
    """What end a learnt.

    Attributes:
        terms: The public terms.
        guard: Frames to let pass before the kept ones begin.
        limit: Mutual information of all kept samples together, bits, as far as the spoken ones tell.
    """

    terms: Terms
    guard: int
    limit: float


def calibrate(scheme: Scheme, plan: Plan, spoken: Pair[Spoken], seed: bytes) -> Calibration:
    """Learn terms, guard and limit from spoken samples.

    Args:
        scheme: The scheme.
        plan: What is planned.
        spoken: What both ends spoke.
        seed: 16 public random bytes.

    Raises:
        NotEnough: When the channel is not reciprocal, does not vary, or too little was spoken.
    """
    reciprocity.reciprocal(reciprocity.assess(spoken.each(_plain), column=spoken.main))
    terms = scheme.agree(spoken.a, spoken.b, seed)
    guard = ceil(guard_time(spoken, record=(plan.spoken + plan.kept) / plan.rate) * plan.rate)
    as_kept = spoken.each(lambda x: Kept(x.values, x.rate, x.mask, x.end, x.unit))  # only numbers of both are read
    left = len(trim(as_kept.a, terms.lag)) / len(as_kept) * plan.kept
    return Calibration(terms, guard, max(0.0, scheme.limit(as_kept, terms)) * left)


def _plain(x: Observation) -> Observation:
    return x
