import numpy as np

from samefade import wavelet


def test_the_sum_over_rows_is_the_filter():
    x = np.random.default_rng(1).normal(size=500)
    t = wavelet.transform(x, rate=10.0, grid="full")
    rows = (t.frequency >= 0.1) & (t.frequency <= 1.0)
    kept = wavelet.inverse(x, rate=10.0, low=0.1, high=1.0, mean=False)
    assert np.abs(t.inverse(rows) - kept).max() < 1e-12
