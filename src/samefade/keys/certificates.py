"""X.509 certificates for key delivery: a small authority, servers and clients; and whom a client's certificate names.

What is made here is enough for a laboratory: ECDSA on P-256, one authority, no revocation (RFC 5280).
"""

import ipaddress
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from samefade.errors import CannotWrite, OutOfRange
from samefade.keys.errors import BadCertificate
from samefade.keys.private import write_private

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_YEARS = timedelta(days=3650)


@dataclass(frozen=True)
class Files:
    """Where a certificate and its private key lie.

    Attributes:
        certificate: PEM, public.
        key: PEM, readable to its owner alone.
    """

    certificate: Path
    key: Path


@dataclass(frozen=True)
class Authority:
    """Signs the certificates of servers and clients.

    Attributes:
        folder: Where `ca.pem`, `ca.key` and all that it signs lie.
        now: When the certificates begin.
        days: For how long a server's or a client's holds.
    """

    folder: Path
    now: datetime
    days: int = 365

    @property
    def files(self) -> Files:
        """Return where its own certificate lies."""
        return Files(self.folder / "ca.pem", self.folder / "ca.key")

    def make(self) -> Files:
        """Make the authority.

        Raises:
            CannotWrite: When there is one already, or the system refuses.
        """
        from cryptography import x509

        key, name = _key(), _name("samefade laboratory authority")
        builder = _begin(name, name, key, self.now, _YEARS)
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        builder = builder.add_extension(_usage(sign_certificates=True), critical=True)
        return _write(self.files, key, _signed(builder, key))

    def server(self, hosts: Sequence[str], name: str = "server") -> Files:
        """Make the certificate of a server.

        Args:
            hosts: Names and addresses under which it is reached.
            name: First part of its files' names.

        Raises:
            OutOfRange: When there is no host, or a name has characters that a file's name should not have.
            BadCertificate: When the authority cannot be read.
            CannotWrite: When the files exist, or the system refuses.
        """
        from cryptography import x509
        from cryptography.x509.oid import ExtendedKeyUsageOID

        if not hosts:
            raise OutOfRange("hosts", "none", "at least one name or address")
        names = x509.SubjectAlternativeName([_general(host) for host in hosts])
        return self._leaf(name, hosts[0], ExtendedKeyUsageOID.SERVER_AUTH, names)

    def client(self, application: str) -> Files:
        """Make the certificate by which an application (SAE) is known; its name is the common name.

        Raises:
            OutOfRange: When the name has characters that a file's name should not have.
            BadCertificate: When the authority cannot be read.
            CannotWrite: When the files exist, or the system refuses.
        """
        from cryptography.x509.oid import ExtendedKeyUsageOID

        return self._leaf(application, application, ExtendedKeyUsageOID.CLIENT_AUTH, None)

    def _leaf(self, file: str, common: str, purpose: Any, names: Any) -> Files:  # noqa: ANN401 -- cryptography's types
        from cryptography import x509

        if not _SAFE.fullmatch(file) or file == "ca":
            raise OutOfRange("name", repr(file), "letters, digits, '.', '_' and '-', and not 'ca'")
        ca_key, ca = _load(self.files)
        key = _key()
        builder = _begin(_name(common), ca.subject, key, self.now, timedelta(days=self.days))
        builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        builder = builder.add_extension(_usage(sign_certificates=False), critical=True)
        builder = builder.add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
        issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key())
        builder = builder.add_extension(issuer, critical=False)
        if names is not None:
            builder = builder.add_extension(names, critical=False)
        return _write(Files(self.folder / f"{file}.pem", self.folder / f"{file}.key"), key, _signed(builder, ca_key))


def caller(scope: Mapping[str, Any]) -> str | None:
    """Return whom the client certificate of a connection names, or None where it names nobody, or two.

    Args:
        scope: Of an ASGI connection, with the TLS extension (ASGI specification, "TLS Extension" 0.2).
    """
    from cryptography import x509

    chain = scope.get("extensions", {}).get("tls", {}).get("client_cert_chain") or ()
    if not chain:
        return None
    try:
        return identity(x509.load_pem_x509_certificate(chain[0].encode()))
    except ValueError:
        return None


def identity(certificate: "x509.Certificate") -> str | None:
    """Return the one name in a certificate: its URI, else its DNS name, else its common name (RFC 9525, section 2.3).

    A certificate with several names of the kind that counts names nobody: it must not be a matter of order.
    """
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    try:
        said = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        found = [str(part.value) for part in certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
    else:
        uris = said.get_values_for_type(x509.UniformResourceIdentifier)
        found = list(uris or said.get_values_for_type(x509.DNSName))
    return found[0] if len(found) == 1 else None


def _begin(
    subject: "x509.Name", issuer: "x509.Name", key: "EllipticCurvePrivateKey", now: datetime, span: timedelta
) -> "x509.CertificateBuilder":
    from cryptography import x509

    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))  # clocks differ
        .not_valid_after(now + span)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _usage(*, sign_certificates: bool) -> "x509.KeyUsage":
    from cryptography import x509

    others = ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "encipher_only")
    return x509.KeyUsage(
        digital_signature=not sign_certificates,
        key_cert_sign=sign_certificates,
        crl_sign=sign_certificates,
        decipher_only=False,
        **dict.fromkeys(others, False),
    )


def _general(host: str) -> "x509.GeneralName":
    from cryptography import x509

    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _name(common: str) -> "x509.Name":
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _key() -> "EllipticCurvePrivateKey":
    from cryptography.hazmat.primitives.asymmetric import ec

    return ec.generate_private_key(ec.SECP256R1())


def _signed(builder: "x509.CertificateBuilder", key: "EllipticCurvePrivateKey") -> "x509.Certificate":
    from cryptography.hazmat.primitives.hashes import SHA256

    return builder.sign(key, SHA256())


def _write(files: Files, key: "EllipticCurvePrivateKey", certificate: "x509.Certificate") -> Files:
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    if files.certificate.exists():
        raise CannotWrite(files.certificate, "there is one already")
    write_private(files.key, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    write_private(files.certificate, certificate.public_bytes(Encoding.PEM))
    files.certificate.chmod(0o644)
    return files


def _load(files: Files) -> "tuple[EllipticCurvePrivateKey, x509.Certificate]":
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(files.key.read_bytes(), None)
        certificate = x509.load_pem_x509_certificate(files.certificate.read_bytes())
    except (OSError, ValueError, TypeError) as error:
        raise BadCertificate(files.certificate, str(error)) from None
    if not isinstance(key, EllipticCurvePrivateKey):
        raise BadCertificate(files.key, "its key is not one of ours")
    return key, certificate
