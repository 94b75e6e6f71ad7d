"""Attack: let the channel be one that Eve can compute: periodic, swept, replayed. No key may come of it."""

import numpy as np
import pytest

import samefade as sf

SEED = bytes(range(32))
N = 9000
T = np.arange(N)


def repeated(period, seed=1):
    return np.tile(np.random.default_rng(seed).standard_normal(period), N // period + 1)[:N]


def tones(count):
    w = np.random.default_rng(7).uniform(0.05, 3.1, count)
    return np.sin(np.outer(T, w) + 900 * w).sum(axis=1)


def henon():
    x, y = np.empty(N), 0.1
    x[0] = 0.1
    for i in range(1, N):
        x[i], y = 1 - 1.4 * x[i - 1] ** 2 + y, 0.3 * x[i - 1]
    return x


def jumps():
    return np.where((T // 37 % 3 == 0) ^ (T // 53 % 2 == 0), 1.0, -1.0)


SIGNALS = {
    "period of two": np.where(T % 2, 1.0, -1.0),
    "ramp": T.astype(float),
    "sawtooth": (T % 97).astype(float),
    "slow sawtooth": (T % 1000).astype(float),
    "sinusoid": np.sin(0.0731 * T),
    "slow sinusoid": np.sin(0.0031 * T),
    "five tones": tones(5),
    "forty tones": tones(40),
    "square wave": np.sign(np.sin(2 * np.pi * T / 61.3 + 0.1)),
    "slow square wave": np.sign(np.sin(2 * np.pi * T / 1000 + 0.1)),
    "two clocks": jumps(),
    "chirp": np.sin(np.pi * 0.5 * T**2 / N),
    "slow chirp": np.sin(np.pi * 0.05 * T**2 / N),
    "siren": np.sin(2 * np.pi * np.cumsum(0.25 + 0.2 * np.sin(2 * np.pi * T / 700))),
    "period of 40": repeated(40),
    "period of 512": repeated(512),
    "period of 701": repeated(701),
    "period of 2000": repeated(2000),
    "replay of what was spoken": repeated(N // 4),
    "Hénon map": henon(),
}


@pytest.mark.parametrize("name", SIGNALS)
def test_a_channel_that_can_be_computed_gives_no_key(noisy_pair, name):
    report = sf.run(sf.schemes.Decimated(), noisy_pair(SIGNALS[name]), seed=SEED)
    assert report.secure_bits == 0
    assert report.claim == "none"
    assert report.refusal is not None
    assert not report.keys_a
    assert not report.keys_b


@pytest.mark.parametrize("snr_db", [20, 40])
@pytest.mark.parametrize("name", ["forty tones", "siren", "period of 701", "replay of what was spoken"])
def test_nor_does_more_or_less_noise_help(noisy_pair, name, snr_db):
    for scheme in (sf.schemes.Decimated(), sf.schemes.Raw()):
        assert not sf.run(scheme, noisy_pair(SIGNALS[name], snr_db), seed=SEED).keys_a


def test_the_same_link_with_a_channel_that_nobody_can_compute_gives_keys(noisy_pair):
    # else the tests above would prove nothing
    x = np.random.default_rng(2).standard_normal(N)
    assert len(sf.run(sf.schemes.Decimated(), noisy_pair(x), seed=SEED).keys_a) > 20


def test_a_record_whose_second_half_repeats_the_first_is_paid_once(noisy_pair):
    half = np.random.default_rng(3).standard_normal(N // 2)
    once = sf.run(sf.schemes.Decimated(), noisy_pair(np.random.default_rng(4).standard_normal(N)), seed=SEED)
    twice = sf.run(sf.schemes.Decimated(), noisy_pair(np.concatenate([half, half])), seed=SEED)
    # of the kept three quarters one third is new: the last two repeat what was spoken and the first of them
    assert twice.secure_bits < once.secure_bits / 3


def test_rare_jumps_do_not_pass_for_noise(noisy_pair):
    # errors that are mostly tiny and seldom huge have a large variance and hold little
    rng = np.random.default_rng(5)
    x = np.cumsum(np.where(rng.random(N) < 0.01, 3 * rng.standard_normal(N), 0.0))
    x -= np.convolve(x, np.ones(401) / 401, "same")
    report = sf.run(sf.schemes.Raw(), noisy_pair(x, 40), seed=SEED)
    assert report.secure_bits == 0


@pytest.mark.parametrize("snr_db", [20, 30])
@pytest.mark.parametrize("law", ["logistic", "a chirp that wraps", "a cubic modulo 1"])
def test_a_law_of_few_dimensions_gives_no_key(noisy_pair, law, snr_db):
    x = np.full(N, 0.3)
    for i in range(1, N):
        x[i] = 4 * x[i - 1] * (1 - x[i - 1])
    t = T.astype(float)
    x = {"logistic": x, "a chirp that wraps": np.sin(2 * np.pi * np.sqrt(2) * t**2)}.get(law, np.sqrt(2) * t**3 % 1)
    report = sf.run(sf.schemes.Decimated(), noisy_pair(x, snr_db), seed=SEED)
    assert not report.keys_a
    assert report.claim == "none"


def test_a_law_that_only_eve_knows_is_not_found_and_threats_md_says_so(noisy_pair):
    # no estimator that sees only samples can: when one of ours does, THREATS.md must change
    report = sf.run(sf.schemes.Decimated(), noisy_pair(np.random.default_rng(0).standard_normal(N)), seed=SEED)
    assert report.keys_a
    assert any("nobody guesses" in text for text in report.ledger.assumptions)
