"""Disagreement of quantised bits: published values, drawn readings within three standard errors, limits."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import multivariate_normal

from samefade.entropy import (
    cell_disagreement,
    differential_bit,
    differential_correlation,
    gray_disagreement,
    guarded_bit,
    median_bit,
    rayleigh_bit,
)
from samefade.entropy.disagreement import cells
from samefade.errors import NotFinite, OutOfRange
from samefade.quantize.gray import gray

N = 40_000


def pair(rho, seed):
    rng = np.random.default_rng(seed)
    x = rng.standard_normal(N)
    return x, rho * x + np.sqrt(1 - rho**2) * rng.standard_normal(N)


def within(share, expected, n=N):
    """Return whether a drawn share lies within three standard errors of a probability."""
    return abs(share - expected) <= 3 * np.sqrt(max(expected * (1 - expected), 1 / n) / n)


@pytest.mark.parametrize(
    ("rho", "published"), [(0.5, 0.3333), (0.7, 0.2532), (0.8, 0.2048), (0.9, 0.1436), (0.95, 0.1011), (0.99, 0.0451)]
)
def test_a_median_bit_differs_as_published(rho, published):
    assert median_bit(rho) == pytest.approx(published, abs=5e-5)


@pytest.mark.parametrize(
    ("snr", "lag", "published"),
    [(100, 0, 0.045), (100, 0.5, 0.063), (100, 0.9, 0.137), (10, 0, 0.137), (10, 0.9, 0.333)],
)
def test_a_differential_bit_differs_as_published(snr, lag, published):
    assert differential_bit(1.0, lag, snr) == pytest.approx(published, abs=5e-4)


@pytest.mark.parametrize(("rho", "lag", "snr"), [(1.0, 0.0, 10.0), (0.9, 0.5, 30.0), (0.8, 0.9, 10.0)])
def test_differential_bits_of_drawn_fades(rho, lag, snr):
    rng = np.random.default_rng(41)
    # two moments of a fade that both ends share by rho, and noise of its own on each reading
    time = np.linalg.cholesky([[1, lag], [lag, 1]])
    ends = np.linalg.cholesky(np.array([[1, rho], [rho, 1]]) + 1e-12 * np.eye(2))
    fade = np.einsum("ij,kl,jln->ikn", ends, time, rng.standard_normal((2, 2, N)))
    change = np.diff(fade + rng.standard_normal(fade.shape) / np.sqrt(snr), axis=1)[:, 0]
    found = float(np.corrcoef(change)[0, 1])
    expected = float(differential_correlation(rho, lag, snr))
    assert abs(found - expected) < 3 * (1 - expected**2) / np.sqrt(N)
    assert within(np.mean((change[0] > 0) != (change[1] > 0)), float(differential_bit(rho, lag, snr)))


def test_bits_of_overlapping_differences_depend_on_each_other():
    x = np.random.default_rng(42).standard_normal(N)
    d = np.diff(x)
    assert np.corrcoef(d[1:], d[:-1])[0, 1] == pytest.approx(-0.5, abs=3 / np.sqrt(N))


@pytest.mark.parametrize("rho", [-0.8, 0.0, 0.5, 0.9, 0.99])
@pytest.mark.parametrize("levels", [2, 4, 8])
def test_levels_of_drawn_readings(rho, levels):
    from scipy.special import ndtri

    x, y = pair(rho, 43)
    edges = ndtri(np.arange(1, levels) / levels)
    cell_x, cell_y = np.digitize(x, edges), np.digitize(y, edges)
    assert within(np.mean(cell_x != cell_y), float(cell_disagreement(rho, levels)))
    bits = levels.bit_length() - 1
    different = gray(cell_x, levels) != gray(cell_y, levels)
    each = different.reshape(N, bits).mean(axis=1)
    error = max(float(each.std()), 1e-3) / np.sqrt(N)
    assert abs(each.mean() - float(gray_disagreement(rho, levels))) < 3 * error


def test_cells_are_rectangles_of_the_bivariate_normal_law():
    corner = multivariate_normal(cov=[[1, 0.7], [0.7, 1]]).cdf([-0.67448975, -0.67448975])
    assert cells(0.7, 4)[0, 0] == pytest.approx(corner, abs=1e-6)
    # an orthant in closed form: ¼ + arcsin(ρ)/2π (Sheppard)
    assert cells(0.7, 2)[0, 0] == pytest.approx(0.25 + np.arcsin(0.7) / (2 * np.pi), abs=1e-12)


@settings(max_examples=30, deadline=None)
@given(st.floats(-1, 1), st.sampled_from([2, 3, 4, 16]))
def test_cells_are_a_law_with_equal_margins(rho, levels):
    p = cells(rho, levels)
    assert p.min() > -1e-7
    np.testing.assert_allclose(p.sum(axis=0), 1 / levels, atol=1e-12)
    np.testing.assert_allclose(p, p.T, atol=1e-12)


@given(st.floats(-1, 1))
def test_two_levels_are_a_median_bit_and_no_guard_is_one_too(rho):
    assert cell_disagreement(rho, 2) == pytest.approx(median_bit(rho), abs=1e-8)
    kept, differ = guarded_bit(rho, 0.0)
    assert kept == pytest.approx(1)
    assert differ == pytest.approx(median_bit(rho), abs=1e-8)


@pytest.mark.parametrize("rho", [0.3, 0.8, 0.95])
@pytest.mark.parametrize("guard", [0.2, 0.6])
def test_guarded_bits_of_drawn_readings(rho, guard):
    x, y = pair(rho, 44)
    both = (np.abs(x) > guard) & (np.abs(y) > guard)
    kept, differ = guarded_bit(rho, guard)
    assert within(both.mean(), float(kept))
    assert within(np.mean((x > 0)[both] != (y > 0)[both]), float(differ), int(both.sum()))


@pytest.mark.parametrize("rho", [0.0, 0.5, 0.9, 0.99])
def test_median_bits_of_drawn_rayleigh_envelopes(rho):
    rng = np.random.default_rng(45)
    real, imaginary = rng.standard_normal((2, 2, N))
    a = real[0] ** 2 + imaginary[0] ** 2
    b = np.sum(
        (rho * np.stack([real[0], imaginary[0]]) + np.sqrt(1 - rho**2) * np.stack([real[1], imaginary[1]])) ** 2, 0
    )
    median = 2 * np.log(2)
    assert within(np.mean((a > median) != (b > median)), float(rayleigh_bit(rho)))


def test_many_correlations_at_once():
    rho = np.linspace(-0.9, 0.9, 6).reshape(2, 3)
    assert cells(rho, 4).shape == (2, 3, 4, 4)
    assert rayleigh_bit(rho).shape == guarded_bit(rho, 0.3)[0].shape == gray_disagreement(rho, 8).shape == (2, 3)
    assert gray_disagreement(rho, 8)[1, 2] == pytest.approx(float(gray_disagreement(0.9, 8)))


def test_absurd_quantisers_are_refused():
    calls = [
        lambda: median_bit(1.1),
        lambda: cells(0.5, 1),
        lambda: gray_disagreement(0.5, 3),
        lambda: guarded_bit(0.5, -1.0),
        lambda: differential_bit(1.0, 1.0, 10.0),
        lambda: differential_bit(1.0, 0.0, 0.0),
        lambda: rayleigh_bit(2.0),
    ]
    for call in calls:
        with pytest.raises(OutOfRange):
            call()
    with pytest.raises(NotFinite):
        median_bit(np.nan)
