"""Attackers on the line between two sessions in memory: each takes (datagram, to, now) and says what goes on."""

from dataclasses import replace

from session_ends import (
    SHOWN,
    edhoc_initiator,
    edhoc_responder,
    initiator,
    responder,
    run,
    showing_initiator,
    showing_responder,
)

SHORT = replace(SHOWN, spoken=128)

RUNS = {
    "psk": lambda: (initiator(), responder()),
    "edhoc": lambda: (initiator(edhoc_initiator()), responder(edhoc_responder())),
    "presence": lambda: (showing_initiator(plan=SHORT), showing_responder()),
}


class Tap:
    """Writes down what passes, and lets it pass."""

    def __init__(self):
        self.passed = []  # (to, datagram) in order

    def __call__(self, datagram, to, _now):
        self.passed.append((to, datagram))
        return [datagram]

    def to(self, end):
        return [datagram for to, datagram in self.passed if to == end]


def recorded(kind, ends=None, **options):
    """A whole run, written down, with its outcome."""
    tap = Tap()
    a, b = ends or RUNS[kind]()
    return tap, run(a, b, attacker=tap, **options)


def flips(datagram):
    """Every datagram that differs in one bit."""
    for at in range(8 * len(datagram)):
        bad = bytearray(datagram)
        bad[at >> 3] ^= 1 << (at & 7)
        yield bytes(bad)


def cuts(datagram):
    """Every beginning of a datagram, the empty one too."""
    for size in range(len(datagram)):
        yield datagram[:size]


def before(make):
    """An attacker who sends what `make` gives of each datagram, and then the datagram itself."""

    def attack(datagram, to, _now):
        return [*make(datagram, to), datagram]

    return attack


def only(until):
    """An attacker who lets the first datagrams pass and no others."""
    passed = 0

    def cut(datagram, _to, _now):
        nonlocal passed
        passed += 1
        return [datagram] if passed <= until else []

    return cut
