"""The air of a simulated deployment, against closed forms and against the duty cycle that `lpwan.duty` keeps."""

from dataclasses import replace
from math import exp, inf

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samefade.errors import OutOfRange
from samefade.lpwan.deploy import WALKING, Deployment, airing, day, loops, simulate
from samefade.lpwan.deploy.tally import COUNTS, together
from samefade.lpwan.duty import DutyKeeper
from samefade.lpwan.region_tables import AS923, AU915, EU868, US915

FREE = replace(EU868, bands=tuple(replace(band, duty=1) for band in EU868.bands))
ALONE = replace(FREE, uplinks=EU868.uplinks[:1])
STILL = ((replace(WALKING, k=1000.0), 1.0),)  # no fading to speak of


def aloha(**more):
    """One channel and spreading factor, everybody close, nobody answered."""
    about = {"region": ALONE, "sf": 7, "radius": 100, "motions": STILL, "budget": 1, "days": 1, "across": -inf}
    return Deployment(**about | more)


def test_pure_aloha_delivers_exp_of_minus_two_g_without_capture():
    # N. Abramson 1970: a frame survives if none begins within one airtime before or after; one frame in a slot of each
    # of the others, begun anywhere in it, overlaps with chance 2T/slot
    setting = aloha(devices=400, rate=40, capture=inf, seed=3)
    tally = together(simulate(replace(setting, days=3), each) for each in range(3))
    airtime = airing.air(setting.region, setting.payload, setting.noise_figure).up[0]
    load = setting.devices * setting.slots * airtime / 86_400
    sent, heard = tally.count("sent").sum(), tally.count("heard").sum()
    assert tally.up == pytest.approx(sent * airtime, rel=1e-9)
    # erlangs: what is offered; a device may end a day with a frame too late to be sent, one of 960
    assert tally.up / (3 * 86_400) == pytest.approx(load, rel=1e-3)
    # a device does not collide with itself; with n devices (1 − 2T/slot)^(n − 1), which is exp(−2G) for many
    expected = (1 - 2 * airtime * setting.slots / 86_400) ** (setting.devices - 1)
    assert expected == pytest.approx(exp(-2 * load), rel=0.003)
    # losses come in pairs: two frames share a collision, so the variance is at most twice that of coins (drawn: 1.45
    # times the deviation); five of these are passed by chance once in 1.7 million
    error = np.sqrt(2 * expected * (1 - expected) / sent)
    assert 0.05 < load < 0.5
    survived = (heard + tally.count("deaf").sum()) / sent  # some did while an answer to another one was sent
    assert survived == pytest.approx(expected, abs=5 * error)
    assert load * survived == pytest.approx(load * exp(-2 * load), rel=0.01)  # the throughput


def test_capture_delivers_more_and_never_both():
    one, other = (aloha(devices=400, rate=40, capture=limit, radius=1_000) for limit in (inf, 6.0))
    without, with_it = (simulate(setting, 0) for setting in (one, other))
    assert with_it.count("collided").sum() < without.count("collided").sum()


def collided(first, second, apart, *, sf=(0, 0), channel=(0, 0), levels=(-80.0, -80.0), limits=(6.0, -16.0)):
    """Send two frames of a second, `apart` seconds one after the other; return who is heard."""
    start = np.array([first, second])
    frames = (start, start + apart, np.array(channel), np.array(sf), np.zeros(2, bool))
    windows = np.zeros(2), np.zeros(2, np.int64), 0.1, 0, 1.0
    memory = np.zeros((1, 1)), np.full((1, loops.RING, 2), -inf), np.zeros(1, np.int64)
    out = np.zeros((2, 1), np.int64), np.full(2, -1), np.zeros(2, np.int64), np.zeros(2, np.int64), np.zeros(2)
    spacing, need = np.zeros(1), np.full(6, -120.0)
    loops.day(frames, np.array(levels)[:, None], windows, (spacing, need, *limits), memory, out)
    return (out[1] >= 0).tolist()


def test_two_frames_collide_by_time_channel_factor_and_strength():
    assert collided(0.0, 0.5, 1.0) == [False, False]
    assert collided(0.0, 1.0, 1.0) == [True, True]  # one after the other
    assert collided(0.0, 0.5, 1.0, channel=(0, 1)) == [True, True]
    assert collided(0.0, 0.5, 1.0, levels=(-80, -86.5)) == [True, False]
    assert collided(0.0, 0.5, 1.0, levels=(-85.5, -80)) == [False, False]  # 5.5 dB are not enough
    assert collided(0.0, 0.5, 1.0, sf=(0, 1)) == [True, True]
    assert collided(0.0, 0.5, 1.0, sf=(0, 1), levels=(-80, -97)) == [True, False]
    assert collided(0.0, 0.5, 1.0, sf=(0, 1), levels=(-80, -121)) == [True, False]  # too weak alone


def test_a_gateway_is_deaf_while_it_sends():
    setting = Deployment(region=FREE, devices=60, rate=40, radius=300, days=1)
    table, world, played = day.play(setting, 0)
    answered = played.window > 0
    assert answered.sum() > 1000
    down = np.where(played.window == 1, table.first_air[world.sf - 7, played.channel], table.second_air)
    order = np.argsort(played.answer[answered])
    begun, ended = played.answer[answered][order], (played.answer + down)[answered][order]
    assert np.all(begun[1:] >= ended[:-1])  # one frame at a time
    heard = played.server >= 0
    start, end = played.start[heard], (played.start + table.up[world.sf - 7])[heard]
    last = np.searchsorted(begun, end) - 1  # the last answer that began before the frame ended
    assert np.all((last < 0) | (ended[last] <= start))
    lost = (played.server < 0) & (played.why == loops.DEAF)
    assert lost.sum() == simulate(setting, 0).count("deaf").sum() > 0


def busiest_hour(start, airtime):
    """Return the most seconds on the air within any hour; the hour that begins or ends with a frame has it."""
    order = np.argsort(start)
    begun, air = start[order], np.broadcast_to(airtime, start.shape)[order]
    ended = begun + air
    edges = np.concatenate([begun, ended - 3600])

    def before(time):
        return np.concatenate([[0], np.cumsum(air)])[np.searchsorted(ended, time)] + np.clip(
            time - np.append(begun, inf)[np.searchsorted(ended, time)], 0, None
        )

    return float(np.max(before(edges + 3600) - before(edges), initial=0.0))


@settings(max_examples=12, deadline=None)
@given(
    st.sampled_from([EU868, AS923]), st.integers(0, 2**20), st.integers(2, 120), st.sampled_from([0, 11, 51]),
    st.sampled_from([None, 9, 10]),
)  # fmt: skip
def test_no_hour_of_any_day_has_more_than_the_duty_cycle(region, seed, rate, payload, sf):
    if payload > 11 and region is AS923:
        payload = 11
    setting = Deployment(region=region, devices=8, rate=rate, payload=payload, sf=sf, seed=seed, radius=4_000)
    days = [day.play(setting, each) for each in range(2)]
    table, world, _ = days[0]
    start = np.concatenate([played.start + 86_400 * i for i, (*_, played) in enumerate(days)])
    channel = np.concatenate([played.channel for *_, played in days])
    sent = np.isfinite(start)
    for band in np.unique(table.up_band):
        most = region.bands[band].duty * 3600
        for device in range(8):
            of = sent[:, device] & (table.up_band[channel[:, device]] == band)
            assert busiest_hour(start[of, device], table.up[world.sf[device] - 7]) <= most + 1e-6
    for band in {*table.first_band.tolist(), table.second_band}:
        begun, air = [], []
        for i, (*_, played) in enumerate(days):
            first = (played.window == 1) & (table.first_band[played.channel] == band)
            second = (played.window == 2) & (table.second_band == band)
            sf_ = np.broadcast_to(world.sf - 7, played.start.shape)
            begun += [played.answer[first | second] + 86_400 * i]
            air += [np.where(first, table.first_air[sf_, played.channel], table.second_air)[first | second]]
        assert busiest_hour(np.concatenate(begun), np.concatenate(air)) <= region.bands[band].duty * 3600 + 1e-6


def test_the_busiest_hour_is_found():
    assert busiest_hour(np.array([0.0, 10, 3_600, 9_000]), np.array([1.0, 2, 3, 4])) == 5.0  # from 10 s on
    assert busiest_hour(np.array([0.0, 10, 3_597, 9_000]), np.array([1.0, 2, 3, 4])) == 6.0


def test_frames_are_not_sent_sooner_than_the_one_at_a_time_rule_allows():
    """`lpwan.duty` decides frame by frame; what is drawn here never comes earlier than it would allow."""
    setting = Deployment(devices=3, rate=60, sf=12, payload=51)
    table, _, played = day.play(setting, 0)
    for device in range(3):
        keeper, air = DutyKeeper(EU868, "time-off"), float(table.up[5])
        for start, channel in zip(played.start[:, device], played.channel[:, device], strict=True):
            if np.isfinite(start):
                frequency = int(table.channels[channel])
                assert keeper.earliest(float(start), frequency, air) <= start
                keeper.sent(float(start), frequency, air)
    counts = simulate(setting, 0)
    assert counts.count("delayed").sum() > 0
    assert np.all(counts.count("sent") + counts.count("delayed") == setting.slots)


def test_every_frame_is_accounted_for():
    for setting in (Deployment(devices=200, rate=30, gateways=3), Deployment(region=US915, devices=100, budget=10)):
        tally = simulate(setting, 0)
        count = {name: tally.count(name) for name in COUNTS}
        assert np.all(count["planned"] == count["sent"] + count["delayed"])
        assert np.all(count["sent"] == count["heard"] + count["weak"] + count["collided"] + count["deaf"])
        assert np.all(count["asked"] == count["answered"] + count["duty"] + count["busy"])
        assert np.all(count["answered"] == count["pairs"] + count["missed"])
        assert tally.down.shape == (setting.gateways,)


def test_a_budget_is_kept_every_day():
    tally = simulate(Deployment(devices=50, radius=500, budget=10), 0)
    assert tally.count("answered").max() <= 10
    assert tally.count("asked").max() <= 10
    assert tally.count("answered").sum() > 300


def test_rate_control_gives_farther_devices_slower_frames():
    _, world, _ = day.play(Deployment(devices=300, radius=3_000, motions=((WALKING, 1.0),)), 0)
    near = np.linalg.norm(world.place, axis=1)
    assert set(np.unique(world.sf)) == {7, 8, 9, 10, 11, 12}
    means = [near[world.sf == sf].mean() for sf in range(7, 13)]
    assert all(np.diff(means) > 0)
    _, fewer, _ = day.play(Deployment(region=US915, devices=50, radius=6_000, payload=11), 0)
    assert fewer.sf.max() == 10  # the slowest that its dwell limit leaves


@pytest.mark.parametrize("region", [EU868, US915, AU915, AS923])
def test_every_region_gives_pairs(region):
    assert simulate(Deployment(region=region, devices=30, payload=11), 0).count("pairs").sum() > 100


def test_what_makes_no_sense_is_refused():
    for wrong in (
        {"devices": 0}, {"rate": 0}, {"motions": ()}, {"motions": ((WALKING, 0.5),)}, {"efficiency": 1.1},
        {"devices": 1_000_000, "gateways": 64}, {"motions": ((WALKING, 2.0), (WALKING, -1.0))}, {"eve_device": -1.0},
    ):  # fmt: skip
        with pytest.raises(OutOfRange):
            Deployment(**wrong)
    with pytest.raises(OutOfRange):
        simulate(Deployment(payload=242, region=AS923, devices=2, sf=12), 0)
    with pytest.raises(OutOfRange):
        airing.air(replace(EU868, rates=()), 10, 6.0)


def test_a_large_place_is_cut_into_parts_of_days_that_keep_the_rules():
    setting = Deployment(devices=12, rate=60, radius=3_000, seed=4, budget=40)
    whole, cut = (loads_of(setting, most) for most in (8_000_000, 12 * 60 * 3))
    assert (whole[0], cut[0]) == (1, 24)
    for _, tally, hours in (whole, cut):
        assert tally.days == pytest.approx(1)
        assert np.all(tally.count("planned") == setting.slots)
        assert tally.count("answered").max() <= 40
        assert max(hours) <= 36 + 1e-6
    # an hour's end costs a delayed frame or two of a slow device, and nothing else differs but chance
    sent = [tally.count("sent").sum() for _, tally, _ in (whole, cut)]
    assert sent[1] == pytest.approx(sent[0], rel=0.05)


def loads_of(setting, most):
    """Return how many parts a day has, what they come to, and each device's busiest hour in the first sub-band."""
    from samefade.lpwan.deploy import setting as module

    before, module.MOST = module.MOST, most
    try:
        parts = setting.parts
        played = [day.play(setting, piece) for piece in range(parts)]
        tally = together(simulate(setting, piece) for piece in range(parts))
        start = np.concatenate([one.start + setting.span * i for i, (*_, one) in enumerate(played)])
    finally:
        module.MOST = before
    table, world, _ = played[0]
    hours = []
    for device in range(setting.devices):
        sent = start[np.isfinite(start[:, device]), device]
        hours.append(busiest_hour(sent, table.up[world.sf[device] - 7]))
    return parts, tally, hours
