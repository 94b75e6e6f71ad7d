"""Figure 19: the pipeline with pycwt is the same pipeline, the times add up, and claims follow the times."""

from pathlib import Path

import numpy as np
import pytest

from samefade.study import Lab, Result
from samefade.study.folder import find

pytestmark = pytest.mark.filterwarnings("ignore:Please import `hermitenorm`:DeprecationWarning")  # pycwt's import
STUDY = find("wskg2025", Path(__file__).parents[2] / "study")
FIG = STUDY.load("fig19")
COSTS = FIG.costs


@pytest.fixture(scope="module")
def record():
    return COSTS.hour("los-short", 1, 600)


@pytest.fixture(scope="module")
def result():
    spec = FIG.SPEC.values(quick=True) | {
        "seconds": 600, "blocks": [128, 2048], "schemes": ["raw", "golay", "wskg", "nobody"], "repeats": 2, "rounds": 1,
    }  # fmt: skip
    return FIG.compute(spec, Lab(quick=True, workers=1))


def test_both_transforms_find_nearly_the_same_band_and_signal(record):
    pytest.importorskip("pycwt")
    ours, theirs = (COSTS.Wskg(restore=engine.rule) for engine in (COSTS.OURS, COSTS.PYCWT))
    found = [scheme.agree(record.spoken.a, record.spoken.b) for scheme in (ours, theirs)]
    # pycwt's scales and widths are ours but for what wraps around and a wider boxcar over scales: half an octave
    assert found[1].band.high == pytest.approx(found[0].band.high, rel=0.42)
    a, b = (scheme.feature(record.kept.a, found[0]) for scheme in (ours, theirs))
    assert np.corrcoef(a.values[a.usable], b.values[b.usable])[0, 1] > 0.98
    np.testing.assert_array_equal(a.usable, b.usable)


def test_the_band_alone_gives_what_all_rows_give(record):
    pytest.importorskip("pycwt")
    x, rate = np.asarray(record.kept.a.values, dtype=float), record.pair.rate
    band = COSTS.Wskg().agree(record.spoken.a, record.spoken.b).band
    every, few = (COSTS.other_transform.within(x, rate, band, all_rows=all_rows) for all_rows in (True, False))
    np.testing.assert_allclose(few, every, atol=1e-9 * np.ptp(x))


def test_shares_of_a_block_add_up_and_keys_are_counted(result):
    for engine in {row["engine"] for row in result.where(kind="part")}:
        for n in (128, 2048):
            share = result.column("share", kind="part", engine=engine, samples=n)
            assert share.sum() == pytest.approx(1)
            key = result.where(kind="key", reading="block", engine=engine, samples=n)[0]
            assert key["keys"] == n // 128
            parts = result.column("ms", kind="part", engine=engine, samples=n).sum()
            assert key["ms"] == pytest.approx(parts / key["keys"])


def test_times_are_ordered_and_what_is_missing_is_told(result):
    for row in result.rows:
        if row["kind"] != "part":
            assert 0 < row["ms"] <= row["ms_low"] <= row["ms_median"] <= row["ms_high"]
    assert any("nobody" in note for note in result.notes)


def test_an_hour_costs_more_than_its_filters(result):
    hour, agreed = (result.column("ms", kind="key", reading=r, engine="samefade")[0] for r in ("hour", "agreed"))
    assert hour > 2 * agreed


def made(transform=80.0, search=5.0, golay=1e-4, key=5.0):
    """Rows of one engine on one block, an hour, and two schemes."""
    whole = transform + search + 15
    parts = {"transform": transform, "search": search, "inverse": 10.0, "lag": 3.0, "quantiser": 2.0}
    block = {"engine": "samefade", "samples": 8192, "keys": 64}
    times = dict.fromkeys(("ms", "ms_low", "ms_median", "ms_high"), key)
    return Result(
        [
            *({"kind": "part", **block, "part": p, "ms": ms, "share": ms / whole} for p, ms in parts.items()),
            {"kind": "key", "reading": "block", **block, **times},
            {"kind": "key", "reading": "hour", **block, **times},
            {"kind": "scheme", "scheme": "golay", "samples": 8192, "ms": golay, "ms_low": golay, "ms_high": golay},
            {"kind": "scheme", "scheme": "wskg", "samples": 8192, "ms": 1e-4, "ms_low": 1e-4, "ms_high": 1e-4},
        ]
    )


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, {53: "holds", 54: "holds", 55: "holds"}),
        ({"golay": 0.02}, {53: "differs", 54: "holds", 55: "holds"}),
        ({"search": 90.0}, {53: "holds", 54: "differs", 55: "holds"}),
        ({"transform": 4.0}, {53: "holds", 54: "differs", 55: "holds"}),
        ({"key": 500.0}, {53: "holds", 54: "holds", 55: "differs"}),
    ],
)
def test_claims_follow_the_times(changed, expected):
    assert {claim: verdict.mark for claim, verdict in FIG.judge(made(**changed)).items()} == expected


def test_the_picture_has_three_panels(result):
    figure = FIG.draw(result)
    figure.canvas.draw()
    assert len(figure.axes) == 3
    labels = [tick.get_text() for tick in figure.axes[0].get_yticklabels()]
    assert "raw" in labels
