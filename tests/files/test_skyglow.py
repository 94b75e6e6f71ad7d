"""The MATLAB files of SkyGlow: both ends in one, Eve in another."""

import numpy as np
import pytest
from scipy.io import loadmat, savemat

from samefade.errors import UnreadableRecording
from samefade.files import read
from samefade.files.skyglow import READER


def test_dates_become_seconds(tmp_path):
    stamps = [[2016, 2, 28, 23, 59, 59.5], [2016, 2, 29, 0, 0, 0.25], [2016, 3, 1, 0, 0, 0]]
    savemat(tmp_path / "data_x.mat", {"A": np.array([[-60, -61]] * 3, np.int16), "T": np.array(stamps)})
    alice, bob = read(tmp_path / "data_x.mat")
    expected = np.array(["2016-02-28T23:59:59.500", "2016-02-29T00:00:00.250", "2016-03-01T00:00:00"], "datetime64[ms]")
    assert alice.time == pytest.approx(expected.astype(np.int64) / 1000, abs=1e-6)
    assert (alice.device, bob.device) == ("Alice", "Bob")
    assert (alice.rssi[0], bob.rssi[0]) == (-60, -61)
    assert alice.seq.tolist() == bob.seq.tolist() == [0, 1, 2]


def test_rows_without_date_or_value_are_counted(tmp_path):
    stamps = np.array([[2016, 2, 28, 23, 59, s] for s in (1.0, np.nan, 3.0, 4.0)])
    stamps[3, 1] = 13
    levels = np.array([[-60.0, -61], [-60, -61], [np.nan, -61], [-60, -61]])
    savemat(tmp_path / "d.mat", {"A": levels, "T": stamps})
    alice, bob = read(tmp_path / "d.mat")
    assert dict(alice.dropped) == {"no valid date": 2, "not a number": 1}
    assert (alice.seq.tolist(), bob.seq.tolist()) == ([0], [0, 2])


@pytest.mark.parametrize(
    "content",
    [
        {"A": np.zeros((3, 3)), "T": np.zeros((3, 6))},
        {"A": np.zeros((3, 2)), "T": np.zeros((2, 6))},
        {"A": np.zeros((3, 2))},
        {"A": np.array(["text"] * 2), "T": np.zeros((2, 6))},
        {"A": np.zeros((2, 2)), "T": np.zeros((2, 6))},
        {"A": np.zeros((0, 2)), "T": np.zeros((0, 6))},
    ],
)
def test_other_matlab_files_are_refused(tmp_path, content):
    path = tmp_path / "x.mat"
    savemat(path, content)
    with pytest.raises(UnreadableRecording):
        read(path)


@pytest.mark.parametrize("cut", [19, 150, 400])
def test_a_cut_file_is_refused(tmp_path, cut):
    path = tmp_path / "x.mat"
    savemat(path, {"A": np.zeros((30, 2)), "T": np.zeros((30, 6))})
    path.write_bytes(path.read_bytes()[:cut])
    assert not READER.can_read(path)
    with pytest.raises(UnreadableRecording):
        READER.read(path)


@pytest.mark.parametrize(
    ("name", "rows", "r"),
    [
        ("office-los/data3_upto5.mat", 100_500, 0.982),
        ("office-nlos/data_NLOS.mat", 87_300, 0.989),
        ("mobile/data_mobile_1.mat", 19_413, 0.989),
        ("outdoor-mobile/data_mobile_1.mat", 6_745, 0.974),
    ],
)
def test_both_ends_correlate_as_published(data_dir, name, rows, r):
    alice, bob = read(data_dir / "skyglow" / name)
    assert (len(alice), len(bob)) == (rows, rows)
    assert (np.diff(alice.time) > 0).all()
    assert np.corrcoef(alice.rssi, bob.rssi)[0, 1] == pytest.approx(r, abs=5e-4)


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("office-los/data3_eave_upto5.mat", 99_560),
        ("office-nlos/data_eave_NLOS.mat", 87_056),
        ("mobile/data_eave_mobile_1.mat", 19_368),
        ("outdoor-mobile/data_eave_mobile_1.mat", 6_213),
    ],
)
def test_eve_has_two_columns_and_no_sequence(data_dir, name, rows):
    path = data_dir / "skyglow" / name
    first, second = read(path)
    assert (first.device, second.device) == ("Eve, column 1", "Eve, column 2")
    assert (len(first), first.seq) == (rows, None)
    assert np.array_equal(np.column_stack([first.rssi, second.rssi]), loadmat(path)["A"])
