"""Attack our own scheme: channels that can be computed, or hold far less than their variance says.

Each is judged where entropy is, before any code: what the cells are worth against what a perfect code would tell.
End b knows the cells no better than whoever knows the channel, so of a channel that can be computed nothing is left.
"""

import numpy as np
import pytest

import samefade as sf
from samefade.api.running import halves
from samefade.types import Observation, Pair

SEED = bytes(range(32))
N = 8000
T = np.arange(N)
SCHEME = sf.schemes.Strata(spans=(1, 2, 4))


def judged(pair):
    """Return the estimate, and for each sample what the cells are worth less what a perfect code would tell."""
    spoken, kept = halves(pair, None)
    terms = SCHEME.agree(spoken.a, spoken.b, SEED[:16])
    feature = SCHEME.feature(kept.a, terms)
    symbols = SCHEME.symbols(feature, terms)
    worth = SCHEME.worth(symbols, feature, terms, spoken=spoken.a, eve=kept.e)
    return worth, worth.per_symbol * len(symbols) / len(kept) - terms.thresholds["told"]


def noise(seed, n=N):
    return np.random.default_rng(seed).standard_normal(n)


def repeated(period):
    return np.resize(noise(1, period), N)


def tones(count):
    w = np.random.default_rng(7).uniform(0.05, 3.1, count)
    return np.sin(np.outer(T, w) + 900 * w).sum(axis=1)


def telegraph(rate):
    return np.where(np.cumsum(np.random.default_rng(5).random(N) < rate) % 2, 1.0, -1.0)


COMPUTED = {
    "period of two": repeated(2),
    "period of 40": repeated(40),
    "period of 512": repeated(512),
    "period of 701": repeated(701),
    "replay of what was spoken": repeated(N // 4),
    "sinusoid": np.sin(0.0731 * T),
    "five tones": tones(5),
    "forty tones": tones(40),
    "eighty tones": tones(80),
    "amplitude modulation": (1 + 0.8 * np.sin(0.011 * T)) * np.sin(0.6 * T),
    "square wave": np.sign(np.sin(2 * np.pi * T / 61.3 + 0.1)),
    "sawtooth": T % 97.0,
    "two clocks": np.where((T // 37 % 3 == 0) ^ (T // 53 % 2 == 0), 1.0, -1.0),
    "chirp": np.sin(np.pi * 0.5 * T**2 / N),
}


@pytest.mark.parametrize("name", COMPUTED)
def test_a_channel_that_can_be_computed_is_worth_no_more_than_a_perfect_code_tells(noisy_pair, name):
    worth, left = judged(noisy_pair(COMPUTED[name]))
    # a real code tells at least a tenth of a bit a sample more, and the hash takes its margin
    assert left < 0.1
    assert worth.claim == "estimate"


def binary(p):
    return -p * np.log2(p) - (1 - p) * np.log2(1 - p)


# what each hides, bits a sample: the states' entropy rate, because noise at 30 dB is told again in full
DISCRETE = {
    "telegraph": (telegraph(0.05), binary(0.05)),
    "slow telegraph": (telegraph(0.005), binary(0.005)),
    "coin flips": (telegraph(0.5), 1.0),
    "rare impulses of one size": ((np.random.default_rng(3).random(N) < 0.02) * 1.0, binary(0.02)),
    "eight levels": (np.random.default_rng(4).integers(0, 8, N) * 1.0, 3.0),
}


@pytest.mark.parametrize("name", DISCRETE)
def test_a_channel_of_few_values_is_worth_its_states_and_not_its_variance(noisy_pair, name):
    signal, hidden = DISCRETE[name]
    worth, left = judged(noisy_pair(signal))
    # a Gaussian law grants up to six bits a sample
    assert left < hidden + 0.05
    assert worth.claim == "estimate"


def test_impulses_and_bursts_are_worth_their_stretches(noisy_pair):
    rng = np.random.default_rng(9)
    rare = rng.random(N) < 0.02
    _, left = judged(noisy_pair(np.where(rare, 5 * noise(8), 0.0)))
    # where, and a Gaussian value of as many bits as its power over the noise's (30 dB of the mean power, 47 of its own)
    assert left < binary(0.02) + 0.02 * 0.5 * np.log2(1 + 1000 / 0.02)
    _, left = judged(noisy_pair(noise(7) * (1 + 0.9 * np.sin(0.011 * T))))
    # E log2(1 + c sin) = log2((1 + √(1 − c²))/2), against the square root of the mean power, 1 + c²/2; and ½ log2(1000)
    even = judged(noisy_pair(noise(7)))[1]
    assert left < even + np.log2((1 + np.sqrt(1 - 0.81)) / 2) - 0.5 * np.log2(1 + 0.405) + 0.1


def replays():
    first, fresh = noise(11, N // 4), noise(12, N // 4)
    half = np.interp(np.arange(N // 4) + 0.5, np.arange(N // 4), first)
    return {
        "louder and upside down": [first, -3 * first, fresh, first],
        "backwards": [first, first[::-1], fresh, fresh[::-1]],
        "half a sample later": [first, fresh, half, first],
        "begun anywhere": [first, fresh, first[300:], first[:300], fresh[700:], fresh[:700]],
    }


@pytest.mark.parametrize("name", replays())
def test_a_replay_is_worth_its_first_time(noisy_pair, name):
    parts = replays()[name]
    _, left = judged(noisy_pair(np.concatenate(parts)))
    _, fresh = judged(noisy_pair(noise(13)))
    # one of three kept quarters is new; a begin or end within 64 samples, and places are paid with about a tenth
    assert left < fresh / 3 + 0.35


# chaos seen through noise is new to whoever sees only that: a bit a sample for the logistic map, 0.6 for Hénon's, of
# which about half a bit is told again; a cubic and a chirp hold nothing, and are learnt as the record goes on
CREDITED = {"logistic": 0.75, "Hénon": 0.72, "a chirp that wraps": 1.0, "a cubic modulo 1": 1.7}


@pytest.mark.parametrize("law", CREDITED)
def test_a_nonlinear_law_loses_most_of_its_credit_and_the_claim(noisy_pair, law):
    x, t = np.empty(N), T.astype(float)
    x[:2] = 0.3
    for i in range(2, N):
        x[i] = 4 * x[i - 1] * (1 - x[i - 1]) if law == "logistic" else 1 - 1.4 * x[i - 1] ** 2 + 0.3 * x[i - 2]
    x = {"a chirp that wraps": np.sin(2 * np.pi * np.sqrt(2) * t**2), "a cubic modulo 1": np.sqrt(2) * t**3 % 1}.get(
        law, x
    )
    worth, left = judged(noisy_pair(x))
    # truth is 0 for who knows where it began; what is left is on the list of what THREATS.md says laws fool
    assert left < CREDITED[law]
    assert left < 2.0 < next(iter(worth.by.values())) - min(worth.by.values())
    assert worth.claim == "estimate"


@pytest.mark.parametrize("memory", [0.0, 0.9])
def test_an_honest_gaussian_channel_keeps_its_worth_and_its_claim(noisy_pair, memory):
    x = np.empty(20_000)
    x[0], e = 0.0, noise(14, 20_000)
    for i in range(1, len(x)):
        x[i] = memory * x[i - 1] + np.sqrt(1 - memory**2) * e[i]
    worth, left = judged(noisy_pair(x, 20.0))
    assert worth.claim == "bounded"
    assert min(worth.by.values()) > 0.99 * worth.by["stationary"]
    assert left > 1


@pytest.mark.parametrize("name", ["period of 701", "two clocks"])
def test_no_key_comes_of_it_in_the_end(noisy_pair, name):
    report = sf.run(SCHEME, noisy_pair(COMPUTED[name]), seed=SEED)
    assert report.secure_bits == 0
    assert report.claim == "none"
    assert not report.keys_a
    assert not report.keys_b


@pytest.mark.parametrize("lost", [0.1, 0.3])
@pytest.mark.parametrize("span", [1, 4, 16])
def test_what_was_drawn_into_gaps_is_worth_nothing(span, lost):
    x, heard = noise(15), np.random.default_rng(16).random(N) >= lost
    heard[[0, -1]] = True
    ends = [x + 0.03 * noise(seed) for seed in (17, 18)]
    filled = [np.interp(T, T[heard], v[heard]) for v in ends]
    scheme = sf.schemes.Strata(spans=(span,))

    def each(values, mask):
        """Return what a heard sample of the used blocks is worth."""
        spoken, kept = halves(
            Pair(*(Observation(v, 10.0, mask, end) for v, end in zip(values, "ab", strict=True))), None
        )
        terms = scheme.agree(spoken.a, spoken.b, SEED[:16])
        feature = scheme.feature(kept.a, terms)
        symbols = scheme.symbols(feature, terms, feature.usable)
        worth = scheme.worth(symbols, feature, terms, spoken=spoken.a, eve=None)
        blocks = kept.a.mask[: len(feature) * span].reshape(-1, span)[feature.usable]
        finer = [
            np.log2(np.diff(edges).mean() / np.linalg.norm(row))
            for strand in terms.strands
            for edges, row in zip(strand.edges, strand.basis, strict=True)
        ]
        return worth.per_symbol * len(symbols) / blocks.sum() + np.mean(finer)

    # of a white channel a heard sample is worth the same with gaps around it as without, in cells of one width
    assert each(filled, heard) < each(ends, np.ones(N, bool)) + 0.1
