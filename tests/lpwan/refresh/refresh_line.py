"""A simulated line of one device: fades, frames that are lost, doubled and late, and ends that are killed at will."""

import numpy as np

from samefade.lpwan.refresh import DeviceEnd, NetworkEnd, NoKey, Policy, Refreshed
from samefade.session.events import Root

EUI = bytes.fromhex("70b3d57ed005a1b2")


def root(epoch=0):
    return Root(b"first---", epoch, bytes(range(32)))


class Fades:
    """What both ends hear of each frame: one fade, a first-order autoregression in dB, and each end's own noise."""

    def __init__(self, seed, memory=0.6, spread=8.0, noise=0.5, own=False):
        self.chance = np.random.default_rng(seed)
        self.memory, self.spread, self.noise, self.own = memory, spread, noise, own
        self.x = self.chance.normal(size=2)

    def next(self):
        fresh = self.chance.normal(size=2)
        self.x = self.memory * self.x + np.sqrt(1 - self.memory**2) * fresh
        up, down = (self.x[0], self.x[1]) if self.own else (self.x[0], self.x[0])
        noise = self.noise * self.chance.normal(size=2)
        return round(-97 + self.spread * up + noise[0]), round(-101 + self.spread * down + noise[1])


class Line:
    """Both ends, and what happens to their frames.

    `lose(way, counter)` says whether a frame is lost; `kill(way, counter)` whether an end is killed before it sends.
    """

    def __init__(self, policy=None, seed=1, fades=None, lost=0.2, spare=(11, 30), answered=1.0):
        policy = policy or Policy()
        self.policy = policy
        self.device, self.network = DeviceEnd(EUI, root(), policy), NetworkEnd(EUI, root(), policy)
        self.fades = fades or Fades(seed)
        self.chance = np.random.default_rng(seed + 1000)
        self.lost, self.spare, self.answered = lost, spare, answered
        self.counter = 0
        self.told = {"device": [], "network": []}
        self.frames = {"up": 0, "up blocks": 0, "up bytes": 0, "down": 0, "down blocks": 0, "down bytes": 0}

    def lose(self, way):
        return self.chance.random() < self.lost

    def step(self):
        """One uplink, and what answers it."""
        self.counter += 1
        up, down = self.fades.next()
        room = int(self.chance.integers(*self.spare, endpoint=True))
        block = self.device.uplink(self.counter, room)
        assert len(block) <= room
        self._count("up", block)
        if not self.lose("up"):
            self.network.uplink(self.counter, up, block)
            answer = self.network.downlink(50)
            assert len(answer) <= 50
            if answer or self.chance.random() < self.answered:
                self._count("down", answer)
                if not self.lose("down"):
                    self.device.downlink(self.counter, down, answer)
        if self.network.has_work:
            self.network.work()
        self.listen()

    def listen(self):
        self.told["device"] += self.device.events()
        self.told["network"] += self.network.events()

    def until(self, event, end="network", most=6000):
        """Go on until an end told an event of this kind once more, and return it."""
        before = len(self.of(event, end))
        for _ in range(most):
            self.step()
            if len(self.of(event, end)) > before:
                return self.of(event, end)[-1]
        raise AssertionError(f"no {event.__name__} at the {end} in {most} frames: {self.told}")

    def of(self, event, end):
        return [one for one in self.told[end] if isinstance(one, event)]

    def _count(self, way, block):
        self.frames[way] += 1
        self.frames[f"{way} blocks"] += bool(block)
        self.frames[f"{way} bytes"] += len(block)


__all__ = ["EUI", "Fades", "Line", "NoKey", "Refreshed", "root"]
