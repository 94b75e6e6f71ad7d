"""What was learnt once, for many tests."""

import sys
from functools import cache
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from learn_looks import RATE, looks, spoken

from samefade.learn import Convergence, CrossDecoding
from samefade.types import Terms


@cache
def trained(restorer):
    pair = spoken(looks(9000)[1])
    return restorer, restorer.agree(pair.a, pair.b, Terms(RATE))


@pytest.fixture(params=[CrossDecoding(), Convergence()], ids=["autoencoder", "bcfl"])
def learnt(request):
    """A restorer and its terms, learnt from 9,000 samples, which is a quarter of an hour."""
    return trained(request.param)


@pytest.fixture
def decoder():
    """The autoencoder and its terms."""
    return trained(CrossDecoding())
