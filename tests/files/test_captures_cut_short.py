"""Captures of network cards that end within a packet: what is whole is kept, and the rest counts as cut short."""

import struct

import numpy as np
import pytest

from samefade.files import read

pytest.importorskip("csiread", reason="the extra nics is not installed")

TONES = 64


def nexmon_packet(number):
    """One packet of a pcap: its header, Ethernet, IPv4, UDP, and a payload of the 43455c0 (int16 pairs)."""
    levels = np.random.default_rng(number).integers(-500, 500, 2 * TONES).astype("<i2")
    front = b"\x11\x11" + struct.pack("<bB6sHHHH", -50 - number, 0x80, bytes(6), number << 4, 0, 0x1006, 0x0065)
    payload = front + levels.tobytes()
    udp = struct.pack(">HHHH", 5500, 5500, 8 + len(payload), 0)
    ip = struct.pack(">BBHHHBBH8s", 0x45, 0, 28 + len(payload), 0, 0, 64, 17, 0, bytes(8))
    body = b"\xff" * 6 + b"NEXMON\x08\x00" + ip + udp + payload  # the parser knows its packets by this sender
    return struct.pack("<IIII", 1_700_000_000 + number, 0, len(body), len(body)) + body


def nexmon(packets):
    return struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1) + b"".join(packets)


def intel_record(number):
    """One packet of one antenna and stream: 30 groups of 3 skipped bits and 2 signed bytes."""
    payload = np.random.default_rng(number).bytes((30 * (16 + 3) + 7) // 8)
    fields = struct.pack("<IHHBBBBBbBBHH", 1000 * number, number, 0, 1, 1, 40, 0, 0, -92, 30, 0, len(payload), 0x1101)
    body = b"\xbb" + fields + payload
    return struct.pack(">H", len(body)) + body


def put(path, data):
    path.write_bytes(data)
    return path


@pytest.fixture
def pcap():
    return nexmon([nexmon_packet(number) for number in range(12)]), len(nexmon_packet(0))


@pytest.fixture
def dat():
    return b"".join(map(intel_record, range(12))), len(intel_record(0))


@pytest.mark.parametrize("name", ["x.pcap", "x.dat"])
def test_what_is_whole_misses_nothing(name, pcap, dat, tmp_path):
    data, _ = pcap if name.endswith("pcap") else dat
    (heard,) = read(put(tmp_path / name, data))
    assert (len(heard), dict(heard.dropped)) == (12, {})


@pytest.mark.parametrize("left", [1, 15, 16, 40, 75, 80, 200, -1])
def test_a_nexmon_capture_keeps_its_whole_packets_and_their_strengths(left, pcap, tmp_path):
    data, size = pcap
    (heard,) = read(put(tmp_path / "x.pcap", data[: len(data) - size + left % size]))
    assert dict(heard.dropped) == {"cut short": 1}
    (whole,) = read(put(tmp_path / "whole.pcap", data[:-size]))
    assert heard.rssi.tolist() == [-50 - number for number in range(11)]
    np.testing.assert_array_equal(heard.raw, whole.raw)
    np.testing.assert_array_equal(heard.time, whole.time)
    np.testing.assert_array_equal(heard.seq, whole.seq)


@pytest.mark.parametrize("left", [1, 2, 3, 10, 23, 24, -1])
def test_an_intel_log_keeps_its_whole_packets(left, dat, tmp_path):
    data, size = dat
    (heard,) = read(put(tmp_path / "x.dat", data[: len(data) - size + left % size]))
    assert dict(heard.dropped) == {"cut short": 1}
    (whole,) = read(put(tmp_path / "whole.dat", data[:-size]))
    np.testing.assert_array_equal(heard.raw, whole.raw)
    np.testing.assert_array_equal(heard.rssi, whole.rssi)
