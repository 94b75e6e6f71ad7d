"""Ends that processes make for themselves: importable there by name."""

import numpy as np
from link_doubles import Talker

from samefade.errors import CannotWrite
from samefade.link.child import End
from samefade.link.source import PacedSource, RecordedSource
from samefade.types import Observation


def make(role, rounds=10, **more):
    x = Observation(np.arange(50.0), 10.0, np.ones(50, bool))
    return End(Talker(role == "a", rounds, (0, 49), **more), PacedSource(RecordedSource(x), 10.0, 1000.0))


def make_nothing():
    raise CannotWrite("store", "no space left")


def make_a_bug():
    raise ZeroDivisionError


def make_forever(role):
    return make(role, rounds=1000, retry=60.0)
