"""WPA2-Personal (IEEE 802.11 section 12.7): one key for one station, as 256 bits or as a passphrase."""

import hashlib
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from typing import ClassVar

from samefade.errors import OutOfRange
from samefade.keys.handover.bond import Bond
from samefade.keys.handover.handover import SecretFile
from samefade.types import Key

ANY_STATION = "00:00:00:00:00:00"  # hostapd's wildcard; replace it by the station's address
_RECIPE = (
    "Name the file in hostapd's `wpa_psk_file=` at the access point, "
    "or put the network into wpa_supplicant.conf at the station."
)


@dataclass(frozen=True)
class Wpa:
    """Write 256 bits for hostapd's `wpa_psk_file` (responder) or wpa_supplicant's `psk=` (initiator).

    The responder is the access point, the initiator the station.
    The bits do not depend on the network's name, so that line may be edited.

    Attributes:
        ssid: Name of the network in the station's file; by default one made of the key's public name.
    """

    ssid: str = ""
    recipe: ClassVar[str] = _RECIPE

    def psk(self, key: Key, bond: Bond) -> bytes:
        """Return the 32 secret bytes.

        Raises:
            OutOfRange: When the key is too short.
        """
        return bond.derive(key, "wpa", 32)

    def render(self, key: Key, bond: Bond) -> tuple[SecretFile, ...]:
        """Return the one file of this end.

        Raises:
            OutOfRange: When the key is too short, or the network's name is not one.
        """
        secret = self.psk(key, bond).hex()
        return (_file(key, bond, "wpa", secret, _network(self.ssid, bond, secret)),)


@dataclass(frozen=True)
class WpaPassphrase:
    """Write the same two files with a passphrase, for devices that take nothing else, and for WPA3.

    Attributes:
        ssid: Name of the network in the station's file; by default one made of the key's public name.
    """

    ssid: str = ""
    recipe: ClassVar[str] = _RECIPE

    def passphrase(self, key: Key, bond: Bond) -> str:
        """Return 43 printable characters that hold 256 bits.

        Raises:
            OutOfRange: When the key is too short.
        """
        return urlsafe_b64encode(bond.derive(key, "wpa-passphrase", 32)).rstrip(b"=").decode()

    def render(self, key: Key, bond: Bond) -> tuple[SecretFile, ...]:
        """Return the one file of this end.

        Raises:
            OutOfRange: When the key is too short, or the network's name is not one.
        """
        secret = self.passphrase(key, bond)
        return (_file(key, bond, "wpa-passphrase", secret, _network(self.ssid, bond, f'"{secret}"')),)


def pairwise_master_key(passphrase: str, ssid: bytes) -> bytes:
    """Return the 32 bytes that a passphrase stands for in one network (IEEE 802.11i-2004 annex H.4).

    Raises:
        OutOfRange: When the passphrase does not have 8 to 63 printable characters, or the name is not 1 to 32 bytes.
    """
    if not (8 <= len(passphrase) <= 63 and passphrase.isascii() and passphrase.isprintable()):
        raise OutOfRange("passphrase", f"{len(passphrase)} characters", "8 to 63 printable ASCII characters")
    if not 1 <= len(ssid) <= 32:
        raise OutOfRange("ssid", f"{len(ssid)} bytes", "1 to 32 bytes")
    return hashlib.pbkdf2_hmac("sha1", passphrase.encode(), ssid, 4096, 32)


def _file(key: Key, bond: Bond, program: str, secret: str, network: str) -> SecretFile:
    if bond.role == "responder":
        return SecretFile(f"{bond.key_id}.{program}.psk", f"# {bond.comment(key)}\n{ANY_STATION} {secret}\n")
    return SecretFile(f"{bond.key_id}.{program}.conf", f"# {bond.comment(key)}\n{network}")


def _network(ssid: str, bond: Bond, psk: str) -> str:
    name = (ssid or f"samefade-{str(bond.key_id)[:8]}").encode()
    if len(name) > 32:
        raise OutOfRange("ssid", f"{len(name)} bytes", "1 to 32 bytes")
    # unquoted hexadecimal: no character of the name can end the line or the block
    return f"network={{\n\tssid={name.hex()}\n\tkey_mgmt=WPA-PSK\n\tproto=RSN\n\tpsk={psk}\n}}\n"
