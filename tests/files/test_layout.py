"""The subcarrier table of the ESP-IDF guide, and the nulls that public captures show."""

import numpy as np
import pytest

from samefade.files import read
from samefade.files.layout import Packet, layout

# (secondary channel, 11n, 40 MHz, space-time coding) → bytes, as in the guide
GUIDE = [
    ((0, 0, 0, 0), 128), ((0, 1, 0, 0), 256), ((0, 1, 0, 1), 384),
    ((2, 0, 0, 0), 128), ((2, 1, 0, 0), 256), ((2, 1, 0, 1), 380), ((2, 1, 1, 0), 384), ((2, 1, 1, 1), 612),
    ((1, 0, 0, 0), 128), ((1, 1, 0, 0), 256), ((1, 1, 0, 1), 376), ((1, 1, 1, 0), 384), ((1, 1, 1, 1), 612),
]  # fmt: skip


@pytest.mark.parametrize(("packet", "size"), GUIDE)
def test_every_row_of_the_guide_has_its_size(packet, size):
    found = layout(Packet(*packet), size // 2)
    assert found.name != "unknown"
    assert found.pairs == size // 2
    assert all(0 <= null < found.pairs for null in found.nulls)


@pytest.mark.parametrize("packet", [packet for packet, _ in GUIDE])
def test_the_first_64_pairs_are_the_legacy_field(packet):
    assert layout(Packet(*packet), 64).name.startswith("L-LTF, ")


def test_384_bytes_have_two_meanings():
    wide, coded = layout(Packet(1, 1, 1, 0), 192), layout(Packet(0, 1, 0, 1), 192)
    assert wide.name == "L-LTF + HT-LTF 40, secondary above"
    assert coded.name == "L-LTF + HT-LTF 20 + STBC-HT-LTF 20, secondary none"


def test_nulls_are_those_measured_in_captures():
    ht40 = layout(Packet(1, 1, 1, 0), 192).nulls
    assert ht40 == (*range(6), 32, *range(59, 66), *range(123, 134), 191)
    assert layout(Packet(0, 0, 0, 0), 64).nulls == (0, 1, *range(27, 38))
    assert 6 not in ht40  # the paper's subcarrier carries a channel


def test_the_first_word_is_valid_on_some_chips():
    assert layout(Packet(0, 0, 0, 0), 64, invalid_start=False).nulls == (0, *range(27, 38))


@pytest.mark.parametrize("pairs", [1, 63, 65, 500])
def test_other_sizes_are_unknown(pairs):
    assert layout(Packet(1, 1, 1, 0), pairs).name == "unknown"
    assert layout(Packet(7, 1, 1, 0), 64).name == "unknown"


def test_nulls_are_weak_in_a_real_capture(data_dir):
    heard = read(data_dir / "esp32" / "walking_ht40.csv")[0]
    strength = np.abs(heard.csi).mean(axis=0)
    nulls = [int(i) for i in heard.about["null tones"].split()]
    used = np.setdiff1d(heard.tones, nulls)
    assert strength[0] > strength[used].max()  # the invalid word is louder than any tone
    assert strength[nulls[2:]].max() < 0.5 * strength[used].min()
