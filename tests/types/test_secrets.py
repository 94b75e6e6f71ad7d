"""Secrets have no serialiser: not pickle, not copy, not print, not hash."""

import copy
import json
import pickle

import numpy as np
import pytest

from samefade.errors import OutOfRange
from samefade.quantize import CellBelief, Likely
from samefade.types import Bits, Feature, Kept, Key, Observation, Pair, Symbols

SECRET = bytes(range(65, 97))


def kept():
    return Kept(np.array([3.25, 4.5]), 1.0, np.ones(2, bool))


@pytest.mark.parametrize("holder", [
    Key(SECRET, "estimate"),
    Bits(np.array([1, 0, 1], np.uint8)),
    Symbols(np.array([1, 3]), 4, np.array([0, 1])),
    kept(),
    Feature(np.array([3.25]), 1.0, np.ones(1, bool), kept()),
    CellBelief((Likely(np.zeros((2, 1)), np.ones((2, 1)), (np.zeros(1),), 0.0),), np.ones(1, np.int64)),
    Likely(np.zeros((2, 1)), np.ones((2, 1)), (np.zeros(1),), 0.0),
])  # fmt: skip
def test_a_secret_cannot_be_serialised(holder):
    with pytest.raises(TypeError):
        pickle.dumps(holder)
    with pytest.raises(TypeError):
        copy.deepcopy(holder)
    with pytest.raises(TypeError):
        json.dumps(holder)


def test_repr_of_a_secret_shows_no_secret():
    shown = f"{Key(SECRET, 'estimate')!r} {kept()!r} {Bits(np.array([1, 0, 1], np.uint8))!r}"
    assert shown == "Key(256 bits, claim 'estimate') Kept(end='a', shape=(2,), 1 Hz, 0 gaps) Bits(3, 1 a symbol)"


def test_a_key_compares_but_cannot_be_hashed():
    assert Key(SECRET, "estimate") == Key(SECRET, "estimate")
    assert Key(SECRET, "estimate") != Key(SECRET[::-1], "estimate")
    assert Key(SECRET, "estimate") != SECRET
    with pytest.raises(TypeError):
        hash(Key(SECRET, "estimate"))


def test_no_key_without_a_claim_or_without_bytes():
    with pytest.raises(OutOfRange):
        Key(SECRET, "none")
    with pytest.raises(OutOfRange):
        Key(b"", "estimate")


def test_derive_is_hkdf_expand_of_rfc_5869():
    # RFC 5869, appendix A.1: PRK, info and OKM
    prk = bytes.fromhex("077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5")
    okm = "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"
    info = bytes.fromhex("f0f1f2f3f4f5f6f7f8f9").decode("latin-1")
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

    assert HKDFExpand(SHA256(), 42, info.encode("latin-1")).derive(prk).hex() == okm
    key = Key(prk, "estimate")
    assert key.derive("a purpose", 42) == HKDFExpand(SHA256(), 42, b"a purpose").derive(prk)
    assert key.derive("a purpose", 32) != key.derive("another", 32)


@pytest.mark.parametrize("n", [0, -1, 8161])
def test_derive_refuses_silly_lengths(n):
    with pytest.raises(OutOfRange):
        Key(SECRET, "estimate").derive("p", n)


def test_split_cuts_a_long_key_into_keys():
    parts = Key(SECRET + SECRET[::-1] + b"rest", "estimate").split(256)
    assert parts == (Key(SECRET, "estimate"), Key(SECRET[::-1], "estimate"))
    with pytest.raises(OutOfRange):
        Key(SECRET, "estimate").split(12)


def test_only_kept_samples_can_be_quantised():
    from samefade.restore import Raw

    x = Observation(np.arange(100.0), 1.0, np.ones(100, bool))
    spoken, kept_half = Pair(x, x).split(fraction=0.5)
    assert Raw().restore(kept_half.a).kept is not None
    with pytest.raises(TypeError, match="only Kept"):
        _ = Raw().restore(spoken.a).kept
