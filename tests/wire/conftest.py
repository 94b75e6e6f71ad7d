"""A seeded hostile link between two ends, each a seal with order above it; time is simulated."""

import heapq
import itertools
import random

import pytest

from samefade.wire.order import Order
from samefade.wire.seal import Seal

KEYS = bytes(16), bytes(range(16))


class End:
    """One end, as a session would join the two layers."""

    def __init__(self, link, out, into):
        self.seal = Seal(KEYS[out], KEYS[into], b"ir"[into : into + 1], b"ir"[out : out + 1], link)
        self.order = Order(self.seal.room, link)
        self.heard, self.sent = [], 0

    def datagrams(self, now):
        frames = [self.seal.frame(payload) for payload in self.order.outgoing(now)]
        self.sent += len(frames)
        return frames

    def take(self, datagram, now):
        payload = self.seal.open(datagram)
        if payload is not None:
            self.heard += self.order.receive(payload, now)


class Air:
    """Loses, doubles, delays and damages."""

    def __init__(self, link, seed, *, loss=0.0, copies=1, damage=0.0, delay=0.01, jitter=0.0):
        self.rng = random.Random(seed)
        self.loss, self.copies, self.damage, self.delay, self.jitter = loss, copies, damage, delay, jitter
        self.ends = End(link, 0, 1), End(link, 1, 0)
        self.now, self._count, self._flying, self.longest = 100.0, itertools.count(), [], 0

    def run(self, until, most=1e6, on_step=lambda: None):
        while not until() and self.now < most:
            for side, end in enumerate(self.ends):
                for frame in end.datagrams(self.now):
                    self._throw(frame, 1 - side)
            times = [t for t in (end.order.deadline for end in self.ends) if t is not None]
            times += [self._flying[0][0]] if self._flying else []
            if not times:
                return
            self.now = max(self.now, min(times))
            while self._flying and self._flying[0][0] <= self.now:
                _, _, side, frame = heapq.heappop(self._flying)
                self.ends[side].take(frame, self.now)
            on_step()

    def _throw(self, frame, side):
        self.longest = max(self.longest, len(frame))
        for _ in range(self.rng.randint(1, self.copies)):
            if self.rng.random() < self.loss:
                continue
            if self.rng.random() < self.damage:
                bad = bytearray(frame)
                bad[self.rng.randrange(len(bad))] ^= 1 << self.rng.randrange(8)
                frame = bytes(bad[: self.rng.randint(1, len(bad))])
            at = self.now + self.delay + self.rng.uniform(0, self.jitter)
            heapq.heappush(self._flying, (at, next(self._count), side, frame))


@pytest.fixture
def air():
    return Air
