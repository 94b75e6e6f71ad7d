"""The join server: what it grants to another implementation's expectations, and what it never grants."""

import json
import threading
from datetime import UTC, datetime

import pytest
import requests

from samefade.errors import CannotWrite, MissingExtra, OutOfRange
from samefade.keys import certificates, serve
from samefade.keys.errors import OthersMayRead, StoreDamaged, StoreLocked
from samefade.keys.store import Store
from samefade.keys.vault import KeyFile
from samefade.lpwan.lorawan import JoinAccept, JoinRequest, RejoinRequest, derivation, handover, root_keys
from samefade.lpwan.lorawan.activations import SESSIONS, Activations, HeldRoot
from samefade.lpwan.lorawan.application import application
from samefade.lpwan.lorawan.backend import Partner, Refused
from samefade.lpwan.lorawan.epochs import Epoch, StoreEpochs
from samefade.lpwan.lorawan.join_server import JoinServer
from samefade.lpwan.lorawan.settings import WrongSettings, read_settings
from samefade.session.events import Root
from samefade.types import Key

DEV, JOIN, NET = bytes.fromhex("0102030405060708"), bytes.fromhex("0807060504030201"), "010203"
KEK = bytes(range(16))


class Refreshing:
    """Epoch keys that a test confirms one after the other."""

    def __init__(self):
        self.number = 0

    def newest(self, dev_eui):
        if dev_eui != DEV:
            return None
        return Epoch(bytes([self.number] * 8), self.number, self.key(self.number))

    @staticmethod
    def key(number):
        return Key(bytes([number] * 32), "bounded")

    def roots(self, number):
        return root_keys(self.key(number), DEV, JOIN)


@pytest.fixture
def epochs():
    return Refreshing()


@pytest.fixture
def path(fast_path):
    return fast_path / "join.state"


@pytest.fixture
def activations(path):
    with Activations(path, KeyFile(path.with_name("join.key"))) as opened:
        yield opened


def server(epochs, activations, *, first=1, **more):
    names = iter(range(first, first + 1000))
    networks = {"ns": Partner(NET), "wrapped": Partner(NET, "a label", KEK)}
    return JoinServer(
        JOIN, networks, {"as": Partner("as.example")}, epochs, activations,
        lambda n: next(names).to_bytes(n, "big"), **more,
    )  # fmt: skip


@pytest.fixture
def joining(epochs, activations):
    return server(epochs, activations)


def asked(frame, *, kind="JoinReq", version="1.0.4", settings="01", **more):
    told = {
        "ProtocolVersion": "1.0", "SenderID": NET, "ReceiverID": JOIN.hex(), "TransactionID": 7, "MessageType": kind,
        "MACVersion": version, "PHYPayload": frame.hex(), "DevEUI": DEV.hex(), "DevAddr": "01020304",
        "DLSettings": settings, "RxDelay": 1,
    }  # fmt: skip
    return json.dumps(told | more).encode()


def join(root, nonce):
    return JoinRequest(JOIN, DEV, nonce).packed(root)


def code(answer):
    return answer["Result"]["ResultCode"]


def test_a_1_0_device_joins_and_derives_the_same_keys(joining, epochs):
    root = epochs.roots(0).legacy
    answer = joining.answer("ns", asked(join(root, 258), CFList="184f84e85684b85e84886684586e8400"))
    assert (code(answer), answer["MessageType"], answer["TransactionID"]) == ("Success", "JoinAns", 7)
    assert (answer["SenderID"], answer["ReceiverID"]) == (JOIN.hex(), NET)
    accept, mic = JoinAccept.opened(bytes.fromhex(answer["PHYPayload"]), root)
    assert accept.code_10(root) == mic
    assert (accept.join_nonce, accept.net_id.hex(), accept.channels.hex()[:6]) == (1, NET, "184f84")
    keys = derivation.session_keys_10(root, accept.join_nonce, accept.net_id, 258)
    assert answer["NwkSKey"] == {"KEKLabel": "", "AESKey": keys.network.forwarding.hex()}
    assert "AppSKey" not in answer
    told = joining.answer("as", application_asks(answer))
    assert (code(told), told["AppSKey"]["AESKey"]) == ("Success", keys.application.hex())


def application_asks(answer, **more):
    told = json.loads(asked(b"", kind="AppSKeyReq", SenderID="as.example", SessionKeyID=answer["SessionKeyID"]))
    return json.dumps(told | more).encode()


def test_a_1_1_device_joins_and_rejoins(joining, epochs):
    roots, own = epochs.roots(0), derivation.join_keys(epochs.roots(0).network, DEV)
    answer = joining.answer("ns", asked(join(roots.network, 0), version="1.1.0", settings="81"))
    accept, mic = JoinAccept.opened(bytes.fromhex(answer["PHYPayload"]), roots.network)
    assert accept.code_11(own.integrity, 0xFF, JOIN, 0) == mic
    keys = derivation.session_keys_11(roots.network, roots.application, accept.join_nonce, JOIN, 0)
    got = [answer[name]["AESKey"] for name in ("FNwkSIntKey", "SNwkSIntKey", "NwkSEncKey")]
    assert got == [keys.network.forwarding.hex(), keys.network.serving.hex(), keys.network.encryption.hex()]
    for kind, scope, key in ((0, bytes.fromhex(NET), keys.network.serving), (1, JOIN, own.integrity)):
        frame = RejoinRequest(kind, scope, DEV, 5).packed(key)
        ask = asked(frame, kind="RejoinReq", version="1.1.0", settings="80")
        answer = joining.answer("ns", ask)
        assert (code(answer), answer["MessageType"]) == ("Success", "RejoinAns")
        accept, mic = JoinAccept.opened(bytes.fromhex(answer["PHYPayload"]), own.encryption)
        assert accept.code_11(own.integrity, kind, JOIN, 5) == mic
        keys = derivation.session_keys_11(roots.network, roots.application, accept.join_nonce, JOIN, 5)
        assert answer["NwkSEncKey"]["AESKey"] == keys.network.encryption.hex()
        assert code(joining.answer("ns", ask)) == "JoinReqFailed"  # the same once more
    bad = RejoinRequest(1, JOIN, DEV, 6).packed(bytes(16))
    assert code(joining.answer("ns", asked(bad, kind="RejoinReq", version="1.1.0", settings="80"))) == "MICFailed"


def test_an_older_network_gets_1_0_keys_of_a_1_1_device(joining, epochs):
    root = epochs.roots(0).network
    answer = joining.answer("ns", asked(join(root, 3), version="1.1.0", settings="01"))
    accept, mic = JoinAccept.opened(bytes.fromhex(answer["PHYPayload"]), root)
    assert (accept.newer, accept.code_10(root)) == (False, mic)
    keys = derivation.session_keys_10(root, 1, bytes.fromhex(NET), 3)
    assert answer["NwkSKey"]["AESKey"] == keys.network.forwarding.hex()


def test_session_keys_are_wrapped_where_there_is_a_label(joining, epochs):
    from cryptography.hazmat.primitives.keywrap import aes_key_unwrap

    root = epochs.roots(0).legacy
    answer = joining.answer("wrapped", asked(join(root, 1)))
    assert answer["NwkSKey"]["KEKLabel"] == "a label"
    opened = aes_key_unwrap(KEK, bytes.fromhex(answer["NwkSKey"]["AESKey"]))
    assert opened == derivation.session_keys_10(root, 1, bytes.fromhex(NET), 1).network.forwarding


def test_the_previous_root_is_kept_until_a_join_under_the_new_one(joining, epochs, activations):
    old, new = epochs.roots(0).legacy, epochs.roots(1).legacy
    assert code(joining.answer("ns", asked(join(old, 1)))) == "Success"
    epochs.number = 1
    assert code(joining.answer("ns", asked(join(old, 2)))) == "Success"  # the device has not taken the new one yet
    assert [root.epoch for root in activations.record(DEV).roots] == [1, 0]
    assert code(joining.answer("ns", asked(join(new, 1)))) == "Success"  # another root, and its own counter
    assert [root.epoch for root in activations.record(DEV).roots] == [1]
    assert code(joining.answer("ns", asked(join(old, 3)))) == "MICFailed"
    assert code(joining.answer("ns", asked(join(new, 2)))) == "Success"


def test_epochs_that_no_join_used_wait_and_are_dropped_by_a_newer_join(joining, epochs, activations):
    joining.answer("ns", asked(join(epochs.roots(0).legacy, 1)))
    for number in range(1, 12):
        epochs.number = number
        joining.answer("ns", asked(join(bytes(16), 1)))  # refused, and nothing of it is kept
        assert code(joining.answer("ns", asked(join(epochs.roots(0).legacy, 1 + number)))) == "Success"
    assert [root.epoch for root in activations.record(DEV).roots] == [11, 10, 9, 8, 7, 6, 5, 4, 0]
    assert code(joining.answer("ns", asked(join(epochs.roots(3).legacy, 1)))) == "MICFailed"
    assert code(joining.answer("ns", asked(join(epochs.roots(9).legacy, 1)))) == "Success"
    assert [root.epoch for root in activations.record(DEV).roots] == [11, 10, 9]


def test_a_replayed_join_request_is_refused(joining, epochs):
    root = epochs.roots(0).legacy
    assert code(joining.answer("ns", asked(join(root, 9)))) == "Success"
    for nonce in (9, 8, 0):
        assert code(joining.answer("ns", asked(join(root, nonce)))) == "JoinReqFailed"
    assert code(joining.answer("ns", asked(join(root, 9), version="1.0.2"))) == "JoinReqFailed"  # nor by a lie
    assert code(joining.answer("ns", asked(join(root, 10)))) == "Success"


def test_a_request_that_waited_while_a_newer_epoch_was_met_brings_no_old_nonce_back(joining, epochs, activations):
    """It looked for the newest epoch before, and the device joined under the next one meanwhile."""
    old = join(epochs.roots(0).legacy, 258)
    assert code(joining.answer("ns", asked(old))) == "Success"
    met = []

    class Slow:
        def newest(self, dev_eui):
            found = epochs.newest(dev_eui)
            if not met:
                epochs.number = 1
                met.append(joining.answer("ns", asked(join(epochs.roots(1).legacy, 0))))
            return found

    replayed = server(Slow(), activations, first=100).answer("ns", asked(old))
    assert (code(met[0]), code(replayed)) == ("Success", "MICFailed")
    assert code(joining.answer("as", application_asks(met[0]))) == "Success"  # its session was not ended


def test_a_drawn_nonce_counts_once_in_any_order(joining, epochs):
    root = epochs.roots(0).legacy
    for nonce in (500, 3, 60_000):
        ask = asked(join(root, nonce), version="1.0.2")
        assert [code(joining.answer("ns", ask)) for _ in range(2)] == ["Success", "JoinReqFailed"]
    assert code(joining.answer("ns", asked(join(root, 400)))) == "JoinReqFailed"  # now it says that it counts


def test_nonces_outlive_the_process(epochs, path):
    root, lock = epochs.roots(0).legacy, KeyFile(path.with_name("join.key"))
    with Activations(path, lock) as one:
        answer = server(epochs, one).answer("ns", asked(join(root, 1)))
    with Activations(path, lock) as two:
        again = server(epochs, two, first=5000)
        assert code(again.answer("ns", asked(join(root, 1)))) == "JoinReqFailed"
        assert code(again.answer("as", application_asks(answer))) == "Success"
        second = JoinAccept.opened(bytes.fromhex(again.answer("ns", asked(join(root, 2)))["PHYPayload"]), root)[0]
        assert second.join_nonce == 2  # one that was given is never given again


def test_what_is_not_kept_was_not_granted(joining, epochs, activations):
    root = epochs.roots(0).legacy
    activations.close()
    with pytest.raises(Exception):  # noqa: B017, PT011 -- whatever SQLite says of a closed file
        joining.answer("ns", asked(join(root, 1)))


def test_only_the_last_sessions_are_told(joining, epochs):
    root = epochs.roots(0).legacy
    answers = [joining.answer("ns", asked(join(root, nonce))) for nonce in range(SESSIONS + 1)]
    told = [code(joining.answer("as", application_asks(one))) for one in answers]
    assert told == ["Other", *["Success"] * SESSIONS]


def test_application_keys_reach_the_network_only_where_that_was_asked_for(epochs, activations):
    answer = server(epochs, activations, tells_network_application_keys=True).answer(
        "ns", asked(join(epochs.roots(0).legacy, 1))
    )
    assert len(answer["AppSKey"]["AESKey"]) == 32


@pytest.mark.parametrize(
    ("who", "change", "expected"),
    [
        ("mallory", {}, "UnknownSender"),
        (None, {}, "UnknownSender"),
        ("as", {}, "UnknownSender"),
        ("ns", {"SenderID": "010204"}, "UnknownSender"),
        ("ns", {"ReceiverID": "0000000000000000"}, "UnknownReceiver"),
        ("ns", {"DevEUI": "1111111111111111"}, "UnknownDevEUI"),
        ("ns", {"DevEUI": 5}, "MalformedRequest"),
        ("ns", {"DevAddr": "0102"}, "MalformedRequest"),
        ("ns", {"RxDelay": True}, "MalformedRequest"),
        ("ns", {"RxDelay": 16}, "MalformedRequest"),
        ("ns", {"MACVersion": "2.0"}, "MalformedRequest"),
        ("ns", {"CFList": "00"}, "MalformedRequest"),
        ("ns", {"DLSettings": "81"}, "MalformedRequest"),
        ("ns", {"PHYPayload": "00"}, "FrameSizeError"),
        ("ns", {"PHYPayload": "zz"}, "MalformedRequest"),
        ("ns", {"MessageType": "RejoinReq"}, "FrameSizeError"),
    ],
)
def test_what_is_refused(joining, epochs, activations, who, change, expected):
    ask = json.loads(asked(join(epochs.roots(0).legacy, 1)))
    assert code(joining.answer(who, json.dumps(ask | change).encode())) == expected
    assert activations.record(DEV).join_nonce == 0  # nothing was granted, and nothing burnt
    assert code(joining.answer("ns", json.dumps(ask).encode())) == "Success"


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b"{" * 9000, b"\xff", b'{"MessageType": "JoinReq"}', b"0" * 20_000]
)
def test_what_cannot_be_read_is_refused(joining, body):
    with pytest.raises(Refused):
        joining.answer("ns", body)


def test_a_forgotten_device_is_forgotten_here_too(joining, epochs, activations, monkeypatch):
    joining.answer("ns", asked(join(epochs.roots(0).legacy, 1)))
    monkeypatch.setattr(epochs, "newest", lambda _: None)
    assert code(joining.answer("ns", asked(join(epochs.roots(0).legacy, 2)))) == "UnknownDevEUI"
    assert [root.keys for root in activations.record(DEV).roots] == [("", "", "")]
    assert activations.session(DEV, (1).to_bytes(16, "big")) is None


def test_a_secret_that_comes_back_does_not_bring_its_nonces_back(joining, epochs):
    """A replay after `keys forget` and `keys enrol` with the same secret would otherwise give the same session keys."""
    root, known = epochs.roots(0).legacy, epochs.newest
    assert code(joining.answer("ns", asked(join(root, 5)))) == "Success"
    epochs.newest = lambda _: None
    assert code(joining.answer("ns", asked(join(root, 6)))) == "UnknownDevEUI"
    epochs.newest = known
    assert code(joining.answer("ns", asked(join(root, 5)))) == "JoinReqFailed"
    answer = joining.answer("ns", asked(join(root, 6)))
    assert JoinAccept.opened(bytes.fromhex(answer["PHYPayload"]), root)[0].join_nonce == 2


class Enrolled(Refreshing):
    """Epoch keys of a device that is enrolled anew: another secret, and epochs from 0 again."""

    secret = 0

    def newest(self, dev_eui):
        found = super().newest(dev_eui)
        return Epoch(bytes([self.secret]) + found.name, found.number, self.key(self.number + 100 * self.secret))


def test_who_holds_the_roots_of_an_earlier_secret_joins_no_more(activations):
    epochs = Enrolled()
    joining, old, new = server(epochs, activations), epochs.roots(2).legacy, epochs.roots(100).legacy
    epochs.number = 2
    answer = joining.answer("ns", asked(join(old, 5)))
    assert code(answer) == "Success"
    epochs.secret, epochs.number = 1, 0  # forgotten and enrolled anew, and nobody asked meanwhile
    assert code(joining.answer("ns", asked(join(old, 6)))) == "MICFailed"
    assert code(joining.answer("ns", asked(join(new, 0)))) == "Success"
    assert code(joining.answer("as", application_asks(answer))) == "Other"
    epochs.secret, epochs.number = 0, 2  # the first secret comes back, after a join under another
    assert code(joining.answer("ns", asked(join(new, 1)))) == "MICFailed"
    assert code(joining.answer("ns", asked(join(old, 5)))) == "JoinReqFailed"
    again = joining.answer("ns", asked(join(old, 6)))
    assert JoinAccept.opened(bytes.fromhex(again["PHYPayload"]), old)[0].join_nonce == 3


def test_what_is_remembered_of_a_device_that_is_enrolled_again_and_again_is_bounded(activations):
    epochs = Enrolled()
    joining = server(epochs, activations)
    for secret in range(60):
        epochs.secret, epochs.key = secret, lambda _, secret=secret: Key(bytes([secret + 1] * 32), "bounded")
        assert code(joining.answer("ns", asked(join(epochs.roots(0).legacy, 0)))) == "Success"
    assert len(activations.record(DEV).roots) == 33


def test_two_processes_on_one_file_give_no_nonce_twice(epochs, path):
    root, granted, failed = epochs.roots(0).legacy, [], []

    def ask(first):
        with Activations(path, KeyFile(path.with_name("join.key"))) as mine:
            joining = server(epochs, mine, first=first)
            for nonce in range(12):
                answer = joining.answer("ns", asked(join(root, nonce), version="1.0.2"))
                (granted if code(answer) == "Success" else failed).append(answer)

    threads = [threading.Thread(target=ask, args=(1000 * one,)) for one in (1, 2, 3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(granted), len(failed)) == (12, 24)
    nonces = [JoinAccept.opened(bytes.fromhex(one["PHYPayload"]), root)[0].join_nonce for one in granted]
    assert sorted(nonces) == list(range(1, 13))


def test_a_full_disk_grants_nothing(joining, epochs, activations):
    root = epochs.roots(0).legacy
    assert code(joining.answer("ns", asked(join(root, 0)))) == "Success"
    before, db = activations.record(DEV), activations._db
    (pages,) = db.execute("PRAGMA page_count").fetchone()
    db.execute(f"PRAGMA max_page_count = {pages}").fetchall()
    with activations.changing(b"filling") as filling:
        filling.roots = []
    drawn = 1
    try:
        for drawn in range(1, 5000):  # its list of used nonces grows until there is no page left
            joining.answer("ns", asked(join(root, 65535 - drawn), version="1.0.2"))
    except CannotWrite:
        pass
    kept = activations.record(DEV)
    assert 1 < drawn < 4999
    assert kept.join_nonce == before.join_nonce + drawn - 1
    db.execute("PRAGMA max_page_count = 1000000").fetchall()
    answer = joining.answer("ns", asked(join(root, 65535 - drawn), version="1.0.2"))
    assert code(answer) == "Success"
    assert JoinAccept.opened(bytes.fromhex(answer["PHYPayload"]), root)[0].join_nonce == kept.join_nonce + 1


def test_a_lost_key_file_is_not_made_anew(joining, epochs, activations, path):
    joining.answer("ns", asked(join(epochs.roots(0).legacy, 1)))
    activations.close()
    path.with_name("join.key").unlink()
    with pytest.raises(StoreLocked):
        Activations(path, KeyFile(path.with_name("join.key")))
    assert not path.with_name("join.key").exists()


def test_an_unknown_device_leaves_nothing(joining, activations):
    other = json.loads(asked(join(bytes(16), 1)))
    assert code(joining.answer("ns", json.dumps(other | {"DevEUI": "11" * 8}).encode())) == "UnknownDevEUI"
    assert activations._db.execute("SELECT count(*) FROM devices").fetchone() == (0,)


def test_the_join_nonces_end(joining, epochs, activations):
    with activations.changing(DEV) as record:
        record.join_nonce = (1 << 24) - 1
    assert code(joining.answer("ns", asked(join(epochs.roots(0).legacy, 1)))) == "JoinReqFailed"


def test_only_confirmed_roots_of_the_store_count(make_store):
    store = make_store("network")
    first = store.enrol(DEV, bytes(range(32)))
    found = StoreEpochs(store).newest(DEV)
    assert (found.name, found.number) == (first.name, 0)
    second = Root(b"epoch 01", 1, bytes(32))
    store.keep_pending(DEV, (), second, now=1.0)
    assert StoreEpochs(store).newest(DEV).number == 0
    store.settle(DEV, second.name, now=2.0)
    assert StoreEpochs(store).newest(DEV).number == 1
    assert StoreEpochs(store).newest(bytes(8)) is None


@pytest.fixture
def make_store(fast_path):
    opened = []

    def make(name):
        opened.append(Store(fast_path / f"{name}.store", KeyFile(fast_path / f"{name}.key"), create=True))
        return opened[-1]

    yield make
    for store in opened:
        store.close()


def test_the_file_is_private_and_sealed(joining, epochs, activations, path):
    root = epochs.roots(0).legacy
    joining.answer("ns", asked(join(root, 1)))
    assert path.stat().st_mode & 0o077 == 0
    data = path.read_bytes()
    assert root not in data
    assert root.hex().encode() not in data
    assert "keys" not in repr(HeldRoot("n", 1, ("a", "b", "c")))
    activations.close()
    with pytest.raises(StoreLocked):
        Activations(path, KeyFile(path.with_name("other.key")))
    path.chmod(0o644)
    with pytest.raises(OthersMayRead):
        Activations(path, KeyFile(path.with_name("join.key")))


def test_an_altered_row_is_found(joining, epochs, activations):
    joining.answer("ns", asked(join(epochs.roots(0).legacy, 1)))
    activations._db.execute("UPDATE devices SET dev_eui = ?", (bytes(8),))
    with pytest.raises(StoreDamaged):
        activations.record(bytes(8))


def test_over_https_with_certificates(joining, epochs, tmp_path):
    authority = certificates.Authority(tmp_path, datetime.now(UTC))
    authority.make()
    authority.server(["127.0.0.1"])
    for name in ("ns", "mallory"):
        authority.client(name)
    tls = serve.Tls(*(tmp_path / name for name in ("server.pem", "server.key", "ca.pem")))
    running = serve.Server(application(joining), tls)
    thread = threading.Thread(target=running.run)
    thread.start()
    try:

        def ask(who, body):
            files = tuple(str(tmp_path / f"{who}.{ending}") for ending in ("pem", "key"))
            verify = str(tmp_path / "ca.pem")
            return requests.post(running.address, data=body, verify=verify, cert=files, timeout=120)

        body = asked(join(epochs.roots(0).legacy, 1))
        assert code(ask("mallory", body).json()) == "UnknownSender"
        answer = ask("ns", body)
        assert (answer.status_code, code(answer.json())) == (200, "Success")
        assert answer.headers["cache-control"] == "no-store"
        assert (ask("ns", b"?").status_code, ask("ns", b"x" * 40_000).status_code) == (400, 400)
    finally:
        running.stop()
        thread.join()


def test_without_starlette_the_extra_is_named(joining, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "starlette.applications", None)
    with pytest.raises(MissingExtra, match="serve"):
        application(joining)


def test_settings_are_read_and_refused(tmp_path):
    file, kek = tmp_path / "join.toml", tmp_path / "ns.kek"
    kek.write_bytes(KEK)
    kek.chmod(0o600)
    good = f'join_eui = "{JOIN.hex()}"\n[networks."ns"]\nsender = "{NET}"\nkek_label = "ns"\nkek_file = "ns.kek"\n'
    file.write_text(good + '[applications."as"]\nsender = "as.example"\n')
    said = read_settings(file)
    assert (said.join_eui, said.networks["ns"].label, said.applications["as"].sender) == (JOIN, "ns", "as.example")
    for bad in (
        "x", good.replace(JOIN.hex(), "00"), good.replace(NET, "zz"), good.replace('kek_label = "ns"\n', ""),
        good + "more = 1\n", f'join_eui = "{JOIN.hex()}"\n', good.replace("ns.kek", "absent"), "[networks]\nns = 1\n",
    ):  # fmt: skip
        file.write_text(bad)
        with pytest.raises(WrongSettings):
            read_settings(file)
    kek.write_bytes(KEK[1:])
    file.write_text(good)
    with pytest.raises(WrongSettings):
        read_settings(file)
    kek.chmod(0o644)
    with pytest.raises(OthersMayRead):
        read_settings(file)


def test_requests_are_what_the_servers_take(epochs):
    keys = epochs.roots(0)
    old = handover.ChirpStack("https://ns:8090/").request(keys, DEV, newer=False)
    assert (old.method, old.url) == ("PUT", "https://ns:8090/api/devices/0102030405060708/keys")
    # chirpstack/chirpstack, device.proto: "For LoRaWAN 1.0.x, use this field for the LoRaWAN 1.0.x 'AppKey'!"
    assert json.loads(old.body) == {"deviceKeys": {"devEui": DEV.hex(), "nwkKey": keys.legacy.hex()}}
    new = json.loads(handover.ChirpStack("https://ns").request(keys, DEV, newer=True).body)["deviceKeys"]
    assert (new["nwkKey"], new["appKey"]) == (keys.network.hex(), keys.application.hex())
    taker = handover.ThingsStack("http://127.0.0.1:1885", "app 1", "dev1", JOIN)
    old = taker.request(keys, DEV, newer=False)
    assert old.url == "http://127.0.0.1:1885/api/v3/js/applications/app%201/devices/dev1"
    told = json.loads(old.body)
    assert told["end_device"]["root_keys"] == {"app_key": {"key": keys.legacy.hex().upper()}}
    assert "root_keys.app_key.key" in told["field_mask"]["paths"]
    assert set(json.loads(taker.request(keys, DEV, newer=True).body)["end_device"]["root_keys"]) == {
        "nwk_key", "app_key",
    }  # fmt: skip
    for secret in (old, new):
        assert keys.legacy.hex() not in repr(secret)
    wrong = (
        "http://ns.example", "ns", 'https://x"y', "ftp://ns", "https://ns:99999", "https://ns:x", "https://[::1",
        "https://user:word@ns", "https://ns?x", "https://n s", "https://ns:0",
    )  # fmt: skip
    for address in wrong:
        with pytest.raises(OutOfRange):
            handover.ChirpStack(address).request(keys, DEV, newer=False)


def test_a_request_is_sent_when_asked(epochs):
    from http.server import BaseHTTPRequestHandler, HTTPServer

    heard = []

    class Listening(BaseHTTPRequestHandler):
        def do_PUT(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            heard.append((self.path, self.headers["Grpc-Metadata-Authorization"], body))
            self.send_response(200 if len(heard) == 1 else 403)
            self.end_headers()

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Listening) as listening:
        threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        address = f"http://127.0.0.1:{listening.server_port}"
        request = handover.ChirpStack(address).request(epochs.roots(0), DEV, newer=False)
        handover.send(request, "token")
        assert heard == [("/api/devices/0102030405060708/keys", "Bearer token", request.body.encode())]
        with pytest.raises(CannotWrite, match="403"):
            handover.send(request, "token")
        for token in ("", "first line\nsecond line", "two words", "tök"):
            with pytest.raises(OutOfRange) as caught:
                handover.send(request, token)
            assert not token or token not in str(caught.value)
        listening.shutdown()
    with pytest.raises(CannotWrite):
        handover.send(request, "token")
