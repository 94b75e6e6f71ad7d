"""Attackers who hold datagrams back so that a node measures frames twice, or who name frames that were used."""

import sys
from pathlib import Path

import pytest

from samefade.api.node.keeper import Keeper
from samefade.errors import FramesUsed, GaveUp, NoAnswer
from samefade.keys.errors import RootsMoved
from samefade.keys.store import Store
from samefade.keys.vault import KeyFile
from samefade.link.drive import Drive, HostDrive
from samefade.link.source import RecordedSource
from samefade.session import Confirmed, Failed, Known, Pending, Probe, Reserve
from samefade.wire.cbor import decode

sys.path.insert(0, str(Path(__file__).parents[1] / "api" / "node"))


@pytest.fixture
def world(tmp_path, monkeypatch):
    from node_world import World, make_template, remember_calibration, watch_seals

    remember_calibration(monkeypatch)
    watch_seals(monkeypatch)
    made = World(tmp_path / "world", make_template(tmp_path / "template"))
    made.begin("b")
    yield made
    made.kill("a")
    made.kill("b")


class Holding:
    """Holds the sealed frames to the responder back, from the n-th on, until they are let go."""

    def __init__(self, world, after):
        self.world, self.left, self.held, self.on = world, after, [], True

    def __call__(self, to, datagram):
        if not self.on or to != "b" or not isinstance(decode(datagram)[0], bytes):
            return False
        self.left -= 1
        if self.left < 0:
            self.held.append((to, datagram, self.world.live["a"].address))
        return self.left < 0

    def let_go(self):
        for one in self.held:
            self.world.arrive(*one)


@pytest.mark.parametrize("after", [0, 1, 2, 3, 5, 8, 12, 18, 26, 40])
def test_a_conversation_held_up_until_another_one_has_ended(world, after):
    from node_world import settle, whole_run

    holding = world.lost = Holding(world, after)
    first = world.begin("a")
    world.run(lambda: world.now > 3 or world.over(first))
    world.kill("a")
    holding.on = False
    whole_run(world)
    holding.let_go()
    world.run(lambda: world.live["b"].drive.deadline is None or world.now > 9)
    world.check_used_once()
    settle(world)


def test_old_runs_held_up_before_their_keys_do_not_push_out_the_secret_that_came_after(world):
    """Roots of runs that were overtaken would lie before the one that both ends hold, and nothing else be offered."""
    from node_world import settle, whole_run

    held = []

    def account(to, datagram):
        """Hold what the initiator says after it has computed keys."""
        process = world.live["a"]
        if to != "b" or not any(isinstance(event, Pending) for event in process.told):
            return False
        held.append((to, datagram, process.address))
        return True

    for _ in range(2):
        world.lost = account
        first = world.begin("a")
        world.run(lambda first=first: any(isinstance(event, Pending) for event in first.told))
        world.kill("a")
    world.lost = lambda _to, _datagram: False
    assert any(isinstance(event, Confirmed) for event in whole_run(world).told)
    for one in held:
        world.arrive(*one)
    world.run(lambda: world.live["b"].drive.deadline is None or world.now > 30)
    refused = [event.error for event in world.live["b"].told if isinstance(event, Failed)]
    assert [type(error) for error in refused] == [RootsMoved] * 2
    settle(world)


def keepers(store, count=2):
    prior = store.enrol(b"peer", bytes(16)).name
    made = [Keeper(store, lambda: 1.8e9) for _ in range(count)]
    for keeper in made:
        keeper.keep(Known(peer=b"peer", prior=prior))
    return made


def test_two_runs_on_one_store_never_measure_the_same_frames(tmp_path):
    with Store(tmp_path / "s", KeyFile(tmp_path / "k"), create=True) as store:
        ours, theirs = keepers(store)
        for event in (Reserve(first=1, last=100), Reserve(first=110, last=300)):
            ours.keep(event)
        for first, last in ((1, 200), (1, 100), (300, 400)):
            with pytest.raises(FramesUsed) as refused:
                theirs.keep(Reserve(first=first, last=last))
            assert refused.value.numbers == {"first": first, "burnt": 300}
            assert store.burnt(b"peer") == 300
        theirs.keep(Reserve(first=301, last=400))


@pytest.mark.parametrize("one_end", [True, False], ids=["the initiator", "the responder"])
def test_a_run_whose_frames_another_process_took_ends_at_both_ends_without_a_key(tmp_path, one_end):
    """The other process takes them between the plan, when they were free, and the first measurement."""
    from session_ends import failure, initiator, of, responder, run

    overtaken = "a" if one_end else "b"
    with Store(tmp_path / "s", KeyFile(tmp_path / "k"), create=True) as store:
        ours, theirs = keepers(store)

        def keep(end, event):
            if end == overtaken:
                if isinstance(event, Known | Reserve):
                    theirs.keep(event)  # in the other process, a moment before
                ours.keep(event)

        outcome = run(initiator(), responder(), on_event=keep)
    mine, others = (outcome.a, outcome.b) if one_end else (outcome.b, outcome.a)
    assert outcome.finished
    assert isinstance(failure(mine), FramesUsed)
    assert isinstance(failure(others), GaveUp)
    assert not of(Pending, [*mine, *others])
    assert not of(Probe, mine)


def test_the_last_word_of_such_a_run_is_that_of_any_other(tmp_path):
    """What is on the air does not tell a store that refuses from an owner that stops."""
    from session_ends import initiator, responder, run

    lines = []
    for way in ("refused", "stopped"):
        with Store(tmp_path / way, KeyFile(tmp_path / f"{way}.key"), create=True) as store:
            ours, theirs = keepers(store)
            a, b, said = initiator(), responder(), []

            def keep(end, event, a=a, way=way, ours=ours, theirs=theirs):
                if end == "a":
                    if way == "refused" and isinstance(event, Known | Reserve):
                        theirs.keep(event)
                    elif isinstance(event, Reserve):
                        a.stop(0.0)
                    ours.keep(event)

            def hear(datagram, to, _now, said=said):
                said.append((to, len(datagram)))
                return [datagram]

            outcome = run(a, b, on_event=keep, attacker=hear)
        assert outcome.finished
        lines.append(said)
    assert lines[0] == lines[1]


@pytest.mark.parametrize("end", ["a", "b"])
@pytest.mark.parametrize("what", [Pending, Confirmed], ids=["its keys", "their confirmation"])
def test_an_end_that_cannot_keep_what_another_run_overtook_vouches_for_nothing(end, what):
    from session_ends import confirmed, discarded, failure, initiator, responder, run

    def keep(name, event):
        if name == end and isinstance(event, what):
            raise RootsMoved("peer", epoch=1, held=[1])

    outcome = run(initiator(), responder(), on_event=keep)
    mine, others = (outcome.a, outcome.b) if end == "a" else (outcome.b, outcome.a)
    assert outcome.finished
    assert isinstance(failure(mine), RootsMoved)
    assert not discarded(mine)  # what the store does not have it cannot throw away
    if (end, what) == ("a", Confirmed):  # the responder knew by the initiator's tag, which was kept before it was shown
        assert confirmed(others)
    else:
        assert not confirmed(others)
        assert isinstance(failure(others), NoAnswer)


def test_a_responder_for_many_refuses_one_peer_and_serves_the_others():
    from session_ends import HEARD
    from test_listener import device, host

    found = []

    def keep(address, event):
        if address == 1 and isinstance(event, Reserve):
            raise FramesUsed(first=event.first, burnt=event.last)
        found.append((address, event))

    server = HostDrive(host(), lambda _: RecordedSource(HEARD[1]), keep)
    clients = {i: Drive(device(i), RecordedSource(HEARD[0])) for i in (1, 2)}
    now, to_host = 0.0, [(item, i) for i, one in clients.items() for item in one.start(0.0)]
    server.start(0.0)
    while not all(one.closed for one in clients.values()) and now < 300:
        back = [each for item in to_host for each in server.receive(item, now)] + server.turn(now)
        to_host = [(item, i) for i, one in clients.items() for item in one.turn(now)]
        to_host += [(item, i) for datagram, i in back for item in clients[i].receive(datagram, now)]
        now += 0.05
    told = {i: [event for at, event in found if at == i] for i in clients}
    assert [type(event.error) for event in told[1] if isinstance(event, Failed)] == [FramesUsed]
    assert not any(isinstance(event, Probe | Pending) for event in told[1])
    assert any(isinstance(event, Confirmed) for event in told[2])
