"""Put pieces together in order, and owe the other end word of what has arrived."""

from .errors import Malformed
from .fragment import Piece
from .profile import Profile


class Receiving:
    """One end's incoming half.

    Attributes:
        next: The lowest number that has not arrived yet, modulo 2^16.
        due: When an acknowledgement is owed at the latest, or None.
    """

    def __init__(self, profile: Profile) -> None:
        """Begin with number 0."""
        self._window = profile.window
        self._longest = profile.longest
        self._patience = profile.first_timeout / 10  # well below the least timeout of the other end
        self._often = max(1, profile.window // 4)
        self._held: dict[int, Piece] = {}
        self._message: bytearray | None = None
        self._unsaid = 0
        self.next = 0
        self.due: float | None = None

    @property
    def bitmap(self) -> int:
        """Return what is held beyond the gap: bit i stands for number next + 1 + i."""
        bits = 0
        for number in self._held:
            bits |= 1 << ((number - self.next - 1) & 0xFFFF)
        return bits

    def said(self) -> None:
        """Take note that an acknowledgement went out."""
        self.due = None
        self._unsaid = 0

    def take(self, piece: Piece, now: float) -> list[bytes]:
        """Take a piece; return the messages that are whole now, in order.

        Raises:
            Malformed: When a correct end would not have sent it.
        """
        ahead = (piece.number - self.next) & 0xFFFF
        if ahead >= 0x8000 or piece.number in self._held:
            self.due = now  # it asks again, so our answer was lost
            return []
        if ahead >= self._window:
            raise Malformed("a piece beyond the window")
        if ahead:
            self._held[piece.number] = piece
            self.due = now
            return []
        return self._advance(piece, now)

    def _advance(self, piece: Piece | None, now: float) -> list[bytes]:
        whole: list[bytes] = []
        gap = bool(self._held)
        while piece is not None:
            self.next = (self.next + 1) & 0xFFFF
            self._join(piece, whole)
            last = piece
            piece = self._held.pop(self.next, None)
        self._unsaid += 1
        # after the end of a message an answer may come, and can carry the acknowledgement
        wait = not gap and (last.end or self._unsaid < self._often)
        due = now + self._patience if wait else now
        self.due = due if self.due is None else min(self.due, due)
        return whole

    def _join(self, piece: Piece, whole: list[bytes]) -> None:
        if piece.begin != (self._message is None):
            raise Malformed("a message that begins inside another, or nowhere")
        if self._message is None:
            self._message = bytearray()
        if len(self._message) + len(piece.data) > self._longest:
            raise Malformed("a message longer than agreed")
        self._message.extend(piece.data)
        if piece.end:
            whole.append(bytes(self._message))
            self._message = None
