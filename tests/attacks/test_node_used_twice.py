"""Attackers who hold datagrams back so that a node measures frames twice, or who name frames that were used."""

import sys
from pathlib import Path

import pytest

from samefade.api.node.keeper import FramesUsed, Keeper
from samefade.keys.store import Store
from samefade.keys.vault import KeyFile
from samefade.session import Known, Probe, Reserve
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


def test_two_processes_on_one_store_never_measure_the_same_frames(tmp_path):
    with Store(tmp_path / "s", KeyFile(tmp_path / "k"), create=True) as store:
        ours, theirs = (Keeper(store, lambda: 1.8e9) for _ in range(2))
        prior = store.enrol(b"peer", bytes(16)).name
        for keeper in (ours, theirs):
            keeper.keep(Known(peer=b"peer", prior=prior))
        for event in (Reserve(last=100), Probe(first=1, last=100), Reserve(last=300), Probe(first=110, last=300)):
            ours.keep(event)
        theirs.keep(Reserve(last=200))
        with pytest.raises(FramesUsed) as refused:
            theirs.keep(Probe(first=1, last=200))
        assert refused.value.numbers == {"first": 1, "burnt": 300}
        assert store.burnt(b"peer") == 300
