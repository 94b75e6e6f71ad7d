"""Simulated register RSSI: as alike at both ends as the time between the readings lets it be."""

import numpy as np
import pytest
from scipy.special import j0, spence

from samefade.channel.registers import registers
from samefade.errors import OutOfRange

LINK = {"doppler_hz": 4.05, "airtime": 0.05, "turn_around": 0.004, "interval": 40.0, "count": 10}


def log_envelope(rho):
    """Correlation of two Rayleigh envelopes in dB whose gains correlate by ρ: Li₂(ρ²) / (π²/6)."""
    return spence(1 - rho**2) / (np.pi**2 / 6)


def correlation(pair, own, other):
    return np.corrcoef(pair.a.values[:, own], pair.b.values[:, other])[0, 1]


@pytest.mark.parametrize(("own", "other"), [(0, -1), (0, 0), (-1, 0)])
def test_the_closer_the_readings_the_more_alike(own, other):
    """Against Jakes' model and the closed form of the log envelope, without noise and steps."""
    packets = 6000
    pair = registers(packets, np.random.default_rng(1), **LINK, noise_db=0.0, step_db=1e-6)
    step = LINK["airtime"] / LINK["count"]
    late = LINK["airtime"] + LINK["turn_around"] + step * (own % 10 - other % 10)
    expected = log_envelope(j0(2 * np.pi * LINK["doppler_hz"] * late))
    # packets 160 coherence times apart are nearly independent: .013 is one sigma of a small correlation
    assert correlation(pair, own, other) == pytest.approx(expected, abs=0.05)


def test_values_come_in_steps_and_noise_lowers_what_is_alike():
    quiet, loud = (registers(2000, np.random.default_rng(2), **LINK, noise_db=noise) for noise in (0.1, 6.0))
    assert np.array_equal(loud.a.values, np.rint(loud.a.values))
    assert correlation(loud, 0, -1) < correlation(quiet, 0, -1) - 0.2
    assert quiet.a.values.shape == (2000, 10)
    assert quiet.rate == 1 / 40
    assert quiet.a.unit == "dBm"


@pytest.mark.parametrize(
    "wrong",
    [{"interval": 0.1}, {"airtime": 0.0}, {"turn_around": -1.0}, {"noise_db": -1.0}, {"step_db": 0.0}, {"count": 0}],
)
def test_what_makes_no_sense_is_refused(wrong):
    with pytest.raises(OutOfRange):
        registers(10, np.random.default_rng(3), **(LINK | wrong))
