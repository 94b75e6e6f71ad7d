"""Pages for people: one file of HTML each; they show, and compute nothing."""

from samefade.dash.pages import render, write
from samefade.dash.visible import visible

__all__ = ["render", "visible", "write"]
