"""How long to wait before asking again (RFC 6298)."""

from .profile import Profile

_BLIND = 8


class Timer:
    """The retransmission timer of one direction.

    Attributes:
        timeout: Seconds to wait for an acknowledgement now.
    """

    def __init__(self, profile: Profile) -> None:
        """Begin with the first timeout of the profile (section 2.1)."""
        self._least = profile.first_timeout / 2
        self._grain = profile.first_timeout / 5  # G of the RFC: twice what an acknowledgement may wait for company
        self._most = profile.most_timeout
        self._trip: float | None = None
        self._spread = 0.0
        self._blind = 0
        self.timeout = profile.first_timeout

    def measured(self, trip: float) -> None:
        """Take the round trip of a piece that was sent once (sections 2.2, 2.3; Karn's rule, section 3)."""
        if self._trip is None:
            self._trip, self._spread = trip, trip / 2
        else:
            self._spread += (abs(self._trip - trip) - self._spread) / 4
            self._trip += (trip - self._trip) / 8
        self._blind = 0
        self.timeout = self._computed(self._trip)

    def unmeasured(self) -> None:
        """Take word that something arrived, but cannot be measured since it was sent more than once.

        Karn would now keep the timeout for good, which is slow where half of everything is lost.
        We halve it some times, and then wait as he does until a round trip is measured.
        """
        self._blind += 1
        if self._trip is not None and self._blind <= _BLIND:
            self.timeout = max(self._computed(self._trip), self.timeout / 2)

    def back_off(self) -> None:
        """Wait twice as long from now on, until a round trip is measured (section 5.5)."""
        self.timeout = min(2 * self.timeout, self._most)

    def _computed(self, trip: float) -> float:
        return min(max(trip + max(self._grain, 4 * self._spread), self._least), self._most)
