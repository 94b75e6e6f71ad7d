"""Means and intervals: Student's against SciPy, and nothing that is missing is counted as there."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import ttest_1samp

from samefade.bench import interval, summary


@given(st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=30).filter(lambda x: np.std(x) > 1e-6))
@settings(max_examples=60, deadline=None)
def test_the_interval_is_scipys(numbers):
    told = interval(numbers)
    want = ttest_1samp(numbers, 0).confidence_interval(0.95)
    assert told[0] == pytest.approx(np.mean(numbers), abs=1e-9)
    assert told[1:] == pytest.approx((want.low, want.high), rel=1e-9, abs=1e-9)


def test_the_interval_of_a_textbook_sample():
    """Student's own data of 1908, gain in sleep of drug 2: mean 2.33, s 2.002, t(9) = 2.262."""
    gains = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]
    assert interval(gains) == pytest.approx((2.33, 0.90, 3.76), abs=0.005)


def test_one_number_has_no_interval_and_none_has_no_mean():
    assert interval([2.0])[0] == 2.0
    assert np.isnan(interval([2.0])[1:]).all()
    assert np.isnan(interval([])).all()


def test_refusals_and_undefined_numbers_are_counted_and_left_out():
    rows = [
        {"data": "x", "scheme": "raw", "rate": value, "claim": claim, "refusal": refusal}
        for value, claim, refusal in (
            (1.0, "none", None),
            (3.0, "estimate", None),
            (float("nan"), "none", None),
            (None, None, "NotEnough"),
        )
    ]
    (line,) = summary([*rows], ["rate", "claim"])
    assert (line["worlds"], line["numbers"], line["refused"], line["mean"]) == (4, 2, 1, 2.0)


def test_there_is_a_line_for_every_place_scheme_and_metric_in_the_order_of_the_table():
    rows = [
        {"data": d, "scheme": s, "p": seed, "q": None, "refusal": None} for seed in (1, 2) for d in "xy" for s in "ab"
    ]
    told = [(line["data"], line["scheme"], line["metric"], line["numbers"]) for line in summary(rows, ["p", "q"])]
    assert told == [(d, s, m, n) for d in "xy" for s in "ab" for m, n in (("p", 2), ("q", 0))]
