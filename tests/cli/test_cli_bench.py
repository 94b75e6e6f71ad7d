"""`samefade bench`, as a user types it, killed and taken up again."""

import os
import signal
import subprocess
import sys
import time

import pyarrow.parquet as pq
import pytest

SMALL = """
[grid]
schemes = ["raw", "golay"]
data = ["sim:carried", {name = "sim:static", label = "still <b>"}]
seeds = 3
seconds = 40
by = "row"
metrics = ["pearson", "key_rate_20", "lag"]
"""
LONG = SMALL.replace("seeds = 3", "seeds = 45")


@pytest.fixture
def grid(tmp_path):
    path = tmp_path / "grid.toml"
    path.write_text(SMALL, "utf-8")
    return path


def answers(out):
    table = pq.read_table(out / "table.parquet").drop_columns(["wall_s", "source_s"])
    return table.to_pylist()


def test_a_grid_becomes_a_table_a_summary_and_a_page(samefade, grid, tmp_path):
    seen = samefade("bench", grid, "--out", tmp_path / "out", "--workers", "1")
    assert seen.code == 0
    assert "12 cells: " in seen.err
    assert "hours" in seen.err
    assert "95 % interval" in seen.out
    assert "3 of 3" in seen.out
    page = (tmp_path / "out" / "leaderboard.html").read_text("utf-8")
    assert "still &lt;b&gt;" in page
    assert page.count("data:image/png") == 2  # of the three metrics two can be ranked
    assert len(answers(tmp_path / "out")) == 12


def test_json_is_one_object_and_a_second_run_computes_nothing(samefade, grid, tmp_path):
    first = samefade("bench", grid, "--out", tmp_path / "out", "--workers", "1", "--json").json
    assert (first["schema"], first["cells"], first["computed"], first["refused"]) == ("samefade.bench/1", 12, 12, 0)
    assert len(first["summary"]) == 2 * 2 * 3
    again = samefade("bench", grid, "--out", tmp_path / "out", "--json").json
    assert (again["finished_before"], again["computed"]) == (12, 0)
    assert again["summary"] == first["summary"]
    fresh = samefade("bench", grid, "--out", tmp_path / "out", "--workers", "1", "--fresh", "--json").json
    assert fresh["computed"] == 12


def test_a_dry_run_says_what_it_would_cost_and_writes_nothing(samefade, grid, tmp_path):
    told = samefade("bench", grid, "--out", tmp_path / "out", "--dry-run", "--workers", "2", "--json").json
    assert (told["cells"], told["finished"], told["to_compute"], told["workers"]) == (12, 0, 12, 2)
    assert told["hours"] == pytest.approx(told["core_seconds"] / 7200)
    assert 0 < told["core_seconds"] < 600
    assert not (tmp_path / "out").exists()
    assert "about" in samefade("bench", grid, "--out", tmp_path / "out", "--dry-run").out


@pytest.mark.parametrize(
    ("wrong", "said"),
    [('schemes = ["rawest"]', "rawest"), ('metric = "pearson"', "no key 'metric'"), ("seeds = -1", "seeds")],
)
def test_a_mistake_in_the_grid_is_told_before_anything_runs(samefade, grid, tmp_path, wrong, said):
    key = wrong.split()[0]
    kept = "\n".join(row for row in SMALL.splitlines() if not row.startswith(f"{key} "))
    grid.write_text(f"{kept}\n{wrong}\n", "utf-8")
    seen = samefade("bench", grid, "--out", tmp_path / "out", "--json")
    assert seen.code == 2
    assert said in seen.err
    assert seen.json["schema"] == "samefade.error/1"
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("module", "extra", "options"), [("pyarrow", "tables", ()), ("distributed", "cluster", ("--cluster", "local"))]
)
def test_a_missing_extra_is_named_before_anything_runs(samefade, grid, tmp_path, monkeypatch, module, extra, options):
    monkeypatch.setitem(sys.modules, module, None)
    seen = samefade("bench", grid, "--out", tmp_path / "out", *options)
    assert seen.code == 2
    assert f"samefade[{extra}]" in seen.err
    assert not (tmp_path / "out").exists()


def test_without_jinja_there_is_all_but_the_page(samefade, grid, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "jinja2", None)
    seen = samefade("bench", grid, "--out", tmp_path / "out", "--workers", "1", "--json")
    assert seen.code == 0
    assert "samefade[pages]" in seen.err
    assert sorted(seen.json["files"]) == ["summary.json", "summary.parquet", "table.parquet"]


def test_a_damaged_part_is_named(samefade, grid, tmp_path):
    samefade("bench", grid, "--out", tmp_path / "out", "--workers", "1")
    part = next((tmp_path / "out" / "parts").iterdir())
    part.write_bytes(b"nothing")
    seen = samefade("bench", grid, "--out", tmp_path / "out", "--workers", "1")
    assert f"{part.name} is damaged" in seen.err
    assert len(answers(tmp_path / "out")) == 12


def test_what_another_grid_was_refused_is_not_told_again(samefade, grid, tmp_path):
    short = 'schemes = ["raw"]\ndata = [{name = "sim:static", seconds = 0.3}, "sim:carried"]'
    grid.write_text(SMALL.replace('schemes = ["raw", "golay"]\n', "").replace(SMALL.splitlines()[3], short), "utf-8")
    first = samefade("bench", grid, "--out", tmp_path / "out", "--workers", "1", "--json").json
    assert (first["cells"], first["refused"]) == (6, 3)
    assert [one["data"] for one in first["refusals"]] == ["sim:static"]
    assert "says in words why" in samefade("bench", grid, "--out", tmp_path / "out", "--workers", "1").out
    grid.write_text(SMALL.replace(SMALL.splitlines()[3], 'data = ["sim:carried"]'), "utf-8")
    again = samefade("bench", grid, "--out", tmp_path / "out", "--workers", "1", "--json").json
    assert (again["cells"], again["finished_before"], again["refused"]) == (6, 3, 0)


def test_an_interrupt_says_what_is_kept(samefade, grid, tmp_path, monkeypatch):
    def interrupted(*_args):
        raise KeyboardInterrupt

    monkeypatch.setattr("samefade.bench.campaign.compute", interrupted)
    seen = samefade("bench", grid, "--out", tmp_path / "out", "--workers", "1")
    assert seen.code == 130
    assert "8 of 12 cells are kept" in seen.err
    assert "Traceback" not in seen.err


def test_a_run_that_is_killed_ends_with_the_same_table_as_one_that_is_not(samefade, grid, fast_path):
    grid.write_text(LONG, "utf-8")
    out, whole = fast_path / "killed", fast_path / "whole"
    kept = _killed(grid, out)
    told = samefade("bench", grid, "--out", out, "--workers", "1", "--json").json
    assert 0 < kept <= told["finished_before"] < told["cells"] == 180
    assert samefade("bench", grid, "--out", whole, "--workers", "1").code == 0
    assert answers(out) == answers(whole)


def _killed(grid, out):
    """Start a real run, kill it once some parts are there, and return how many rows those parts held."""
    command = [sys.executable, "-m", "samefade", "bench", str(grid), "--out", str(out), "--workers", "2"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as running:
        give_up = time.monotonic() + 600
        while len(list((out / "parts").glob("part-*"))) < 2 and time.monotonic() < give_up:  # one holds trials
            assert running.poll() is None
            time.sleep(0.01)
        os.kill(running.pid, signal.SIGKILL)
    return sum(len(pq.read_table(part)) for part in (out / "parts").glob("part-*"))


def test_help_has_examples(samefade):
    told = samefade("bench", "--help").out
    assert "samefade bench grid.toml --out results" in told
    assert "tcp://" in told
