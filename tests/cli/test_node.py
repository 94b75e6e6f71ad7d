"""`samefade node` as a user types it: both ends of a recording, or one end with the other one in a thread."""

import json
import os
import random
import signal
import sys
import threading
import time
import tty
from contextlib import contextmanager
from pathlib import Path

import pytest

from samefade import schemes
from samefade.api import node as nodes
from samefade.api.node import replaying
from samefade.api.node.identity import make, read_credential, read_identity
from samefade.api.node.running import Link, Serving, Stopping, run_session, serve
from samefade.cli.following import Following
from samefade.errors import Stopped
from samefade.keys.life import State
from samefade.keys.store import Store
from samefade.keys.vault import KeyFile
from samefade.link.hostile import Hostile
from samefade.link.replay import Ran, in_memory
from samefade.session import Confirmed, Failed, Pending

sys.path.insert(0, str(Path(__file__).parents[1] / "api" / "node"))
SHORT = ("--spoken", 128, "--kept", 250)
SECRET = bytes(range(32))


@pytest.fixture(scope="module")
def recording(tmp_path_factory):
    from node_recording import write

    return write(tmp_path_factory.mktemp("recording"))


@pytest.fixture
def virtual(monkeypatch):
    """Play both ends of a replay in this process and in virtual time."""

    def play(a, b, told, *, hostile, stop, **_):
        assert not stop()
        ends = a(), b()
        for name, end in zip("ab", ends, strict=True):
            object.__setattr__(end, "on_event", _teller(end.on_event, name, told))
        ran = in_memory(*ends, hostile, limit=100_000.0)
        return Ran(ran.finished, ran.datagrams, ran.dropped, ran.seconds)

    monkeypatch.setattr(replaying, "as_processes", play)


def _teller(keep, name, told):
    def tell(event):
        keep(event)
        told(name, event.public())

    return tell


def one_object(seen):
    """The one JSON object on standard output."""
    told, end = json.JSONDecoder().raw_decode(seen.out)
    assert not seen.out[end:].strip()
    return told


# both ends


def test_both_ends_of_the_demo_as_two_processes(samefade, tmp_path):
    trace = tmp_path / "demo.trace"
    seen = samefade("node", "--replay", "demo", *SHORT, "--kept", 1000, "--loss", 0.2, "--json", "--trace", trace)
    told = one_object(seen)
    assert seen.code == 0
    assert told["schema"] == "samefade.node/1"
    assert told["same_keys"] is True
    assert told["lost"] > 0
    ours, theirs = (told["ends"][end]["confirmed"] for end in ("initiator", "responder"))
    assert ours == theirs
    assert {key["claim"] for key in ours} <= {"bounded", "estimate"}
    shown = samefade("trace", trace, "--json").json
    assert {event["end"] for event in shown["events"]} == {"initiator", "responder"}


@pytest.mark.usefixtures("virtual")
def test_a_replay_in_words(samefade, recording):
    seen = samefade("node", "--replay", recording, *SHORT)
    assert seen.code == 0
    assert "initiator: 1 key confirmed, claim bounded" in seen.out
    assert "responder: 1 key confirmed, claim bounded" in seen.out
    assert "measuring frames 1 to 128" in seen.err


@pytest.mark.usefixtures("virtual")
def test_a_replay_says_how_packets_were_matched_and_what_was_dropped(samefade, recording, tmp_path):
    ends = [Path(path) for path in recording.split(",")]
    lines = ends[1].read_text(encoding="utf-8").splitlines()
    lines[3000] = "no number,-60"
    broken = tmp_path / "b.csv"
    broken.write_text("\n".join(lines) + "\n", encoding="utf-8")
    trace = tmp_path / "t"
    seen = samefade("node", "--replay", f"{ends[0]},{broken}", *SHORT, "--trace", trace)
    told = one_object(samefade("node", "--replay", f"{ends[0]},{broken}", *SHORT, "--json"))
    measured = samefade("measure", ends[0], broken, "--json").json
    assert told["matching"] == measured["matching"]
    assert told["samples"] == measured["samples"]
    assert told["dropped"]["initiator"] == {"header": 1}
    assert sum(told["dropped"]["responder"].values()) == 2
    assert told["said"][0] in seen.out
    assert f"matched by {told['matching']}; dropped from the files: header 1 (initiator), " in told["said"][0]
    begun = [event for event in samefade("trace", trace, "--json").json["events"] if event["event"] == "begun"]
    assert len(begun) == 2
    assert all(
        {**event, **{name: told[name] for name in ("samples", "matching", "dropped")}} == event for event in begun
    )


@pytest.mark.parametrize("line", [{"loss": 0.3}, {"profile": "lora"}], ids=str)
@pytest.mark.usefixtures("virtual")
def test_a_replay_on_a_bad_line_and_on_a_slow_one(samefade, recording, line):
    options = [word for name, value in line.items() for word in (f"--{name}", value)]
    told = one_object(samefade("node", "--replay", recording, *SHORT, *options, "--json"))
    assert told["same_keys"] is True


@pytest.mark.usefixtures("virtual")
def test_presence_and_the_replay_attack_that_it_stops(samefade):
    presence = ("node", "--replay", "demo", "--presence", "--spoken", 600, "--json")
    here = samefade(*presence)
    assert here.code == 0
    for end in one_object(here)["ends"].values():
        assert end["present"]["correlation"] > end["present"]["threshold"]
    attacked = samefade(*presence, "--replay-attack", 60)
    assert attacked.code == 5
    told = one_object(attacked)
    assert told["ends"]["responder"]["error"]["error"] == "ReplaySuspected"
    assert all(end["present"] is None for end in told["ends"].values())


@pytest.mark.usefixtures("virtual")
def test_a_scheme_that_finds_no_key_ends_with_exit_code_3_and_advice(samefade, recording):
    seen = samefade("node", "--replay", recording, *SHORT, "--kept", 60, "--scheme", "wskg")
    assert seen.code == 3
    assert "too little entropy" in seen.out
    assert "Record for longer" in seen.err
    assert "Ask the other end" not in seen.err  # both ends are here, and one of them knows


@pytest.mark.usefixtures("virtual")
def test_a_second_run_on_the_same_stores_begins_behind_the_first(samefade, recording, tmp_path):
    first, second = tmp_path / "1.trace", tmp_path / "2.trace"
    for trace in (first, second):
        assert samefade("node", "--replay", recording, *SHORT, "--stores", tmp_path, "--trace", trace).code == 0
    epochs, spans = [], []
    for trace in (first, second):
        events = samefade("trace", trace, "--json").json["events"]
        epochs.append({event["epoch"] for event in events if event["event"] == "pending"})
        probes = [event for event in events if event["event"] == "probe"]
        spans.append((min(p["first"] for p in probes), max(p["last"] for p in probes)))
    assert epochs == [{1}, {2}]
    assert spans[0][1] < spans[1][0]
    certificates_are_whole(tmp_path / "initiator.store", tmp_path / "responder.store")


def certificates_are_whole(*stores):
    """The certificates of both ends' keys are the same, add up, claim what the key claims, and hold no secret."""
    found = []
    for path in stores:
        with Store(path, KeyFile(path.with_name(f"{path.name}.key"))) as store:
            entries = store.keys()
            (peer,) = {entry.peer for entry in entries}
            assert all(entry.state is State.CONFIRMED for entry in entries)
            told = {entry.key_id: (entry.claim, entry.certificate) for entry in entries}
            now = time.time()
            secrets = [store.take(peer, name, now=now).key.reveal_secret_bytes().hex() for name in told]
            found.append((told, secrets, [root.reveal_secret_bytes().hex() for root in store.roots(peer)]))
    assert found[0] == found[1]
    (told, secrets, roots), _ = found
    assert len(told) >= 2
    for claim, certificate in told.values():
        about = json.loads(certificate)
        assert about["claim"] == claim
        assert 0 <= sum(bits for _, bits in about["account"]) - about["left_bits"] < 1  # whole bits are left
        assert about["keys"] * about["bits"] <= about["left_bits"]
        assert about["assumptions"]
        assert not any("unauthenticated" in text for text in about["assumptions"])
        assert not any(secret in certificate for secret in (*secrets, *roots))


@pytest.mark.usefixtures("virtual")
def test_a_recording_that_is_used_up(samefade, recording, tmp_path):
    assert samefade("node", "--replay", recording, "--spoken", 2, "--kept", 2, "--stores", tmp_path).code == 3
    for name, peer in (("initiator", b"responder"), ("responder", b"initiator")):
        with Store(tmp_path / f"{name}.store", KeyFile(tmp_path / f"{name}.store.key")) as store:
            store.burn(peer, 1 + store.burnt(peer), 3198)
    seen = samefade("node", "--replay", recording, "--stores", tmp_path, "--json")
    assert seen.code == 3
    refusal = one_object(seen)["refusal"]
    assert refusal["error"] == "UsedUp"
    assert "no sample is used twice" in seen.err


@pytest.mark.usefixtures("virtual")
def test_more_than_the_recording_has_is_not_enough(samefade, recording):
    seen = samefade("node", "--replay", recording, "--kept", 100_000, "--json")
    assert seen.code == 3
    assert one_object(seen)["refusal"]["numbers"]["have"] == 3200


def test_a_recording_that_is_not_there_is_called_a_file(samefade, tmp_path):
    for path in (tmp_path / "absent.csv", f"{tmp_path / 'absent.csv'},{tmp_path / 'other.csv'}"):
        seen = samefade("node", "--replay", path)
        assert (seen.code, "there is no such file" in seen.err) == (2, True)
    comma = tmp_path / "one, two.csv"
    comma.write_text("a_rssi,b_rssi\n" + "-70,-71\n" * 300, "utf-8")
    assert len(nodes.recording(str(comma))) == 300


@pytest.mark.parametrize(
    "wrong",
    [
        ("--replay", "nonsense"),
        ("--replay", "absent.csv"),
        ("--replay", "demo", "--scheme", "nonsense"),
        ("--replay", "demo", "--profile", "nonsense"),
        ("--replay", "demo", "--spoken", "-1"),
        ("--replay", "demo", "--pace", "0"),
        ("--replay", "demo", "--loss", "2"),
        ("--replay", "demo", "--presence", "--false-accept", "2"),
        (),
        ("--role", "nonsense", "--me", "a", "--peer", "b"),
        ("--role", "initiator"),
        ("--role", "initiator", "--me", "a"),
        ("--role", "initiator", "--me", "a", "--peer", "a"),
        ("--role", "initiator", "--me", "a" * 40, "--peer", "b"),
        ("--role", "initiator", "--me", "a", "--peer", "b", "--link", "nonsense"),
        ("--role", "initiator", "--me", "a", "--peer", "b", "--link", "udp:127.0.0.1"),
        ("--role", "initiator", "--me", "a", "--peer", "b", "--link", "udp:127.0.0.1:99999"),
        ("--role", "initiator", "--me", "a", "--peer", "b", "--source", "nonsense"),
        ("--role", "initiator", "--me", "a", "--peer", "stranger"),
        ("--role", "initiator", "--me", "a", "--peer", "b", "--store", "absent.store"),
        ("--role", "initiator", "--me", "a", "--peer", "b", "--link", "serial:absent"),
        ("--role", "initiator", "--identity", "absent.identity", "--credential", "absent"),
        ("--role", "initiator", "--nonsense"),
    ],
    ids=" ".join,
)
def test_wrong_options_get_a_line_of_advice_and_exit_code_2(samefade, tmp_path, monkeypatch, wrong):
    monkeypatch.chdir(tmp_path)
    with Store(tmp_path / "samefade.store", KeyFile(tmp_path / "samefade.store.key"), create=True) as store:
        store.enrol(b"b", SECRET)
    seen = samefade("node", *wrong, "--json")
    assert seen.code == 2, seen.err
    told = one_object(seen)
    assert told["schema"] == "samefade.error/1"
    assert told["refusal"]["exit_code"] == 2
    assert "Traceback" not in seen.err
    assert len(seen.err.strip().splitlines()) >= 2


# one end, with the other one in a thread


class Other(threading.Thread):
    """The other node."""

    def __init__(self, act):
        super().__init__(daemon=True)
        self.act, self.told, self.wrong = act, [], None

    def run(self):
        try:
            self.act(self)
        except Exception as error:  # noqa: BLE001 -- shown by who waits for it
            self.wrong = error

    def tell(self, *event):
        self.told.append(event[-1])

    def of(self, kind):
        return [event for event in self.told if isinstance(event, kind)]


@contextmanager
def responding(node, source, kind="udp"):
    """A responder for many in a thread; gives it and its link."""
    opened, where, stop = threading.Event(), [], Stopping()
    scheme = schemes.find("strata")
    heard = nodes.heard(nodes.recording(source), "b", scheme)

    def ready(link):
        where.append(link)
        opened.set()

    def act(self):
        serve(
            Link(kind, "127.0.0.1", 0),
            nodes.listener(node, scheme),
            Serving(node.store, heard, self.tell, None, stop),
            ready,
        )

    other = Other(act)
    other.start()
    try:
        assert opened.wait(20), other.wrong
        other.link = where[0]
        yield other
    finally:
        stop.asked = True
        other.join(20)
    assert other.wrong is None


@pytest.fixture
def stores(tmp_path):
    """Both ends' stores, enrolled: `sta.store` for the command line, and that of `ap`, opened."""
    for me, peer in (("sta", b"ap"), ("ap", b"sta")):
        with Store(tmp_path / f"{me}.store", KeyFile(tmp_path / f"{me}.store.key"), create=True) as store:
            store.enrol(peer, SECRET)
    with Store(tmp_path / "ap.store", KeyFile(tmp_path / "ap.store.key")) as opened:
        yield opened


def as_sta(recording, tmp_path, link, *more):
    store = tmp_path / "sta.store"
    me = ("--role", "initiator", "--me", "sta", "--peer", "ap", "--store", store)
    return ("node", *me, "--link", link, "--source", recording, *SHORT, *more)


@pytest.mark.parametrize("kind", ["udp", "coap"])
def test_two_nodes_over_a_network(samefade, recording, tmp_path, stores, kind):
    if kind == "coap":
        pytest.importorskip("aiocoap", reason="the extra 'coap' is not installed")
    with responding(nodes.Node(me=b"ap", peers=(b"sta",), store=stores), recording, kind) as other:
        seen = samefade(*as_sta(recording, tmp_path, other.link, "--json"))
        told = one_object(seen)
        assert seen.code == 0, seen.err
        (confirmed,) = other.of(Confirmed)
        names = [key["key_id"] for key in told["ends"]["initiator"]["confirmed"]]
        assert names == [str(name) for name in confirmed.key_ids]
        assert "unauthenticated" not in told
        listed = samefade("keys", "list", "--store", tmp_path / "sta.store", "--json").json["keys"]
        assert [(key["key_id"], key["state"]) for key in listed] == [(name, "confirmed") for name in names]


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="this system has no pseudo-terminals")
def test_two_nodes_over_a_serial_line(samefade, recording, tmp_path, stores):
    pytest.importorskip("serial", reason="the extra 'serial' is not installed")
    ends = [os.openpty() for _ in range(2)]
    for each in (number for pair in ends for number in pair):
        tty.setraw(each)
    pumping, stop = threading.Event(), Stopping()

    def pump():
        from select import select

        (near, _), (far, _) = ends
        while not pumping.is_set():
            for ready in select([near, far], [], [], 0.05)[0]:
                os.write(far if ready == near else near, os.read(ready, 4096))

    node, scheme = nodes.Node(me=b"ap", peers=(b"sta",), store=stores), schemes.find("strata")
    heard = nodes.heard(nodes.recording(recording), "b", scheme)

    def act(self):
        keeper = nodes.Keeper(stores, time.time)
        link = Link.parse(f"serial:{os.ttyname(ends[1][1])}")
        run_session(link, nodes.responder(node, scheme), heard, lambda e: (keeper.keep(e), self.tell(e)), stop)

    threads = [threading.Thread(target=pump, daemon=True), Other(act)]
    for thread in threads:
        thread.start()
    try:
        seen = samefade(*as_sta(recording, tmp_path, f"serial:{os.ttyname(ends[0][1])}"))
        threads[1].join(20)
    finally:
        stop.asked = True
        pumping.set()
        for thread in threads:
            thread.join(20)
        for each in (number for pair in ends for number in pair):
            os.close(each)
    assert seen.code == 0, seen.err
    assert "initiator: 1 key confirmed, claim bounded" in seen.out
    assert threads[1].of(Confirmed)


def test_two_nodes_that_begin_with_identities(samefade, recording, tmp_path):
    pytest.importorskip("lakers", reason="the extra 'coap' is not installed")
    for name in ("sta", "ap"):
        assert samefade("identity", name, "--out", tmp_path / f"{name}.identity").code == 0
    mine = read_identity(tmp_path / "ap.identity")
    theirs = read_credential(tmp_path / "sta.identity.credential")
    with Store(tmp_path / "ap.store", KeyFile(tmp_path / "ap.store.key"), create=True) as store:
        node = nodes.Node(
            me=mine.credential.key_id, peers=(theirs.key_id,), store=store, identity=mine, credentials=(theirs,)
        )
        with responding(node, recording) as other:
            for _ in range(2):
                seen = samefade(
                    "node", "--role", "initiator", "--link", other.link, "--source", recording, *SHORT, "--json",
                    "--identity", tmp_path / "sta.identity", "--credential", tmp_path / "ap.identity.credential",
                    "--store", tmp_path / "sta.store",
                )  # fmt: skip
                assert seen.code == 0, seen.err
                assert len(one_object(seen)["ends"]["initiator"]["confirmed"]) >= 1
        assert [event.root.epoch for event in other.of(Pending)] == [1, 2]


def test_another_secret_gets_no_answer(samefade, recording, tmp_path, stores, monkeypatch):
    monkeypatch.setattr("samefade.wire.profile.WIFI.tries", 3)
    stores.forget(b"sta", 0.0)
    stores.enrol(b"sta", bytes(32))
    with responding(nodes.Node(me=b"ap", peers=(b"sta",), store=stores), recording) as other:
        seen = samefade(*as_sta(recording, tmp_path, other.link, "--json"))
    assert seen.code == 4
    assert one_object(seen)["ends"]["initiator"]["error"]["error"] == "NoAnswer"
    assert "hold the same prior secret" in seen.err
    assert not other.told


def test_an_unauthenticated_laboratory_says_so_wherever_it_says_anything(samefade, recording, tmp_path):
    node = nodes.Node(me=b"ap", peers=(b"sta",), unauthenticated_laboratory=True)
    with responding(node, recording) as other:
        me = ("--role", "initiator", "--me", "sta", "--peer", "ap", "--unauthenticated-laboratory")
        asked = ("node", *me, "--link", other.link, "--source", recording, *SHORT)
        words, told = samefade(*asked), samefade(*asked, "--json")
    for seen in (words, told):
        assert seen.code == 0
        assert "UNAUTHENTICATED" in seen.err
    assert words.out.startswith("UNAUTHENTICATED: whoever is on the line may be either end")
    assert one_object(told)["unauthenticated"] is True
    for event in other.of(Pending):
        for issued in event.keys:
            assert issued.certificate["assumptions"][0].startswith("unauthenticated: whoever was on the line")
            assert issued.certificate["claim"] == issued.key.claim
    assert not list(tmp_path.iterdir())
    own, known = make("sta", tmp_path / "sta")
    refused = samefade(*asked, "--identity", own, "--credential", known)
    assert refused.code == 2


# the end of it


@pytest.mark.parametrize("state", ["begin", "greeted", "keyed", "proposed", "planned", "compared", "kept", "masked"])
def test_a_stop_in_every_phase(samefade, recording, tmp_path, stores, monkeypatch, state):
    number = random.choice([signal.SIGINT, signal.SIGTERM])
    if threading.current_thread() is not threading.main_thread():
        pytest.skip("signals come to the main thread only, and this is none")
    note, read = Following.note, nodes.recording

    def noted(self, end, told):
        note(self, end, told)
        if told.get("state") == state:
            signal.raise_signal(number)

    def reading(source):
        if state == "begin":
            signal.raise_signal(number)
        return read(source)

    monkeypatch.setattr(Following, "note", noted)
    before, trace = signal.getsignal(number), tmp_path / "t"
    known = state not in ("begin", "greeted")
    with responding(nodes.Node(me=b"ap", peers=(b"sta",), store=stores), recording) as other:
        monkeypatch.setattr(nodes, "recording", reading)
        seen = samefade(*as_sta(recording, tmp_path, other.link, "--json", "--trace", trace))
        ends = time.monotonic() + 120
        while known and not other.of(Failed) and time.monotonic() < ends:
            time.sleep(0.01)
    assert seen.code == 4
    assert "This end was stopped before the run was over" in seen.err + seen.out
    assert signal.getsignal(number) is before
    told = one_object(seen)
    if state == "begin":
        assert told["refusal"]["error"] == "Stopped"
        return
    assert told["ends"]["initiator"]["error"]["error"] == "Stopped"
    assert trace.read_text(encoding="utf-8").endswith("}\n")
    assert [type(event.error).__name__ for event in other.of(Failed)] == (["GaveUp"] if known else [])
    with Store(tmp_path / "sta.store", KeyFile(tmp_path / "sta.store.key")) as store:
        assert [root.epoch for root in store.roots(b"ap")] == [0]
        assert not store.keys()


@pytest.mark.usefixtures("stores")
def test_a_responder_to_whom_nobody_speaks_can_be_stopped(samefade, recording, tmp_path, monkeypatch):
    if threading.current_thread() is not threading.main_thread():
        pytest.skip("signals come to the main thread only, and this is none")
    tell = Following.tell

    def told(self, text):
        tell(self, text)
        signal.raise_signal(signal.SIGTERM)

    monkeypatch.setattr(Following, "tell", told)
    seen = samefade(
        "node", "--role", "responder", "--me", "ap", "--peer", "sta", "--link", "udp:127.0.0.1:0",
        "--store", tmp_path / "ap.store", "--source", recording,
    )  # fmt: skip
    assert seen.code == 0
    assert "listening at udp:127.0.0.1:" in seen.err
    assert "responder: stopped" in seen.out


def test_the_exit_code_is_that_of_the_end_that_knows_why(samefade, recording, monkeypatch):
    def play(_a, _b, told, **_):
        for end, error in (("a", nodes.recorded.UsedUp(frames=5, burnt=5)), ("b", Stopped(state="waiting"))):
            told(end, Failed(error=error).public())
        return Ran(finished=False, datagrams=0, dropped=0, seconds=0.0)

    monkeypatch.setattr(replaying, "as_processes", play)
    seen = samefade("node", "--replay", recording, *SHORT)
    assert seen.code == 3
    assert "no sample is used twice" in seen.err


def test_a_process_of_a_replay_that_is_gone_is_no_success(samefade, recording, monkeypatch):
    def play(_a, _b, told, *, hostile, **_):
        assert hostile == Hostile()
        told("a", {"event": "moved", "state": "greeted"})
        return Ran(finished=False, datagrams=0, dropped=0, seconds=0.0)

    monkeypatch.setattr(replaying, "as_processes", play)
    seen = samefade("node", "--replay", recording, *SHORT, "--json")
    assert seen.code == 2
    assert all(end["error"]["error"] == "LineLost" for end in one_object(seen)["ends"].values())
