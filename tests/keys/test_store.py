"""What a store keeps, in which order it lets go of it, and what it refuses."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samefade.errors import FramesUsed, OutOfRange
from samefade.keys.errors import (
    AlreadyEnrolled,
    NameTaken,
    NoSuchKey,
    NoSuchRoot,
    RootsMoved,
    StoreAbsent,
    StoreFull,
    TooFewKeys,
    WrongMove,
)
from samefade.keys.life import State
from samefade.keys.store import Limits, named
from samefade.session.events import Issued, Root
from samefade.types import Key

PEER = b"sta"


def states(store):
    listed = store.keys()
    return [entry.state for entry in listed]


def names(keys):
    return [one.key_id for one in keys]


def test_burnt_frame_counters_only_grow_and_survive(make_store):
    store = make_store()
    assert store.burnt(PEER) == 0
    for first, last in ((1, 5), (6, 6), (8, 9)):
        store.burn(PEER, first, last)
    for first, last in ((1, 3), (9, 12), (9, 9), (0, 20)):
        with pytest.raises(FramesUsed) as refused:
            store.burn(PEER, first, last)
        assert refused.value.numbers == {"first": first, "burnt": 9}
    assert store.burnt(PEER) == 9
    assert store.burnt(b"other") == 0
    store.close()
    assert make_store().burnt(PEER) == 9
    for wrong in ((-1, 10), (11, 10), (10, 2**63), (2**63, 2**63)):
        with pytest.raises(OutOfRange):
            make_store().burn(PEER, *wrong)


def test_a_root_is_the_same_at_both_ends_and_kept_once(make_store):
    a, b = make_store("a"), make_store("b")
    secret = bytes(range(32))
    assert a.enrol(b"b", secret).name == b.enrol(b"a", secret).name
    assert a.enrol(b"c", bytes(16)).name != b.roots(b"a")[0].name
    assert a.roots(b"b")[0].reveal_secret_bytes() == secret
    assert a.roots(b"b")[0].epoch == 0
    with pytest.raises(AlreadyEnrolled, match="peer b"):
        a.enrol(b"b", secret)
    with pytest.raises(NameTaken):  # one secret for two peers lets either pass for the other
        a.enrol(b"d", secret)
    with pytest.raises(OutOfRange, match="at least 16"):
        a.enrol(b"d", bytes(15))
    with pytest.raises(OutOfRange, match="peer"):
        a.enrol(b"", secret)


def test_pending_keys_are_kept_with_their_root_and_handed_to_nobody(make_store, issue, now):
    store = make_store()
    old = store.enrol(PEER, bytes(32))
    keys, root = issue()
    store.keep_pending(PEER, keys, root, now=now)
    assert states(store) == [State.PENDING] * 3
    assert [r.name for r in store.roots(PEER)] == [root.name, old.name]
    assert store.roots(PEER)[0].reveal_secret_bytes() == root.reveal_secret_bytes()
    assert store.count(PEER) == 0
    with pytest.raises(TooFewKeys):
        store.take(PEER, now=now)
    with pytest.raises(NoSuchKey):
        store.take(PEER, keys[0].key_id, now=now)


def test_confirmed_keys_are_taken_once_and_their_root_replaces_the_old_one(make_store, issue, now):
    store = make_store()
    store.enrol(PEER, bytes(32))
    keys, root = issue()
    store.keep_pending(PEER, keys, root, now=now)
    store.confirm(PEER, names(keys), now=now)
    assert [r.name for r in store.roots(PEER)] == [root.name]
    assert store.count(PEER) == 3
    first = store.take(PEER, now=now)
    assert (first.key_id, first.key) == (keys[0].key_id, keys[0].key)
    assert first.certificate == {"schema": "samefade.certificate/1", "claim": "bounded"}
    assert store.take(PEER, keys[2].key_id, now=now).key == keys[2].key
    for gone in (keys[0].key_id, UUID(int=7)):
        with pytest.raises(NoSuchKey, match=str(gone)):
            store.take(PEER, gone, now=now)
    with pytest.raises(NoSuchKey):
        store.take(b"other", keys[1].key_id, now=now)
    assert store.count(PEER) == 1


def test_discarding_takes_the_root_with_the_keys(make_store, issue, now):
    store = make_store()
    old = store.enrol(PEER, bytes(32))
    keys, root = issue()
    store.keep_pending(PEER, keys, root, now=now)
    store.discard(PEER, names(keys), now=now)
    store.discard(PEER, names(keys), now=now)
    assert states(store) == [State.DISCARDED] * 3
    assert [r.name for r in store.roots(PEER)] == [old.name]
    with pytest.raises(WrongMove):
        store.confirm(PEER, names(keys), now=now)
    with pytest.raises(NameTaken):
        store.keep_pending(PEER, keys, root, now=now)
    assert [r.name for r in store.roots(PEER)] == [old.name]  # nothing of what was refused is there


def test_confirmed_keys_are_not_discarded_and_confirming_twice_changes_nothing(stocked, now):
    store, keys = stocked()
    store.confirm(PEER, names(keys), now=now)
    with pytest.raises(WrongMove):
        store.discard(PEER, names(keys), now=now)
    store.take(PEER, now=now)
    store.confirm(PEER, names(keys), now=now)  # a late event, when a handshake had told first
    with pytest.raises(NoSuchKey):
        store.confirm(b"other", names(keys), now=now)
    assert store.count(PEER) == 2


def test_a_handshake_on_the_new_root_confirms_what_waited_for_it(make_store, issue, now):
    store = make_store()
    store.enrol(PEER, bytes(32))
    keys, root = issue()
    store.keep_pending(PEER, keys, root, now=now)
    assert store.settle(PEER, root.name, now=now) == tuple(names(keys))
    assert store.settle(PEER, root.name, now=now) == ()
    assert store.count(PEER) == 3
    assert [r.name for r in store.roots(PEER)] == [root.name]


def test_a_handshake_on_the_old_root_ends_what_the_other_end_does_not_hold(make_store, issue, now):
    store = make_store()
    old = store.enrol(PEER, bytes(32))
    keys, root = issue()
    store.keep_pending(PEER, keys, root, now=now)
    assert store.settle(PEER, old.name, now=now) == ()
    assert states(store) == [State.DISCARDED] * 3
    assert [r.name for r in store.roots(PEER)] == [old.name]
    with pytest.raises(NoSuchRoot):
        store.settle(PEER, root.name, now=now)
    with pytest.raises(NoSuchRoot):
        store.settle(b"other", old.name, now=now)


def test_roots_that_no_handshake_settles_do_not_pile_up(make_store, issue, now):
    store = make_store()
    for run in range(8):
        store.keep_pending(PEER, *issue(run, 1), now=now)
    with pytest.raises(StoreFull, match="limit 8"):
        store.keep_pending(PEER, *issue(8, 1), now=now)


def test_quotas_refuse_a_run_whole(make_store, issue, now):
    store = make_store(limits=Limits(per_peer=4, total=6))
    store.keep_pending(PEER, *issue(1, 3), now=now)
    with pytest.raises(StoreFull, match="have 3, more 2, limit 4"):
        store.keep_pending(PEER, *issue(2, 2), now=now)
    store.keep_pending(b"other", *issue(3, 3), now=now)
    with pytest.raises(StoreFull, match="have 6, more 1, limit 6"):
        store.keep_pending(b"third", *issue(4, 1), now=now)
    assert len(store.keys()) == 6
    assert len(store.roots(PEER)) == 1
    store.sweep(now + store.limits.pending)  # what has ended is not counted
    store.keep_pending(PEER, *issue(5, 4), now=now)


def test_keys_expire(make_store, issue, now):
    store = make_store(limits=Limits(pending=10, confirmed=100, remembered=1000))
    keys, root = issue()
    store.keep_pending(PEER, keys, root, now=now)
    store.confirm(PEER, names(keys[:1]), now=now)  # confirms the run
    late, later = issue(2)
    store.keep_pending(PEER, late, later, now=now)
    assert store.sweep(now + 9.9) == 0
    assert store.sweep(now + 10) == 3
    assert states(store) == [State.CONFIRMED] * 3 + [State.DISCARDED] * 3
    assert store.count(PEER, now=now + 100) == 0
    with pytest.raises(NoSuchKey):
        store.take(PEER, keys[0].key_id, now=now + 100)
    assert store.sweep(now + 100) == 3
    assert states(store) == [State.DESTROYED] * 3 + [State.DISCARDED] * 3
    assert store.sweep(now + 5000) == 0
    assert store.keys() == []
    assert later.name in [r.name for r in store.roots(PEER)]  # a link is not lost by waiting


@pytest.mark.parametrize("wrong", [float("nan"), float("inf"), -1.0])
def test_what_is_no_time_is_refused(stocked, issue, wrong):
    store, keys = stocked()
    for call in (
        lambda: store.sweep(wrong),
        lambda: store.keep_pending(PEER, *issue(2), now=wrong),
        lambda: store.forget(PEER, wrong),
    ):
        with pytest.raises(OutOfRange, match="since 1970"):
            call()
    assert store.count(PEER) == len(keys)


def test_keys_of_a_run_that_was_overtaken_are_refused(make_store, issue, now):
    """Two runs begin with one secret; the one that comes second to its keys has none, and neither has a third."""
    store = make_store()
    prior = store.enrol(PEER, bytes(32)).name
    store.keep_pending(PEER, *issue(1, 1), now=now, prior=prior)
    (keys, root), before = issue(2, 2), states(store)
    with pytest.raises(RootsMoved) as refused:
        store.keep_pending(PEER, keys, root, now=now, prior=prior)
    assert refused.value.numbers["held"] == [0, 1]
    store.settle(PEER, issue(1, 1)[1].name, now=now)
    with pytest.raises(RootsMoved):
        store.keep_pending(PEER, keys, root, now=now, prior=prior)
    store.forget(PEER, now)
    with pytest.raises(RootsMoved):  # a peer that was forgotten does not come back by a run that was under way
        store.keep_pending(PEER, keys, root, now=now, prior=prior)
    assert len(states(store)) == len(before)
    store.keep_pending(PEER, keys, root, now=now, prior=b"")


def test_forgetting_a_peer_ends_its_keys_and_not_its_burnt_counters(stocked, now):
    store, _ = stocked()
    store.burn(PEER, 1, 17)
    store.forget(PEER, now)
    assert store.roots(PEER) == []
    assert states(store) == [State.DESTROYED] * 3
    assert store.burnt(PEER) == 17
    store.enrol(PEER, bytes(32))


def test_a_certificate_that_claims_more_than_its_key_is_refused(make_store, now):
    one = Issued(key_id=UUID(int=1), key=Key(bytes(32), "estimate"), certificate={"claim": "bounded"})
    store = make_store()
    with pytest.raises(OutOfRange, match="that of the key: estimate"):
        store.keep_pending(PEER, (one,), Root(b"r", 1, bytes(32)), now=now)
    assert store.roots(PEER) == []


def test_several_stores_on_one_file_see_each_other(make_store, issue, now):
    node, server = make_store(), make_store()
    keys, root = issue()
    node.keep_pending(PEER, keys, root, now=now)
    server.burn(PEER, 1, 3)
    node.confirm(PEER, names(keys), now=now)
    assert server.take(PEER, now=now).key == keys[0].key
    assert node.count(PEER) == 2
    assert node.burnt(PEER) == 3


def test_a_store_that_is_not_there(make_store):
    with pytest.raises(StoreAbsent):
        make_store("nowhere", create=False)


def test_the_status_counts_and_names(stocked, now):
    store, _ = stocked(peer=b"\x00\xff")
    store.burn(b"sta", 1, 4)
    store.take(b"\x00\xff", now=now)
    told = store.status()
    assert told["live"] == 2
    assert told["peers"] == [
        {"peer": "0x00ff", "keys": {"destroyed": 1, "confirmed": 2}, "epochs": [1], "burnt": 0},
        {"peer": "sta", "keys": {}, "epochs": [], "burnt": 4},
    ]


@given(st.binary(max_size=20) | st.sampled_from([b"sta", b"0x00", b" sta", b"a b"]))
def test_every_peer_has_a_printable_name_that_no_other_has(peer):
    text = named(peer)
    assert text.isprintable()
    assert (bytes.fromhex(text[2:]) if text.startswith("0x") else text.encode()) == peer
