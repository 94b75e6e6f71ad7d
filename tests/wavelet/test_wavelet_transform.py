import full_resolution
import numpy as np
import pytest
from signals import ends

from samefade import wavelet
from samefade.errors import NotFinite, OutOfRange, TooFewSamples
from samefade.wavelet import morlet

RATE = 10.0


def worst(rows, reference, step):
    """The greatest error of any row, in units of the row's greatest value."""
    pairs = zip(rows, reference, step, strict=True)
    return max(np.abs(row - full[::d]).max() / np.abs(full).max() for row, full, d in pairs)


# 300: one stage; 2,000 and 7,000: two and three
@pytest.mark.parametrize("n", [300, 2000, 7000])
@pytest.mark.parametrize("grid", ["decimated", "full"])
def test_rows_are_exact_samples_of_the_convolution(n, grid):
    x, _ = ends(n)
    t = wavelet.transform(x, rate=RATE, grid=grid)
    assert worst(t.rows, full_resolution.transform(x), t.step) < 1e-13
    assert (t.step == 1).all() == (grid == "full")


def test_float32_stays_float32():
    x, _ = ends(2000)
    t = wavelet.transform(x.astype(np.float32), rate=RATE)
    assert {row.dtype for row in t.rows} == {np.dtype(np.complex64)}
    assert worst(t.rows, full_resolution.transform(x), t.step) < 1e-5


def test_a_signal_cut_into_segments_shows_no_seam(monkeypatch):
    x, _ = ends(4500)
    whole = wavelet.transform(x, rate=RATE)
    monkeypatch.setattr("samefade.wavelet.plan.SEGMENT", 1200)
    monkeypatch.setattr("samefade.wavelet.plan.MARGIN", 700)
    cut = wavelet.transform(x, rate=RATE)
    errors = [
        np.abs(a[:: max(1, e // d)] - b[:: max(1, d // e)]).max() / np.abs(a).max()
        for a, b, d, e in zip(whole.rows, cut.rows, whole.step, cut.step, strict=True)
    ]
    assert max(errors) < 1e-13


def test_the_top_and_bottom_rows_are_those_of_the_anchors():
    for n, rows in ((2000, 121), (36000, 171), (360000, 211)):
        assert morlet.count(n, 12) == rows
    t = wavelet.transform(ends(2000)[0], rate=RATE)
    assert len(t) == 121
    assert t.frequency[0] == pytest.approx(RATE / 2)
    assert t.scale[-1] == pytest.approx(0.2 / 1.0330436 * 2**10, rel=1e-6)


def test_scales_agree_with_pycwt():
    pycwt = pytest.importorskip("pycwt")
    x, _ = ends(1024)
    w, scales, frequencies, *_ = pycwt.cwt(x - x.mean(), 1 / RATE)
    t = wavelet.transform(x, rate=RATE, grid="full")
    assert t.scale == pytest.approx(scales)
    assert t.frequency == pytest.approx(frequencies)
    # pycwt wraps around at 1,024 samples and cuts the spectrum at half the rate:
    # compared where neither matters, six scales from each end and a third of the rate down
    for j in range(24, 60):
        inside = slice(int(7 * scales[j] * RATE), -int(7 * scales[j] * RATE))
        assert np.abs(t.rows[j] - w[j])[inside].max() < 1e-8 * np.abs(w[j]).max()


def test_l1_rows_show_a_sine_with_its_own_amplitude():
    t = np.arange(4000) / RATE
    found = wavelet.transform(3 * np.cos(2 * np.pi * 0.25 * t), rate=RATE, norm="L1", grid="full", low=0.2, high=0.3)
    # the nearest row lies within 3 % of 0.25 Hz, which costs up to 1.5 %
    assert max(np.abs(row[2000]) for row in found.rows) == pytest.approx(3, rel=1.5e-2)


def test_a_limit_from_above_keeps_rows_and_costs_fewer_samples():
    x, _ = ends(4000)
    every, some = wavelet.transform(x, rate=RATE), wavelet.transform(x, rate=RATE, low=0.01, high=0.5)
    first = int(np.flatnonzero(np.isclose(every.frequency, some.frequency[0]))[0])
    assert some.frequency.max() <= 0.5
    assert some.frequency.min() >= 0.01
    for row, whole, d, e in zip(some.rows, every.rows[first:], some.step, every.step[first:], strict=False):
        common = max(d, e)
        assert np.abs(row[:: common // d] - whole[:: common // e]).max() < 1e-12 * np.abs(whole).max()


def test_a_batch_is_its_signals_one_by_one():
    a, b = ends(500)
    both = wavelet.transform(np.stack([[a, b], [b, a]]), rate=RATE)
    alone = wavelet.transform(b, rate=RATE)
    assert both.rows[0].shape == (2, 2, 500)
    assert all((many[0, 1] == one).all() for many, one in zip(both.rows, alone.rows, strict=True))


def test_a_batch_of_none_is_refused():
    with pytest.raises(OutOfRange):
        wavelet.transform(np.zeros((0, 100)), rate=RATE)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_values_that_are_not_finite_are_counted(value):
    x, _ = ends(100)
    x[[3, 5]] = value
    with pytest.raises(NotFinite) as error:
        wavelet.transform(x, rate=RATE)
    assert error.value.numbers == {"where": "x", "count": 2}


@pytest.mark.parametrize("n", [0, 1, 15])
def test_too_few_samples_are_refused(n):
    with pytest.raises(TooFewSamples):
        wavelet.transform(np.arange(float(n)), rate=RATE)


def test_a_constant_transforms_to_nothing():
    t = wavelet.transform(np.full(64, 7), rate=RATE)
    assert all((row == 0).all() for row in t.rows)


@pytest.mark.parametrize(
    "wrong",
    [
        {"rate": 0.0},
        {"rate": np.nan},
        {"rate": -1.0},
        {"voices": 3},
        {"voices": 65},
        {"voices": 4.5},
        {"low": 1.0, "high": 0.5},
        {"low": -1.0},
        {"high": 6.0},
        {"low": np.nan},
        {"low": 4.9, "high": 4.91},
        {"high": 1e-6},
        {"grid": "coarse"},
        {"norm": "L3"},
    ],
)
def test_parameters_that_make_no_sense_are_refused(wrong):
    x, _ = ends(200)
    with pytest.raises(OutOfRange):
        wavelet.transform(x, **{"rate": RATE} | wrong)


def test_complex_signals_are_refused():
    with pytest.raises(OutOfRange):
        wavelet.transform(np.ones(100, complex), rate=RATE)


def test_the_repr_tells_the_range():
    assert (
        repr(wavelet.transform(ends(2000)[0], rate=RATE)) == "Transform(121 rows from 0.004883 to 5 Hz, 2000 samples)"
    )
