"""Recompute a paper figure by figure, and say of every claim whether it holds."""

from samefade.study.figure import Figure, Mark, Result, Spec, Verdict, overall
from samefade.study.folder import Study, find
from samefade.study.lab import REAL, Lab

__all__ = [
    "REAL",
    "Figure",
    "Lab",
    "Mark",
    "Result",
    "Spec",
    "Study",
    "Verdict",
    "find",
    "overall",
]
