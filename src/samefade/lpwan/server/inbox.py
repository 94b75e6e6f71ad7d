"""What waits between the broker and the desk: so many messages and so many bytes, and nothing that is old.

Whoever may publish at the broker can send what he likes as fast as he likes; memory shall not be what pays for it.
"""

import asyncio
from collections import Counter
from typing import TYPE_CHECKING

from samefade.lpwan.server.reading import MOST_BYTES

if TYPE_CHECKING:
    from aiomqtt import Message

MOST_WAITING = 20_000  # messages that were received and not taken yet; what is more is lost, as on the air
MOST_WAITING_BYTES = 64 * 2**20  # of all of them


class Inbox(asyncio.Queue["Message"]):
    """A queue that drops and counts what is too much, too large, or kept by the broker from an earlier time.

    A retained message comes anew with each connection: an old frame would look as if its device had begun again.

    Attributes:
        dropped: How many, by reason.
    """

    def __init__(self, dropped: "Counter[str]") -> None:
        """Take where to count."""
        super().__init__(MOST_WAITING)
        self.dropped, self._bytes = dropped, 0

    def put_nowait(self, message: "Message") -> None:
        """Add a message, or drop it; never raise."""
        size = _size(message)
        if message.retain:
            self.dropped["retained"] += 1
        elif size > MOST_BYTES:
            self.dropped["too large"] += 1
        elif self.full() or self._bytes + size > MOST_WAITING_BYTES:
            self.dropped["too many at once"] += 1
        else:
            self._bytes += size
            super().put_nowait(message)

    def _get(self) -> "Message":
        message = super()._get()
        self._bytes -= _size(message)
        return message


def _size(message: "Message") -> int:
    return len(message.payload) if isinstance(message.payload, bytes | bytearray | str) else 0
