"""HKDF on top of a prior secret: a channel key adds to it and never replaces it.

H. Krawczyk 2010, RFC 5869.
K = HKDF(salt = prior secret, ikm = agreed string, info); it holds if either the prior secret or the channel does.
The claim is computational: SHA-256 stands for a random oracle, and 64 bits of slack are asked for, as NIST does.
"""

from dataclasses import dataclass

import numpy as np

from samefade.errors import OutOfRange, TooFewSamples, TooLittleEntropy
from samefade.types import Bits, Key, Ledger

_SLACK = 64
_SHORTEST_PRIOR = 16


@dataclass(frozen=True)
class Hkdf:
    """Derive a key from the agreed string and a prior secret.

    Attributes:
        bits: Length of the key, a positive multiple of 8, at most 65,280.
    """

    bits: int = 256

    def __post_init__(self) -> None:
        """Refuse absurd lengths."""
        if self.bits < 8 or self.bits % 8 or self.bits > 255 * 256:
            raise OutOfRange("bits", self.bits, "a multiple of 8 between 8 and 65280")

    def margin(self) -> float:
        """Return how many bits of entropy are asked for beyond the length of the key."""
        return float(_SLACK)

    def amplify(self, fixed: Bits, ledger: Ledger, seed: bytes, prior: bytes) -> Key:
        """Return the key, if the ledger can pay for it.

        Args:
            fixed: The agreed string.
            ledger: Its account, every public bit paid.
            seed: Public bytes bound into the key: the transcript, identities and policy.
            prior: The secret that both ends held before, at least 16 bytes.

        Raises:
            TooLittleEntropy: When less than the length and 64 bits more is left.
            TooFewSamples: When the string is empty.
            OutOfRange: When the prior secret is too short.
        """
        left = ledger.pay("slack of the computational extractor", self.margin())
        if left.secure_bits < self.bits:
            raise TooLittleEntropy(have=left.balance, need=self.bits)
        if not len(fixed):
            raise TooFewSamples(have=0, need=1)
        if len(prior) < _SHORTEST_PRIOR:
            raise OutOfRange("prior", f"{len(prior)} bytes", "at least 16 bytes")
        return Key(hkdf(prior, np.packbits(fixed.values).tobytes(), seed, self.bits // 8), "estimate")


def hkdf(salt: bytes, ikm: bytes, info: bytes, size: int) -> bytes:
    """Compute HKDF with SHA-256 (RFC 5869, section 2)."""
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return HKDF(SHA256(), size, salt, info).derive(ikm)
