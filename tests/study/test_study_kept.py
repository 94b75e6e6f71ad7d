"""Cells and results on disk: nothing is lost, nothing is taken for what it is not."""

import json
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samefade import reciprocity
from samefade.bench import Cell, Source, evaluate
from samefade.errors import CannotWrite, TooFewSamples
from samefade.study import provenance
from samefade.study.cells import KEPT, Cells
from samefade.study.figure import Result, Verdict
from samefade.study.lab import Lab
from samefade.study.packing import packed, unpacked
from samefade.study.provenance import ground
from samefade.study.shelf import Shelf

CELL = Cell(Source("sim:carried", 1, seconds=60), "raw", ("samples", "pearson"))
ABOUT = {"title": "t", "provenance": {"code": "c"}, "spec": {}, "identity": "i"}


def grid(tmp_path, cells, told=None, code="c", **options):
    kept = Cells(tmp_path, code, **options)
    lab = Lab(workers=1, cells=kept, told=told or (lambda *_: None))
    rows = lab.grid(cells)
    kept.close()
    return rows, lab.spent()


def without_time(rows):
    return [{name: value for name, value in row.items() if name not in ("wall_s", "source_s")} for row in rows]


def test_a_cell_is_evaluated_once_and_comes_back_as_it_was(tmp_path):
    cells = [CELL, replace(CELL, scheme="golay"), replace(CELL, scheme="wskg", metrics=("band_high_hz",)), CELL]
    first, spent = grid(tmp_path, cells)
    assert without_time(first) == without_time(evaluate(cells))
    assert (spent["cells_evaluated"], spent["cells_reused"]) == (3, 0)
    again, spent = grid(tmp_path, cells)
    assert again == first
    assert (spent["cells_evaluated"], spent["cells_reused"]) == (0, 4)
    assert spent["reused_s"] > 0
    assert spent["seeds"] == [1]


def test_other_metrics_of_a_known_cell_are_added_to_it(tmp_path):
    grid(tmp_path, [CELL])
    more = replace(CELL, metrics=("samples", "pearson", "jeffreys"))
    rows, spent = grid(tmp_path, [more])
    assert spent["cells_evaluated"] == 1
    assert without_time(rows) == without_time(evaluate([more]))
    kept = Cells(tmp_path, "c")
    assert kept.missing(more) is None
    assert kept.missing(replace(CELL, metrics=("pearson", "lag"))).metrics == ("lag",)
    kept.close()


@pytest.mark.parametrize(
    "other",
    [
        replace(CELL, source=replace(CELL.source, seed=2)),
        replace(CELL, source=replace(CELL.source, by="row")),
        replace(CELL, scheme="golay"),
        replace(CELL, minutes=0.2),
        replace(CELL, terms="oracle"),
        replace(CELL, trained=Source("sim:carried", 9, seconds=60)),
    ],
    ids=["seed", "by", "scheme", "minutes", "terms", "trained"],
)
def test_whatever_decides_a_cell_is_in_its_key(tmp_path, other):
    kept = Cells(tmp_path, "c")
    assert kept.key(other) != kept.key(CELL)
    kept.close()


def test_other_code_and_a_fresh_study_know_nothing_of_it(tmp_path):
    grid(tmp_path, [CELL])
    assert grid(tmp_path, [CELL], code="d")[1]["cells_evaluated"] == 1
    assert grid(tmp_path, [CELL], forget=True)[1]["cells_evaluated"] == 1
    assert grid(tmp_path, [CELL])[1]["cells_evaluated"] == 0


def test_a_line_that_was_cut_costs_its_cell_only(tmp_path):
    others = [CELL, replace(CELL, scheme="golay")]
    grid(tmp_path, others)
    (file,) = tmp_path.glob("cells-*.jsonl")
    file.write_bytes(file.read_bytes()[:-20])
    assert grid(tmp_path, others)[1]["cells_evaluated"] == 1
    assert grid(tmp_path, others)[1]["cells_evaluated"] == 0


def test_what_was_absent_is_looked_for_again_and_an_honest_refusal_is_kept(tmp_path, monkeypatch):
    monkeypatch.delenv("SAMEFADE_DATA", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    absent = Cell(Source("set:skyglow/mobile"), "raw", ("pearson",))
    short = replace(CELL, source=replace(CELL.source, seconds=1))
    for reused in (0, 1):
        rows, spent = grid(tmp_path, [absent, short])
        assert rows[0]["refusal"] == "DataUnavailable"
        assert rows[1]["refusal"] is not None
        assert spent["cells_reused"] == reused


@pytest.mark.parametrize("account_first", [True, False])
def test_whoever_asks_less_is_not_refused_with_who_asked_more(tmp_path, monkeypatch, account_first):
    def refuse(*_args, **_options):
        raise TooFewSamples(have=1, need=2)

    monkeypatch.setattr(reciprocity, "assess", refuse)  # the account cannot be had, the field's numbers can
    more = replace(CELL, metrics=("pearson", "secure_bits"))
    alone = without_time([*evaluate([CELL]), *evaluate([more])])
    assert [row["refusal"] for row in alone] == [None, "TooFewSamples"]
    assert without_time(evaluate([CELL, more])) == alone
    for _ in range(2):  # the second time all is there
        for cell in (more, CELL) if account_first else (CELL, more):
            (row,), spent = grid(tmp_path, [cell])
            assert without_time([row]) == [alone[cell is more]]
    assert spent["cells_evaluated"] == 0


def test_other_libraries_know_nothing_of_it(monkeypatch):
    before = ground("c")
    assert ground("c") == before != ground("d")
    monkeypatch.setattr(provenance, "versions", lambda: {"numpy": "99"})
    assert ground("c") != before


def test_a_full_disk_is_told(tmp_path, monkeypatch):
    def refuse(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", refuse)
    with pytest.raises(CannotWrite, match="No space left"):
        grid(tmp_path, [CELL])


def test_old_code_does_not_fill_the_disk(tmp_path):
    for i in range(KEPT + 3):
        Cells(tmp_path, f"code{i}").close()
    assert len(list(tmp_path.glob("cells-*"))) == KEPT


def test_a_result_comes_back_to_six_digits_with_its_arrays(tmp_path):
    rows = [{"x": 1, "y": np.pi, "z": None}, {"x": np.int64(2), "w": "ü | <b>", "y": float("nan")}]
    result = Result(rows, {"c": np.arange(4) * 1j}, ("absent",))
    Shelf(tmp_path).write("fig1", ABOUT, result)
    found = Shelf(tmp_path).read("fig1")
    assert found.result.rows == [{"x": 1, "y": 3.14159, "z": None}, {"x": 2, "w": "ü | <b>", "y": None}]
    assert found.result.notes == ("absent",)
    assert found.whole
    assert np.array_equal(found.result.arrays["c"], np.arange(4) * 1j)
    before = (tmp_path / "fig1.json").read_bytes(), (tmp_path / "fig1.npz").read_bytes()
    Shelf(tmp_path).write("fig1", ABOUT, result)
    assert before == ((tmp_path / "fig1.json").read_bytes(), (tmp_path / "fig1.npz").read_bytes())


def test_large_arrays_lie_apart_and_a_result_without_them_says_so(tmp_path):
    noise = np.random.default_rng(0).random(60_000)
    Shelf(tmp_path).write("fig1", ABOUT, Result([], {"noise": noise}))
    (tmp_path / "fig1.large.npz").unlink()
    assert not Shelf(tmp_path).read("fig1").whole


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"schema": "other/1"}', b"\xff"])
def test_a_damaged_result_is_none(tmp_path, damage):
    (tmp_path / "fig1.json").write_bytes(damage)
    assert Shelf(tmp_path).read("fig1") is None


@pytest.mark.parametrize(
    ("part", "other"),
    [(b'"rows": [\n[0', b'"rows": [\n[7'), (b'"rows": [\n[0', b'"rows": [\n[]'), (b'"same": [{', b'"same": [3,{')],
)
def test_a_table_that_a_merge_broke_is_none(tmp_path, part, other):
    Shelf(tmp_path).write("fig1", ABOUT, Result([{"x": 1, "y": 2}, {"x": 2, "y": 2}]))
    text = (tmp_path / "fig1.json").read_bytes()
    assert part in text
    (tmp_path / "fig1.json").write_bytes(text.replace(part, other))
    assert Shelf(tmp_path).read("fig1") is None


@given(where=st.integers(0, 10**6), flip=st.integers(1, 255), cut=st.booleans())
@settings(max_examples=60, deadline=None)
def test_damaged_arrays_are_none_and_never_other_arrays(tmp_path_factory, where, flip, cut):
    folder = tmp_path_factory.mktemp("shelf")
    arrays = {"c": np.arange(300) * 1j, "d": np.ones(3)}
    Shelf(folder).write("fig1", ABOUT, Result([], arrays))
    content = bytearray((folder / "fig1.npz").read_bytes())
    where %= len(content)
    if cut:
        del content[where:]
    else:
        content[where] ^= flip
    (folder / "fig1.npz").write_bytes(content)
    found = Shelf(folder).read("fig1")
    assert found is None or not found.whole or all(np.array_equal(found.result.arrays[k], v) for k, v in arrays.items())


def test_a_kill_amid_the_arrays_leaves_those_that_were_there(tmp_path, monkeypatch):
    shelf = Shelf(tmp_path)
    shelf.write("fig1", ABOUT, Result([], {"c": np.arange(4)}))
    monkeypatch.setattr(Path, "replace", lambda *_: (_ for _ in ()).throw(OSError(5, "gone")))
    for arrays in ({"c": np.arange(4)}, {"c": np.random.default_rng(0).random(60_000)}):
        with pytest.raises(CannotWrite):
            shelf.write("fig1", ABOUT, Result([], arrays))
    assert shelf.read("fig1").whole
    assert sorted(file.name for file in tmp_path.iterdir()) == ["fig1.json", "fig1.npz"]


def test_verdicts_are_written_only_when_they_change(tmp_path):
    shelf = Shelf(tmp_path)
    first = shelf.write("fig1", ABOUT, Result([{"x": 1}]))
    verdicts = {1: Verdict("holds", "why", {"here": "holds"})}
    shelf.judged(first, "t", verdicts)
    found = shelf.read("fig1")
    assert found.verdicts == verdicts
    written = (tmp_path / "fig1.json").stat().st_mtime_ns
    shelf.judged(found, "t", verdicts)
    assert (tmp_path / "fig1.json").stat().st_mtime_ns == written
    shelf.judged(found, "another title", verdicts)
    assert shelf.read("fig1").about["title"] == "another title"


Values = st.one_of(st.none(), st.booleans(), st.integers(-9, 9), st.sampled_from(["a", "ü|", "1"]), st.just(0.5))


@given(st.lists(st.dictionaries(st.sampled_from("abcd"), Values)))
def test_rows_of_any_columns_come_back_in_their_order(rows):
    kinds, lines = packed(rows)
    told = json.loads(json.dumps({**kinds, "rows": lines}))
    found = unpacked(told["columns"], told["same"], told["rows"])
    assert json.dumps(found) == json.dumps(rows)  # 1 is not true, and 0.5 is not "0.5"
