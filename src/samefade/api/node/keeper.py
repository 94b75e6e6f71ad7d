"""Keep what a session asks to be kept, before the other end can know of it."""

from collections.abc import Callable
from contextlib import suppress
from uuid import UUID

from samefade.keys.errors import NoSuchRoot
from samefade.keys.store import Store
from samefade.session import Confirmed, Discarded, Event, Known, Pending, Reserve


class Keeper:
    """Handles the events of one conversation; whatever cannot be kept raises, and so ends it.

    Attributes:
        peer: Who the other end proved to be.
        confirmed: Keys that both ends hold, those that a handshake confirmed late included.
    """

    def __init__(self, store: Store | None, clock: Callable[[], float]) -> None:
        """Take the store and a clock that tells seconds since 1970; without a store nothing is kept."""
        self._store, self._clock = store, clock
        self.peer: bytes | None = None
        self.confirmed: list[UUID] = []
        self._prior = b""

    def keep(self, event: Event) -> None:
        """Keep what an event brings.

        Raises:
            SamefadeError: When the store refuses.
        """
        if isinstance(event, Known):
            self.peer = event.peer
        if self._store is not None and self.peer is not None:
            self._kept(self._store, self.peer, event)
        elif isinstance(event, Confirmed):
            self.confirmed += event.key_ids

    def _kept(self, store: Store, peer: bytes, event: Event) -> None:
        now = self._clock()
        if isinstance(event, Known):
            # the handshake shows which prior secret both hold, and so whether the last run was confirmed
            with suppress(NoSuchRoot):  # with identities a first run begins without one
                self.confirmed += store.settle(peer, event.prior, now=now)
                self._prior = event.prior
        elif isinstance(event, Reserve):
            # refused where another process on this store, or a conversation that was held up here, has these frames
            store.burn(peer, event.first, event.last)
        elif isinstance(event, Pending):
            store.keep_pending(peer, event.keys, event.root, now=now, prior=self._prior)
        elif isinstance(event, Confirmed):
            store.confirm(peer, event.key_ids, now=now)
            self.confirmed += event.key_ids
        elif isinstance(event, Discarded):
            store.discard(peer, event.key_ids, now=now)
