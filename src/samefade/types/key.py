"""The key: never printed, pickled, hashed or logged."""

import hmac
from typing import NoReturn

from samefade.errors import OutOfRange
from samefade.types.ledger import Claim


class Key:
    """Secret bytes with the claim that is made for them.

    Comparing takes constant time; the key cannot be hashed, pickled or printed.
    CPython cannot promise that no copy of the bytes stays in memory.
    """

    __hash__ = None  # type: ignore[assignment]  # a hash would be a serialiser
    __slots__ = ("_secret", "claim")

    def __init__(self, secret: bytes, claim: Claim) -> None:
        """Take the bytes and the claim level.

        Raises:
            OutOfRange: When there are no bytes, or the claim is "none".
        """
        if not secret or claim == "none":
            raise OutOfRange("key", f"{len(secret)} bytes, claim {claim}", "at least one byte and a claim")
        self._secret = bytes(secret)
        self.claim: Claim = claim

    def __repr__(self) -> str:
        """Show length and claim; never the bytes."""
        return f"Key({8 * len(self._secret)} bits, claim {self.claim!r})"

    def __eq__(self, other: object) -> bool:
        """Compare in constant time."""
        return isinstance(other, Key) and hmac.compare_digest(self._secret, other._secret)

    def __reduce__(self) -> NoReturn:
        """Refuse to be pickled or copied to another process."""
        raise TypeError("a Key has no serialiser: it is secret")

    def derive(self, purpose: str, n: int) -> bytes:
        """Return n bytes for one purpose (HKDF-Expand with SHA-256, RFC 5869 section 2.3).

        Raises:
            OutOfRange: When n is not between 1 and 8,160, or the key is shorter than 16 bytes.
        """
        from cryptography.hazmat.primitives.hashes import SHA256
        from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

        if not 1 <= n <= 255 * 32 or len(self._secret) < 16:
            raise OutOfRange("n", n, "1 to 8160 bytes, from a key of at least 16 bytes")
        return HKDFExpand(SHA256(), n, purpose.encode()).derive(self._secret)

    def split(self, bits: int) -> "tuple[Key, ...]":
        """Cut a long key into keys of `bits` each; a remainder that is too short is left unused.

        Raises:
            OutOfRange: When `bits` is not a positive multiple of 8.
        """
        if bits < 8 or bits % 8:
            raise OutOfRange("bits", bits, "a positive multiple of 8")
        step = bits // 8
        parts = range(0, len(self._secret) - step + 1, step)
        return tuple(Key(self._secret[i : i + step], self.claim) for i in parts)

    def reveal_secret_bytes(self) -> bytes:
        """Return the bytes themselves; whoever calls this is responsible for them from here on."""
        return self._secret
