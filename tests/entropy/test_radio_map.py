"""A map of the place, against places whose signal strength is known."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from samefade.entropy import distance_law, information_given, radio_map, stretch_means
from samefade.errors import EndsDisagree, NotFinite, OutOfRange, TooFewSamples

NEAREST = 5
ROAD, LAPS, PERIOD = 600, 4, 8.0  # metres of a loop, one exchange a metre, seconds between exchanges
SHADOWING, NOISE, CORRELATED = 6.0, 3.0, 50.0  # dB, dB, metres


def walk(seed, laps=LAPS):
    """Return what both ends hear on a loop, and where and when: shadowing depends on the place alone (Gudmundson)."""
    rng = np.random.default_rng(seed)
    n = ROAD * laps
    lag = np.arange(ROAD)
    around = np.minimum(lag, ROAD - lag)
    spectrum = np.maximum(np.fft.rfft(np.exp(-around / CORRELATED)).real, 0)
    shadow = SHADOWING * np.fft.irfft(np.sqrt(spectrum) * np.fft.rfft(rng.standard_normal(ROAD)), ROAD)
    place = np.arange(n) % ROAD
    a, b = (shadow[place] + NOISE * rng.standard_normal(n) for _ in "ab")
    angle = 2 * np.pi * place / ROAD
    where = ROAD / (2 * np.pi) * np.column_stack([np.cos(angle), np.sin(angle)])
    return a, b, where, PERIOD * np.arange(n), shadow[place]


def test_a_map_of_other_laps_is_the_shadowing_but_for_the_noise_of_its_places():
    a, _, where, when, shadow = walk(1)
    off = radio_map(a, where, when, nearest=NEAREST) - shadow
    assert abs(off.mean()) < 0.2
    # five places within two metres: their own noise, and what shadowing does over a metre or two
    assert NOISE**2 / NEAREST < off.var() < NOISE**2 / NEAREST + 2 * SHADOWING**2 * (1 - np.exp(-2 / CORRELATED))


def test_what_the_map_leaves_is_what_gaussian_ends_share_given_it():
    """I(A;B|E) for A = s + n, B = s + m, E = s + v, from the powers: the closed form of one fade."""
    found, known = [], []
    for seed in range(4):
        a, b, where, when, shadow = walk(seed)
        eve = radio_map(a, where, when, nearest=NEAREST)
        found.append(information_given(np.cov([a, b, eve]), 1, 1, circular=False))
        fade, off = shadow.var(), (eve - shadow).var()
        heard = fade + np.diag([NOISE**2, NOISE**2, off])
        known.append(information_given(heard, 1, 1, circular=False))
    assert np.mean(found) == pytest.approx(np.mean(known), abs=0.02)
    assert np.mean(known) < 0.15  # of 0.7 without her


def test_the_pass_itself_is_no_map():
    """With one lap there is nothing to know but places 120 s away, which shadowing forgets."""
    a, _, where, when, shadow = walk(3, laps=1)
    near = np.corrcoef(radio_map(a, where, when, nearest=1, apart=1.0), shadow)[0, 1]
    far = np.corrcoef(radio_map(a, where, when, nearest=1, apart=120 * PERIOD), shadow)[0, 1]
    assert near > 0.7
    assert far < 0.3


@given(st.integers(1, 40), st.floats(-3, 3), st.integers(2, 60))
def test_a_plane_of_two_points_maps_each_on_the_other(apart, slope, n):
    """Two passes over the same places, far apart in time: the map of one is the other."""
    level = slope * np.arange(n)
    twice = np.concatenate([level, level])
    when = np.concatenate([np.arange(n), np.arange(n) + n + apart])
    said = radio_map(twice, np.concatenate([np.arange(n)] * 2), when, nearest=1, apart=float(n + apart))
    # the other pass is exactly that long ago, and counts
    assert said == pytest.approx(twice)


def test_the_law_of_distance_is_found_and_noise_is_left():
    rng = np.random.default_rng(5)
    far = rng.uniform(10, 5000, 4000)
    level = -40 - 27 * np.log10(far) + rng.standard_normal(4000)
    assert distance_law(level, far) == pytest.approx(-40 - 27 * np.log10(far), abs=0.2)


@given(st.integers(1, 50), st.integers(1, 300), st.integers(0, 2**32 - 1))
def test_stretches_tell_their_means_and_nothing_else(length, n, seed):
    level = np.random.default_rng(seed).standard_normal(n)
    if n < length:
        with pytest.raises(TooFewSamples):
            stretch_means(level, length)
        return
    said = stretch_means(level, length)
    assert said.mean() == pytest.approx(level.mean())
    assert len(np.unique(said)) <= max(1, round(n / length))
    if n % length == 0:
        assert said[::length] == pytest.approx(level.reshape(-1, length).mean(axis=1))


def test_what_was_not_heard_is_in_no_mean():
    level, heard = np.array([1.0, 99, 3, 99, 99, 99]), np.array([1, 0, 1, 0, 0, 0], bool)
    assert list(stretch_means(level, 3, heard)) == [2.0] * 6  # of the second, the mean of all that was heard


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda: radio_map(np.zeros(9), np.zeros(9), np.arange(9.0), nearest=0), OutOfRange),
        (lambda: radio_map(np.zeros(9), np.zeros(9), np.arange(9.0), apart=0), OutOfRange),
        (lambda: radio_map(np.zeros(9), np.zeros(8), np.arange(9.0)), EndsDisagree),
        (lambda: radio_map(np.zeros(9), np.full(9, np.nan), np.arange(9.0)), NotFinite),
        (lambda: radio_map(np.zeros(9), np.zeros(9), np.arange(9.0)), TooFewSamples),
        (lambda: distance_law(np.zeros(9), np.zeros(9)), OutOfRange),
        (lambda: distance_law(np.zeros(9), np.ones(8)), EndsDisagree),
        (lambda: distance_law(np.zeros(2), np.ones(2)), TooFewSamples),
        (lambda: stretch_means(np.zeros(9), 0), OutOfRange),
        (lambda: stretch_means(np.full(9, np.inf), 3), NotFinite),
    ],
)
def test_what_makes_no_sense_is_refused(call, error):
    with pytest.raises(error):
        call()
