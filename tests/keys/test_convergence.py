"""Two ends that may die at any point: after the next whole run they hold the same keys and one prior secret."""

import contextlib
import hashlib
import itertools
from uuid import UUID

import pytest

from samefade.session.events import Issued, Root
from samefade.types import Key

SECRET = bytes(range(32))


class Died(Exception):
    pass


class End:
    """One end: does what the events of a run ask for, and dies before its k-th step."""

    def __init__(self, store, peer):
        self.store, self.peer, self.left = store, peer, None

    def step(self, call, *values, **named):
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                raise Died
        return call(*values, **named)

    def names(self):
        return {root.name: root for root in self.store.roots(self.peer)}


def run_of(root, number):
    """What both ends compute in one run from the root that the handshake chose."""

    def secret(what, n=32):
        return hashlib.shake_256(root.reveal_secret_bytes() + f"{number} {what}".encode()).digest(n)

    keys = tuple(
        Issued(
            key_id=UUID(bytes=secret(f"id {i}", 16), version=4), key=Key(secret(f"key {i}"), "bounded"), certificate={}
        )
        for i in range(2)
    )
    return keys, Root(secret("name", 8), root.epoch + 1, secret("root"))


def run(initiator, responder, number, now):
    """One run: each end keeps before it sends what lets the other end go on."""
    common = initiator.names().keys() & responder.names().keys()
    assert common, "the ends have nothing in common any more"
    chosen = max((initiator.names()[name] for name in common), key=lambda root: root.epoch)
    for end in (initiator, responder):
        end.step(end.store.settle, end.peer, chosen.name, now=now)
    keys, root = run_of(chosen, number)
    ids = [one.key_id for one in keys]
    for end in (initiator, responder):
        end.step(end.store.keep_pending, end.peer, keys, root, now=now)
    # the responder's confirmation reaches the initiator, then the initiator's the responder
    for end in (initiator, responder):
        end.step(end.store.confirm, end.peer, ids, now=now)


def held(end):
    """The keys that this end would hand out."""
    store, peer = end.store, end.peer
    return {name: store.take(peer, name, now=0).key for name in store.available(peer, now=0)}


STEPS = 4  # of each end in a run: more than it has


@pytest.mark.parametrize("swapped", [False, True])
def test_ends_that_die_anywhere_agree_after_the_next_run(make_store, now, swapped):
    for case, (a_dies, b_dies, twice) in enumerate(itertools.product(range(STEPS), range(STEPS), [False, True])):
        a = End(make_store(f"a{case}"), b"b")
        b = End(make_store(f"b{case}"), b"a")
        for end in (a, b):
            end.store.enrol(end.peer, SECRET)
        pair = (b, a) if swapped else (a, b)
        run(*pair, 1, now)
        for number in (2, 3) if twice else (2,):
            a.left, b.left = a_dies, b_dies
            with contextlib.suppress(Died):
                run(*pair, number, now)
            a.left = b.left = None
        run(*pair, 9, now)
        assert a.names().keys() == b.names().keys()
        assert len(a.names()) == 1
        ours, theirs = held(a), held(b)
        assert ours == theirs
        assert len(ours) >= 4


def test_an_end_that_discards_after_a_timeout_still_agrees(make_store, now):
    a, b = End(make_store("a"), b"b"), End(make_store("b"), b"a")
    for end in (a, b):
        end.store.enrol(end.peer, SECRET)
    keys, root = run_of(a.store.roots(b"b")[0], 1)
    for end in (a, b):
        end.store.keep_pending(end.peer, keys, root, now=now)
    a.store.discard(b"b", [one.key_id for one in keys], now=now)
    run(a, b, 2, now)
    assert held(a) == held(b)
    listed = a.store.keys()
    assert not {one.key_id for one in keys} & {e.key_id for e in listed if not e.state.ended}
