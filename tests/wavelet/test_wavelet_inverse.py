import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from signals import ends

from samefade import wavelet
from samefade.errors import NotFinite, OutOfRange, TooFewSamples

RATE = 10.0


@settings(max_examples=6, deadline=None)
@given(band=st.tuples(st.floats(0.06, 4.9), st.floats(0.06, 4.9)), voices=st.sampled_from([6, 12, 16]))
def test_the_sum_over_rows_is_the_filter(band, voices):
    low, high = min(band) * 0.9, max(band)
    x, _ = ends(300)
    t = wavelet.transform(x, rate=RATE, voices=voices, grid="full")
    rows = (t.frequency >= low) & (t.frequency <= high)
    if not rows.any():
        return
    kept = wavelet.inverse(x, rate=RATE, low=low, high=high, voices=voices, mean=False)
    assert np.abs(t.inverse(rows) - kept).max() < 1e-12 * np.abs(x).max()


@pytest.mark.parametrize("norm", ["L1", "L2"])
def test_any_set_of_rows_may_be_summed(norm):
    x, _ = ends(500)
    t = wavelet.transform(x, rate=RATE, grid="full", norm=norm)
    rows = np.zeros(len(t), bool)
    rows[[3, 40]] = True
    each = sum(t.inverse([j]) for j in (3, 40))
    assert np.abs(t.inverse(rows) - each).max() < 1e-13
    low, high = t.frequency[40], t.frequency[40]
    assert np.abs(t.inverse([40]) - wavelet.inverse(x, rate=RATE, low=low, high=high, mean=False)).max() < 1e-12


def test_the_response_is_that_of_the_derivation():
    # G(u) = (1/C)∫₀^u 2·exp(−(v − 6)²/2)/v dv, as a table at u/6 = 0.8, 0.9, 1, 1.1, 1.2;
    # with s = 6/(2πf) a row's label differs from ours by 6·1.0330/2π
    label = 2 * np.pi / 6 / 1.0330436
    voices = 12
    edges = np.array([0.8, 0.9, 1, 1.1, 1.2])
    top = wavelet.response(edges, rate=100.0, low=1e-4, high=1.0, voices=voices)
    frequency = wavelet.transform(ends(5000)[0], rate=100.0).frequency
    last = frequency[frequency <= 1.0][0] / label * 2 ** (1 / (2 * voices))
    grid = np.linspace(1e-6, 12, 400001)
    density = 2 * np.exp(-0.5 * (grid - 6) ** 2) / grid
    primitive = np.concatenate([[0], np.cumsum((density[1:] + density[:-1]) / 2 * np.diff(grid))])
    assert top == pytest.approx(1 - np.interp(6 * edges / last, grid, primitive) / primitive[-1], abs=2e-3)


def test_the_gain_inside_the_band_is_1():
    f = np.geomspace(0.05, 0.5, 50)
    # the published constant 0.776 gives 0.954 to 1.003
    assert wavelet.response(f, rate=RATE, low=0.001, high=5.0) == pytest.approx(1, abs=1e-6)


def test_a_band_keeps_a_slow_sine_and_takes_a_fast_one():
    t = np.arange(6000) / RATE
    slow, fast = np.sin(2 * np.pi * 0.05 * t), np.sin(2 * np.pi * 1.0 * t)
    kept = wavelet.inverse(slow + fast + 4, rate=RATE, low=0.02, high=0.3)
    assert np.abs(kept - slow - 4)[2400:-2400].max() < 1e-3


def test_the_mean_comes_back_only_if_asked_for():
    x = ends(500)[0] + 40
    with_mean, without = (wavelet.inverse(x, rate=RATE, low=0.1, high=1, mean=m) for m in (True, False))
    assert with_mean - without == pytest.approx(x.mean())


def test_a_batch_float32_and_integers():
    x = (100 * ends(300)[0]).astype(np.int32)
    one = wavelet.inverse(x, rate=RATE, low=0.1, high=1)
    many = wavelet.inverse(np.stack([x, x]).astype(np.float32), rate=RATE, low=0.1, high=1)
    assert one.dtype == np.float64
    assert many.dtype == np.float32
    assert many[1] == pytest.approx(one, abs=1e-2)


def test_a_band_far_below_the_record_is_nothing():
    x, _ = ends(500)
    assert np.abs(wavelet.inverse(x, rate=RATE, low=1e-7, high=1e-6, mean=False)).max() < 1e-6


def test_a_decimated_transform_is_not_summed():
    t = wavelet.transform(ends(500)[0], rate=RATE)
    with pytest.raises(OutOfRange):
        t.inverse()


def test_signals_that_cannot_be_used_are_refused():
    with pytest.raises(TooFewSamples):
        wavelet.inverse(np.ones(3), rate=RATE, low=0.1, high=1)
    with pytest.raises(NotFinite):
        wavelet.inverse(np.full(99, np.nan), rate=RATE, low=0.1, high=1)


@pytest.mark.parametrize(
    "wrong", [{"low": 0.0}, {"low": 2.0}, {"high": 9.0}, {"rate": 0}, {"voices": 1}, {"low": np.nan}, {"high": 0.1001}]
)
def test_a_band_that_makes_no_sense_is_refused(wrong):
    with pytest.raises(OutOfRange):
        wavelet.inverse(ends(100)[0], **{"rate": RATE, "low": 0.1, "high": 1.0} | wrong)
