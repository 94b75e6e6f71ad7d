import numpy as np
import pytest
import xarray
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from samefade.errors import UnreadableRecording
from samefade.files import container
from samefade.files.observations import read_pair, write_pair
from samefade.types import Observation, Pair, Recording, Spoken

FINITE = st.floats(allow_nan=False, allow_infinity=False)
SINGLE = st.floats(width=32, allow_nan=False, allow_infinity=False)
VALUES = hnp.arrays(np.float32, hnp.array_shapes(min_dims=1, max_dims=2, max_side=9), elements=SINGLE)


def pair(n=40, eve=True) -> Pair[Observation]:
    rng = np.random.default_rng(0)
    make = {end: Observation(rng.normal(size=(n, 3)), 10.0, rng.random(n) > 0.1, end, "dBm", 2.5) for end in "abe"}
    return Pair(make["a"], make["b"], make["e"] if eve else None, "clock: offset 0.1 s")


def same(x: Observation, y: Observation) -> bool:
    return (
        type(x) is type(y)
        and (x.rate, x.end, x.unit, x.start) == (y.rate, y.end, y.unit, y.start)
        and x.values.dtype == y.values.dtype
        and np.array_equal(x.values, y.values)
        and np.array_equal(x.mask, y.mask)
    )


@pytest.mark.parametrize("eve", [True, False])
@pytest.mark.parametrize("kind", ["p.zarr", "p.zarr.zip"])
def test_a_pair_comes_back_as_it_was(tmp_path, eve, kind):
    made = pair(eve=eve)
    write_pair(tmp_path / kind, made)
    back = read_pair(tmp_path / kind)
    assert same(made.a, back.a)
    assert same(made.b, back.b)
    assert (back.e is None) != eve
    assert back.matching == made.matching


@given(values=VALUES, rate=st.floats(1e-6, 1e6), start=FINITE)
@settings(max_examples=15, deadline=None)
def test_every_value_round_trips(tmp_path_factory, values, rate, start):
    x = Observation(values, rate, np.ones(len(values), bool), start=start)
    path = tmp_path_factory.mktemp("pair") / "p.zarr"
    write_pair(path, Pair(x, x))
    assert same(read_pair(path).a, x)


def test_spoken_halves_stay_spoken_and_kept_ones_are_refused(tmp_path):
    spoken, kept = pair().split(fraction=0.5)
    write_pair(tmp_path / "p.zarr", spoken)
    assert isinstance(read_pair(tmp_path / "p.zarr").a, Spoken)
    smuggled = Pair(spoken.a, spoken.b, kept.e)
    for secret in (kept, smuggled):
        with pytest.raises(TypeError, match="Kept samples have no serialiser"):
            write_pair(tmp_path / "q.zarr", secret)
    assert not (tmp_path / "q.zarr").exists()


def test_xarray_opens_a_pair(tmp_path):
    write_pair(tmp_path / "p.zarr", pair())
    opened = xarray.open_zarr(tmp_path / "p.zarr", group="b")
    assert dict(opened.sizes) == {"time": 40, "tone": 3}
    assert opened["values"].attrs["units"] == "dBm"
    assert opened["mask"].dtype == bool


def test_recordings_and_pairs_are_not_mistaken_for_each_other(tmp_path):
    write_pair(tmp_path / "p.zarr", pair())
    container.write(tmp_path / "r.zarr", [Recording("x", np.arange(3.0), "host")])
    assert not container.can_read(tmp_path / "p.zarr")
    with pytest.raises(UnreadableRecording, match="it holds observations, not recordings"):
        container.read(tmp_path / "p.zarr")
    with pytest.raises(UnreadableRecording, match="it holds recordings, not observations"):
        read_pair(tmp_path / "r.zarr")
