"""Windows of simulated links for a verifier of presence, and what it says of them."""

from dataclasses import replace

from samefade import channel, observe
from samefade.errors import ChannelTooStatic, ReplaySuspected
from samefade.presence import Heard

RATE, WINDOW = 10, 600  # a window of one minute
TRIALS = 25
# power: a verifier who accepts 1 in 5 passes 25 windows once in 36 tests; one who keeps to its target of 1 in 1,000
# accepts one of 25 once in 40 tests and two once in 3,400, so one is allowed
ALLOWED = 1


def link(name, seed, seconds):
    world = channel.simulate(replace(channel.scenario(name), seconds=float(seconds)), seed, tones=(6,), seq=True)
    return {end: (r.seq, observe.amplitude(r)) for end, r in (("a", world.a), ("b", world.b), ("e", world.e))}


def window(recorded, first, *, as_of=None, n=WINDOW):
    numbers, values = recorded
    inside = (numbers >= first) & (numbers < first + n)
    shift = 0 if as_of is None else as_of - first
    return Heard(numbers[inside] + shift, values[inside])


def verdicts(decide, pairs):
    found = {"accepted": 0, "refused": 0, "abstained": 0}
    for a, b in pairs:
        try:
            decide.decide(decide.measure(a, b))
            found["accepted"] += 1
        except ReplaySuspected:
            found["refused"] += 1
        except ChannelTooStatic:
            found["abstained"] += 1
    return found
