"""Tell something of every frame and find the errors from it: the discussion that one-way codes share."""

from samefade.reconcile.sketch.answerer import SketchAnswerer
from samefade.reconcile.sketch.code import Code, checked, failing
from samefade.reconcile.sketch.corrector import SketchCorrector

__all__ = ["Code", "SketchAnswerer", "SketchCorrector", "checked", "failing"]
