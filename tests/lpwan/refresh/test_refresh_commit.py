"""The two-phase commit, at every point where a frame can be lost or an end be killed."""

from dataclasses import replace
from itertools import product
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from refresh_line import QUICK, Fades, Line

from samefade.lpwan.refresh import NoKey, Refreshed
from samefade.lpwan.refresh.messages import ASK, COMMIT, SPEAK, TERMS

OUTCOMES = ("fine", "up", "down", *range(6))  # what is lost, or at which chance an end is killed


class Scripted(Line):
    """A line on which each frame has an outcome, and those after the last one are fine."""

    def __init__(self, outcomes=(), **about):
        self.outcomes, self.outcome, self.chances = list(outcomes), "fine", 0
        super().__init__(**about)

    def step(self):
        self.outcome, self.chances = self.outcomes.pop(0) if self.outcomes else "fine", 0
        super().step()
        held = (self.device._secret, self.device._answers.next)
        names = [one.root.name for one in held if one is not None]
        assert self.network._secret.root.name in names, "the device lost the secret that the network uses"

    def loses(self, way):
        return self.outcome == way

    def kills(self, end, where):  # noqa: ARG002 -- the line's own names
        self.chances += 1
        return self.outcome == self.chances - 1

    def go_on_from(self, stored):
        self.device_stored, self.network_stored, self.counter = stored
        self.kill("device")
        self.kill("network")
        return self


def stored_at(kind):
    line = Line(seed=3, lost=0.0)
    line.asks(kind)
    return line.device_stored, line.network_stored, line.counter


@pytest.fixture(scope="module")
def committing():
    """The ends at the moment when the network has asked COMMIT, and nothing of it was heard."""
    return stored_at(COMMIT)


def healed(line, most=40):
    """Let everything through from now on; both ends must come to hold the same new secret."""
    for _ in range(most):
        line.step()
        if line.device.epoch == line.network.epoch == 1 and not line.network._exchange.open:
            break
    one, other = line.secrets()
    assert one == other
    assert line.device.epoch == 1
    for end in ("device", "network"):
        told = line.of(Refreshed, end)
        assert told
        assert {event.root.reveal_secret_bytes() for event in told} == {one}
    assert line.of(Refreshed, "device")[-1].ledger == line.of(Refreshed, "network")[-1].ledger


def test_every_loss_and_every_kill_in_two_frames_of_the_commitment(committing):
    for outcomes in product(OUTCOMES, repeat=2):
        healed(Scripted(outcomes, fades=Fades(1)).go_on_from(committing))


@pytest.mark.parametrize("middle", OUTCOMES)
def test_every_loss_and_every_kill_in_four_frames_around_one(committing, middle):
    for first, last, after in product(("fine", "up", "down"), (2, 3, 4), ("fine", "down")):
        healed(Scripted((first, middle, last, after), fades=Fades(1)).go_on_from(committing))


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from(OUTCOMES), min_size=3, max_size=15), st.integers(0, 30))
def test_any_schedule_of_losses_and_kills_ends_with_one_secret(committing, outcomes, spare):
    line = Scripted(outcomes, fades=Fades(1), spare=(spare, spare)).go_on_from(committing)
    for _ in outcomes:
        line.step()
    line.spare = (15, 15)
    healed(line)


def test_a_network_that_hears_no_answer_rolls_back_and_the_device_follows(committing):
    line = Scripted((), fades=Fades(1), spare=(0, 0)).go_on_from(committing)
    line.step()
    line.step()
    assert line.device._answers.next is not None  # prepared, and no room to say so
    for _ in range(QUICK.patience + 5):
        line.step()
    line.spare = (11, 30)
    assert line.of(NoKey, "device")[-1].reason == "given up"
    assert line.device._answers.next is None
    assert line.network._asks.next is None
    assert (line.device.epoch, line.network.epoch) == (0, 0)
    one, other = line.secrets()
    assert one == other
    assert line.of(NoKey, "network")[-1].reason == "given up"
    line.until(Refreshed, "device")
    one, other = line.secrets()
    assert one == other


def test_a_confirmation_after_the_roll_back_changes_nothing(committing):
    line = Scripted((), fades=Fades(1), spare=(0, 0)).go_on_from(committing)
    line.step()
    late = line.device.uplink(line.counter + 1, 30)
    assert late  # sealed under the new secret
    line.counter += 1
    for _ in range(QUICK.patience + 5):
        line.step()
    before = line.network.reveal_secret_state_bytes()
    line.network.uplink(line.counter, None, late)
    assert line.network.epoch == 0
    assert line.network.dropped["uplink heard before"] == 1
    assert line.network.reveal_secret_state_bytes() == before


@pytest.mark.parametrize("kind", [SPEAK, TERMS, ASK])
def test_an_end_killed_in_the_middle_of_a_run_goes_on_with_the_same_samples(kind):
    line = Scripted((), fades=Fades(1), spare=(14, 14)).go_on_from(stored_at(kind))
    for outcome in range(6):
        line.outcomes.append(outcome)
    line.until(Refreshed, "device")
    one, other = line.secrets()
    assert one == other


def test_a_kill_in_every_single_frame_delays_and_no_more():
    chance = Random(1)
    kills = [chance.randrange(6) for _ in range(3000)]
    line = Scripted(kills, policy=replace(QUICK, patience=600), seed=3, lost=0.0)
    line.until(Refreshed, "device")
    one, other = line.secrets()
    assert one == other
    assert not line.of(NoKey, "network")


def test_a_forged_commitment_is_refused(committing):
    """A network whose tag is wrong gets a refusal, and the device keeps its secret."""
    line = Scripted((), fades=Fades(1)).go_on_from(committing)
    line.network._exchange.request = line.network._exchange.request[:-1] + b"\0"
    line.until(NoKey, "network", most=20)
    assert line.of(NoKey, "network")[-1].reason == "tags differ"
    assert line.device._answers.next is None
    assert line.device.epoch == 0


def test_a_commitment_with_another_account_is_refused(committing):
    line = Scripted((), fades=Fades(1)).go_on_from(committing)
    request = bytearray(line.network._exchange.request)
    request[2] ^= 1
    line.network._exchange.request = bytes(request)
    line.until(NoKey, "network", most=20)
    assert line.device.dropped["refused: KeysDiffer"] == 1
    assert line.device.epoch == 0


class Late(Line):
    """A server that sends each downlink one frame late: as the answer to the next uplink."""

    waiting = b""

    def step(self):
        self.counter += 1
        up, down = self.fades.next()
        block = self.say("device", "uplink", self.counter, 20)
        self.network.uplink(self.counter, up, block)
        answer, self.waiting = self.waiting, self.say("network", "downlink", 50)
        self.device.downlink(self.counter, down, answer)
        self.settle("device")
        self.network.work()
        self.settle("network")


def test_a_server_that_answers_one_frame_late_delays_and_no_more():
    line = Late(seed=2, lost=0.0)
    line.until(Refreshed, "device", most=1200)
    one, other = line.secrets()
    assert one == other
    assert not line.device.dropped
