"""Correct a string slice by slice and stop when it is enough: FLoRa's sequential fuzzy extractor."""

from samefade.reconcile.slices.scheme import Slices

__all__ = ["Slices"]
