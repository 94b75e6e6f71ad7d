"""What is written is what is read back; what cannot be written leaves nothing behind."""

import tempfile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from samefade.errors import CannotWrite, NotFinite, OutOfRange
from samefade.files import read
from samefade.files.esp32_tool import write
from samefade.types import Recording


def recording(raw, time=None, rssi=None):
    time = 1.7e9 + 0.1 * np.arange(len(raw)) if time is None else np.asarray(time, dtype=float)
    return Recording("AP heard node-1", time, "host time", raw, rssi)


RAW = np.random.default_rng(3).integers(-128, 128, (20, 192, 2)).astype(np.int8)


@settings(max_examples=40, deadline=None)
@given(
    raw=st.integers(1, 70).flatmap(lambda k: arrays(np.int8, (4, k, 2))),
    start=st.floats(0, 2e9),
    steps=st.lists(st.floats(1e-3, 3000), min_size=3, max_size=3),
    suffix=st.sampled_from([".csv", ".csv.gz"]),
)
def test_reading_back_loses_nothing(tmp_path_factory, raw, start, steps, suffix):
    path = tmp_path_factory.mktemp("written") / f"x{suffix}"
    rssi = np.array([-90, -1, 0, -128])
    written = recording(raw, np.cumsum([start, *steps]), rssi)
    write(written, path)
    (back,) = read(path)
    assert np.array_equal(back.raw, raw)
    assert np.array_equal(back.time, written.time)
    assert np.array_equal(back.rssi, rssi)
    assert (back.device, back.clock, dict(back.dropped)) == (written.device, "host time", {"header": 1})


@pytest.mark.parametrize("pairs", [64, 128, 192])
def test_usual_sizes_get_a_layout(tmp_path, pairs):
    write(recording(RAW[:, :1].repeat(pairs, axis=1)), tmp_path / "x.csv")
    (back,) = read(tmp_path / "x.csv")
    assert back.about["layout"] != "unknown"


def test_compressed_bytes_depend_on_nothing_but_the_recording(tmp_path):
    for name in ("a.csv.gz", "b.csv.gz"):
        write(recording(RAW), tmp_path / name)
    assert (tmp_path / "a.csv.gz").read_bytes() == (tmp_path / "b.csv.gz").read_bytes()


@pytest.mark.parametrize(
    "raw",
    [None, RAW.astype(np.int16), RAW[..., 0], RAW[:, :0], np.zeros((2, 307, 2), np.int8), np.ones((20, 3), complex)],
)
def test_what_is_not_int8_pairs_is_refused(tmp_path, raw):
    length = 20 if raw is None else len(raw)
    with pytest.raises(OutOfRange):
        write(Recording("AP", np.arange(length) * 1.0, "host", raw), tmp_path / "x.csv")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("time", [[0, np.nan], [np.inf, 1]])
def test_times_that_are_not_finite_are_refused(tmp_path, time):
    with pytest.raises(NotFinite):
        write(recording(RAW[:2], time), tmp_path / "x.csv")


@pytest.mark.parametrize("time", [[1, 0], [-1, 0], [0, 1e12]])
def test_times_that_the_format_cannot_hold_are_refused(tmp_path, time):
    with pytest.raises(OutOfRange):
        write(recording(RAW[:2], time), tmp_path / "x.csv")


def test_a_full_disk_leaves_what_was_there(tmp_path, monkeypatch):
    path = tmp_path / "x.csv"
    path.write_text("before")

    def full(*_args, **_kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tempfile._TemporaryFileWrapper, "write", full, raising=False)
    with pytest.raises(CannotWrite, match="No space left"):
        write(recording(RAW), path)
    assert [p.name for p in tmp_path.iterdir()] == ["x.csv"]
    assert path.read_text() == "before"


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(CannotWrite):
        write(recording(RAW), tmp_path / "absent" / "x.csv")


def test_a_folder_in_the_place_is_left_alone(tmp_path):
    (tmp_path / "x.csv").mkdir()
    with pytest.raises(CannotWrite):
        write(recording(RAW), tmp_path / "x.csv")
    assert [p.name for p in tmp_path.iterdir()] == ["x.csv"]
