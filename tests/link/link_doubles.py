"""Doubles of a session: they speak, wait for an echo, ask again, and measure when told to; no secret is in them."""

import zlib
from collections import deque

from samefade.session import Confirmed, Failed, Moved, Probe, Reserve

RETRY = 0.05  # seconds
LINGER = 0.5


def sealed(kind, number, about):
    body = kind + number.to_bytes(2, "big") + about
    return body + zlib.crc32(body).to_bytes(4, "big")


def opened(datagram):
    body, tag = datagram[:-4], datagram[-4:]
    if len(body) < 3 or zlib.crc32(body).to_bytes(4, "big") != tag:
        return None
    return body[:1], int.from_bytes(body[1:3], "big"), body[3:]


class Talker:
    """Stop and wait: the initiator sends numbered questions; the responder answers each, lingers, and closes."""

    def __init__(self, initiator, rounds=20, measure=None, retry=RETRY, burst=1, linger=LINGER):
        self.initiator, self.rounds, self.measure, self.retry, self.burst = initiator, rounds, measure, retry, burst
        self.linger = linger
        self.at, self.bad, self.heard, self.received, self.passed = 0, 0, [], [], None
        self._out, self._events = [], deque()
        self._due, self._closed, self._ends = None, False, None

    def start(self, now):
        self._events.append(Moved(state="started"))
        if self.measure:
            first, last = self.measure
            self._events += [Reserve(first=first, last=last), Probe(first=first, last=last)]
        if self.initiator:
            self._ask(now)

    def hear(self, sample, now):  # noqa: ARG002
        if sample.values.size:
            self.heard.append(sample)
        self.passed = sample.number

    def receive(self, datagram, now):
        found = opened(datagram)
        if found is None:
            self.bad += 1
            return
        kind, number, about = found
        if self.initiator and kind == b"A" and number == self.at:
            self.received.append(about)
            self.at += 1
            if self.at == self.rounds:
                self._events.append(Confirmed(key_ids=()))
                self._closed, self._due = True, None
            else:
                self._ask(now)
        elif not self.initiator and kind == b"Q":
            if number == len(self.received):
                self.received.append(about)
            if number < len(self.received):
                self._out.append(sealed(b"A", number, about))
            if len(self.received) == self.rounds:
                if self._ends is None:
                    self._events.append(Confirmed(key_ids=()))
                self._ends = self._due = now + self.linger

    def tick(self, now):
        if self._due is None or now < self._due:
            return
        if self.initiator:
            self._ask(now)
        else:
            self._closed, self._due = True, None

    def _ask(self, now):
        self._out += [sealed(b"Q", self.at, bytes(40))] * self.burst
        self._due = now + self.retry

    def outgoing(self):
        out, self._out = self._out, []
        return out

    def events(self):
        events = list(self._events)
        self._events.clear()
        return events

    @property
    def deadline(self):
        return self._due

    @property
    def closed(self):
        return self._closed


class Flock:
    """A host of responders, one for each address that speaks well; strangers get nothing."""

    def __init__(self, rounds=20, measure=None, linger=LINGER):
        self.rounds, self.measure, self.linger, self.peers, self.strange = rounds, measure, linger, {}, 0
        self._out, self._events = [], []

    def receive(self, datagram, address, now):
        if address not in self.peers:
            if opened(datagram) is None:
                self.strange += 1
                return
            self.peers[address] = Talker(False, self.rounds, self.measure, linger=self.linger)
            self.peers[address].start(now)
        self.peers[address].receive(datagram, now)
        self._gather(address)

    def hear(self, sample, address, now):
        self.peers[address].hear(sample, now)

    def tick(self, now):
        for address, peer in self.peers.items():
            peer.tick(now)
            self._gather(address)

    def _gather(self, address):
        peer = self.peers[address]
        self._out += [(datagram, address) for datagram in peer.outgoing()]
        self._events += [(address, event) for event in peer.events()]

    def outgoing(self):
        out, self._out = self._out, []
        return out

    def events(self):
        events, self._events = self._events, []
        return events

    @property
    def deadline(self):
        return min((p.deadline for p in self.peers.values() if p.deadline is not None), default=None)


__all__ = ["Failed", "Flock", "Talker", "opened", "sealed"]
