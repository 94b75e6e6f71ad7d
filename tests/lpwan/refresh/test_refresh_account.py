"""The account against what a simulated link truly shares; losses that follow the fade; channels that come again."""

from dataclasses import replace

import numpy as np
import pytest
from refresh_truth import balances

from samefade.lpwan.refresh import Policy
from samefade.lpwan.refresh.again import came_again
from samefade.lpwan.refresh.talk import Heard, _worth
from samefade.lpwan.refresh.terms import learn
from samefade.types import Bits


@pytest.mark.parametrize("link", [(0.0, 0.5, 0.0), (0.6, 0.5, 0.2), (0.6, 1.0, 0.1), (0.9, 1.0, 0.0)])
def test_no_account_claims_more_than_the_link_shares(link):
    """20 seeds each are in `measure_truth.py`: none claims more."""
    claimed, true = balances(1, *link)
    assert 0 < claimed < true


def test_what_eve_knows_is_seen_where_it_is_conceded_and_nowhere_else():
    """The referee can fail: an Eve nobody told the account of makes the claim wrong, and docs say so."""
    silent, true = balances(1, 0.6, 0.5, 0.2, eve=0.97, admitted=False)
    assert silent > true
    admitted, same = balances(1, 0.6, 0.5, 0.2, eve=0.9)
    assert admitted < same
    assert admitted < balances(1, 0.6, 0.5, 0.2)[0] - 300


@pytest.mark.parametrize("follows", [True, False])
def test_the_price_of_a_string_falls_where_losses_follow_its_fade(follows):
    """Through the refresh's own pricing: frames are heard above a level, or by chance at the same rate."""
    chance, n = np.random.default_rng(3), 1500
    x = np.zeros(n)
    for i in range(1, n):
        x[i] = 0.8 * x[i - 1] + 0.6 * chance.normal()
    b = np.round(2 * (63 + 8 * x)).astype(int)
    heard = x + 0.3 * chance.normal(size=n) > -0.36 if follows else chance.random(n) > 0.36
    places = np.flatnonzero(heard).tolist()
    first, policy = places[:300], Policy(most=2048)
    learnt = learn(policy, first, b[first].tolist(), b[first].tolist(), 1.0)
    told = learnt.told(first[-1])
    kept = [place for place in places if place >= told.first]
    spoken = [(place, b[place]) for place in first]
    run = Heard(spoken, bytes(b[first].tolist()), [(place, b[place]) for place in kept], told.first, n)
    cells = np.array([told.cell(b[place]) for place in kept])
    bits = Bits(np.concatenate([(cells >> plane) & 1 for plane in range(told.width)]).astype(np.uint8))
    weighed = _worth(learnt, run, bits, policy).per_symbol
    paid = _worth(learnt, run, bits, replace(policy, losses="paid")).per_symbol  # of which naming comes off later
    assert (paid - weighed > 0.08) == follows
    assert weighed <= paid


def fading(n, memory, seed, period=None):
    """Return a fade that comes again after a period, with noise that does not."""
    chance = np.random.default_rng(seed)
    x = np.zeros(n)
    for i in range(1, n):
        x[i] = memory * x[i - 1] + np.sqrt(1 - memory**2) * chance.normal()
    around = x if period is None else x[np.arange(n) % period]
    return 8 * around + 0.5 * chance.normal(size=n), np.flatnonzero(chance.random(n) < 0.7)


@pytest.mark.parametrize("period", [40, 144, 240, 400])
def test_what_comes_again_is_found_through_losses(period):
    values, places = fading(900, 0.6, 1, period)
    found = came_again(places.tolist(), values[places].tolist(), 450, 900)
    assert len(found) == 450
    assert np.corrcoef(found, values[450:])[0, 1] > 0.7


@pytest.mark.parametrize("memory", [0.0, 0.6, 0.9, 0.97])
def test_what_does_not_come_again_is_left_alone(memory):
    """Five deviations: by chance one record in some thousands; 25 of each memory are looked at here."""
    for seed in range(25):
        values, places = fading(900, memory, seed)
        assert came_again(places.tolist(), values[places].tolist(), 450, 900) is None, seed


def test_a_record_too_short_or_still_does_not_come_again():
    assert came_again(range(40), [1.0] * 40, 20, 40) is None
    assert came_again(range(400), [1.0] * 400, 200, 400) is None


def test_a_route_is_known_by_what_an_earlier_run_spoke_of_it():
    """The kept half alone shows no period: it is the earlier run's spoken share that comes again."""
    values, places = fading(1200, 0.6, 1, 800)
    earlier, now = places[places < 350], places[places >= 600]
    told = [(int(at), values[at]) for at in (*earlier, *now)]
    found = came_again([at for at, _ in told], [value for _, value in told], 750, 1200)
    heard = np.abs(found[50:350]) > 0
    assert np.corrcoef(found[50:350][heard], values[800:1100][heard])[0, 1] > 0.9
    without = [(at - 600, value) for at, value in told if at >= 600]
    assert came_again([at for at, _ in without], [value for _, value in without], 150, 600) is None
