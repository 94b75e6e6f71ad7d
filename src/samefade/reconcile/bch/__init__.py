"""Correct errors by one message: the syndrome of a BCH code, and everything that belongs to it."""

from samefade.reconcile.bch.scheme import Bch

__all__ = ["Bch"]
