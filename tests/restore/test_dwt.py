import numpy as np
import pytest
import pywt

from samefade.errors import OutOfRange, TooFewSamples
from samefade.restore import Dwt
from samefade.types import Kept

X = np.random.default_rng(1).normal(size=512)


def observation(values, mask=None):
    return Kept(np.asarray(values, float), 1.0, np.ones(len(values), bool) if mask is None else mask)


@pytest.mark.parametrize(("wavelet", "level"), [("db4", 3), ("haar", 2), ("sym5", 4)])
def test_the_approximation_is_that_of_pywavelets_multiresolution_analysis(wavelet, level):
    slow, *details = pywt.mra(X, wavelet, level, transform="dwt", mode="symmetric")
    parts = Dwt(wavelet, level).split(observation(X))
    assert np.allclose(parts.large.values, slow, atol=1e-10)
    assert np.allclose(parts.small.values, sum(details), atol=1e-10)
    assert parts.noise is None


def test_the_finest_octave_can_be_taken_whole():
    *_, finest = pywt.mra(X, "db4", 3, transform="dwt", mode="symmetric")
    parts = Dwt(finest="zero").split(observation(X))
    assert np.allclose(parts.noise.values, finest, atol=1e-10)


def test_the_threshold_takes_noise_and_leaves_a_spike():
    # of 256 normal coefficients one above σ√(2 ln 256) = 3.3 σ happens in a quarter of all records
    quiet = 0.01 * X
    quiet[256] += 5
    parts = Dwt(finest="threshold").split(observation(quiet))
    finest = pywt.wavedec(parts.noise.values, "db4", "symmetric", 1)[-1]
    given = pywt.wavedec(quiet, "db4", "symmetric", 1)[-1]
    gone = np.abs(finest) > 1e-9
    assert gone.mean() > 0.9
    assert np.abs(given[gone]).max() < 0.1
    assert parts.small.values[256] > 2


def test_a_long_gap_reaches_half_a_support_and_a_lost_sample_does_not():
    mask = np.ones(512, bool)
    mask[100], mask[300:320] = False, False
    usable = Dwt("db4", 3).split(observation(X, mask)).small.usable
    reach = ((2**3 - 1) * 7 + 1) // 2  # (2^level − 1)(taps − 1)/2, rounded up
    assert list(np.flatnonzero(~usable[reach:250])) == [100 - reach]
    assert np.flatnonzero(~usable[reach + 80 : -reach])[[0, -1]].tolist() == [
        300 - reach - (reach + 80),
        319 + reach - (reach + 80),
    ]


@pytest.mark.parametrize("wrong", [Dwt("db99"), Dwt(level=0), Dwt(finest="half")])
def test_what_makes_no_sense_is_refused(wrong):
    with pytest.raises(OutOfRange):
        wrong.split(observation(X))


def test_a_record_shorter_than_the_wavelet_is_refused():
    with pytest.raises(TooFewSamples):
        Dwt("db4", 5).split(observation(X[:200]))
