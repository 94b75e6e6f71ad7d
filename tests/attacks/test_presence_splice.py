"""Attacks: put together what belongs to different runs, frames or ends."""

from dataclasses import replace

import numpy as np
import pytest

from samefade.channel import ar1
from samefade.errors import BadSignature, OutOfRange, PresenceRefused, RemoteProtocolError, TooFewSamples
from samefade.presence import Decide, Ed25519Signer, Heard, MacSigner, Statement, digest, pack_csi, unpack_csi

N = 600
SIGNERS = {"ed25519": Ed25519Signer(private=bytes(32)), "mac": MacSigner(bytes(32))}


def run(seed, first=0):
    """Return one run: what the verifier heard, what the prover packed, and its statement."""
    rng = np.random.default_rng([seed, 21])
    fade = 10 * np.abs(ar1(N, np.exp(-1 / 8), rng))
    a, b = (np.rint(4 * (fade + 0.5 * rng.standard_normal(N))) / 4 for _ in "ab")
    numbers = np.arange(first, first + N)
    packed = pack_csi(numbers, b)
    nonces = rng.bytes(16), rng.bytes(16)
    return (
        Heard(numbers, a),
        packed,
        Statement("responder", *nonces, b"ap", b"sta", 0, first, first + N - 1, digest(packed)),
    )


def verify(signer, heard, expected, packed, signature):
    """Do what a verifier does: rebuild the statement of this run, check it, read the samples, decide."""
    statement = replace(expected, csi=digest(packed))
    signer.verify(statement, signature)
    told = Heard(*unpack_csi(packed))
    return Decide().decide(Decide().measure(heard, told))


@pytest.fixture(params=SIGNERS)
def signer(request):
    return SIGNERS[request.param]


def test_an_honest_run_is_accepted(signer):
    heard, packed, statement = run(1)
    assert verify(signer, heard, statement, packed, signer.sign(statement)).evidence.p_value < 1e-3


def test_splice_of_two_runs_statement_of_the_first_with_samples_of_the_second(signer):
    _, _, first = run(1)
    heard, packed, second = run(2)
    for expected in (first, second):
        with pytest.raises(BadSignature):
            verify(signer, heard, expected, packed, signer.sign(first))


def test_replay_of_a_whole_run_under_new_nonces(signer):
    heard, packed, old = run(1)
    fresh = replace(old, initiator_nonce=b"fresh" * 4)
    with pytest.raises(BadSignature):
        verify(signer, heard, fresh, packed, signer.sign(old))


def test_reflection_of_the_verifiers_own_statement(signer):
    heard, packed, statement = run(1)
    with pytest.raises(BadSignature):
        verify(signer, heard, statement, packed, signer.sign(replace(statement, role="initiator")))


def test_copying_the_verifiers_commitment_and_then_its_samples(signer):
    # both commit, then both show; who commits second signs the first one's digest, and shows what was shown to him
    heard, _, fresh = run(1)
    shown = pack_csi(heard.numbers, heard.values)
    own = replace(fresh, role="initiator", csi=digest(shown))
    copied = replace(fresh, csi=own.csi)
    signer.verify(copied, signer.sign(copied))
    copied.check_samples(shown)
    assert verify(signer, heard, fresh, shown, signer.sign(copied)).evidence.correlation > 0.99  # the channel is fooled
    with pytest.raises(BadSignature):
        copied.check_apart(own)
    fresh.check_apart(own)


def test_a_statement_for_another_verifier(signer):
    heard, packed, statement = run(1)
    with pytest.raises(BadSignature):
        verify(signer, heard, statement, packed, signer.sign(replace(statement, initiator=b"another ap")))


def test_a_statement_of_an_earlier_epoch(signer):
    heard, packed, statement = run(1)
    with pytest.raises(BadSignature):
        verify(signer, heard, replace(statement, epoch=1), packed, signer.sign(statement))


def test_substitution_of_frame_counters_breaks_the_signature(signer):
    heard, packed, statement = run(1)
    numbers, values = unpack_csi(packed)
    moved = pack_csi(numbers + 1000, values)
    with pytest.raises(BadSignature):
        verify(signer, heard, statement, moved, signer.sign(statement))


def test_substitution_of_frame_counters_by_the_key_holder_is_seen_by_the_channel():
    # he holds the key, heard a window before, and signs it under the counters that are asked for now
    accepted = 0
    for seed in range(20):
        heard, _, _ = run(seed, first=5000)
        _, old, _ = run(100 + seed, first=0)
        numbers, values = unpack_csi(old)
        try:
            Decide().decide(Decide().measure(heard, Heard(numbers + 5000, values)))
        except PresenceRefused:
            continue
        accepted += 1
    assert accepted == 0


def test_samples_under_counters_that_nobody_asked_for_have_nothing_to_be_compared_with():
    heard, packed, _ = run(1)
    numbers, values = unpack_csi(packed)
    with pytest.raises(TooFewSamples):
        Decide().measure(heard, Heard(numbers + 10 * N, values))


def test_duplicated_frame_counters_are_refused():
    _, packed, _ = run(1)
    numbers, values = unpack_csi(packed)
    for wrong in (np.repeat(numbers[::2], 2), np.zeros_like(numbers)):
        with pytest.raises(OutOfRange):
            Heard(wrong, values)


def test_half_of_each_run_spliced_in_the_middle():
    accepted = 0
    for seed in range(20):
        heard, packed, _ = run(seed)
        _, other, _ = run(200 + seed)
        values = np.concatenate([unpack_csi(other)[1][: N - 60], unpack_csi(packed)[1][N - 60 :]])
        try:
            Decide().decide(Decide().measure(heard, Heard(np.arange(N), values)))
        except PresenceRefused:
            continue
        accepted += 1
    assert accepted <= 2  # six fresh seconds of a minute are not enough to convince


def test_bytes_that_are_no_samples_are_refused_before_anything_is_measured(signer):
    heard, packed, statement = run(1)
    broken = packed[:-1]
    with pytest.raises(RemoteProtocolError):
        verify(signer, heard, statement, broken, signer.sign(replace(statement, csi=digest(broken))))
