"""Real sessions over a simulated channel, for tests: a pre-shared key that everybody knows, and seeded chance."""

from random import Random

import numpy as np

from samefade.link.child import End
from samefade.link.source import RecordedSource
from samefade.schemes import find
from samefade.session import Agreement, Listener, Plan, Root, Session, pack_mark
from samefade.session.psk import PskInitiator, PskResponder
from samefade.types import Observation

ROOT = Root(b"a test's", 0, bytes(range(32)))
SAMPLES, SPOKEN = 1600, 400
SCHEME = find("strata")


def recording(end, seed=1):
    """A first-order Gaussian channel that both ends hear at 30 dB."""
    rng = np.random.default_rng(seed)
    shared = np.empty(SAMPLES)
    shared[0] = rng.normal()
    for i, step in enumerate(rng.normal(size=SAMPLES - 1), 1):
        shared[i] = 0.5 * shared[i - 1] + np.sqrt(0.75) * step
    noise = np.random.default_rng([seed, end == "b"]).normal(size=SAMPLES)
    return RecordedSource(Observation(10 + shared + noise / 30, 10.0, np.ones(SAMPLES, bool), end, "dBm"), 1)


def plan():
    return Plan(first=1, spoken=SPOKEN, kept=SAMPLES - 2 * SPOKEN, rate=10.0, unit="dBm")


def initiator(seed=1):
    chance = Random(f"a {seed}").randbytes
    handshake = PskInitiator(
        [ROOT], me=b"alice", peer=b"bob", connection=chance(4), parameters=pack_mark(0), nonce=chance(16)
    )
    return Session(handshake, lambda secured: Agreement(SCHEME, chance).initiate(plan(), secured))


def responder(connection=b"conn", seed=1):
    chance = Random(f"b {seed} {connection!r}").randbytes
    handshake = PskResponder(
        lambda name: (ROOT, b"alice") if name == ROOT.name else None,
        me=b"bob",
        connection=connection,
        parameters=lambda _: pack_mark(0),
        nonce=chance(16),
    )
    return Session(handshake, lambda secured: Agreement(SCHEME, chance).respond(0, secured))


def listener():
    return Listener(responder)


def end(role):
    return End(initiator() if role == "a" else responder(), recording(role))
