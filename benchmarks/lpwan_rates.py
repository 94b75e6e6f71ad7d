"""What every scheme's account comes to on a pair of recordings: earned, told, net, and whether a key is left.

Three numbers a kept sample, and they are not the same:

- *secure* is what may be issued: after every public bit, tags, smoothing and the margin of the hash.
- *net* is the same before it is asked whether a whole key is left; it may be negative.
- *in the long run* is what a record of the same kind, as long as one likes, approaches: what is paid once (tags,
  margin, number of keys) and what smoothing takes (it grows with the root of the length) are left out. It is an
  extrapolation: it assumes that the channel goes on as recorded, and that the code tells the same share.

Where a discussion was declined because no code could win it, what was told is the least that any code would tell, so
net and long run are then upper bounds of the scheme, marked ≤.
"""

from dataclasses import asdict, dataclass, replace
from math import inf, nan, sqrt

import numpy as np
from scipy.special import ndtri

from samefade import api
from samefade.amplify import Toeplitz
from samefade.api.running import halves, quantised
from samefade.errors import SamefadeError
from samefade.schemes import Scheme
from samefade.types import Observation, Pair

SEED = bytes(32)
EPSILON = 2**-64
_NO_SMOOTHING = 0.4999999  # zero standard deviations
_ONCE = ("verification tags", "number of keys", "margin of", "given up", "more than the mutual")
_DECLINED = "declined"


@dataclass(frozen=True)
class Found:
    """What a scheme came to on one pair with one Eve.

    Attributes:
        set, pairing, eve, scheme: Of what.
        key_bits: Length of a key.
        pairs: Grid points of the record.
        kept: Of these, the ones that may feed a key; the others are spoken, or guard these.
        bits: Quantised bits at each end, which is what the field reports a rate of.
        errors: Share of them that differ before correction.
        earned: Min-entropy of the string, smooth where the scheme's account is, bits.
        told: Public bits of naming and correcting, without tags and margin.
        net: What is left after everything, bits; the least of it where told is a least.
        at_most: Whether the discussion was declined, so that `net` and `long_run` are upper bounds.
        long_run: Bits a kept sample that a record of this kind approaches.
        spread: Variance that smoothing charges, bits² a kept sample.
        limit: Mutual information given Eve, bits a kept sample, by coherence.
        secure: Bits issued as keys' worth.
        keys: Whole keys that both ends hold.
        claim: "bounded", "estimate" or "none".
        refusal: Why there is none.
    """

    set: str
    pairing: str
    eve: str
    scheme: str
    key_bits: int
    pairs: int
    kept: int = 0
    bits: int = 0
    errors: float = nan
    earned: float = 0.0
    told: float = 0.0
    net: float = 0.0
    at_most: bool = False
    long_run: float = nan
    spread: float = 0.0
    limit: float = nan
    secure: int = 0
    keys: int = 0
    claim: str = "none"
    refusal: str = ""

    @property
    def net_per_sample(self) -> float:
        """Return the net bits a kept sample."""
        return self.net / self.kept if self.kept else nan

    @property
    def exchanges_for_a_key(self) -> float:
        """Return how many exchanges a first key would need at the rate of the long run; infinite where that is not > 0.

        n·r − z·√(v·n) − c = ℓ, solved for n, with r the rate, v the spread, z the quantile of ε, c what is paid once,
        ℓ the length of the key; then as many exchanges more as are spoken here. c is tags of 64 bits, the margin, and
        64 bits of requests and headers.
        """
        if not self.long_run > 0:
            return inf
        once = self._once
        z = -float(ndtri(EPSILON)) * sqrt(self.spread)
        root = (z + sqrt(z * z + 4 * self.long_run * once)) / (2 * self.long_run)
        return root * root * self.pairs / self.kept

    @property
    def exchanges_at_least(self) -> float:
        """Return how many exchanges a first key needs at the very least: all information used, nothing lost to codes.

        Nothing is spoken, smoothed or told beyond what must be; only tags, margin and the key itself are paid.
        """
        return self._once / self.limit if self.limit > 0 else inf

    @property
    def _once(self) -> float:
        return Toeplitz(bits=self.key_bits, epsilon=EPSILON).margin() + 128 + self.key_bits

    def to_json(self) -> dict[str, object]:
        """Return a plain dictionary; numbers that do not exist are null."""
        found = asdict(self) | {
            "net_per_sample": self.net_per_sample,
            "secure_per_sample": self.secure / self.kept if self.kept else nan,
            "exchanges_for_a_key": self.exchanges_for_a_key,
            "exchanges_at_least": self.exchanges_at_least,
        }
        return {k: None if isinstance(v, float) and not np.isfinite(v) else v for k, v in found.items()}


def found(
    scheme: Scheme, pair: Pair[Observation], key_bits: int, *, of: tuple[str, str, str], minutes: float | None = None
) -> Found:
    """Run a scheme at both ends and account for it.

    Args:
        scheme: The scheme.
        pair: The recordings, with an Eve or without.
        key_bits: Length of a key.
        of: The set, how it was paired, and who Eve is.
        minutes: How much is spoken; a quarter by default.
    """
    sized = replace(scheme, amplify=Toeplitz(bits=key_bits, epsilon=EPSILON))
    base = Found(*of, scheme.name, key_bits, len(pair))
    try:
        report = api.run(sized, pair, seed=SEED, minutes=minutes)
    except SamefadeError as why:
        return replace(base, refusal=_brief(why))
    entries = report.ledger.entries
    told = -sum(e.bits for e in entries[1:] if e.bits < 0 and not e.what.startswith(_ONCE))
    earned = entries[0].bits
    given_up = -sum(e.bits for e in entries if e.what.startswith("given up"))
    whole, n = _unsmoothed(sized, pair, report, minutes), report.samples
    z = -float(ndtri(EPSILON))
    return replace(
        base,
        kept=n,
        bits=report.bits,
        errors=report.bit_error_rate,
        earned=earned,
        told=told,
        net=report.ledger.balance + given_up,
        at_most=any(e.what.startswith(_DECLINED) for e in entries),
        long_run=min((whole - told) / n, report.mutual_information_per_sample),
        spread=((whole - earned) / z) ** 2 / n,
        limit=report.mutual_information_per_sample,
        secure=report.secure_bits if report.keys_a else 0,
        keys=len(report.keys_a) if report.keys_match else 0,
        claim=report.claim,
        refusal="" if report.refusal is None else _brief(report.refusal),
    )


def _unsmoothed(scheme: Scheme, pair: Pair[Observation], report: api.Report, minutes: float | None) -> float:
    """Return what the string is worth without smoothing, bits; for schemes that do not smooth as in their account."""
    free = replace(scheme, amplify=replace(scheme.amplify, epsilon=_NO_SMOOTHING))
    pair = pair if scheme.all_tones else pair.one_tone()
    spoken, kept = halves(pair, minutes)
    ends = quantised(free, kept, report.terms)
    worth = free.worth(ends.a, ends.fa, report.terms, spoken=spoken.a, eve=kept.e)
    return worth.per_symbol * len(ends.a)


def _brief(why: SamefadeError) -> str:
    numbers = {k: v for k, v in why.numbers.items() if isinstance(v, (int, float))}
    return type(why).__name__ + "".join(f", {name} {value:.4g}" for name, value in numbers.items())
