"""Keys go to the right pair, once to each side, whether one store serves both or each node its own."""

from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samefade.errors import OutOfRange
from samefade.keys.delivery import Delivery
from samefade.keys.entry import find, keep
from samefade.keys.errors import NoSuchKey, NoSuchPair, PairsOverlap, StoreDamaged, TooFewKeys
from samefade.keys.life import State
from samefade.keys.pairs import Pair


def secrets(given_):
    return [(one.key_id, one.key.reveal_secret_bytes()) for one in given_]


@pytest.fixture
def ends(stocked):
    """The two stores of a link, with the same keys, each serving its own application."""

    def make(**made):
        a, keys = stocked("a", b"sta", **made)
        b, _ = stocked("b", b"ap", **made)
        one, other = Delivery(a), Delivery(b)
        one.add(Pair(master="alice", slave="bob", peer=b"sta", side="master"))
        other.add(Pair(master="alice", slave="bob", peer=b"ap", side="slave"))
        return one, other, a, b, keys

    return make


def test_each_node_serves_its_own_application(ends, now):
    one, other, a, b, keys = ends()
    given_ = one.give("alice", "bob", 2, now=now)
    assert secrets(given_) == secrets(keys[:2])
    named = [x.key_id for x in given_]
    assert secrets(other.give_named("alice", "bob", named, now=now)) == secrets(given_)
    for store, served in ((a, "master"), (b, "slave")):
        listed = store.keys()
        assert [(e.state, e.served, e.master, e.slave) for e in listed[:2]] == [
            (State.DESTROYED, served, "alice", "bob")
        ] * 2
        assert listed[2].state is State.CONFIRMED


def test_one_store_serves_both_applications(stocked, now):
    store, keys = stocked()
    delivery = Delivery(store)
    delivery.add(Pair(master="alice", slave="bob", peer=b"sta", side="both"))
    given_ = delivery.give("alice", "bob", now=now)
    entry = store.keys()[0]
    assert (entry.state, entry.served) == (State.DELIVERED, "master")
    assert secrets(delivery.give_named("alice", "bob", [given_[0].key_id], now=now)) == secrets(given_)
    entry = store.keys()[0]
    assert (entry.state, entry.served) == (State.DESTROYED, "both")
    with pytest.raises(NoSuchKey):
        delivery.give_named("alice", "bob", [given_[0].key_id], now=now)
    with pytest.raises(NoSuchKey):  # where one store serves both, the master comes first
        delivery.give_named("alice", "bob", [keys[1].key_id], now=now)


def test_a_second_fetch_by_the_slave_is_refused(ends, now):
    one, other, *_ = ends()
    name = [one.give("alice", "bob", now=now)[0].key_id]
    other.give_named("alice", "bob", name, now=now)
    with pytest.raises(NoSuchKey):
        other.give_named("alice", "bob", name, now=now)


def test_the_master_never_gets_one_key_twice(ends, now):
    one, *_, keys = ends(count=10)
    got = [one.give("alice", "bob", 3, now=now) for _ in range(3)]
    assert len({x.key_id for given_ in got for x in given_}) == 9
    with pytest.raises(TooFewKeys, match="have 1, need 3"):
        one.give("alice", "bob", 3, now=now)
    assert secrets(one.give("alice", "bob", now=now)) == secrets(keys[9:])


def test_an_application_of_another_pair_gets_nothing(stocked, now):
    store, _ = stocked()
    delivery = Delivery(store)
    for slave in ("bob", "mallory"):
        delivery.add(Pair(master="alice", slave=slave, peer=b"sta", side="both"))
    name = [delivery.give("alice", "bob", now=now)[0].key_id]
    for master, slave, error in (
        ("alice", "mallory", NoSuchKey),
        ("bob", "alice", NoSuchPair),
        ("mallory", "bob", NoSuchPair),
    ):
        with pytest.raises(error):
            delivery.give_named(master, slave, name, now=now)
    assert delivery.give_named("alice", "bob", name, now=now)


def test_a_store_serves_only_its_side(ends, now):
    one, other, _, _, keys = ends()
    with pytest.raises(NoSuchPair):
        other.give("alice", "bob", now=now)
    with pytest.raises(NoSuchPair):
        one.give_named("alice", "bob", [keys[0].key_id], now=now)
    with pytest.raises(NoSuchPair):
        other.stock("alice", "bob", now=now)
    assert (one.knows("alice"), one.knows("bob"), other.knows("alice"), other.knows("bob")) == (
        True,
        False,
        False,
        True,
    )


def test_one_bad_name_among_several_gives_none(ends, now):
    _, other, _, b, keys = ends()
    with pytest.raises(NoSuchKey, match=str(UUID(int=5))):
        other.give_named("alice", "bob", [keys[0].key_id, UUID(int=5)], now=now)
    assert b.count(b"ap") == 3
    with pytest.raises(NoSuchKey):
        other.give_named("alice", "bob", [keys[0].key_id] * 2, now=now)
    assert b.count(b"ap") == 3


def test_sizes_are_as_they_were_agreed(make_store, issue, now):
    store = make_store()
    delivery = Delivery(store)
    delivery.add(Pair(master="alice", slave="bob", peer=b"sta"))
    assert (delivery.stock("alice", "bob", now=now).sizes, delivery.stock("alice", "bob", now=now).size) == ((), 256)
    for run, bits in ((1, 128), (2, 192), (3, 256)):
        keys, root = issue(run, 1, bits=bits)
        store.keep_pending(b"sta", keys, root, now=now)
        store.confirm(b"sta", [keys[0].key_id], now=now)
        assert delivery.stock("alice", "bob", now=now).size == bits  # the longest, and 256 where there is one
    for wrong in (8, 64, 384, 512):
        with pytest.raises(TooFewKeys):
            delivery.give("alice", "bob", 1, wrong, now=now)
    assert len(delivery.give("alice", "bob", 1, 128, now=now)[0].key.reveal_secret_bytes()) == 16
    assert len(delivery.give("alice", "bob", now=now)[0].key.reveal_secret_bytes()) == 32


def test_a_lower_claim_is_not_given_where_it_will_not_do(ends, now):
    one, *_ = ends(claim="estimate")
    with pytest.raises(TooFewKeys):
        one.give("alice", "bob", now=now, claims=["bounded"])
    assert one.give("alice", "bob", now=now)[0].key.claim == "estimate"


def test_a_key_without_a_claim_is_never_given(ends, now):
    one, other, a, b, keys = ends(count=1)
    for store in (a, b):
        with store.database.writing() as db:  # no session can make such a key: a Key refuses the claim "none"
            entry, secret = find(db, store.database.vault, str(keys[0].key_id))
            worthless = replace(entry, claim="none", key_id=UUID(int=1))
            keep(db, store.database.vault, worthless, secret)
        store.take(entry.peer, now=now)
        with pytest.raises(TooFewKeys):
            store.take(entry.peer, now=now)
        with pytest.raises(NoSuchKey):
            store.take(entry.peer, UUID(int=1), now=now)
    with pytest.raises(TooFewKeys):
        one.give("alice", "bob", now=now)
    with pytest.raises(NoSuchKey):
        other.give_named("alice", "bob", [UUID(int=1)], now=now)


def test_expired_and_pending_keys_are_not_given(ends, issue, now):
    one, other, a, b, keys = ends()
    late = now + a.limits.confirmed
    assert one.stock("alice", "bob", now=late).sizes == ()
    with pytest.raises(NoSuchKey):
        other.give_named("alice", "bob", [keys[0].key_id], now=late)
    more, root = issue(2, 1)
    b.keep_pending(b"ap", more, root, now=now)
    with pytest.raises(NoSuchKey):
        other.give_named("alice", "bob", [more[0].key_id], now=now)


def test_both_nodes_may_have_masters_where_the_pool_is_shared_out(stocked, now):
    stores = [stocked(name, peer, count=20)[0] for name, peer in (("a", b"sta"), ("b", b"ap"))]
    a, b = map(Delivery, stores)
    for delivery, peer, sides in ((a, b"sta", ("master", "slave")), (b, b"ap", ("slave", "master"))):
        delivery.add(Pair(master="alice", slave="bob", peer=peer, side=sides[0], part=0, parts=2))
        delivery.add(Pair(master="bob", slave="alice", peer=peer, side=sides[1], part=1, parts=2))
    given_ = []
    for master, slave, ours, theirs in (("alice", "bob", a, b), ("bob", "alice", b, a)):
        count = len(ours.stock(master, slave, now=now).sizes)
        given_ += (got := ours.give(master, slave, count, now=now))
        assert secrets(theirs.give_named(master, slave, [x.key_id for x in got], now=now)) == secrets(got)
    assert len({x.key_id for x in given_}) == 20


def test_pairs_that_two_stores_could_give_one_key_are_refused(make_store):
    delivery = Delivery(make_store())
    delivery.add(Pair(master="alice", slave="bob", peer=b"sta"))
    for other in (
        Pair(master="bob", slave="alice", peer=b"sta", side="slave"),
        Pair(master="carol", slave="dave", peer=b"sta", part=1, parts=2),
        Pair(master="carol", slave="dave", peer=b"sta", side="both"),
    ):
        with pytest.raises(PairsOverlap, match="alice → bob"):
            delivery.add(other)
    delivery.add(Pair(master="carol", slave="dave", peer=b"other"))
    delivery.add(Pair(master="alice", slave="bob", peer=b"sta", part=0, parts=2))
    delivery.add(Pair(master="bob", slave="alice", peer=b"sta", side="slave", part=1, parts=2))
    assert len(delivery.pairs()) == 3
    delivery.remove("carol", "dave")
    with pytest.raises(NoSuchPair):
        delivery.remove("carol", "dave")


def test_an_altered_pair_gives_nothing(ends, now):
    one, *_ = ends()
    with one._store.database.writing() as db:
        db.execute("UPDATE pairs SET slave = 'eve'")
    with pytest.raises(StoreDamaged, match="pair"):
        one.give("alice", "eve", now=now)


@pytest.mark.parametrize(
    "wrong",
    [
        {"master": ""}, {"master": "bob"}, {"slave": "a\nb"}, {"slave": "x" * 256}, {"side": "eve"}, {"parts": 0},
        {"part": 1}, {"part": -1}, {"parts": 2000},
    ],
)  # fmt: skip
def test_pairs_that_make_no_sense(wrong):
    with pytest.raises(OutOfRange):
        Pair(**({"master": "alice", "slave": "bob", "peer": b"sta"} | wrong))


parts = st.integers(1, 12).flatmap(lambda n: st.tuples(st.integers(0, n - 1), st.just(n)))


@given(parts, parts)
def test_pairs_overlap_exactly_where_they_share_a_key(one, other):
    first = Pair(master="a", slave="b", peer=b"p", part=one[0], parts=one[1])
    second = Pair(master="c", slave="d", peer=b"p", part=other[0], parts=other[1])
    assert first.overlaps(second) == any(first.has(k) and second.has(k) for k in range(132))
