"""Bring two ends onto one time axis: by one lag, or, offline only, by warping."""

from samefade.align.gaps import together
from samefade.align.lag import Lag, NoLag, trim
from samefade.align.warp import Path, Warp

__all__ = ["Lag", "NoLag", "Path", "Warp", "together", "trim"]
