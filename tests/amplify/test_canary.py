"""Secrets never show: not in repr, str, errors, hashes or pickles."""

import copy
import pickle

import numpy as np
import pytest

from samefade.amplify import Hkdf, Toeplitz
from samefade.errors import TooLittleEntropy
from samefade.reconcile import Cascade, talk
from samefade.types import Bits, Kept, Ledger, Symbols

CANARY = np.tile(np.unpackbits(np.frombuffer(b"canary!!", np.uint8)), 12)
SEED = bytes(16)
RICH = Ledger().earn("entropy", 5000.0)
SAMPLES = np.array([31337.25, 27182.5])


def secrets_of(values):
    packed = np.packbits(np.asarray(values, np.uint8)).tobytes()
    return (packed.hex(), repr(packed), "".join(map(str, values[:24])), ", ".join(map(str, values[:24])))


def things():
    bits = Bits(CANARY, ledger=RICH)
    yield bits, secrets_of(CANARY)
    yield Symbols(CANARY.astype(int), 2, np.arange(len(CANARY))), secrets_of(CANARY)
    yield Kept(SAMPLES, 10.0, np.ones(2, bool)), ("31337", "27182")
    for key in (Toeplitz().amplify(bits, RICH, SEED), Hkdf().amplify(bits, RICH, SEED, bytes(16))):
        secret = key.reveal_secret_bytes()
        yield key, (secret.hex(), repr(secret), repr(secret)[2:-1])


def test_nothing_secret_shows_in_repr_or_str_or_format():
    for thing, secrets in things():
        for shown in (repr(thing), str(thing), f"{thing}", repr([thing]), repr({"x": thing})):
            assert not any(secret in shown for secret in secrets), shown


def test_nothing_secret_can_be_pickled_or_deep_copied():
    for thing, _ in things():
        with pytest.raises(TypeError):
            pickle.dumps(thing)
        with pytest.raises(TypeError):
            copy.deepcopy(thing)


def test_an_error_about_a_key_does_not_show_the_string():
    with pytest.raises(TooLittleEntropy) as caught:
        Toeplitz().amplify(Bits(CANARY), Ledger(), SEED)
    assert not any(secret in str(caught.value) + repr(caught.value) for secret in secrets_of(CANARY))


def test_a_discussion_shows_neither_string_in_repr_nor_in_what_it_sends_at_once():
    ends = Cascade().answer(Bits(CANARY), SEED), Cascade().correct(Bits(CANARY), SEED, 0.05)
    fixed, ledger = talk(*ends)
    for shown in (repr(ends), repr(fixed), str(ledger), repr(ends[0].transcript)):
        assert not any(secret in shown for secret in secrets_of(CANARY))


def test_a_discussion_cannot_be_pickled():
    for end in (Cascade().answer(Bits(CANARY), SEED), Cascade().correct(Bits(CANARY), SEED, 0.05)):
        with pytest.raises(TypeError):
            pickle.dumps(end)
