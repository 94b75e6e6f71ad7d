"""Invariant: whatever datagram comes, a seal drops it, order refuses it as Malformed, a handshake as Refused.

    python fuzz/fuzz_frames.py --runs 100000 [--seed 1]

Nothing that was not sent is ever heard, and the true frame still opens afterwards.
The payload of a frame is fuzzed too, as if the other end itself were hostile: memory then stays bounded.
"""

import random

from mutation import fuzz

from samefade.wire.errors import Malformed
from samefade.wire.greeting import Refused
from samefade.wire.order import Order
from samefade.wire.profile import WIFI
from samefade.wire.psk import PskInitiator, PskResponder
from samefade.wire.seal import Seal

A, B = bytes(16), bytes(range(16))
PSK = (b"key", bytes(range(32)))


def _initiator() -> PskInitiator:
    return PskInitiator([PSK], b"i", bytes([1]) * 16, b"\x01", b"", WIFI)


def _responder() -> PskResponder:
    return PskResponder(dict([PSK]).get, b"r", bytes([2]) * 16, b"\x02", b"", WIFI)


FRAME = Seal(A, B, b"r", b"i", WIFI).frame(b"payload")
FIRST = _initiator().message_1
SECOND = _responder().hear_1(FIRST)
SENDER = Order(100, WIFI)
for _message in (b"", bytes(200)):
    SENDER.send(_message)
STARTS = [FRAME, FIRST, SECOND, *SENDER.outgoing(0.0), bytes.fromhex("04000001020304")]


def target(data: bytes) -> None:
    """Check the invariant on one input."""
    _check_seal(data)
    _check_order(data)
    _check_handshake(data)


def _check_seal(data: bytes) -> None:
    seal = Seal(B, A, b"i", b"r", WIFI)
    if data != FRAME and (seal.open(data) is not None or sum(seal.dropped.values()) != 1):
        raise AssertionError(data.hex())
    if seal.open(FRAME) != b"payload":
        raise AssertionError("the true frame was lost")


def _check_order(data: bytes) -> None:
    order = Order(100, WIFI)
    order.send(bytes(300))
    order.outgoing(0.0)
    try:
        for _ in range(2):
            heard = order.receive(data, 0.0)
            if sum(map(len, heard)) > len(data):
                raise AssertionError(data.hex())
    except Malformed:
        return
    if any(len(payload) > 100 for payload in order.outgoing(0.0)):
        raise AssertionError(data.hex())


def _check_handshake(data: bytes) -> None:
    initiator, responder = _initiator(), _responder()
    for hear, true in ((initiator.hear_2, SECOND), (responder.hear_1, FIRST)):
        try:
            hear(data)
        except Refused:
            continue
        if data != true:
            raise AssertionError(data.hex())


def seeds(rng: random.Random) -> bytes:
    """Return something to begin with."""
    return rng.choice(STARTS)


if __name__ == "__main__":
    fuzz(target, seeds)
