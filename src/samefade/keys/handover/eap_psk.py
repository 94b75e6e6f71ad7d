"""EAP-PSK (RFC 4764): a 16-byte key for IEEE 802.1X, wired or on air."""

from dataclasses import dataclass
from typing import ClassVar

from samefade.keys.handover.bond import Bond
from samefade.keys.handover.handover import SecretFile
from samefade.types import Key


@dataclass(frozen=True)
class EapPsk:
    """Write a line for hostapd's `eap_user_file` (responder) or a network for wpa_supplicant (initiator).

    The initiator is the peer that asks to be let in; the responder is the server.
    EAP-PSK has no forward secrecy: whoever learns the key later reads what was recorded.
    """

    recipe: ClassVar[str] = (
        "Name the file in hostapd's `eap_user_file=` at the responder, "
        "or put the network into wpa_supplicant.conf at the initiator."
    )

    def psk(self, key: Key, bond: Bond) -> bytes:
        """Return the 16 secret bytes (RFC 4764 section 2.1).

        Raises:
            OutOfRange: When the key is too short.
        """
        return bond.derive(key, "eap-psk", 16)

    def render(self, key: Key, bond: Bond) -> tuple[SecretFile, ...]:
        """Return the one file of this end.

        Raises:
            OutOfRange: When the key is too short.
        """
        secret, comment = self.psk(key, bond).hex(), bond.comment(key)
        if bond.role == "responder":
            return (SecretFile(f"{bond.key_id}.eap_user", f'# {comment}\n"{bond.name}" PSK {secret}\n'),)
        network = (
            f'network={{\n\tkey_mgmt=IEEE8021X\n\teap=PSK\n\tidentity="{bond.name}"\n'
            f"\tpassword={secret}\n\teapol_flags=0\n}}\n"
        )
        return (SecretFile(f"{bond.key_id}.eap-psk.conf", f"# {comment}\n{network}"),)
