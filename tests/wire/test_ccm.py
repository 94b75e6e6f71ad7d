"""AES-CCM: ours on single blocks and the library's own, against RFC 3610 and against each other."""

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESCCM
from hypothesis import given
from hypothesis import strategies as st

from samefade.wire.ccm import Ccm, Portable
from samefade.wire.errors import BadTag, WireError

KINDS = pytest.mark.parametrize("kind", [Ccm, Portable])

# RFC 3610, section 8, packet vectors 1, 2, 3 and 7: last bytes of the nonce, header, end of the text, tag, sealed.
KEY = bytes(range(0xC0, 0xD0))
VECTORS = [
    ("00000003020100", 8, 0x1F, 8, "588c979a61c663d2f066d0c2c0f989806d5f6b61dac38417e8d12cfdf926e0"),
    ("00000004030201", 8, 0x20, 8, "72c91a36e135f8cf291ca894085c87e3cc15c439c9e43a3ba091d56e10400916"),
    ("00000005040302", 8, 0x21, 8, "51b1e5f44a197d1da46b0f8e2d282ae871e838bb64da8596574adaa76fbd9fb0c5"),
    ("00000009080706", 8, 0x1F, 10, "0135d1b2c95f41d5d1d4fec185d166b8094e999dfed96c048c56602c97acbb7490"),
]


@KINDS
@pytest.mark.parametrize(("start", "head", "end", "tag", "sealed"), VECTORS)
def test_vectors_of_rfc_3610(kind, start, head, end, tag, sealed):
    nonce = bytes.fromhex(start) + bytes(range(0xA0, 0xA6))
    aad, plain = bytes(range(head)), bytes(range(head, end))
    ccm = kind(KEY, tag)
    assert ccm.seal(nonce, plain, aad).hex() == sealed
    assert ccm.open(nonce, bytes.fromhex(sealed), aad) == plain


@given(
    st.binary(min_size=16, max_size=16) | st.binary(min_size=32, max_size=32),
    st.sampled_from([4, 6, 8, 10, 12, 14, 16]),
    st.binary(min_size=13, max_size=13),
    st.binary(max_size=80),
    st.binary(max_size=40),
)
def test_single_blocks_give_the_same_as_cryptography(key, tag, nonce, plain, aad):
    sealed = AESCCM(key, tag).encrypt(nonce, plain, aad)
    assert Portable(key, tag).seal(nonce, plain, aad) == Ccm(key, tag).seal(nonce, plain, aad) == sealed
    assert Portable(key, tag).open(nonce, sealed, aad) == Ccm(key, tag).open(nonce, sealed, aad) == plain


@KINDS
@pytest.mark.parametrize("tag", [4, 8, 16])
def test_every_flipped_bit_and_every_truncation_is_refused(kind, tag):
    ccm, nonce, aad = kind(bytes(16), tag), bytes(13), b"head"
    sealed = ccm.seal(nonce, b"some text of more than a block", aad)
    for bit in range(8 * len(sealed)):
        bad = bytearray(sealed)
        bad[bit // 8] ^= 1 << bit % 8
        with pytest.raises(BadTag):
            ccm.open(nonce, bytes(bad), aad)
    for size in range(len(sealed)):
        with pytest.raises(BadTag):
            ccm.open(nonce, sealed[:size], aad)
    for nonce_, aad_ in ((b"\x01" + nonce[1:], aad), (nonce, b"hea"), (nonce, b"")):
        with pytest.raises(BadTag):
            ccm.open(nonce_, sealed, aad_)


@KINDS
def test_lengths_that_are_not_ours_are_refused(kind):
    for key, tag in ((bytes(15), 16), (bytes(24), 16), (bytes(16), 5), (bytes(16), 2), (bytes(16), 18)):
        with pytest.raises(WireError):
            kind(key, tag)
    ccm = kind(bytes(16), 8)
    for nonce, text, aad in ((bytes(12), b"", b""), (bytes(13), bytes(65536), b""), (bytes(13), b"", bytes(65280))):
        with pytest.raises(WireError):
            ccm.seal(nonce, text, aad)
        with pytest.raises(WireError):
            ccm.open(nonce, text + bytes(8), aad)
