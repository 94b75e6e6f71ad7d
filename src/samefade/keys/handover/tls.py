"""TLS 1.3 with an external pre-shared key (RFC 8446 section 4.2.11, guidance of RFC 9257)."""

from base64 import b64encode
from dataclasses import dataclass
from typing import ClassVar, Literal

from samefade.errors import OutOfRange
from samefade.keys.handover.bond import Bond
from samefade.keys.handover.handover import SecretFile
from samefade.types import Key

# RFC 8446 appendix B.4; OpenSSL takes the hash of the key from the suite of its session
_SUITES = {"SHA256": (b"\x13\x01", 32), "SHA384": (b"\x13\x02", 48)}


@dataclass(frozen=True)
class Tls13:
    """Write a PEM session for `openssl s_client` and `s_server`, option `-psk_session`.

    OpenSSL 3.0 has no importer (RFC 9258), so what an importer would bind is bound here:
    the key is derived for TLS 1.3 and one hash, from the key's name and both ends' names (RFC 9257 section 4.1).
    A file is written because `-psk HEX` would show the key to everyone who lists processes.
    The initiator is the client and the responder the server; they never change places with one key.

    Attributes:
        digest: The hash of the cipher suite; a key is for one hash alone (RFC 8446 section 4.2.11).

    Raises:
        OutOfRange: When the hash is none that TLS 1.3 uses.
    """

    digest: Literal["SHA256", "SHA384"] = "SHA256"
    recipe: ClassVar[str] = (
        "Run `openssl s_server -nocert` at the responder or `openssl s_client` at the initiator with -tls1_3, "
        "-psk_session FILE, and -psk_identity and -ciphersuites as the first lines of the file say."
    )

    def __post_init__(self) -> None:
        """Check the hash."""
        if self.digest not in _SUITES:
            raise OutOfRange("digest", self.digest, "SHA256 or SHA384")

    @property
    def suite(self) -> str:
        """Return the name of the cipher suite that the session is for."""
        return {"SHA256": "TLS_AES_128_GCM_SHA256", "SHA384": "TLS_AES_256_GCM_SHA384"}[self.digest]

    def identity(self, bond: Bond) -> str:
        """Return the public identity that the client names the key by."""
        return bond.name

    def psk(self, key: Key, bond: Bond) -> bytes:
        """Return the secret bytes, as many as the hash has.

        Raises:
            OutOfRange: When the key is too short.
        """
        return bond.derive(key, f"tls13 {self.digest}", _SUITES[self.digest][1])

    def render(self, key: Key, bond: Bond) -> tuple[SecretFile, ...]:
        """Return the one file, which both ends read alike.

        Raises:
            OutOfRange: When the key is too short.
        """
        # text before the first PEM line is explanatory and ignored (RFC 7468 section 2)
        head = f"# {bond.comment(key)}\n# -psk_identity {self.identity(bond)} -ciphersuites {self.suite}\n"
        body = b64encode(_session(_SUITES[self.digest][0], self.psk(key, bond))).decode()
        lines = "\n".join(body[i : i + 64] for i in range(0, len(body), 64))
        marks = "-----{} SSL SESSION PARAMETERS-----"
        text = f"{head}{marks.format('BEGIN')}\n{lines}\n{marks.format('END')}\n"
        return (SecretFile(f"{bond.key_id}.tls13.pem", text),)


def _session(suite: bytes, psk: bytes) -> bytes:
    """Return OpenSSL's SSL_SESSION in DER: version 1, TLS 1.3, suite, no session id, key, timeout (d2i_SSL_SESSION(3)).

    Without the timeout a server would forget the key three seconds after it has read the file.
    """
    fields = (2, b"\x01"), (2, b"\x03\x04"), (4, suite), (4, b""), (4, psk), (0xA2, _der(2, b"\x7f\xff\xff\xff"))
    return _der(0x30, b"".join(_der(tag, value) for tag, value in fields))


def _der(tag: int, value: bytes) -> bytes:
    # X.690 section 8.1.3.4: the short form of a length; the longest session here has 73 bytes
    return bytes([tag, len(value)]) + value
