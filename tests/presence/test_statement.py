import pickle
from dataclasses import replace

import cbor2
import pytest
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from samefade.errors import BadSignature, OutOfRange
from samefade.presence import Ed25519Signer, MacSigner, Signer, Statement, digest
from samefade.wire import kdf

# RFC 8032, section 7.1, test 1
SECRET = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
PUBLIC = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
SAID = Statement("initiator", b"N" * 16, b"M" * 16, b"sta", b"ap", 1, 100, 699, digest(b"samples"))
CHANGES = {
    "role": "responder",
    "initiator_nonce": b"n" * 16,
    "responder_nonce": b"m" * 16,
    "initiator": b"st",
    "responder": b"aap",
    "epoch": 2,
    "first": 99,
    "last": 700,
    "csi": digest(b"others"),
}


@pytest.fixture(params=["ed25519", "mac"])
def signer(request):
    return Ed25519Signer(private=SECRET) if request.param == "ed25519" else MacSigner(b"k" * 16)


def test_what_was_signed_verifies(signer):
    assert isinstance(signer, Signer)
    signer.verify(SAID, signer.sign(SAID))


@pytest.mark.parametrize("field", CHANGES)
def test_a_statement_that_differs_in_one_field_does_not(signer, field):
    with pytest.raises(BadSignature):
        signer.verify(replace(SAID, **{field: CHANGES[field]}), signer.sign(SAID))


def test_moving_a_byte_from_one_field_to_the_next_does_not(signer):
    with pytest.raises(BadSignature):
        signer.verify(replace(SAID, initiator=b"staa", responder=b"p"), signer.sign(SAID))


def test_every_flipped_bit_and_truncation_of_a_signature_is_refused(signer):
    signature = signer.sign(SAID)
    flipped = [
        signature[: i // 8] + bytes([signature[i // 8] ^ 1 << i % 8]) + signature[i // 8 + 1 :] for i in range(8)
    ]
    flipped += [bytes([*signature[:i], signature[i] ^ 1, *signature[i + 1 :]]) for i in range(len(signature))]
    for bad in flipped + [signature[:i] for i in range(len(signature))] + [signature + b"\0"]:
        with pytest.raises(BadSignature):
            signer.verify(SAID, bad)


def test_a_stranger_verifies_our_signature():
    Ed25519PublicKey.from_public_bytes(PUBLIC).verify(Ed25519Signer(private=SECRET).sign(SAID), SAID.encode())
    assert Ed25519Signer(private=SECRET).public == PUBLIC


def test_a_stranger_computes_our_tag():
    theirs = hmac.HMAC(kdf.expand_label(kdf.extract(b"", b"k" * 16), "presence mac", b"", 32), hashes.SHA256())
    theirs.update(SAID.encode())
    theirs.verify(MacSigner(b"k" * 16).sign(SAID))


def test_another_key_does_not_verify():
    other = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    with pytest.raises(BadSignature):
        Ed25519Signer(public=other).verify(SAID, Ed25519Signer(private=SECRET).sign(SAID))
    with pytest.raises(BadSignature):
        MacSigner(b"j" * 16).verify(SAID, MacSigner(b"k" * 16).sign(SAID))


def test_the_encoding_is_an_array_that_others_read():
    nonces, names = [b"N" * 16, b"M" * 16], [b"sta", b"ap"]
    told = ["samefade presence 1", "initiator", nonces, names, 1, 100, 699, digest(b"samples")]
    assert cbor2.loads(SAID.encode()) == told
    assert len(SAID.encode()) < 160  # with a signature of 64 bytes in two frames of 200


def test_samples_are_held_against_their_digest():
    SAID.check_samples(b"samples")
    with pytest.raises(BadSignature):
        SAID.check_samples(b"samplez")


def test_a_signer_shows_no_secret(signer):
    for text in (repr(signer), str(vars(signer).get("_private"))):
        assert SECRET.hex()[:8] not in text
        assert "kkkk" not in text
    with pytest.raises(TypeError):
        pickle.dumps(signer)


@pytest.mark.parametrize(
    "change",
    [
        {"role": "verifier"},
        {"initiator_nonce": b"short"},
        {"responder_nonce": b"N" * 16},
        {"first": 700},
        {"first": -1},
        {"epoch": -1},
        {"epoch": 2**70},
        {"csi": b""},
    ],
)
def test_a_statement_that_could_be_replayed_or_misread_is_not_made(change):
    with pytest.raises(OutOfRange):
        replace(SAID, **change)


@pytest.mark.parametrize("keys", [{}, {"public": PUBLIC, "private": SECRET}, {"private": b"x"}, {"public": b""}])
def test_keys_that_are_none_are_refused(keys):
    with pytest.raises(OutOfRange):
        Ed25519Signer(**keys)


def test_a_public_key_cannot_sign_and_a_short_key_makes_no_tag():
    with pytest.raises(OutOfRange):
        Ed25519Signer(public=PUBLIC).sign(SAID)
    with pytest.raises(OutOfRange):
        MacSigner(b"short")
