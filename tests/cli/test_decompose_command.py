"""`samefade decompose`, as a user types it."""

import numpy as np
import pytest

from samefade.reciprocity import OPERATORS


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    """A two-ended RSSI table: shared shadowing and fading, noise of their own."""
    rng, n = np.random.default_rng(1), 800
    shared = -80 + np.cumsum(rng.normal(size=n)) * 0.5 + 3 * rng.normal(size=n)
    path = tmp_path_factory.mktemp("rssi") / "both.csv"
    rows = zip(*(shared + rng.normal(size=n) for _ in "ab"), strict=True)
    path.write_text("device,gateway\n" + "".join(f"{a:.2f},{b:.2f}\n" for a, b in rows), encoding="utf-8")
    return path


def given(table):
    return table, "--column-a", "device", "--column-b", "gateway", "--rate", "0.1"


def test_every_operator_has_its_lines_and_the_numbers_are_explained(samefade, table, tmp_path):
    seen = samefade("decompose", *given(table), "--plot", tmp_path / "parts.png")
    assert seen.code == 0, seen.err
    for name in OPERATORS:
        assert sum(line.startswith(name + " ") for line in seen.out.splitlines()) >= 1, name
    assert "no key rate" in seen.out
    assert (tmp_path / "parts.png").read_bytes().startswith(b"\x89PNG")


def test_json_holds_each_part(samefade, table, tmp_path):
    told = samefade(
        "decompose", *given(table), "--operator", "moving average", "--picture", tmp_path / "p.svg", "--json"
    )
    assert told.json["schema"] == "samefade.decompose/1"
    assert [row["part"] for row in told.json["rows"]] == ["whole", *["large", "small"] * 4]
    assert told.json["rows"][0]["eve"] is None
    assert (tmp_path / "p.svg").exists()


def test_an_operator_that_is_not_there_is_named_with_those_that_are(samefade, table):
    seen = samefade("decompose", *given(table), "--operator", "magic")
    assert seen.code == 2
    assert "moving average 5" in seen.err


def test_a_refused_operator_is_said_below_the_table(samefade, table, tmp_path):
    short = tmp_path / "short.csv"
    short.write_text("".join(table.read_text(encoding="utf-8").splitlines(keepends=True)[:61]), encoding="utf-8")
    seen = samefade("decompose", *given(short))
    assert seen.code == 0, seen.err
    assert "moving average 51: " in seen.out


@pytest.mark.parametrize("more", [(), ("--json",), ("--plot", "parts.png")])
def test_a_constant_signal_is_refused_as_elsewhere(samefade, tmp_path, monkeypatch, more):
    monkeypatch.chdir(tmp_path)
    still = tmp_path / "still.csv"
    still.write_text("device,gateway\n" + "".join(f"-70,{-80 + i % 7}\n" for i in range(400)), encoding="utf-8")
    seen, measured = (samefade(command, *given(still), *more) for command in ("decompose", "measure"))
    assert seen.code == measured.code == 3
    assert seen.err == measured.err
    assert seen.out == measured.out
    assert [path.name for path in tmp_path.iterdir()] == ["still.csv"]
