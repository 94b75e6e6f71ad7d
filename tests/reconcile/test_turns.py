"""Whatever the code: answers come in turn and in size."""

import numpy as np
import pytest

from samefade.errors import ProtocolError
from samefade.reconcile import Bch, Cascade, Polar
from samefade.types import Bits

SEED = bytes(range(16))
CODES = {"cascade": Cascade(frame=64), "bch": Bch(length=127), "polar": Polar(frame=64)}


@pytest.fixture(params=CODES)
def ends(request):
    rng = np.random.default_rng(1)
    a = rng.integers(0, 2, 200, dtype=np.uint8)
    b = a ^ (rng.random(200) < 0.03).astype(np.uint8)
    code = CODES[request.param]
    return code.answer(Bits(a), SEED), code.correct(Bits(b), SEED, 0.03)


def test_answers_come_in_turn_and_in_size(ends):
    _, corrector = ends
    with pytest.raises(ProtocolError):
        corrector.hear(b"")
    corrector.ask()
    with pytest.raises(ProtocolError):
        corrector.ask()
    with pytest.raises(ProtocolError):
        corrector.hear(bytes(1000))
