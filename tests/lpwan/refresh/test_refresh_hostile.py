"""An attacker with the prior secret, nonces under every schedule, and states that stay small whatever comes."""

from contextlib import contextmanager
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from refresh_line import EUI, QUICK, Fades, Line, root

from samefade.errors import OutOfRange
from samefade.lpwan.refresh import Carried, DeviceEnd, NetworkEnd, NoKey, Policy, Refreshed
from samefade.lpwan.refresh.exchange import LONGEST
from samefade.lpwan.refresh.messages import (
    ASK,
    BEGIN,
    COMMIT,
    MORE,
    SPEAK,
    TERMS,
    Reader,
    Told,
    read_lacking,
    unpack_bitmap,
)
from samefade.lpwan.refresh.numbers import write_numbers
from samefade.lpwan.refresh.sealing import LAST, PIECE, REFUSED, WANT, Block
from samefade.reconcile.polar.layout import HALF_TAG_BYTES
from samefade.reconcile.polar.message import TAG
from samefade.wire.ccm import Ccm

STATE = 8192


@contextmanager
def watched(sealed):
    """Write down what is sealed under which key and nonce, all over the process."""
    plain, keys = Ccm.seal, {}
    begin = Ccm.__init__

    def beginning(self, key, *about):
        keys[id(self)] = bytes(key)
        begin(self, key, *about)

    def sealing(self, nonce, text, head):
        out = plain(self, nonce, text, head)
        sealed.append((keys[id(self)], nonce, text, head, out))
        return out

    Ccm.seal, Ccm.__init__ = sealing, beginning
    try:
        yield
    finally:
        Ccm.seal, Ccm.__init__ = plain, begin


class Wild(Line):
    """Losses, kills of either end, old frames again, joins, carried bytes: all at random; what was sent is watched.

    A block that was sealed and never sent, because the end was killed before it was stored, may be sealed anew.
    """

    def __init__(self, kill, join, **about):
        self.kill_share, self.old, self.join = 0.0, [], join
        self.on_air = {}
        super().__init__(**about)
        self.kill_share = kill

    def kills(self, end, where):  # noqa: ARG002 -- the line's own names
        return self.chance.random() < self.kill_share

    def step(self):
        if self.chance.random() < self.join:
            self.counter += 2**32 - self.counter % 2**32
        if self.chance.random() < 0.02:
            self.network.carry(self.chance.bytes(20))
        if self.chance.random() < 0.3:
            self.device.reply(b"so be it")
        super().step()

    def say(self, end, way, *about):
        sealed = []
        with watched(sealed):
            block = super().say(end, way, *about)
        if block:
            ((key, nonce, *_),) = sealed[-1:]
            assert sealed[-1][-1] == block[1 if way == "uplink" else 2 :]
            assert self.on_air.setdefault((key, nonce), block) == block, "a nonce was used twice"
            self.old.append((way, self.counter, block))
        if self.old and self.chance.random() < 0.2:  # an earlier frame again, as late as it may be
            way, counter, again = self.old[self.chance.integers(len(self.old))]
            if way == "uplink":
                self.network.uplink(counter, -90.0, again)
            else:
                self.device.downlink(counter, -90.0, again)
        return block


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 10**6), st.floats(0, 0.3), st.floats(0, 0.05), st.floats(0, 0.01))
def test_no_key_and_nonce_seal_two_texts_under_any_schedule(seed, lost, kill, join):
    line = Wild(kill, join, seed=seed, lost=lost)
    for _ in range(500):
        line.step()
    assert len(line.on_air) > 20
    assert len({key for key, _ in line.on_air}) >= 2  # one a direction, and more after a refresh


def test_an_older_state_that_comes_back_would_use_a_nonce_twice_and_is_seen_here():
    """The referee of the test above can fail: the caller's store must prevent exactly this."""
    line = Wild(0.0, 0.0, seed=1, lost=0.0)
    line.asks(MORE)
    line.device_stored, older = line.device_stored, line.device_stored
    for _ in range(3):
        line.step()
    line.device_stored, line.counter = older, line.counter - 3
    line.kill("device")
    with pytest.raises(AssertionError, match="twice"):
        line.asks(SPEAK)


def test_an_end_of_an_older_epoch_hears_nothing_counts_it_and_keeps_its_secret():
    """It is left behind for good: what it hears does not open, which its owner can see."""
    line = Line(seed=3, lost=0.0)
    line.step()
    older = line.device_stored
    line.until(Refreshed, "device")
    line.asks(BEGIN)
    line.device_stored = older
    line.kill("device")
    for _ in range(150):
        line.step()
    assert line.device.epoch == 0
    assert line.network.epoch == 1
    assert line.device.dropped["block does not open"] > 0
    assert not line.of(Carried, "device")


def ready(policy=QUICK, samples=400):
    device = DeviceEnd(EUI, root(), policy)
    chance = Random(4)
    for counter in range(samples):
        device.downlink(counter, -100.0 + chance.randrange(30), b"")
    return device


def told(device, request):
    """Ask a device whatever; return its answer, None where it refuses."""
    device._exchange.hear(device._exchange.number + 1 & 7, LAST, b"\0" + request)
    device._obey(request)
    return None if device._exchange.refused else device._exchange.answer


def said(request, answer, run):
    """Return the places that an answer named."""
    reader = Reader(request, 1)
    if request[0] == BEGIN:
        reader.number()
    else:
        read_lacking(reader, 10_000)
        reader.number()
    count = reader.number()
    return unpack_bitmap(answer, run.end - count, count)


NUMBERS = st.lists(st.one_of(st.integers(0, 5), st.integers(0, 500), st.integers(0, 2**62)), max_size=6).map(
    write_numbers
)
GOOD = (
    bytes((BEGIN,)) + write_numbers([0, 200]),
    bytes((MORE, 0, 0, 60)),
    bytes((MORE, 0, 20, 60)),
    bytes((SPEAK, 0)),
    bytes((TERMS, 0)) + Told(150, (90, 110, 130)).pack() + b"\0\0\0\0",
    bytes((ASK, 2)),
    bytes((ASK, TAG)) + bytes(HALF_TAG_BYTES),
    bytes((COMMIT, 1)) + bytes(16),
)
REQUESTS = st.one_of(
    st.sampled_from(GOOD),
    st.builds(lambda kind, rest: bytes((kind,)) + rest, st.integers(0, 11), NUMBERS),
    st.builds(lambda kind, rest: bytes((kind,)) + rest, st.integers(1, 10), st.binary(max_size=60)),
)


@settings(max_examples=200, deadline=None)
@given(st.integers(0, len(GOOD)), st.lists(REQUESTS, max_size=10))
def test_a_network_gone_bad_neither_stops_a_device_nor_fills_it_nor_hears_a_kept_value(begun, requests):
    """Spoken values are told once; no place is spoken and kept, or named in two runs; nothing is thrown."""
    device = ready()
    spoken, named = set(), {}
    for number, request in enumerate((*GOOD[:begun], *requests)):
        pool = device._answers.pool
        answer = told(device, request)
        run = device._answers._run
        if answer is not None and request[0] in (BEGIN, MORE):
            for place in said(request, answer, run):
                assert named.setdefault(place, number) == number, "named twice"
        if answer is not None and request[0] == SPEAK:
            fresh = {place for place, _ in pool.within(run.first, run.spoken + 1)}
            assert len(fresh) <= QUICK.spoken
            assert not spoken & fresh
            spoken |= fresh
        terms = device._answers._terms
        if terms is not None:
            assert not spoken & {place for place, _ in pool.within(terms.first, run.end)}
        state = device.reveal_secret_state_bytes()
        assert len(state) <= STATE
        assert DeviceEnd.restored(state, QUICK).reveal_secret_state_bytes() == state
    assert device.epoch == 0


def test_a_device_refuses_questions_without_end():
    """Wrong tags cost the asker nothing and would fill the device's state."""
    line = Line(seed=6, lost=0.0)
    line.asks(ASK)
    for _ in range(300):
        told(line.device, bytes((ASK, TAG)) + bytes(HALF_TAG_BYTES))
    assert told(line.device, bytes((ASK, TAG)) + bytes(HALF_TAG_BYTES)) is None
    assert len(line.device._answers._asked) > 50
    assert len(line.device.reveal_secret_state_bytes()) <= STATE


def test_every_bit_that_a_device_tells_of_its_string_is_in_the_account():
    """Questions of the network's own corrector and any others: what the answers hold is charged, to the bit."""
    line = Line(seed=6, lost=0.0)
    line.asks(COMMIT)
    answers = line.device._answers
    _, talker = answers._string(answers._run)
    record = talker.transcript
    bits = sum(8 * len(answer) for answer in line.network._asks._answers)
    paid = -sum(entry.bits for entry in talker.ledger.entries if entry.bits < 0)
    assert paid >= bits - 8 * len(line.network._asks._answers)  # a byte of each answer is filled up
    assert record.messages == 2 * len(line.network._asks._answers)


KINDS = st.sampled_from((WANT, PIECE, LAST, REFUSED))


@pytest.fixture(scope="module", params=[BEGIN, SPEAK, MORE, TERMS, ASK, COMMIT])
def asking(request):
    line = Line(seed=6, lost=0.0, fades=Fades(6))
    line.asks(request.param)
    return line.network_stored, line.counter


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 7), KINDS, st.binary(max_size=40), st.booleans()), max_size=8),
    st.integers(0, 1100),
    st.integers(0, 255),
)
def test_a_device_gone_bad_neither_stops_a_network_nor_fills_it(asking, blocks, long, byte):
    """Blocks of every kind in every phase, of this request and of others, and an answer of any length at the end."""
    stored, counter = asking
    network = NetworkEnd.restored(stored, QUICK)
    secret, number = network._secret, network._exchange.number
    whole = [
        (number, LAST if at + 40 >= long else PIECE, bytes((at & 0xFF,)) + bytes((byte,)) * min(40, long - at), True)
        for at in range(0, long, 40)
    ]
    for request, kind, body, right in (*blocks, *whole):
        counter += 1
        sealed = secret.seal("up", counter, Block(0, number if right else request, kind, body))
        network.uplink(counter, -100.0, sealed)
        network.downlink(50)
        network.work()
        assert len(network.reveal_secret_state_bytes()) <= STATE
    told_of = network.events()
    assert not [event for event in told_of if isinstance(event, Refreshed)]
    assert network.epoch == 0


def test_what_is_too_long_to_be_carried_is_refused_at_once():
    network = NetworkEnd(EUI, root())
    with pytest.raises(OutOfRange):
        network.carry(bytes(LONGEST))
    assert not network._exchange.open
    assert network.carry(bytes(LONGEST - 1))


def test_a_channel_that_comes_again_every_day_gives_no_key():
    """A bus on a fixed route: the spoken share of its first day tells all days that follow."""

    class Bus(Fades):
        def next(self):
            self.frame = getattr(self, "frame", -1) + 1
            if not self.frame:
                self.day = [super(Bus, self).next() for _ in range(240)]
            up, down = self.day[self.frame % 240]
            noise = self.noise * self.chance.normal(size=2)
            return round(up + noise[0]), round(down + noise[1])

    line = Line(Policy(), seed=2, lost=0.1, fades=Bus(1))
    for _ in range(1000):
        line.step()
    assert {event.reason for event in line.of(NoKey, "network")} == {"too little entropy"}
    assert not line.of(Refreshed, "network")
