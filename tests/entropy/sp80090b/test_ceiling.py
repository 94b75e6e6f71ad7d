"""The ceilings against perfect symbols: means of many strings, and NIST's truly random files."""

import numpy as np
import pytest

from samefade.entropy.sp80090b import NAMES, assess90b, perfect
from samefade.errors import UnknownName


# the mean of 24 strings; 4 standard errors, and 0.02 bit for what the closed forms neglect
@pytest.mark.parametrize(("bits", "n"), [(1, 10_000), (2, 8000), (4, 8000)])
def test_perfect_symbols_score_their_ceilings_on_average(bits, n):
    rng = np.random.default_rng(5)
    found = [assess90b(rng.integers(0, 2**bits, n), bits) for _ in range(24)]
    for name in NAMES:
        scores = np.array([one.by[name] for one in found])
        slack = 4 * scores.std() / np.sqrt(len(scores)) + 0.02 * bits
        assert found[0].ceilings[name] == pytest.approx(scores.mean(), abs=slack), name
    # the least of ten scatters further down than each of them
    least = np.array([one.least for one in found])
    assert found[0].ceiling == pytest.approx(least.mean(), abs=0.05 * bits)


# NIST's truerand files score .830, 3.60 of 4, 7.23 of 8 and, of 10,000, .61: single strings, whose compression
# estimate alone has a standard deviation of .026 at 1,000,000 bits and .07 at 10,000 (300 strings)
@pytest.mark.parametrize(
    ("bits", "n", "nist", "scatter"),
    [(1, 1_000_000, 0.830, 0.026), (4, 1_000_000, 3.60, 0.08), (8, 1_000_000, 7.23, 0.12), (1, 10_000, 0.612, 0.07)],
)
def test_true_randomness_scores_about_its_ceiling(bits, n, nist, scatter):
    assert min(perfect(name, n, bits) for name in NAMES) == pytest.approx(nist, abs=2 * scatter)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("bits", [1, 2, 8])
def test_ceilings_rise_with_the_length_and_stay_below_the_width(name, bits):
    heights = [perfect(name, n, bits) for n in (40_000, 400_000, 4_000_000)]
    # the longest run and the last length that is common jump, so that they do not rise evenly
    assert heights[0] - 0.03 * bits < heights[1] < heights[2] + 0.03 * bits
    assert heights[0] < heights[2] < bits


@pytest.mark.parametrize("n", [2, 3, 7, 20, 100, 1000])
def test_short_strings_have_ceilings_too(n):
    for name in NAMES:
        assert 0 <= perfect(name, n, 1) <= 1
        assert 0 <= perfect(name, n, 8) <= 8


def test_an_estimator_that_did_not_run_does_not_lower_the_ceiling():
    symbols = np.random.default_rng(1).integers(0, 4, 3000)  # too few for MultiMCW, unless as 6,000 bits
    found = assess90b(symbols, 2)
    assert found.ceilings["multi-MCW"] == 2 * perfect("multi-MCW", 6000, 1)


def test_no_other_estimator_has_a_ceiling():
    with pytest.raises(UnknownName):
        perfect("Lag", 1000, 1)
