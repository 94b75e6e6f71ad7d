"""Derive keys with SHA-256: HMAC (RFC 2104), HKDF (RFC 5869), and labels that keep purposes apart.

Written on `hashlib` alone, which a board has too.
"""

from hashlib import sha256 as _hash

from .cbor import encode
from .errors import WireError

SIZE = 32
_BLOCK = 64
_IPAD = bytes(0x36 ^ i for i in range(256))
_OPAD = bytes(0x5C ^ i for i in range(256))


def sha256(*parts: bytes) -> bytes:
    """Hash the parts as if they were one string."""
    state = _hash()
    for part in parts:
        state.update(part)
    return state.digest()


def hmac(key: bytes, *parts: bytes) -> bytes:
    """Authenticate the parts as if they were one string (RFC 2104)."""
    if len(key) > _BLOCK:
        key = sha256(key)
    key += bytes(_BLOCK - len(key))
    inner = sha256(bytes([_IPAD[byte] for byte in key]), *parts)
    return sha256(bytes([_OPAD[byte] for byte in key]), inner)


def extract(salt: bytes, ikm: bytes) -> bytes:
    """Concentrate what is secret in `ikm` into one key (RFC 5869, section 2.2)."""
    return hmac(salt or bytes(SIZE), ikm)


def expand(prk: bytes, info: bytes, n: int) -> bytes:
    """Stretch a key to `n` bytes (RFC 5869, section 2.3).

    Raises:
        WireError: When more than 8,160 bytes are asked for.
    """
    if not 0 <= n <= 255 * SIZE:
        raise WireError("too many bytes from one key")
    out = block = b""
    count = 0
    while len(out) < n:
        count += 1
        block = hmac(prk, block, info, bytes((count,)))
        out += block
    return out[:n]


def expand_label(secret: bytes, label: str, context: bytes, n: int) -> bytes:
    """Derive `n` bytes for one purpose and one context; any other purpose, context or length gives unrelated bytes.

    Raises:
        WireError: When more than 8,160 bytes are asked for.
    """
    return expand(secret, encode([n, "samefade/1 " + label, context]), n)


def equal(a: bytes, b: bytes) -> bool:
    """Compare two tags in a time that does not tell where they differ; their lengths are public."""
    if len(a) != len(b):
        return False
    difference = 0
    for x, y in zip(a, b):  # noqa: B905  # MicroPython has no strict=
        difference |= x ^ y
    return difference == 0
