"""Say what a whole string of cells is worth, as it is hashed: its smooth min-entropy."""

from samefade.entropy.strings.cells import assess_cells, told_by
from samefade.entropy.strings.chain import guesses
from samefade.entropy.strings.guess import Guess
from samefade.entropy.strings.law import given_past

__all__ = ["Guess", "assess_cells", "given_past", "guesses", "told_by"]
