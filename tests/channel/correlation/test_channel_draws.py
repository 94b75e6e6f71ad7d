"""Monte Carlo: drawn probes of a grid of channels against every closed form, within three standard errors."""

import numpy as np
import pytest
from drawn_spread import correlation, deviation

from samefade.channel.correlation import (
    Bell,
    Channel,
    Eavesdropper,
    Exchange,
    ExponentialProfile,
    LineOfSight,
    Noise,
    Sector,
    Shadowing,
    draw,
)
from samefade.errors import OutOfRange

N = 20_000
PAIRS = ((0, 1), (0, 2), (1, 2))

# pause (s), K, signal-to-noise ratios, Eve's distance from b (m), shadowing (dB): every value meets several others
MOMENTS = [
    (0.0, 0.0, 100.0, 0.03, 0.0), (0.0, 2.0, 10.0, 0.1, 6.0), (0.0, 8.0, 1.0, 5.0, 0.0),
    (0.025, 0.0, 10.0, 5.0, 6.0), (0.025, 2.0, 1.0, 0.03, 0.0), (0.025, 8.0, 100.0, 0.1, 6.0),
    (0.06, 0.0, 1.0, 0.1, 0.0), (0.06, 2.0, 100.0, 5.0, 0.0), (0.06, 8.0, 10.0, 0.03, 0.0),
    (1.0, 0.0, 100.0, 0.1, 6.0), (1.0, 2.0, 10.0, 0.03, 6.0), (1.0, 0.0, 1000.0, 5.0, 0.0),
]  # fmt: skip

PACKETS = {
    "short reply": Channel(
        exchange=Exchange(0.1, 0.02, 0.07), noise=Noise(50.0, 20.0, 50.0, pilots=4), eve=Eavesdropper(0.05)
    ),
    "one reading": Channel(exchange=Exchange(0.05, 0.0, 0.05), noise=Noise(5.0, 5.0, 5.0), shadowing=Shadowing(0.0)),
    "gateway": Channel(
        speed=14.0, exchange=Exchange(0.04, 0.005, 0.02), noise=Noise(10.0, 20.0, 5.0, pilots=4),
        eve=Eavesdropper(from_a=3.0, around_a=Sector(0.03)), shadowing=Shadowing(0.0),
    ),
    "line of sight": Channel(
        exchange=Exchange(0.2, 0.02, 0.1), sight=LineOfSight(2.0, 0.5), noise=Noise(10.0, 20.0, 5.0, pilots=8),
        shadowing=Shadowing(0.0), eve=Eavesdropper(0.05),
    ),
    "two channels": Channel(
        exchange=Exchange(0.05, 0.01, 0.05), profile=ExponentialProfile(2e-7), gap=0.8e6, fading=Bell(),
        noise=Noise(pilots=2),
    ),
}  # fmt: skip


def errors(channel, n, seed):
    """Return how many standard errors lie between what was drawn and each closed form."""
    drawn, found = draw(channel, n, np.random.default_rng(seed)), {}
    for feature in ("gain", "power", "level"):
        heard = getattr(drawn, feature)
        for (i, j), rho in zip(PAIRS, getattr(channel, feature)(), strict=True):
            found[feature, i, j] = deviation(*correlation(heard[i], heard[j]), float(rho))
    for i, level in enumerate(drawn.level):
        square = (level - level.mean()) ** 2
        error = np.std(square) / np.sqrt(n)
        found["variance", i] = deviation(float(square.mean()), error, float(channel.covariance()[i, i]))
    return found


def check(channel, seed):
    """Hold all to three standard errors; one in 370 is outside by chance, and is drawn anew with ten times as many.

    A closed form that is wrong by three errors is then wrong by nine.
    """
    outside = {what for what, by in errors(channel, N, seed).items() if by >= 3}
    if outside:
        again = errors(channel, 10 * N, seed + 100)
        assert {what: by for what, by in again.items() if what in outside and by >= 3} == {}


@pytest.mark.parametrize(("pause", "k", "snr", "eve", "shadow"), MOMENTS)
def test_moments(pause, k, snr, eve, shadow):
    channel = Channel(
        speed=1.4, exchange=Exchange(pause=pause), sight=LineOfSight(k, 1.0), noise=Noise(snr, 2 * snr, snr),
        shadowing=Shadowing(shadow), eve=Eavesdropper(from_b=eve),
    )  # fmt: skip
    check(channel, 31)


@pytest.mark.parametrize("name", PACKETS)
def test_packets(name):
    check(PACKETS[name], 32)


def test_a_seed_gives_the_same_numbers_and_levels_come_in_steps():
    first, second = (draw(Channel(), 100, np.random.default_rng(33)) for _ in range(2))
    np.testing.assert_array_equal(first.level, second.level)
    np.testing.assert_array_equal(first.level[:2], np.round(first.level[:2]))
    assert (first.level[2] != np.round(first.level[2])).all()  # Eve's radio does not round


def test_only_one_channel_at_a_time_is_drawn():
    with pytest.raises(OutOfRange):
        draw(Channel(speed=np.array([1.0, 2.0])), 10, np.random.default_rng(0))
    with pytest.raises(OutOfRange):
        draw(Channel(speed=1e4, exchange=Exchange(1.0)), 10, np.random.default_rng(0))
    with pytest.raises(OutOfRange):
        draw(Channel(), 0, np.random.default_rng(0))
