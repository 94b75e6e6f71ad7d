"""The nouns: frozen records that pass between the rooms. They hold; they do not compute."""

from samefade.types.bits import Belief, BitArray, Bits, Symbols
from samefade.types.key import Key
from samefade.types.ledger import Claim, Entry, Ledger
from samefade.types.observation import End, Feature, Half, Kept, Observation, Pair, Spoken
from samefade.types.recording import Complex, Float, Integer, Mask, Recording
from samefade.types.strand import Strand
from samefade.types.terms import Band, Terms

__all__ = [
    "Band",
    "Belief",
    "BitArray",
    "Bits",
    "Claim",
    "Complex",
    "End",
    "Entry",
    "Feature",
    "Float",
    "Half",
    "Integer",
    "Kept",
    "Key",
    "Ledger",
    "Mask",
    "Observation",
    "Pair",
    "Recording",
    "Spoken",
    "Strand",
    "Symbols",
    "Terms",
]
