"""Run a scheme on a pair: both ends, every step, and the account."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from threadpoolctl import threadpool_limits

from samefade import metrics, reciprocity
from samefade.align import trim
from samefade.api.report import Report
from samefade.entropy import Estimate, earn
from samefade.errors import (
    AgreementFailed,
    ConstantSignal,
    NotEnough,
    NotReciprocal,
    SamefadeError,
)
from samefade.observe import guard_time
from samefade.quantize import candidates, common, drops
from samefade.reciprocity import Evidence
from samefade.reconcile import talk
from samefade.schemes import Scheme
from samefade.session.account import after_naming, amplified, closed, hopeless, same_account
from samefade.types import (
    BitArray,
    Bits,
    Claim,
    Feature,
    Float,
    Kept,
    Key,
    Ledger,
    Observation,
    Pair,
    Spoken,
    Symbols,
    Terms,
)

Progress = Callable[[str], None]
KEY_BITS, THRESHOLDS = 256, (5, 10, 20)


def run(
    scheme: Scheme,
    pair: Pair[Observation],
    *,
    minutes: float | None = None,
    seed: bytes | None = None,
    evidence: Evidence | None = None,
    terms: Terms | None = None,
    progress: Progress = lambda _step: None,
) -> Report:
    """Run both ends of a scheme on a recorded pair, and account for every bit.

    No key is a valid answer: then the report has `refusal` set, and all its numbers.

    Args:
        scheme: The scheme.
        pair: Both ends on one grid, and Eve where there is one.
        minutes: How much of the record is spoken for calibration; by default a quarter.
        seed: 32 public random bytes, drawn after sampling; give them only to repeat a run.
        evidence: What `measure` found on this pair, where it is known already.
        terms: Public terms that were agreed before, on other samples of the link; by default they are learnt from
            this record's spoken half. Terms that saw the kept half make the account wrong: see `field` for those.
        progress: Called with the name of each step as it begins.

    Raises:
        TooFewSamples: When the record is too short to be cut into a spoken and a kept half.
        ConstantSignal: When an end does not vary.
    """
    with threadpool_limits(limits=1, user_api="blas"):  # many small matrices: threads would only wait for each other
        given = secrets.token_bytes(32) if seed is None else seed
        return _run(scheme, pair, minutes, given, evidence, terms, progress)


def _run(
    scheme: Scheme,
    pair: Pair[Observation],
    minutes: float | None,
    seed: bytes,
    evidence: Evidence | None,
    terms: Terms | None,
    progress: Progress,
) -> Report:
    progress("measuring reciprocity")
    refusal = _refusal(reciprocity.assess(pair, column=pair.main) if evidence is None else evidence)
    pair = pair if scheme.all_tones else pair.one_tone()
    spoken, kept = halves(pair, minutes)
    if terms is None:
        progress("agreeing on terms")
        terms = scheme.agree(spoken.a, spoken.b, seed[:16])
    progress("quantising")
    ends = _quantise(scheme, spoken, kept, terms)
    progress("correcting errors")
    limit = scheme.limit(kept, terms)
    outcome = _reconcile(scheme, ends, limit * len(trim(kept.a, terms.lag)))
    progress("amplifying")
    return _report(pair, kept, _amplify(scheme, outcome, seed[16:], refusal, ends.worth.claim), scheme, ends, limit)


@dataclass(frozen=True, eq=False)
class _Ends:
    """What the two ends hold after quantising."""

    terms: Terms
    a: Bits
    b: Bits
    hard: tuple[BitArray, BitArray]
    correlation: float
    worth: Estimate


@dataclass(frozen=True, eq=False)
class _Outcome:
    """What came of the discussion: the agreed string as each end holds it, and its account."""

    ledger: Ledger
    agreed: tuple[Bits, Bits] | None
    refusal: SamefadeError | None
    keys: tuple[tuple[Key, ...], tuple[Key, ...]] = ((), ())


def _refusal(evidence: Evidence) -> SamefadeError | None:
    try:
        reciprocity.reciprocal(evidence)
    except NotEnough as why:
        if isinstance(why, ConstantSignal):
            raise
        return why
    return None


def halves(pair: Pair[Observation], minutes: float | None) -> tuple[Pair[Spoken], Pair[Kept]]:
    """Split, with a guard learnt from spoken samples: where the kept half begins is public and must not tell of it."""
    spoken, _ = pair.split(minutes=minutes)
    return pair.split(minutes=minutes, guard=guard_time(spoken, record=pair.a.seconds))


class Quantised(NamedTuple):
    """Both ends' features, and the symbols that both kept of them."""

    fa: Feature[Kept]
    fb: Feature[Kept]
    a: Symbols
    b: Symbols


def quantised(scheme: Scheme, kept: Pair[Kept], terms: Terms) -> Quantised:
    """Quantise both ends at the points that both can use."""
    fa, fb = scheme.feature(kept.a, terms), scheme.feature(kept.b, terms)
    usable = fa.usable & fb.usable
    a, b = scheme.symbols(fa, terms, usable), scheme.symbols(fb, terms, usable)
    # a quantiser that drops samples drops others at each end, and tells which even where they are the same
    if drops(scheme.quantize) or not np.array_equal(a.index, b.index):
        a, b = common(a, b, among=candidates(scheme.quantize, usable))
    return Quantised(fa, fb, a, b)


def _quantise(scheme: Scheme, spoken: Pair[Spoken], kept: Pair[Kept], terms: Terms) -> _Ends:
    fa, fb, a, b = quantised(scheme, kept, terms)
    usable = fa.usable & fb.usable
    worth = scheme.worth(a, fa, terms, spoken=spoken.a, eve=kept.e)
    account = after_naming(earn(Ledger(), worth, len(a)), fa.usable, fb.usable)
    hard = (scheme.hard_bits(a, terms), scheme.hard_bits(b, terms))
    correlation = metrics.pearson(np.ravel(fa.values[usable]), np.ravel(fb.values[usable]))
    return _Ends(terms, scheme.spelt(a, terms, account), scheme.believed(b, fb, terms), hard, correlation, worth)


def _one(values: Float) -> Float:
    return values if values.ndim == 1 else values[:, 0]


def _reconcile(scheme: Scheme, ends: _Ends, limit: float) -> _Outcome:
    declined = hopeless(scheme, ends.a, ends.terms)
    if declined is not None:
        return _Outcome(declined[0], None, declined[1])
    try:
        answerer, corrector = scheme.answer(ends.a), scheme.correct(ends.b)
        fixed, ledger = talk(answerer, corrector)
        same_account(ledger, corrector.ledger)
    except (AgreementFailed, NotEnough) as why:
        return _Outcome(ends.a.ledger, None, why)
    ledger = closed(scheme, ledger, len(ends.a), limit)
    return _Outcome(ledger, (answerer.fixed, fixed), None)


def _amplify(scheme: Scheme, outcome: _Outcome, seed: bytes, refusal: SamefadeError | None, claim: Claim) -> _Outcome:
    if outcome.agreed is None or refusal is not None:
        return replace(outcome, refusal=refusal or outcome.refusal)
    try:
        a, b = (amplified(scheme, end, outcome.ledger, seed, claim) for end in outcome.agreed)
    except NotEnough as why:
        return replace(outcome, refusal=why)
    return replace(outcome, keys=(a, b))


def _report(
    pair: Pair[Observation], kept: Pair[Kept], outcome: _Outcome, scheme: Scheme, ends: _Ends, limit: float
) -> Report:
    m = len(ends.a)
    ledger = outcome.ledger.pay("margin of the leftover hash lemma", scheme.amplify.margin())
    told = ledger.paid
    if ledger.balance > 0 and (outcome.agreed is None or isinstance(outcome.refusal, NotReciprocal)):
        ledger = ledger.pay("given up: the ends share no string", ledger.balance)
    a, b = _one(kept.a.values), _one(kept.b.values)
    return Report(
        scheme=scheme.name,
        samples=len(kept),
        rate_hz=kept.rate,
        dropped={end: dict(r.dropped) for end, r in zip("abe", pair.recordings, strict=False)},
        terms=ends.terms,
        pearson_raw=metrics.pearson(a, b),
        pearson_restored=ends.correlation,
        bits=m,
        bit_error_rate=metrics.disagreement(*ends.hard),
        key_rate=_key_rate(ends, len(kept)),
        min_entropy_per_bit=ledger.entries[0].bits / m if m else 0.0,
        leak_bits=told,
        secure_bits=ledger.secure_bits,
        mutual_information_per_sample=limit,
        claim=ends.worth.claim if outcome.keys[0] else "none",
        ledger=ledger,
        refusal=outcome.refusal,
        worth=ends.worth,
        eve=kept.e is not None,
        keys_a=outcome.keys[0],
        keys_b=outcome.keys[1],
    )


def _key_rate(ends: _Ends, packets: int) -> dict[int, float]:
    """Return bits a packet by threshold; where the bits fill no key of 256, there is none to count."""
    if len(ends.a) < KEY_BITS:
        return dict.fromkeys(THRESHOLDS, 0.0)
    rates = metrics.key_rate(*ends.hard, KEY_BITS, THRESHOLDS, packets=packets)
    return {threshold: rate.bits_per_packet for threshold, rate in rates.items()}
