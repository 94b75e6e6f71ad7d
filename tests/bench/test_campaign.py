"""A campaign: what is finished is not done again, what is not wanted is not shown, what is damaged is done again."""

import json
from functools import partial

import pyarrow.parquet as pq
import pytest

from samefade.bench import Campaign, Estimate, each, grid_of
from samefade.bench import campaign as campaigns
from samefade.bench.provenance import commit
from samefade.errors import CannotWrite

SMALL = {"schemes": ["raw", "golay"], "data": ["sim:carried"], "seeds": 4, "seconds": 40, "by": "row",
         "metrics": ["pearson", "bits"]}  # fmt: skip
HERE = partial(each, workers=1)


def run(out, **changes):
    """Compute a grid, and return the campaign and how many cells it computed."""
    campaign = Campaign(grid_of({**SMALL, **changes}), out)
    campaign.tidy()
    done = campaign.measure() + sum(len(task.cells) for task, _ in campaign.run(HERE))
    campaign.finish()
    return campaign, done


def answers(out):
    table = pq.read_table(out / "table.parquet").to_pylist()
    return [{name: row[name] for name in row if name not in {"wall_s", "source_s"}} for row in table]


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    out = tmp_path_factory.mktemp("grid")
    run(out)
    return out


def test_the_table_has_one_row_a_cell_with_its_provenance(finished):
    rows = answers(finished)
    assert [(row["data"], row["seed"], row["scheme"]) for row in rows] == [
        ("sim:carried", seed, scheme) for seed in (1, 2, 3, 4) for scheme in ("raw", "golay")
    ]
    assert {row["commit"] for row in rows} == {commit()}
    about = json.loads(pq.read_schema(finished / "table.parquet").metadata[b"samefade.bench"])
    assert about["grid"]["schemes"] == ["raw", "golay"]
    assert {"python", "numpy", "samefade"} <= set(about["made_by"][0])
    summary = json.loads((finished / "summary.json").read_text("utf-8"))
    assert summary["schema"] == "samefade.bench-summary/1"
    assert summary["summary"] == pq.read_table(finished / "summary.parquet").to_pylist()


def test_a_second_run_computes_nothing_and_a_larger_grid_only_what_is_new(finished):
    assert run(finished)[1] == 0
    before = answers(finished)
    campaign, done = run(finished, seeds=5, schemes=["raw", "fft"])
    assert done == 6  # fft on five worlds, raw on one
    rows = answers(finished)
    assert [row for row in rows if row["scheme"] == "raw"][:4] == [row for row in before if row["scheme"] == "raw"]
    assert {row["scheme"] for row in rows} == {"raw", "fft"}  # golay is kept in the parts, and out of the table
    assert len(campaign.rows) == 14
    assert run(finished)[1] == 0
    assert answers(finished) == before


def test_a_damaged_part_is_named_and_its_cells_are_computed_again(finished):
    before = answers(finished)
    part = next(
        part for part in (finished / "parts").glob("part-*") if before[0]["id"] in pq.read_table(part)["id"].to_pylist()
    )
    part.write_bytes(part.read_bytes()[:-9])
    campaign, done = run(finished)
    assert done > 0
    assert campaign.parts.damaged == [part.name]
    assert answers(finished) == before


def test_what_was_finished_when_the_rest_failed_is_kept(tmp_path):
    def failing(work, items):
        yield from ((i, work(item)) for i, item in enumerate(items[:2]))
        raise MemoryError

    campaign = Campaign(grid_of(SMALL), tmp_path)
    campaign.tidy()
    with pytest.raises(MemoryError):
        for _ in campaign.run(failing):
            pass
    assert len(Campaign(grid_of(SMALL), tmp_path).left()) == 4  # a source of unknown cost is a task: two of four are in


def test_forgetting_begins_anew_and_a_dry_run_leaves_nothing(tmp_path):
    campaign = Campaign(grid_of(SMALL), tmp_path / "dry")
    assert campaign.measure(keep=False) == 4
    estimate = campaign.estimate()
    assert (estimate.cells, estimate.unknown) == (8, 0)
    assert estimate.hours(2) == pytest.approx(estimate.seconds / 7200)
    assert not (tmp_path / "dry").exists()
    out = tmp_path / "wet"
    campaign, _ = run(out)
    campaign.forget()
    assert len(campaign.left()) == 8
    assert len(Campaign(grid_of(SMALL), out).left()) == 8


def test_another_release_of_samefade_computes_anew(finished, monkeypatch):
    monkeypatch.setattr("samefade.bench.grid.__version__", "99.0")
    assert len(Campaign(grid_of(SMALL), finished).left()) == 8


def test_json_has_no_number_that_is_not_one():
    assert campaigns.finite([{"a": float("nan"), "b": float("inf"), "c": 1.5, "d": None}]) == [
        {"a": None, "b": None, "c": 1.5, "d": None}
    ]


def test_a_disk_that_is_full_ends_what_is_still_computed_elsewhere(tmp_path, monkeypatch):
    """Else the processes would go on to the end of the grid before the error is seen."""
    ended = []

    def place(work, todo):
        try:
            for i, task in enumerate(todo):
                yield i, work(task)
        finally:
            ended.append(True)

    def full(*_):
        raise CannotWrite("part", "No space left on device")

    campaign = Campaign(grid_of(SMALL), tmp_path / "out")
    monkeypatch.setattr(campaign.parts, "add", full)
    with pytest.raises(CannotWrite) as held:  # which holds the frames, and all that they hold
        list(campaign.run(place))
    assert ended == [True]
    assert held.value.exit_code


def test_hours_are_shared_by_processes():
    assert Estimate(3, 7200.0, 0).hours(4) == 0.5
    assert Estimate(3, 7200.0, 0).hours(0) == 2.0
