"""Paired comparisons: Wilcoxon's test against SciPy, his table, and every sign counted; the interval; missing rows."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import rankdata, wilcoxon

from samefade.bench import paired
from samefade.bench.paired import signed_rank

WHOLE = st.lists(st.integers(-4, 4), min_size=1, max_size=9)


def by_counting(gap):
    """Count every assignment of signs: the definition of the test."""
    gap = np.asarray(gap, dtype=float)
    ranks = rankdata(np.abs(gap))
    free = ranks[gap != 0]
    seen = ranks[gap > 0].sum()
    sums = [sum(r for r, up in zip(free, signs, strict=True) if up) for signs in product((0, 1), repeat=len(free))]
    return np.mean([s >= seen for s in sums]), np.mean([s <= seen for s in sums])


@given(WHOLE)
@settings(max_examples=60, deadline=None)
def test_ties_and_zeros_have_the_exact_law_of_all_signs(gap):
    assert signed_rank(np.array(gap, dtype=float)) == pytest.approx(by_counting(gap))


def test_without_ties_it_is_scipys_exact_test():
    rng = np.random.default_rng(1)
    for n in (7, 12, 20, 40):
        gap = rng.standard_normal(n) + 0.3
        want = [wilcoxon(gap, alternative=side, method="exact").pvalue for side in ("greater", "less")]
        assert signed_rank(gap) == pytest.approx(want, rel=1e-9)


def test_many_pairs_get_the_normal_approximation_and_it_is_near_the_exact_law():
    rng = np.random.default_rng(2)
    gap = rng.standard_normal(401) + 0.05
    assert signed_rank(gap)[0] == pytest.approx(signed_rank(gap[:-1])[0], abs=0.03)
    assert signed_rank(gap)[0] == pytest.approx(wilcoxon(gap, alternative="greater").pvalue)


@pytest.mark.parametrize(("n", "critical"), [(8, 1), (10, 5), (12, 9), (15, 19), (20, 43)])
def test_the_published_critical_values_at_one_percent_one_sided(n, critical):
    """Wilcoxon's table: the largest sum of negative ranks that is significant at 1 % (one-sided)."""

    def p(total):
        signs, left = np.ones(n), total
        for rank in range(n, 0, -1):  # some set of ranks that sums to `total`
            if rank <= left:
                signs[rank - 1], left = -1, left - rank
        return signed_rank(signs * np.arange(1, n + 1))[0]

    assert p(critical) <= 0.01 < p(critical + 1)


@given(st.lists(st.tuples(st.floats(-9, 9), st.floats(-9, 9)), min_size=1, max_size=12))
@settings(max_examples=40, deadline=None)
def test_swapping_the_two_mirrors_everything(pairs):
    x, y = zip(*pairs, strict=True)
    one, other = paired(x, y), paired(y, x)
    assert one.difference == pytest.approx(-other.difference)
    assert (one.low, one.high) == pytest.approx((-other.high, -other.low), abs=1e-9)
    assert (one.p_above, one.p_below) == pytest.approx((other.p_below, other.p_above))


def test_rows_where_either_is_missing_are_left_out():
    x, y = [1.0, None, 3.0, float("nan"), 5.0], [0.0, 1.0, None, 2.0, 1.0]
    told = paired(x, y)
    assert (told.pairs, told.difference) == (2, 2.5)
    assert paired([None], [1.0]).pairs == 0
    assert np.isnan(paired([None], [1.0]).difference)


def test_directions_are_told_only_where_they_are_seen():
    up = np.arange(1.0, 8.0)
    assert paired(up, 0 * up).direction() == "above"  # 7 of 7: p = 1/128
    assert paired(0 * up, up).direction() == "below"
    assert paired(up[:6], 0 * up[:6]).direction() == "too few pairs"
    assert paired(up, up).direction() == "no difference seen"
    assert paired(up, 0 * up).direction(level=0.001) == "no difference seen"


def test_the_interval_covers_the_mean_about_as_often_as_it_says():
    """Of 300 samples of 25 normal numbers the bootstrap interval should miss 5 %, in fact a little more (about 7 %)."""
    rng = np.random.default_rng(3)
    told = [paired(rng.standard_normal(25), np.zeros(25)) for _ in range(300)]
    missed = np.mean([not one.low <= 0 <= one.high for one in told])
    assert 0.02 < missed < 0.13  # four standard deviations of 300 draws about 7 %
