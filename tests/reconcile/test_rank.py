"""The rank of the asked parities, against plain elimination of the whole matrix."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from samefade.reconcile import Cascade
from samefade.reconcile.rank import parity_rank
from samefade.reconcile.sheet import Sheet
from samefade.types import Bits


def plain_rank(matrix):
    """Gauss over GF(2), as in a textbook."""
    left = matrix.copy() % 2
    rank = 0
    for column in range(left.shape[1]):
        hits = np.flatnonzero(left[rank:, column]) + rank
        if len(hits):
            left[[rank, hits[0]]] = left[[hits[0], rank]]
            left[[row for row in range(len(left)) if row != rank and left[row, column]]] ^= left[rank]
            rank += 1
        if rank == len(left):
            break
    return rank


def matrix_of(sheet, blocks):
    out = np.zeros((len(blocks), sheet.length), np.uint8)
    for line, (turn, low, high) in zip(out, blocks, strict=True):
        line[sheet.shuffle(turn, 0)[low:high]] = 1
    return out


@settings(max_examples=30, deadline=None)
@given(st.integers(2, 60), st.integers(0, 10**6))
def test_a_real_discussion_has_the_rank_of_its_matrix(n, seed):
    rng = np.random.default_rng(seed)
    a = rng.integers(0, 2, n, dtype=np.uint8)
    b = a ^ (rng.random(n) < 0.1).astype(np.uint8)
    answerer, corrector = Cascade().answer(Bits(a), bytes(16)), Cascade().correct(Bits(b), bytes(16), 0.1)
    for _ in range(40):  # some of the discussion, or all of it up to the tag
        request = corrector.ask()
        if request is None or request[0]:
            break
        corrector.hear(answerer.answer(request))
    told = [blocks for part in answerer.transcript.asked for blocks in zip(part.turn, part.low, part.high, strict=True)]
    assert answerer.transcript.ranks()[0] == plain_rank(matrix_of(Sheet(n, 10_000, bytes(16)), told))


@settings(max_examples=40, deadline=None)
@given(
    st.integers(3, 40),
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 39), st.integers(1, 40)), min_size=1, max_size=12),
)
def test_any_set_of_blocks_is_never_undercounted(n, blocks):
    sheet = Sheet(n, 64, b"0123456789abcdef")
    blocks = [(turn, low % n, min(n, low % n + size)) for turn, low, size in blocks]
    cuts = {
        turn: np.array([edge for t, *edges in blocks for edge in edges if t == turn], np.int64) for turn in range(4)
    }
    assert parity_rank(n, cuts, lambda turn: sheet.shuffle(turn, 0)) >= plain_rank(matrix_of(sheet, blocks))


def test_nothing_asked_has_no_rank():
    assert parity_rank(10, {}, lambda _: np.arange(10, dtype=np.int32)) == 0


def test_frames_cover_the_string_and_differ_by_one_bit_at_most():
    sheet = Sheet(103, 25, bytes(16))
    assert sheet.sizes.sum() == 103
    assert sheet.sizes.max() - sheet.sizes.min() == 1
    values = np.arange(103) % 2
    everything = np.ones(sheet.rows, np.bool_)
    assert np.array_equal(sheet.gather(sheet.spread(values.astype(np.uint8)), everything), values)


def test_shuffles_are_permutations_and_never_change():
    sheet = Sheet(12, 64, bytes(16))
    assert sorted(sheet.shuffle(0, 0)) == list(range(12))
    # our own golden: another implementation, or another numpy, must find the same order
    assert sheet.shuffle(3, 0).tolist() == [6, 4, 8, 2, 9, 7, 5, 11, 3, 0, 10, 1]
