"""Attack: change what the ends say to each other. They may fail; they may never hold different strings."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samefade.amplify import Toeplitz
from samefade.errors import AgreementFailed, ProtocolError
from samefade.reconcile import Cascade, talk
from samefade.types import Bits, Ledger

SEED = bytes(range(16))


class Tampering:
    """An answerer whose answers pass through the attacker's hands."""

    def __init__(self, answerer, flips):
        self._answerer, self._flips, self._heard = answerer, dict(flips), 0
        self.touched = 0

    def answer(self, request):
        answer = bytearray(self._answerer.answer(request))
        bit = self._flips.get(self._heard)
        self._heard += 1
        if bit is not None and answer:
            bit %= 8 * len(answer)
            answer[bit // 8] ^= 0x80 >> bit % 8
            self.touched += 1
        return bytes(answer)

    @property
    def fixed(self):
        return self._answerer.fixed

    @property
    def ledger(self):
        return self._answerer.ledger


def ends(seed, frame, n=600, rate=0.04):
    rng = np.random.default_rng(seed)
    a = rng.integers(0, 2, n, dtype=np.uint8)
    b = a ^ (rng.random(n) < rate).astype(np.uint8)
    ledger = Ledger().earn("entropy", 2000.0)
    scheme = Cascade(variant="biconf", frame=frame)
    return scheme.answer(Bits(a, ledger=ledger), SEED), scheme.correct(Bits(b, ledger=ledger), SEED, rate)


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 20),
    frame=st.sampled_from([100, 600]),
    flips=st.dictionaries(st.integers(0, 80), st.integers(0, 4000), min_size=1, max_size=6),
)
def test_flipped_answers_never_leave_two_ends_with_different_strings(seed, frame, flips):
    answerer, corrector = ends(seed, frame)
    between = Tampering(answerer, flips)
    try:
        fixed, ledger = talk(between, corrector)
    except (AgreementFailed, ProtocolError):
        return
    assert np.array_equal(fixed.values, answerer.fixed.values)
    keys = [Toeplitz(128).amplify(end, ledger, SEED) for end in (fixed, answerer.fixed)] if len(fixed) >= 128 else ()
    assert len(keys) == 0 or keys[0] == keys[1]


@pytest.mark.parametrize("frame", [100, 600])
def test_every_single_flip_in_the_first_answers_is_survived_or_noticed(frame):
    for at in range(30):
        answerer, corrector = ends(1, frame)
        between = Tampering(answerer, {at: 7 * at})
        try:
            fixed, _ = talk(between, corrector)
        except (AgreementFailed, ProtocolError):
            continue
        assert np.array_equal(fixed.values, answerer.fixed.values)


def test_a_flipped_tag_is_no_agreement():
    answerer, corrector = ends(2, 600)
    silent = Tampering(answerer, {})
    talk(silent, corrector)
    answerer, corrector = ends(2, 600)
    between = Tampering(answerer, {silent._heard - 2: 5})  # the tag comes just before the closing
    with pytest.raises(AgreementFailed):
        talk(between, corrector)
    assert between.touched == 1
