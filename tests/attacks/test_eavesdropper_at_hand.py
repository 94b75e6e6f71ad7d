"""Attack: stand near the device, or hear the same walls, and estimate what it hears."""

from dataclasses import replace

import numpy as np
import pytest

import samefade as sf
from samefade.channel import SCENARIOS, Eve, Motion
from samefade.channel.eve import WAVELENGTH
from samefade.types import Observation, Pair

SEED = bytes(range(32))
PLACES = {"λ/20": WAVELENGTH / 20, "λ/2": WAVELENGTH / 2, "5 m": 5.0}
SCHEME = sf.schemes.Decimated()


def run_beside(world_pair, metres):
    case = replace(SCENARIOS["carried"], eve=Eve(distance=metres, shared=0.8))
    pair = world_pair(case, 3)
    return pair, sf.run(SCHEME, pair, seed=SEED)


@pytest.fixture(scope="module")
def places(world_pair):
    return {place: run_beside(world_pair, metres) for place, metres in PLACES.items()}


def best_linear_guess(pair, terms):
    """Fit a's feature on Eve's by hindsight, two samples to either side: more than she can know."""
    kept = sf.api.running.halves(pair, None)[1]
    a, e = (SCHEME.feature(end, terms).values for end in (kept.a, kept.e))
    inner = slice(2, len(a) - 2)
    near = np.column_stack([np.ones(len(a) - 4), *(np.roll(e, -k)[inner] for k in range(-2, 3))])
    estimate = near @ np.linalg.lstsq(near, a[inner])[0]
    cuts = np.arange(1, terms.levels) / terms.levels
    # she knows the law of what she estimates, hence the likeliest level: that of her estimate
    return np.searchsorted(np.quantile(a, cuts), estimate) == np.searchsorted(np.quantile(a, cuts), a[inner])


@pytest.mark.parametrize("place", PLACES)
def test_her_best_linear_estimate_is_right_no_more_often_than_the_account_says(places, place):
    pair, report = places[place]
    right = best_linear_guess(pair, report.terms)
    per_symbol = report.min_entropy_per_bit * np.log2(report.terms.levels)
    # three standard errors of a share
    assert right.mean() < 2**-per_symbol + 3 * np.sqrt(right.mean() * (1 - right.mean()) / len(right))


def test_secure_bits_fall_as_she_comes_nearer(places):
    worth = [places[place][1].ledger.earned for place in PLACES]
    secure = [places[place][1].secure_bits for place in PLACES]
    assert worth[0] < 0.5 * worth[1]
    assert secure[0] == 0 < secure[1]
    # beyond half a wavelength her correlation (.30, .03) is worth hardly more than the fit's own scatter
    assert worth[1] < 1.02 * worth[2]
    assert secure[1] < secure[2] + 0.02 * places["5 m"][1].bits


def test_her_guess_is_worth_its_name(places):
    assert best_linear_guess(*_terms(places["λ/20"])).mean() > 0.4
    assert best_linear_guess(*_terms(places["5 m"])).mean() < 0.25


def _terms(found):
    return found[0], found[1].terms


def test_shared_path_loss_alone_yields_nothing_when_she_hears_it_too(world_pair):
    walk = Motion(doppler=0.0, k_factor=1e6, drift_db=6.0, drift_seconds=0.7)
    case = replace(SCENARIOS["carried"], motion=walk, eve=Eve(distance=5.0, shared=1.0), seconds=2400.0)
    pair = world_pair(case, 4)
    alone = sf.run(SCHEME, Pair(pair.a, pair.b), seed=SEED)
    heard = sf.run(SCHEME, pair, seed=SEED)
    assert alone.keys_a  # without her recording the account does not know better
    assert heard.secure_bits == 0
    assert heard.claim == "none"


@pytest.mark.parametrize("late", [0, 2, 10, -300])
def test_she_is_not_forgotten_when_her_recording_is_matched_to_the_wrong_packet(noisy_pair, late):
    x = np.random.default_rng(5).standard_normal(6000)
    eve = np.roll(x, late) + 0.03 * np.random.default_rng(6).standard_normal(6000)
    assert sf.run(SCHEME, noisy_pair(x), seed=SEED).keys_a
    assert sf.run(SCHEME, noisy_pair(x, eve=eve), seed=SEED).secure_bits == 0


def test_symbols_that_no_threshold_explains_are_worth_nothing_beside_her(noisy_pair):
    x = np.random.default_rng(7).standard_normal(4000)
    scheme = sf.schemes.Raw(quantize=sf.quantize.Differential())
    kept = sf.api.running.halves(noisy_pair(x, eve=x), None)[1]
    terms = sf.types.Terms(rate=10.0)
    feature = scheme.feature(kept.a, terms)
    assert scheme.bits(feature, terms).ledger.earned > 500
    assert scheme.bits(feature, terms, eve=kept.e).ledger.earned == 0


def test_a_deaf_eavesdropper_changes_little(noisy_pair):
    x = np.random.default_rng(8).standard_normal(6000)
    without = sf.run(SCHEME, noisy_pair(x), seed=SEED)
    deaf = sf.run(SCHEME, noisy_pair(x, eve=np.random.default_rng(9).standard_normal(6000)), seed=SEED)
    assert 0.95 * without.secure_bits < deaf.secure_bits <= 1.01 * without.secure_bits
    assert isinstance(noisy_pair(x).a, Observation)
