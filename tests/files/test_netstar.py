"""Tables of amplitudes and phases without header, as the 2025 paper's data set is published."""

import numpy as np
import pytest

from samefade.errors import OutOfRange, UnreadableRecording
from samefade.files import read

RNG = np.random.default_rng(11)
AMPLITUDE = RNG.uniform(1, 40, (12, 64))
PHASE = RNG.uniform(-np.pi, np.pi, (12, 64))


def table(path, values, *extra):
    rows = [",".join(repr(float(x)) for x in row) for row in values]
    path.write_text("\n".join([*rows, *extra]) + "\n")
    return path


def test_amplitudes_alone_stay_real(tmp_path):
    (heard,) = read(table(tmp_path / "ap.LoS_ShortRange_1_amplitudes.csv", AMPLITUDE))
    assert heard.device == "AP"
    assert np.array_equal(heard.raw, AMPLITUDE)
    assert heard.csi is None
    assert heard.time == pytest.approx(np.arange(12) / 10)
    assert heard.clock == "declared rate, 10 Hz"


@pytest.mark.parametrize("unit", [1.0, 180 / np.pi])
def test_phases_behind_them_make_complex_values(tmp_path, unit):
    path = table(tmp_path / "sta.LoS_ShortRange_1_amplitudes_phases.csv", np.hstack([AMPLITUDE, unit * PHASE]))
    (heard,) = read(path, rate=20)
    assert (heard.device, heard.raw.shape) == ("STA", (12, 64))
    assert heard.raw == pytest.approx(AMPLITUDE * np.exp(1j * PHASE), abs=1e-9)
    assert heard.time[-1] == pytest.approx(11 / 20)


def test_bad_rows_leave_gaps_and_counts(tmp_path):
    rows = [",".join(map(str, row)) for row in AMPLITUDE]
    rows[3] = rows[3].replace(rows[3].split(",")[5], "nan")
    rows[5] = "1,2,3"
    rows[7] = ""
    rows[9] = "# note"
    path = tmp_path / "ap.csv"
    path.write_text("\n".join(["a,b,c", *rows]))
    (heard,) = read(path, format="netstar")
    assert dict(heard.dropped) == {"header": 1, "not a number": 2, "blank": 1, "wrong number of columns": 1}
    assert len(heard) + sum(heard.dropped.values()) == 13
    assert heard.time == pytest.approx(np.array([0, 1, 2, 4, 6, 7, 9, 10]) / 10)  # the blank line was no packet


def test_constant_columns_are_named(tmp_path):
    values = AMPLITUDE.copy()
    values[:, [0, 5]] = 0.0
    (heard,) = read(table(tmp_path / "ap.csv", values))
    assert heard.about["null tones"] == "0 5"


def test_negative_amplitudes_are_refused(tmp_path):
    values = AMPLITUDE.copy()
    values[2, 3] = -5
    with pytest.raises(UnreadableRecording, match="negative"):
        read(table(tmp_path / "ap.csv", values))


def test_options_that_make_no_sense_are_refused(tmp_path):
    path = table(tmp_path / "ap.csv", AMPLITUDE[:, :63])
    with pytest.raises(OutOfRange):
        read(path, phases=True)
    with pytest.raises(OutOfRange):
        read(path, rate=0)


def test_nothing_but_text_is_refused(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("hello\nworld\n")
    with pytest.raises(UnreadableRecording):
        read(path, format="netstar")
