"""Reed–Solomon, slices, blocks and compressive sensing: strings become equal, and what that tells is charged."""

from contextlib import suppress
from itertools import product
from math import comb, e, log2, pi

import galois
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samefade.errors import EndsDisagree, OutOfRange, ProtocolError, StillDiffers, TooFewSamples
from samefade.reconcile import Bch, Blocks, Compressed, ReedSolomon, Slices, talk
from samefade.reconcile.bch.code import code
from samefade.reconcile.blocks.code import BlockCode, _crc
from samefade.reconcile.compressed.code import Sums
from samefade.reconcile.message import pack
from samefade.reconcile.rank import _rank
from samefade.reconcile.reed_solomon.code import RsCode
from samefade.reconcile.reed_solomon.field import explain, syndromes
from samefade.reconcile.sketch.message import CHECKS, CLOSE, TAG, TELL, Wanted, pack_wanted
from samefade.types import Bits, Ledger

SEED = bytes(range(16))
CODES = [ReedSolomon(), ReedSolomon(symbols=30), Slices(), Slices(255), Blocks(), Blocks(15, 1), Compressed()]


def noisy(n, rate, seed):
    rng = np.random.default_rng(seed)
    a = rng.integers(0, 2, n, dtype=np.uint8)
    return Bits(a), Bits(a ^ (rng.random(n) < rate).astype(np.uint8))


def discuss(scheme, a, b, estimate):
    ends = scheme.answer(a, SEED), scheme.correct(b, SEED, estimate)
    return (*talk(*ends), *ends)


def paid(ledger):
    return {entry.what: -entry.bits for entry in ledger.entries}


@settings(max_examples=60, deadline=None)
@given(
    scheme=st.sampled_from(CODES),
    n=st.integers(40, 1200),
    rate=st.sampled_from([0.001, 0.01, 0.05]),
    seed=st.integers(0, 2**32),
)
def test_ends_agree_in_string_and_ledger_or_say_that_they_do_not(scheme, n, rate, seed):
    a, b = noisy(n, rate, seed)
    with suppress(StillDiffers, TooFewSamples):
        fixed, ledger, answerer, corrector = discuss(scheme, a, b, rate)
        assert np.array_equal(fixed.values, answerer.fixed.values)
        assert ledger == answerer.ledger == corrector.ledger == fixed.ledger
        # what is not in the string is paid for in full
        assert paid(ledger).get("frames dropped", 0.0) >= n - len(fixed)
        if len(fixed) == n:
            assert np.array_equal(fixed.values, a.values)
            assert corrector.estimate == pytest.approx(np.mean(a.values != b.values))


# Reed–Solomon


@pytest.mark.parametrize(("k", "n"), [(40, 60), (30, 33), (20, 50)])
def test_words_that_galois_encodes_have_no_syndrome_and_are_found_again(k, n):
    field = galois.GF(2**8, compile="python-calculate")  # to compile takes longer than to compute
    theirs = galois.ReedSolomon(255, 255 - (n - k), field=field)
    t, rng = (n - k) // 2, np.random.default_rng(k)
    words = np.array(theirs.encode(field(rng.integers(0, 256, (3, k), dtype=np.uint8))))
    for word in words.astype(np.int64):
        assert not syndromes(word, t).any()
        wrong = word.copy()
        wrong[rng.choice(n, t, replace=False)] ^= rng.integers(1, 256, t)
        found = explain(syndromes(wrong, t), n)
        fixed = wrong.copy()
        fixed[found[0]] ^= found[1]
        assert np.array_equal(fixed, word)


def test_more_errors_than_it_corrects_are_said_or_make_another_word_with_the_same_syndrome():
    rng, outcomes = np.random.default_rng(3), []
    for _ in range(200):
        word = rng.integers(0, 256, 40)
        other = word.copy()
        other[rng.choice(40, 6, replace=False)] ^= rng.integers(1, 256, 6)
        found = explain(syndromes(word, 4) ^ syndromes(other, 4), 40)
        outcomes.append(found is None)
        if found is not None:
            word[found[0]] ^= found[1]
            assert np.array_equal(syndromes(word, 4), syndromes(other, 4))
    # a wrong word is found where the syndrome is that of ≤ 4 errors: about 1/4! · (40/255)^4 of them
    assert np.mean(outcomes) > 0.98


def test_a_burst_within_a_few_bytes_costs_as_little_as_single_bits():
    a = np.random.default_rng(1).integers(0, 2, 800, dtype=np.uint8)
    b = a.copy()
    b[400:424] ^= 1
    fixed, ledger, *_ = discuss(ReedSolomon(errors=3), Bits(a), Bits(b), 0.03)
    assert np.array_equal(fixed.values, a)
    assert paid(ledger)["reed_solomon, a to b"] == 6 * 8
    with pytest.raises(StillDiffers):
        discuss(ReedSolomon(errors=2), Bits(a), Bits(b), 0.03)


def test_errors_that_point_into_the_padding_are_not_believed():
    a = np.zeros((1, 20), np.uint8)  # three symbols, the last with four bits of padding
    own = RsCode(20, 1)
    said = np.unpackbits(syndromes(np.array([0, 0, 1]), 1).astype(np.uint8))[None]
    assert own.correct(a, said)[1][0] == -1


# slices


def test_slices_tell_what_one_bch_message_tells():
    a, b = noisy(1270, 0.02, 4)
    _, ledger, answerer, _ = discuss(Slices(127), a, b, 0.02)
    _, once, *_ = discuss(Bch(127, errors=answerer.transcript.code.bch.t), a, b, 0.02)
    assert paid(ledger)["slices, bch, a to b"] == paid(once)["bch, a to b: syndromes"]
    assert answerer.transcript.messages == 2 * (10 + 2)  # a request for each slice, the tag, and the close


def test_it_stops_when_enough_is_common_and_pays_for_all_that_it_left():
    a, b = noisy(1270, 0.02, 4)
    fixed, ledger, answerer, _ = discuss(Slices(127, enough=300), a, b, 0.02)
    assert len(fixed) == 3 * 127
    assert answerer.transcript.messages == 2 * (3 + 2)
    # ten places to stop; which of 4 numbers of slices were kept, all of them; no second tag
    assert paid(ledger)["frames dropped"] == pytest.approx(7 * 127 + log2(10) + log2(4) + 1)


# blocks


def test_the_check_of_a_block_is_the_known_crc():
    # check value of CRC-8 with x^8 + x^2 + x + 1 (catalogue of parametrised CRC algorithms, CRC-8/SMBUS)
    bits = np.unpackbits(np.frombuffer(b"123456789", np.uint8))[None]
    assert np.packbits(_crc(code(7, 1), bits)).tobytes() == b"\xf4"


def test_the_hamming_code_corrects_one_error_and_its_check_sees_two():
    rng = np.random.default_rng(2)
    own = BlockCode(15, code(4, 1))
    assert own.told == 4 + 8
    word = rng.integers(0, 2, (1, 15), dtype=np.uint8)
    for i in range(15):
        for j in range(i, 15):
            wrong = word.copy()
            wrong[0, [i, j]] ^= 1
            fixed, errors = own.correct(wrong, own.tell(word))
            assert errors[0] == (1 if i == j else -1)
            assert i != j or np.array_equal(fixed, word)


# compressive sensing


def test_few_errors_are_found_as_the_experiments_of_tropp_and_gilbert_say():
    rng, n, k = np.random.default_rng(5), 128, 4
    own = Sums(n, int(np.ceil(2 * k * np.log(n))), SEED)
    frames = rng.integers(0, 2, (200, n), dtype=np.uint8)
    other = frames.copy()
    for row in other:
        row[rng.choice(n, k, replace=False)] ^= 1
    fixed, errors = own.correct(other, own.tell(frames))
    right = (fixed == frames).all(axis=1)
    assert right.mean() > 0.95
    assert (errors[right] == k).all()


@pytest.mark.parametrize(("n", "m"), [(6, 3), (8, 2), (9, 5)])
def test_what_is_charged_for_sums_is_the_length_of_a_prefix_code(n, m):
    """Enumerate every string: Kraft's sum over all transcripts that occur is at most 1."""
    own = Sums(n, m, SEED)
    every = np.array(list(product((0, 1), repeat=n)), np.uint8)
    said = np.unique(own.tell(every), axis=0)
    cost = own.cost(said, np.full(len(said), n))
    assert np.exp2(-cost).sum() <= 1
    # and a listener who may take any of these transcripts learns no more than the dearest of them costs
    assert log2(len(said)) <= cost.max()


def test_a_sum_is_worth_its_entropy_and_not_one_bit():
    n, m = 128, 10
    own = Sums(n, m, SEED)
    frames = np.random.default_rng(6).integers(0, 2, (4000, n), dtype=np.uint8)
    cost = own.cost(own.tell(frames), np.full(4000, n)) - 1
    # the entropy of a binomial law: ½·log2(πeN/2), exact to O(1/N); its surprise has deviation ½·√2·log2(e)
    exact = -sum(p * log2(p) for p in (comb(n, i) / 2**n for i in range(n + 1)))
    assert exact == pytest.approx(0.5 * log2(pi * e * n / 2), abs=0.01)
    assert cost.mean() / m == pytest.approx(exact, abs=4 * 1.02 / np.sqrt(4000 * m))


def test_more_sums_than_a_frame_holds_cost_the_frame():
    a, b = noisy(1280, 0.02, 7)
    _, ledger, *_ = discuss(Compressed(128), a, b, 0.02)
    assert paid(ledger)["compressive sensing, a to b"] == 1280 + 10


# the rules of the discussion


def started(scheme=None):
    a, b = noisy(381, 0.01, 8)
    scheme = scheme or Slices(127)
    answerer, corrector = scheme.answer(a, SEED), scheme.correct(b, SEED, 0.01)
    return answerer, corrector, answerer.answer(corrector.ask())


def test_no_frame_is_told_twice_and_none_out_of_turn():
    answerer, _, _ = started()
    settings_of = answerer.transcript.code.settings
    for first, last in ((0, 1), (2, 3), (1, 4), (1, 1), (1, 3)):  # one was asked for at once
        with pytest.raises(ProtocolError):
            answerer.answer(pack(TELL, 381, pack_wanted(Wanted(first, last, settings_of))))
    for kind in (CHECKS, CLOSE):
        with pytest.raises(ProtocolError):
            answerer.answer(pack(kind, 381))
    with pytest.raises(ProtocolError):  # a frame that was never told cannot be kept
        answerer.answer(pack(TAG, 381, b"\xc0"))


def test_the_code_stays_the_same_from_slice_to_slice():
    answerer, _, _ = started()
    with pytest.raises(EndsDisagree):
        answerer.answer(pack(TELL, 381, pack_wanted(Wanted(1, 2, b"\x07\x0a\x00"))))


@pytest.mark.parametrize(
    ("scheme", "asked"),
    [
        (Slices(), b""),
        (Slices(), b"\x08\x01\x00"),
        (Slices(), b"\x07\x00\x00"),
        (Slices(), b"\x07\x20\x00"),
        (Blocks(), b"\x05\x09\x00"),
        (ReedSolomon(), b"\x00"),
        (ReedSolomon(), b"\x18"),
        (ReedSolomon(), b"\x01\x01"),
        (Compressed(), b"\x00\x00"),
        (Compressed(), b"\x81\x00"),
        (Compressed(), b"\x01"),
    ],
)
def test_a_code_that_does_not_exist_or_tells_all_is_refused(scheme, asked):
    answerer = scheme.answer(noisy(381, 0.01, 8)[0], SEED)
    with pytest.raises(ProtocolError):
        answerer.answer(pack(TELL, 381, pack_wanted(Wanted(0, 1, asked))))


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=40), st.sampled_from(CODES))
def test_no_request_from_a_stranger_breaks_the_answerer(garbage, scheme):
    answerer = scheme.answer(noisy(381, 0.01, 8)[0], SEED)
    for request in (garbage, pack(garbage[0] % 4 if garbage else 0, 381, garbage)):
        with suppress(ProtocolError, EndsDisagree):
            assert isinstance(answerer.answer(request), bytes)


NUMBERS = st.sampled_from([0, 1, 2, 3, 2**31, 2**32 - 1])


@settings(max_examples=80, deadline=None)
@given(
    scheme=st.sampled_from([*CODES, Bch(), Bch(127)]),
    said=st.lists(
        st.one_of(
            st.tuples(st.integers(0, 255), st.just(381), st.binary(max_size=20)),
            st.tuples(st.integers(0, 3), st.one_of(st.just(381), NUMBERS), st.binary(max_size=20)),
            st.tuples(st.just(TELL), st.just(381), st.tuples(NUMBERS, NUMBERS, st.binary(max_size=4))),
        ),
        max_size=8,
    ),
    seed=st.integers(0, 2**16),
)
def test_whatever_a_peer_asks_it_is_told_no_more_than_it_is_charged(scheme, said, seed):
    """Random, truncated and huge requests in any order: sketches of a frame are told once, tags twice, checks once."""
    a, _ = noisy(381, 0.01, seed)
    answerer, told = scheme.answer(a, SEED), {kind: [] for kind in range(4)}
    for kind, length, body in said:
        packed = pack_wanted(Wanted(*body)) if isinstance(body, tuple) else body
        with suppress(ProtocolError, EndsDisagree):
            told[kind % 4].append(answerer.answer(pack(kind, length, packed)))
    assert len(told[TAG]) <= 2
    assert len(told[CHECKS]) <= 1
    assert 8 * sum(len(x) for kind in (TAG, CHECKS) for x in told[kind]) == answerer.transcript.tag_bits
    if told[CLOSE]:
        lost = 381 - len(answerer.fixed)
        assert answerer.ledger.paid >= answerer.transcript.tag_bits + lost


@settings(max_examples=80, deadline=None)
@given(
    scheme=st.sampled_from([*CODES, Bch()]),
    rng=st.randoms(use_true_random=False),
    mangled=st.lists(st.sampled_from(["flip", "cut", "more", "noise", "nothing"]), min_size=1, max_size=6),
)
def test_no_answer_from_a_stranger_breaks_the_corrector_or_makes_strings_equal_that_differ(scheme, rng, mangled):
    a, b = noisy(381, 0.02, rng.randrange(2**16))
    answerer, corrector = scheme.answer(a, SEED), scheme.correct(b, SEED, 0.02)
    with suppress(ProtocolError, StillDiffers):
        for how in [*mangled, *["nothing"] * 10]:
            request = corrector.ask()
            if request is None:
                assert np.array_equal(corrector.fixed.values, answerer.fixed.values)
                break
            answer = answerer.answer(request)
            corrector.hear(_mangled(answer, how, rng))


def _mangled(answer, how, rng):
    if how == "flip" and answer:
        at = rng.randrange(len(answer))
        return answer[:at] + bytes([answer[at] ^ 1 << rng.randrange(8)]) + answer[at + 1 :]
    if how == "noise":
        return rng.randbytes(len(answer))
    return {"cut": answer[:-1], "more": answer + b"\0"}.get(how, answer)


@pytest.mark.parametrize("scheme", [x for x in CODES if not isinstance(x, Compressed)], ids=repr)
def test_what_is_charged_for_a_frame_is_at_least_the_rank_of_what_changes_on_the_air(scheme):
    """Of linear codes: flip each bit of a frame, and count the independent changes over GF(2)."""
    a, _ = noisy(120, 0.0, 3)
    corrector = scheme.correct(a, SEED, 0.01)
    request = corrector.ask()
    plain = scheme.answer(a, SEED)
    zero = np.unpackbits(np.frombuffer(plain.answer(request), np.uint8))
    rows = []
    for i in range(len(a)):
        other = a.values.copy()
        other[i] ^= 1
        changed = np.unpackbits(np.frombuffer(scheme.answer(Bits(other), SEED).answer(request), np.uint8))
        rows.append(int.from_bytes(np.packbits(changed ^ zero).tobytes(), "big"))
    transcript = plain.transcript
    assert _rank(rows) <= transcript.cost[: transcript.asked].sum()


@pytest.mark.parametrize("scheme", [ReedSolomon(), Slices(), Blocks(), Compressed()])
def test_answers_of_a_wrong_size_and_tags_that_were_changed_make_no_key(scheme):
    _, corrector, answer = started(scheme)
    with pytest.raises(ProtocolError):
        corrector.hear(answer[:-1])

    class Tampered:
        def answer(self, request):
            told = again.answer(request)
            return bytes([told[0] ^ 1]) + told[1:] if request[0] == TAG else told

    a, b = noisy(381, 0.01, 8)
    again = scheme.answer(a, SEED)
    with pytest.raises(StillDiffers):
        talk(Tampered(), scheme.correct(b, SEED, 0.01))


@pytest.mark.parametrize(
    "absurd",
    [
        lambda: ReedSolomon(symbols=2),
        lambda: ReedSolomon(errors=0),
        lambda: ReedSolomon(failure=1.0),
        lambda: Slices(100),
        lambda: Slices(failure=0.0),
        lambda: Slices(enough=0),
        lambda: Blocks(16),
        lambda: Blocks(15, 4),
        lambda: Compressed(16),
        lambda: Compressed(measurements=0),
        lambda: Compressed(failure=2.0),
        lambda: Slices().correct(Bits(np.ones(200, np.uint8)), SEED, 0.5),
        lambda: Slices().answer(Bits(np.full(200, 2, np.uint8)), SEED),
        lambda: Slices().answer(Bits(np.ones(200, np.uint8)), b"short"),
    ],
)
def test_absurd_parameters_are_refused(absurd):
    with pytest.raises(OutOfRange):
        absurd()


@pytest.mark.parametrize("scheme", [ReedSolomon(), Slices(), Blocks()])
def test_too_short_a_string_is_said_to_be_too_short(scheme):
    with pytest.raises(TooFewSamples):
        scheme.correct(Bits(np.ones(4, np.uint8)), SEED, 0.1)
    with pytest.raises(TooFewSamples):
        scheme.answer(Bits(np.ones(0, np.uint8), ledger=Ledger()), SEED)
