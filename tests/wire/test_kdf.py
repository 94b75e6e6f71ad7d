"""Key derivation against RFC 4231, RFC 5869, the standard library and cryptography."""

import hmac as standard

import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given
from hypothesis import strategies as st

from samefade.wire import kdf
from samefade.wire.errors import WireError

# RFC 4231, test cases 1, 2, 3, 4, 6, 7: key, data, HMAC-SHA-256.
HMACS = [
    ("0b" * 20, b"Hi There".hex(), "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
    (
        b"Jefe".hex(),
        b"what do ya want for nothing?".hex(),
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
    ),
    ("aa" * 20, "dd" * 50, "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
    (
        "0102030405060708090a0b0c0d0e0f10111213141516171819",
        "cd" * 50,
        "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b",
    ),
    (
        "aa" * 131,
        b"Test Using Larger Than Block-Size Key - Hash Key First".hex(),
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
    ),
]

# RFC 5869, appendix A.1 to A.3: ikm, salt, info, length, prk, okm.
HKDFS = [
    (
        "0b" * 22,
        "000102030405060708090a0b0c",
        "f0f1f2f3f4f5f6f7f8f9",
        42,
        "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5",
        "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
    ),
    (
        bytes(range(0x50)).hex(),
        bytes(range(0x60, 0xB0)).hex(),
        bytes(range(0xB0, 0x100)).hex(),
        82,
        "06a6b88c5853361a06104c9ceb35b45cef760014904671014a193f40c15fc244",
        "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87",
    ),
    (
        "0b" * 22,
        "",
        "",
        42,
        "19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04",
        "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8",
    ),
]


@pytest.mark.parametrize(("key", "data", "tag"), HMACS)
def test_vectors_of_rfc_4231(key, data, tag):
    assert kdf.hmac(bytes.fromhex(key), bytes.fromhex(data)).hex() == tag


@pytest.mark.parametrize(("ikm", "salt", "info", "size", "prk", "okm"), HKDFS)
def test_vectors_of_rfc_5869(ikm, salt, info, size, prk, okm):
    got = kdf.extract(bytes.fromhex(salt), bytes.fromhex(ikm))
    assert got.hex() == prk
    assert kdf.expand(got, bytes.fromhex(info), size).hex() == okm


@given(st.binary(max_size=200), st.lists(st.binary(max_size=80), max_size=4))
def test_hmac_is_that_of_the_standard_library(key, parts):
    assert kdf.hmac(key, *parts) == standard.digest(key, b"".join(parts), "sha256")


@given(st.binary(max_size=100), st.binary(max_size=100), st.binary(max_size=100), st.integers(1, 300))
def test_hkdf_is_that_of_cryptography(salt, ikm, info, size):
    assert kdf.expand(kdf.extract(salt, ikm), info, size) == HKDF(SHA256(), size, salt, info).derive(ikm)


def test_labels_contexts_and_lengths_give_unrelated_bytes():
    secret = bytes(32)
    made = {
        kdf.expand_label(secret, label, context, size)[:16]
        for label in ("a", "b")
        for context in (b"", b"a")
        for size in (16, 32)
    }
    assert len(made) == 8


def test_no_key_is_stretched_beyond_the_rfcs_limit():
    assert len(kdf.expand(bytes(32), b"", 255 * 32)) == 255 * 32
    with pytest.raises(WireError):
        kdf.expand(bytes(32), b"", 255 * 32 + 1)
    with pytest.raises(WireError):
        kdf.expand(bytes(32), b"", -1)


@given(st.binary(max_size=9), st.binary(max_size=9))
def test_equal_is_equality(a, b):
    assert kdf.equal(a, b) is (a == b)
    assert kdf.equal(a, bytes(a))
