"""Learn the terms of a run from its spoken share: the network's first heavy step."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, log2, sqrt
from typing import TypeVar

import numpy as np

from samefade.errors import TooLittleEntropy
from samefade.lpwan.price import ALWAYS, LAYER, TAGS, needed
from samefade.lpwan.refresh.messages import Told
from samefade.lpwan.refresh.policy import Policy
from samefade.lpwan.refresh.pool import FLOOR, STEPS
from samefade.observe.grid import bridged
from samefade.session.halves import calibrate
from samefade.session.plan import Plan
from samefade.session.terms import pack_terms, unpack_terms
from samefade.types import Float, Observation, Pair, Spoken, Terms
from samefade.wire.cbor import decode, encode

X = TypeVar("X", bound=Observation)
Samples = Sequence[tuple[int, int]]
_PLAN = 1000  # kept samples for which the limit and the guard are asked; both are used per sample
_CODE = 0.07  # of what a perfect code tells, ours tells so much more, beyond what calibration counts
_SPREAD = 1.03  # bits: a Gaussian's surprise varies by log2(e)/√2 a sample
_CAUTION = 0.93  # of what the spoken share promises


@dataclass(frozen=True, eq=False)
class Learnt:
    """What the spoken share told.

    Attributes:
        terms: The public terms, with the network's part of them.
        guard: Places to let pass before the kept ones.
        limit: Mutual information, bits a place.
        need: Kept samples that a key is expected to take.
    """

    terms: Terms
    guard: int
    limit: float
    need: int

    def told(self, last_spoken: int) -> Told:
        """Return the device's part: thresholds between the values that a byte can have, and the first kept place."""
        strand = self.terms.strands[0]
        levels = strand.edges[0] / strand.basis[0, 0] + strand.mean["a"]
        steps = np.ceil(STEPS * (levels - FLOOR) - 1e-9)
        # beyond what a byte can hold no value is cut, so nothing is lost there
        bounded = np.clip(steps, -1000, 1000).astype(int)
        return Told(last_spoken + 1 + self.guard, tuple(bounded.tolist()))

    def pack(self) -> bytes:
        """Return bytes from which `unpack` makes it."""
        return encode([pack_terms(self.terms), self.guard, self.limit, self.need])

    @classmethod
    def unpack(cls, packed: bytes) -> "Learnt":
        """Return what was learnt."""
        terms, guard, limit, need = decode(packed)  # type: ignore[misc]  # our own state
        return cls(unpack_terms(terms, rate=1.0, samples=1 << 20), guard, limit, need)  # type: ignore[has-type]


def learn(policy: Policy, places: Sequence[int], a: Sequence[int], b: Sequence[int], caution: float) -> Learnt:
    """Learn terms from the spoken pairs.

    Args:
        policy: The rules.
        places: Their places.
        a: The device's values, as bytes.
        b: The network's.
        caution: By how much more is asked for than the spoken share suggests, 1 or more.

    Raises:
        NotEnough: When the ends share nothing, or no run that the policy allows would give a key.
    """
    first, end = places[0], places[-1] + 1
    spoken = Pair(on_grid(Spoken, "a", places, a, first, end), on_grid(Spoken, "b", places, b, first, end))
    plan = Plan(first=0, spoken=end - first, kept=_PLAN, rate=1.0, unit="dBm")
    found = calibrate(policy.scheme, plan, spoken, bytes(16))
    each, fixed, swing = promise(policy, found.terms, spoken.a)
    most = policy.most - policy.spoken
    need = caution * float(needed(each, fixed, swing))
    if need > most:
        left = most * each - swing * sqrt(most) - fixed + policy.scheme.amplify.bits
        raise TooLittleEntropy(have=left, need=policy.scheme.amplify.bits)
    return Learnt(found.terms, found.guard, found.limit / _PLAN, max(policy.least, ceil(need)))


def promise(policy: Policy, terms: Terms, spoken: Spoken) -> tuple[float, float, float]:
    """Return what the spoken share tells of n kept samples: they leave n·each − swing·√n − fixed bits beyond a key.

    What each sample promises is what calibration found on spoken samples that it was not learnt from; off go the key,
    the margin of the hash and what every discussion tells, and for the smooth min-entropy as many deviations of the sum
    of n surprises as ε asks for.
    """
    from scipy.special import ndtri

    share = float(spoken.mask[len(spoken) // 2 :].mean())
    named = 0.0 if share >= 1 else -share * log2(share) - (1 - share) * log2(1 - share)
    # the scheme took off what naming would cost, which here is weighed afterwards
    each = (terms.thresholds["promised"] + (named if policy.losses == "weighed" else 0.0)) / share
    each = _CAUTION * each - _CODE * terms.thresholds["told"] - policy.conceded
    hashing = policy.scheme.amplify
    fixed = hashing.bits + hashing.margin() + TAGS + ALWAYS + LAYER * len(terms.strands[0].edges[0]).bit_length()
    return each, fixed, -float(ndtri(hashing.epsilon)) * _SPREAD


def on_grid(half: type[X], end: str, places: Sequence[int], values: Sequence[int], first: int, stop: int) -> X:
    """Return samples on the grid of places `first` to `stop` - 1; gaps are filled and marked.

    Args:
        half: Spoken or Kept.
        end: "a" or "b".
        places: Where there are samples.
        values: Their bytes.
        first: First place.
        stop: One behind the last.
    """
    at = np.asarray(places) - first
    mask = np.zeros(stop - first, np.bool_)
    mask[at] = True
    strength: Float = np.asarray(values, np.float64) / STEPS + FLOOR
    return half(bridged(np.arange(stop - first), at, strength), 1.0, mask, end, "dBm")  # type: ignore[arg-type]
