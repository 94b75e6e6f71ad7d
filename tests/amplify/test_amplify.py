"""Privacy amplification: exact, equal at both ends, and never more than the account allows."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from samefade.amplify import Hkdf, Toeplitz
from samefade.amplify.hkdf import hkdf
from samefade.amplify.toeplitz import expand, toeplitz
from samefade.errors import OutOfRange, TooFewSamples, TooLittleEntropy
from samefade.types import Bits, Ledger

SEED = bytes(range(32))


def bits(n, seed=1):
    return np.random.default_rng(seed).integers(0, 2, n).astype(np.uint8)


def rich(amount=10_000.0):
    return Ledger().earn("entropy", amount)


@given(n=st.integers(1, 300), length=st.integers(1, 64), seed=st.integers(0, 2**32))
def test_the_fast_product_equals_the_matrix_product(n, length, seed):
    x, s = bits(n, seed), bits(n + length - 1, seed + 1)
    matrix = np.array([[s[i - j + n - 1] for j in range(n)] for i in range(length)])
    np.testing.assert_array_equal(toeplitz(x, s, length), matrix @ x % 2)


def test_it_is_linear_and_exact_for_a_day_of_bits():
    n, length = 400_000, 20_000
    x, y, s = bits(n, 1), bits(n, 2), bits(n + length - 1, 3)
    np.testing.assert_array_equal(toeplitz(x ^ y, s, length), toeplitz(x, s, length) ^ toeplitz(y, s, length))
    # one output bit by the definition, in integers
    i = 777
    assert toeplitz(x, s, length)[i] == int(np.sum(s[i : i + n][::-1] & x)) % 2


def test_equal_strings_give_equal_keys_and_one_flipped_bit_another():
    x = bits(1000)
    y = x.copy()
    y[500] ^= 1
    first, second, third = (Toeplitz().amplify(Bits(v), rich(), SEED) for v in (x, x.copy(), y))
    assert first == second
    assert first != third
    assert Toeplitz().amplify(Bits(x), rich(), SEED[::-1]) != first


def test_collisions_are_as_rare_as_universal_hashing_promises():
    # two strings that differ collide on 8 bits with probability 2^-8; 2,000 seeds: 7.8 expected, sd 2.8
    x, y = bits(64, 1), bits(64, 2)
    seeds = (bits(64 + 7, 10 + i) for i in range(2000))
    hits = sum(np.array_equal(toeplitz(x, s, 8), toeplitz(y, s, 8)) for s in seeds)
    assert hits < 7.8 + 5 * 2.8


def test_the_margin_is_the_leftover_hash_lemma():
    assert Toeplitz().margin() == 126
    assert Toeplitz(epsilon=2**-32).margin() == 62
    assert Toeplitz(epsilon=0.9).margin() == 0


@given(st.floats(0, 1000))
def test_no_key_is_issued_that_the_ledger_cannot_pay(earned):
    x = Bits(bits(600))
    enough = int(earned - 126 >= 256)
    if enough:
        assert repr(Toeplitz().amplify(x, rich(earned), SEED)) == "Key(256 bits, claim 'estimate')"
    else:
        with pytest.raises(TooLittleEntropy):
            Toeplitz().amplify(x, rich(earned), SEED)


def test_the_refusal_tells_a_negative_balance_as_it_is():
    with pytest.raises(TooLittleEntropy, match=r"have -226, need 256"):
        Toeplitz().amplify(Bits(bits(600)), rich(100).pay("leak", 200), SEED)


def test_a_string_shorter_than_the_key_is_refused_whatever_the_ledger_says():
    with pytest.raises(TooFewSamples):
        Toeplitz().amplify(Bits(bits(100)), rich(), SEED)


@pytest.mark.parametrize("parameters", [{"bits": 0}, {"bits": 12}, {"epsilon": 0.0}, {"epsilon": 1.5}])
def test_absurd_parameters_are_refused(parameters):
    with pytest.raises(OutOfRange):
        Toeplitz(**parameters)


def test_seeds_are_used_as_they_are_or_expanded_and_short_ones_refused():
    long = bytes(range(100))
    np.testing.assert_array_equal(expand(long, 80), np.unpackbits(np.frombuffer(long, np.uint8))[:80])
    assert len(expand(SEED, 100_000)) == 100_000
    assert abs(expand(SEED, 100_000).mean() - 0.5) < 5 * 0.5 / np.sqrt(100_000)
    with pytest.raises(OutOfRange):
        expand(b"short", 80)
    with pytest.raises(OutOfRange):
        toeplitz(bits(10), bits(10), 8)


# RFC 5869, appendix A: test cases 1 and 2 (SHA-256)
RFC5869 = [
    ("000102030405060708090a0b0c", "0b" * 22, "f0f1f2f3f4f5f6f7f8f9",
     "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"),
    (bytes(range(0x60, 0xB0)).hex(), bytes(range(0x50)).hex(), bytes(range(0xB0, 0x100)).hex(),
     "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09"
     "da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87"),
]  # fmt: skip


@pytest.mark.parametrize(("salt", "ikm", "info", "okm"), RFC5869)
def test_hkdf_reproduces_rfc_5869(salt, ikm, info, okm):
    salt, ikm, info, okm = (bytes.fromhex(text) for text in (salt, ikm, info, okm))
    assert hkdf(salt, ikm, info, len(okm)) == okm


def test_a_channel_key_adds_to_the_prior_secret_and_never_replaces_it():
    x, prior = Bits(bits(600)), bytes(range(16))
    key = Hkdf().amplify(x, rich(), b"transcript", prior)
    assert key == Hkdf().amplify(x, rich(), b"transcript", prior)
    assert key != Hkdf().amplify(x, rich(), b"transcript", prior[::-1])
    assert key != Hkdf().amplify(Bits(bits(600, 2)), rich(), b"transcript", prior)
    assert key != Hkdf().amplify(x, rich(), b"other", prior)
    with pytest.raises(OutOfRange):
        Hkdf().amplify(x, rich(), b"transcript", b"")


def test_hkdf_asks_for_64_bits_more_than_the_key_is_long():
    with pytest.raises(TooLittleEntropy):
        Hkdf().amplify(Bits(bits(600)), rich(256 + 63.9), b"", bytes(16))
    assert Hkdf().amplify(Bits(bits(600)), rich(256 + 64), b"", bytes(16)) is not None
    with pytest.raises(TooFewSamples):
        Hkdf().amplify(Bits(bits(0)), rich(), b"", bytes(16))
    with pytest.raises(OutOfRange):
        Hkdf(bits=7)
