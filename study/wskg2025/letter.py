"""WSKG to the letter: the whole range between the lowest and the highest coherent row, as the 2025 paper writes it.

Samefade's own `Wskg` keeps the longest run of coherent rows instead, see `samefade.schemes.Wskg`.
"""

from dataclasses import dataclass

from samefade import restore, schemes
from samefade.schemes.scheme import Restorer


@dataclass(frozen=True, kw_only=True)
class WskgLetter(schemes.Wskg):
    """Reconstruct from the range [min F_r, max F_r] (section IV-A)."""

    restore: Restorer = restore.CoherentBand()
