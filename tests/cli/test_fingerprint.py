"""A recording is known again by its samples, in whatever file and form they are."""

from dataclasses import replace

import numpy as np
import pytest

from samefade.api import read
from samefade.cli.fingerprint import fingerprints
from samefade.files.converting import convert
from samefade.types import Recording


def logged(seed=1, packets=300, tones=5, **more):
    rng = np.random.default_rng(seed)
    raw = rng.integers(-128, 128, (packets, tones, 2)).astype(np.int8)
    rssi = rng.integers(-90, -30, packets)
    return Recording("b heard a", np.arange(packets) / 10, "host", raw, rssi, **more)


def test_what_a_conversion_may_change_does_not_count():
    one = logged()
    (first, second), complex_ = fingerprints([one]), one.csi
    changed = (
        {"raw": one.raw.astype(np.float32)},
        {"raw": one.raw[..., ::-1]},  # Q before I
        {"raw": complex_},
        {"raw": complex_.astype(np.complex128)},
        {"raw": np.abs(complex_.astype(np.complex128))},
        {"rssi": one.rssi.astype(np.float32)},
        {"time": one.time + 1e9, "clock": "declared", "device": "x", "seq": np.arange(300), "gain": np.ones(300)},
    )
    for each in changed:
        assert fingerprints([replace(one, **each)]) == (first, second), each.keys()
    assert fingerprints([replace(one, raw=None)]) == (second,)


def test_other_samples_are_another_recording():
    one = logged()
    raw, rssi = one.raw.copy(), one.rssi.copy()
    raw[150, 2, 0] ^= 1
    rssi[150] += 1
    known = set(fingerprints([one]))
    other = [
        replace(one, raw=raw, rssi=rssi),
        replace(one, raw=one.raw[:, :4], rssi=None),
        logged(2),
        logged(packets=299),
    ]
    assert known.isdisjoint(fingerprints(other))
    still = {"raw": None, "rssi": np.full(300, -60)}  # nothing to know it by
    assert fingerprints([replace(one, **still)]) == ()


@pytest.mark.parametrize("batch", [64, 1 << 16])
def test_long_recordings_are_gone_through_in_pieces(monkeypatch, batch):
    whole = fingerprints([logged()])
    monkeypatch.setattr("samefade.cli.fingerprint._ROWS", batch)
    assert fingerprints([logged()]) == whole


def test_the_container_of_a_log_is_that_log(tmp_path):
    pytest.importorskip("zarr", reason="the extra 'store' is not installed")
    from samefade import demo

    log = demo.paths()["a"]
    convert(log, tmp_path / "a.zarr.zip")
    assert fingerprints(read(log)) == fingerprints(read(tmp_path / "a.zarr.zip"))
    assert len(fingerprints(read(log))) >= 1
