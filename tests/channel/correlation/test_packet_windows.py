"""Averages over packets against adaptive double integrals, limits and drawn fades."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import dblquad

from samefade.channel.correlation import Bell, Jakes, averaged, level, window_mean
from samefade.errors import NotFinite, OutOfRange

JAKES = Jakes()
NODES, WEIGHTS = np.polynomial.legendre.leggauss(120)
KERNELS = {
    "gain": JAKES.gain,
    "power": lambda tau, fd: JAKES.gain(tau, fd) ** 2,
    "decibels": lambda tau, fd: level(np.clip(JAKES.gain(tau, fd), -1, 1)),
}
CASES = [(0.3, 0.5, 0.2, 4.0), (0.05, 0.3, 0.3, 2.0), (0.0, 0.4, 0.4, 6.0), (1.2, 0.1, 0.8, 5.0), (0.1, 0.5, 0.05, 1.0)]


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize(("delay", "first", "second", "fd"), CASES)
def test_the_integral_is_exact_to_a_millionth(kernel, delay, first, second, fd):
    of = KERNELS[kernel]

    # the inner integral is cut where the delay passes zero, where decibels have a corner
    def inner(x):
        at = np.clip(x - delay, -second / 2, second / 2)
        total = 0.0
        for low, high in ((-second / 2, at), (at, second / 2)):
            y = low + (high - low) * (NODES + 1) / 2
            total += (high - low) / 2 * np.sum(WEIGHTS * of(np.abs(delay + y - x), fd))
        return total

    bends = sorted({-first / 2, first / 2, *np.clip([delay - second / 2, delay + second / 2], -first / 2, first / 2)})
    expected = 0.0
    for low, high in pairwise(bends):
        x = low + (high - low) * (NODES + 1) / 2
        expected += (high - low) / 2 * sum(w * inner(v) for w, v in zip(WEIGHTS, x, strict=True))
    assert window_mean(of, delay, first, second, fd) == pytest.approx(expected / (first * second), abs=1e-6)


def test_the_check_itself_agrees_with_an_adaptive_integral():
    found = dblquad(lambda y, x: float(JAKES.gain(0.3 + y - x, 4.0)), -0.25, 0.25, -0.1, 0.1)[0] / 0.1
    assert window_mean(JAKES.gain, 0.3, 0.5, 0.2, 4.0) == pytest.approx(found, abs=1e-9)


def test_an_exponential_has_a_closed_form():
    """∫∫ exp(−c|τ + y − x|) over windows that do not overlap: e^(−cτ)·sinh(cT/2)·sinh(cS/2)·4/(c²TS)."""
    c, tau, t, s = 2 * np.pi / 3 * 2.0, 1.0, 0.6, 0.3
    expected = np.exp(-c * tau) * np.sinh(c * t / 2) * np.sinh(c * s / 2) * 4 / (c**2 * t * s)
    assert window_mean(Bell().gain, tau, t, s, 2.0) == pytest.approx(expected, rel=1e-10)


@given(st.floats(0, 1), st.floats(0, 10))
def test_a_moment_is_no_average(delay, fd):
    assert window_mean(JAKES.gain, delay, 0.0, 0.0, fd) == JAKES.gain(delay, fd)
    assert window_mean(JAKES.gain, delay, 1e-7, 0.0, fd) == pytest.approx(JAKES.gain(delay, fd), abs=1e-4)


@settings(max_examples=50, deadline=None)
@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1), st.floats(0, 20))
def test_the_ends_may_change_places_and_no_correlation_exceeds_one(delay, first, second, fd):
    found = averaged(JAKES.gain, delay, first, second, fd)
    assert found == pytest.approx(averaged(JAKES.gain, -delay, second, first, fd), abs=1e-8)
    assert abs(found) <= 1 + 1e-9


def test_arrays_are_worked_out_at_once():
    delay, first = np.array([0.1, 0.5, 1.0])[:, None], np.array([0.0, 0.3, 0.05, 1.3])
    table = window_mean(JAKES.gain, delay, first, 0.2, 7.0)
    assert table.shape == (3, 4)
    for i in range(3):
        for j in range(4):
            assert table[i, j] == pytest.approx(window_mean(JAKES.gain, delay[i, 0], first[j], 0.2, 7.0), abs=1e-10)


def test_absurd_windows_are_refused():
    with pytest.raises(OutOfRange):
        window_mean(JAKES.gain, 0.1, -1.0, 1.0, 1.0)
    with pytest.raises(OutOfRange):
        window_mean(JAKES.gain, 0.1, 1e5, 1.0, 10.0)
    with pytest.raises(NotFinite):
        window_mean(JAKES.gain, np.nan, 1.0, 1.0, 1.0)
