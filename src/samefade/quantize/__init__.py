"""Turn a feature into symbols and symbols into bits; only kept samples can be quantised."""

from samefade.quantize.belief import SCALES, CellBelief, Likely, downhill, spell
from samefade.quantize.cdf import Cdf, edges, forced_balance
from samefade.quantize.cells import Cells, Lattice, allocate, cells_of, lattice, widths, widths_of
from samefade.quantize.cuts import Cut, Cutter
from samefade.quantize.differential import Differential
from samefade.quantize.exchange import DROPPING, candidates, common, drops, mask_bits, set_bits
from samefade.quantize.gray import gray, to_bits, ungray
from samefade.quantize.guard_band import GuardBand
from samefade.quantize.guarded import Guarded
from samefade.quantize.lossy_cdf import LossyCdf
from samefade.quantize.sign import Sign

__all__ = [
    "DROPPING",
    "SCALES",
    "Cdf",
    "CellBelief",
    "Cells",
    "Cut",
    "Cutter",
    "Differential",
    "GuardBand",
    "Guarded",
    "Lattice",
    "Likely",
    "LossyCdf",
    "Sign",
    "allocate",
    "candidates",
    "cells_of",
    "common",
    "downhill",
    "drops",
    "edges",
    "forced_balance",
    "gray",
    "lattice",
    "mask_bits",
    "set_bits",
    "spell",
    "to_bits",
    "ungray",
    "widths",
    "widths_of",
]
