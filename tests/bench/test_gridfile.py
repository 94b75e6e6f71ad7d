"""A grid file: what it may hold, the cells that it makes, and a sentence for everything that is wrong in it."""

from pathlib import Path

import pytest

from samefade.bench import ALL, FIELD, Source, WrongGrid, grid_of, read_grid
from samefade.errors import DataUnavailable, OutOfRange, UnknownName, UnreadableRecording

LEAST = {"schemes": ["raw", "golay-nosync"], "data": ["sim:los-short"]}
MINE = """
from samefade.schemes import Raw


class Mine(Raw):
    pass
"""


def test_schemes_data_seeds_and_blocks_make_every_cell_once_beside_those_of_its_source():
    grid = grid_of({**LEAST, "seeds": 3, "data": ["sim:los-short", {"name": "sim:static", "blocks": 2, "seeds": [7]}]})
    planned = grid.planned()
    where = [(one.label, one.cell.source.seed, one.cell.source.block, one.cell.scheme) for one in planned]
    assert where == [
        *[("sim:los-short", seed, 0, scheme) for seed in (1, 2, 3) for scheme in LEAST["schemes"]],
        *[("sim:static", 7, block, scheme) for block in (0, 1) for scheme in LEAST["schemes"]],
    ]
    assert len({one.id for one in planned}) == len(planned)


def test_what_a_line_of_data_says_goes_before_what_the_grid_says():
    line = {"name": "sim:static", "label": "still", "seconds": 40, "by": "sequence", "all_tones": True}
    grid = grid_of({**LEAST, "data": ["sim:los-short", line], "seconds": 90, "by": "row", "tone": 9, "seeds": [4, 2]})
    assert grid.data[0].source == Source("sim:los-short", by="row", seconds=90, tone=9)
    assert grid.data[1].source == Source("sim:static", by="sequence", seconds=40, tone=9, all_tones=True)
    assert [place.label for place in grid.data] == ["sim:los-short", "still"]
    assert [source.seed for source in grid.data[1].sources()] == [4, 2]


def test_metrics_are_the_fields_or_all_or_those_named():
    assert grid_of(LEAST).metrics == FIELD
    assert grid_of({**LEAST, "metrics": "all"}).metrics == ALL
    assert grid_of({**LEAST, "metrics": ["pearson", "secure_rate"]}).metrics == ("pearson", "secure_rate")


def test_terms_may_be_learnt_on_another_world_but_not_on_one_of_the_grid():
    trained = grid_of({**LEAST, "seeds": 2, "seconds": 50, "trained": "sim:los-short"}).trained
    assert trained == Source("sim:los-short", seed=0, seconds=50)
    with pytest.raises(OutOfRange, match="trained"):
        grid_of({**LEAST, "seeds": 2, "trained": {"name": "sim:los-short", "seed": 2}})


def test_terms_are_not_learnt_on_a_record_of_the_grid_under_another_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("two", "same"):
        (tmp_path / f"{name}.csv").write_text("a,b\n1,2\n", "utf-8")
    (tmp_path / "other.csv").write_text("a,b\n1,3\n", "utf-8")
    grid = {**LEAST, "data": ["files:two.csv"]}
    for name in ("files:./two.csv", f"files:{tmp_path}/two.csv", "files:same.csv"):
        with pytest.raises(OutOfRange, match="trained"):
            grid_of({**grid, "trained": name})
    assert grid_of({**grid, "trained": "files:other.csv"}).trained is not None


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"scheme": ["raw"]}, "no key 'scheme'"),
        ({"schemes": []}, "schemes of"),
        ({"schemes": ["raw", "raw"]}, "schemes of"),
        ({"schemes": "raw"}, "schemes of"),
        ({"data": []}, "data of"),
        ({"data": [3]}, "data of"),
        ({"data": [{"blocks": 2}]}, "lacks name"),
        ({"data": [{"name": "sim:static", "block": 2}]}, "no key 'block'"),
        ({"data": [{"name": "sim:static", "blocks": 0}]}, "blocks of"),
        ({"data": ["sim:static", "sim:static"]}, "give each a label"),
        ({"seeds": 0}, "seeds of"),
        ({"seeds": 10**12}, "seeds of"),
        ({"data": [{"name": "sim:static", "blocks": 10**12}]}, "blocks of"),
        ({"seeds": True}, "seeds of"),
        ({"seeds": [1, 1]}, "seeds of"),
        ({"seeds": [-1]}, "seeds of"),
        ({"seconds": -3}, "seconds of"),
        ({"seconds": float("nan")}, "seconds of"),
        ({"minutes": "2"}, "minutes of"),
        ({"by": "guess"}, "by of"),
        ({"tone": 1.5}, "tone of"),
        ({"all_tones": 1}, "all_tones of"),
        ({"terms": "prophet"}, "terms of"),
        ({"metrics": "most"}, "metrics of"),
        ({"metrics": [1]}, "metrics of"),
        ({"trained": 4}, "trained of"),
        ({"trained": {"seed": 1}}, "trained lacks name"),
    ],
)
def test_a_wrong_value_is_named_with_what_it_should_be(wrong, said, tmp_path):
    path = tmp_path / "grid.toml"
    path.write_text("[grid]\n" + "".join(f"{k} = {_toml(v)}\n" for k, v in {**LEAST, **wrong}.items()), "utf-8")
    with pytest.raises(WrongGrid) as told:
        read_grid(path)
    assert said in str(told.value)
    assert str(path) in str(told.value)


def _toml(value):
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k} = {_toml(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else repr(value)


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"schemes": ["rawest"]}, UnknownName),
        ({"schemes": ["absent.py:Mine"]}, UnreadableRecording),
        ({"data": ["sim:moon"]}, UnknownName),
        ({"data": ["disk:moon"]}, UnknownName),
        ({"data": ["set:moon"]}, UnknownName),
        ({"data": ["files:absent.csv"]}, UnreadableRecording),
        ({"data": ["files:a.csv,b.csv,e.csv"]}, OutOfRange),
        ({"data": ["files:a.csv,"]}, OutOfRange),
        ({"metrics": ["beauty"]}, UnknownName),
        ({"trained": "sim:moon"}, UnknownName),
    ],
)
def test_a_name_that_nothing_has_is_refused_before_anything_runs(wrong, error):
    with pytest.raises(error):
        grid_of({**LEAST, **wrong})


def test_a_public_set_that_is_not_here_is_refused_before_anything_runs(monkeypatch, tmp_path):
    monkeypatch.setenv("SAMEFADE_DATA", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with pytest.raises(DataUnavailable):
        grid_of({**LEAST, "data": ["set:skyglow/mobile"]})


@pytest.mark.parametrize("text", ["", "[grid", "[grid]\n[other]\n", "grid = 3", "\udcff"])
def test_what_is_no_grid_is_refused(text, tmp_path):
    path = tmp_path / "grid.toml"
    path.write_text(text, encoding="utf-8", errors="surrogateescape")
    with pytest.raises(WrongGrid):
        read_grid(path)
    with pytest.raises(WrongGrid):
        read_grid(tmp_path / "absent.toml")


def test_a_record_has_blocks_and_no_seeds(tmp_path):
    two = tmp_path / "two.csv"
    two.write_text("a,b\n1,2\n", "utf-8")
    name = f"files:{two}"
    grid = grid_of({**LEAST, "data": [{"name": name, "blocks": 2}], "seeds": 5, "seconds": 30})
    assert [(s.seed, s.block, s.seconds) for s in grid.data[0].sources()] == [(0, 0, None), (0, 1, None)]
    for own in ({"seeds": 2}, {"seconds": 3}):
        with pytest.raises(Exception, match="record"):
            grid_of({**LEAST, "data": [{"name": name, **own}]})


def ids(**changes):
    return [one.id for one in grid_of({**LEAST, **changes}).planned()]


def test_the_same_question_has_the_same_identity_whatever_it_is_called():
    assert ids(data=[{"name": "sim:los-short", "label": "home"}]) == ids()
    assert set(ids(seeds=2)) > set(ids(seeds=1))
    for other in ({"seconds": 30}, {"by": "row"}, {"metrics": ["pearson"]}, {"minutes": 2}, {"trained": "sim:static"},
                  {"terms": "oracle"}, {"tone": 7}, {"all_tones": True}):  # fmt: skip
        assert not set(ids(**other)) & set(ids())


def test_another_content_of_a_file_is_another_cell(tmp_path):
    record, scheme = tmp_path / "two.csv", tmp_path / "mine.py"
    told = []
    for rows, code in (("1,2\n", MINE), ("1,3\n", MINE), ("1,2\n", MINE + "# changed\n"), ("1,2\n", MINE)):
        record.write_text(f"a,b\n{rows}", "utf-8")
        scheme.write_text(code, "utf-8")
        told.append(tuple(ids(schemes=[f"{scheme}:Mine"], data=[f"files:{record}"])))
    assert told[0] == told[3]
    assert len(set(told)) == 3


def test_the_grid_knows_what_another_machine_must_have(tmp_path):
    record, scheme = tmp_path / "two.csv", tmp_path / "mine.py"
    record.write_text("a,b\n1,2\n", "utf-8")
    scheme.write_text(MINE, "utf-8")
    needed = grid_of({"schemes": ["raw", f"{scheme}:Mine"], "data": ["sim:static", f"files:{record}"]}).needed()
    assert needed.missing() is None
    record.write_text("a,b\n1,22\n", "utf-8")
    assert "something else" in needed.missing()
    record.write_text("a,b\n1,2\n", "utf-8")
    scheme.write_text(MINE + "\n# other\n", "utf-8")
    assert "another file" in needed.missing()
    scheme.unlink()
    assert "mine.py" in needed.missing()
    Path(record).unlink()
    assert "two.csv" in needed.missing()
