"""Cells by signal-to-noise ratio: thresholds that increase, as fine as the noise allows, and on a lattice half-way."""

from math import log2

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from samefade.errors import ConstantSignal, NotFinite, OutOfRange, TooFewSamples
from samefade.quantize import Cells, Lattice, allocate, lattice, widths
from samefade.quantize.cells import MOST_BITS, thresholds
from samefade.types import Feature, Kept, Observation, Spoken, Strand, Terms


def strand(noise, mean=0.0, scale=1.0, span=None, edges=()):
    """Return a strand of as many components as there are noises."""
    noise = np.atleast_1d(np.asarray(noise, np.float64))
    span = len(noise) if span is None else span
    basis = scale * np.eye(len(noise), span)
    return Strand(np.ones(1), dict.fromkeys("abe", mean), span, basis, 0, basis, noise, edges=edges)


def terms(*strands):
    return Terms(10.0, strands=strands)


def feature(values, half=Kept, usable=None):
    values = np.asarray(values, np.float64)
    usable = np.ones(len(values), bool) if usable is None else usable
    return Feature(values, 10.0, usable, half(values, 10.0, np.ones(len(values), bool)))


@given(st.floats(1e-9, 1.0))
def test_cells_are_about_as_wide_as_the_noise_and_cover_what_occurs(noise):
    edges = allocate(strand(noise)).edges[0]
    bits = log2(len(edges) + 1)
    assert bits == int(bits)
    assert 1 <= bits <= MOST_BITS
    assert np.all(np.diff(edges) > 0)
    assert np.allclose(edges, -edges[::-1], atol=1e-12)
    if bits <= 3:
        # equally likely levels of a standard normal component, and finer than the noise by less than an octave
        assert np.allclose(np.diff(norm.cdf(edges), prepend=0, append=1), 2.0**-bits)
        assert 2.5 / noise <= 2**bits < 2 * 2.5 / noise or bits == 1
    else:
        step = np.diff(edges)
        assert np.allclose(step, step[0])
        # the outermost thresholds are three deviations out, as far as whole powers of two and the most bits allow
        assert 2.9 < edges[-1] + step[0] < 6.1
        assert step[0] >= noise * (1 - 1e-12)
        if bits < MOST_BITS:
            assert step[0] == pytest.approx(noise)


@given(st.lists(st.floats(1e-6, 1.0), min_size=1, max_size=8))
def test_less_noise_never_means_fewer_levels(noises):
    noises = sorted(noises)
    bits = allocate(strand(noises)).bits
    assert list(bits) == sorted(bits, reverse=True)
    assert widths(terms(allocate(strand(noises)))) == bits


@given(
    step=st.sampled_from([0.25, 0.5, 1.0, 2.0, 3.0]),
    mean=st.floats(-120, 120),
    deviation=st.floats(0.3, 40),
    noise=st.floats(0.001, 1.0),
)
def test_thresholds_on_a_lattice_lie_half_way_between_values_that_occur(step, mean, deviation, noise):
    scale = 1 / deviation
    edges = allocate(strand(noise, mean, scale), Lattice(step, 0.0)).edges[0]
    values = edges / scale + mean  # in the unit of the samples
    assert np.all(np.diff(values) > 0)
    away = values / step - np.floor(values / step)
    assert np.allclose(away, 0.5, atol=1e-6)
    whole = np.diff(values) / step
    assert np.allclose(whole, np.round(whole), atol=1e-6)
    assert len(edges) + 1 <= 1 << MOST_BITS
    # cells reach three deviations out on either side, but for half a cell and the step at the mean
    reach = 3 - (whole[0] if len(whole) else 2) * step * scale - step * scale
    assert len(edges) == 1 or min(-edges[0], edges[-1]) >= reach - 1e-6


@given(seed=st.integers(0, 2**16), step=st.sampled_from([0.5, 1.0, 2.0]), drift=st.sampled_from([0.0, -1.0, 3.0, 0.3]))
def test_values_on_a_lattice_never_sit_on_a_threshold(seed, step, drift):
    rng = np.random.default_rng(seed)
    x = np.round(rng.normal(-60 / step, 5, 400)) * step + drift * step
    assert lattice(x).step == pytest.approx(step)
    made = allocate(strand(0.2, float(x.mean()), 1 / float(x.std())), lattice(x))
    u = (x - x.mean()) / x.std()
    # half a step is the nearest that a value comes to a threshold: rounding cannot move it over
    nearest = np.abs(u[:, None] - made.edges[0][None]).min()
    assert nearest == pytest.approx(step / 2 / x.std(), rel=1e-6)


def test_components_of_several_samples_are_not_on_a_lattice():
    assert np.array_equal(
        allocate(strand([0.2, 0.3]), Lattice(1.0, 0.0)).edges[0], allocate(strand([0.2, 0.3])).edges[0]
    )
    wide = strand([0.2], span=2)
    assert np.array_equal(allocate(wide, Lattice(1.0, 0.0)).edges[0], allocate(wide).edges[0])


RNG = np.random.default_rng(1)
WHOLE = np.round(RNG.normal(-60, 4, 2000))


@pytest.mark.parametrize(
    ("values", "step"),
    [
        (WHOLE, 1.0),
        (WHOLE.astype(np.int64), 1.0),
        (WHOLE / 2, 0.5),
        (WHOLE * 3, 3.0),
        (WHOLE.astype(np.float32) / 2, 0.5),
        (np.where(WHOLE > -55, WHOLE + 4, WHOLE), 1.0),  # some values never occur
        (RNG.normal(-60, 4, 2000), None),
        (RNG.normal(size=2000).astype(np.float32), None),
        (RNG.choice(RNG.normal(size=12), 2000), None),  # they repeat, but are no multiples of anything
        (WHOLE + 0.3, 1.0),  # whole steps apart, with an origin of their own
        (1e9 + RNG.choice(RNG.normal(size=12), 2000), None),  # far from zero everything looks like a multiple
        (np.full(2000, -60.0), None),
        (WHOLE[:100], None),  # too few repeat
        (np.empty(0), None),
    ],
)
def test_a_step_is_found_where_there_is_one(values, step):
    found = lattice(values)
    assert found is None if step is None else found.step == pytest.approx(step)


def test_what_gaps_were_filled_with_hides_no_step():
    # interpolated values lie between the steps; the scheme gives those that were heard
    x, heard = WHOLE.copy(), RNG.random(2000) < 0.7
    x[~heard] += 0.37
    assert lattice(x) is None
    assert lattice(x[heard]).step == 1.0


def test_cells_count_the_thresholds_below_a_value_block_after_block():
    rng = np.random.default_rng(2)
    made = terms(allocate(strand([0.02, 0.5])), allocate(strand([0.9, 0.1], span=2)))
    values = rng.standard_normal((50, 4))
    usable = rng.random(50) < 0.8
    found = Cells().quantize(feature(values, usable=usable), made)
    wanted = [[int((v >= e).sum()) for v, e in zip(row, thresholds(made), strict=True)] for row in values[usable]]
    assert np.array_equal(found.values.reshape(-1, 4), wanted)
    assert np.array_equal(found.index, np.flatnonzero(np.repeat(usable, 4)))
    assert found.levels == 1 << max(widths(made))
    assert found.public.entries == ()
    assert Cells().levels == 256


def test_a_value_on_a_threshold_belongs_to_the_upper_cell_and_far_ones_to_the_outermost():
    made = terms(strand([0.5], edges=(np.array([-1.0, 0.0, 1.0]),)))
    found = Cells().quantize(feature([[-1e300], [-1.0], [0.0], [0.5], [1.0], [1e300]]), made)
    assert found.values.tolist() == [0, 1, 2, 2, 3, 3]


def test_the_most_levels_fit_their_type():
    made = terms(allocate(strand([1e-9])))
    found = Cells().quantize(feature(np.linspace(-10, 10, 4001)[:, None]), made)
    assert set(found.values) == set(range(256))
    assert np.all(np.diff(found.values.astype(int)) >= 0)


@pytest.mark.parametrize("half", [Spoken, Observation])
def test_only_kept_samples_become_cells(half):
    made = terms(allocate(strand([0.5])))
    with pytest.raises(TypeError, match="only Kept samples"):
        Cells().quantize(feature(np.arange(9.0)[:, None], half), made)


def test_features_that_do_not_fit_are_refused():
    made = terms(allocate(strand([0.5])))
    column = np.arange(9.0)[:, None]
    for without in (None, Terms(10.0), terms(strand([0.5]))):
        with pytest.raises(OutOfRange, match="thresholds"):
            Cells().quantize(feature(column), without)
    for shape in (np.arange(9.0), np.hstack([column, column]), np.empty((9, 0))):
        with pytest.raises(OutOfRange, match="components"):
            Cells().quantize(feature(shape), made)
    for count in (0, 1):
        usable = np.arange(9) < count
        with pytest.raises(TooFewSamples) as why:
            Cells().quantize(feature(column, usable=usable), made)
        assert why.value.numbers == {"have": count, "need": 2}
    with pytest.raises(ConstantSignal):
        Cells().quantize(feature(np.full((9, 1), 3.0)), made)
    with pytest.raises(ConstantSignal):  # components that differ, and none varies
        Cells().quantize(feature(np.tile([1.0, 2.0], (9, 1))), terms(allocate(strand([0.5, 0.5]))))
    broken = feature(column)
    broken.values[5] = np.nan
    with pytest.raises(NotFinite):
        Cells().quantize(broken, made)
