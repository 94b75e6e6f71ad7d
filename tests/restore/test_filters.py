import numpy as np
import pytest
import pywt
from scipy import signal

from samefade.errors import OutOfRange, TooFewSamples
from samefade.restore import BandFilter, CoherentBand, Fft, Golay, Packet, Raw
from samefade.restore.band import half_gain
from samefade.types import Band, Observation, Terms
from samefade.wavelet import response

RATE = 10.0


def observation(values, mask=None):
    return Observation(np.asarray(values, float), RATE, np.ones(len(values), bool) if mask is None else mask)


def noise(n, seed=1):
    return np.random.default_rng(seed).normal(size=n)


def test_golay_keeps_a_parabola_and_is_a_local_fit_elsewhere():
    t = np.arange(60.0)
    assert np.allclose(Golay().restore(observation(3 - t + t**2)).values, 3 - t + t**2)
    x = noise(60)
    fitted = np.polyval(np.polyfit(np.arange(-5, 6), x[15:26], 2), 0)
    assert Golay().restore(observation(x)).values[20] == pytest.approx(fitted)


def test_golay_bridges_gaps_that_are_shorter_than_what_it_averages():
    mask = np.ones(100, bool)
    mask[30:34] = mask[60:65] = False  # 1/h₀ = 429/89 = 4.8 samples
    usable = Golay().restore(observation(noise(100), mask)).usable
    assert usable[5:55].all()
    assert not usable[55:70].any()
    assert usable[70:95].all()
    assert not usable[:5].any()
    assert not usable[95:].any()


@pytest.mark.parametrize("absurd", [Golay(10), Golay(1), Golay(11, 11), Golay(11, -1)])
def test_golay_refuses_absurd_windows(absurd):
    with pytest.raises(OutOfRange):
        absurd.restore(observation(noise(100)))


def test_golay_needs_more_than_its_window():
    with pytest.raises(TooFewSamples):
        Golay().restore(observation(noise(11)))


def test_a_cutoff_keeps_what_is_slower_and_nothing_else():
    t = np.arange(1000) / RATE
    slow, fast = np.sin(2 * np.pi * 0.2 * t), np.sin(2 * np.pi * 0.9 * t)
    assert np.allclose(Fft(cutoff=0.5).restore(observation(5 + slow + fast)).values, 5 + slow, atol=1e-9)
    usable = Fft(cutoff=0.5).restore(observation(slow + fast)).usable
    assert np.array_equal(np.flatnonzero(usable), np.arange(20, 980))  # one period of .5 Hz is 20 samples


def test_a_power_threshold_keeps_the_strong_bins():
    t = np.arange(1000) / RATE
    strong, weak = 10 * np.sin(2 * np.pi * 2.0 * t), 0.5 * np.sin(2 * np.pi * 0.3 * t)  # powers 400 : 1
    assert np.allclose(Fft(share=0.01).restore(observation(7 + strong + weak)).values, 7 + strong, atol=1e-9)
    assert np.allclose(Fft(share=0.002).restore(observation(7 + strong + weak)).values, 7 + strong + weak, atol=1e-9)
    assert np.allclose(Fft(share=0).restore(observation(noise(101))).values, noise(101))


@pytest.mark.parametrize("absurd", [Fft(-0.1), Fft(1.1), Fft(cutoff=0), Fft(cutoff=5.1), Fft(cutoff=np.nan)])
def test_fft_refuses_absurd_thresholds(absurd):
    with pytest.raises(OutOfRange):
        absurd.restore(observation(noise(100)))


def test_packets_lose_the_weaker_half():
    x = noise(512)
    kept = pywt.WaveletPacket(Packet("haar", 3).restore(observation(x)).values, "haar", "symmetric", 3)
    given = pywt.WaveletPacket(x, "haar", "symmetric", 3)
    before, after = (np.concatenate([leaf.data for leaf in tree.get_level(3)]) for tree in (given, kept))
    strong = np.abs(before) >= np.median(np.abs(before))
    assert np.allclose(after[strong], before[strong])
    assert np.allclose(after[~strong], 0, atol=1e-12)
    assert np.count_nonzero(strong) == 256


@pytest.mark.parametrize("absurd", [Packet("nonesuch"), Packet("morl"), Packet(level=0), Packet(level=99)])
def test_packet_refuses_what_is_no_packet(absurd):
    with pytest.raises(OutOfRange):
        absurd.restore(observation(noise(100)))


def test_packet_needs_more_than_a_packet():
    with pytest.raises(TooFewSamples):
        Packet().restore(observation(noise(36)))


@pytest.mark.parametrize("band", [Band(0.01, 0.5), Band(0.002, 0.04), Band(0.1, 2.0, 16)])
def test_the_rival_s_edges_are_where_the_wavelet_filter_has_half_its_gain(band):
    gain = response(np.array(half_gain(band)), rate=RATE, low=band.low, high=band.high, voices=band.voices)
    # the edges of an agreed band are rows, but these are any numbers: up to a voice lies between
    assert np.allclose(gain, 0.5, atol=0.25)
    rows = RATE / 2 * 2.0 ** (-np.arange(200) / band.voices)
    low, high = rows[rows >= band.low].min(), rows[rows <= band.high].max()
    snapped = Band(low, high, band.voices)
    gain = response(np.array(half_gain(snapped)), rate=RATE, low=low, high=high, voices=band.voices)
    assert np.allclose(gain, 0.5, atol=0.002)


def test_one_period_of_the_edge_holds_the_wavelet_filter_and_most_of_the_brick_wall():
    rows = RATE / 2 * 2.0 ** (-np.arange(200) / 12)
    for high in rows[[40, 84]]:  # .5 and .04 Hz
        f = np.fft.rfftfreq(2**17, 1 / RATE)
        for gain, share in (
            (response(f, rate=RATE, low=rows[rows >= high / 1000].min(), high=high), 0.99),
            ((f <= half_gain(Band(high / 1000, high))[1]).astype(float), 0.945),
        ):
            kernel = np.fft.irfft(gain) ** 2
            reach = int(np.ceil(RATE / high))
            assert (kernel[: reach + 1].sum() + kernel[-reach:].sum()) / kernel.sum() > share


@pytest.mark.parametrize("restorer", [BandFilter(), CoherentBand()])
def test_a_band_passes_its_inside_and_stops_its_outside(restorer):
    terms = Terms(RATE, band=Band(0.05, 0.5))
    t = np.arange(8000) / RATE
    for f, expected in ((0.2, 1.0), (1.5, 0.0), (0.005, 0.0)):  # whole numbers of periods: no mean
        wave = np.sin(2 * np.pi * f * t)
        found = restorer.restore(observation(9 + wave), terms).values[2000:6000] - 9
        assert np.abs(found - expected * wave[2000:6000]).max() < 0.02


def test_the_wavelet_filter_and_its_rival_agree_on_coloured_noise():
    x = signal.lfilter([1], [1, -0.99], noise(9000))[1000:]
    terms = Terms(RATE, band=Band(0.005, 0.2))
    one, other = (r.restore(observation(x), terms).values for r in (CoherentBand(), BandFilter()))
    assert np.corrcoef(one, other)[0, 1] > 0.98


@pytest.mark.parametrize("restorer", [BandFilter(), CoherentBand()])
@pytest.mark.parametrize(
    "terms",
    [
        None,
        Terms(RATE),
        Terms(5.0, band=Band(0.1, 0.5)),
        Terms(RATE, band=Band(0.0, 0.5)),
        Terms(RATE, band=Band(0.5, 0.1)),
        Terms(RATE, band=Band(0.1, 6.0)),
        Terms(RATE, band=Band(0.1, np.nan)),
        Terms(RATE, band=Band(np.nan, 0.1)),
        Terms(RATE, band=Band(0.1, 0.5, 0)),
        Terms(RATE, band=Band(0.1, 0.5, 10**9)),
    ],
)
def test_silly_terms_from_the_air_are_refused(restorer, terms):
    with pytest.raises(OutOfRange):
        restorer.restore(observation(noise(1000)), terms)


@pytest.mark.parametrize("restorer", [BandFilter(), CoherentBand()])
def test_a_record_shorter_than_the_filter_is_refused(restorer):
    with pytest.raises(TooFewSamples):
        restorer.restore(observation(noise(100)), Terms(RATE, band=Band(0.01, 0.1)))


def test_gaps_below_half_a_period_of_the_edge_are_bridged():
    mask = np.ones(2000, bool)
    mask[500:509] = mask[1000:1010] = False  # half a period of .5 Hz is 10 samples
    for restorer in (BandFilter(), CoherentBand(), Fft(cutoff=0.5)):
        usable = restorer.restore(observation(noise(2000), mask), Terms(RATE, band=Band(0.02, 0.5))).usable
        assert usable[20:980].all()
        assert not usable[980:1030].any()
        assert usable[1030:1980].all()


def test_raw_is_the_very_same():
    mask = noise(100) > -1
    found = Raw().restore(observation(noise(100), mask))
    assert np.array_equal(found.values, noise(100))
    assert np.array_equal(found.usable, mask)


def test_whole_numbers_become_floats():
    x = Observation(np.arange(50) % 7, RATE, np.ones(50, bool))
    assert Raw().restore(x).values.dtype == np.float64
