"""Invariant: a peer that holds the keys and says anything at all never crashes or hangs an end, nor is a key confirmed.

    python fuzz/fuzz_session.py --runs 1000 [--seed 1]

Each input is a run: an honest script plays one end of it until a state that the input names, and from there on
sealed messages of random CBOR go out in its place, of a known kind, with bodies that are random, or true and changed.
"""

import random
import sys
from pathlib import Path

from mutation import fuzz

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "session"))

from session_ends import (
    PLAN,
    QUICK,
    chance,
    confirmed,
    initiator,
    psk_initiator,
    psk_responder,
    responder,
    run,
    showing_initiator,
    showing_responder,
)

from samefade.session import Agreement, Sample, Session, agreement
from samefade.session.script import Say
from samefade.wire import codes
from samefade.wire.cbor import encode

KINDS = [codes.PLAN, codes.READY, codes.SPOKEN, codes.TERMS, codes.HEARD, codes.INDEX, codes.ASK, codes.ANSWER]
KINDS += [codes.CLOSE, codes.ACCOUNT, codes.CONFIRM, codes.DONE, codes.CSI, codes.VERDICT, codes.BYE, 1, 5, 99]
LAST = "send CONFIRM", "send DONE", "send VERDICT"
_calibrate, _known = agreement.calibrate, {}


def _calibrated(scheme: object, plan: object, spoken: object, seed: bytes) -> object:
    """Calibrate the same samples once."""
    key = (plan, seed, spoken.a.values.tobytes(), spoken.b.values.tobytes())
    if key not in _known:
        _known.clear()
        _known[key] = _calibrate(scheme, plan, spoken, seed)
    return _known[key]


agreement.calibrate = _calibrated


class Hostile(Session):
    """An end whose own table forbids nothing."""

    lied = False

    def _step(self, event: str) -> None:
        try:
            super()._step(event)
        except Exception:  # noqa: BLE001 -- whatever it does is what is tested
            self.state = "greeted"


def value(rng: random.Random, depth: int = 0) -> object:
    """Return anything that CBOR can spell."""
    kind = rng.randrange(9 if depth < 3 else 7)
    if kind == 0:
        return rng.choice([0, 1, -1, 7, 255, 2**31, 2**53, 2**63, -(2**63), rng.randrange(1000)])
    if kind == 1:
        return rng.choice([0.0, 1.0, -1.0, 1e308, -1e-308, 10.0, rng.random()])
    if kind == 2:
        return rng.randbytes(rng.choice([0, 1, 7, 8, 16, 32, 200]))
    if kind == 3:
        return rng.choice(["", "strata", "quick", "bounded", "estimate", "a", "x" * 300])
    if kind in {4, 5, 6}:
        return rng.choice([None, True, False])
    inner = [value(rng, depth + 1) for _ in range(rng.randrange(5))]
    return inner if kind == 7 else {f"k{i}": item for i, item in enumerate(inner)}


def changed(rng: random.Random, body: tuple[object, ...]) -> tuple[object, ...]:
    """Return a true body with something of it changed."""
    parts = list(body)
    if not parts or rng.random() < 0.2:
        return (*parts, value(rng))
    at = rng.randrange(len(parts))
    if isinstance(parts[at], list) and parts[at] and rng.random() < 0.7:
        parts[at] = list(changed(rng, tuple(parts[at])))
    elif isinstance(parts[at], bytes) and parts[at] and rng.random() < 0.7:
        bad = bytearray(parts[at])
        bad[rng.randrange(len(bad))] ^= 1 << rng.randrange(8)
        parts[at] = bytes(bad)
    else:
        parts[at] = value(rng)
    return tuple(parts)


def lying(script: object, rng: random.Random, honest: int, end: Hostile) -> object:
    """Play a script truly for so many messages, and then say other things."""
    given, said = None, 0
    while True:
        try:
            want = script.send(given)
        except StopIteration:
            return
        except Exception:  # noqa: BLE001 -- the honest script may not understand what came back
            return
        given = None
        if not isinstance(want, Say):
            given = yield want
            continue
        said += 1
        if said <= honest:
            yield want
            continue
        for _ in range(rng.choice([1, 1, 1, 3])):
            lie = (
                Say(rng.choice(KINDS), (value(rng),)) if rng.random() < 0.3 else Say(want.kind, changed(rng, want.body))
            )
            end.lied = end.lied or encode([lie.kind, *lie.body]) != encode([want.kind, *want.body])
            if lie.kind in codes.NAMES:
                yield lie


def target(data: bytes) -> None:
    """Check the invariant on one run."""
    rng = random.Random(data)  # noqa: S311 -- a fuzzer must be repeatable
    presence, first, honest = rng.random() < 0.2, rng.random() < 0.5, rng.randrange(9)
    liar = Hostile(psk_initiator() if first else psk_responder(), lambda _secured: iter(()))
    if presence:
        model = showing_initiator() if first else showing_responder()
        true = showing_responder() if first else showing_initiator()
        make = model._make
    else:
        play = Agreement(QUICK, chance(3))
        make = (lambda secured: play.initiate(PLAN, secured)) if first else (lambda secured: play.respond(0, secured))
        true = responder() if first else initiator()
    liar._make = lambda secured: lying(make(secured), rng, honest, liar)
    ends = (liar, true) if first else (true, liar)
    outcome = run(*ends, limit=2000.0)
    events = outcome.b if first else outcome.a
    if not true.closed and true.state not in {"waiting", "greeted"}:
        raise AssertionError(f"an end hangs in {true.state}")
    wrong = confirmed(events) - confirmed(outcome.a if first else outcome.b)
    # the responder confirms first; what it confirms the liar holds too, because it showed the tag of these very keys
    if liar.lied and wrong and not first:
        raise AssertionError("a key was confirmed that the other end does not hold")
    _check_raw(rng)


def _check_raw(rng: random.Random) -> None:
    """Random sealed bytes right behind the handshake, at either end."""
    a, b = initiator(), responder()
    a.start(0.0)
    b.start(0.0)
    for one, other in ((a, b), (b, a), (a, b)):
        for datagram in one.outgoing():
            other.receive(datagram, 0.0)
    one, other = (a, b) if rng.random() < 0.5 else (b, a)
    for _ in range(rng.randrange(1, 6)):
        message = encode([rng.choice(KINDS), value(rng)]) if rng.random() < 0.7 else rng.randbytes(rng.randrange(40))
        if one._carrier is None:  # noqa: SLF001
            return
        one._carrier.send(message)  # noqa: SLF001
        for datagram in one.outgoing():
            other.receive(datagram, 0.0)
        other.hear(Sample(rng.randrange(300), [rng.random()]), 0.0)
        other.outgoing()
    if confirmed(other.events()):
        raise AssertionError("a key was confirmed out of nothing")


def seeds(rng: random.Random) -> bytes:
    """Return something to begin with."""
    return rng.randbytes(8)


if __name__ == "__main__":
    fuzz(target, seeds)
