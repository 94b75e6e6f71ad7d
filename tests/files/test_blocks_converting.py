"""A log that is converted batch by batch is the log that was read whole, byte for byte."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from samefade.errors import OutOfRange, UnreadableRecording
from samefade.files import along, container, read, spool
from samefade.files.clock import Counted, count_on, unwrap
from samefade.files.converting import convert

FIELDS = ("time", "raw", "rssi", "seq", "tones", "gain")
SLOW = settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def esp_csi_line(rng, n, mac, length, sig_mode=0):
    values = ",".join(map(str, rng.integers(-40, 40, length)))
    fields = [n, mac, -40 - n % 7, 11, sig_mode, 0, 0, 1, 1, 1, 0, 0, 0, -92, 0, 6, 1, (n * 99_991) % 2**32, 0, 90, 0]
    return f'CSI_DATA,{",".join(map(str, fields))},{length},0,"[{values}]"'


def tool_line(rng, n, mac, length, host):
    values = " ".join(map(str, rng.integers(-40, 40, length)))
    local = (2**32 - 3_000_000 + n * 100_003) % 2**32
    fields = ["STA", mac, -50, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -92, 0, 6, 1, local, 0, 90, 0, 0, f"{n / 10:.6f}", length]
    return f"CSI_DATA,{','.join(map(str, fields))},[{values}],{host}"


def log(seed, kind, count):
    """A log with two transmitters, two lengths, rubbish and a line that was cut."""
    rng = np.random.default_rng(seed)
    out = []
    for n in range(count):
        mac = "aa:bb:cc:dd:ee:ff" if rng.random() < 0.8 else "11:22:33:44:55:66"
        length = 128 if rng.random() < 0.8 else 256
        if kind == "esp-csi":
            out.append(esp_csi_line(rng, 2**32 - 40 + n if n < 40 else n - 40, mac, length))
        else:
            host = f"{1.7e9 + n / 10 + rng.exponential(0.03):.6f}" if rng.random() < 0.9 else ""
            out.append(tool_line(rng, n, mac.upper(), length, host))
        if rng.random() < 0.1:
            out.append(rng.choice(["", "I (312) wifi: up", out[-1][:90], "CSI_DATA,1,2"]))
    return "\n".join([*out, out[-1][:150]])  # the tail is cut short


def tables(seed, _kind, count):
    rng = np.random.default_rng(seed)
    rows = [",".join(map(repr, [*rng.uniform(1, 30, 10), *rng.uniform(-3, 3, 10)])) for _ in range(count)]
    rows[count // 2] = "1,2,3"
    return "\n".join([*rows, rows[-1][:17]])


def same(x, y):
    for name in FIELDS:
        mine, theirs = getattr(x, name), getattr(y, name)
        assert (mine is None) == (theirs is None), name
        if mine is not None:
            assert (mine.dtype, mine.shape) == (theirs.dtype, theirs.shape), name
            assert mine.tobytes() == theirs.tobytes(), name
    assert (x.device, x.clock, x.dropped, x.about) == (y.device, y.clock, y.dropped, y.about)


@pytest.mark.parametrize(("kind", "made"), [("esp-csi", log), ("esp32-csi-tool", log), ("netstar", tables)])
@SLOW
@given(seed=st.integers(0, 2**32), batch=st.integers(9, 60), part=st.sampled_from(["all", "lltf"]))
def test_batches_make_what_reading_whole_makes(tmp_path, monkeypatch, kind, made, seed, batch, part):
    path, target = tmp_path / "x.log", tmp_path / "x.zarr"
    path.write_text(made(seed, kind, 90))
    monkeypatch.setattr(spool, "MERGE", batch)
    options = {"format": kind} | ({} if kind == "netstar" else {"part": part})
    whole = read(path, **options)
    assert convert(path, target, batch=batch, **options)
    found = container.read(target)
    assert len(found) == len(whole) == (1 if kind == "netstar" else 2)
    for x, y in zip(whole, found, strict=True):
        same(x, y)
    lines = len(path.read_text().splitlines())
    assert len(found[0]) + sum(found[0].dropped.values()) == lines
    assert [entry.name for entry in tmp_path.iterdir() if entry.name.startswith(".")] == []


@SLOW
@given(seed=st.integers(0, 2**32), restarts=st.integers(0, 3))
def test_a_counter_is_unwrapped_alike_in_pieces_of_any_length(monkeypatch, seed, restarts):
    rng = np.random.default_rng(seed)
    counter = np.cumsum(rng.integers(1, 2**29, 90)).astype(float)
    for at in rng.integers(1, 90, restarts):
        counter[at:] -= counter[at] - 5
    counter = np.mod(counter, 2**32)
    expected, joins = unwrap(counter)
    numbers = count_on(counter, 2**16)
    for size in (7, 16, 90):
        monkeypatch.setattr(along, "PIECE", size)
        monkeypatch.setattr("samefade.files.clock.PIECE", size)
        found = unwrap(counter)
        assert found[1] == joins
        assert found[0] == pytest.approx(expected, rel=1e-12)
        assert np.array_equal(Counted(counter, 2**16).numbers(3, 71), numbers[3:71])
    monkeypatch.undo()


def test_formats_that_cannot_stream_are_read_whole(tmp_path):
    (tmp_path / "x.csv").write_text("rssi\n" + "\n".join(str(-40 - n % 9) for n in range(50)))
    assert not convert(tmp_path / "x.csv", tmp_path / "x.zarr")
    same(read(tmp_path / "x.csv")[0], container.read(tmp_path / "x.zarr")[0])


def test_what_was_there_stays_when_a_conversion_fails(tmp_path):
    path, target = tmp_path / "x.log", tmp_path / "x.zarr"
    path.write_text(log(1, "esp-csi", 30))
    convert(path, target, format="esp-csi")
    before = container.read(target)
    (tmp_path / "empty.log").write_text("I (312) wifi: up\n")
    with pytest.raises(UnreadableRecording):
        convert(tmp_path / "empty.log", target, format="esp-csi")
    with pytest.raises(OutOfRange):
        convert(path, target, format="esp-csi", part="none")
    same(before[0], container.read(target)[0])
    assert [entry.name for entry in tmp_path.iterdir() if entry.name.startswith(".")] == []


def test_an_interrupt_leaves_nothing(tmp_path, monkeypatch):
    path, target = tmp_path / "x.log", tmp_path / "x.zarr"
    path.write_text(log(1, "esp-csi", 60))

    def interrupted(*_given):
        raise KeyboardInterrupt

    monkeypatch.setattr(container.Growing, "told", interrupted)
    with pytest.raises(KeyboardInterrupt):
        convert(path, target, batch=10, format="esp-csi")
    assert [entry.name for entry in tmp_path.iterdir()] == ["x.log"]


def peak(path, target):
    """Most bytes that Python and NumPy held at once while a log was converted."""
    tracemalloc.start()
    try:
        convert(path, target, batch=512, format="esp-csi")
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_what_is_held_does_not_grow_with_the_log(tmp_path, monkeypatch):
    for module in ("along", "clock"):
        monkeypatch.setattr(f"samefade.files.{module}.PIECE", 512)
    monkeypatch.setattr("samefade.files.store._CHUNK", 1 << 16)
    rng = np.random.default_rng(1)
    some = [esp_csi_line(rng, n, "aa:bb:cc:dd:ee:ff", 128) for n in range(1000)]
    found = []
    for count in (50, 1_500, 6_000):  # the first run loads what the others find loaded
        path, target = tmp_path / f"{count}.log", tmp_path / f"{count}.zarr"
        lines = (some[n % 1000].replace(f"CSI_DATA,{n % 1000},", f"CSI_DATA,{n},", 1) for n in range(count))
        path.write_text("\n".join(lines))
        found.append(peak(path, target))
    assert len(container.read(target)[0]) == 6_000
    # 4,500 packets more would hold 0.6 MB of values and 0.3 MB of numbers
    assert found[2] - found[1] < 2e5
