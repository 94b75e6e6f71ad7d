"""Statements of presence at the borders of what they may say: the last value that is fine, the first that is not."""

from dataclasses import replace

import pytest

from samefade.errors import BadSignature, OutOfRange
from samefade.presence import Ed25519Signer, MacSigner, Statement, digest
from samefade.presence.statement import LARGEST

GOOD = Statement("initiator", bytes(16), bytes(15) + b"\1", b"a", b"b", 1, 5, 9, digest(b""))


@pytest.mark.parametrize(
    "fine",
    [
        {"epoch": 0},
        {"epoch": LARGEST - 1},
        {"first": 0},
        {"first": 9},
        {"first": 0, "last": 0},
        {"last": LARGEST},
        {"first": LARGEST, "last": LARGEST},
        {"initiator_nonce": bytes(17)},
        {"responder_nonce": b"x" * 64},
    ],
    ids=str,
)
def test_up_to_the_border(fine):
    statement = replace(GOOD, **fine)
    assert statement.encode() != GOOD.encode()
    MacSigner(bytes(16)).verify(statement, MacSigner(bytes(16)).sign(statement))


@pytest.mark.parametrize(
    "wrong",
    [
        {"role": "eavesdropper"},
        {"epoch": -1},
        {"epoch": LARGEST},
        {"first": -1},
        {"first": 10},
        {"last": 4},
        {"last": LARGEST + 1},
        {"initiator_nonce": bytes(15)},
        {"responder_nonce": bytes(15)},
        {"responder_nonce": bytes(16)},
        {"csi": bytes(31)},
        {"csi": bytes(33)},
    ],
    ids=str,
)
def test_beyond_the_border(wrong):
    with pytest.raises(OutOfRange):
        replace(GOOD, **wrong)


@pytest.mark.parametrize(
    "other",
    [
        {"role": "responder"},
        {"epoch": 2},
        {"first": 4},
        {"last": 10},
        {"initiator": b"c"},
        {"responder": b"c"},
        {"initiator_nonce": b"n" * 16},
        {"responder_nonce": b"n" * 16},
        {"csi": digest(b"x")},
        {"initiator": b"b", "responder": b"a"},
    ],
    ids=str,
)
def test_a_signature_of_one_statement_is_none_of_another(other):
    private = Ed25519Signer(private=bytes(range(32)))
    for mine, theirs in ((private, Ed25519Signer(public=private.public)), (MacSigner(bytes(16)), MacSigner(bytes(16)))):
        signature = mine.sign(GOOD)
        theirs.verify(GOOD, signature)
        for statement, tag in ((replace(GOOD, **other), signature), (GOOD, signature[:-1]), (GOOD, b"")):
            with pytest.raises(BadSignature):
                theirs.verify(statement, tag)


def test_keys_of_the_right_length_and_no_others():
    for key in (bytes(15), b""):
        with pytest.raises(OutOfRange):
            MacSigner(key)
    public = Ed25519Signer(private=bytes(32)).public
    for wrong in ({}, {"private": bytes(32), "public": public}, {"private": bytes(31)}, {"public": bytes(33)}):
        with pytest.raises(OutOfRange):
            Ed25519Signer(**wrong)
    with pytest.raises(OutOfRange):
        Ed25519Signer(public=public).sign(GOOD)


def test_samples_belong_to_one_digest():
    replace(GOOD, csi=digest(b"samples")).check_samples(b"samples")
    with pytest.raises(BadSignature):
        replace(GOOD, csi=digest(b"samples")).check_samples(b"sample")


def test_a_copy_of_the_verifiers_own_digest_is_refused():
    theirs = replace(GOOD, role="responder", csi=digest(b"theirs"))
    theirs.check_apart(GOOD)
    with pytest.raises(BadSignature):
        replace(theirs, csi=GOOD.csi).check_apart(GOOD)
