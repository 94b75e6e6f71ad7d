import numpy as np
import pytest

from samefade.errors import NotFinite, OutOfRange
from samefade.observe import amplitude, unit, usable_tones
from samefade.types import Recording

TIME = np.arange(4.0)


def recording(**fields):
    return Recording("node", TIME, "declared rate", **fields)


def test_one_tone_of_integer_iq_is_its_magnitude_without_int8_overflow():
    raw = np.zeros((4, 3, 2), np.int8)
    raw[:, 1] = (-120, 90)
    x = amplitude(recording(raw=raw, tones=np.array([5, 6, 7])))
    np.testing.assert_allclose(x, 150.0)
    assert x.dtype == np.float64


def test_all_three_kinds_of_raw_agree():
    rng = np.random.default_rng(1)
    iq = rng.integers(-50, 50, (4, 3, 2)).astype(np.int16)
    csi = iq[..., 0] + 1j * iq[..., 1]
    kinds = [amplitude(recording(raw=raw), tones=(0, 2)) for raw in (iq, csi, np.abs(csi))]
    for values in kinds:
        assert values.shape == (4, 2)
        np.testing.assert_allclose(values, np.abs(csi)[:, [0, 2]])


def test_the_gain_in_decibels_becomes_a_factor():
    raw = np.ones((4, 2))
    x = amplitude(recording(raw=raw, gain=np.array([0.0, 20.0, -20.0, 6.0])), tone=0)
    np.testing.assert_allclose(x, [1, 10, 0.1, 10**0.3])
    assert amplitude(recording(raw=raw, gain=np.zeros(4)), tones=(0, 1)).shape == (4, 2)


def test_the_default_tone_is_six_where_it_is_usable_and_else_the_first_usable_one():
    raw = np.tile(np.arange(8.0), (4, 1))
    assert amplitude(recording(raw=raw))[0] == 6
    assert amplitude(recording(raw=raw, about={"null tones": "0 1 6"}))[0] == 2
    assert usable_tones(recording(raw=raw, about={"null tones": "0 1 6"})) == (2, 3, 4, 5, 7)
    assert amplitude(recording(raw=raw, tones=np.arange(-4, 4)))[0] == 0


def test_without_csi_the_rssi_is_taken_in_dbm():
    heard = recording(rssi=np.array([-60, -61, -62, -63]))
    assert unit(heard) == "dBm"
    assert unit(recording(raw=np.ones((4, 1)))) == "amplitude"
    np.testing.assert_array_equal(amplitude(heard), [-60, -61, -62, -63])
    assert usable_tones(heard) == ()


def test_an_unknown_tone_is_refused_and_the_tones_are_named():
    with pytest.raises(OutOfRange, match=r"one of 3 4"):
        amplitude(recording(raw=np.ones((4, 2)), tones=np.array([3, 4])), tone=9)
    with pytest.raises(OutOfRange, match="only RSSI"):
        amplitude(recording(rssi=np.zeros(4)), tone=6)


def test_a_recording_of_nothing_usable_is_refused():
    with pytest.raises(OutOfRange, match="CSI or RSSI"):
        amplitude(recording())
    with pytest.raises(OutOfRange, match="usable"):
        amplitude(recording(raw=np.ones((4, 1)), about={"null tones": "0"}))


def test_values_that_are_not_finite_are_counted():
    with pytest.raises(NotFinite, match="count 2"):
        amplitude(recording(rssi=np.array([1.0, np.nan, np.inf, 0])))
