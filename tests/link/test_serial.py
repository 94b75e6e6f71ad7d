"""Conversations over a pseudo-terminal, in both faces, with noise on the line."""

import asyncio
import gc
import os
import random
import select
import sys
import threading
import time
import tty
from contextlib import contextmanager

import pytest
from link_doubles import Talker
from stopping import seconds_until_ended, soonest

from samefade.errors import MissingExtra
from samefade.link.cobs import frame
from samefade.link.drive import Drive
from samefade.link.errors import LineLost, LinkRefused, NoSuchPort
from samefade.link.serial import SerialLine, arun_serial, line, run_serial

if not hasattr(os, "openpty"):
    pytest.skip("this system has no pseudo-terminals", allow_module_level=True)
pytest.importorskip("serial", reason="the extra `serial` is not installed")
pytest.importorskip("serial_asyncio_fast", reason="the extra `serial` is not installed")


@contextmanager
def cable(noise=0.0, seed=1):
    """Two pseudo-terminals and a wire between them that puts garbage in and flips bits; gives both names."""
    ends = [os.openpty() for _ in range(2)]
    chance, stop = random.Random(seed), threading.Event()
    for main, other in ends:
        tty.setraw(main)
        tty.setraw(other)

    def wire():
        while not stop.is_set():
            for ready in select.select([main for main, _ in ends], [], [], 0.1)[0]:
                data = bytearray(os.read(ready, 4096))
                if chance.random() < noise:
                    data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
                if chance.random() < noise:
                    data[0:0] = chance.randbytes(chance.randrange(1, 40))
                os.write(ends[1][0] if ready == ends[0][0] else ends[0][0], data)

    thread = threading.Thread(target=wire)
    thread.start()
    try:
        yield os.ttyname(ends[0][1]), os.ttyname(ends[1][1])
    finally:
        stop.set()
        thread.join()
        for pair in ends:
            for end in pair:
                os.close(end)


@pytest.mark.parametrize("noise", [0.0, 0.2])
def test_a_conversation_that_blocks(noise):
    a, b = Talker(True, 20), Talker(False, 20)
    with cable(noise) as (here, there):
        thread = threading.Thread(target=run_serial, args=(Drive(b), there))
        thread.start()
        assert run_serial(Drive(a), here)
        thread.join(20)
    assert len(a.received) == len(b.received) == 20


@pytest.mark.parametrize("noise", [0.0, 0.2])
def test_a_conversation_under_asyncio(noise):
    a, b = Talker(True, 20), Talker(False, 20)

    async def both(here, there):
        return await asyncio.gather(arun_serial(Drive(a), here), arun_serial(Drive(b), there))

    with cable(noise, 2) as names:
        assert asyncio.run(both(*names)) == [True, True]
    assert len(a.received) == len(b.received) == 20


def test_noise_is_counted_and_the_next_frame_is_found():
    main, other = os.openpty()
    tty.setraw(main)
    try:
        with SerialLine(os.ttyname(other)) as opened:
            os.write(main, b"boot: hello\r\n\xff\xfe\x00" + b"\x09half")
            assert opened.wait(1.0) == []
            with SerialLine(os.ttyname(other)) as second:
                second.send(b"a datagram")
            os.write(main, os.read(main, 100))
            assert opened.wait(1.0) == [b"a datagram"]
            assert opened.broken == 2
    finally:
        os.close(main)
        os.close(other)


def test_what_is_said_last_still_leaves():
    main, other = os.openpty()
    tty.setraw(main)
    tty.setraw(other)

    async def last(name):
        async with line(name) as opened:
            for _ in range(20):
                opened.send(b"x" * 1000)  # more than the system takes at once
            await asyncio.sleep(0)

    got = bytearray()

    def read():
        while len(got) < 20 * len(frame(b"x" * 1000)):
            got.extend(os.read(main, 4096))

    reader = threading.Thread(target=read)
    reader.start()
    asyncio.run(last(os.ttyname(other)))
    reader.join(5)
    os.close(other)
    os.close(main)
    assert bytes(got) == frame(b"x" * 1000) * 20


def test_it_stops_within_a_second_when_asked_to():
    for run in (run_serial, lambda *a, **k: asyncio.run(arun_serial(*a, **k))):

        def ended(run=run):
            with cable() as (here, _):
                stop = threading.Event()
                drive = Drive(Talker(True, 5, retry=60.0))
                thread = threading.Thread(target=run, args=(drive, here), kwargs={"stop": stop.is_set})
                thread.start()
                time.sleep(0.2)
                return seconds_until_ended(stop, thread)

        assert soonest(ended) < 1
    gc.collect()


def test_a_port_that_nobody_reads_loses_datagrams_and_still_stops():
    main, other = os.openpty()
    tty.setraw(other)
    try:
        ends = time.monotonic() + 0.5
        talker = Talker(True, 5, retry=0.01, burst=30)
        assert not asyncio.run(arun_serial(Drive(talker), os.ttyname(other), stop=lambda: time.monotonic() > ends))
    finally:
        os.close(main)
        os.close(other)


def test_a_cable_pulled_out_ends_it_in_our_words():
    for run in (run_serial, lambda *a: asyncio.run(arun_serial(*a))):
        main, other = os.openpty()
        name = os.ttyname(other)
        os.close(other)
        timer = threading.Timer(0.3, os.close, [main])
        timer.start()
        with pytest.raises(LineLost, match=name):
            run(Drive(Talker(True, 5)), name)
        timer.join()
    gc.collect()


def test_ports_that_are_none_are_refused_with_advice(tmp_path):
    for name in (str(tmp_path / "no-port"), "nonsense://x"):
        with pytest.raises(NoSuchPort):
            run_serial(Drive(Talker(True)), name)
        with pytest.raises(NoSuchPort):
            asyncio.run(arun_serial(Drive(Talker(True)), name))
    plain = tmp_path / "file"
    plain.touch()
    with pytest.raises(LinkRefused):
        run_serial(Drive(Talker(True)), str(plain))


def test_without_the_extra_it_says_which(monkeypatch):
    monkeypatch.setitem(sys.modules, "serial", None)
    monkeypatch.setitem(sys.modules, "serial_asyncio_fast", None)
    with pytest.raises(MissingExtra, match="serial"):
        run_serial(Drive(Talker(True)), "anything")

    async def opened():
        async with line("anything"):
            pass

    with pytest.raises(MissingExtra, match="serial"):
        asyncio.run(opened())
