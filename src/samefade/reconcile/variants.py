"""Know the published variants of Cascade: how many passes, and how long the blocks of each pass are.

The parameters are those collected by J. Martinez-Mateo, C. Pacher, M. Peev, A. Ciurana and V. Martin,
"Demystifying the information reconciliation protocol Cascade" (2015), whose names option3 … option8 stay,
from G. Brassard and L. Salvail (1993, original), T. Sugimoto and K. Yamazaki (2000, biconf)
and H. Yan et al. (2008, yanetal).
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil, log2
from typing import Literal, get_args

from samefade.errors import UnknownName

Name = Literal["original", "biconf", "yanetal", "option3", "option4", "option7", "option8"]
_LEAST_RATE = 1e-5  # below it the first blocks would be longer than any string


@dataclass(frozen=True)
class Variant:
    """A variant of Cascade.

    Attributes:
        passes: How many passes cover the whole string.
        size: (pass from 0, estimated bit error rate, frame length) → block length of that pass.
        streak: BICONF: after the passes, halve the frame at random until this many halvings in a row
            find no error; 0 does without.
    """

    passes: int
    size: Callable[[int, float, int], int]
    streak: int = 0

    def block(self, turn: int, estimate: float, length: int) -> int:
        """Return the block length of pass `turn` (from 0) for a frame of `length` bits, at least 1."""
        return max(1, min(length, self.size(turn, max(estimate, _LEAST_RATE), length)))


def _original(turn: int, rate: float, length: int) -> int:
    del length
    return int(ceil(0.73 / rate) * 2**turn)


def _biconf(turn: int, rate: float, length: int) -> int:
    return ceil(0.92 / rate) * 3**turn if turn < 2 else length // 2


def _yanetal(turn: int, rate: float, length: int) -> int:
    return ceil(0.80 / rate) * 5**turn if turn < 2 else length // 2


def _option34(turn: int, rate: float, length: int) -> int:
    return ceil(1 / rate) * 2**turn if turn < 2 else length // 2


def _option7(turn: int, rate: float, length: int) -> int:
    return int(2 ** ceil(log2(1 / rate))) * 4**turn if turn < 2 else length // 2


def _option8(turn: int, rate: float, length: int) -> int:
    alpha = log2(1 / rate) - 0.5
    sizes = (2 ** ceil(alpha), 2 ** ceil((alpha + 12) / 2), 4096)
    return int(sizes[turn]) if turn < 3 else length // 2


# options 3 and 4 differ in whether the parities of sub-blocks are used again; here they always are
_KNOWN: dict[str, Variant] = {
    "original": Variant(4, _original),
    "biconf": Variant(2, _biconf, streak=10),
    "yanetal": Variant(10, _yanetal),
    "option3": Variant(16, _option34),
    "option4": Variant(16, _option34),
    "option7": Variant(14, _option7),
    "option8": Variant(14, _option8),
}


def variant(name: str) -> Variant:
    """Return the variant of this name.

    Raises:
        UnknownName: When no variant has it.
    """
    if name not in _KNOWN:
        raise UnknownName("variant of Cascade", name, get_args(Name))
    return _KNOWN[name]
