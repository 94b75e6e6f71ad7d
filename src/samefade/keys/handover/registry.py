"""Every handover by name, and the one function that writes a key for a program."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from uuid import UUID

from samefade.errors import UnknownName
from samefade.keys.handover.bond import Bond, Ends, Role
from samefade.keys.handover.eap_psk import EapPsk
from samefade.keys.handover.handover import Handover
from samefade.keys.handover.oscore import Oscore
from samefade.keys.handover.tls import Tls13
from samefade.keys.handover.wireguard import WireGuard
from samefade.keys.handover.wpa import Wpa, WpaPassphrase
from samefade.keys.handover.writing import write
from samefade.types import Key

HANDOVERS: Mapping[str, Handover] = MappingProxyType(
    {
        "oscore": Oscore(),
        "tls": Tls13(),
        "wireguard": WireGuard(),
        "wpa": Wpa(),
        "wpa-passphrase": WpaPassphrase(),
        "eap-psk": EapPsk(),
    }
)


def find(purpose: str) -> Handover:
    """Return the handover of this name.

    Raises:
        UnknownName: When there is none.
    """
    if purpose not in HANDOVERS:
        raise UnknownName("handover", purpose, tuple(HANDOVERS))
    return HANDOVERS[purpose]


def hand_over(key: Key, key_id: UUID, purpose: str, role: Role, ends: Ends, folder: Path) -> tuple[Path, ...]:
    """Write what a program needs to use the key, into files for their owner alone, and return their paths.

    Nothing secret is returned, shown or logged.
    Each program gets bytes of its own, so that one which gives its secret away does not give the others'.

    Args:
        key: At least 256 bits.
        key_id: Its public name, the same at both ends.
        purpose: One of `HANDOVERS`.
        role: Which end this is.
        ends: The names of both ends, the same value at both.
        folder: Where the files go; made for the owner alone if it is not there.

    Raises:
        UnknownName: When there is no such handover.
        OutOfRange: When the key is too short, the role unknown, or the names are empty or equal.
        CannotWrite: When a file is there already, others may write in the folder, or the system refuses.
    """
    files = find(purpose).render(key, Bond(key_id, role, Ends(*ends)))
    return write(files, Path(folder))
