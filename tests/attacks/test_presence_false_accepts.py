"""Attack: try again and again with channels that have nothing to do with each other. The target rate must hold.

Slow channels give long runs of like samples, and a score that takes samples for independent accepts them by the dozen.
`python -m benchmarks presence` counts the same with more trials, channels and windows.
"""

import numpy as np
import pytest
from scipy import stats

from samefade.channel import ar1, jakes
from samefade.presence import Decide, Heard, rates

TARGET, TRIALS = 0.05, 80
# power: of 80 trials at 5 % more than 12 are accepted once in 5,000 tests; a verifier that takes samples for
# independent accepts more than 16, as a test below shows, and is caught; the seeds are fixed
MOST = int(stats.binom.isf(2e-4, TRIALS, TARGET))

CHANNELS = {
    "white": lambda n, rng: ar1(n, 0.0, rng),
    "coherence of 10 samples": lambda n, rng: ar1(n, np.exp(-1 / 10), rng),
    "coherence of 100 samples": lambda n, rng: ar1(n, np.exp(-1 / 100), rng),
    "coherence of 3,000 samples": lambda n, rng: ar1(n, np.exp(-1 / 3000), rng),
    "Jakes 1 Hz": lambda n, rng: jakes(n, 1.0, 10.0, rng),
    "Jakes 0.05 Hz": lambda n, rng: jakes(n, 0.05, 10.0, rng),
    "quiet room": lambda n, rng: jakes(n, 0.3, 10.0, rng, 10.0),
}


def whole_db(fade, rng, snr=20.0):
    n = len(fade)
    noise = 10 ** (-snr / 20) * (rng.standard_normal(n) + 1j * rng.standard_normal(n)) / np.sqrt(2)
    return np.rint(20 * np.log10(np.abs(fade + noise) + 1e-6))


def p_values(make, n, seed, *, snr=20.0, loss=0.0):
    rng = np.random.default_rng([seed, n])
    found = []
    for _ in range(TRIALS):
        kept = [np.flatnonzero(rng.random(n) >= loss) for _ in "ab"]
        a, b = (Heard(k, whole_db(make(n, rng), rng, snr)[k]) for k in kept)
        found.append((Decide(most_lag=0).measure(a, b).p_value, a, b))
    return found


@pytest.mark.parametrize("n", [64, 200])
@pytest.mark.parametrize("name", CHANNELS)
def test_independent_channels_are_accepted_no_oftener_than_the_target(name, n):
    accepted = sum(p <= TARGET for p, _, _ in p_values(CHANNELS[name], n, 51))
    assert accepted <= MOST
    assert rates.clopper_pearson(accepted, TRIALS, 0.999).low <= TARGET


@pytest.mark.parametrize("snr", [10.0, 60.0])
def test_nor_with_much_noise_or_none(snr):
    accepted = sum(p <= TARGET for p, _, _ in p_values(CHANNELS["Jakes 0.05 Hz"], 200, 52, snr=snr))
    assert accepted <= MOST


@pytest.mark.parametrize("loss", [0.2, 0.5])
def test_nor_with_lost_packets(loss):
    accepted = sum(p <= TARGET for p, _, _ in p_values(CHANNELS["coherence of 10 samples"], 200, 53, loss=loss))
    assert accepted <= MOST


def test_a_score_that_takes_samples_for_independent_accepts_far_too_often():
    # else the tests above would prove nothing
    naive = 0
    for _, a, b in p_values(CHANNELS["coherence of 100 samples"], 200, 51):
        r = np.corrcoef(a.values[:, 0], b.values[:, 0])[0, 1]
        naive += stats.norm.sf(np.arctanh(r) * np.sqrt(len(a) - 3)) <= TARGET
    assert naive > 0.2 * TRIALS


def test_two_rooms_that_share_weather_are_two_rooms():
    # one temperature drifts through all rooms: the same at both ends and in no way presence
    shared = 6 * np.sin(2 * np.pi * np.arange(200) / 400 + 0.4)

    def warmed(n, rng):
        return ar1(n, 0.9, rng) * 10 ** (shared[:n] / 20)

    assert sum(p <= TARGET for p, _, _ in p_values(warmed, 200, 54)) <= MOST
