"""Real sessions over every link: both ends confirm the same key, or are told that it is over."""

import asyncio
import os
import socket
import threading
import time
import tty
from contextlib import suppress

import pytest
from link_sessions import initiator, listener, recording, responder

from samefade.link.coap import arun_coap, aserve_coap
from samefade.link.drive import Drive, HostDrive
from samefade.link.hostile import Hostile
from samefade.link.memory import Memory
from samefade.link.proxy import proxy
from samefade.link.serial import arun_serial
from samefade.link.source import PacedSource
from samefade.link.udp import arun_udp, aserve_udp, run_udp, serve_udp
from samefade.session import Confirmed, Failed, Pending, Probe

BAD = Hostile(loss=0.1, duplicate=0.1, reorder=8, flip=0.03)
HERE = "127.0.0.1"


def agreed(a, b):
    """Say that both ends hold and have confirmed the same keys."""
    mine, theirs = (next(event for event in events if isinstance(event, Pending)).keys for events in (a, b))
    assert [x.key_id for x in mine] == [x.key_id for x in theirs]
    assert all(x.key == y.key for x, y in zip(mine, theirs, strict=True))
    done = Confirmed(key_ids=tuple(x.key_id for x in mine))
    assert done in a
    assert done in b


@pytest.mark.parametrize("seed", [1, 2])
def test_in_memory_on_a_very_bad_line(seed):
    line = Hostile(loss=0.3, duplicate=0.2, reorder=32, delay=0.01, jitter=0.05, truncate=0.05, flip=0.05)
    outcome = Memory(line, seed).run(initiator(seed), responder(seed=seed), recording("a"), recording("b"))
    assert outcome.finished
    assert outcome.dropped > 20
    agreed(outcome.a, outcome.b)


def test_the_same_seed_is_the_same_run():
    def run():
        outcome = Memory(BAD, 3).run(initiator(), responder(), recording("a"), recording("b"))
        return [event.public() for event in (*outcome.a, *outcome.b)], outcome.datagrams, outcome.seconds

    assert run() == run()


def test_without_samples_there_is_no_key_and_no_hanging():
    outcome = Memory(Hostile(delay=0.01)).run(initiator(), responder(), None, recording("b"), limit=600)
    assert outcome.finished
    for events in (outcome.a, outcome.b):
        assert isinstance(events[-1], Failed)
        assert not any(isinstance(event, Pending | Confirmed) for event in events)


class Heard:
    """What a host tells."""

    def __init__(self):
        self.told = []
        self.drive = HostDrive(listener(), lambda _: recording("b"), lambda _, event: self.told.append(event))


def test_udp_that_blocks():
    stop, opened, where, host, told = threading.Event(), threading.Event(), [], Heard(), []

    def ready(address):
        where.extend(address)
        opened.set()

    thread = threading.Thread(target=serve_udp, args=(host.drive, HERE), kwargs={"stop": stop.is_set, "ready": ready})
    thread.start()
    try:
        assert opened.wait(10)
        assert run_udp(Drive(initiator(), recording("a"), told.append), *where)
    finally:
        stop.set()
        thread.join(10)
    agreed(told, host.told)


def test_udp_under_asyncio_on_a_bad_line():
    async def both():
        host, told, where = Heard(), [], asyncio.get_running_loop().create_future()
        task = asyncio.create_task(aserve_udp(host.drive, HERE, ready=where.set_result))
        async with proxy(await where, BAD, seed=1) as between:
            assert await arun_udp(Drive(initiator(), recording("a"), told.append), *between.address)
        task.cancel()
        await asyncio.wait([task])
        return told, host.told

    agreed(*asyncio.run(both()))


def test_coap_on_a_bad_line():
    async def both():
        host, told, port = Heard(), [], asyncio.get_running_loop().create_future()
        task = asyncio.create_task(aserve_coap(host.drive, HERE, 0, ready=port.set_result))
        async with proxy((HERE, await port), Hostile(loss=0.1, flip=0.02), seed=1) as between:
            assert await arun_coap(Drive(initiator(), recording("a"), told.append), *between.address)
        task.cancel()
        await asyncio.wait([task])
        return told, host.told

    agreed(*asyncio.run(both()))


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="this system has no pseudo-terminals")
def test_serial():
    ends = [os.openpty() for _ in range(2)]
    for pair in ends:
        for each in pair:
            tty.setraw(each)
    a, b = [], []

    async def both():
        loop = asyncio.get_running_loop()
        (near, _), (far, _) = ends
        loop.add_reader(near, lambda: os.write(far, os.read(near, 4096)))
        loop.add_reader(far, lambda: os.write(near, os.read(far, 4096)))
        return await asyncio.gather(
            arun_serial(Drive(initiator(), recording("a"), a.append), os.ttyname(ends[0][1])),
            arun_serial(Drive(responder(), recording("b"), b.append), os.ttyname(ends[1][1])),
        )

    try:
        assert asyncio.run(both()) == [True, True]
    finally:
        for pair in ends:
            for each in pair:
                os.close(each)
    agreed(a, b)


def test_the_other_end_is_told_when_one_is_stopped():
    async def stopped():
        host, told, where = Heard(), [], asyncio.get_running_loop().create_future()
        task = asyncio.create_task(aserve_udp(host.drive, HERE, ready=where.set_result))
        slow = PacedSource(recording("a"), 10.0)
        drive = Drive(initiator(), slow, told.append)
        assert not await arun_udp(drive, *(await where), stop=lambda: any(isinstance(x, Probe) for x in told))
        ends = time.monotonic() + 120
        while not any(isinstance(event, Failed) for event in host.told) and time.monotonic() < ends:
            await asyncio.sleep(0.02)
        task.cancel()
        await asyncio.wait([task])
        return told, host.told

    a, b = asyncio.run(stopped())
    assert isinstance(a[-1], Failed)
    assert any(isinstance(event, Failed) for event in b)


def test_a_stranger_gets_no_more_bytes_than_it_sent():
    stop, opened, where, host = threading.Event(), threading.Event(), [], Heard()

    def ready(address):
        where.extend(address)
        opened.set()

    thread = threading.Thread(target=serve_udp, args=(host.drive, HERE), kwargs={"stop": stop.is_set, "ready": ready})
    thread.start()
    hello = initiator()
    hello.start(0.0)
    (first,) = hello.outgoing()
    try:
        assert opened.wait(10)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
            stranger.settimeout(0.3)
            put, got = 0, 0
            for datagram in (first, first, first[:-1], b"", os.urandom(200), first[::-1]):
                stranger.sendto(datagram, tuple(where))
                put += len(datagram)
                with suppress(TimeoutError):
                    got += len(stranger.recv(2000))
    finally:
        stop.set()
        thread.join(10)
    assert 0 < got <= put
    assert host.told == []
