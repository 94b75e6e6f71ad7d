"""Whatever is given, a recording or a clear error comes back."""

import os
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samefade.errors import OutOfRange, UnknownName, UnreadableRecording
from samefade.files import FORMATS, read

NAMES = [reader.name for reader in FORMATS]


def test_names_differ_and_titles_say_something():
    assert len(set(NAMES)) == len(NAMES)
    assert all(reader.title for reader in FORMATS)


def test_an_unknown_file_is_told_what_was_tried(tmp_path):
    path = tmp_path / "x.bin"
    path.write_bytes(bytes(range(256)) * 40)
    with pytest.raises(UnreadableRecording) as refused:
        read(path)
    assert all(reader.title in str(refused.value) for reader in FORMATS)


@pytest.mark.parametrize("form", [None, *NAMES])
def test_no_file_is_a_clear_error_in_every_format(tmp_path, form):
    (tmp_path / "empty").touch()
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    for name in ("empty", "folder", "pipe", "absent", "zero\0byte", "x" * 300):
        with pytest.raises(UnreadableRecording):
            read(tmp_path / name, format=form)
    with pytest.raises(UnreadableRecording):
        read("/dev/null", format=form)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="the superuser may read everything")
def test_a_file_that_may_not_be_read_is_named(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("-50\n-51\n")
    path.chmod(0)
    with pytest.raises(UnreadableRecording, match="Permission denied"):
        read(path)


def test_a_refusal_of_the_system_is_named(tmp_path, monkeypatch):
    path = tmp_path / "x.csv"
    path.write_text("-50\n-51\n")

    def refuse(self, *_args, **_kwargs):
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(type(path), "open", refuse)
    with pytest.raises(UnreadableRecording, match="Permission denied"):
        read(path)


starts = st.sampled_from([
    b"", b"\x1f\x8b\x08\x00", b"\xff\xfe", b"MATLAB 5.0 MAT-file", b"\xd4\xc3\xb2\xa1", b"CSI_DATA,AP,", b"CSI_DATA,1,",
    b"\x00\x10\x15\x03\x15\x20", b"\x01\x89\xbb", b"I: CS Subevent result received:\n", b"1,2\n3,", b"PK\x03\x04",
    b"\x00\x00\x00\x00\x15\x03\x15\x20",
])  # fmt: skip


@settings(max_examples=120, deadline=None)
@given(starts, st.binary(max_size=400), st.sampled_from([None, *NAMES]))
def test_rubbish_never_gets_through(tmp_path_factory, start, rest, form):
    path = tmp_path_factory.mktemp("rubbish") / "x.bin"
    path.write_bytes(start + rest)
    try:
        found = read(path, format=form)
    except UnreadableRecording:
        return
    assert all(len(heard) and np.isfinite(heard.time).all() for heard in found)


@settings(max_examples=80, deadline=None)
@given(st.text(alphabet="0123456789-.,;\n\t eEnaifxy", max_size=200))
def test_rubbish_that_looks_like_numbers_never_gets_through(tmp_path_factory, text):
    path = tmp_path_factory.mktemp("numbers") / "x.csv"
    path.write_text(text)
    try:
        found = read(path)
    except UnreadableRecording:
        return
    for heard in found:
        assert heard.rssi is None or np.isfinite(heard.rssi).all()
        assert len(heard)


def test_an_unknown_format_or_option_is_named(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("-50\n-51\n")
    with pytest.raises(UnknownName, match="esp32-csi-tool"):
        read(path, format="pcapng")
    with pytest.raises(UnknownName, match="option of table"):
        read(path, subcarrier=6)
    for rate in (0, -1, float("nan"), "fast"):
        with pytest.raises(OutOfRange):
            read(path, rate=rate)


def test_a_rate_is_passed_over_where_there_is_a_clock(data_dir):
    alice, _ = read(data_dir / "skyglow" / "mobile" / "data_mobile_1.mat", rate=1.0)
    assert len(alice) == 19_413


def test_importing_the_room_loads_no_pictures():
    code = "import sys, samefade.files; sys.exit('matplotlib' in sys.modules or 'scipy' in sys.modules)"
    import subprocess

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    ("start", "told"),
    [
        (b"\x0a\x0d\x0d\x0a\x1c\x00\x00\x00", "editcap"),
        (b"\xd4\xc3\xb2\xa1" + bytes(60), "no Nexmon CSI"),
        (b"\x89HDF\r\n\x1a\n" + bytes(40), "HDF5"),
        (b"\x93NUMPY\x01\x00" + bytes(40), "NumPy"),
        (b"PK\x03\x04" + bytes(40), "archive"),
        (b"MATLAB 7.3 MAT-file" + bytes(40), "7.3"),
        (b'\n[{"rssi": -70}]', "JSON"),
        (b"\x1f\x8b\x08\x00\x00", "damaged or cut short"),
    ],
)
def test_what_is_not_read_is_named_with_a_way_on(tmp_path, start, told):
    path = tmp_path / "x"
    path.write_bytes(start)
    with pytest.raises(UnreadableRecording, match=told):
        read(path)
