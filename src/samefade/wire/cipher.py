"""The block cipher AES, from what the machine has: `cryptolib` on a board, `cryptography` on a computer."""

try:
    from cryptolib import aes as _aes  # type: ignore[import-not-found]
except ImportError:
    _aes = None

_ECB = 1


class Block:
    """AES on single blocks."""

    def __init__(self, key: bytes) -> None:
        """Take a key of 16 or 32 bytes."""
        if _aes:
            self._encrypt = _aes(key, _ECB).encrypt
        else:
            from cryptography.hazmat.primitives.ciphers import Cipher
            from cryptography.hazmat.primitives.ciphers.algorithms import AES
            from cryptography.hazmat.primitives.ciphers.modes import ECB

            # CCM is built on single blocks (RFC 3610); nothing is ever sent that ECB alone has hidden
            self._encrypt = Cipher(AES(key), ECB()).encryptor().update  # noqa: S305

    def encrypt(self, blocks: bytes) -> bytes:
        """Encrypt some blocks of 16 bytes, each on its own."""
        out: bytes = self._encrypt(blocks)
        return out


class Whole:
    """CCM as `cryptography` has it, in one call."""

    def __init__(self, key: bytes, tag: int) -> None:
        """Take a key of 16 or 32 bytes and the length of a tag."""
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESCCM

        self._ccm = AESCCM(key, tag)
        self._invalid = InvalidTag

    def seal(self, nonce: bytes, plain: bytes, aad: bytes) -> bytes:
        """Encrypt and append the tag."""
        return self._ccm.encrypt(nonce, plain, aad)

    def open(self, nonce: bytes, sealed: bytes, aad: bytes) -> bytes | None:
        """Decrypt, or return None where the tag is wrong."""
        try:
            return self._ccm.decrypt(nonce, sealed, aad)
        except self._invalid:
            return None


def whole(key: bytes, tag: int) -> Whole | None:
    """Return CCM in one call where the machine has it; a board has not."""
    return None if _aes else Whole(key, tag)
