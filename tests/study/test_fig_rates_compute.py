"""Figures 3, 4, 16, 17 and 18 computed on minutes of a simulation: one grid, and pictures from what was stored."""

import json
from importlib import import_module
from pathlib import Path

import pytest

from samefade import bench, schemes
from samefade.study import Lab, Result
from samefade.study.folder import find

STUDY = find("wskg2025", Path(__file__).parents[2] / "study")
NAMES = ("fig03", "fig04", "fig16", "fig17", "fig18")
FIG = {name: STUDY.load(name) for name in NAMES}
grid = import_module("wskg2025.grid")
TINY = {
    "scenarios": ["los-short", "nlos-long"], "seeds": 1, "seconds": 150, "sets": [], "controls": [], "accounts": 0,
    "learned": 0,
}  # fmt: skip


class Kept(Lab):
    """A laboratory that evaluates every cell once, as the study's own does."""

    def __init__(self):
        super().__init__(quick=True, workers=1)
        self.rows, self.asked = {}, 0

    def grid(self, cells, label="cells"):
        self.asked += len(cells)
        left = [cell for cell in dict.fromkeys(cells) if cell not in self.rows]
        self.rows |= dict(zip(left, super().grid(left, label), strict=True))
        return [self.rows[cell] for cell in cells]


@pytest.fixture(scope="module")
def computed():
    lab = Kept()
    return {name: FIG[name].compute(FIG[name].SPEC.values(quick=True) | TINY, lab) for name in reversed(NAMES)}, lab


def test_all_five_figures_ask_for_the_same_cells(computed):
    found, lab = computed
    assert len(lab.rows) == len(found["fig18"].rows)  # every other figure took its cells from there
    assert lab.asked > 3 * len(lab.rows)
    assert {FIG[name].SPEC.full == grid.FULL for name in NAMES} == {True}


def test_every_row_says_where_it_is_from_and_carries_the_honest_columns(computed):
    found, _ = computed
    for row in found["fig16"].where(kind="cell"):
        assert {"place", "role", "arm", "world", "name", "seed", "pearson", "coherence_area", "lag"} <= set(row)
        assert "/" not in row["scheme"]
    assert {row["arm"] for row in found["fig16"].where(kind="cell")} >= {
        "wskg, oracle",
        "wskg, to the letter",
        "strata",
    }
    json.dumps(found["fig16"].rows)


def test_the_oracle_and_the_protocol_are_never_one_row(computed):
    found, _ = computed
    assert {row["terms"] for row in found["fig16"].where(kind="cell", arm="wskg")} == {"learnt"}
    assert {row["terms"] for row in found["fig16"].where(kind="cell", arm="wskg, oracle")} == {"oracle"}


def test_orderings_stand_beside_the_cells(computed):
    found, _ = computed
    rows = found["fig16"].where(kind="ordering")
    assert {row["direction"] for row in rows} == {"too few pairs"}
    assert {row["mark"] for row in rows} == {"cannot be tested"}


@pytest.mark.parametrize("name", NAMES)
def test_one_seed_proves_nothing(computed, name):
    verdicts = FIG[name].judge(computed[0][name])
    assert {verdict.mark for verdict in verdicts.values()} == {"cannot be tested"}


@pytest.mark.parametrize("name", NAMES)
def test_it_is_drawn_from_stored_rows_alone(computed, name, tmp_path, monkeypatch):
    stored = Result(json.loads(json.dumps(computed[0][name].rows)))

    def never(*_args, **_more):
        pytest.fail("drawing computes")

    monkeypatch.setattr("samefade.study.lab.evaluate", never)
    monkeypatch.setattr("samefade.bench.Source.pair", never)
    drawn = FIG[name].draw(stored)
    drawn.set_layout_engine("none")  # it takes a second and is matplotlib's own
    drawn.savefig(tmp_path / "x.png", dpi=30)
    assert any(axes.has_data() for axes in drawn.axes)


def test_a_scheme_that_is_not_installed_becomes_a_note(monkeypatch):
    known = {name: scheme for name, scheme in schemes.schemes().items() if name not in grid.LEARNED}
    monkeypatch.setattr("wskg2025.grid.schemes.schemes", lambda: known)
    spec = FIG["fig16"].SPEC.values(quick=True) | TINY | {"learned": 1, "scenarios": ["los-short"], "seconds": 120}
    rows, notes = grid.table(spec, Lab(quick=True, workers=1), ("raw", "bcfl, once"))
    assert [row["arm"] for row in rows] == ["raw"]
    assert any("bcfl" in note for note in notes)


def test_a_learned_scheme_is_trained_on_another_record():
    spec = grid.FULL | {"scenarios": ["los-short"], "sets": [], "controls": [], "seeds": 2}
    found, _ = grid.worlds(spec, Lab(workers=1))
    cells = [cell for cell, about in grid.cells(spec, found, grid.ARMS) if about["arm"] == "autoencoder, once"]
    assert {cell.source.seed for cell in cells} == {0, 1}
    assert {cell.trained for cell in cells} == {bench.Source("sim:los-short", grid.ELSEWHERE, by="row")}


def test_the_letter_is_the_papers_range():
    letter = schemes.find(grid.LETTER)
    assert letter.restore.longest_run is False
    assert schemes.find("wskg").restore.longest_run is True
