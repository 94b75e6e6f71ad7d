"""Turn a feature into symbols and symbols into bits; only kept samples can be quantised."""

from samefade.quantize.cdf import Cdf, edges, forced_balance
from samefade.quantize.differential import Differential
from samefade.quantize.exchange import common, set_bits
from samefade.quantize.gray import gray, to_bits, ungray
from samefade.quantize.guard_band import GuardBand

__all__ = [
    "Cdf",
    "Differential",
    "GuardBand",
    "common",
    "edges",
    "forced_balance",
    "gray",
    "set_bits",
    "to_bits",
    "ungray",
]
