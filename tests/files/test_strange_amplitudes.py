"""Tables of amplitudes as other people write them: with a header, a time, semicolons; what nobody tells is refused."""

import numpy as np
import pytest

from samefade.errors import UnreadableRecording
from samefade.files import container, read
from samefade.files.converting import convert

RNG = np.random.default_rng(12)
AMPLITUDE = np.round(RNG.uniform(1, 40, (24, 16)), 3)
PHASE = np.round(RNG.uniform(-3.1, 3.1, (24, 16)), 3)
START = 1_700_000_000
NAMES = [f"amp_{i}" for i in range(16)]


def table(path, rows, *, head=None, delimiter=","):
    lines = [delimiter.join(map(str, row)) for row in ([head] if head else []) + list(rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def behind(values, rows=AMPLITUDE):
    return [[value, *row] for value, row in zip(values, rows, strict=True)]


def test_a_time_in_front_is_the_clock(tmp_path):
    stamps = START * 1000 + 40 * np.arange(24)
    path = table(tmp_path / "ap.csv", behind(stamps), head=["timestamp", *NAMES])
    (heard,) = read(path)
    assert heard.raw.tolist() == AMPLITUDE.tolist()
    assert heard.time == pytest.approx(START + 0.04 * np.arange(24))
    assert heard.clock == "column 'timestamp', milliseconds"
    convert(path, tmp_path / "ap.zarr")
    (kept,) = container.read(tmp_path / "ap.zarr")
    assert (kept.time.tobytes(), kept.raw.tobytes(), kept.about) == (
        heard.time.tobytes(),
        heard.raw.tobytes(),
        heard.about,
    )
    assert read(path, rate=20)[0].clock == "declared rate, 20 Hz"


def test_dates_and_a_row_without_one(tmp_path):
    stamps = [f"2024-03-31 01:00:{i:02}" for i in range(24)]
    stamps[5] = ""
    (heard,) = read(table(tmp_path / "ap.csv", behind(stamps), head=["Date Time", *NAMES]), time="Date Time")
    assert len(heard) == 23
    assert heard.raw.tolist() == np.delete(AMPLITUDE, 5, axis=0).tolist()
    assert np.diff(heard.time)[4:6].tolist() == [2, 1]
    assert dict(heard.dropped) == {"header": 1, "no time": 1}


@pytest.mark.parametrize("form", ["comma", "point"])
def test_semicolons_and_decimal_commas(tmp_path, form):
    path = table(tmp_path / "ap.csv", AMPLITUDE, delimiter=";")
    if form == "comma":
        path.write_text(path.read_text("utf-8").replace(".", ","), "utf-8")
    with pytest.raises(UnreadableRecording, match="--format netstar"):
        read(path)
    (heard,) = read(path, format="netstar")
    assert heard.raw.tolist() == AMPLITUDE.tolist()


@pytest.mark.parametrize("order", ["behind", "in turn"])
@pytest.mark.parametrize("unit", [1.0, 180 / np.pi])
def test_phases_are_told_by_their_names(tmp_path, order, unit):
    rows, head = np.hstack([AMPLITUDE, unit * (PHASE % (2 * np.pi))]), [*NAMES, *(f"phase_{i}" for i in range(16))]
    if order == "in turn":
        turn = np.arange(32).reshape(2, 16).T.ravel()
        rows, head = rows[:, turn], [head[i] for i in turn]
    (heard,) = read(table(tmp_path / "sta.csv", rows, head=head, delimiter=";"))
    assert heard.raw == pytest.approx(AMPLITUDE * np.exp(1j * PHASE))


def test_what_is_no_tone_is_named_as_not_used(tmp_path):
    rows = [[i, "aa:bb", -50, *row] for i, row in enumerate(AMPLITUDE)]
    (heard,) = read(table(tmp_path / "ap.csv", rows, head=["seq", "mac", "RSSI (dBm)", *NAMES]))
    assert heard.raw.shape == (24, 16)
    assert heard.about["columns not used"] == "seq, mac, RSSI (dBm)"


@pytest.mark.parametrize("head", [list(range(16)), list(range(1, 17)), ["", *range(16)]])
def test_the_numbers_that_data_frames_write_are_a_header(tmp_path, head):
    rows = behind(range(24)) if len(head) == 17 else AMPLITUDE
    (heard,) = read(table(tmp_path / "ap.csv", rows, head=head))
    assert heard.raw.tolist() == AMPLITUDE.tolist()
    assert dict(heard.dropped) == {"header": 1}


def test_a_column_that_grows_without_a_name_is_refused_with_the_way_on(tmp_path):
    path = table(tmp_path / "ap.csv", behind(START + np.arange(24) / 10))
    with pytest.raises(UnreadableRecording, match="--column-time 1; a count: take the column out"):
        read(path)
    (heard,) = read(path, time="1")
    assert heard.raw.tolist() == AMPLITUDE.tolist()
    assert np.diff(heard.time) == pytest.approx(0.1, abs=1e-6)
    with pytest.raises(UnreadableRecording, match="no single column '40'"):
        read(path, time="40")


def test_what_does_not_fit_together_is_refused(tmp_path):
    phases = [f"phase_{i}" for i in range(16)]
    for head, rows, told in (
        ([*NAMES, *phases[:8]], np.hstack([AMPLITUDE, PHASE[:, :8]]), "8 columns of phases do not belong to 16"),
        ([*NAMES, *phases], np.hstack([AMPLITUDE, 900 * PHASE]), "wrap them"),
        (["mac", *NAMES], behind(["aa:bb", "cc:dd"] * 12), "several senders"),
    ):
        with pytest.raises(UnreadableRecording, match=told):
            read(table(tmp_path / "ap.csv", rows, head=head), format="netstar")


def test_two_columns_of_a_wide_table_can_be_the_ends(tmp_path):
    path = table(tmp_path / "x.csv", AMPLITUDE)
    a, b = read(path, a="3", b="5")
    assert (a.rssi.tolist(), b.rssi.tolist()) == (AMPLITUDE[:, 2].tolist(), AMPLITUDE[:, 4].tolist())
