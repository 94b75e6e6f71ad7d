"""Correct short blocks, check each by itself, and drop those that fail."""

from samefade.reconcile.blocks.scheme import Blocks

__all__ = ["Blocks"]
