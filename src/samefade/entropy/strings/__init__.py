"""Say what a whole string of cells is worth, as it is hashed: its smooth min-entropy."""

from samefade.entropy.strings.cells import assess_cells
from samefade.entropy.strings.chain import Guess, given_past, guesses

__all__ = ["Guess", "assess_cells", "given_past", "guesses"]
