"""Key delivery over HTTPS, to programs that we did not write: `etsi-qkd-014-client`, requests and curl."""

import json
import os
import shutil
import signal
import socket
import ssl
import stat
import subprocess
import sys
import threading
from datetime import UTC, datetime

import pytest
import requests
from etsi_qkd_014_client import QKD014Client

from samefade.errors import CannotWrite, MissingExtra
from samefade.keys import certificates, etsi, serve
from samefade.keys.delivery import Delivery
from samefade.keys.errors import BadCertificate, CannotListen, OthersMayRead
from samefade.keys.pairs import Pair

ENC, DEC, STATUS = "/api/v1/keys/bob/enc_keys", "/api/v1/keys/alice/dec_keys", "/api/v1/keys/bob/status"


@pytest.fixture(scope="session")
def tls(tmp_path_factory):
    """An authority, a server and clients; and a client that another authority signed."""
    folder = tmp_path_factory.mktemp("tls")
    for name, clients in (("ours", ("alice", "bob", "carol")), ("theirs", ("alice",))):
        (folder / name).mkdir()
        authority = certificates.Authority(folder / name, datetime.now(UTC))
        authority.make()
        authority.server(["127.0.0.1", "localhost"])
        for client in clients:
            authority.client(client)
    return folder


def settings(tls):
    return serve.Tls(*(tls / "ours" / name for name in ("server.pem", "server.key", "ca.pem")))


def files(tls, who, of="ours"):
    return str(tls / of / f"{who}.pem"), str(tls / of / f"{who}.key")


@pytest.fixture
def running(tls, now):
    """Start servers, each in a thread; all are stopped at the end."""
    started = []

    def start(store):
        server = serve.Server(etsi.application(store, "kme", now=lambda: now), settings(tls))
        thread = threading.Thread(target=server.run)
        thread.start()
        started.append((server, thread))
        return server.address

    yield start
    for server, thread in started:
        server.stop()
        thread.join()


@pytest.fixture
def both(stocked, running):
    """One server for both applications."""

    def make(**made):
        store, keys = stocked(**made)
        Delivery(store).add(Pair(master="alice", slave="bob", peer=b"sta", side="both"))
        return running(store), store, keys

    return make


def client(tls, address, who):
    return QKD014Client(address.removeprefix("https://"), *files(tls, who), str(tls / "ours" / "ca.pem"))


def test_a_foreign_client_fetches_a_key_from_two_servers(stocked, running, tls):
    a, keys = stocked("a", b"sta")
    b, _ = stocked("b", b"ap")
    Delivery(a).add(Pair(master="alice", slave="bob", peer=b"sta", side="master"))
    Delivery(b).add(Pair(master="alice", slave="bob", peer=b"ap", side="slave"))
    alice, bob = client(tls, running(a), "alice"), client(tls, running(b), "bob")
    code, told = alice.get_status("bob")
    assert (code, told.stored_key_count, told.key_size) == (200, 3, 256)
    code, given = alice.get_key("bob", number=2, size=256)
    assert code == 200
    names = [one.key_id for one in given.keys]
    code, same = bob.get_key_with_key_IDs("alice", names)
    assert code == 200
    assert [(x.key_id, x.key) for x in given.keys] == [(x.key_id, x.key) for x in same.keys]
    assert names == [str(one.key_id) for one in keys[:2]]
    code, refused = bob.get_key_with_key_IDs("alice", names[:1])  # a second fetch
    assert (code, refused.message) == (400, "one or more keys specified are not found on KME")
    assert alice.get_key("bob")[0] == 200
    assert alice.get_key("bob")[0] == 503  # exhausted
    assert bob.get_status("alice")[0] == 400  # bob is nobody's master


def test_a_foreign_client_fetches_a_key_from_one_server(both, tls):
    address, *_ = both()
    alice, bob, carol = (client(tls, address, who) for who in ("alice", "bob", "carol"))
    code, given = alice.get_key("bob")
    assert code == 200
    name = [given.keys[0].key_id]
    assert carol.get_key_with_key_IDs("alice", name)[0] == 401
    assert alice.get_key_with_key_IDs("alice", name)[0] == 400
    assert bob.get_key_with_key_IDs("alice", name)[1].keys[0].key == given.keys[0].key
    assert bob.get_key_with_key_IDs("alice", name)[0] == 400
    assert alice.get_key("carol")[0] == 400
    assert alice.get_key("bob", additional_slave_sae_ids=["carol"])[0] == 400
    assert alice.get_key("bob", extension_mandatory=[{"x": 1}])[0] == 400


def test_a_client_without_a_certificate_is_refused_by_tls(both, tls):
    address, store, _ = both()
    ca = str(tls / "ours" / "ca.pem")
    with pytest.raises(requests.exceptions.RequestException):
        requests.get(address + ENC, verify=ca, timeout=120)
    with pytest.raises(requests.exceptions.RequestException):
        requests.get(address + ENC, verify=ca, cert=files(tls, "alice", "theirs"), timeout=120)
    assert store.count(b"sta") == 3
    assert requests.get(address + ENC, verify=ca, cert=files(tls, "alice"), timeout=120).status_code == 200


def test_plain_http_gets_nothing(both):
    address, store, _ = both()
    with pytest.raises(requests.exceptions.RequestException):
        requests.get(address.replace("https", "http") + ENC, timeout=120)
    assert store.count(b"sta") == 3


def test_tls_1_3_is_spoken_and_1_1_is_not(both, tls):
    address, *_ = both()
    host, port = address.removeprefix("https://").split(":")
    context = ssl.create_default_context(cafile=tls / "ours" / "ca.pem")
    context.load_cert_chain(*files(tls, "alice"))
    with socket.create_connection((host, int(port))) as raw, context.wrap_socket(raw, server_hostname=host) as made:
        assert made.version() == "TLSv1.3"
    context = settings(tls).context()
    assert context.minimum_version == ssl.TLSVersion.TLSv1_2
    assert context.verify_mode == ssl.CERT_REQUIRED


def test_a_resumed_connection_still_names_its_client(both, tls):
    address, *_ = both()
    host, port = address.removeprefix("https://").split(":")
    session = None
    context = ssl.create_default_context(cafile=tls / "ours" / "ca.pem")
    context.load_cert_chain(*files(tls, "alice"))
    for resumed in (False, True):
        raw = socket.create_connection((host, int(port)))
        with raw, context.wrap_socket(raw, server_hostname=host, session=session) as made:
            made.sendall(f"GET {STATUS} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            assert made.recv(4096).startswith(b"HTTP/1.1 200")
            assert made.session_reused == resumed
            session = made.session


def test_a_forged_header_names_nobody(both, tls):
    address, *_ = both()
    headers = {"X-Forwarded-For": "1.2.3.4", "X-Client-Cert": "alice", "X-SSL-Client-S-DN": "CN=alice"}
    told = requests.get(
        address + ENC, verify=str(tls / "ours" / "ca.pem"), cert=files(tls, "carol"), timeout=120, headers=headers
    )
    assert told.status_code == 401


def test_two_clients_on_one_server_never_get_one_key(both, tls):
    address, *_ = both(count=40)
    got, wrong = [], []

    def fetch():
        while True:
            told = requests.get(
                address + ENC, verify=str(tls / "ours" / "ca.pem"), cert=files(tls, "alice"), timeout=300
            )
            if told.status_code != 200:
                wrong.append(told.status_code)
                return
            got.extend(one["key_ID"] for one in told.json()["keys"])

    threads = [threading.Thread(target=fetch) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == len(set(got)) == 40
    assert wrong == [503] * 3


@pytest.mark.skipif(shutil.which("curl") is None, reason="this system has no curl")
def test_curl_fetches_a_key_once(both, tls):
    address, _, keys = both(count=1)

    def curl(path, *more, who="alice"):
        certificate = ("--cert", files(tls, who)[0], "--key", files(tls, who)[1]) if who else ()
        command = ["curl", "-sS", "--max-time", "20", "--cacert", str(tls / "ours" / "ca.pem"), *certificate, *more]
        done = subprocess.run(
            [*command, "-w", "\n%{http_code}", address + path], capture_output=True, text=True, check=False
        )
        body, _, code = done.stdout.rpartition("\n")
        return done.returncode, int(code), json.loads(body) if body else None

    assert curl(STATUS)[2]["stored_key_count"] == 1
    failed, code, _ = curl(ENC, who=None)
    assert failed
    assert code == 0
    given = curl(ENC, "-H", "Content-Type: application/json", "-d", '{"number": 1, "size": 256}')
    assert given[:2] == (0, 200)
    assert curl(ENC)[1] == 503
    query = f"{DEC}?key_ID={keys[0].key_id}"
    assert curl(query, who="carol")[1] == 401
    assert curl(query, who="bob") == given
    assert curl(query, who="bob")[1] == 400
    assert curl(ENC, "-d", "nonsense")[1] == 400
    assert curl(ENC, "-X", "PUT")[1] == 405


MAIN = """
import sys, time
from pathlib import Path
from samefade.keys import etsi, serve
from samefade.keys.store import Store
from samefade.keys.vault import KeyFile
folder, tls = Path(sys.argv[1]), Path(sys.argv[2])
store = Store(folder / "a.store", KeyFile(folder / "a.key"))
app = etsi.application(store, "kme", now=time.time)
files = serve.Tls(*(tls / x for x in ("server.pem", "server.key", "ca.pem")))
server = serve.Server(app, files)
print(server.address, flush=True)
server.run()
print("stopped", flush=True)
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_the_server_cleanly(stocked, fast_path, tls, number):
    store, _ = stocked()
    store.close()
    command = [sys.executable, "-c", MAIN, str(fast_path), str(tls / "ours")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        address = running.stdout.readline().strip()
        ca, mine = str(tls / "ours" / "ca.pem"), files(tls, "alice")
        told = requests.get(address + STATUS, verify=ca, cert=mine, timeout=200)
        assert told.status_code == 401
        running.send_signal(number)
        out, err = running.communicate(timeout=200)
    assert (out, err, running.returncode) == ("stopped\n", "", 0)


def test_certificates_that_cannot_be_used(tls, tmp_path):
    good = tls / "ours"
    with pytest.raises(BadCertificate, match="no such file"):
        serve.Tls(tmp_path / "x", good / "server.key", good / "ca.pem").context()
    with pytest.raises(BadCertificate):  # the key of another
        serve.Tls(good / "server.pem", good / "bob.key", good / "ca.pem").context()
    loose = tmp_path / "loose.key"
    shutil.copy(good / "server.key", loose)
    loose.chmod(0o644)
    with pytest.raises(OthersMayRead):
        serve.Tls(good / "server.pem", loose, good / "ca.pem").context()
    rubbish = tmp_path / "rubbish.pem"
    rubbish.write_bytes(os.urandom(100))
    with pytest.raises(BadCertificate):
        serve.Tls(good / "server.pem", good / "server.key", rubbish).context()


@pytest.mark.parametrize("module", ["starlette.applications", "uvicorn"])
def test_without_the_extra_its_name_is_told(make_store, tls, now, monkeypatch, module):
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingExtra, match=r"samefade\[serve\]"):
        serve.Server(etsi.application(make_store(), "kme", now=lambda: now), settings(tls))


def test_an_address_that_is_taken(tls, make_store, now):
    app = etsi.application(make_store(), "kme", now=lambda: now)
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(CannotListen, match="in use"):
        serve.Server(app, settings(tls), port=taken.getsockname()[1])


def test_private_keys_are_private_and_nothing_is_replaced(tls):
    for file in (tls / "ours").glob("*.key"):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    authority = certificates.Authority(tls / "ours", datetime.now(UTC))
    with pytest.raises(CannotWrite):
        authority.make()
    with pytest.raises(CannotWrite):
        authority.client("alice")
