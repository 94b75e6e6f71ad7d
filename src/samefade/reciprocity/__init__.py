"""Measure whether two ends heard the same fade: numbers, lost packets, and what they mean in words."""

from samefade.reciprocity.diagnosis import diagnose, reciprocal
from samefade.reciprocity.evidence import Evidence, assess
from samefade.reciprocity.losses import Loss, losses
from samefade.reciprocity.significance import Correlation, correlate, threshold

__all__ = [
    "Correlation",
    "Evidence",
    "Loss",
    "assess",
    "correlate",
    "diagnose",
    "losses",
    "reciprocal",
    "threshold",
]
