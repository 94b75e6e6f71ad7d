"""The picture of a channel model shows the model's own numbers."""

import numpy as np
import pytest
from scipy.special import j0

from samefade.channel.correlation import Channel, Eavesdropper, ExponentialProfile, Sector
from samefade.draw.canvas import png
from samefade.draw.correlation import correlation


@pytest.fixture(scope="module")
def figure():
    return correlation(Channel(profile=ExponentialProfile(2e-7), eve=Eavesdropper(around_a=Sector(np.radians(1)))))


def line(axes, label):
    return next(each for each in axes.lines if each.get_label() == label).get_data()


def test_the_curves_are_those_of_the_closed_forms(figure):
    time, space, frequency = figure.axes
    turns, rho = line(time, "complex gain")
    np.testing.assert_allclose(rho, j0(2 * np.pi * turns), atol=1e-6)
    np.testing.assert_allclose(line(time, "power")[1], rho**2, atol=1e-6)
    assert (line(time, "dB")[1] <= rho**2 + 1e-6).all()
    gap, rho = line(frequency, "complex gain")
    np.testing.assert_allclose(rho, 1 / np.hypot(1, 2 * np.pi * gap * 0.2), atol=1e-6)  # MHz times microseconds
    assert [axes.get_title() for axes in (time, space, frequency)] == ["time", "space", "frequency"]


def test_eve_stays_correlated_longer_near_the_gateway(figure):
    d, near_a = line(figure.axes[1], "complex gain, Eve near a")
    _, near_b = line(figure.axes[1], "complex gain, Eve near b")
    metre = np.argmin(np.abs(d - 1))
    assert near_a[metre] > 0.9
    assert abs(near_b[metre]) < 0.3


def test_it_is_a_picture_and_a_still_channel_has_one_too(figure):
    assert png(figure).startswith(b"\x89PNG")
    assert png(correlation(Channel(speed=0.0))).startswith(b"\x89PNG")
