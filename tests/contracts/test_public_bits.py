"""Every public bit that depends on a secret sample is in the ledger: shown by trying to get one past it."""

import copy
import dataclasses
import json
import marshal
import pickle

import numpy as np
import pytest

from samefade import schemes
from samefade.reconcile import Bch, Blocks, Cascade, Polar, ReedSolomon, Slices
from samefade.types import Bits, Kept, Ledger, Observation, Pair, Spoken

SEED = bytes(range(16))
CODES = {
    "cascade": Cascade(frame=64),
    "bch": Bch(length=127),
    "polar": Polar(frame=64),
    "reed_solomon": ReedSolomon(symbols=50, errors=10),
    "slices": Slices(length=127),
    "blocks": Blocks(),
}


def ends(n=4000, rng=None):
    rng = np.random.default_rng(5) if rng is None else rng
    fade = np.convolve(rng.normal(size=n + 3), np.ones(4) / 2, "valid")
    heard = (fade + 0.1 * rng.normal(size=n) for _ in "ab")
    a, b = (Observation(x, 10.0, np.ones(n, bool), end) for x, end in zip(heard, "ab", strict=True))
    return Pair(a, b)


@pytest.mark.parametrize("name", schemes.schemes())
def test_no_scheme_learns_public_terms_from_kept_samples(name):
    _, kept = ends().split(fraction=0.5)
    with pytest.raises(TypeError, match="only Spoken"):
        schemes.find(name).agree(kept.a, kept.b)


@pytest.mark.parametrize("name", schemes.schemes())
def test_terms_do_not_change_when_kept_samples_do(name):
    pair = ends()
    spoken, _ = pair.split(fraction=0.5)
    changed = pair.each(lambda x: dataclasses.replace(x, values=np.r_[x.values[:2000], x.values[2000:] * 7 + 3]))
    again, _ = changed.split(fraction=0.5)
    scheme = schemes.find(name)
    assert scheme.agree(spoken.a, spoken.b) == scheme.agree(again.a, again.b)


@pytest.mark.parametrize("write", [pickle.dumps, copy.deepcopy, json.dumps, marshal.dumps], ids=lambda w: w.__module__)
@pytest.mark.parametrize("name", ["strata", "wskg"])
def test_nothing_that_a_scheme_holds_of_kept_samples_can_be_written_out(name, write):
    spoken, kept = ends().split(fraction=0.5)
    scheme = schemes.find(name)
    terms = scheme.agree(spoken.a, spoken.b)
    fa, fb = scheme.feature(kept.a, terms), scheme.feature(kept.b, terms)
    a, b = scheme.symbols(fa, terms), scheme.symbols(fb, terms)
    mine, theirs = scheme.spelt(a, terms, Ledger()), scheme.believed(b, fb, terms)
    for secret in (kept.a, fa, a, mine, theirs, scheme.answer(mine), scheme.correct(theirs)):
        with pytest.raises((TypeError, ValueError)):
            write(secret)


def test_a_spoken_sample_cannot_become_a_key_and_a_kept_one_cannot_be_spoken():
    spoken, kept = ends().split(fraction=0.5)
    scheme = schemes.find("strata")
    terms = scheme.agree(spoken.a, spoken.b)
    with pytest.raises(TypeError, match="only Kept"):
        scheme.symbols(scheme.feature(spoken.a, terms), terms)
    assert not isinstance(kept.a, Spoken)
    assert not issubclass(Kept, Spoken)


class Tapped:
    """A listener on the air: every byte that either end sends."""

    def __init__(self, answerer, corrector):
        self.answerer, self.corrector, self.heard = answerer, corrector, []

    def run(self):
        while (request := self.corrector.ask()) is not None:
            answer = self.answerer.answer(request)
            self.heard += [request, answer]
            self.corrector.hear(answer)
        return tuple(self.heard)


def told_by(code, string, errors):
    """Return every bit on the air, and the ledger."""
    answerer = code.answer(Bits(string), SEED)
    tapped = Tapped(answerer, code.correct(Bits(string ^ errors), SEED, 0.03))
    return np.unpackbits(np.frombuffer(b"".join(tapped.run()), np.uint8)), answerer.ledger


def gf2_rank(rows):
    rows, rank = [int("".join(map(str, row)), 2) for row in rows.tolist()], 0
    while rows:
        pivot = rows.pop()
        if pivot:
            rank += 1
            low = pivot & -pivot
            rows = [row ^ pivot if row & low else row for row in rows]
    return rank


@pytest.mark.parametrize("name", CODES)
def test_a_listener_who_knows_the_errors_learns_no_more_than_is_charged(name):
    """Flip each bit of the string alone, the errors as they are, and count the independent changes on the air.

    With hard decisions every request depends on the errors alone, so the answers are linear in the string, but for
    the tag, whose 64 bits change at random.
    """
    rng = np.random.default_rng(11)
    n, code = 400, CODES[name]
    string, errors = rng.integers(0, 2, n).astype(np.uint8), np.zeros(n, np.uint8)
    errors[rng.choice(n, 10, replace=False)] = 1
    plain, ledger = told_by(code, string, errors)
    changes = []
    for bit in range(n):
        flipped = string.copy()
        flipped[bit] ^= 1
        heard, same = told_by(code, flipped, errors)
        assert same == ledger
        changes.append(heard ^ plain)
    learnt = gf2_rank(np.array(changes))
    told = -sum(entry.bits for entry in ledger.entries if "b to a" not in entry.what)
    assert learnt <= told
    assert told <= learnt + 16  # and hardly more: codes of the numbers of messages and of dropped frames
