"""Which clock a recording gets, and what it says about it."""

import numpy as np
import pytest

from samefade.errors import OutOfRange
from samefade.files.clock import Stamps, by_row, choose, count_on, unwrap

N = 400
NAN = np.full(N, np.nan)
MICROS = np.cumsum(np.full(N, 10_000.0)) + 5e6  # 100 Hz


def stamps(*, host=NAN, real=NAN, unpadded=None, local=MICROS):
    return Stamps(host, real, real if unpadded is None else unpadded, local)


def test_host_time_comes_first_and_stays_absolute():
    host = 1.6e9 + MICROS * 1e-6 + np.random.default_rng(5).uniform(0, 1e-3, N)
    time, clock = choose(stamps(host=host, real=MICROS * 1e-6))
    assert clock == "host time"
    assert np.array_equal(time, host)


def test_a_coarse_host_clock_lends_only_its_origin():
    late = np.random.default_rng(6).exponential(0.05, N)  # lines that wait in the serial buffer
    host = np.floor((1.6e9 + MICROS * 1e-6 + late) * 64) / 64  # ticks of 15.6 ms
    time, clock = choose(stamps(host=np.maximum.accumulate(host)))
    assert "local timestamp" in clock
    assert "set to host time" in clock
    # the packets are even again, to the 1,000 ppm that a line may bend
    assert np.diff(time) == pytest.approx(0.01, rel=2e-3)
    # and lie on the host's axis, much less late than the lines were on average
    true = 1.6e9 + MICROS * 1e-6
    assert np.abs(time - true).max() < 0.5 * np.mean(np.maximum.accumulate(host) - true)


def test_host_time_in_some_lines_only_is_enough_to_set_the_origin():
    host = np.where(np.arange(N) % 3 == 0, 1.6e9 + MICROS * 1e-6, np.nan)
    time, clock = choose(stamps(host=host))
    assert "set to host time" in clock
    assert time == pytest.approx(1.6e9 + MICROS * 1e-6, abs=1e-6)


def test_a_host_clock_that_goes_back_is_not_used_alone():
    host = 1.6e9 + MICROS * 1e-6
    host[N // 2 :] -= 3600  # summer time ends
    time, clock = choose(stamps(host=host))
    assert clock.startswith("local timestamp")
    assert (np.diff(time) > 0).all()


def test_microseconds_without_leading_zeros_are_restored():
    whole, micro = np.divmod(MICROS.astype(int) + 54_879, 1_000_000)
    printed = np.array([float(f"{w}.{m}") for w, m in zip(whole, micro, strict=True)])
    counted = whole + micro * 1e-6
    time, clock = choose(stamps(real=printed, unpadded=counted))
    assert clock == "real timestamp (leading zeros of the microseconds restored)"
    assert np.array_equal(time, counted)


def test_a_real_timestamp_of_six_digits_is_too_coarse_late_in_the_day():
    true = 20_000 + MICROS * 1e-6
    time, clock = choose(stamps(real=np.array([float(f"{t:.6g}") for t in true]), local=MICROS))
    assert clock == "local timestamp (µs, unwrapped)"
    assert np.diff(time) == pytest.approx(0.01)


@pytest.mark.parametrize("signed", [False, True])
def test_the_local_counter_is_unwrapped(signed):
    counter = np.mod(MICROS + 2**32 - 6e6, 2**32)
    counter = np.where(counter >= 2**31, counter - 2**32, counter) if signed else counter
    time, joins = unwrap(counter)
    assert joins == 0
    assert np.diff(time) == pytest.approx(0.01)


def test_a_restart_is_not_taken_for_a_wrap():
    counter = np.concatenate([MICROS[:200], MICROS[:200]])
    time, clock = choose(stamps(local=counter))
    assert clock == "local timestamp (µs, unwrapped, 1 restarts joined)"
    assert np.diff(time) == pytest.approx(0.01)


def test_without_any_clock_rows_are_counted_and_said_to_be():
    time, clock = choose(stamps(local=np.full(N, 4.0)))
    assert "1 Hz assumed" in clock
    assert np.array_equal(time, np.arange(N))
    time, clock = choose(stamps(local=np.full(N, 4.0)), rate=10)
    assert (time[-1], clock) == ((N - 1) / 10, "declared rate, 10 Hz")


@pytest.mark.parametrize("rate", [0, -1.0, float("nan"), float("inf"), "ten"])
def test_a_rate_that_is_none_is_refused(rate):
    with pytest.raises(OutOfRange):
        by_row(np.arange(3), rate)


def test_sequence_numbers_wrap_and_restart():
    assert count_on(np.array([65534.0, 65535, 0, 1]), 2**16).tolist() == [65534, 65535, 65536, 65537]
    assert count_on(np.array([5.0, 6, 0, 1]), 2**16).tolist() == [5, 6, 0, 1]
    assert count_on(np.array([]), 2**16).tolist() == []
