"""Pages for people: one file of HTML each; they show, and compute nothing."""

from samefade.dash.facts import SCHEMA, STANDING, events, facts, inputs, recordings, to_show
from samefade.dash.pages import environment, render, write
from samefade.dash.run import page
from samefade.dash.saved import saved
from samefade.dash.visible import visible

__all__ = [
    "SCHEMA",
    "STANDING",
    "environment",
    "events",
    "facts",
    "inputs",
    "page",
    "recordings",
    "render",
    "saved",
    "to_show",
    "visible",
    "write",
]
