"""A whole conversation with fixed keys, as hexadecimal; runs on CPython and MicroPython alike.

As a program it is for MicroPython: `micropython conversation.py FOLDER` where `wire` is in FOLDER.
It prints one JSON object.
"""

import json
import sys
from binascii import hexlify, unhexlify


def text(data):
    return hexlify(data).decode()


PARTS = ("cbor", "ccm", "codes", "kdf", "order", "profile", "psk", "seal", "table")
NOT_SPELT = (
    "",
    "0000",
    "f93c00",
    "1801",
    "9fff",
    "a1f501",
    "62c080",
    "63eda080",
    "64f4908080",
    "61c3",
    "c100",
    "9b0000000100000000",
    "fb7ff0000000000000",
    "a203040102",
    "a201020103",
    "81818181818181818100",
)


def load(package):
    for part in PARTS:
        __import__(package + "." + part)
    return sys.modules[package]


def everything(wire):
    return {
        "table": sorted([" ".join(line) for line in wire.table.lines()]),
        "cbor": spelt(wire),
        "ccm": sealed(wire),
        "kdf": derived(wire),
        "psk": {"wifi": greeting(wire, "WIFI", 16), "lora": greeting(wire, "LORA", 8)},
        "frames": {"wifi": talk(wire, "WIFI"), "lora": talk(wire, "LORA")},
    }


def spelt(wire):
    values = [0, 23, 24, 255, 256, 65536, 1 << 32, (1 << 64) - 1, -1, -(1 << 64), 1.1, -0.5, True, False, None]
    values += [b"", b"\x01\x02", "", "IETF", "\u00fc\u6c34", [1, [2, 3]], {1: 2, "b": b"x", "a": [None], -1: {}}]
    out = []
    for value in values:
        spelling = wire.cbor.encode(value)
        if wire.cbor.encode(wire.cbor.decode(spelling)) != spelling:
            raise ValueError(text(spelling))
        out.append(text(spelling))
    for bad in NOT_SPELT:
        try:
            wire.cbor.decode(unhexlify(bad))
        except wire.errors.Malformed:
            continue
        raise ValueError(bad)
    return out


def sealed(wire):
    out = []
    for size in (0, 1, 15, 16, 17, 48):
        for tag in (8, 16):
            for kind in (wire.ccm.Ccm, wire.ccm.Portable):
                ccm = kind(bytes(range(16)), tag)
                secret = ccm.seal(bytes(range(13)), bytes(range(size)), b"head")
                if ccm.open(bytes(range(13)), secret, b"head") != bytes(range(size)):
                    raise ValueError(text(secret))
                out.append(text(secret))
    return out


def derived(wire):
    kdf = wire.kdf
    prk = kdf.extract(b"salt", b"secret")
    return {
        "sha256": text(kdf.sha256(b"ab", b"c")),
        "hmac": text(kdf.hmac(bytes(100), b"ab", b"c")),
        "extract": text(prk),
        "expand": text(kdf.expand(prk, b"info", 80)),
        "label": text(kdf.expand_label(prk, "purpose", b"context", 48)),
    }


def greeting(wire, name, size):
    profile = getattr(wire.profile, name)
    secrets = {b"n": bytes(range(32)), b"o": bytes(range(32, 64))}
    psks = [(key, secrets[key]) for key in (b"n", b"o")]
    a = wire.psk.PskInitiator(psks, b"i", bytes([1]) * size, b"\x01", b"p", profile)
    b = wire.psk.PskResponder({b"o": secrets[b"o"]}.get, b"r", bytes([2]) * size, b"\x02", b"q", profile)
    answer = b.hear_1(a.message_1)
    keys = a.hear_2(answer)
    if keys.exporter != b.keys.exporter:
        raise ValueError("the ends differ")
    return {
        "message_1": text(a.message_1),
        "message_2": text(answer),
        "transcript": text(keys.transcript),
        "key_i2r": text(keys.key_i2r),
        "key_r2i": text(keys.key_r2i),
        "exporter": text(keys.exporter),
    }


def talk(wire, name):
    """Two messages each way over a link that loses, doubles and swaps by rule; the time is in whole seconds."""
    profile = getattr(wire.profile, name)
    keys = bytes(range(16)), bytes(range(16, 32))
    seals = [wire.seal.Seal(keys[i], keys[1 - i], b"ri"[i : i + 1], b"ir"[i : i + 1], profile) for i in (0, 1)]
    orders = [wire.order.Order(seals[0].room, profile) for _ in seals]
    said = [[b"", bytes(range(250)) * 2], [b"answer", bytes(100)]]
    for order, mine in zip(orders, said):  # noqa: B905 -- MicroPython has no strict=
        for message in mine:
            order.send(message)
    frames, heard, now = [], [[], []], 0
    while not (orders[0].idle and orders[1].idle):
        for i in (0, 1):
            air = [seals[i].frame(payload) for payload in orders[i].outgoing(now)]
            frames += [text(frame) for frame in air]
            arrived = [frame for n, frame in enumerate(air) if (now + n) % 3]
            for frame in arrived[::-1] + arrived[:1]:
                payload = seals[1 - i].open(frame)
                if payload is not None:
                    heard[1 - i] += orders[1 - i].receive(payload, now)
        now += 1
        if now > 1000:
            raise ValueError("no end")
    if heard != said[::-1]:
        raise ValueError("not what was said")
    return frames


if __name__ == "__main__":
    sys.path.insert(0, sys.argv[1])
    print(json.dumps(everything(load("wire"))))  # noqa: T201 -- this is what the test reads
