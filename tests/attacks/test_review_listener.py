"""Attackers who are not on the path, or who held old words up, against a responder for many."""

import sys
from itertools import pairwise
from pathlib import Path

import pytest

from samefade.api.node import Node, listener
from samefade.api.node.running import Serving, Stopping
from samefade.errors import FramesUsed, GaveUp
from samefade.keys.store import Store
from samefade.keys.vault import KeyFile
from samefade.session import Failed, Known, Moved, Probe, Reserve

sys.path.insert(0, str(Path(__file__).parents[1] / "session"))

SOURCE = object()  # what is heard; nobody listens to it here


@pytest.fixture
def serving(tmp_path):
    with Store(tmp_path / "s", KeyFile(tmp_path / "k"), create=True) as store:
        prior = store.enrol(b"peer", bytes(16)).name
        made = Serving(store, SOURCE, lambda _where, _event: None, None, Stopping())
        made.known = Known(peer=b"peer", prior=prior)
        yield made


def test_words_held_up_do_not_spoil_the_next_run_from_that_address(serving):
    here = ("192.0.2.1", 7)
    serving.store.burn(b"peer", 1, 100)
    serving.told(here, serving.known)
    with pytest.raises(FramesUsed):  # which ends that session; nothing is asked of the channel
        serving.told(here, Reserve(first=1, last=100))
    for event in (serving.known, Reserve(first=101, last=300), Probe(first=101, last=300)):
        serving.told(here, event)
    assert serving.store.burnt(b"peer") == 300


def test_a_peer_that_comes_from_ever_new_addresses_leaves_nothing_behind(serving):
    for port in range(50):
        for event in (serving.known, Failed(error=GaveUp()), Moved(state="DEAD")):
            serving.told(("192.0.2.1", port), event)
    assert not serving._keepers


def test_nobody_off_the_path_can_name_a_connection():
    """Whoever names a half-open one can spoil its EDHOC handshake with one forged third message."""
    from session_ends import QUICK

    host = listener(Node(me=b"gateway", peers=(b"station",)), QUICK)
    names = [int.from_bytes(host._fresh()) for _ in range(64)]
    assert len(set(names)) == 64
    assert all(abs(two - one) > 1 for one, two in pairwise(names))
