import errno
import json
import os
import shutil
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
import xarray
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from zarr.storage import ZipStore

from samefade.errors import (
    CannotWrite,
    EndsDisagree,
    MissingExtra,
    OutOfRange,
    UnknownName,
    UnreadableRecording,
)
from samefade.files import container, esp32_tool
from samefade.types import Recording

KINDS = ("x.zarr", "x.zarr.zip")
FIELDS = ("time", "raw", "rssi", "seq", "tones", "gain")


def recording(n=10, k=4, seed=0, **changes) -> Recording:
    rng = np.random.default_rng(seed)
    parts = {
        "device": "AP heard node-1",
        "time": np.sort(rng.uniform(0, 9, n)),
        "clock": "host",
        "raw": rng.integers(-128, 128, (n, k, 2), dtype=np.int8),
        "rssi": rng.integers(-90, -30, n).astype(np.int16),
        "seq": np.arange(n),
        "tones": np.arange(k),
        "gain": rng.normal(size=n),
        "dropped": {"blank": 2, "not CSI": 1},
        "about": {"format": "invented", "null tones": "0 1"},
    }
    return Recording(**(parts | changes))


def same(x: Recording, y: Recording) -> bool:
    for name in FIELDS:
        mine, theirs = getattr(x, name), getattr(y, name)
        if mine is None or theirs is None:
            if mine is not theirs:
                return False
        elif mine.dtype != theirs.dtype or mine.shape != theirs.shape or mine.tobytes() != theirs.tobytes():
            return False
    return (x.device, x.clock, x.dropped, x.about) == (y.device, y.clock, y.dropped, y.about)


def joined(x: Recording, y: Recording) -> Recording:
    parts = {
        name: np.concatenate([getattr(x, name), getattr(y, name)]) for name in ("time", "raw", "rssi", "seq", "gain")
    }
    total = {reason: x.dropped.get(reason, 0) + y.dropped.get(reason, 0) for reason in {**x.dropped, **y.dropped}}
    return Recording(x.device, clock=x.clock, tones=x.tones, dropped=total, about={**y.about, **x.about}, **parts)


RAW = st.sampled_from(["int8", "int16", "complex64", "complex128", "float32", "uint8", ">i2"])
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


@st.composite
def recordings(draw) -> Recording:
    n, k = draw(st.integers(0, 12)), draw(st.integers(0, 5))
    dtype = np.dtype(draw(RAW))
    shape = (n, k, 2) if dtype.kind in "iu" and draw(st.booleans()) else (n, k)

    def maybe(kind, shape):
        return draw(st.none() | hnp.arrays(kind, shape))

    return Recording(
        device=draw(TEXT),
        time=draw(hnp.arrays(np.float64, n)),
        clock=draw(TEXT),
        raw=maybe(dtype, shape),
        rssi=maybe(draw(st.sampled_from([np.int8, np.int64, np.float64, np.float16])), n),
        seq=maybe(np.int64, n),
        tones=maybe(np.int32, k),
        gain=maybe(np.float64, n),
        dropped=draw(st.dictionaries(TEXT, st.integers(0, 2**62), max_size=3)),
        about=draw(st.dictionaries(TEXT, TEXT, max_size=3)),
    )


@given(made=st.lists(recordings(), min_size=1, max_size=3), kind=st.sampled_from(KINDS))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_every_field_round_trips_bit_for_bit(made, kind, tmp_path_factory):
    path = tmp_path_factory.mktemp("round") / kind
    container.write(path, made)
    back = container.read(path)
    assert len(back) == len(made)
    for x, y in zip(made, back, strict=True):
        raw = None if x.raw is None else x.raw.astype(x.raw.dtype.newbyteorder("="))
        assert same(Recording(**{**x.__dict__, "raw": raw}), y)


@pytest.mark.parametrize("kind", KINDS)
def test_it_knows_its_own_and_replaces_its_own(tmp_path, kind):
    path = tmp_path / kind
    assert not container.can_read(path)
    container.write(path, [recording(seed=1), recording(seed=2), recording(seed=3)])
    container.write(path, [recording(seed=4)])
    assert container.READER.can_read(str(path))
    (back,) = container.READER.read(str(path))
    assert same(back, recording(seed=4))
    assert [entry.name for entry in tmp_path.iterdir()] == [kind]


def test_xarray_opens_it_without_samefade(tmp_path):
    container.write(tmp_path / "x.zarr", [recording(), recording(seed=1)])
    container.write(tmp_path / "x.zarr.zip", [recording()])
    packed = ZipStore(tmp_path / "x.zarr.zip")
    for store in (tmp_path / "x.zarr", packed):
        opened = xarray.open_zarr(store, group="a")
        assert dict(opened.sizes) == {"time": 10, "tone": 4, "iq": 2}
        assert opened.raw.dtype == np.int8
        units = {name: opened[name].attrs["units"] for name in ("time", "rssi", "gain")}
        assert units == {"time": "s", "rssi": "dBm", "gain": "dB"}
        np.testing.assert_array_equal(opened.raw.sel(tone=2).values, recording().raw[:, 2])
        assert opened.attrs["device"] == "AP heard node-1"
    packed.close()
    tree = xarray.open_datatree(tmp_path / "x.zarr", engine="zarr")
    assert tree.attrs["format"] == "samefade-recording"
    assert set(tree.children) == {"a", "b"}


@pytest.mark.parametrize("kind", KINDS)
def test_appending_equals_concatenation(tmp_path, kind):
    path = tmp_path / kind
    first, other = recording(seed=1), recording(seed=2)
    later = recording(n=7, seed=3, dropped={"blank": 5, "header": 1}, about={"note": "second day"})
    container.write(path, [first, other])
    container.append(path, "b", later)
    a, b = container.read(path)
    assert same(a, first)
    assert same(b, joined(other, later))


def test_appending_crosses_chunks_and_xarray_sees_all_of_it(tmp_path):
    path = tmp_path / "x.zarr"
    big = recording(n=3000, k=128, seed=5)  # 256 bytes a packet: 4,096 packets fill one chunk
    container.write(path, [big])
    container.append(path, "a", big)
    (back,) = container.read(path)
    assert same(back, Recording(**joined(big, big).__dict__))
    assert xarray.open_zarr(path, group="a").sizes["time"] == 6000


def test_the_same_recording_gives_the_same_zip(tmp_path):
    for name in ("one.zarr.zip", "two.zarr.zip"):
        container.write(tmp_path / name, [recording()])
    assert (tmp_path / "one.zarr.zip").read_bytes() == (tmp_path / "two.zarr.zip").read_bytes()


@pytest.mark.parametrize(
    ("later", "what"),
    [
        (recording(device="another"), "device"),
        (recording(clock="local"), "clock"),
        (recording(rssi=None), "fields"),
        (recording(rssi=np.zeros(10, np.float32)), "type of rssi"),
        (recording(k=5), "shape of raw"),
        (recording(tones=np.arange(1, 5)), "tones"),
    ],
)
def test_packets_of_another_kind_are_not_appended(tmp_path, later, what):
    container.write(tmp_path / "x.zarr", [recording()])
    with pytest.raises(EndsDisagree, match=what):
        container.append(tmp_path / "x.zarr", "a", later)
    assert same(container.read(tmp_path / "x.zarr")[0], recording())


def test_appending_to_an_end_that_is_not_there_is_refused(tmp_path):
    container.write(tmp_path / "x.zarr", [recording()])
    with pytest.raises(UnknownName, match="name e, known a"):
        container.append(tmp_path / "x.zarr", "e", recording())


@pytest.mark.parametrize("count", [0, 4])
def test_none_or_more_than_three_recordings_are_refused(tmp_path, count):
    with pytest.raises(OutOfRange, match="Eve"):
        container.write(tmp_path / "x.zarr", [recording()] * count)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"raw": np.zeros((10, 4), object)}, OutOfRange),
        ({"raw": np.zeros((10, 4, 3), np.int8)}, OutOfRange),
        ({"raw": np.zeros(10, np.int8)}, OutOfRange),
        ({"rssi": np.zeros((10, 2))}, OutOfRange),
        ({"tones": np.arange(9)}, EndsDisagree),
    ],
)
def test_arrays_that_cannot_be_kept_are_refused(tmp_path, changes, error):
    with pytest.raises(error):
        container.write(tmp_path / "x.zarr", [recording(**changes)])
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("kind", KINDS)
def test_a_newer_version_is_refused_and_named(tmp_path, kind, monkeypatch):
    monkeypatch.setattr(container, "VERSION", 2)
    container.write(tmp_path / kind, [recording()])
    assert container.can_read(tmp_path / kind)
    with pytest.raises(UnreadableRecording, match="format version 2; this samefade reads up to 1"):
        container.read(tmp_path / kind)


@pytest.mark.parametrize("content", [b"", b"rubbish", b"PK\x03\x04 and then nothing", b'{"attributes": 3}'])
def test_rubbish_is_not_ours(tmp_path, content):
    path = tmp_path / "x.zarr.zip"
    path.write_bytes(content)
    (tmp_path / "x.zarr").mkdir()
    (tmp_path / "x.zarr" / "zarr.json").write_bytes(content)
    for bad in (path, tmp_path / "x.zarr", tmp_path, tmp_path / "absent"):
        assert not container.can_read(bad)
        with pytest.raises(UnreadableRecording):
            container.read(bad)


def test_somebody_elses_folder_is_never_replaced(tmp_path):
    (tmp_path / "x.zarr").mkdir()
    (tmp_path / "x.zarr" / "thesis.txt").write_text("years of work")
    with pytest.raises(CannotWrite, match="not a samefade recording"):
        container.write(tmp_path / "x.zarr", [recording()])
    assert (tmp_path / "x.zarr" / "thesis.txt").read_text() == "years of work"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("when", ["write", "append"])
def test_a_full_disk_leaves_the_old_container_and_nothing_else(tmp_path, monkeypatch, kind, when):
    container.write(tmp_path / kind, [recording()])

    def full(*_args, **_kwargs):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("samefade.files.publish._index", full)
    change = container.append if when == "append" else lambda path, _end, later: container.write(path, [later])
    with pytest.raises(CannotWrite, match="No space left"):
        change(tmp_path / kind, "a", recording(seed=1))
    assert [entry.name for entry in tmp_path.iterdir()] == [kind]
    assert same(container.read(tmp_path / kind)[0], recording())


def test_when_the_last_rename_fails_the_old_folder_comes_back(tmp_path, monkeypatch):
    path, rename = tmp_path / "x.zarr", Path.rename
    container.write(path, [recording()])

    def refuse(self, target):
        if self.name == "tree":
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(CannotWrite):
        container.write(path, [recording(seed=1)])
    assert same(container.read(path)[0], recording())


def test_a_missing_folder_to_write_to_is_told(tmp_path):
    with pytest.raises(CannotWrite, match="No such file"):
        container.write(tmp_path / "nowhere" / "x.zarr", [recording()])


def test_a_lost_chunk_is_damage_and_never_zeros(tmp_path):
    path = tmp_path / "x.zarr"
    container.write(path, [recording()])
    next(file for file in (path / "a" / "rssi" / "c").rglob("*") if file.is_file()).unlink()
    with pytest.raises(UnreadableRecording, match="1 of 1 chunks"):
        container.read(path)
    with pytest.raises(UnreadableRecording, match="1 of 1 chunks"):
        container.append(path, "a", recording())


def test_a_lost_field_is_damage_and_never_none(tmp_path):
    path = tmp_path / "x.zarr"
    container.write(path, [recording()])
    shutil.rmtree(path / "a" / "gain")
    with pytest.raises(UnreadableRecording, match="gain"):
        container.read(path)


def test_a_flipped_bit_in_a_chunk_of_a_folder_is_found(tmp_path):
    path = tmp_path / "x.zarr"
    container.write(path, [recording()])
    chunk = path / "a" / "raw" / "c" / "0" / "0" / "0"
    data = bytearray(chunk.read_bytes())
    data[len(data) // 2] ^= 1
    chunk.write_bytes(data)
    with pytest.raises(UnreadableRecording):
        container.read(path)


@pytest.fixture(scope="module")
def packed(tmp_path_factory) -> bytes:
    path = tmp_path_factory.mktemp("packed") / "x.zarr.zip"
    container.write(path, [recording()])
    return path.read_bytes()


@given(where=st.floats(0, 1, exclude_max=True), flip=st.integers(1, 255), cut=st.booleans())
@settings(max_examples=300, deadline=None)
def test_a_damaged_zip_is_refused_or_gives_the_same_packets(tmp_path_factory, packed, where, flip, cut):
    place = int(where * len(packed))
    damaged = packed[:place] if cut else packed[:place] + bytes([packed[place] ^ flip]) + packed[place + 1 :]
    path = tmp_path_factory.mktemp("damaged") / "x.zarr.zip"
    path.write_bytes(damaged)
    try:
        (back,) = container.read(path)  # a byte that no checksum covers, such as a date
    except UnreadableRecording:
        return
    assert same(back, recording())


def test_appending_to_a_zip_with_a_damaged_chunk_is_refused(tmp_path, packed):
    path = tmp_path / "x.zarr.zip"
    with zipfile.ZipFile(path, "w") as out, zipfile.ZipFile(_as_file(tmp_path, packed)) as source:
        for name in source.namelist():
            data = source.read(name)
            out.writestr(name, data[:-4] + b"\0\0\0\0" if name == "a/raw/c/0/0/0" else data)
    with pytest.raises(UnreadableRecording):
        container.append(path, "a", recording())


def _as_file(folder: Path, data: bytes) -> Path:
    (folder / "whole.zip").write_bytes(data)
    return folder / "whole.zip"


def test_without_zarr_the_extra_is_named(tmp_path, monkeypatch):
    container.write(tmp_path / "x.zarr", [recording()])
    monkeypatch.setitem(sys.modules, "zarr", None)
    assert container.can_read(tmp_path / "x.zarr")
    with pytest.raises(MissingExtra, match=r"pip install 'samefade\[store\]'"):
        container.read(tmp_path / "x.zarr")
    with pytest.raises(MissingExtra):
        container.write(tmp_path / "y.zarr", [recording()])


def test_options_are_refused(tmp_path):
    container.write(tmp_path / "x.zarr", [recording()])
    with pytest.raises(OutOfRange, match="sign"):
        container.READER.read(tmp_path / "x.zarr", sign=-1)


def test_the_tree_is_plain_zarr_version_three(tmp_path):
    container.write(tmp_path / "x.zarr", [recording()])
    raw = json.loads((tmp_path / "x.zarr" / "a" / "raw" / "zarr.json").read_text())
    assert (raw["zarr_format"], raw["data_type"], raw["dimension_names"]) == (3, "int8", ["time", "tone", "iq"])


@pytest.mark.parametrize("kind", KINDS)
def test_a_measured_capture_round_trips_and_takes_less_room_than_its_text(tmp_path, data_dir, kind):
    text = data_dir / "esp32/walking_ht40.csv"
    heard = esp32_tool.READER.read(text)[:1]
    container.write(tmp_path / kind, heard)
    assert same(container.read(tmp_path / kind)[0], heard[0])
    assert heard[0].raw.dtype == np.int8
    room = sum(file.stat().st_size for file in tmp_path.rglob("*") if file.is_file())
    assert room < text.stat().st_size / 5  # measured: a seventh
