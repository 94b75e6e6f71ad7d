"""Attack: go on from the spoken samples, which Eve knows exactly, into the kept half."""

import numpy as np
import pytest
from scipy.signal import lfilter

import samefade as sf
from samefade.types import Kept, Observation, Pair

SEED = bytes(range(32))
PHI, N, RECORDS = 0.97, 2000, 400


def record(seed, n=N, phi=PHI):
    return lfilter([np.sqrt(1 - phi**2)], [1, -phi], np.random.default_rng(seed).standard_normal(n + 300))[300:]


@pytest.fixture(scope="module")
def guesses():
    """Her share of right guesses of the first kept sign, with the guard and without; 1/e of memory is 33 samples."""
    mask, right = np.ones(N, bool), {"guarded": 0, "bare": 0}
    for seed in range(RECORDS):
        x = record(seed)
        pair = Pair(*(Observation(x, 10.0, mask, end) for end in "ab"))
        spoken, kept = sf.api.running.halves(pair, None)
        assert isinstance(kept.a, Kept)
        told = spoken.a.values[-1]  # of a first-order autoregression nothing else helps
        right["guarded"] += (kept.a.values[0] > 0) == (told > 0)
        right["bare"] += (x[len(spoken)] > 0) == (told > 0)
    return {how: count / RECORDS for how, count in right.items()}


def test_behind_the_guard_the_first_kept_symbol_is_anybodys_guess(guesses):
    # three coherence times leave a correlation of e⁻³ and of a short record's estimate sometimes e⁻²:
    # ½ + asin(.135)/π = .543 at most, and three standard errors of 400 records, .075
    assert guesses["guarded"] < 0.543 + 0.075


def test_without_the_guard_she_guesses_it(guesses):
    # ½ + asin(.97)/π = .92
    assert guesses["bare"] > 0.85


def test_where_the_kept_half_begins_tells_nothing_of_it():
    x = record(1)
    mask = np.ones(N, bool)
    other = np.concatenate([x[: N // 4], np.random.default_rng(9).standard_normal(N - N // 4)])
    begins = [
        sf.api.running.halves(Pair(*(Observation(v, 10.0, mask, end) for end in "ab")), None)[1].a.start
        for v in (x, other)
    ]
    assert begins[0] == begins[1]


def test_the_first_kept_symbols_are_worth_what_the_account_says(noisy_pair):
    """She predicts the first symbols by the true law of the channel, from all that was spoken."""
    right, claimed = [], []
    for seed in range(12):
        pair = noisy_pair(record(seed, 6000, 0.9), 26, seed)
        scheme = sf.schemes.Decimated()
        report = sf.run(scheme, pair, seed=SEED)
        spoken, kept = sf.api.running.halves(pair, None)
        feature = scheme.feature(kept.a, report.terms)
        first = scheme.symbols(feature, report.terms).values[:8].astype(int)
        away = (kept.a.start - spoken.a.seconds) * 10 + report.terms.step * np.arange(8)
        mean = spoken.a.values.mean()
        expected = mean + (spoken.a.values[-1] - mean) * 0.9**away
        cuts = np.quantile(feature.values, np.arange(1, report.terms.levels) / report.terms.levels)
        right += list(np.searchsorted(cuts, expected, side="right") == first)
        claimed.append(report.min_entropy_per_bit * np.log2(report.terms.levels))
    assert np.mean(right) < 2 ** -np.mean(claimed) + 3 * np.sqrt(0.25 / len(right))
