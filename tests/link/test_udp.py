"""Conversations over real sockets, in both faces, on a bad line, among strangers."""

import asyncio
import errno
import gc
import os
import socket
import threading
import time

import pytest
from link_doubles import Flock, Talker
from stopping import seconds_until_ended, soonest

from samefade.errors import OutOfRange
from samefade.link import asockets
from samefade.link.address import resolve
from samefade.link.drive import Drive, HostDrive
from samefade.link.errors import AddressInUse, AddressUnknown, LinkRefused, NotPermitted, refused
from samefade.link.hostile import Hostile
from samefade.link.proxy import proxy
from samefade.link.sockets import LARGEST, UdpPeer, UdpPort
from samefade.link.udp import arun_udp, aserve_udp, run_udp, serve_udp
from samefade.session import Confirmed

BAD = Hostile(loss=0.3, duplicate=0.2, reorder=8, truncate=0.05, flip=0.05)


def no_source(address):  # noqa: ARG001
    return None


class Served:
    """A flock that answers in a thread of its own until the block ends."""

    def __init__(self, host="127.0.0.1", rounds=20):
        self.flock, self.told, self.host = Flock(rounds), [], host
        self.open, self.stop = threading.Event(), threading.Event()

    def __enter__(self):
        drive = HostDrive(self.flock, no_source, lambda *what: self.told.append(what))
        self.thread = threading.Thread(
            target=serve_udp, args=(drive, self.host, 0), kwargs={"stop": self.stop.is_set, "ready": self.ready}
        )
        self.thread.start()
        assert self.open.wait(10)
        return self

    def ready(self, address):
        self.address = address[:2]
        self.open.set()

    def __exit__(self, *_):
        self.stop.set()
        self.thread.join(10)
        assert not self.thread.is_alive()


def has_ipv6():
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_a_conversation_that_blocks(host):
    if host == "::1" and not has_ipv6():
        pytest.skip("this machine has no IPv6")
    told, talker = [], Talker(True, 20)
    with Served(host) as served:
        assert run_udp(Drive(talker, None, told.append), host, served.address[1])
    assert len(talker.received) == 20
    assert told[-1] == Confirmed(key_ids=())
    assert [event for _, event in served.told][-1] == Confirmed(key_ids=())


def test_one_socket_hears_both_families():
    if not (has_ipv6() and socket.has_dualstack_ipv6()):
        pytest.skip("this machine has no IPv6, or no sockets that hear both families")
    with Served("") as served:
        for host in ("127.0.0.1", "::1"):
            assert run_udp(Drive(Talker(True, 3)), host, served.address[1])
    assert len(served.flock.peers) == 2


def test_a_conversation_that_blocks_on_a_bad_line():
    with Served() as served:

        async def through():
            async with proxy(served.address, BAD, seed=3) as between:
                talker = Talker(True, 20)
                done = await asyncio.to_thread(run_udp, Drive(talker), *between.address)
                return done, talker, between.dropped, between.damaged, between.sent

        done, talker, dropped, damaged, sent = asyncio.run(through())
    assert done
    assert len(talker.received) == 20
    assert 0 < dropped < sent
    assert damaged > 0


def test_a_conversation_under_asyncio_on_a_bad_line():
    async def both():
        stop, address = asyncio.Event(), asyncio.get_running_loop().create_future()
        flock, talkers = Flock(), [Talker(True, 20) for _ in range(5)]
        drive = HostDrive(flock, no_source, lambda *_: None)
        host = asyncio.create_task(aserve_udp(drive, "127.0.0.1", stop=stop.is_set, ready=address.set_result))
        async with proxy((await address)[:2], BAD, seed=4) as between:
            done = await asyncio.gather(*(arun_udp(Drive(t), *between.address) for t in talkers))
        stop.set()
        await host
        return done, talkers, flock

    done, talkers, flock = asyncio.run(both())
    assert done == [True] * 5
    assert [len(t.received) for t in talkers] == [20] * 5
    assert len(flock.peers) == 5


def test_many_peers_at_once_in_one_thread():
    async def crowd(address):
        talkers = [Talker(True, 5) for _ in range(50)]
        assert all(await asyncio.gather(*(arun_udp(Drive(t), *address) for t in talkers)))

    with Served(rounds=5) as served:
        asyncio.run(crowd(served.address))
    assert len(served.flock.peers) == 50


def test_a_strangers_garbage_is_answered_with_nothing():
    with Served() as served, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        stranger.settimeout(0.3)
        for garbage in (b"", b"\0", b"hello", os.urandom(200), os.urandom(LARGEST + 1), bytes(60_000)):
            stranger.sendto(garbage, served.address)
        talker = Talker(True, 20)
        assert run_udp(Drive(talker), *served.address)
        with pytest.raises(TimeoutError):
            stranger.recv(100)
    assert served.flock.strange == 4  # the two that are too long for any session never reach one
    assert len(talker.received) == 20


def test_a_stranger_cannot_speak_to_a_connected_initiator():
    with UdpPort.bind("127.0.0.1") as other, UdpPeer.connect("127.0.0.1", other.address[1]) as line:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
            stranger.sendto(b"not from the peer", line.address)
        other.send((b"from the peer", line.address))
        assert line.wait(5.0) == [b"from the peer"]


def test_a_host_that_says_nothing_makes_the_shell_say_nothing():
    class Mute(Flock):
        def receive(self, datagram, address, now):  # noqa: ARG002
            self.strange += len(datagram)

    served = Served()
    served.flock = Mute()
    with served, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        stranger.settimeout(0.3)
        stranger.sendto(bytes(100), served.address)
        with pytest.raises(TimeoutError):
            stranger.recv(100)
    assert served.flock.strange == 100


def free_port():
    with UdpPort.bind("127.0.0.1") as held:
        return held.address[1]


def test_an_initiator_survives_a_responder_that_is_not_there_yet():
    port, talker = free_port(), Talker(True, 5)
    done = []
    thread = threading.Thread(target=lambda: done.append(run_udp(Drive(talker), "127.0.0.1", port)))
    thread.start()
    time.sleep(0.3)  # long enough for several refusals by ICMP
    stop = threading.Event()
    drive = HostDrive(Flock(5), no_source, lambda *_: None)
    host = threading.Thread(target=serve_udp, args=(drive, "127.0.0.1", port), kwargs={"stop": stop.is_set})
    host.start()
    thread.join(120)
    stop.set()
    host.join(120)
    assert done == [True]


def test_icmp_errors_are_loss_in_both_faces():
    port = free_port()
    with UdpPeer.connect("127.0.0.1", port) as line:
        for _ in range(3):
            line.send(b"anyone")
            assert line.wait(0.05) == []
        assert line.lost > 0

    async def the_same():
        ends = time.monotonic() + 0.4
        return await arun_udp(Drive(Talker(True, 5)), "127.0.0.1", port, stop=lambda: time.monotonic() > ends)

    assert asyncio.run(the_same()) is False


def test_a_datagram_too_long_to_send_is_loss():
    with UdpPort.bind("127.0.0.1") as other, UdpPeer.connect("127.0.0.1", other.address[1]) as line:
        line.send(bytes(70_000))
        assert line.lost == 1
        line.send(b"short")
        assert [datagram for datagram, _ in other.wait(5.0)] == [b"short"]
        other.send((bytes(70_000), line.address))
        assert other.lost == 1


def test_a_datagram_too_long_to_send_is_loss_under_asyncio():
    async def long():
        async with asockets.port("127.0.0.1") as other, asockets.peer(*other.address) as line:
            line.send(bytes(70_000))
            assert line.lost == 1
            line.send(b"short")
            assert [datagram for datagram, _ in await other.wait(5.0)] == [b"short"]
            other.send((bytes(70_000), line.address))
            other.send((bytes(LARGEST + 1), line.address))
            other.send((b"then one of ours", line.address))
            assert await line.wait(5.0) == [b"then one of ours"]
            assert (other.lost, line.lost) == (1, 2)

    asyncio.run(long())


def test_it_stops_within_a_second_when_asked_to():
    for run in (run_udp, lambda *a, **k: asyncio.run(arun_udp(*a, **k))):

        def ended(run=run):
            with UdpPort.bind("127.0.0.1") as deaf:
                stop = threading.Event()
                drive = Drive(Talker(True, 5, retry=60.0))
                thread = threading.Thread(target=run, args=(drive, *deaf.address), kwargs={"stop": stop.is_set})
                thread.start()
                time.sleep(0.1)
                return seconds_until_ended(stop, thread)

        assert soonest(ended) < 1


def test_a_flood_does_not_keep_it_from_stopping():
    assert soonest(seconds_to_stop_in_a_flood) < 1


def seconds_to_stop_in_a_flood():
    flood = threading.Event()
    with Served() as served:

        def pour():
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
                while not flood.is_set():
                    stranger.sendto(bytes(50), served.address)

        pourer = threading.Thread(target=pour)
        pourer.start()
        time.sleep(0.2)
        try:
            return seconds_until_ended(served.stop, served.thread)
        finally:
            flood.set()
            pourer.join()


def test_cancelling_closes_the_socket():
    async def cancelled():
        with UdpPort.bind("127.0.0.1") as deaf:
            task = asyncio.create_task(arun_udp(Drive(Talker(True, 5)), *deaf.address))
            await asyncio.sleep(0.1)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

    asyncio.run(cancelled())
    gc.collect()  # a socket that is still open would warn here, and a warning is an error


def test_what_the_listener_raises_ends_it_and_closes_the_socket():
    class Full(Exception):
        pass

    def full(event):  # noqa: ARG001
        raise Full

    with Served() as served:
        with pytest.raises(Full):
            run_udp(Drive(Talker(True), None, full), *served.address)
        with pytest.raises(Full):
            asyncio.run(arun_udp(Drive(Talker(True), None, full), *served.address))
    gc.collect()


def test_an_address_in_use_is_refused_with_advice():
    drive = HostDrive(Flock(), no_source, lambda *_: None)
    with UdpPort.bind("127.0.0.1") as held:
        where = held.address
        with pytest.raises(AddressInUse, match=rf"127\.0\.0\.1:{where[1]}") as caught:
            serve_udp(drive, *where, stop=lambda: True)
        assert "port" in caught.value.advice
        with pytest.raises(AddressInUse):
            asyncio.run(aserve_udp(drive, *where, stop=lambda: True))


def test_addresses_that_are_none_are_refused():
    for host in ("no-such-host.invalid", "x" * 300, "a..b", "1.2.3.4.5", "bad\0name"):
        with pytest.raises(AddressUnknown):
            UdpPeer.connect(host, 9)
    with pytest.raises(AddressUnknown):
        UdpPort.bind("192.0.2.1")  # TEST-NET-1 (RFC 5737): nobody's
    for port in (-1, 0, 65536):
        with pytest.raises(OutOfRange):
            resolve("127.0.0.1", port)
    assert resolve("127.0.0.1", 0, listen=True).address == ("127.0.0.1", 0)


def test_what_the_system_says_becomes_ours():
    assert type(refused("x", OSError(errno.EACCES, "Permission denied"))) is NotPermitted
    assert type(refused("x", OSError("odd"))) is LinkRefused
    assert "odd" in str(refused("x", OSError("odd")))
