"""One AES-128 block and the CMAC of a frame: all the cryptography that LoRaWAN's activation has.

Sources: FIPS 197; RFC 4493 (AES-CMAC); LoRaWAN 1.1 specification, section 6.2.
"""

import hmac

from samefade.errors import OutOfRange

SIZE = 16


def encrypted(key: bytes, blocks: bytes) -> bytes:
    """Return whole blocks, each encrypted alone (ECB): LoRaWAN derives keys so, and a device opens a join-accept so.

    Raises:
        OutOfRange: When the key has not 16 bytes, or the blocks are not whole.
    """
    return _ecb(key, blocks, forward=True)


def decrypted(key: bytes, blocks: bytes) -> bytes:
    """Return whole blocks, each decrypted alone; a join server closes a join-accept so.

    A device needs only the forward direction of AES then (LoRaWAN 1.1, section 6.2.3).

    Raises:
        OutOfRange: When the key has not 16 bytes, or the blocks are not whole.
    """
    return _ecb(key, blocks, forward=False)


def mic(key: bytes, message: bytes) -> bytes:
    """Return the message integrity code: the first 4 bytes of the CMAC.

    Raises:
        OutOfRange: When the key has not 16 bytes.
    """
    from cryptography.hazmat.primitives.ciphers.algorithms import AES
    from cryptography.hazmat.primitives.cmac import CMAC

    code = CMAC(AES(_sized(key)))
    code.update(message)
    return code.finalize()[:4]


def fits(key: bytes, message: bytes, code: bytes) -> bool:
    """Say whether a message has this integrity code, in constant time."""
    return hmac.compare_digest(mic(key, message), code)


def _ecb(key: bytes, blocks: bytes, *, forward: bool) -> bytes:
    from cryptography.hazmat.primitives.ciphers import Cipher
    from cryptography.hazmat.primitives.ciphers.algorithms import AES
    from cryptography.hazmat.primitives.ciphers.modes import ECB

    if not blocks or len(blocks) % SIZE:
        raise OutOfRange("bytes of the blocks", len(blocks), "a positive multiple of 16")
    cipher = Cipher(AES(_sized(key)), ECB())  # noqa: S305 -- single blocks, as LoRaWAN has it
    step = cipher.encryptor() if forward else cipher.decryptor()
    return step.update(blocks) + step.finalize()


def _sized(key: bytes) -> bytes:
    if len(key) != SIZE:
        raise OutOfRange("bytes of the key", len(key), "16")
    return key
