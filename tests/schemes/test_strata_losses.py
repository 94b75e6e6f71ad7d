"""Strata where packets are lost in bursts, on channels whose information is known: never more than that is claimed."""

from math import sqrt

import numpy as np
import pytest

import samefade as sf
from samefade.amplify import Toeplitz
from samefade.channel import ar1
from samefade.types import Observation, Pair

SEEDS, SAMPLES = 20, 2000
COEFFICIENT, NOISE, EVE = 0.9, 0.05, 2.0  # of a fade of power 1
LOST, BURST = 0.1, 4.0  # share of exchanges, mean length in exchanges
# nothing is smoothed and hardly a margin taken, so that what is left is as close to the limit as it gets
SCHEME = sf.schemes.Strata(spans=(1, 4), amplify=Toeplitz(bits=8, epsilon=0.4999999))


def lossy(seed, *, eve):
    """Draw both ends of a first-order channel, of which both miss the same exchanges, and Eve, who misses none."""
    rng = np.random.default_rng([seed, 6])
    fade = sqrt(2) * ar1(SAMPLES, COEFFICIENT, rng).real
    heard, there = np.empty(SAMPLES, np.bool_), True
    for i, chance in enumerate(rng.random(SAMPLES)):
        there = chance >= LOST / (1 - LOST) / BURST if there else chance < 1 / BURST
        heard[i] = there
    at, hits = np.arange(SAMPLES), np.flatnonzero(heard)

    def end(which, power, mask):
        level = 20 + fade + sqrt(power) * rng.standard_normal(SAMPLES)
        filled = level if mask.all() else np.interp(at, hits, level[hits])
        return Observation(filled, 1.65, mask, which)

    everything = np.ones(SAMPLES, np.bool_)
    return Pair(end("a", NOISE, heard), end("b", NOISE, heard), end("e", EVE, everything) if eve else None)


def information(*, eve):
    """Return I(A;B|E) a sample of that channel without losses (Pinsker 1964), which losses only lower."""
    f = np.linspace(0, 0.5, 1 << 14)
    fade = (1 - COEFFICIENT**2) / np.abs(1 - COEFFICIENT * np.exp(-2j * np.pi * f)) ** 2
    left = fade * EVE / (fade + EVE) if eve else fade
    return float(np.trapezoid(-np.log2(1 - (left / (left + NOISE)) ** 2), f))


@pytest.mark.parametrize("eve", [False, True])
def test_no_seed_claims_more_than_the_channel_holds(eve):
    most, rates = information(eve=eve), []
    for seed in range(SEEDS):
        pair = lossy(seed, eve=eve)
        report = sf.run(SCHEME, pair, seed=bytes(32))
        heard = report.samples * float(pair.a.mask.mean())
        rates.append(report.ledger.balance / heard)
        assert report.keys_a == report.keys_b
    assert max(rates) <= most
    assert np.mean(rates) > 0.1 * most  # a part of it is earned, so that the first assertion can fail
