"""Pictures are written whole, in the format asked for, or not at all."""

import numpy as np
import pytest

from samefade import draw
from samefade.api.comparison import Row
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


def test_no_table_is_drawn_when_no_scheme_could_run(tmp_path):
    with pytest.raises(NotEnough):
        draw.rates([Row("raw", None, TooFewSamples(have=1, need=2))], tmp_path / "x.png")
