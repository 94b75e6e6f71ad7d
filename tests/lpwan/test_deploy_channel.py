"""What the simulated pairs share, against closed forms; and that a simulation does not depend on how it is cut."""

import pickle
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from scipy.special import j0

from samefade.bench import each
from samefade.channel.correlation import Shadowing
from samefade.entropy.correlated import correlated_information
from samefade.lpwan.deploy import (
    STATIC,
    VEHICLE,
    WALKING,
    Deployment,
    Motion,
    closed,
    fades,
    outcomes,
    protocol,
    readings,
    sample,
    simulate,
)
from samefade.lpwan.deploy.protocol import refresh
from samefade.lpwan.deploy.tally import together
from samefade.lpwan.deploy.world import World, begin, hata, place, state
from samefade.lpwan.region_tables import EU868

FREE = replace(EU868, bands=tuple(replace(band, duty=1) for band in EU868.bands))
# everybody close to the gateway: nothing is lost but by collisions, which are frequent where they are strong alike
CLOSE = {"region": FREE, "sf": 7, "radius": 150, "payload": 4, "devices": 150}


def computed(setting):
    return together(simulate(setting, each_day) for each_day in range(setting.days))


def moments(tally):
    """Return covariances of gateway, device and Eve of each device, and how many pairs."""
    m = tally.moments
    n = m[:, 0, 0][:, None, None]
    mean = m[:, 0, 1:4] / n[:, 0]
    return m[:, 1:4, 1:4] / n - mean[:, :, None] * mean[:, None, :], n[:, 0, 0]


KINDS = [STATIC, WALKING, VEHICLE, Motion("slow", stir=0.02, k=1.0), Motion("always", speed=1.4, active=1.0)]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
@pytest.mark.parametrize("eve", [{"eve_device": 0.05}, {"eve_device": 1e6, "eve_gateway": 30.0}], ids=["near", "far"])
def test_covariances_are_those_of_the_closed_form(kind, eve):
    setting = Deployment(**CLOSE, motions=((kind, 1.0),), days=2, seed=7, **eve)
    world = place(setting)
    found, n = moments(computed(setting))
    assert n.min() > 200
    # the path loss enters through noise alone, which at 60 dB and more is nothing
    expected = closed.pair(setting, kind, 7, float(np.median(world.loss))).covariance
    mean, error = found.mean(axis=0), found.std(axis=0, ddof=1) / np.sqrt(len(found))
    mean *= np.mean(n / (n - 1))
    # what stirs slowly stays from frame to frame, which makes a device's own mean eat some of its variance
    stays = 0.01 * np.abs(expected) if kind.name == "slow" else 0.0
    # nine entries, ten parameters: 90 comparisons; six of the errors of 150 devices: all hold but for one in a million
    assert np.all(np.abs(mean - expected) <= 6 * error + stays + 2e-3)


@pytest.mark.parametrize("kind", [WALKING, VEHICLE], ids=lambda kind: kind.name)
def test_information_is_that_of_the_closed_form_within_its_standard_error(kind):
    setting = Deployment(**CLOSE, motions=((kind, 1.0),), days=3, seed=11, efficiency=0.95)
    found = outcomes(setting, computed(setting))
    expected = closed.pair(setting, kind, 7, float(np.median(place(setting).loss)))
    # metres are passed from one frame to the next: the pair before tells nothing of this one for these kinds
    assert WALKING.travel * 360 / setting.shadowing.distance > 2
    error = found.left.std(ddof=1) / np.sqrt(len(found.left))
    before = 0.002 if kind is WALKING else 0.0  # two correlation distances leave 1.7 % of the shadows' variance
    # five errors: by chance once in 1.7 million; bits of one device spread like χ², their mean of 150 like a Gaussian
    assert found.left.mean() == pytest.approx(expected.bits, abs=5 * error + before)
    assert found.shared.mean() > found.left.mean() > found.secret.mean() > 0
    assert np.all(np.isfinite(found.pooled)) or kind is not WALKING


def test_the_turn_around_is_that_of_jakes():
    """The gains that both ends hear, before noise and decibels, have J0(2π f τ) between them."""
    kind = Motion("tested", speed=0.2, active=1.0)
    setting = Deployment(**CLOSE, motions=((kind, 1.0),))
    world = place(setting)
    rng = np.random.default_rng(1)
    delay = np.linspace(0.2, 6, 100)
    rho, moved = readings.kept_over(setting, world, np.zeros(100, int), delay, rng)
    np.testing.assert_allclose(rho, j0(2 * np.pi * 0.2 * world.carrier / 299_792_458 * delay), atol=1e-12)
    np.testing.assert_allclose(moved, 0.2 * delay)


def test_shadows_along_a_day_are_those_of_gudmundson():
    kind = Motion("tested", speed=0.05, active=1.0)  # 18 m from frame to frame
    setting = Deployment(devices=4_000, motions=((kind, 1.0),), seed=2, shadowing=Shadowing(6.0, 50.0))
    world = place(setting)
    times = (np.arange(20)[:, None] + np.zeros(4_000)) * 360.0
    shadows, gains = fades.walk(setting, world, state(setting, world, 0), times, np.random.default_rng(3))
    for lag in (1, 2, 5, 10):
        found = np.mean(shadows[lag] * shadows[0], axis=0) / 36
        # 4,000 devices: the mean of a product of two Gaussians of correlation ρ has the error √((1 + ρ²)/n)
        expected = np.exp(-lag * 18 / 50)
        assert found == pytest.approx(expected, abs=6 * np.sqrt((1 + expected**2) / 4_000))
    assert np.mean(np.abs(gains) ** 2) == pytest.approx(1.0, abs=0.02)
    assert np.std(shadows) == pytest.approx(6.0, abs=0.06)


def test_who_never_moves_keeps_the_shadow_for_days():
    setting = Deployment(devices=50, motions=((STATIC, 1.0),))
    world = place(setting)
    first, tenth = (state(setting, world, each_day).shadows for each_day in (0, 10))
    np.testing.assert_array_equal(first, tenth)
    moving = Deployment(devices=50, motions=((WALKING, 1.0),))
    assert abs(np.corrcoef(begin(moving).shadows[:, 0], state(moving, place(moving), 1).shadows[:, 0])[0, 1]) < 0.5


def test_path_loss_is_hata():
    # M. Hata 1980 at 900 MHz, 30 m, 1.5 m, 1 km: 126.4 dB (his curves), and 35.22 dB a decade
    assert float(hata(np.array(1_000.0), 900e6)) == pytest.approx(126.4, abs=0.1)
    assert float(hata(np.array(10_000.0), 900e6) - hata(np.array(1_000.0), 900e6)) == pytest.approx(35.22, abs=0.01)


def test_nothing_is_claimed_where_nothing_varies():
    frozen = Motion("frozen", stir=0.0, k=1.0)
    setting = Deployment(**CLOSE, motions=((frozen, 1.0),), days=2)
    found = outcomes(setting, computed(setting))
    assert np.all(found.secret == 0)
    assert np.all(np.isinf(found.days))
    # a device may stand in a fade for good
    assert set(found.limits) - {"too weak a link"} == {"nothing that varies"}
    assert found.total()["days_a_key"] is None


def test_nothing_is_claimed_where_eve_hears_the_same():
    setting = Deployment(**CLOSE, motions=((WALKING, 1.0),), days=3, eve_device=0.001)
    found = outcomes(setting, computed(setting))
    assert np.all(found.secret == 0)
    assert np.median(found.shared) > 0.1  # the ends agree well, and so does she
    assert set(found.limits) == {"Eve hears it too"}


def test_few_pairs_say_nothing():
    setting = Deployment(devices=20, budget=1, days=2)
    found = outcomes(setting, computed(setting))
    assert np.all(np.isnan(found.correlation))
    assert np.all(np.isnan(found.shared))
    assert np.all(np.isinf(found.days))


def test_false_keys_are_rare_where_the_ends_share_nothing():
    """A turn-around of many coherence times, and shadows shared with Eve: no key is there to be found."""
    kind = Motion("lost", speed=30.0, active=1.0)
    setting = Deployment(**CLOSE | {"devices": 300}, motions=((kind, 1.0),), days=3, shadowing=Shadowing(0.0, 50.0))
    found = outcomes(setting, computed(setting))
    # three standard errors: one in 741 of normal ones is above, and the reconciliation is paid too
    assert np.count_nonzero(found.secret) <= 4


def test_the_sum_does_not_depend_on_how_the_work_is_cut():
    setting = Deployment(devices=40, days=3, seed=9)
    here = [simulate(setting, each_day, (3, 5)) for each_day in range(3)]
    there = dict(each(partial(simulate, setting), [2, 0, 1], workers=1))  # other tests send work to processes
    for place_, number in enumerate([2, 0, 1]):
        for name in ("counts", "moments", "down"):
            np.testing.assert_array_equal(getattr(here[number], name), getattr(there[place_], name))
    whole = together(here)
    assert whole.days == 3
    assert len(whole.frames[3]) == whole.count("sent")[3]
    assert not np.array_equal(here[0].counts, here[1].counts)
    other = simulate(replace(setting, seed=10), 0)
    assert not np.array_equal(here[0].counts, other.counts)


def test_frames_that_are_followed_are_those_that_were_counted():
    setting = Deployment(**CLOSE | {"devices": 5}, days=1)
    tally = simulate(setting, 0, (2,))
    rows = tally.frames[2]
    assert np.all(np.diff(rows[:, 1]) > 0)
    assert (len(rows), rows[:, 2].sum()) == (tally.count("sent")[2], tally.count("heard")[2])
    assert np.isfinite(rows[:, 4]).sum() == tally.count("answered")[2]
    pairs = rows[np.isfinite(rows[:, 5]), 4:]
    assert len(pairs) == tally.count("pairs")[2]
    now = pairs[1:]
    np.testing.assert_allclose(tally.moments[2, 1:4, 1:4], now.T @ now)
    world = place(setting)
    assert isinstance(world, World)


def test_a_deployment_travels_to_other_processes():
    setting = Deployment()
    assert pickle.loads(pickle.dumps(setting)) == setting


def test_what_is_left_never_exceeds_what_is_shared_by_more_than_its_error():
    setting = Deployment(devices=150, days=3)
    found = outcomes(setting, computed(setting))
    known = np.isfinite(found.shared)
    assert np.all(found.secret[known] <= found.left[known])
    one = correlated_information(0.5, 0.3, 0.3, circular=False)
    assert one < correlated_information(0.5, circular=False)


def test_the_real_protocol_gets_keys_where_the_estimate_does_and_none_where_it_does_not():
    """A turn-around of milliseconds among deep shadows, which class A does not have, and one of class A."""
    quick = Deployment(
        **CLOSE | {"region": replace(FREE, delay=0.02), "devices": 20}, motions=((SHADOWED, 1.0),), days=7,
        shadowing=Shadowing(10.0, 50.0), eve_device=500.0,
    )  # fmt: skip
    slow = replace(quick, region=FREE, motions=((WALKING, 1.0),), shadowing=Shadowing(6.0, 50.0))
    for setting, keys in ((quick, True), (slow, False)):
        tally = together(simulate(setting, each_day, (4,)) for each_day in range(setting.days))
        found, refreshed = outcomes(setting, tally), refresh(setting, (4, tally.frames[4]))
        assert refreshed.equal
        assert np.isfinite(found.days[4]) == bool(refreshed.days) == keys
        if keys:
            # the price is a mean of links; this record, its cells and its errors are one
            assert 0.5 * found.days[4] < refreshed.days[0] < 2 * found.days[4]
        else:
            assert found.limits[4] == "the length of a run"
            assert dict(refreshed.refused).keys() <= {"too little entropy", "not reciprocal"}


SHADOWED = replace(WALKING, k=3.0)


def test_a_budget_keeps_counters_that_the_protocol_accepts():
    for budget in (10, 7, float("inf")):
        setting = Deployment(devices=3, budget=budget, days=2)
        for device in range(3):
            frames = [(d, slot) for d in range(2) for slot in range(setting.slots)]
            counters = [protocol._counter(setting, device, d, slot) for d, slot in frames]
            assert np.all(np.diff(counters) > 0)
            for (_, slot), counter in zip(frames, counters, strict=True):
                assert (counter % setting.every == 0) == ((slot + device) % setting.every == 0)


def test_a_sample_has_every_kind():
    setting = Deployment(devices=50)
    chosen = sample(setting, 6)
    kinds = place(setting).motion[list(chosen)]
    assert np.bincount(kinds).tolist() == [2, 2, 2]
    assert sample(setting, 0) == ()
