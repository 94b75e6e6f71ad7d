"""Where a join server finds the epoch keys of a device: in the store that the refresh protocol confirms them in."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from samefade.keys import roots
from samefade.keys.store import Store
from samefade.types import Key


@dataclass(frozen=True, eq=False)
class Epoch:
    """One epoch key.

    Attributes:
        name: Its public name, the same at both ends.
        number: How many refreshes went into it.
        key: The key.
    """

    name: bytes
    number: int
    key: Key


class Epochs(Protocol):
    """Knows the newest epoch key that both ends of a device are known to hold."""

    def newest(self, dev_eui: bytes) -> Epoch | None:
        """Return it, or None where the device is not known."""
        ...


@dataclass(frozen=True)
class StoreEpochs:
    """The confirmed roots of a key store.

    Attributes:
        store: The store.
        peer: How it names a device; by default by the 8 bytes of its DevEUI.
    """

    store: Store
    peer: Callable[[bytes], bytes] = bytes

    def newest(self, dev_eui: bytes) -> Epoch | None:
        """Return the newest root that a handshake settled; one that still waits for its confirmation does not count.

        Raises:
            StoreDamaged: When a root was altered.
        """
        database = self.store.database
        rows = [row for row in database.read(roots.SELECTED, self.peer(dev_eui)) if row[3]]
        found = roots.opened(rows[:1], database.vault)
        if not found:
            return None
        return Epoch(found[0].name, found[0].epoch, Key(found[0].reveal_secret_bytes(), "estimate"))
