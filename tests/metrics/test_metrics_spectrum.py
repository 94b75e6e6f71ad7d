import numpy as np
import pytest

from samefade.errors import ConstantSignal, NotFinite, OutOfRange, TooFewSamples
from samefade.metrics import coherence_area, psd_low_share

RATE = 10.0


@pytest.mark.parametrize("n", [999, 1000])
def test_psd_low_share_of_two_tones(n):
    # whole numbers of periods, amplitudes 3 and 1: powers 9 and 1
    t = np.arange(n) / n
    x = 3 * np.sin(2 * np.pi * 10 * t) + np.sin(2 * np.pi * 200 * t) + 77
    assert psd_low_share(x, RATE, 0.5) == pytest.approx(0.9)
    assert psd_low_share(x, RATE, 0.05) == pytest.approx(0.0, abs=1e-12)
    assert psd_low_share(x, RATE, RATE / 2) == pytest.approx(1.0)


def test_white_noise_has_power_in_proportion_to_the_band():
    x = np.random.default_rng(1).normal(size=100_000)
    assert psd_low_share(x, RATE, 1.0) == pytest.approx(0.2, abs=0.01)  # 10,000 bins: 1 % of .2 is one sigma


def test_what_has_no_spectrum_is_refused():
    with pytest.raises(ConstantSignal):
        psd_low_share(np.ones(9), RATE, 1.0)
    with pytest.raises(NotFinite):
        psd_low_share([1, np.nan], RATE, 1.0)
    with pytest.raises(TooFewSamples):
        psd_low_share([1.0], RATE, 1.0)
    for rate, below in ((0, 1), (-1, 0), (np.inf, 1), (RATE, 6), (RATE, -1), (RATE, np.nan)):
        with pytest.raises(OutOfRange):
            psd_low_share([1.0, 2.0, 4.0], rate, below)


def test_coherence_covers_the_plane_of_one_signal_and_little_of_two():
    rng = np.random.default_rng(2)
    a, b = rng.normal(size=(2, 4096))
    assert coherence_area(a, a, RATE) == pytest.approx(1.0)
    # independent noise passes .5 in about a fifth of the plane: the smoothing averages a few looks only
    assert 0.02 < coherence_area(a, b, RATE) < 0.4
    assert coherence_area(a, a + b, RATE) > coherence_area(a, b, RATE)
    assert coherence_area(a, b, RATE, 0.0) > coherence_area(a, b, RATE, 0.9)


def test_coherence_area_refuses_what_cannot_be_compared():
    noise = np.random.default_rng(3).normal(size=256)
    with pytest.raises(OutOfRange):
        coherence_area(noise, noise, RATE, 1.5)
    with pytest.raises(ConstantSignal):
        coherence_area(noise, np.ones(256), RATE)
    with pytest.raises(NotFinite):
        coherence_area(noise, noise * np.nan, RATE)
