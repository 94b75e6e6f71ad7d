"""The CSI handshake between two sessions: the honest pair is believed, and nobody else."""

from dataclasses import replace

import numpy as np
import pytest
from session_ends import (
    SHOWN,
    chance,
    channel,
    failure,
    of,
    present,
    psk_initiator,
    psk_responder,
    refusal,
    run,
    showing_initiator,
    showing_responder,
    signers,
)

from samefade import api, observe
from samefade import channel as worlds
from samefade.errors import BadSignature, ChannelTooStatic, GaveUp, OutOfRange, ReplaySuspected
from samefade.presence import Decide, Heard, Verdict, digest, pack_csi, unpack_csi
from samefade.session import Present, Reserve, Session
from samefade.session.script import Hear, Measure, Say
from samefade.session.showing import Showing
from samefade.types import Observation
from samefade.wire import codes


def simulated(name="carried", seed=5, seconds=120.0):
    world = worlds.simulate(replace(worlds.scenario(name), seconds=seconds), seed, tones=(6,))
    return observe.pair(world.a, world.b)


def shown(heard, plan=SHOWN, a=None, b=None):
    return run(a or showing_initiator(plan=plan), b or showing_responder(), heard=heard)


@pytest.fixture(scope="module")
def walk():
    """A channel that moves, and another one in another place."""
    return channel(n=2000, snr_db=20.0, seed=1), channel(n=2000, snr_db=20.0, seed=2)


def test_an_honest_pair_is_believed_by_both(walk):
    outcome = shown(walk[0])
    assert present(outcome.a)
    assert present(outcome.b)
    for events in (outcome.a, outcome.b):
        (verdict,) = of(Present, events)
        assert verdict.public()["evidence"]["correlation"] > 0.9
        assert verdict.evidence["threshold"] < 0.9
        (burnt,) = of(Reserve, events)
        assert (burnt.first, burnt.last) == (SHOWN.first, SHOWN.spoken_last)


def test_an_honest_pair_of_a_simulated_scenario_is_believed():
    pair = simulated()
    plan = replace(SHOWN, spoken=600, unit=pair.a.unit)
    outcome = shown((pair.a, pair.b), plan)
    assert present(outcome.a)
    assert present(outcome.b)


def test_an_honest_pair_of_a_real_set_is_believed(data_dir):
    assert data_dir
    pair = api.read_set("skyglow/mobile")
    plan = replace(SHOWN, spoken=600, rate=pair.rate, unit=pair.a.unit)
    outcome = shown((pair.a, pair.b), plan)
    assert present(outcome.a)
    assert present(outcome.b)


def test_a_stolen_key_in_another_place_is_refused(walk):
    """The thief holds every secret, and hears another channel."""
    here, there = walk
    outcome = shown((here[0], there[1]))
    assert not present(outcome.a) | present(outcome.b)
    assert isinstance(refusal(outcome.a) or refusal(outcome.b), ReplaySuspected)


def test_a_static_channel_tells_nothing_and_nobody_is_believed():
    rng = np.random.default_rng(1)
    quiet = tuple(
        Observation(np.round(40 + 0.3 * rng.standard_normal(900)), 10.0, np.ones(900, bool), end) for end in "ab"
    )
    outcome = shown(quiet)
    assert isinstance(refusal(outcome.b), ChannelTooStatic)
    assert isinstance(failure(outcome.a), GaveUp)
    assert not present(outcome.a) | present(outcome.b)
    outcome = shown(quiet, b=showing_responder(decide=Credulous()))
    assert isinstance(refusal(outcome.a), ChannelTooStatic)
    assert not present(outcome.a) | present(outcome.b)


def test_one_end_that_refuses_is_enough_for_neither_to_be_told_that_the_other_is_there(walk):
    """A refusal ends the run before any verdict: nobody is believed by one end alone."""
    here, there = walk
    outcome = shown((here[0], there[1]))
    assert {type(e) for e in (failure(outcome.a), failure(outcome.b))} >= {ReplaySuspected}
    assert not of(Present, [*outcome.a, *outcome.b])


def test_a_counter_behind_the_mark_is_refused():
    """Substituted frame counters: frames that were shown before are not shown again."""
    b = showing_responder(psk_responder(mark=0), mark=500)
    outcome = run(showing_initiator(), b)
    assert isinstance(failure(outcome.b), OutOfRange)
    assert not present(outcome.a)


def test_samples_under_other_counters_are_refused(walk):
    """The prover moves its samples by some frames: the same fade, said to be of another instant."""
    a, b = walk[0]
    for shift in (3, 40):
        moved = Observation(np.roll(b.values, shift), b.rate, b.mask, "b")
        outcome = shown((a, moved))
        assert isinstance(refusal(outcome.a) or refusal(outcome.b), ReplaySuspected)
        assert not present(outcome.a)


# by hand: whoever holds the keys, and is dishonest


class Credulous(Decide):
    """Believes whatever it is shown."""

    def decide(self, evidence):
        return Verdict(evidence, 0.0, 0.4)


class Impostor:
    """A showing initiator with a stolen key, who shows what it likes and writes down what it is told."""

    def __init__(self, made_up=None):
        self.made_up, self.told = made_up, []

    def session(self):
        honest = Showing(Credulous(), signers, chance(9))
        return Session(psk_initiator(), lambda secured: self.play(honest.initiate(SHOWN, secured)))

    def play(self, script):
        value = None
        while True:
            try:
                want = script.send(value)
            except StopIteration:
                return
            value = yield want
            if isinstance(want, Measure) and self.made_up is not None:
                value = Heard(value.numbers, self.made_up[: len(value.values)])
            if isinstance(want, Hear):
                self.told.append(value)

    @property
    def samples(self):
        """What it was shown of the other end's channel."""
        return [said[0] for kind, said in self.told if kind == codes.CSI and len(said) == 1]


def test_the_double_is_shown_the_responders_samples_where_it_is_believed(walk):
    impostor = Impostor()
    outcome = shown(walk[0], a=impostor.session())
    assert present(outcome.b)
    (seen,) = impostor.samples
    assert np.array_equal(unpack_csi(seen)[1][:, 0], walk[0][1].values[1:401].astype(np.float32))


@pytest.mark.parametrize("what", ["elsewhere", "rubbish", "level", "nothing"])
def test_whoever_has_a_stolen_key_and_not_the_channel_is_shown_no_sample(walk, what):
    """The responder decides before it shows; the thief learns that it was refused, and nothing of the channel."""
    here, there = walk
    made_up = {
        "rubbish": np.random.default_rng(3).standard_normal((400, 1)),
        "level": np.ones((400, 1)),
    }.get(what)
    impostor = Impostor(made_up)
    lost = replace(there[0], mask=np.zeros(len(there[0].values), bool))
    outcome = shown((lost if what == "nothing" else there[0], here[1]), a=impostor.session())
    assert failure(outcome.b) is not None
    assert not present(outcome.b)
    assert impostor.samples == []
    assert isinstance(failure(outcome.a), GaveUp)


def test_an_initiator_decides_for_itself_whom_the_other_end_would_believe(walk):
    here, there = walk
    outcome = shown((here[0], there[1]), b=showing_responder(decide=Credulous()))
    assert isinstance(refusal(outcome.a), ReplaySuspected)
    assert not present(outcome.a) | present(outcome.b)


class Prover:
    """A showing responder whose words can be changed: what the attacker says in the place of the device."""

    def __init__(self, change):
        self.change = change

    def respond(self, mark, secured):
        honest = Showing(Credulous(), signers, lambda n: bytes(range(1, n + 1))).respond(mark, secured)
        heard, value = [], None
        while True:
            try:
                want = honest.send(value)
            except StopIteration:
                return
            if isinstance(want, Say) and want.kind == codes.CSI:
                want = self.change(want, heard, secured) or want
            value = yield want
            if isinstance(want, Hear):
                heard.append(value)
            if isinstance(want, Measure):
                heard.append(value)


def dishonest(change, heard):
    prover = Prover(change)
    b = Session(psk_responder(), lambda secured: prover.respond(0, secured))
    return run(showing_initiator(), b, heard=heard)


def test_the_double_is_honest_when_it_changes_nothing(walk):
    outcome = dishonest(lambda *_: None, walk[0])
    assert present(outcome.a)


def commitments(heard):
    return [said for kind, said in (x for x in heard if isinstance(x, tuple)) if kind == codes.CSI]


def test_an_echo_of_the_verifiers_own_samples_is_refused(walk):
    """Commit before show: whoever waits to see the samples has already signed others."""

    def echo(want, heard, _secured):
        seen = commitments(heard)
        return Say(codes.CSI, (seen[-1][0],)) if len(want.body) == 1 and len(seen[-1]) == 1 else None

    here, there = walk
    outcome = dishonest(echo, (here[0], there[1]))
    assert isinstance(failure(outcome.a), BadSignature)
    assert not present(outcome.a)


def test_an_echo_of_the_verifiers_own_commitment_is_refused(walk):
    """Reflection: a statement names who makes it."""

    def echo(want, heard, _secured):
        return Say(codes.CSI, tuple(commitments(heard)[0])) if len(want.body) == 2 else None

    outcome = dishonest(echo, walk[0])
    assert isinstance(failure(outcome.a), BadSignature)


def test_a_statement_of_an_earlier_run_is_refused(walk):
    """Replay: other nonces, another run. The samples and the key are right, and the run is not."""
    kept = []

    def keep(want, _heard, _secured):
        kept.append(want)

    assert present(dishonest(keep, walk[0]).a)
    old = iter(kept)

    def replay(_want, _heard, _secured):
        return next(old)

    prover = Prover(replay)
    b = Session(psk_responder(seed=77), lambda secured: prover.respond(0, secured))
    outcome = run(showing_initiator(seed=78), b, heard=walk[0])
    assert isinstance(failure(outcome.a), BadSignature)
    assert not present(outcome.a)


def test_a_splice_of_two_runs_is_refused(walk):
    """The commitment of this run with the samples of another one."""
    here, there = walk
    other = pack_csi(np.arange(1, 401), there[1].values[1:401])

    def splice(want, _heard, _secured):
        return Say(codes.CSI, (other,)) if len(want.body) == 1 else None

    outcome = dishonest(splice, here)
    assert isinstance(failure(outcome.a), BadSignature)


def test_a_commitment_under_another_key_is_refused(walk):
    def forge(want, _heard, _secured):
        if len(want.body) == 1:
            return None
        return Say(codes.CSI, (want.body[0], bytes(32)))

    assert isinstance(failure(dishonest(forge, walk[0]).a), BadSignature)


@pytest.mark.parametrize("body", [(), (b"",), (bytes(31), bytes(32)), (1, 2), (b"", b"", b"")], ids=str)
def test_commitments_that_are_none_are_refused(body, walk):
    outcome = dishonest(lambda want, *_: Say(codes.CSI, body) if len(want.body) == 2 else None, walk[0])
    assert failure(outcome.a) is not None
    assert not present(outcome.a)


def test_samples_of_frames_that_were_not_asked_for_do_not_count(walk):
    """The prover shows a window of its own choice, and states it rightly."""
    values = walk[0][1].values[601:1001]
    wrong = pack_csi(np.arange(601, 1001), values)

    def other(want, _heard, secured):
        if len(want.body) == 1:
            return Say(codes.CSI, (wrong,))
        mine, _ = signers(secured)
        from samefade.presence import Statement

        statement = Statement(
            "responder", bytes(16), bytes(range(1, 17)), *secured.ends, secured.epoch, 1, 400, digest(wrong)
        )
        return Say(codes.CSI, (digest(wrong), mine.sign(statement)))

    outcome = dishonest(other, walk[0])
    assert not present(outcome.a)
