"""Intel 5300, Nexmon and PicoScenes, which a library parses for us."""

import struct
import sys

import numpy as np
import pytest

from samefade.errors import MissingExtra, OutOfRange, UnreadableRecording
from samefade.files import read
from samefade.files.intel import READER as INTEL
from samefade.files.nexmon import READER as NEXMON
from samefade.files.picoscenes import READER as PICOSCENES

pytest.importorskip("csiread", reason="the extra nics is not installed")

FILES = {
    "example.dat": (INTEL, 26, 30),
    "log.all_csi.6.7.6.dat": (INTEL, 29, 30),
    "example_43455c0.pcap": (NEXMON, 566, 256),
    "example_4358.pcap": (NEXMON, 1, 256),
    "picoscenes_iwl5300_example.csi": (PICOSCENES, 112, 30),
}


@pytest.fixture
def cards(data_dir):
    return data_dir / "other-nics"


@pytest.mark.parametrize("name", FILES)
def test_public_captures_are_known_and_read(cards, name, capfd):
    reader, packets, tones = FILES[name]
    assert [r.name for r in (INTEL, NEXMON, PICOSCENES) if r.can_read(cards / name)] == [reader.name]
    (heard,) = read(cards / name)
    assert heard.csi.shape == (packets, tones)
    assert len(heard.tones) == tones
    assert np.isfinite(heard.csi).all()
    assert (np.diff(heard.time) >= 0).all()
    assert capfd.readouterr() == ("", "")


def test_intel_values_are_those_of_the_bits(cards):
    data = (cards / "example.dat").read_bytes()
    # first record: 2 bytes of length, code, 20 bytes of fields; 3 bits are skipped before each group
    bits = np.unpackbits(np.frombuffer(data[23:60], np.uint8), bitorder="little")[3:]
    first = np.packbits(bits[: 6 * 16], bitorder="little").view(np.int8).reshape(6, 2)
    chains = (first[:, 0] + 1j * first[:, 1]).reshape(3, 2)  # receive chain, transmit stream
    select = data[18]  # two bits a chain: which antenna it is
    for chain in range(3):
        (heard,) = read(cards / "example.dat", rx=(select >> 2 * chain) & 3, tx=1)
        assert heard.csi[0, 0] == chains[chain, 1]


def test_intel_gain_restores_the_received_power(cards):
    heard = [read(cards / "example.dat", rx=rx, tx=tx)[0] for rx in range(3) for tx in range(2)]
    power = sum(np.abs(h.csi) ** 2 for h in heard).sum(axis=1) / 30
    assert 10 * np.log10(power) + heard[0].gain == pytest.approx(heard[0].rssi)


def test_intel_received_power_is_the_parsers_own(cards):
    csiread = pytest.importorskip("csiread")
    theirs = csiread.Intel(str(cards / "example.dat"), nrxnum=3, ntxnum=3, pl_size=0, if_report=False)
    theirs.read()
    assert read(cards / "example.dat")[0].rssi == pytest.approx(theirs.get_total_rss())


def test_intel_clock_that_stands_still_is_not_used(cards):
    path = cards / "log.all_csi.6.7.6.dat"
    assert "1 Hz assumed" in read(path)[0].clock
    assert read(path, rate=10)[0].time[-1] == pytest.approx(2.8)
    assert "timestamp" in read(cards / "example.dat")[0].clock


def test_intel_packets_without_the_antenna_are_counted(cards):
    (heard,) = read(cards / "log.all_csi.6.7.6.dat", tx=2)
    assert (len(heard), dict(heard.dropped)) == (10, {"without this antenna": 19})
    with pytest.raises(OutOfRange):
        read(cards / "log.all_csi.6.7.6.dat", tx=3)


def test_intel_sequence_numbers_in_the_reserved_field_are_used(cards, tmp_path):
    data = bytearray((cards / "example.dat").read_bytes())
    at = 0
    for number in range(26):
        struct.pack_into("<H", data, at + 9, (65_530 + number) % 2**16)
        at += 2 + int.from_bytes(data[at : at + 2], "big")
    path = tmp_path / "x.dat"
    path.write_bytes(data)
    assert read(path)[0].seq.tolist() == list(range(65_530, 65_556))
    assert read(cards / "example.dat")[0].seq is None


def test_nexmon_signal_strength_is_the_third_byte(cards):
    (heard,) = read(cards / "example_43455c0.pcap")
    assert heard.rssi[:3].tolist() == [-58, -58, -59]
    assert read(cards / "example_4358.pcap")[0].rssi is None  # older firmware repeats the mark there
    (other,) = read(cards / "example_4358.pcap", core=1, stream=1)
    assert dict(other.dropped) == {"other antenna or stream": 3}


@pytest.mark.parametrize("options", [{"chip": "9999"}, {"core": 3}, {"stream": 2}])
def test_nexmon_options_that_do_not_fit_are_refused(cards, options):
    with pytest.raises(OutOfRange):
        read(cards / "example_43455c0.pcap", **options)


def test_picoscenes_has_tones_and_sequence(cards):
    (heard,) = read(cards / "picoscenes_iwl5300_example.csi")
    assert heard.tones.tolist() == [*range(-28, -1, 2), -1, *range(1, 28, 2), 28]
    assert heard.seq[:3].tolist() == [1058, 1059, 1060]
    with pytest.raises(OutOfRange):
        read(cards / "picoscenes_iwl5300_example.csi", rx=2)


@pytest.mark.parametrize("name", FILES)
def test_without_the_extra_its_name_is_told(cards, name, monkeypatch):
    monkeypatch.setitem(sys.modules, "csiread", None)
    with pytest.raises(MissingExtra, match=r"samefade\[nics\]"):
        read(cards / name)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("seed", range(2))
def test_damaged_captures_are_refused_or_read_in_part(cards, name, seed, tmp_path):
    rng = np.random.default_rng(seed)
    data = bytearray((cards / name).read_bytes())
    if seed % 2:
        data = data[: int(rng.integers(1, len(data)))]
    else:
        for at in rng.integers(0, len(data), 40):
            data[at] = rng.integers(256)
    path = tmp_path / name
    path.write_bytes(data)
    whole = FILES[name][1]
    for reader in {FILES[name][0], INTEL}:
        try:
            found = reader.read(path)
        except (UnreadableRecording, OutOfRange):
            continue
        assert reader is FILES[name][0]
        assert 0 < sum(len(heard) for heard in found) <= whole
