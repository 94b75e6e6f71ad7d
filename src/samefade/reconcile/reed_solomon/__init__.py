"""Correct errors byte by byte: the syndrome of a Reed–Solomon code over GF(2^8)."""

from samefade.reconcile.reed_solomon.scheme import ReedSolomon

__all__ = ["ReedSolomon"]
