"""I3: no key is longer than the ledger allows; every leak makes it shorter; nothing negative is rounded up."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.linalg import toeplitz as matrix_of

from samefade.amplify import Hkdf, Toeplitz
from samefade.amplify.toeplitz import toeplitz
from samefade.errors import TooLittleEntropy
from samefade.types import Bits, Ledger

SEED = bytes(range(32))
STRING = Bits(np.random.default_rng(0).integers(0, 2, 6000, dtype=np.uint8))


def longest(scheme, ledger):
    """The longest key in whole bytes, found by asking."""
    low, high = 0, 700
    while high - low > 1:
        middle = (low + high) // 2
        try:
            type(scheme)(8 * middle).amplify(STRING, ledger, SEED, *([SEED] if isinstance(scheme, Hkdf) else []))
            low = middle
        except TooLittleEntropy:
            high = middle
    return 8 * low


@pytest.mark.parametrize("scheme", [Toeplitz(), Hkdf()])
@given(earned=st.floats(0, 5000), leaks=st.lists(st.floats(0, 500), max_size=4), more=st.floats(0, 500))
def test_no_key_is_longer_than_the_ledger_allows_and_every_leak_shortens_it(scheme, earned, leaks, more):
    ledger = Ledger().earn("entropy", earned)
    for leak in leaks:
        ledger = ledger.pay("told", leak)
    bits = longest(scheme, ledger)
    assert bits <= max(0.0, ledger.balance - scheme.margin())
    assert bits > ledger.balance - scheme.margin() - 8.0 - 1
    assert longest(scheme, ledger.pay("one more", more)) <= bits


@pytest.mark.parametrize("missing", [0.001, 0.5, 1.0, 1000.0])
def test_a_fraction_of_a_bit_too_little_is_too_little(missing):
    with pytest.raises(TooLittleEntropy):
        Toeplitz().amplify(STRING, Ledger().earn("entropy", 382.0).pay("told", missing), SEED)


def test_the_ledger_given_is_left_as_it_was():
    ledger = Ledger().earn("entropy", 1000.0)
    Toeplitz().amplify(STRING, ledger, SEED)
    assert ledger == Ledger().earn("entropy", 1000.0)


@given(st.integers(1, 80), st.integers(1, 60), st.integers(0, 2**32))
def test_the_product_is_that_of_scipys_toeplitz_matrix(n, rows, seed):
    rng = np.random.default_rng(seed)
    x, s = rng.integers(0, 2, n, dtype=np.uint8), rng.integers(0, 2, n + rows - 1, dtype=np.uint8)
    matrix = matrix_of(s[n - 1 :], s[n - 1 :: -1]).astype(int)
    assert np.array_equal(toeplitz(x, s, rows), matrix @ x % 2)


def test_the_largest_sums_are_exact():
    # all ones: row i counts n ones, the worst that rounding can meet
    for n in (149_999, 150_000):
        assert (toeplitz(np.ones(n, np.uint8), np.ones(n + 9999, np.uint8), 10_000) == n % 2).all()
