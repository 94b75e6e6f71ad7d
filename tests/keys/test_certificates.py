"""Certificates: what is made holds for OpenSSL, and a certificate names one application or nobody."""

import shutil
import subprocess
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from samefade.errors import OutOfRange
from samefade.keys.certificates import Authority, caller, identity
from samefade.keys.errors import BadCertificate


def signed(commons=("alice",), names=None):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, one) for one in commons])
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 7, begin, begin + timedelta(days=1))
    if names is not None:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return builder.sign(key, SHA256())


URI, DNS = x509.UniformResourceIdentifier, x509.DNSName


@pytest.mark.parametrize(
    ("commons", "names", "who"),
    [
        (("alice",), None, "alice"), ((), None, None), (("alice", "bob"), None, None),
        (("alice",), [DNS("bob.example")], "bob.example"), (("alice",), [URI("urn:x"), DNS("bob")], "urn:x"),
        (("alice",), [DNS("a"), DNS("b")], None), (("alice",), [URI("urn:a"), URI("urn:b"), DNS("c")], None),
        (("alice",), [x509.RFC822Name("alice@x")], None),
    ],
)  # fmt: skip
def test_a_certificate_names_one_application_or_nobody(commons, names, who):
    certificate = signed(commons, names)
    assert identity(certificate) == who
    chain = [certificate.public_bytes(Encoding.PEM).decode()]
    assert caller({"extensions": {"tls": {"client_cert_chain": chain}}}) == who


@pytest.mark.parametrize("extensions", [{}, {"tls": {}}, {"tls": {"client_cert_chain": []}},
                                        {"tls": {"client_cert_chain": ["rubbish"]}}])  # fmt: skip
def test_a_connection_without_a_certificate_names_nobody(extensions):
    assert caller({"extensions": extensions}) is None
    assert caller({}) is None


@pytest.mark.skipif(shutil.which("openssl") is None, reason="this system has no openssl")
def test_openssl_accepts_what_is_made(tmp_path):
    authority = Authority(tmp_path, datetime.now(UTC))
    authority.make()
    authority.server(["127.0.0.1", "::1", "kme.example"])
    authority.client("alice")
    for name, purpose in (("server", "sslserver"), ("alice", "sslclient")):
        command = ["openssl", "verify", "-x509_strict", "-purpose", purpose, "-CAfile", "ca.pem", f"{name}.pem"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    command = ["openssl", "verify", "-purpose", "sslserver", "-CAfile", "ca.pem", "alice.pem"]
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode != 0


def test_names_that_would_leave_the_folder_are_refused(tmp_path):
    authority = Authority(tmp_path, datetime.now(UTC))
    authority.make()
    for name in ("../x", "a/b", "", "ca", ".x", "x" * 65):
        with pytest.raises(OutOfRange):
            authority.client(name)
    with pytest.raises(OutOfRange):
        authority.server([])


def test_an_authority_that_is_not_there_or_damaged(tmp_path):
    authority = Authority(tmp_path, datetime.now(UTC))
    with pytest.raises(BadCertificate):
        authority.client("alice")
    authority.make()
    authority.files.key.write_bytes(b"rubbish")
    with pytest.raises(BadCertificate):
        authority.client("alice")
