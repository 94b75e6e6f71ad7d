"""The table of lpwan.md, section 2, by simulation and by a closed form.

σ = 6 dB, d_cor = 50 m, 1.4 m/s, a probe a second, Rayleigh fading that changes from probe to probe, received power in
dB; Eve hears the same shadowing and fading of her own.
ρ_T is the correlation of the complex gains: the fading in dB then has Li₂(ρ_T²)/(π²/6), .6657 for .9 (section 1.2).
Were ρ_T = .9 that of the powers, or of the values in dB, "raw" would be .90 or .95, and not the table's .84.
"""

import numpy as np
import pytest
from scipy import special

from samefade import channel
from samefade.restore import Detrend, Difference, Raw
from samefade.types import Observation

N, BATCHES = 400_000, 20
SPREAD, KEPT = 6.0, np.exp(-1.4 / 50)
FADING = (10 / np.log(10)) ** 2 * np.pi**2 / 6  # variance of 10 log10 of an exponential variable: 5.57² dB²
TABLE = {
    ("raw", 0.9): (0.84, 0.53),
    ("minus MA-5", 0.9): (0.67, 0.03),
    ("minus MA-11", 0.9): (0.68, 0.06),
    ("minus MA-21", 0.9): (0.70, 0.10),
    ("minus MA-51", 0.9): (0.73, 0.21),
    ("first difference", 0.9): (0.67, 0.03),
    ("raw", 0.0): (0.53, 0.53),
    ("minus MA-5", 0.0): (0.03, 0.03),
}
OPERATORS = {
    "raw": Raw(),
    "first difference": Difference(every=1),
    **{f"minus MA-{w}": Detrend(w) for w in (5, 11, 21, 51)},
}


def decibels(gain):
    return 20 * np.log10(np.abs(gain))


def of_the_gain(r):
    """Return the correlation in dB of two Rayleigh gains of correlation r; SciPy's spence(z) is Li₂(1 − z)."""
    return float(special.spence(1 - r**2) / (np.pi**2 / 6))


@pytest.fixture(scope="module")
def heard():
    """ρ_T → what each end hears."""
    made = {}
    for time in (0.9, 0.0):
        rng = np.random.default_rng(20260101)
        shadow = channel.shadowing(1.4 * np.arange(N), SPREAD, 50, rng)
        a, other, e = ((rng.normal(size=(N, 2)) @ [1, 1j]) / 2**0.5 for _ in range(3))
        gains = {"a": a, "b": time * a + (1 - time**2) ** 0.5 * other, "e": e}
        made[time] = {end: Observation(shadow + decibels(h), 1.0, np.ones(N, bool), end) for end, h in gains.items()}
    return made


def of_the_model(name, time):
    """Return ρ_AB and ρ_AE exactly: white fading and an autoregression through the same linear filter."""
    if name == "raw":
        taps = np.ones(1)
    elif name == "first difference":
        taps = np.array([1.0, -1.0])
    else:
        w = int(name.removeprefix("minus MA-"))
        taps = -np.ones(w) / w
        taps[w // 2] += 1
    lag = np.abs(np.subtract.outer(np.arange(len(taps)), np.arange(len(taps))))
    shadow, fading = SPREAD**2 * taps @ KEPT**lag @ taps, FADING * taps @ taps
    return (shadow + of_the_gain(time) * fading) / (shadow + fading), shadow / (shadow + fading)


def measured(operator, ends, other):
    """Return the correlation of end a and another, and its standard error from the means of batches."""
    x, y = (operator.restore(ends[end]) for end in ("a", other))
    usable = x.usable & y.usable
    p, q = x.values[usable], y.values[usable]
    p, q = (p - p.mean()) / p.std(), (q - q.mean()) / q.std()
    r = float(np.mean(p * q))
    # to first order an error of r is the mean of pq − r (p² + q²)/2 (the delta method)
    each = [float(v.mean()) for v in np.array_split(p * q - r * (p**2 + q**2) / 2, BATCHES)]
    return r, float(np.std(each, ddof=1) / BATCHES**0.5)


def test_the_correlation_in_decibels_is_the_one_published():
    for r, expected in ((0.5, 0.1627), (0.7, 0.3456), (0.9, 0.6657), (0.99, 0.9400)):
        assert of_the_gain(r) == pytest.approx(expected, abs=5e-5)


def test_the_time_correlation_of_the_table_is_that_of_the_gains():
    raw = {
        "gain": of_the_model("raw", 0.9)[0],
        "power": of_the_model("raw", 0.9**0.5)[0],
        "dB": (SPREAD**2 + 0.9 * FADING) / (SPREAD**2 + FADING),
    }
    assert raw == pytest.approx({"gain": 0.845, "power": 0.903, "dB": 0.954}, abs=1e-3)
    assert abs(raw["gain"] - TABLE["raw", 0.9][0]) < 0.01


@pytest.mark.parametrize(("name", "time"), TABLE)
def test_the_table_is_reproduced(heard, name, time):
    ends = heard[time]
    for other, told, exact in zip("be", TABLE[name, time], of_the_model(name, time), strict=True):
        found, error = measured(OPERATORS[name], ends, other)
        assert error < 0.01
        assert found == pytest.approx(told, abs=0.03)
        assert found == pytest.approx(exact, abs=4 * error + 1e-3)
        assert exact == pytest.approx(told, abs=0.03)


def test_fading_of_jakes_spectrum_gives_the_same_small_scale():
    """Second by second a walker's fading at 868 MHz is nearly new: J₀(2π · 4.05 Hz · 1 s) = .14, in dB .01."""
    rng, ends = np.random.default_rng(5), {"a": [], "b": []}
    doppler = 1.4 * 868e6 / channel.large_scale.LIGHT
    late = 0.6406 / (2 * np.pi * doppler)  # where J₀ = .9
    found = []
    for _ in range(40):
        waves = channel.scatter(doppler, rng)
        t = np.arange(2000.0)
        shadow = channel.shadowing(1.4 * t, SPREAD, 50, rng)
        ends = {
            end: Observation(shadow + decibels(waves.at(t + after)), 1.0, np.ones(2000, bool), end)
            for end, after in (("a", 0.0), ("b", late))
        }
        found.append(measured(Detrend(11), ends, "b")[0])
    assert np.std(found, ddof=1) / 40**0.5 < 0.01
    assert np.mean(found) == pytest.approx(0.68, abs=0.03)
