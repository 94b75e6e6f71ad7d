"""Observe: from what two nodes logged to values on one even grid, with every gap marked."""

from samefade.observe.amplitude import amplitude, unit, usable_tones
from samefade.observe.grid import Grid, bridged, estimate_rate, grid
from samefade.observe.half_duplex import interpolate
from samefade.observe.matching import By, Matching, match
from samefade.observe.pairing import pair
from samefade.observe.stillness import coherence_time, guard_time

__all__ = [
    "By",
    "Grid",
    "Matching",
    "amplitude",
    "bridged",
    "coherence_time",
    "estimate_rate",
    "grid",
    "guard_time",
    "interpolate",
    "match",
    "pair",
    "unit",
    "usable_tones",
]
