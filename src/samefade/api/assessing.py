"""Run a scheme on a pair and certify what came of it; on request with every other judge that there is."""

from typing import NamedTuple

import numpy as np

from samefade.api.certificate import Certificate, certify
from samefade.api.judged import Written, judge
from samefade.api.running import Progress, halves, quantised, run
from samefade.entropy import Smoke, Stationarity, smoke, stationary
from samefade.errors import ConstantSignal, TooFewSamples
from samefade.quantize import widths_of
from samefade.schemes import BEST, Scheme, find
from samefade.types import Bits, Kept, Ledger, Observation, Pair, Symbols, Terms


def assess(
    pair: Pair[Observation],
    scheme: Scheme | str = BEST,
    *,
    full: bool = False,
    smoke: bool = False,
    minutes: float | None = None,
    seed: bytes | None = None,
    progress: Progress = lambda _step: None,
) -> Certificate:
    """Run both ends of a scheme, and return what a third party must know to judge the keys.

    No key is a valid answer: then the claim is "none", and all numbers are there.

    Args:
        pair: Both ends on one grid, and Eve where there is one.
        scheme: The scheme, or its name.
        full: Also ask the ten estimators of SP 800-90B, and a guesser that learns, about the quantised symbols.
        smoke: Also run tests of randomness on the quantised bits before hashing; passing them proves nothing.
        minutes: As for `run`.
        seed: As for `run`.
        progress: Called with the name of each step as it begins.

    Raises:
        UnknownName: When there is no such scheme.
        TooFewSamples: When the record is too short to be cut into a spoken and a kept half.
        ConstantSignal: When an end does not vary.
    """
    chosen = find(scheme) if isinstance(scheme, str) else scheme
    report = run(chosen, pair, minutes=minutes, seed=seed, progress=progress)
    progress("looking whether the kept half is one process")
    kept = halves(pair if chosen.all_tones else pair.one_tone(), minutes)[1]
    steady = _steady(kept.one_tone())
    made = _quantised(chosen, kept, report.terms) if full or smoke else None
    judged = tested = None
    if made is not None and full:
        progress("asking NIST's estimators")
        judged = judge(made.written)
    if made is not None and smoke:
        progress("testing the raw bits")
        tested = _tested(made.bits)
    return certify(report, chosen, stationarity=steady, judged=judged, smoke=tested)


class _Quantised(NamedTuple):
    """End a's secret symbols, as they are and as the scheme spells them."""

    written: Written
    bits: Bits


def _quantised(scheme: Scheme, kept: Pair[Kept], terms: Terms) -> _Quantised:
    """Quantise the kept half as the run did: with the terms that it agreed on, everything is the same again."""
    symbols = quantised(scheme, kept, terms).a
    return _Quantised(_written(symbols, terms), scheme.spelt(symbols, terms, Ledger()))


def _written(symbols: Symbols, terms: Terms) -> Written:
    """Write each symbol with as many bits as its component has, or all with as many as there are levels."""
    values = symbols.values.astype(np.int64)
    if not terms.strands:
        return Written(values, np.full(len(values), symbols.levels.bit_length() - 1))
    return Written(values, widths_of(symbols, terms))


def _steady(kept: Pair[Kept]) -> Stationarity | None:
    try:
        return stationary(np.asarray(kept.a.values))
    except (TooFewSamples, ConstantSignal):
        return None


def _tested(bits: Bits) -> Smoke | None:
    try:
        return smoke(bits.values)
    except TooFewSamples:
        return None
