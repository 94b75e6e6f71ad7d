import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samefade.align import Warp
from samefade.errors import OutOfRange
from samefade.types import Feature, Spoken


def feature(values):
    mask = np.ones(len(values), bool)
    return Feature(np.asarray(values), 10.0, mask, Spoken(np.asarray(values), 10.0, mask))


def textbook(x, y, radius):
    """Return the cost of the cheapest path by the recursion as Sakoe and Chiba write it."""
    n = len(x)
    D = np.full((n + 1, n + 1), np.inf)
    D[0, 0] = 0
    for i in range(n):
        for j in range(max(0, i - radius), min(n, i + radius + 1)):
            D[i + 1, j + 1] = (x[i] - y[j]) ** 2 + min(D[i, j], D[i, j + 1], D[i + 1, j])
    return D[n, n]


@given(st.integers(2, 30), st.integers(0, 30), st.integers(0, 10_000))
@settings(deadline=None, max_examples=60)
def test_the_cost_is_that_of_the_textbook_recursion_and_of_the_path(n, radius, seed):
    x, y = np.random.default_rng(seed).normal(size=(2, n))
    x, y = (x - x.mean()) / x.std(), (y - y.mean()) / y.std()
    path = Warp(seconds=radius / 10.0).align(feature(x), feature(y))
    assert path.cost == pytest.approx(textbook(x, y, radius), abs=1e-9)
    assert np.sum((x[path.a] - y[path.b]) ** 2) == pytest.approx(path.cost, abs=1e-9)
    steps = np.stack((np.diff(path.a), np.diff(path.b)))
    assert set(map(tuple, steps.T)) <= {(0, 1), (1, 0), (1, 1)}
    assert (path.a[0], path.b[0], path.a[-1], path.b[-1]) == (0, 0, n - 1, n - 1)
    assert np.abs(path.a - path.b).max() <= radius


def test_a_loss_in_the_middle_is_undone_where_one_lag_cannot():
    rng = np.random.default_rng(4)
    s = np.convolve(rng.normal(size=420), np.hanning(15), "same")
    a, b = s[:400], np.concatenate((s[:200], s[215:415]))
    path = Warp(seconds=3.0).align(feature(a), feature(b))
    warped = path.warped(b)
    assert np.corrcoef(a, b)[0, 1] < 0.75
    assert np.corrcoef(a, warped)[0, 1] > 0.98


def test_warping_takes_one_tone():
    with pytest.raises(OutOfRange):
        Warp().align(feature(np.ones((9, 2))), feature(np.ones((9, 2))))
