"""WireGuard: the preshared key that is mixed into the handshake of one pair of peers."""

from base64 import b64encode
from dataclasses import dataclass
from typing import ClassVar

from samefade.keys.handover.bond import Bond
from samefade.keys.handover.handover import SecretFile
from samefade.types import Key


@dataclass(frozen=True)
class WireGuard:
    """Write the 32 bytes that `wg set DEVICE peer KEY preshared-key FILE` reads (wg(8)).

    It adds to the key exchange and replaces none of it: the tunnel is secret if either holds.
    The format has no room for a comment, so the file does not tell the claim.
    """

    recipe: ClassVar[str] = "Give the file to `wg set DEVICE peer PUBLIC_KEY preshared-key FILE` at both ends."

    def psk(self, key: Key, bond: Bond) -> bytes:
        """Return the 32 secret bytes.

        Raises:
            OutOfRange: When the key is too short.
        """
        return bond.derive(key, "wireguard", 32)

    def render(self, key: Key, bond: Bond) -> tuple[SecretFile, ...]:
        """Return the one file, which is the same at both ends.

        Raises:
            OutOfRange: When the key is too short.
        """
        return (SecretFile(f"{bond.key_id}.wireguard.psk", b64encode(self.psk(key, bond)).decode() + "\n"),)
