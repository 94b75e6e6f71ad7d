"""Root keys of LoRaWAN from an epoch key of ours, for this purpose and this device alone.

LoRaWAN has no way to change a root key over the air; a channel key that both ends hold gives them a new one.
The epoch key is not used for anything else here, and nothing else of it can be computed from the root keys
(HKDF-Expand, RFC 5869 section 2.3, with a label of its own for each).
"""

from dataclasses import dataclass, field
from typing import NoReturn

from samefade.errors import OutOfRange
from samefade.types import Key


@dataclass(frozen=True, eq=False)
class RootKeys:
    """The root keys of one device in one epoch.

    Attributes:
        legacy: AppKey of a device that speaks LoRaWAN 1.0.x.
        network: NwkKey of LoRaWAN 1.1.
        application: AppKey of LoRaWAN 1.1.
    """

    legacy: bytes = field(repr=False)
    network: bytes = field(repr=False)
    application: bytes = field(repr=False)

    def __reduce__(self) -> NoReturn:
        """Refuse to be pickled."""
        raise TypeError("RootKeys have no serialiser: they are secret")


def root_keys(epoch_key: Key, dev_eui: bytes, join_eui: bytes) -> RootKeys:
    """Derive the root keys; a device and its join server do the same.

    Args:
        epoch_key: What both ends hold since their last refresh.
        dev_eui: 8 bytes.
        join_eui: 8 bytes.

    Raises:
        OutOfRange: When a length does not fit, or the key is shorter than 16 bytes.
    """
    for name, eui in (("dev_eui", dev_eui), ("join_eui", join_eui)):
        if len(eui) != 8:
            raise OutOfRange(f"bytes of {name}", len(eui), "8")
    about = f"{dev_eui.hex()} {join_eui.hex()}"
    names = ("1.0 AppKey", "1.1 NwkKey", "1.1 AppKey")
    return RootKeys(*(epoch_key.derive(f"lorawan root {name} {about}", 16) for name in names))
