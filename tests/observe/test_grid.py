import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samefade.errors import EndsDisagree, NotFinite, OutOfRange, TooFewSamples
from samefade.observe import estimate_rate, grid


def test_an_even_series_comes_back_as_it_is():
    time = 5 + np.arange(100) / 10
    x = np.sin(time)
    made = grid(time, x)
    np.testing.assert_allclose(made.values, x)
    assert made.mask.all()
    assert made.rate == pytest.approx(10)
    assert made.start == pytest.approx(5)
    assert made.duplicates == 0


def test_a_gap_is_interpolated_and_marked():
    time = np.delete(np.arange(20.0), [7, 8])
    made = grid(time, 3 * time, 1.0)
    np.testing.assert_allclose(made.values, 3 * np.arange(20.0))
    assert list(np.flatnonzero(~made.mask)) == [7, 8]


def test_columns_are_interpolated_each():
    time = np.delete(np.arange(20.0), 7)
    made = grid(time, np.stack([time, -2 * time], axis=1), 1.0)
    np.testing.assert_allclose(made.values, np.stack([np.arange(20.0), -2 * np.arange(20.0)], axis=1))


def test_packets_out_of_order_are_sorted():
    time = np.arange(20.0)[::-1]
    np.testing.assert_allclose(grid(time, time, 1.0).values, np.arange(20.0))


def test_the_nearer_of_two_packets_on_one_point_counts_and_the_other_is_counted():
    time = np.array([0, 1, 2, 2.1, 3, 4.0])
    made = grid(time, np.arange(6.0), 1.0, span=(0, 4))
    np.testing.assert_array_equal(made.values, [0, 1, 2, 4, 5])
    assert made.duplicates == 1


def test_a_late_packet_goes_to_the_free_point_beside_it():
    # packet 2 came 0.6 late and packet 3 on time: both are nearest to point 3
    made = grid(np.array([0, 1, 2.6, 3, 4]), np.arange(5.0), 1.0, span=(0, 4))
    np.testing.assert_array_equal(made.values, np.arange(5.0))
    assert made.mask.all()


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**32), st.floats(0, 0.3), st.floats(0, 0.3))
def test_every_heard_value_is_a_packet_and_lies_within_a_period_of_it(seed, loss, jitter):
    rng = np.random.default_rng(seed)
    time = (np.arange(200) + rng.uniform(-jitter, jitter, 200))[rng.random(200) >= loss]
    made = grid(time, np.arange(len(time)), 1.0, span=(0, 199))
    heard = np.flatnonzero(made.mask)
    packets = made.values[heard].astype(int)
    assert np.all(np.abs(time[packets] - heard) <= 0.5 + 1e-9)  # jitter below half a period: always the nearest point
    assert len(set(packets)) == len(heard) == len(time) - made.duplicates


def test_the_rate_survives_losses_jitter_and_a_coarse_clock():
    rng = np.random.default_rng(2)
    time = np.cumsum(np.full(5000, 0.1)) + rng.uniform(-0.01, 0.01, 5000)
    time = time[rng.random(5000) > 0.2]
    # 4,000 intervals, both ends jittered by 10 ms over 500 s: 1e-4 is generous
    assert estimate_rate(time) == pytest.approx(10, rel=1e-4)
    coarse = np.round(np.arange(5000) * 0.1004 / 0.0156) * 0.0156  # 15.6 ms ticks of a host clock
    assert estimate_rate(coarse) == pytest.approx(1 / 0.1004, rel=1e-4)


def test_an_hour_of_loss_does_not_fill_the_memory():
    time = np.concatenate([np.arange(100) / 10, 3600 + np.arange(100) / 10])
    with pytest.raises(TooFewSamples) as caught:
        grid(time, time)
    assert caught.value.numbers["have"] == 200
    assert caught.value.numbers["need"] > 1800


def test_a_century_between_two_packets_is_refused_at_once():
    with pytest.raises(TooFewSamples):
        grid(np.array([0, 0.1, 3e9]), np.zeros(3), 10.0)


@pytest.mark.parametrize(
    ("time", "values", "rate", "error"),
    [
        ([], [], None, TooFewSamples),
        ([1.0], [1.0], None, TooFewSamples),
        ([2.0, 2.0], [1.0, 1.0], None, TooFewSamples),
        ([], [], 1.0, TooFewSamples),
        ([0, 1, np.nan], [0, 1, 2], None, NotFinite),
        ([0, 1, 2], [0, np.inf, 2], None, NotFinite),
        ([0, 1, 2], [0, 1], None, EndsDisagree),
        ([0, 1, 2], [0, 1, 2], 0.0, OutOfRange),
        ([0, 1, 2], [0, 1, 2], np.nan, OutOfRange),
    ],
)
def test_bad_input_gets_a_clear_error(time, values, rate, error):
    with pytest.raises(error):
        grid(np.array(time, float), np.array(values, float), rate)


def test_a_reversed_or_empty_span_is_refused():
    time = np.arange(5.0)
    with pytest.raises(OutOfRange):
        grid(time, time, 1.0, span=(3, 2))
    with pytest.raises(TooFewSamples):
        grid(time, time, 1.0, span=(100, 101))
