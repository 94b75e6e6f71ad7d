"""Attack: learn from other records how symbols follow each other, then guess a string from its likeliest beginning on.

The cost of a string is −log2 of the probability that the attacker's model gives it: about as many guesses, 2^cost, does
she need when she goes through all strings from the likeliest on.
"""

from dataclasses import replace

import numpy as np
import pytest

import samefade as sf
from samefade.channel import SCENARIOS

SEED = bytes(range(32))
RECORDS, ORDER = 6, 1
CASE = replace(SCENARIOS["carried"], seconds=600.0)


def symbols_of(scheme, kept, terms):
    feature = scheme.feature(kept, replace(terms, rate=kept.rate))
    return scheme.symbols(feature, terms).values.astype(int), 2 ** int(np.log2(terms.levels or scheme.quantize.levels))


def contexts(symbols, levels):
    out = np.zeros(len(symbols) - ORDER, int)
    for back in range(1, ORDER + 1):
        out = out * levels + symbols[ORDER - back : len(symbols) - back]
    return out


def learnt(strings, levels):
    """Count what follows what; half a count for what was never seen (Krichevsky and Trofimov 1981)."""
    counts = np.full((levels**ORDER, levels), 0.5)
    for symbols in strings:
        np.add.at(counts, (contexts(symbols, levels), symbols[ORDER:]), 1)
    return counts / counts.sum(axis=1, keepdims=True)


@pytest.fixture(scope="module", params=["wskg", "decimated"])
def attacked(request, world_pair):
    """What each record cost the attacker who knows its terms and learnt from all others, and what it claimed."""
    scheme = sf.schemes.find(request.param)
    pairs = [world_pair(CASE, seed) for seed in range(RECORDS)]
    out = []
    for i, pair in enumerate(pairs):
        report = sf.run(scheme, pair, seed=SEED)
        halves = [sf.api.running.halves(p, None)[1].a for p in pairs]
        strings = [symbols_of(scheme, half, report.terms) for half in halves]
        mine, levels = strings[i]
        model = learnt([s for j, (s, _) in enumerate(strings) if j != i], levels)
        at = contexts(mine, levels)
        out.append((report, -np.log2(model[at, mine[ORDER:]]), model[at].argmax(axis=1) == mine[ORDER:]))
    return out


def test_no_string_costs_the_markov_guesser_less_than_the_account_claims(attacked):
    for report, cost, _ in attacked:
        claimed = report.min_entropy_per_bit * report.bits
        # a string's cost scatters by the deviation of one symbol's, times √n: three of these, one side
        assert cost.sum() > claimed - 3 * cost.std() * np.sqrt(len(cost))


def test_the_markov_guesser_is_right_no_more_often_than_the_account_says(attacked):
    for report, _, right in attacked:
        per_symbol = report.min_entropy_per_bit * report.bits / len(right)
        assert right.mean() < 2**-per_symbol + 3 * np.sqrt(right.mean() * (1 - right.mean()) / len(right))


def test_the_guesser_is_worth_its_name(attacked):
    # she does better than blind, or the two tests above would prove nothing
    blind = [2 ** (-report.bits / len(cost)) for report, cost, right in attacked]
    assert np.mean([right.mean() / share for (_, _, right), share in zip(attacked, blind, strict=True)]) > 1.2
