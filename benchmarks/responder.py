"""One responder for many: half-open peers, live sessions on one core, memory, and what a stranger gets.

    python -m benchmarks responder [--live 100] [--half-open 1000]

Sessions are those of `hostile_pool`, whose numerics are remembered: time and memory are the protocol's.
Both ends live in this process, so memory for a live session is that of an initiator and a responder together.
"""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import argparse
import sys
import time
import tracemalloc
from pathlib import Path
from random import Random

from benchmarks.hostile_pool import POOL, remember_calibration, remembered
from samefade.link.drive import Drive, HostDrive
from samefade.session import Agreement, Confirmed, Event, Listener, Root, Session, pack_mark
from samefade.session.psk import PskInitiator, PskResponder

Row = dict[str, object]
ENTRY, KIB, STEP = 1, 256.0, 0.02
_GATEWAY = b"gateway"


def run(live: int = 100, half_open: int = 1000) -> list[Row]:
    """Measure everything."""
    remember_calibration()
    _talk(1)  # compiles, and fills the memory of the pool
    return [*_serving(live), *_waiting(half_open), *_strangers(), _flooded()]


def root(i: int) -> Root:
    """Return the prior secret of a peer."""
    return Root(b"p%d" % i, 0, Random(i).randbytes(32))


def initiator(i: int, turn: int = 0) -> Session:
    """Make a true peer."""
    chance = Random(f"peer {i} {turn}")
    agreement = Agreement(remembered(ENTRY)[0], chance.randbytes)
    handshake = PskInitiator(
        [root(i)], me=b"peer%d" % i, peer=_GATEWAY, connection=i.to_bytes(2, "big"), parameters=pack_mark(0),
        nonce=chance.randbytes(16),
    )  # fmt: skip
    return Session(handshake, lambda secured: agreement.initiate(POOL[ENTRY].plan, secured))


def hello(i: int, turn: int = 0) -> bytes:
    """Return a first message of a true peer; an attacker has heard it."""
    session = initiator(i, turn)
    session.start(0.0)
    return session.outgoing()[0]


def listener(**limits: int) -> Listener[int]:
    """Make a responder that knows every peer."""
    chance = Random("gateway")
    agreement = Agreement(remembered(ENTRY)[0], chance.randbytes)

    def make(connection: bytes) -> Session:
        handshake = PskResponder(
            lambda name: (root(int(name[1:])), b"peer" + name[1:]), me=_GATEWAY, connection=connection,
            parameters=lambda _: pack_mark(0), nonce=chance.randbytes(16),
        )  # fmt: skip
        return Session(handshake, lambda secured: agreement.respond(0, secured))

    return Listener(make, **limits)


def _waiting(count: int) -> list[Row]:
    """Open peers that prove nothing."""
    messages = [hello(i) for i in range(count + 1)]
    tracemalloc.start()
    host, before, begin = listener(half_open=count), tracemalloc.get_traced_memory()[0], time.process_time()
    for i, message in enumerate(messages):
        host.receive(message, i, 0.0)
        host.outgoing()
    spent = (time.process_time() - begin) / len(messages)
    each = (tracemalloc.get_traced_memory()[0] - before) / count / 1024
    tracemalloc.stop()
    return [
        {"what": f"half-open peers held, after {count + 1:,} came", "ours": host.half_open, "bar": f"{count}",
         "holds": host.half_open == count},
        {"what": "KiB for each of them", "ours": each},
        {"what": "ms of computing for each of them, memory traced", "ours": 1e3 * spent},
    ]  # fmt: skip


def _serving(count: int) -> list[Row]:
    """Serve peers that all come at once; once for the time, once for the memory."""
    resident = _resident()
    spent, both, most = _talk(count)
    grown = (_resident(peak=True) - resident) / count
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    _talk(count)
    each = (tracemalloc.get_traced_memory()[1] - before) / count / 1024
    tracemalloc.stop()
    return [
        {"what": "live sessions at once", "ours": most, "theirs": count, "bar": f"{count}", "holds": most == count},
        {"what": "… confirmed at both ends", "ours": both, "theirs": count, "bar": "all", "holds": both == count},
        {"what": "… ms of computing for each, both ends", "ours": 1e3 * spent / count},
        {"what": "KiB for each at the peak, both ends, traced", "ours": each, "theirs": KIB, "ratio": each / KIB,
         "bar": f"≤ {KIB:g} KiB", "holds": each <= KIB},
        {"what": "KiB of resident memory for each, both ends", "ours": grown, "theirs": KIB, "ratio": grown / KIB,
         "bar": f"≤ {KIB:g} KiB", "holds": grown <= KIB},
    ]  # fmt: skip


def _talk(count: int, flood: int = 0) -> tuple[float, int, int]:
    """Let so many peers come at once; return computing time, how many got keys at both ends, and the most live."""
    _, heard_a, heard_b = remembered(ENTRY)
    host, found = listener(), (set[object](), set[object]())
    server = HostDrive(host, lambda _: heard_b, lambda at, event: _note(found[0], at, event))
    peers = {i: Drive(initiator(i), heard_a, lambda event, i=i: _note(found[1], i, event)) for i in range(count)}  # type: ignore[misc]
    old = [hello(i % 50, 1 + i // 50) for i in range(flood)]
    begin, now, most = time.process_time(), 0.0, 0
    going = [(i, datagram) for i, peer in peers.items() for datagram in peer.start(now)]
    while now < 60.0 and not (len(found[1]) == count and all(peer.closed for peer in peers.values())):
        now += STEP
        coming = [out for n, x in enumerate(old) for out in server.receive((x, 10_000 + n), now)] if now < 0.5 else []
        coming += [out for i, datagram in going for out in server.receive((datagram, i), now)]
        coming += server.turn(now)
        most = max(most, host.live)
        going = [(i, datagram) for to, i in coming if i in peers for datagram in peers[i].receive(to, now)]
        going += [(i, datagram) for i, peer in peers.items() if not peer.closed for datagram in peer.turn(now)]
    return time.process_time() - begin, len(found[0] & found[1]), most


def _note(found: set[object], at: object, event: Event) -> None:
    if isinstance(event, Confirmed):
        found.add(at)


def _strangers() -> list[Row]:
    """Let strangers send replays, halves, noise and made-up first messages, and count what they get."""
    chance, old = Random("strangers"), [hello(i) for i in range(50)]
    host, came, went, worst = listener(), 0, 0, 0
    for number in range(5000):
        message = chance.choice(old)
        kind = number % 4
        if kind == 1:
            message = message[: chance.randrange(len(message))]
        elif kind == 2:
            message = chance.randbytes(chance.randrange(1, 60))
        elif kind == 3:
            message = message[:40] + chance.randbytes(len(message) - 40)
        host.receive(message, number % 700, number / 100)
        out = sum(len(datagram) for datagram, _ in host.outgoing())
        came, went, worst = came + len(message), went + out, max(worst, out - len(message))
        host.tick(number / 100)
    return [
        {"what": "bytes that strangers got, of those they sent", "ours": went / came, "theirs": 1.0,
         "bar": "≤ 1 for every datagram", "holds": worst <= 0},
        {"what": "… half-open peers left after them", "ours": host.half_open},
    ]  # fmt: skip


def _flooded() -> Row:
    _, both, _ = _talk(3, flood=200)
    what = "true peers served while 200 old first messages come at every step"
    return {"what": what, "ours": both, "theirs": 3, "bar": "3", "holds": both == 3}


def _resident(*, peak: bool = False) -> float:
    """Return the resident memory of this process, KiB; 0 where the system does not say."""
    status = Path("/proc/self/status")
    name = "VmHWM:" if peak else "VmRSS:"
    lines = status.read_text().splitlines() if status.exists() else []
    return next((float(line.split()[1]) for line in lines if line.startswith(name)), 0.0)


def main(arguments: list[str]) -> None:
    """Do what the command line says."""
    from benchmarks.table import show

    parser = argparse.ArgumentParser("python -m benchmarks responder")
    parser.add_argument("--live", type=int, default=100)
    parser.add_argument("--half-open", type=int, default=1000)
    said = parser.parse_args(arguments)
    show("responder", run(said.live, said.half_open))


if __name__ == "__main__":
    main(sys.argv[1:])
