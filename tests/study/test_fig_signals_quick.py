"""Every figure about signals computes on minutes of a simulation, and is drawn from what was stored alone."""

from pathlib import Path

import numpy as np
import pytest

from samefade.study import Lab, Result
from samefade.study.folder import find

STUDY = find("wskg2025", Path(__file__).parents[2] / "study")
NAMES = ("fig02", "fig05", "fig06", "fig07", "fig08", "fig10", "fig11", "fig12", "fig13", "fig14")
FIG = {name: STUDY.load(name) for name in NAMES}
TINY = {"seeds": 1, "seconds": 240.0, "sets": [], "blocks": 1}


def tiny(name):
    spec = FIG[name].SPEC.values(quick=True) | TINY
    if name in ("fig07", "fig08"):
        spec |= {"rate": 2.0, "seconds": 600.0}
    return FIG[name].compute(spec, Lab(quick=True, workers=1))


@pytest.fixture(scope="module")
def computed():
    made = {}

    def once(name):
        return made[name] if name in made else made.setdefault(name, tiny(name))

    return once


@pytest.mark.parametrize("name", NAMES)
def test_it_computes_and_says_where_every_row_is_from(computed, name):
    found = computed(name)
    assert found.rows
    for row in found.rows:
        assert {"place", "role", "name", "world"} <= set(row)
        assert row.get("refusal") is None
        assert all(value is None or isinstance(value, str | int | float) for value in row.values())
    assert all(verdict.mark != "holds" for verdict in FIG[name].judge(found).values())  # one world proves nothing
    assert all(verdict.why.endswith(".") for verdict in FIG[name].judge(found).values())


@pytest.mark.parametrize("name", [name for name in NAMES if name not in ("fig13", "fig14")])  # drawn as figure 12 is
def test_it_is_drawn_from_stored_arrays(computed, name, tmp_path, monkeypatch):
    found = computed(name)
    np.savez(tmp_path / "arrays.npz", **{key.replace("/", "|"): value for key, value in found.arrays.items()})
    with np.load(tmp_path / "arrays.npz") as stored:
        arrays = {key.replace("|", "/"): stored[key] for key in stored.files}
    for module in ("samefade.wavelet", "samefade.channel"):  # what computes is out of reach
        monkeypatch.setattr(f"{module}.{'coherence' if 'wavelet' in module else 'simulate'}", None)
    drawn = FIG[name].draw(Result(found.rows, arrays))
    drawn.set_layout_engine("none")  # it takes seconds and is matplotlib's own
    drawn.savefig(tmp_path / "x.png", dpi=30)
    assert (tmp_path / "x.png").stat().st_size > 5_000
    assert any(axes.has_data() for axes in drawn.axes)


def test_the_same_specification_gives_the_same_rows(computed):
    assert tiny("fig06").rows == computed("fig06").rows


def test_panels_are_small_enough_to_keep(computed):
    arrays = computed("fig12").arrays
    powers = [value for key, value in arrays.items() if key.endswith(("/power", "/phase"))]
    assert len(powers) == 12
    assert all(value.dtype == np.float16 and value.shape[0] <= 120 and value.shape[1] <= 400 for value in powers)


def test_strangers_and_seeds_are_told_apart(computed):
    seen = computed("fig05").rows
    assert {(row["name"], row["chance"]) for row in seen} == {
        (name, chance) for name in ("los-short", "nlos-short", "nlos-long") for chance in (False, True)
    }


def test_a_recording_is_measured_where_there_is_one(data_dir, monkeypatch):
    monkeypatch.setenv("SAMEFADE_DATA", str(data_dir))
    spec = FIG["fig08"].SPEC.values(quick=True) | {"scenarios": [], "sets": ["skyglow/mobile"], "blocks": 1}
    found = FIG["fig08"].compute(spec, Lab(quick=True, workers=1))
    if not found.rows:
        pytest.skip(found.notes[0])
    (row,) = found.where(case="large", treatment="left open")
    assert row["zone_packets"] == pytest.approx(row["packets"], rel=0.25)
    (row,) = found.where(case="large", treatment="closed up")
    assert row["inspected_packets"] == row["packets"]


def test_an_absent_recording_is_named(monkeypatch, tmp_path):
    monkeypatch.setenv("SAMEFADE_DATA", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    spec = FIG["fig02"].SPEC.values(quick=True) | TINY | {"scenarios": ["los-short"], "sets": ["skyglow/mobile"]}
    found = FIG["fig02"].compute(spec, Lab(quick=True, workers=1))
    assert found.notes == ("skyglow/mobile is not here: SAMEFADE_DATA names a folder that holds it",)
    assert {row["name"] for row in found.rows} == {"los-short"}
