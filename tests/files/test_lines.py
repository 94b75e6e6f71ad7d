"""Consoles differ; the lines that readers see do not."""

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samefade.errors import UnreadableRecording
from samefade.files import lines as source
from samefade.files.lines import head, lines

TEXT = "one\r\ntwo ü\r\n\r\nlast"
SEEN = [(1, "one"), (2, "two ü"), (3, ""), (4, "last")]


def put(path, data):
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("packed", [False, True])
def test_every_console_gives_the_same_lines(tmp_path, encoding, packed):
    data = TEXT.encode(encoding)
    path = put(tmp_path / "log.csv", gzip.compress(data) if packed else data)
    assert list(lines(path)) == SEEN


def test_colours_are_taken_off(tmp_path):
    path = put(tmp_path / "log", b"\x1b[0;32mI (12) wifi\x1b[0m\n\x1b[1Aplain\n")
    assert [text for _, text in lines(path)] == ["I (12) wifi", "plain"]


@given(st.lists(st.text(alphabet=st.characters(exclude_characters="\r\n\x1b\ufeff", exclude_categories=["Cs"]))))
def test_lines_are_those_that_were_joined(tmp_path_factory, texts):
    path = tmp_path_factory.mktemp("lines") / "x"
    path.write_text("".join(f"{text}\n" for text in ["start", *texts]), encoding="utf-8", newline="")
    assert [text for _, text in lines(path)] == ["start", *texts]


def test_lines_cross_blocks(tmp_path, monkeypatch):
    monkeypatch.setattr(source, "BLOCK", 7)
    path = put(tmp_path / "x", b"abcdefghij\r\nkl\r\n" * 50)
    assert [text for _, text in lines(path)] == ["abcdefghij", "kl"] * 50


def test_a_line_without_end_takes_bounded_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(source, "BLOCK", 100)
    monkeypatch.setattr(source, "LONGEST", 300)
    path = put(tmp_path / "x", b"x" * 100_000)
    assert [len(text) for _, text in lines(path)] == [300]


@pytest.mark.parametrize("cut", [5, 30, -4])
def test_a_damaged_archive_is_named_not_raised_raw(tmp_path, cut):
    whole = gzip.compress(b"".join(b"%d line\n" % i for i in range(1000)))
    path = put(tmp_path / "x.gz", whole[:cut])
    with pytest.raises(UnreadableRecording, match="compressed data is damaged"):
        list(lines(path))
    assert head(path) == []


def test_a_corrupted_archive_is_named(tmp_path):
    whole = bytearray(gzip.compress(b"".join(b"%d line\n" % i for i in range(1000))))
    whole[-6] ^= 0xFF  # the checksum
    with pytest.raises(UnreadableRecording):
        list(lines(put(tmp_path / "x.gz", bytes(whole))))


def test_the_file_is_closed_when_reading_stops_early(tmp_path):
    path = put(tmp_path / "x.gz", gzip.compress(b"a\nb\n"))
    assert head(path, 1) == ["a"]  # pytest turns an unclosed file into an error


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(UnreadableRecording, match="No such file"):
        list(lines(tmp_path / "absent"))
