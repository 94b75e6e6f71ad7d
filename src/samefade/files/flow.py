"""A recording that comes in batches: what is said of the whole of it, and its packets one batch after the other."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from samefade.types import Recording


@dataclass(frozen=True, eq=False)
class Flow:
    """One recording of a file that is longer than one wants to hold.

    Attributes:
        packets: How many packets there are.
        dropped: Reason → number of lines of the whole file that were not kept.
        about: Facts of the file.
        piece: Returns packets from one to another as a recording, without `dropped` and `about`.
    """

    packets: int
    dropped: Mapping[str, int]
    about: Mapping[str, str]
    piece: Callable[[int, int], Recording] = field(repr=False)

    def batches(self, size: int) -> Iterator[Recording]:
        """Yield the packets in order, so many at a time."""
        for start in range(0, self.packets, size):
            yield self.piece(start, min(start + size, self.packets))
