"""A decomposition is drawn with and without Eve, and not at all where nothing was measured."""

import numpy as np
import pytest

from samefade import draw
from samefade.errors import NotEnough
from samefade.reciprocity import decompose, parts_of
from samefade.restore import Cosine, Detrend, Difference
from samefade.types import Observation, Pair


@pytest.fixture(scope="module")
def pair():
    rng = np.random.default_rng(1)
    shadow = np.cumsum(rng.normal(size=600))
    ends = {end: shadow + rng.normal(size=600) for end in "ab"} | {"e": np.column_stack([np.ones(600), shadow])}
    heard_of = rng.random(600) > 0.05
    return Pair(**{end: Observation(x, 2.0, heard_of, end, "dBm") for end, x in ends.items()})


@pytest.mark.parametrize("operator", [Detrend(21), Difference(), Cosine(16, 1, 4)], ids=str)
@pytest.mark.parametrize("with_eve", [True, False])
def test_a_decomposition_is_drawn(pair, tmp_path, operator, with_eve):
    shown = pair if with_eve else Pair(pair.a, pair.b)
    rows = decompose(shown, {"it": operator})
    draw.decomposition(shown, rows, tmp_path / "parts.svg", operator=operator, name="it")
    text = (tmp_path / "parts.svg").read_text(encoding="utf-8")
    assert len(text) > 20_000
    assert [p.name for p in tmp_path.iterdir()] == ["parts.svg"]


def test_nothing_is_drawn_where_nothing_was_measured(pair, tmp_path):
    short = pair.each(lambda x: x.window(0, 10))
    rows = parts_of(short, "it", Detrend(21))
    assert all(row.refused is not None for row in rows)
    with pytest.raises(NotEnough):
        draw.decomposition(short, rows, tmp_path / "parts.png", operator=Detrend(21), name="it")
    assert not list(tmp_path.iterdir())
