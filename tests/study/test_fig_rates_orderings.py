"""Paired comparisons on key rates, their intervals and how they join, against closed forms and SciPy."""

from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from samefade.study import Result
from samefade.study.folder import find

find("wskg2025", Path(__file__).parents[2] / "study").load("fig16")
orderings, questions = import_module("wskg2025.orderings"), import_module("wskg2025.questions")
HERE = "LoS-ShortRange, simulated"


def seen(x, y, metric="key_rate_20", refusal=None):
    rows = [
        {"kind": "cell", "place": HERE, "role": "simulated", "arm": arm, "world": i, metric: v, "refusal": refusal}
        for arm, column in (("x", x), ("y", y))
        for i, v in enumerate(column)
    ]
    return orderings.Seen(Result(rows))


def test_the_interval_of_two_values_is_students_with_one_degree_of_freedom():
    found = orderings.mean_interval([0.0, 2.0])
    assert found.value == 1.0
    assert found.high - 1.0 == pytest.approx(12.7062, abs=1e-4)  # tan(0.475 π) · s / √2 with s = √2
    assert 1.0 - found.low == pytest.approx(found.high - 1.0)


def test_the_interval_is_scipys_and_unknown_for_one_value():
    values = np.random.default_rng(3).normal(size=20)
    low, high = stats.ttest_1samp(values, 0.0).confidence_interval(0.95)
    assert orderings.mean_interval(values) == pytest.approx((values.mean(), low, high))
    assert np.isnan(orderings.mean_interval([1.0]).low)
    assert np.isnan(orderings.mean_interval([]).value)


def test_nineteen_of_twenty_intervals_hold_the_mean():
    rng = np.random.default_rng(4)
    found = [orderings.mean_interval(rng.normal(size=10)) for _ in range(2000)]
    # 95 % of 2,000, five standard deviations of √(0.95 · 0.05 / 2000) = 0.0049
    assert np.mean([one.low < 0 < one.high for one in found]) == pytest.approx(0.95, abs=0.025)


def test_a_ratio_of_proportional_columns_has_no_width():
    y = np.random.default_rng(5).random(20)
    assert orderings.ratio(2 * y, y) == pytest.approx((2.0, 2.0, 2.0))
    assert orderings.ratio(y, 0 * y).value == np.inf
    assert np.isnan(orderings.ratio(0 * y, 0 * y).value)


def test_the_interval_of_a_ratio_follows_the_delta_method():
    rng = np.random.default_rng(6)
    x, y = rng.normal(4, 0.4, 400), rng.normal(2, 0.2, 400)
    spread = 2 * np.sqrt(0.1**2 + 0.1**2) / np.sqrt(400)  # of the ratio, by its two relative errors
    found = orderings.ratio(x, y)
    assert (found.high - found.low) / 2 == pytest.approx(1.96 * spread, rel=0.15)


def test_tracking_is_spearmans_rank_correlation():
    rng = np.random.default_rng(7)
    x = rng.normal(size=(20, 3))
    y = x + rng.normal(size=(20, 3))
    found = orderings.tracking(x, y)
    assert found.value == pytest.approx(stats.spearmanr(x.ravel(), y.ravel()).statistic)
    assert found.low < found.value < found.high
    assert np.isnan(orderings.tracking(x, 0 * x).value)


def test_holm_is_the_textbooks():
    assert orderings.holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_holm_never_lowers_a_p_value_and_keeps_their_order(p):
    found = orderings.holm(p)
    assert all(a >= b for a, b in zip(found, p, strict=True))
    assert max(found) <= 1
    order = np.argsort(p, kind="stable")
    assert (np.diff(np.array(found)[order]) >= 0).all()


def test_a_comparison_takes_the_worlds_that_both_have():
    one = seen([1.0, 2.0, None, 4.0], [0.0, float("nan"), 1.0, 1.0, 9.0]).compare(
        HERE, "x", "y", "key_rate_20", "above"
    )
    assert one.found.pairs == 2
    assert one.means == (2.5, 0.5)
    assert one.mark == "cannot be tested"  # two worlds are too few


def test_ends_that_could_not_agree_have_no_key_and_no_errors():
    table = seen([None] * 8, [None] * 8, refusal="NotReciprocal")
    assert (table.values(HERE, "x", "key_rate_20") == 0).all()
    assert not len(table.values(HERE, "x", "bit_error_rate"))
    assert not len(seen([None] * 8, [], refusal="TooFewSamples").values(HERE, "x", "key_rate_20"))


def test_the_mark_of_a_comparison_is_the_claimed_direction():
    low, high = np.linspace(0, 0.1, 20), np.linspace(0.5, 0.7, 20)
    assert seen(high, low).compare(HERE, "x", "y", "key_rate_20", "above").mark == "holds"
    assert seen(low, high).compare(HERE, "x", "y", "key_rate_20", "above").mark == "differs"
    assert seen(low, high).compare(HERE, "x", "y", "key_rate_20", "below").mark == "holds"
    assert seen(low, low).compare(HERE, "x", "y", "key_rate_20", "above").mark == "differs"


def test_where_nobody_made_a_key_there_is_nothing_to_compare():
    nothing = [0.0] * 20
    assert seen(nothing, nothing).compare(HERE, "x", "y", "key_rate_20", "above").mark == "cannot be tested"


def test_equal_means_within_the_margin_and_sure_of_it():
    rng = np.random.default_rng(8)
    y = rng.random(20)
    close, loose = y + rng.normal(0, 0.01, 20), y + rng.normal(0, 0.4, 20)
    assert orderings.about_equal(seen(close, y).compare(HERE, "x", "y", "key_rate_20", "above")) == "holds"
    assert orderings.about_equal(seen(loose, y).compare(HERE, "x", "y", "key_rate_20", "above")) == "differs"
    few = seen(y[:5], y[:5]).compare(HERE, "x", "y", "key_rate_20", "above")
    assert orderings.about_equal(few) == "cannot be tested"


@pytest.mark.parametrize(
    ("marks", "whole"),
    [
        (["holds", "holds"], "holds"),
        (["holds", "differs"], "differs"),
        (["holds", "cannot be tested"], "holds"),
        (["cannot be tested"], "cannot be tested"),
        ([], "cannot be tested"),
    ],
)
def test_a_claim_that_joins_parts_needs_each(marks, whole):
    assert orderings.joint(marks) == whole


def test_every_ordering_has_a_row_with_its_corrected_p_value():
    rng = np.random.default_rng(9)
    rows = [
        {"kind": "cell", "place": HERE, "role": "simulated", "arm": arm, "world": i} | dict.fromkeys(orderings.RATES, v)
        for arm, mean in (("wskg", 0.9), ("fft", 0.5), ("golay", 0.3), ("raw", 0.1))
        for i, v in enumerate(rng.normal(mean, 0.05, 20))
    ]
    found = Result(questions.ordering_rows(orderings.Seen(Result(rows))))
    chain = found.where(question="WSKG above FFT above Golay above raw", metric="key_rate_20")
    assert [(row["x"], row["y"], row["mark"]) for row in chain] == [
        ("wskg", "fft", "holds"),
        ("fft", "golay", "holds"),
        ("golay", "raw", "holds"),
    ]
    for row in chain:
        assert row["pairs"] == 20
        assert row["low"] < row["difference"] < row["high"]
        assert row["p"] < row["p_holm"] < 0.01
