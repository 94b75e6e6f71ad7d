"""Measure whether two ends heard the same fade: numbers, lost packets, and what they mean in words."""

from samefade.reciprocity.decomposed import OPERATORS, PartEvidence, decompose, heard, parts_of
from samefade.reciprocity.diagnosis import diagnose, reciprocal
from samefade.reciprocity.evidence import Evidence, assess
from samefade.reciprocity.losses import Loss, losses
from samefade.reciprocity.promise import Promise, promise
from samefade.reciprocity.significance import Correlation, correlate, threshold

__all__ = [
    "OPERATORS",
    "Correlation",
    "Evidence",
    "Loss",
    "PartEvidence",
    "Promise",
    "assess",
    "correlate",
    "decompose",
    "diagnose",
    "heard",
    "losses",
    "parts_of",
    "promise",
    "reciprocal",
    "threshold",
]
