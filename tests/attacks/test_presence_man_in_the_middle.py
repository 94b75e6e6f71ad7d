"""Attacks: sit between the ends, or speak with a stolen key. What passes is said here too."""

from dataclasses import replace

import numpy as np
import pytest

from samefade import channel, observe
from samefade.errors import BadSignature, PresenceRefused
from samefade.presence import Decide, Ed25519Signer, Heard, MacSigner, Statement, digest, pack_csi, unpack_csi

N = 600
SEEDS = range(20)


def hop(seed, name="carried"):
    """Return what both ends of one hop hear; each hop is reciprocal, like every channel."""
    world = channel.simulate(replace(channel.scenario(name), seconds=N / 10), seed, tones=(6,), seq=True)
    return [Heard(r.seq, observe.amplitude(r)) for r in (world.a, world.b)]


def accepted(pairs):
    total = 0
    for a, b in pairs:
        try:
            Decide().decide(Decide().measure(a, b))
        except PresenceRefused:
            continue
        total += 1
    return total


def said(heard, **change):
    packed = pack_csi(heard.numbers, heard.values)
    whole = {
        "role": "responder", "initiator_nonce": b"N" * 16, "responder_nonce": b"M" * 16, "initiator": b"ap",
        "responder": b"sta", "epoch": 0, "first": 0, "last": N - 1, "csi": digest(packed),
    }  # fmt: skip
    return Statement(**(whole | change)), packed


def test_man_in_the_middle_with_two_channels():
    # verifier — M and M — prover are two rooms of their own; the prover's signature carries what it heard of M
    pairs = [(hop(2 * seed)[0], hop(2 * seed + 1)[1]) for seed in SEEDS]
    assert accepted(pairs) == 0  # 20 windows at 1 in 1,000: one is accepted once in 50 tests, and these seeds have none


def test_each_hop_by_itself_would_pass():
    # else the test above would prove nothing; and without a signature the man in the middle would answer for himself
    assert accepted(hop(seed) for seed in SEEDS) == len(SEEDS)


def test_the_man_in_the_middle_cannot_put_his_own_samples_under_the_provers_signature():
    his, provers = hop(1)[1], hop(2)[1]
    signer = Ed25519Signer(private=bytes(range(32)))
    statement, _ = said(provers)
    signature = signer.sign(statement)
    other, packed = said(his)
    with pytest.raises(BadSignature):
        Ed25519Signer(public=signer.public).verify(other, signature)
    with pytest.raises(BadSignature):
        statement.check_samples(packed)


def test_stolen_key_used_from_another_place():
    # the radio that is heard is the owner's; the thief signs rightly, but what he heard himself, elsewhere
    signer = MacSigner(b"stolen, stolen, stolen")
    pairs = []
    for seed in SEEDS:
        here, (_, thief) = hop(seed)[0], hop(1000 + seed)
        statement, packed = said(thief)
        signer.verify(statement, signer.sign(statement))  # cryptography alone is content
        statement.check_samples(packed)
        pairs.append((here, Heard(*unpack_csi(packed))))
    assert accepted(pairs) == 0


def test_a_thief_who_is_himself_the_radio_that_is_heard_passes_and_the_docs_say_so():
    # his channel to the verifier is as reciprocal as any: "who signed is who was heard", no more
    signer = MacSigner(b"stolen, stolen, stolen")
    verifier, thief = hop(3)
    statement, packed = said(thief)
    signer.verify(statement, signer.sign(statement))
    assert accepted([(verifier, Heard(*unpack_csi(packed)))]) == 1


def test_a_symmetric_relay_passes_and_the_docs_say_so():
    # an analogue repeater is part of the channel both ways: only ranging finds it
    first, second = hop(4), hop(5)
    both = [Heard(x.numbers, x.values) for x in first]
    gain = dict(zip(second[0].numbers.tolist(), second[0].values[:, 0], strict=True))
    kept = [[n in gain for n in x.numbers.tolist()] for x in both]
    relayed = [
        Heard(x.numbers[k], x.values[k, 0] * np.array([gain[n] for n in x.numbers[k].tolist()]))
        for x, k in zip(both, kept, strict=True)
    ]
    assert accepted([relayed]) == 1
