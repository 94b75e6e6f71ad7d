"""Messages of the other end that wait for the script."""

from collections import deque
from typing import Any

from samefade.errors import RemoteProtocolError
from samefade.wire import codes
from samefade.wire.cbor import decode
from samefade.wire.errors import Malformed

_MOST, _MOST_BYTES = 1024, 1 << 20  # what is spoken may arrive before this end has measured


class Inbox:
    """A short queue; a correct end never fills it, because the ends take turns."""

    def __init__(self) -> None:
        """Begin empty."""
        self._waiting: deque[tuple[int, Any, bytes]] = deque()
        self._bytes = 0

    def __len__(self) -> int:
        """Return how many messages wait."""
        return len(self._waiting)

    @staticmethod
    def read(message: bytes) -> tuple[int, Any]:
        """Return kind and body of a message.

        Raises:
            RemoteProtocolError: When it is malformed or of no known kind.
        """
        try:
            said = decode(message)
        except Malformed as why:
            raise RemoteProtocolError(message=str(why)) from None
        if not isinstance(said, list) or not said or type(said[0]) is not int or said[0] not in codes.NAMES:
            raise RemoteProtocolError(message="of no known kind")
        return said[0], said[1:]

    def keep(self, kind: int, body: Any, message: bytes) -> None:  # noqa: ANN401 -- whatever the other end sent
        """Add a message.

        Raises:
            RemoteProtocolError: When too many wait already.
        """
        self._bytes += len(message)
        if len(self._waiting) >= _MOST or self._bytes > _MOST_BYTES:
            raise RemoteProtocolError(messages_ahead_of_turn=_MOST)
        self._waiting.append((kind, body, message))

    def oldest(self) -> tuple[int, Any, bytes]:
        """Take the oldest message."""
        kind, body, message = self._waiting.popleft()
        self._bytes -= len(message)
        return kind, body, message
