"""Correct few errors by a few sums: compressive sensing of the difference, and an honest price for it."""

from samefade.reconcile.compressed.scheme import Compressed

__all__ = ["Compressed"]
