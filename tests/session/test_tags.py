"""The short tags by which two ends see whether their strings are equal: over what, how long, and keyed by what."""

import hashlib
import hmac

import numpy as np
import pytest

from samefade.reconcile import tag as tags


class Sheet:
    """As much of a sheet as tags read: rows of given sizes, and a public seed."""

    def __init__(self, sizes, seed=b"seed"):
        self.sizes, self.seed = sizes, seed

    def gather(self, bits, keep):
        return np.concatenate([bits[row, : self.sizes[row]] for row in range(len(self.sizes)) if keep[row]])


SHEET = Sheet([20, 20, 13])
BITS = np.random.default_rng(3).integers(0, 2, (3, 20), np.uint8)
ALL = np.ones(3, np.bool_)


def test_a_tag_is_the_first_eight_bytes_of_an_hmac_over_all_that_is_kept():
    told = b"samefade cascade tag" + np.packbits(ALL).tobytes() + np.packbits(SHEET.gather(BITS, ALL)).tobytes()
    assert tags.tag(SHEET, BITS, ALL) == hmac.new(b"seed", told, hashlib.sha256).digest()[:8]


@pytest.mark.parametrize("row", range(3))
def test_every_bit_that_is_kept_counts_and_no_other(row):
    whole = tags.tag(SHEET, BITS, ALL)
    for column in range(20):
        other = BITS.copy()
        other[row, column] ^= 1
        assert (tags.tag(SHEET, other, ALL) != whole) == (column < SHEET.sizes[row])


def test_which_frames_are_kept_and_the_seed_count():
    some = np.array([True, False, True])
    seen = {tags.tag(SHEET, BITS, ALL), tags.tag(SHEET, BITS, some), tags.tag(Sheet(SHEET.sizes, b"other"), BITS, ALL)}
    assert len(seen) == 3


def test_a_check_is_three_bytes_for_each_frame_in_its_order():
    checks = tags.checks(SHEET, BITS)
    assert len(checks) == 9
    for row, size in enumerate(SHEET.sizes):
        told = b"samefade cascade check" + row.to_bytes(4, "little") + np.packbits(BITS[row, :size]).tobytes()
        assert checks[3 * row : 3 * row + 3] == hmac.new(b"seed", told, hashlib.sha256).digest()[:3]


def test_frames_that_differ_are_named_whichever_byte_it_is():
    mine = tags.checks(SHEET, BITS)
    assert not tags.differing(mine, mine).any()
    for at in range(9):
        theirs = bytes(byte ^ (i == at) for i, byte in enumerate(mine))
        assert tags.differing(mine, theirs).tolist() == [row == at // 3 for row in range(3)]
