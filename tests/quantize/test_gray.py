import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from samefade.errors import OutOfRange
from samefade.quantize import gray, to_bits, ungray
from samefade.types import Ledger, Symbols


def test_the_code_of_eight_levels_is_gray_s_own():
    # Gray's patent (US 2,632,058), figure 1
    expected = ["000", "001", "011", "010", "110", "111", "101", "100"]
    found = gray(np.arange(8), 8).reshape(-1, 3)
    assert ["".join(map(str, row)) for row in found] == expected


@given(st.integers(1, 8), st.data())
def test_ungray_undoes_gray_and_neighbours_differ_in_one_bit(width, data):
    levels = 2**width
    values = np.array(data.draw(st.lists(st.integers(0, levels - 1), max_size=30)), np.uint8)
    assert np.array_equal(ungray(gray(values, levels), levels), values)
    every = gray(np.arange(levels), levels).reshape(levels, width).astype(int)
    assert np.all(np.abs(np.diff(every, axis=0)).sum(axis=1) == 1)


def test_bits_keep_the_ledger_and_the_reliability_of_their_symbols():
    paid = Ledger().pay("something", 3)
    bits = to_bits(Symbols(np.array([0, 2, 3]), 4, np.arange(3), paid, np.array([0.1, 0.2, 0.3])))
    assert list(bits.values) == [0, 0, 1, 1, 1, 0]
    assert bits.values.dtype == np.uint8
    assert bits.per_symbol == 2
    assert bits.ledger is paid
    assert np.allclose(bits.reliability, [0.1, 0.1, 0.2, 0.2, 0.3, 0.3])
    assert to_bits(Symbols(np.array([1]), 2, np.arange(1))).reliability is None


def test_what_has_no_code_is_refused():
    with pytest.raises(OutOfRange):
        gray(np.array([0, 4]), 4)
    with pytest.raises(OutOfRange):
        gray(np.array([-1]), 4)
    with pytest.raises(OutOfRange):
        gray(np.array([0]), 3)
    with pytest.raises(OutOfRange):
        ungray(np.zeros(3, np.uint8), 4)
