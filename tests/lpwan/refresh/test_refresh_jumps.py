"""Counters that jump: joins, long silences, counters gone mad; a run skips what was never a frame."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from refresh_line import EUI, QUICK, Fades, Line, root

from samefade.lpwan.refresh import DeviceEnd, NetworkEnd, NoKey, Policy, Refreshed
from samefade.lpwan.refresh.messages import ASK, BEGIN, COMMIT, MORE, SPEAK, TERMS
from samefade.lpwan.refresh.pool import JUMP, MOST_JUMPS, Pool, closed_up

JOIN = 2**32
FRAMES = 1400  # without a jump a refresh takes some 350 on this line


class Jumping(Line):
    """A line whose counter jumps before some frames, and whose ends are killed at some chance."""

    def __init__(self, jumps, kill=0.0, **about):
        self.jumps, self.kill_share, self.count = dict(jumps), 0.0, 0
        super().__init__(**about)
        self.kill_share = kill

    def step(self):
        self.count += 1
        self.counter += self.jumps.get(self.count, 0)
        super().step()

    def kills(self, end, where):  # noqa: ARG002 -- the line's own names
        return self.chance.random() < self.kill_share


def test_a_join_in_the_middle_of_a_run_delays_nothing():
    plain = Jumping({}, seed=3, lost=0.1)
    plain.until(Refreshed, "device", most=FRAMES)
    joined = Jumping({120: JOIN - 119, 260: JOIN}, seed=3, lost=0.1)
    event = joined.until(Refreshed, "device", most=FRAMES)
    assert joined.count < plain.count + 120
    one, other = joined.secrets()
    assert one == other == event.root.reveal_secret_bytes()
    assert not joined.of(NoKey, "network")
    assert joined.network._asks.pool.burned > JOIN  # what was skipped is burned, too


@pytest.mark.parametrize("kind", [BEGIN, MORE, SPEAK, TERMS, ASK, COMMIT])
@pytest.mark.parametrize("kill", [0.0, 0.03])
def test_a_join_while_any_request_is_under_way(kind, kill):
    line = Jumping({}, kill, seed=5, lost=0.15)
    line.asks(kind)
    line.jumps = {line.count + 2: JOIN}
    event = line.until(Refreshed, "device", most=FRAMES)
    one, other = line.secrets()
    assert one == other == event.root.reveal_secret_bytes()


@pytest.mark.parametrize("jump", [JUMP - 1, JUMP, 1024, 1025, 20_000, 2**20, 2**40])
def test_a_silence_of_any_length_is_skipped(jump):
    """Weeks without a frame that was heard, or a counter that a defect moved on: 20,000 frames are 83 days of ours."""
    line = Jumping({150: jump, 280: jump}, seed=4, lost=0.1)
    event = line.until(Refreshed, "device", most=FRAMES)
    assert event.epoch == 1
    assert max(len(line.network_stored), len(line.device_stored)) <= 8192
    assert line.frames["up blocks"] < 250


def test_the_account_of_a_run_with_a_jump_counts_no_empty_places():
    """What the ends can share is measured by places; a jump must not raise that limit."""
    line = Jumping({200: JOIN}, seed=3, lost=0.0)
    line.asks(ASK)
    asks = line.network._asks
    heard = asks._all(asks._run)
    assert asks._run.end - asks._run.first > JOIN
    assert heard.end < 600
    assert len(heard.own()) == heard.end - heard.first


@pytest.mark.parametrize("jumped", ["network", "both"])
def test_a_counter_that_jumps_at_every_frame_gives_no_key_and_stays_small(jumped):
    device, network = DeviceEnd(EUI, root(), QUICK), NetworkEnd(EUI, root(), QUICK)
    fades, counter = Fades(1), 0
    for _ in range(1200):
        counter += 2**40
        up, down = fades.next()
        network.uplink(counter, up, device.uplink(counter, 30))
        block = network.downlink(50)
        device.downlink(counter if jumped == "both" else counter - counter // 2, down, block)
        network.work()
        assert len(network.reveal_secret_state_bytes()) <= 8192
        assert len(device.reveal_secret_state_bytes()) <= 8192
    assert (network.epoch, device.epoch) == (0, 0)
    assert network.pooled <= MOST_JUMPS + 1


def test_a_run_on_a_line_of_many_jumps_ends():
    """More jumps than a pool holds: the run gives up, and the next one begins anew."""
    line = Jumping({150 + 3 * i: 1000 for i in range(2 * MOST_JUMPS)}, seed=4, lost=0.0)
    line.until(NoKey, "network", most=FRAMES)
    event = line.until(Refreshed, "device", most=FRAMES)
    assert event.epoch == 1


def test_no_kept_sample_lies_in_the_guard_though_the_counter_jumped_over_it():
    """A join right behind the spoken share or behind a run: the frames after it are neighbours all the same."""
    line = Jumping({}, seed=6, lost=0.0, fades=Fades(6, memory=0.8))
    line.asks(SPEAK)
    line.jumps = {line.count + 1: JOIN}
    line.asks(ASK)
    asks = line.network._asks
    heard, guard = asks._all(asks._run), asks._guard
    assert guard > 1
    assert heard.kept[0][0] > heard.spoken[-1][0] + guard
    assert line.device._answers._terms.first == asks._terms().first


def test_the_next_run_begins_a_guard_behind_a_join_that_followed_the_last_one():
    line = Jumping({}, seed=6, lost=0.0, spare=(40, 40), fades=Fades(6, memory=0.8))
    line.asks(TERMS)
    end, guard = line.network._asks._run.end, line.network._asks._guard
    assert line.counter + 1 < end + guard
    line.jumps, joined = {line.count + 1: JOIN}, line.counter + JOIN + 1
    line.until(Refreshed, "device")
    line.asks(BEGIN)
    assert line.network._asks._run.first >= joined + guard


def test_places_that_are_closed_up_keep_small_steps_and_lose_jumps():
    assert closed_up([]) == []
    assert closed_up([7, 8, 10, 9 + JUMP, 10 + 2 * JUMP, 2**40]) == [0, 1, 3, 2 + JUMP, 3 + JUMP, 4 + JUMP]


@settings(deadline=None)
@given(st.lists(st.one_of(st.integers(1, 600), st.integers(1, 2**50)), max_size=80), st.data())
def test_a_pool_with_jumps_is_a_list_of_samples(steps, data):
    """Whatever is done with it, it holds what a plain list would."""
    pool, plain = Pool(60), []
    for place in itertools.accumulate(steps):
        if pool.full:
            before = len(plain)
            pool.make_room()
            plain = plain[len(plain) - len(pool) :]
            assert len(plain) < before
            assert not pool.full
        value = place & 0xFF
        assert pool.add(place, value)
        plain.append((place, value))
        deed = data.draw(st.integers(0, 9))
        if deed == 0:
            gone = data.draw(st.sampled_from(plain))
            assert pool.drop(gone[0])
            assert not pool.drop(gone[0])
            plain.remove(gone)
        if deed == 1:
            pool = Pool.again(60, pool.reveal_secret_parts())
        assert pool.samples() == plain
        assert len(pool) == len(plain) <= 60


def test_a_sample_that_was_taken_back_is_named_as_lacking():
    line = Line(seed=3, lost=0.0)
    for _ in range(40):
        line.step()
    pooled = line.network.pooled
    assert line.network.forget(line.counter)
    assert not line.network.forget(line.counter)
    assert line.network.pooled == pooled - 1
    gone = line.counter
    line.asks(SPEAK)
    line.step()
    assert gone not in line.device._answers.pool.places()
    assert gone - 1 in line.device._answers.pool.places()
    assert not line.network.forget(gone - 1)  # a run has named it
    line.until(Refreshed, "device")
    assert not NetworkEnd(EUI, root(), Policy(every=4)).forget(3)
