"""What the cells of strands are worth: Eve, echoes, other strands, ε, and which claim."""

from math import e, log2, pi, sqrt

import numpy as np
import pytest
from scipy.signal import lfilter
from scipy.special import ndtri

from samefade.entropy import assess_cells
from samefade.errors import OutOfRange, TooFewSamples
from samefade.types import Strand

N, SPOKEN = 6000, 2000
GAUSSIAN = 0.5 * log2(2 * pi * e)
WIDTH = 0.25


def strand(span=1, bits=6, width=WIDTH):
    cut = width * (np.arange(1, 1 << bits) - (1 << (bits - 1)))
    basis = np.eye(span)
    return Strand(np.ones(1), dict.fromkeys("abe", 0.0), span, basis, 0, basis, np.ones(span), edges=(cut,) * span)


def white(seed, n=N + SPOKEN):
    return np.random.default_rng(seed).standard_normal(n)


def fade(seed, memory=0.9, n=N + SPOKEN):
    return lfilter([sqrt(1 - memory**2)], [1, -memory], white(seed, n + 200))[200:]


def worth(*series, eve=None, epsilon=2**-64, used=None, span=1):
    """Return the estimate for strands of these series, of which the first samples are spoken."""
    x = np.column_stack(series)
    used = np.ones(len(x[SPOKEN:]) // span, bool) if used is None else used
    heard = None if eve is None else eve[SPOKEN:]
    return assess_cells([strand(span)] * len(series), x[SPOKEN:], used, spoken=x[:SPOKEN], eve=heard, epsilon=epsilon)


def closed(scale=1.0, n=N, epsilon=2**-64):
    """Return what n fine cells of independent values of this deviation are worth, bits a cell."""
    return GAUSSIAN + log2(scale / WIDTH) + float(ndtri(epsilon)) * sqrt(0.5 / n) * log2(e)


@pytest.fixture(scope="module")
def plain():
    return worth(fade(1))


def test_a_gaussian_fade_is_worth_its_innovations_less_the_price_of_certainty(plain):
    # cells of more than half of the innovations' deviation, and 6000 samples to learn from
    assert plain.per_symbol == pytest.approx(closed(sqrt(1 - 0.81)), abs=0.05)
    assert plain.per_symbol == min(plain.by.values())
    assert plain.claim == "bounded"
    assert plain.measure.startswith("smooth min-entropy")
    assert plain.ceiling == 6
    assert any("Gaussian" in line for line in plain.assumptions)
    assert any("Eve heard nothing" in line for line in plain.assumptions)
    assert {"stationary", "local scale"} <= set(plain.by)


def test_epsilon_is_the_price_of_certainty():
    x = white(2)
    worths = {power: worth(x, epsilon=2.0**-power).per_symbol for power in (2, 20, 64, 200)}
    assert worths[2] > worths[20] > worths[64] > worths[200]
    # z √(n · ½ (log2 e)²), whoever guesses
    for power in (20, 64):
        price = -float(ndtri(2.0**-power) - ndtri(0.25)) * sqrt(0.5 / N) * log2(e)
        assert worths[2] - worths[power] == pytest.approx(price, rel=0.1)
    assert "2^-63" in worth(x, epsilon=2.0**-63).measure


@pytest.mark.parametrize("epsilon", [0.0, 0.5, 1.0, -1e-9, float("nan"), float("inf")])
def test_an_epsilon_that_is_no_small_probability_is_refused(epsilon):
    with pytest.raises(OutOfRange, match="epsilon"):
        worth(white(2), epsilon=epsilon)


def test_an_eavesdropper_with_the_same_recording_leaves_nothing(plain):
    x = fade(1)
    for eve in (x, -3 * x + 7, np.column_stack([white(8), x])):
        found = worth(x, eve=eve)
        assert found.per_symbol < 0.02
        assert all("given Eve" in who for who in found.by)
        assert any("eavesdropper's recording" in line for line in found.assumptions)
    assert plain.per_symbol > 1


@pytest.mark.parametrize("late", [-300, -2, 1, 40])
def test_an_eavesdropper_whose_recording_is_matched_to_another_sample_leaves_nothing(late):
    x = fade(1)
    # moved back, her recording misses |late| samples, which no guesser tells from the others at once
    assert worth(x, eve=np.roll(x, late)).per_symbol < 0.1 + 0.002 * abs(late)


def test_an_independent_eavesdropper_changes_nearly_nothing(plain):
    found = worth(fade(1), eve=fade(9))
    assert found.per_symbol == pytest.approx(plain.per_symbol, abs=0.02)
    still = worth(fade(1), eve=np.full(N + SPOKEN, 4.0))
    assert still.per_symbol == pytest.approx(plain.per_symbol, abs=0.02)


@pytest.mark.parametrize("noise", [0.3, 1.0])
def test_an_eavesdropper_with_noise_leaves_what_she_cannot_tell(noise):
    x = white(3)
    found = worth(x, eve=x + noise * white(4))
    wanted = closed(noise / sqrt(1 + noise**2))
    assert found.per_symbol == pytest.approx(wanted, abs=0.06)


def test_what_was_published_before_is_worth_nothing_when_it_comes_again():
    x = fade(1)
    x[SPOKEN:] = np.resize(x[:SPOKEN], N)
    assert worth(x).per_symbol < 0.15


def test_what_comes_again_within_the_kept_half_is_worth_its_first_time():
    x = white(1)
    x[SPOKEN + N // 2 :] = x[SPOKEN : SPOKEN + N // 2]
    once = worth(white(1)).per_symbol
    assert worth(x).per_symbol < 0.75 * once


def test_independent_strands_are_worth_their_sum_and_a_repeated_one_nothing_more():
    x, y = white(1), white(2)
    alone, other, both = worth(x), worth(y), worth(x, y)
    # together the price of certainty is √2 and not 2 times that of one
    saved = (2 - sqrt(2)) * -float(ndtri(2**-64)) * sqrt(0.5 * N) * log2(e)
    assert both.per_symbol * 2 * N == pytest.approx((alone.per_symbol + other.per_symbol) * N + saved, rel=0.02)
    again = worth(x, -2 * x)
    assert again.per_symbol * 2 * N <= alone.per_symbol * N * 1.01
    late = worth(x, np.roll(x, 1))
    assert late.per_symbol * 2 * N <= alone.per_symbol * N * 1.02


def test_the_square_of_another_strand_is_known_though_not_correlated_with_it():
    x = white(1)
    square = (x**2 - 1) / sqrt(2)
    assert abs(np.corrcoef(x, square)[0, 1]) < 0.1
    assert worth(x, square).per_symbol * 2 * N <= worth(x).per_symbol * N * 1.02


def test_blocks_that_are_not_used_are_not_worth_anything():
    x = white(1)
    used = np.arange(N) % 2 == 0
    # the samples between are known to Eve; a white one's neighbours tell nothing
    assert worth(x, used=used).per_symbol == pytest.approx(closed(n=N // 2), abs=0.06)


@pytest.mark.parametrize("span", [4, 16])
def test_blocks_of_samples_are_worth_as_much_as_single_ones(span, plain):
    assert worth(fade(1), span=span).per_symbol == pytest.approx(plain.per_symbol, abs=0.03)


def test_only_gaussian_channels_whose_law_stands_are_called_bounded(plain):
    rng = np.random.default_rng(6)
    n = N + SPOKEN
    t = np.arange(n)
    assert plain.claim == "bounded"
    assert worth(white(1)).claim == "bounded"
    assert worth(rng.laplace(size=n) / sqrt(2)).claim == "estimate"
    assert worth(np.where(t // 500 % 2, 0.2, 1.0) * white(1)).claim == "estimate"
    chirp = np.sin(2 * pi * (0.01 * t + 0.1 * t**2 / n)) + 0.1 * white(1)
    assert worth(chirp).claim == "estimate"


def test_records_too_short_to_judge_are_refused():
    x = white(1)
    with pytest.raises(TooFewSamples) as why:
        assess_cells([strand()], x[:63, None], np.ones(63, bool), spoken=x[:0, None])
    assert why.value.numbers["have"] == 63
    found = assess_cells([strand()], x[:200, None], np.ones(200, bool), spoken=x[:0, None])
    assert 0 <= found.per_symbol < closed(epsilon=0.4)
