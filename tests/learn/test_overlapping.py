"""Windows laid over each other again are the series that they were cut from."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from samefade.learn.series import OVERLAP, overlaid, standard, taper, windows
from samefade.types import Observation


@given(st.sampled_from([16, 64]), st.integers(0, 200), st.integers(1, 3), st.integers(0, 9))
def test_cutting_and_adding_gives_the_series_back(window, more, tones, seed):
    series = np.random.default_rng(seed).normal(size=(tones, window + more)).astype(np.float32)
    cut = windows(series, window)
    assert np.allclose(overlaid(cut, window + more, tones), series, atol=1e-6)
    assert len(cut) % tones == 0


def test_each_sample_lies_in_eight_windows_and_counts_most_in_the_middle():
    weight = taper(64)
    assert np.allclose(weight.reshape(OVERLAP, -1).sum(axis=0), OVERLAP / 2)  # sin² over whole periods
    assert weight.argmax() in (31, 32)
    assert weight.min() > 0


def test_a_window_that_differs_is_averaged_with_its_neighbours():
    series = np.zeros((1, 256), np.float32)
    cut = windows(series, 64)
    cut[len(cut) // 2] = 1.0
    made = overlaid(cut, 256, 1)[0]
    assert np.count_nonzero(made) == 64
    assert made.max() == pytest.approx(2 / OVERLAP, abs=0.01)


def test_tones_are_standardised_by_what_was_heard():
    values = np.random.default_rng(1).normal(5, 3, (500, 2))
    values[:, 1] = 4.0
    mask = np.arange(500) < 400
    values[~mask, 0] = 1e3
    told = standard(Observation(values, 10.0, mask))
    assert told.values[0, mask].mean() == pytest.approx(0, abs=1e-5)
    assert told.values[0, mask].std() == pytest.approx(1, abs=1e-5)
    assert np.all(told.values[1] == 0)
    assert told.scale[1] == 0
