"""Pictures are written whole, in the format asked for, or not at all."""

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.figure import Figure

from samefade import api, draw, schemes
from samefade.api.comparison import Row
from samefade.api.overclaim import Overclaim
from samefade.entropy import Information
from samefade.errors import CannotWrite, NotEnough, OutOfRange, TooFewSamples
from samefade.types import Observation, Pair


@pytest.fixture(scope="module")
def pair():
    rng = np.random.default_rng(1)
    x = np.cumsum(rng.standard_normal(2000)) * 0.1
    heard = rng.random(2000) > 0.05
    a, b = (Observation(x + 0.1 * rng.standard_normal(2000), 10.0, heard, end) for end in "ab")
    return Pair(a, b)


@pytest.mark.parametrize(("name", "magic"), [("x.png", b"\x89PNG"), ("x.pdf", b"%PDF"), ("x.svg", b"<?xml")])
def test_a_link_is_drawn_in_the_format_of_its_name(pair, tmp_path, name, magic):
    draw.link(pair, tmp_path / name)
    assert (tmp_path / name).read_bytes().startswith(magic)
    assert [p.name for p in tmp_path.iterdir()] == [name]


def test_several_tones_and_short_records_are_drawn_too(tmp_path):
    rng = np.random.default_rng(2)
    wide, short = rng.standard_normal((300, 4)), rng.standard_normal(40)
    for name, values in (("wide", wide), ("short", short)):
        end = Observation(values, 1.0, np.ones(len(values), bool))
        draw.link(Pair(end, end), tmp_path / f"{name}.png")
        assert (tmp_path / f"{name}.png").stat().st_size > 10_000


def test_an_unknown_ending_and_an_absent_folder_are_refused(pair, tmp_path):
    with pytest.raises(OutOfRange):
        draw.link(pair, tmp_path / "x.docx")
    with pytest.raises(CannotWrite):
        draw.link(pair, tmp_path / "no" / "x.png")
    assert list(tmp_path.iterdir()) == []


def test_bars_that_claim_more_than_a_band_holds_are_marked(pair, tmp_path):
    (plain,) = api.compare([schemes.find("wskg")], pair, seed=bytes(32))
    held = Information(0.1, 1.0, 0.08, 0.12, 256)
    claims = replace(plain.report, key_rate={5: 0.0, 10: 0.0, 20: 1.9})
    marked = Row("wskg", claims, field=Overclaim(1.9, (0.1, 0.2), held))
    honest = Row("wskg", claims, field=Overclaim(0.05, (0.1, 0.2), held))
    for name, rows in (
        ("marked", [marked, marked]),
        ("honest", [honest, honest]),
        ("none", [replace(marked, field=None)]),
    ):
        draw.rates(rows, tmp_path / f"{name}.svg")
    told = {name: (tmp_path / f"{name}.svg").read_text(encoding="utf-8") for name in ("marked", "honest", "none")}
    assert told["marked"].count("claims 19× what its band can hold") == 2
    assert told["marked"].count("more than the scheme's band can hold") == 1
    assert "claims" not in told["honest"] + told["none"]


def test_no_table_is_drawn_when_no_scheme_could_run(tmp_path):
    with pytest.raises(NotEnough):
        draw.rates([Row("raw", None, TooFewSamples(have=1, need=2))], tmp_path / "x.png")


def test_eve_and_what_is_said_stand_in_the_picture_of_a_link(pair, tmp_path):
    from samefade.draw.link import PANELS, _hers

    figure = Figure()
    rng = np.random.default_rng(3)
    columns = np.column_stack([rng.standard_normal(2000), pair.a.values + 1])
    heard = replace(pair, e=replace(pair.a, values=columns, end="e"))
    np.testing.assert_array_equal(_hers(heard.a, heard.e), columns[:, 1])  # the column that tells her most
    for name, label in (("signals", "Eve, as heard"), ("lags", "a and Eve, as heard")):
        axes = figure.subplots()
        PANELS[name](axes, heard)
        assert label in axes.get_legend_handles_labels()[1]
    draw.link(heard, tmp_path / "x.svg", said="No key: nothing is shared.")
    draw.link(pair, tmp_path / "y.svg")
    assert (tmp_path / "x.svg").stat().st_size > (tmp_path / "y.svg").stat().st_size
