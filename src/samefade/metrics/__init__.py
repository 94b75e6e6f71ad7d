"""Measure two ends: each metric is a plain function of two arrays, with golden data beside it in the tests."""

from samefade.metrics.correlation import detrended, difference, effective_samples, pearson
from samefade.metrics.distribution import Jeffreys, jeffreys, wasserstein
from samefade.metrics.keys import KeyRate, disagreement, key_rate
from samefade.metrics.lag import Lagged, lagged
from samefade.metrics.spectrum import coherence_area, psd_low_share

__all__ = [
    "Jeffreys",
    "KeyRate",
    "Lagged",
    "coherence_area",
    "detrended",
    "difference",
    "disagreement",
    "effective_samples",
    "jeffreys",
    "key_rate",
    "lagged",
    "pearson",
    "psd_low_share",
    "wasserstein",
]
