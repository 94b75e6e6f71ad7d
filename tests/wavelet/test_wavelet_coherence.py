import full_resolution
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from signals import ends

from samefade import wavelet
from samefade.errors import ConstantSignal, EndsDisagree, NotFinite, OutOfRange, TooFewSamples, UnknownName
from samefade.wavelet.kernels import KERNELS

RATE = 10.0


def worst(found, reference):
    return max(np.abs(row - r[::d]).max() for row, r, d in zip(found.rows, reference, found.step, strict=True))


@pytest.mark.parametrize("n", [300, 2000, 5000])
@pytest.mark.parametrize("grid", ["decimated", "full"])
def test_rows_are_exact_samples_of_the_full_resolution(n, grid):
    a, b = ends(n)
    reference, cross = full_resolution.coherence(a, b)
    found = wavelet.coherence(a, b, rate=RATE, grid=grid)
    assert worst(found, reference) < 1e-8
    for phase, r2, c, d in zip(found.phase, found.rows, cross, found.step, strict=True):
        turned = np.abs(np.exp(1j * phase) - np.exp(1j * np.angle(c[::d])))
        assert turned[r2 > 0.01].max(initial=0) < 1e-8  # where there is no coherence there is no phase


@pytest.mark.parametrize("voices", [4, 10])
def test_other_numbers_of_voices_too(voices):
    a, b = ends(1500)
    reference, _ = full_resolution.coherence(a, b, voices)
    assert worst(wavelet.coherence(a, b, rate=RATE, voices=voices), reference) < 1e-8


def test_float32_is_within_1e_4():
    a, b = ends(2000)
    reference, _ = full_resolution.coherence(a, b)
    found = wavelet.coherence(a.astype(np.float32), b.astype(np.float32), rate=RATE)
    assert {row.dtype for row in found.rows} == {np.dtype(np.float32)}
    assert worst(found, reference) < 1e-4


def test_a_record_cut_into_segments_shows_no_seam(monkeypatch):
    a, b = ends(4500)
    reference, _ = full_resolution.coherence(a, b)
    monkeypatch.setattr("samefade.wavelet.plan.SEGMENT", 1200)
    monkeypatch.setattr("samefade.wavelet.plan.MARGIN", 700)
    for grid in ("decimated", "full"):
        assert worst(wavelet.coherence(a, b, rate=RATE, grid=grid), reference) < 1e-8


def test_a_burst_of_100_db_stays_within_its_bound():
    a, b = ends(3000)
    a[1000] = b[1400] = 1e5 * a.std()
    reference, _ = full_resolution.coherence(a, b)
    assert worst(wavelet.coherence(a, b, rate=RATE), reference) < 1e-5


def test_gaps_of_exact_zeros_have_no_coherence_and_no_nan():
    a, b = ends(6000)
    a -= a.mean()
    b -= b.mean()
    for x in (a, b):
        x[2000:4000] = 0
        x[:2000] -= x[:2000].mean()
        x[4000:] -= x[4000:].mean()
    found = wavelet.coherence(a, b, rate=RATE)
    assert all(np.isfinite(row).all() and (row >= 0).all() and (row <= 1).all() for row in found.rows)
    assert all((row[3000 // d] == 0) for row, d in zip(found.rows[:36], found.step[:36], strict=True))


def test_limits_do_not_change_a_row():
    a, b = ends(3000)
    every = wavelet.coherence(a, b, rate=RATE, grid="full")
    some = wavelet.coherence(a, b, rate=RATE, low=0.02, high=0.4, grid="full")
    first = int(np.flatnonzero(np.isclose(every.frequency, some.frequency[0]))[0])
    assert np.abs(np.stack(every.rows[first : first + len(some)]) - np.stack(some.rows)).max() < 1e-9


def test_pycwt_is_reproduced():
    pycwt = pytest.importorskip("pycwt")
    if hasattr(pycwt.wavelet.fft, "cache"):
        pytest.skip("pycwt pads otherwise where pyFFTW is installed")
    a, b = ends(700)
    theirs, _, _, frequencies, _ = pycwt.wct(a, b, 1 / RATE, sig=False)
    ours = wavelet.coherence(a, b, rate=RATE, kernel="pycwt")
    assert ours.frequency == pytest.approx(frequencies)
    assert np.abs(np.stack(ours.rows) - theirs).max() < 1e-9  # everywhere, the cone included


def test_grinsted_is_the_published_sum():
    a, b = ends(700)
    found = wavelet.coherence(a, b, rate=RATE, kernel="grinsted")
    scales = 2 * 2 ** (np.arange(round(np.log2(0.17 * 700) * 12) + 1) / 12)
    taps = [0.6, 1, 1, 1, 1, 1, 1, 1, 0.6]
    reference, _ = full_resolution.trimmed(a, b, scales, positive=True, exponent=0.5, taps=taps, before=4)
    assert found.scale == pytest.approx(scales / RATE)
    assert np.abs(np.stack(found.rows) - reference).max() < 1e-9


def test_matlab_is_the_published_sum():
    a, b = ends(700)
    found = wavelet.coherence(a, b, rate=RATE, kernel="matlab")
    scales = (6 + np.sqrt(2 * np.log(10))) / np.pi * 2 ** (np.arange(8 * 12 + 1) / 12)
    reference, _ = full_resolution.trimmed(a, b, scales, positive=True, exponent=0.25, taps=[1] * 12, before=5)
    # 6/(2πs) in MATLAB's own labels: the top row is 0.3683 of the rate
    assert 6 / (2 * np.pi * found.scale[0] * RATE) == pytest.approx(0.3683, abs=1e-4)
    assert np.abs(np.stack(found.rows) - reference).max() < 1e-9


@pytest.mark.parametrize(("n", "rows"), [(128, 73), (1024, 109), (4096, 133), (36000, 169)])
def test_matlab_has_its_published_number_of_rows(n, rows):
    assert KERNELS["matlab"].count(n, 12) == rows


def test_a_signal_is_coherent_with_itself_at_phase_0():
    a, _ = ends(1000)
    found = wavelet.coherence(a, 3 * a + 5, rate=RATE)
    assert found.area(0.999999) == 1
    assert max(np.abs(p).max() for p in found.phase) < 1e-6


def test_a_leading_signal_has_a_positive_phase():
    t = np.arange(4000) / RATE
    rng = np.random.default_rng(3)
    a, b = (np.cos(2 * np.pi * 0.2 * t + p) + 1e-3 * rng.normal(size=4000) for p in (0.5, 0.0))
    found = wavelet.coherence(a, b, rate=RATE, low=0.19, high=0.21)
    for phase, d in zip(found.phase, found.step, strict=True):
        assert phase[2000 // d] == pytest.approx(0.5, abs=1e-2)


def test_independent_noise_is_rarely_coherent():
    rng = np.random.default_rng(5)
    a, b = rng.normal(size=(2, 20000))
    # chance coherence of this smoothing: mean about 0.3, R² > 0.8 in about one cell in a hundred
    assert wavelet.coherence(a, b, rate=RATE, low=0.05).area(0.8) < 0.03


def test_counts_leave_out_the_cone_and_are_in_samples_of_the_signal():
    a, _ = ends(1000)
    found = wavelet.coherence(a, a, rate=RATE)
    valid = np.maximum(0, 1000 - 2 * np.ceil(np.sqrt(2) * found.scale * RATE - 1e-9))
    counts = found.samples_above(0.99)
    has = np.array([found.rows[j][found.outside(j)].size > 0 for j in range(len(found))])
    assert (counts[has] == valid[has]).all()
    assert (counts[~has] == 0).all()
    assert found.maximum() == pytest.approx(1)


def test_decimated_counts_are_close_to_the_full_ones():
    a, b = ends(20000)
    thin = wavelet.coherence(a, b, rate=RATE, low=0.02)
    full = wavelet.coherence(a, b, rate=RATE, low=0.02, grid="full")
    # a row has a sample each half to quarter scale, so a count errs by about a scale for each crossing
    assert np.abs(thin.samples_above(0.8) - full.samples_above(0.8)).max() < 0.02 * 20000
    assert thin.area(0.8) == pytest.approx(full.area(0.8), abs=2e-3)
    assert thin.maximum() == pytest.approx(full.maximum(), abs=1e-3)


def test_the_full_picture_is_interpolated_through_the_samples():
    a, b = ends(1000)
    found = wavelet.coherence(a, b, rate=RATE)
    picture, phase = found.full(), found.full_phase()
    assert picture.shape == phase.shape == (len(found), 1000)
    for j, d in enumerate(found.step):
        assert np.abs(picture[j, ::d] - found.rows[j]).max() < 1e-12
        assert np.abs(np.exp(1j * phase[j, ::d]) - np.exp(1j * found.phase[j])).max() < 1e-9


def test_rows_inside_their_cone_have_no_maximum():
    a, b = ends(200)
    found = wavelet.coherence(a, b, rate=RATE, high=0.06)
    for ask in (found.area, found.maximum):
        with pytest.raises(TooFewSamples):
            ask()


def test_a_batch_is_its_pairs_one_by_one():
    a, b = ends(400)
    both = wavelet.coherence(np.stack([a, b]), np.stack([b, b]), rate=RATE)
    alone = wavelet.coherence(a, b, rate=RATE)
    assert all((many[0] == one).all() for many, one in zip(both.rows, alone.rows, strict=True))
    assert both.samples_above(0.5).shape == (2, len(alone))
    assert both.full().shape == (2, len(alone), 400)
    assert 0 < both.area() < 1


@pytest.mark.parametrize(
    ("a", "b", "error"),
    [
        (np.arange(50.0), np.arange(51.0), EndsDisagree),
        (np.arange(50.0), np.ones(50), ConstantSignal),
        (np.ones((2, 50)), np.ones((2, 50)), ConstantSignal),
        (np.arange(5.0), np.arange(5.0), TooFewSamples),
        (np.arange(50.0), np.full(50, np.nan), NotFinite),
    ],
)
def test_signals_that_cannot_be_compared_are_refused(a, b, error):
    with pytest.raises(error):
        wavelet.coherence(a, b, rate=RATE)


def test_an_unknown_kernel_is_refused_with_the_known_ones():
    with pytest.raises(UnknownName, match="samefade-1, pycwt, grinsted, matlab"):
        wavelet.coherence(*ends(100), rate=RATE, kernel="samefade-0")


def test_a_rate_that_makes_no_sense_is_refused():
    with pytest.raises(OutOfRange):
        wavelet.coherence(*ends(100), rate=-1)


@settings(max_examples=25, deadline=None)
@given(n=st.integers(16, 600), seed=st.integers(0, 99), scale=st.floats(1e-8, 1e8), shift=st.floats(-1e3, 1e3))
def test_coherence_lies_between_0_and_1_and_knows_no_units(n, seed, scale, shift):
    a, b = ends(n, seed)
    found, other = (wavelet.coherence(x, b, rate=RATE) for x in (a, scale * (a + shift)))
    for row, same in zip(found.rows, other.rows, strict=True):
        assert ((row >= 0) & (row <= 1)).all()
        assert np.abs(row - same).max() < 1e-5
