"""Tasks: every cell in one of them, in order, and each worth sending; and what cells are thought to cost."""

from itertools import groupby

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samefade.bench import Source
from samefade.bench.cell import Cell
from samefade.bench.cost import Costs, kind, tried
from samefade.bench.grid import Planned
from samefade.bench.task import WORTH, compute, tasks


def plan(sources, schemes=("raw", "golay")):
    return [
        Planned(f"{source.name}{source.seed}{source.block}{scheme}", source.name, Cell(source, scheme, ("pearson",)))
        for source in sources
        for scheme in schemes
    ]


def costs(cell_s, pair_s, planned):
    known = Costs()
    known.learn(planned, {one.id: {"wall_s": cell_s, "source_s": pair_s} for one in planned})
    return known


SECONDS = st.floats(1e-4, 5, allow_nan=False)


@given(SECONDS, SECONDS, st.integers(1, 40), st.integers(1, 6))
@settings(max_examples=80, deadline=None)
def test_every_cell_is_in_one_task_in_order(cell_s, pair_s, worlds, schemes):
    planned = plan([Source("sim:static", seed) for seed in range(worlds)], [f"s{i}" for i in range(schemes)])
    made = tasks(planned, costs(cell_s, pair_s, planned))
    assert [cell for task in made for cell in task.cells] == [(one.id, one.cell) for one in planned]
    for task in made[:-1]:
        pieces = len({cell.source for _, cell in task.cells})
        assert task.seconds == pytest.approx(len(task.cells) * cell_s + pieces * pair_s)
        assert task.seconds >= WORTH
        assert task.seconds <= WORTH + 5 * pair_s + cell_s + min(1, cell_s) * schemes + 1e-9


@given(SECONDS, SECONDS, st.integers(1, 12), st.integers(1, 30))
@settings(max_examples=60, deadline=None)
def test_pairs_are_made_again_for_a_quarter_of_the_cells_time_at_the_most(cell_s, pair_s, worlds, schemes):
    planned = plan([Source("sim:static", seed) for seed in range(worlds)], [f"s{i}" for i in range(schemes)])
    made = tasks(planned, costs(cell_s, pair_s, planned))
    again = sum(len({cell.source for _, cell in task.cells}) for task in made) - worlds
    assert again * pair_s <= 0.25 * len(planned) * cell_s + 1e-9


def test_ten_thousand_tiny_cells_are_some_hundreds_of_tasks():
    planned = plan([Source("sim:static", seed) for seed in range(5000)])
    assert 100 < len(tasks(planned, costs(0.02, 0.01, planned[:2]))) < 300


def test_a_source_of_unknown_cost_is_a_task_of_its_own():
    planned = plan([Source("sim:static", seed) for seed in range(3)])
    assert [len(task.cells) for task in tasks(planned, Costs())] == [2, 2, 2]


def test_cells_that_differ_in_seed_and_block_alone_cost_alike():
    a, b = (Cell(Source("sim:static", seed, block=seed, blocks=3), "raw") for seed in (0, 2))
    assert kind(a) == kind(b)
    assert kind(a) != kind(Cell(Source("sim:static", 0, blocks=3), "golay"))


def test_two_sources_of_every_kind_are_tried_and_the_second_counts():
    sources = [Source(name, seed, by="row", seconds=20) for name in ("sim:static", "sim:carried") for seed in range(4)]
    planned, known = plan(sources), Costs()
    rows = tried(planned, known)
    assert [row["id"] for row in rows] == [one.id for one in planned if one.cell.source.seed < 2]
    assert known.of(planned)[1] == 0
    assert known.of_cell(planned[0].cell) == rows[2]["wall_s"]
    assert tried(planned, known) == []
    assert known.of(planned)[0] == pytest.approx(
        4 * sum(row["wall_s"] for row in rows if row["seed"] == 1)
        + 4
        * sum(next(group)["source_s"] for _, group in groupby((r for r in rows if r["seed"] == 1), lambda r: r["name"]))
    )


def test_a_task_computes_its_rows_with_their_ids():
    planned = plan([Source("sim:carried", 1, by="row", seconds=30), Source("sim:carried", 2, by="row", seconds=30)])
    (task,) = tasks(planned, costs(0.001, 0.001, planned))
    rows = compute(task)
    assert [(row["id"], row["seed"], row["scheme"]) for row in rows] == [
        (one.id, one.cell.source.seed, one.cell.scheme) for one in planned
    ]
    assert all(row["refusal"] is None for row in rows)
