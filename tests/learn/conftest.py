"""What was learnt once, for many tests."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from learn_looks import RATE, looks, spoken

from samefade.learn import Convergence, CrossDecoding
from samefade.types import Terms


@pytest.fixture(scope="session", params=[CrossDecoding(), Convergence()], ids=["autoencoder", "bcfl"])
def learnt(request):
    """A restorer and its terms, learnt from 6,000 samples."""
    pair = spoken(looks(6000)[1])
    return request.param, request.param.agree(pair.a, pair.b, Terms(RATE))


@pytest.fixture(scope="session")
def decoder():
    """The autoencoder and its terms, learnt from 9,000 samples, which is a quarter of an hour."""
    pair = spoken(looks(9000)[1])
    restorer = CrossDecoding()
    return restorer, restorer.agree(pair.a, pair.b, Terms(RATE))
