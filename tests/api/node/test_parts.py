"""The parts of a node: its links, its plan, who it is, and what it keeps."""

import pytest

from samefade import schemes
from samefade.api import node as nodes
from samefade.api.node import NotEnrolled
from samefade.api.node.keeper import Keeper
from samefade.api.node.recorded import UsedUp
from samefade.api.node.running import Link
from samefade.errors import OutOfRange
from samefade.keys.store import Store
from samefade.keys.vault import KeyFile
from samefade.session import Known, Plan, Root
from samefade.session.edhoc import Credential, Identity
from samefade.session.psk import LABORATORY

STRATA = schemes.find("strata")


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    from node_recording import write

    return nodes.recording(write(tmp_path_factory.mktemp("recording")))


@pytest.fixture
def store(tmp_path):
    with Store(tmp_path / "s", KeyFile(tmp_path / "k"), create=True) as opened:
        yield opened


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("udp:127.0.0.1:47000", Link("udp", "127.0.0.1", 47000)),
        ("udp::47000", Link("udp", "", 47000)),
        ("coap:[::1]:5683", Link("coap", "::1", 5683)),
        ("udp:node.example:1", Link("udp", "node.example", 1)),
        ("serial:/dev/ttyUSB0", Link("serial", "/dev/ttyUSB0", 115_200)),
        ("serial:/dev/ttyUSB0:9600", Link("serial", "/dev/ttyUSB0", 9600)),
        ("serial:COM3", Link("serial", "COM3", 115_200)),
    ],
)
def test_links(text, link):
    assert Link.parse(text) == link


@pytest.mark.parametrize("text", ["", "udp", "udp:", "udp:a", "udp:a:", "udp:a:x", "tcp:a:1", "udp:a:-1"])
def test_what_is_no_link(text):
    with pytest.raises(OutOfRange):
        Link.parse(text)


def test_a_plan_leaves_room_for_the_guard_and_begins_where_it_is_told(pair):
    made = nodes.plan(pair, STRATA)
    assert made.first == 1
    assert made.spoken == len(pair) // 4
    assert made.spoken + made.kept <= 0.9 * len(pair)
    later = nodes.plan(pair, STRATA, begin=1001)
    assert later.first == 1001
    assert later.spoken == (len(pair) - 1000) // 4


def test_a_plan_for_a_recording_that_is_used_up(pair):
    nodes.plan(pair, STRATA, begin=len(pair) - 3)
    for begin in (len(pair) - 2, len(pair) + 1, 10 * len(pair)):
        with pytest.raises(UsedUp) as refused:
            nodes.plan(pair, STRATA, begin=begin)
        assert refused.value.numbers == {"frames": len(pair), "burnt": begin - 1}


def test_what_is_late_was_heard_before(pair):
    now, late = (nodes.heard(pair, "a", STRATA, late=by) for by in (0, 600))
    assert [s.values.tolist() for s in late.take(701, 720)] == [s.values.tolist() for s in now.take(101, 120)]


@pytest.mark.parametrize(
    "wrong",
    [
        {"me": b""}, {"me": b"x" * 33}, {"peers": ()}, {"peers": (b"me",)}, {"peers": (b"",)}, {"profile": "lte"},
    ],
    ids=str,
)  # fmt: skip
def test_a_node_that_cannot_work(wrong):
    with pytest.raises(OutOfRange):
        nodes.Node(**{"me": b"me", "peers": (b"you",)} | wrong)


def test_a_laboratory_proves_nothing_so_it_takes_no_identity():
    identity = Identity(Credential("x", bytes(31) + b"\x05"), bytes(32))
    with pytest.raises(OutOfRange):
        nodes.Node(me=b"me", peers=(b"you",), identity=identity, unauthenticated_laboratory=True)


def test_the_secret_that_everybody_knows_is_taken_in_a_laboratory_only(store):
    store.enrol(b"you", bytes(32))
    node = nodes.Node(me=b"me", peers=(b"you",), store=store)
    assert node.holder(LABORATORY.name) is None
    assert nodes.Node(me=b"me", peers=(b"you",)).holder(LABORATORY.name) is None
    (root,) = node.roots(b"you")
    assert node.holder(root.name)[1] == b"you"
    assert nodes.Node(me=b"me", peers=(b"somebody else",), store=store).holder(root.name) is None


def test_a_peer_that_is_not_enrolled(store):
    node = nodes.Node(me=b"me", peers=(b"you",), store=store)
    with pytest.raises(NotEnrolled):
        nodes.initiator(node, STRATA, Plan(first=1, spoken=1, kept=1, rate=1.0))


def test_a_keeper_takes_no_prior_secret_that_the_store_does_not_have(store):
    keeper = Keeper(store, lambda: 1.8e9)
    root = store.enrol(b"you", bytes(32))
    keeper.keep(Known(peer=b"you", prior=b"another"))
    assert [kept.name for kept in store.roots(b"you")] == [root.name]
    assert keeper.confirmed == []


def test_no_secret_in_what_a_node_shows(store):
    store.enrol(b"you", b"a secret of sixteen bytes or more")
    node = nodes.Node(me=b"me", peers=(b"you",), store=store)
    assert "secret of" not in repr(node) + repr(node.roots(b"you"))
    assert isinstance(node.roots(b"you")[0], Root)
