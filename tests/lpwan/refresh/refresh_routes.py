"""Devices that walk a route again and again, in one direction or there and back, and those that never do."""

import numpy as np
from refresh_line import Fades, Line

from samefade.lpwan.refresh import Refreshed


class Route(Fades):
    """A fade that is a function of the place on a route of so many frames; each pass has noise of its own."""

    def __init__(self, seed, period, *, there_and_back=False, **about):
        super().__init__(seed, **about)
        chance, x = np.random.default_rng(seed), 0.0
        self.route = []
        for fresh in chance.normal(size=period):
            x = self.memory * x + np.sqrt(1 - self.memory**2) * fresh
            self.route.append(x)
        self.frame, self.there_and_back = -1, there_and_back

    def at(self, frame):
        """Return the place on the route at a frame."""
        period = len(self.route)
        if not self.there_and_back:
            return frame % period
        way = frame % (2 * period)
        return way if way < period else 2 * period - 1 - way

    def next(self):
        self.frame += 1
        x = self.route[self.at(self.frame)]
        noise = self.noise * self.chance.normal(size=2)
        return round(-97 + self.spread * x + noise[0]), round(-101 + self.spread * x + noise[1])


class Walked(Line):
    """A line that notes which frames each key came of, and which were told."""

    def __init__(self, *about, **more):
        super().__init__(*about, **more)
        self.keyed, self.used, self.spoken = [], set(), set()

    def follow(self, frames):
        """Go on; return for each key the share of its kept places that an earlier run had kept or spoken."""
        shares, before = [], 0
        for _ in range(frames):
            asks = self.network._asks
            run = asks._run
            if run is not None and asks.phase in ("talk", "commit"):
                held = [place for place, _ in asks.pool.within(run.first, run.end)]
                self.now = held[: self.policy.spoken], held[self.policy.spoken :]
            self.step()
            keys = len(self.of(Refreshed, "network"))
            if keys > before:
                spots = [{self.fades.at(place - 1) for place in part} for part in self.now]
                shares.append(len(spots[1] & self.used) / len(spots[1]))
                self.used |= spots[0] | spots[1]
                before = keys
        return shares
