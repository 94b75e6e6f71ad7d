"""Recipes: how the parts are put together, each a value named as in its paper; and ours."""

from samefade.schemes.decimated import Decimated
from samefade.schemes.expectation import least_told
from samefade.schemes.published import Fft, FftBand, Golay, Packet, Raw, Wskg
from samefade.schemes.registry import BEST, find, lpwan, named, schemes
from samefade.schemes.scheme import Scheme
from samefade.schemes.strata import Strata

__all__ = [
    "BEST",
    "Decimated",
    "Fft",
    "FftBand",
    "Golay",
    "Packet",
    "Raw",
    "Scheme",
    "Strata",
    "Wskg",
    "find",
    "least_told",
    "lpwan",
    "named",
    "schemes",
]
