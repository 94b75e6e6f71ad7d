"""Pair the public recordings and compare with the correlations of all their rows (raw r, zero lag)."""

import numpy as np
import pytest

from samefade import files
from samefade.observe import interpolate, pair


def r(x, y):
    return float(np.corrcoef(x, y)[0, 1])


@pytest.mark.parametrize(
    ("folder", "ends", "eve", "expected"),
    [
        ("office-los", "data3_upto5", "data3_eave_upto5", 0.982),
        ("office-nlos", "data_NLOS", "data_eave_NLOS", 0.989),
        ("mobile", "data_mobile_1", "data_eave_mobile_1", 0.989),
        ("outdoor-mobile", "data_mobile_1", "data_eave_mobile_1", 0.974),
    ],
)
def test_skyglow(data_dir, folder, ends, eve, expected):
    a, b = files.read(data_dir / "skyglow" / folder / f"{ends}.mat")
    heard = files.read(data_dir / "skyglow" / folder / f"{eve}.mat")
    made = pair(a, b, heard)
    assert len(made) == pytest.approx(len(a), rel=0.01)
    assert made.a.mask.mean() > 0.9
    # the grid drops some packets and fills gaps: the published value is of all rows
    assert r(made.a.values, made.b.values) == pytest.approx(expected, abs=0.003)
    assert made.e is not None
    best = max(abs(r(made.a.values, column)) for column in made.e.values.T)
    assert best == pytest.approx(0.82, abs=0.02) if folder == "outdoor-mobile" else best < 0.35


def test_lora_indoor_half_duplex(data_dir):
    a, b = (files.read(data_dir / "lora-indoor" / f"{n}_rssi.csv", sign=-1, rate=1.65)[0] for n in ("alice", "bob"))
    made = pair(a, b)
    assert made.matching == "sequence number: 2000 of 2000 and 2000 packets"
    assert made.a.mask.all()
    assert r(made.a.values, made.b.values) == pytest.approx(0.846, abs=0.001)
    undone = interpolate(made)
    assert r(undone.a.values, undone.b.values) == pytest.approx(0.901, abs=0.001)


def test_bluetooth_sounding(data_dir):
    a, b = (files.read(data_dir / "ble-channel-sounding" / f"{n}.txt")[0] for n in ("ini", "ref"))
    made = pair(a, b)
    assert made.matching.startswith("sequence number: 62 of")
    both = made.a.mask & made.b.mask
    assert np.count_nonzero(both) == 62
    tones = pair(a, b, all_tones=True)
    mean = [r(x[both], y[both]) for x, y in zip(tones.a.values.T, tones.b.values.T, strict=True)]
    assert np.median(mean) > 0.98
