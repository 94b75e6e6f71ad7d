"""Conversations over CoAP: real clients and servers of aiocoap on this machine, in both faces, on a bad line."""

import asyncio
import gc
import os
import socket
import sys
import threading
import time

import pytest
from link_doubles import Flock, Talker, sealed
from stopping import seconds_until_ended, soonest

from samefade.errors import MissingExtra, OutOfRange
from samefade.link.coap import arun_coap, aserve_coap, peer, run_coap, serve_coap, server
from samefade.link.downlinks import HELD, PEERS, Downlinks
from samefade.link.drive import Drive, HostDrive
from samefade.link.errors import AddressInUse, AddressUnknown
from samefade.link.exchange import Polling
from samefade.link.hostile import Hostile
from samefade.link.proxy import proxy
from samefade.link.sockets import UdpPort

aiocoap = pytest.importorskip("aiocoap", reason="the extra `coap` is not installed")

BAD = Hostile(loss=0.3, duplicate=0.2, reorder=8, truncate=0.03, flip=0.03)
HERE = "127.0.0.1"


def host_of(flock):
    return HostDrive(flock, lambda _: None, lambda *_: None)


@pytest.fixture
def served():
    """A flock that answers in a thread of its own, and its port."""
    flock, stop, opened, ports = Flock(), threading.Event(), threading.Event(), []

    def ready(port):
        ports.append(port)
        opened.set()

    thread = threading.Thread(
        target=serve_coap, args=(host_of(flock), HERE, 0), kwargs={"stop": stop.is_set, "ready": ready}
    )
    thread.start()
    assert opened.wait(10)
    yield flock, ports[0]
    stop.set()
    thread.join(10)
    assert not thread.is_alive()


def test_a_conversation_that_blocks(served):
    flock, port = served
    talker = Talker(True, 20)
    assert run_coap(Drive(talker), HERE, port)
    assert len(talker.received) == 20
    assert len(flock.peers) == 1


def test_a_conversation_under_asyncio_on_a_bad_line():
    async def both():
        stop, port = asyncio.Event(), asyncio.get_running_loop().create_future()
        flock, talkers = Flock(), [Talker(True, 10, retry=0.1) for _ in range(2)]
        host = asyncio.create_task(aserve_coap(host_of(flock), HERE, 0, stop=stop.is_set, ready=port.set_result))
        async with proxy((HERE, await port), BAD, seed=4) as between:
            done = await asyncio.gather(*(arun_coap(Drive(t), *between.address) for t in talkers))
            dropped = between.dropped
        stop.set()
        await host
        return done, talkers, flock, dropped

    done, talkers, flock, dropped = asyncio.run(both())
    assert done == [True] * 2
    assert [len(t.received) for t in talkers] == [10] * 2
    assert len(flock.peers) == 2
    assert dropped > 0


def test_what_goes_down_waits_for_a_poll_that_comes_ever_less_often():
    async def waits():
        async with server(HERE, 0, 0.0) as (down, port), peer(HERE, port, Polling(0.02, 0.5)) as up:
            up.send(b"here I am")
            ((came, address),) = await down.wait(5.0)
            assert came == b"here I am"
            for i in range(5):
                down.send((bytes([i]), address))
            got = []
            while len(got) < 5:
                got += await up.wait(5.0)
            assert got == [bytes([i]) for i in range(5)]
            since = up.polls
            async with asyncio.timeout(60):
                while up.polls < since + 6:  # 20, 40, 80, 160, 320 ms
                    await asyncio.sleep(0.02)
            quiet, begun = up.polls, time.monotonic()
            await asyncio.sleep(1.2)
            assert up.polls - quiet <= (time.monotonic() - begun) / 0.5 + 1
            assert up.lost == 0

    asyncio.run(waits())


def test_what_is_said_last_still_leaves():
    async def last():
        async with server(HERE, 0, 0.0) as (down, port):
            async with peer(HERE, port) as up:
                up.send(b"bye")
            ((came, _),) = await down.wait(5.0)
            assert came == b"bye"

    asyncio.run(last())


def test_a_client_that_we_did_not_write():
    async def foreign():
        stop, port = asyncio.Event(), asyncio.get_running_loop().create_future()
        host = asyncio.create_task(aserve_coap(host_of(Flock()), HERE, 0, stop=stop.is_set, ready=port.set_result))
        uri = f"coap://{HERE}:{await port}"
        context = await aiocoap.Context.create_client_context(transports=["udp6"])
        try:

            async def ask(path, **more):
                return await context.request(aiocoap.Message(uri=uri + path, **more)).response

            question = sealed(b"Q", 0, b"to you")
            answer = await ask("/samefade", code=aiocoap.POST, payload=question)
            assert answer.code is aiocoap.CHANGED
            assert answer.payload == sealed(b"A", 0, b"to you")
            for garbage in (b"", b"\0", os.urandom(100), os.urandom(3000)):
                answer = await ask("/samefade", code=aiocoap.POST, payload=garbage)
                assert (answer.code, answer.payload) == (aiocoap.CHANGED, b"")
            assert (await ask("/samefade", code=aiocoap.GET)).code is aiocoap.METHOD_NOT_ALLOWED
            assert (await ask("/other", code=aiocoap.POST)).code is aiocoap.NOT_FOUND
        finally:
            await context.shutdown()
            stop.set()
            await host

    asyncio.run(foreign())


def test_strangers_that_speak_no_coap_do_not_disturb(served):
    _, port = served
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        for garbage in (b"", b"\0", b"\x40", os.urandom(200), bytes(60_000)):
            stranger.sendto(garbage, (HERE, port))
        talker = Talker(True, 20)
        assert run_coap(Drive(talker), HERE, port)


def test_it_stops_within_a_second_when_asked_to():
    def ended():
        with UdpPort.bind(HERE) as deaf:
            stop = threading.Event()
            drive = Drive(Talker(True, 5, retry=60.0))
            thread = threading.Thread(target=run_coap, args=(drive, *deaf.address), kwargs={"stop": stop.is_set})
            thread.start()
            time.sleep(0.3)
            return seconds_until_ended(stop, thread)

    assert soonest(ended) < 1
    gc.collect()


def test_a_server_that_is_not_there_is_loss():
    with UdpPort.bind(HERE) as held:
        where = held.address
    ends = time.monotonic() + 0.5
    assert run_coap(Drive(Talker(True, 5)), *where, stop=lambda: time.monotonic() > ends) is False


def test_addresses_are_refused_with_advice():
    with UdpPort.bind(HERE) as held, pytest.raises(AddressInUse):
        serve_coap(host_of(Flock()), *held.address, stop=lambda: True)
    with pytest.raises(AddressUnknown):
        run_coap(Drive(Talker(True)), "no-such-host.invalid")
    with pytest.raises(OutOfRange):
        run_coap(Drive(Talker(True)), HERE, 70_000)


def test_two_servers_never_share_a_port_in_silence():
    async def twice():
        async with server(HERE, 0) as (_, port):
            with pytest.raises(AddressInUse):
                async with server(HERE, port):
                    pass

    asyncio.run(twice())


def test_without_the_extra_it_says_which(monkeypatch):
    monkeypatch.setitem(sys.modules, "aiocoap", None)
    with pytest.raises(MissingExtra, match="coap"):
        run_coap(Drive(Talker(True)), HERE)


def test_what_waits_is_bounded_and_a_request_gets_one():
    async def bounded():
        down = Downlinks()
        for i in range(PEERS + 1):
            down.put(b"x", str(i))
        assert down.lost == 1
        assert await down.take("0", 0.0) == b""
        assert await down.take("1", 0.0) == b"x"
        for i in range(HELD + 1):
            down.put(bytes([i]), "one")
        assert await down.take("one", 0.0) == b"\0"
        first, second = asyncio.create_task(down.take("two", 5.0)), asyncio.create_task(down.take("two", 0.1))
        await asyncio.sleep(0.01)
        down.put(b"y", "two")
        assert (await first, await second) == (b"y", b"")
        cancelled = asyncio.create_task(down.take("three", 5.0))
        await asyncio.sleep(0.01)
        cancelled.cancel()
        await asyncio.gather(cancelled, return_exceptions=True)
        down.put(b"z", "three")
        assert await down.take("three", 0.0) == b"z"
        assert not down._asking

    asyncio.run(bounded())
