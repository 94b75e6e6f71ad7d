"""What a model promises: the same numbers as its parts, for one channel and for many."""

import numpy as np
import pytest

from samefade.channel.correlation import Channel, Eavesdropper, Exchange, Noise
from samefade.entropy import correlated_information, median_bit
from samefade.errors import UnknownName
from samefade.reciprocity import promise


def test_the_promise_of_one_fade_is_the_published_rate():
    found = promise(Channel(speed=0.0), "gain")
    assert found.shared == pytest.approx(5.6654, abs=5e-5)
    # next to b at 20 dB, where the gain is correlated by J0(2π·.05/.3454) = .804
    beside = promise(Channel(speed=0.0, eve=Eavesdropper(from_b=0.05)), "gain")
    assert 3.4137 < beside.secret < 4.7276


@pytest.mark.parametrize("feature", ["gain", "power", "level", "faded"])
def test_a_promise_is_made_of_the_correlations(feature):
    channel = Channel(speed=np.array([0.1, 1.4]), exchange=Exchange(0.05, 0.02, 0.04), eve=Eavesdropper(from_b=0.1))
    found = promise(channel, feature)
    assert found.secret.shape == (2,)
    np.testing.assert_allclose(found.disagreement, median_bit(found.ab))
    expected = correlated_information(found.ab, found.ae, found.be, circular=feature == "gain")
    np.testing.assert_allclose(found.secret, expected)
    assert (found.secret <= found.shared + 1e-9).all()


def test_what_lorawan_agrees_on_is_what_eve_beside_it_has():
    channel = Channel(speed=1.4, exchange=Exchange(pause=1.046), noise=Noise(), eve=Eavesdropper(from_b=1.0))
    level, faded = promise(channel), promise(channel, "faded")
    assert level.shared > 0.15
    assert level.secret < 0.5 * level.shared
    assert faded.secret < 1e-3


def test_an_unknown_feature_is_refused():
    with pytest.raises(UnknownName):
        promise(Channel(), "beauty")
