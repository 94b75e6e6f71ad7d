"""Encrypt and authenticate with AES-CCM (RFC 3610), nonces of 13 bytes, so L = 2 and at most 65,535 bytes at once.

`Portable` is written on single blocks, as a board has them; `Ccm` takes the library's own where there is one.
Both give the same bytes.
"""

import struct

from . import cipher
from .errors import BadTag, WireError
from .kdf import equal

NONCE = 13
_LONGEST = 65535
_LONGEST_AAD = 0xFEFF  # longer ones are spelt otherwise (RFC 3610, section 2.2), and we send none
_ZERO = bytes(16)


class Portable:
    """AES-CCM on single blocks."""

    def __init__(self, key: bytes, tag: int) -> None:
        """Take a key of 16 or 32 bytes, and the length of a tag.

        Raises:
            WireError: When either has a length that is not ours.
        """
        _check(key, tag)
        self._block = cipher.Block(key)
        self._tag = tag

    def seal(self, nonce: bytes, plain: bytes, aad: bytes) -> bytes:
        """Encrypt and append the tag.

        Raises:
            WireError: When the nonce has not 13 bytes, or the rest is too long.
        """
        _check_lengths(nonce, plain, aad)
        stream = self._stream(nonce, len(plain))
        return _xor(plain, stream[16:]) + _xor(self._mac(nonce, plain, aad), stream[: self._tag])

    def open(self, nonce: bytes, sealed: bytes, aad: bytes) -> bytes:
        """Decrypt.

        Raises:
            BadTag: When the tag does not belong to these bytes.
            WireError: When the nonce has not 13 bytes, or the rest is too long.
        """
        size = len(sealed) - self._tag
        if size < 0:
            raise BadTag("shorter than a tag")
        _check_lengths(nonce, sealed[:size], aad)
        stream = self._stream(nonce, size)
        plain = _xor(sealed[:size], stream[16:])
        if not equal(_xor(self._mac(nonce, plain, aad), stream[: self._tag]), sealed[size:]):
            raise BadTag("the tag does not belong to these bytes")
        return plain

    def _stream(self, nonce: bytes, size: int) -> bytes:
        """Return the key stream S_0, S_1, … (RFC 3610, section 2.3); S_0 hides the tag."""
        start = b"\x01" + nonce
        count = 1 + (size + 15) // 16
        return self._block.encrypt(b"".join([start + struct.pack(">H", i) for i in range(count)]))

    def _mac(self, nonce: bytes, plain: bytes, aad: bytes) -> bytes:
        """Return the CBC-MAC, shortened (RFC 3610, section 2.2)."""
        flags = (64 if aad else 0) | (self._tag - 2) // 2 << 3 | 1
        text = bytes((flags,)) + nonce + struct.pack(">H", len(plain))
        if aad:
            text += _padded(struct.pack(">H", len(aad)) + aad)
        text += _padded(plain)
        state = _ZERO
        for at in range(0, len(text), 16):
            state = self._block.encrypt(_xor(state, text[at : at + 16]))
        return state[: self._tag]


class Ccm:
    """AES-CCM, the fastest that the machine has."""

    def __init__(self, key: bytes, tag: int) -> None:
        """Take a key of 16 or 32 bytes, and the length of a tag: 4 to 16 bytes, even.

        Raises:
            WireError: When either has a length that is not ours.
        """
        _check(key, tag)
        self._whole = cipher.whole(key, tag)
        self._portable = None if self._whole else Portable(key, tag)

    def seal(self, nonce: bytes, plain: bytes, aad: bytes) -> bytes:
        """Encrypt and append the tag; a nonce is used once in the life of a key.

        Raises:
            WireError: When the nonce has not 13 bytes, or the rest is too long.
        """
        if self._portable:
            return self._portable.seal(nonce, plain, aad)
        _check_lengths(nonce, plain, aad)
        return self._whole.seal(nonce, plain, aad)  # type: ignore[union-attr]

    def open(self, nonce: bytes, sealed: bytes, aad: bytes) -> bytes:
        """Decrypt.

        Raises:
            BadTag: When the tag does not belong to these bytes.
            WireError: When the nonce has not 13 bytes, or the rest is too long.
        """
        if self._portable:
            return self._portable.open(nonce, sealed, aad)
        _check_lengths(nonce, sealed, aad)
        plain = self._whole.open(nonce, sealed, aad)  # type: ignore[union-attr]
        if plain is None:
            raise BadTag("the tag does not belong to these bytes")
        return plain


def _check(key: bytes, tag: int) -> None:
    if len(key) not in {16, 32} or tag not in {4, 6, 8, 10, 12, 14, 16}:
        raise WireError("a key has 16 or 32 bytes, a tag 4 to 16 and an even number")


def _check_lengths(nonce: bytes, text: bytes, aad: bytes) -> None:
    if len(nonce) != NONCE or len(text) > _LONGEST or len(aad) > _LONGEST_AAD:
        raise WireError("a nonce has 13 bytes, a text at most 65535")


def _padded(text: bytes) -> bytes:
    return text + bytes(-len(text) % 16)


def _xor(a: bytes, b: bytes) -> bytes:
    return bytes([x ^ y for x, y in zip(a, b)])  # noqa: B905  # MicroPython has no strict=
