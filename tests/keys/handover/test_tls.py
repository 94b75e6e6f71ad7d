"""OpenSSL takes the session file at both ends of TLS 1.3, and nothing else gets in."""

import subprocess
import sys
from pathlib import Path

import pytest

from samefade.keys.handover import Bond, Tls13, hand_over
from samefade.keys.handover.writing import write


@pytest.fixture
def openssl(need, start, free_port):
    need("openssl")
    return Exchange(start, free_port())


class Exchange:
    """A server and a client of OpenSSL on the loopback interface."""

    def __init__(self, start, port):
        self.start, self.port = start, port

    def serve(self, session, identity, suite):
        options = ("-tls1_3", "-nocert", "-naccept", "1", "-accept", f"127.0.0.1:{self.port}")
        server = self.start("openssl", "s_server", *options, *psk(session, identity, suite))
        server.until("ACCEPT")
        return server

    def connect(self, session, identity, suite):
        options = ("-tls1_3", "-quiet", "-connect", f"127.0.0.1:{self.port}")
        client = self.start("openssl", "s_client", *options, *psk(session, identity, suite))
        client.type("a line from the initiator")
        return client


def psk(session, identity, suite):
    return ("-psk_session", str(session), "-psk_identity", identity, "-ciphersuites", suite)


def sessions(tls, key, other_key, key_id, ends, folder):
    made = []
    for name, role, secret in (
        ("server", "responder", key),
        ("client", "initiator", key),
        ("odd", "initiator", other_key),
    ):
        made += write(tls.render(secret, Bond(key_id, role, ends)), folder / name)
    return made


@pytest.mark.parametrize("digest", ["SHA256", "SHA384"])
def test_both_ends_exchange_a_line(digest, openssl, key, other_key, key_id, ends, tmp_path):
    tls, bond = Tls13(digest=digest), Bond(key_id, "initiator", ends)
    at_server, at_client, _ = sessions(tls, key, other_key, key_id, ends, tmp_path)
    server = openssl.serve(at_server, tls.identity(bond), tls.suite)
    client = openssl.connect(at_client, tls.identity(bond), tls.suite)
    server.until("a line from the initiator")
    server.type("a line from the responder")
    client.until("a line from the responder")


def test_an_impostor_without_the_key_gets_a_handshake_alert(openssl, key, other_key, key_id, ends, tmp_path):
    tls, bond = Tls13(), Bond(key_id, "initiator", ends)
    at_server, _, odd = sessions(tls, key, other_key, key_id, ends, tmp_path)
    server = openssl.serve(at_server, tls.identity(bond), tls.suite)
    client = openssl.connect(odd, tls.identity(bond), tls.suite)
    # RFC 8446 section 4.2.11: a binder that does not verify ends the handshake, here with alert 47
    client.until("alert number 47", "illegal parameter")
    assert "a line from the initiator" not in server.said()


def test_a_key_made_for_one_hash_does_not_serve_another(openssl, key, other_key, key_id, ends, tmp_path):
    bond, wrong = Bond(key_id, "initiator", ends), Tls13(digest="SHA384")
    at_server, *_ = sessions(Tls13(), key, other_key, key_id, ends, tmp_path / "a")
    _, at_client, _ = sessions(wrong, key, other_key, key_id, ends, tmp_path / "b")
    server = openssl.serve(at_server, bond.name, Tls13().suite)
    client = openssl.connect(at_client, bond.name, wrong.suite)
    client.until("alert")
    assert "a line from the initiator" not in server.said()


@pytest.mark.parametrize("digest", ["SHA256", "SHA384"])
def test_openssl_reads_the_session_as_it_was_meant(digest, need, key, key_id, ends, tmp_path):
    need("openssl")
    tls, bond = Tls13(digest=digest), Bond(key_id, "responder", ends)
    (path,) = write(tls.render(key, bond), tmp_path)
    command = ["openssl", "sess_id", "-in", str(path), "-noout", "-text"]
    told = subprocess.run(command, capture_output=True, check=True, text=True, timeout=10).stdout
    assert "Protocol  : TLSv1.3" in told
    assert f"Cipher    : {tls.suite}" in told
    assert f"Resumption PSK: {tls.psk(key, bond).hex().upper()}" in told
    assert "Timeout   : 2147483647 (sec)" in told  # a server that started long ago still knows the key
    assert f"-psk_identity {bond.name} -ciphersuites {tls.suite}" in path.read_text()


def test_a_list_of_processes_shows_no_secret(openssl, key, key_id, ends, tmp_path):
    (path,) = hand_over(key, key_id, "tls", "responder", ends, tmp_path)
    server = openssl.serve(path, "name", Tls13().suite)
    listed = Path(f"/proc/{server.process.pid}/cmdline")
    if not listed.exists():
        pytest.skip("this system has no /proc to list processes from")
    secret = Tls13().psk(key, Bond(key_id, "responder", ends))
    told = listed.read_bytes()
    assert b"-psk_session" in told
    assert secret.hex().encode() not in told.lower()


@pytest.mark.skipif(sys.version_info < (3, 13), reason="Python's ssl has callbacks for a pre-shared key from 3.13 on")
def test_pythons_own_tls_takes_the_key(key, key_id, ends):
    import ssl

    bond = Bond(key_id, "initiator", ends)
    identity, secret = Tls13().identity(bond), Tls13().psk(key, bond)
    client, server = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    client.check_hostname, client.verify_mode = False, ssl.CERT_NONE
    client.minimum_version = server.minimum_version = ssl.TLSVersion.TLSv1_3
    client.set_psk_client_callback(lambda _: (identity, secret))
    server.set_psk_server_callback(lambda named: secret if named == identity else b"")
    a, b = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends_ = [client.wrap_bio(a, b, server_side=False), server.wrap_bio(b, a, server_side=True)]
    for _ in range(3):
        for end in ends_:
            try:
                end.do_handshake()
            except ssl.SSLWantReadError:
                continue
    ends_[0].write(b"a line")
    assert ends_[1].read() == b"a line"
