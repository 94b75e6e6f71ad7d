"""The BCH codes are the published ones, and are decoded as far as they promise."""

from math import factorial

import galois
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samefade.reconcile.bch.code import code, codes, tables
from samefade.reconcile.bch.loops import decode
from samefade.reconcile.rank import _rank

# k and t of the codes of length 1,023: Lin and Costello 2004, table of primitive BCH codes
K_1023 = [*range(1013, 862, -10), *range(858, 577, -10), *range(573, 472, -10)]
T_1023 = [*range(1, 32), *range(34, 40), 41, 42, 43, 44, 45, 46, 47, 49, 50, 51, 52, 53, 54, 55, 57, 58, 59, 60, 61]


def decoded(one, errors):
    """Decode error patterns (rows, size) from their remainders alone."""
    flips = np.zeros_like(errors)
    power, logarithm = tables(one.m)
    return flips, decode(one.remainders(errors), one.t, power, logarithm, flips)


def patterns(rows, size, weights, seed=1):
    rng = np.random.default_rng(seed)
    out = np.zeros((rows, size), np.uint8)
    for row, weight in enumerate(np.broadcast_to(weights, rows)):
        out[row, rng.choice(size, int(weight), replace=False)] = 1
    return out


# Lin and Costello 2004, appendix C: generator polynomials in octal
@pytest.mark.parametrize(
    ("m", "k", "t", "generator"),
    [
        (4, 7, 2, 0o721),
        (4, 5, 3, 0o2467),
        (5, 21, 2, 0o3551),
        (5, 16, 3, 0o107657),
        (5, 11, 5, 0o5423325),
        (6, 45, 3, 0o1701317),
        (6, 30, 6, 0o157464165547),
        (7, 99, 4, 0o3447023271),
        (7, 64, 10, 0o1206534025570773100045),
        (8, 231, 3, 0o156720665),
        (8, 131, 18, 0o215713331471510151261250277442142024165471),
    ],
)
def test_generators_are_those_of_lin_and_costello(m, k, t, generator):
    one = code(m, t)
    assert (one.n, one.k, one.t, one.generator) == (2**m - 1, k, t, generator)


def test_dimensions_are_those_of_lin_and_costello():
    assert [(one.k, one.t) for one in codes(10)][: len(K_1023)] == list(zip(K_1023, T_1023, strict=True))
    known = {(one.k, one.t) for one in codes(7)}
    assert known >= {(64, 10), (57, 11), (50, 13), (43, 14), (36, 15), (29, 21), (22, 23), (15, 27), (8, 31)}
    known = {(one.k, one.t) for one in codes(9)}
    assert known >= {(493, 2), (367, 17), (259, 30), (250, 31), (241, 36), (76, 85), (19, 119), (10, 127)}


@pytest.mark.parametrize(("m", "k", "t"), [(4, 5, 3), (7, 8, 31), (8, 9, 63), (10, 11, 255), (11, 12, 511)])
def test_the_strongest_code_is_the_last_of_the_table(m, k, t):
    assert (codes(m)[-1].k, codes(m)[-1].t) == (k, t)


def test_a_code_that_corrects_more_at_no_cost_says_so():
    assert code(7, 12) == code(7, 13)
    assert code(7, 12).t == 13


@pytest.mark.parametrize(("m", "t"), [(4, 2), (6, 6), (7, 10), (8, 18), (8, 26)])
def test_agrees_with_galois(m, t):
    one = code(m, t)
    # its machine code takes longer to compile than four words take without; beyond 2^8 it needs that
    field = galois.GF(2**m, irreducible_poly=galois.matlab_primitive_poly(2, m), compile="python-calculate")
    theirs = galois.BCH(one.n, d=2 * t + 1, extension_field=field)
    assert theirs.k == one.k
    assert theirs.t == t
    assert int(theirs.generator_poly) == one.generator
    rng = np.random.default_rng(m)
    words = np.asarray(theirs.encode(galois.GF2(rng.integers(0, 2, (4, one.k), dtype=np.uint8)))).astype(np.uint8)
    assert not one.remainders(words).any()
    errors = patterns(4, one.n, [0, 1, t // 2, t], seed=t)
    right, counts = theirs.decode(galois.GF2(words ^ errors), output="codeword", errors=True)
    flips, ours = decoded(one, errors)
    assert np.array_equal(words ^ errors ^ flips, np.asarray(right))
    assert np.array_equal(ours, counts)


@settings(max_examples=60, deadline=None)
@given(m=st.integers(7, 9), data=st.data())
def test_corrects_every_pattern_up_to_t_in_full_and_shortened_frames(m, data):
    one = data.draw(st.sampled_from(codes(m)))
    size = data.draw(st.integers(one.redundancy + 1, one.n))
    errors = patterns(8, size, data.draw(st.integers(0, min(one.t, size))), seed=data.draw(st.integers(0, 2**32)))
    flips, counts = decoded(one, errors)
    assert np.array_equal(flips, errors)
    assert np.array_equal(counts, errors.sum(axis=1))


@pytest.mark.parametrize("m", [10, 11])
def test_corrects_long_codes(m):
    one = code(m, 80)
    errors = patterns(20, one.n, np.arange(20) + one.t - 19)
    assert np.array_equal(decoded(one, errors)[0], errors)


@settings(max_examples=30, deadline=None)
@given(m=st.integers(4, 8), data=st.data())
def test_the_remainder_is_that_of_long_division(m, data):
    one = data.draw(st.sampled_from(codes(m)))
    bits = data.draw(st.lists(st.integers(0, 1), min_size=1, max_size=one.n))
    rest = 0
    for bit in bits:  # a shift register, as a microcontroller has it
        rest = rest << 1 | bit
        rest ^= one.generator * (rest >> one.redundancy)
    row = one.remainders(np.array([bits], np.uint8))[0]
    assert int("".join(map(str, row)), 2) == rest


@pytest.mark.parametrize("size", [1, 50, 123, 124, 125, 200, 255])
def test_a_frame_is_told_the_redundancy_or_its_own_length_in_independent_parities(size):
    one = code(8, 18)
    columns = one.remainders(np.eye(size, dtype=np.uint8))  # what each bit adds to the remainder
    assert _rank(int("".join(map(str, column)), 2) for column in columns) == min(size, one.redundancy)


def test_more_errors_than_the_code_corrects_are_seen_but_for_one_in_t_factorial():
    # Of random syndromes, a share C(n, t) / 2^(n−k) ≈ 1/t! lies within t of a codeword (McEliece and Swanson 1986).
    one, rows = code(8, 4), 20_000
    errors = patterns(rows, one.n, 6)
    flips, counts = decoded(one, errors)
    wrong = counts >= 0
    assert not flips[~wrong].any()
    assert np.array_equal(one.remainders(flips[wrong]), one.remainders(errors[wrong]))
    # mean 833, deviation √833 = 29; the share is below 1/t! by the factor n…(n−t+1)/(n+1)^t = .96
    assert np.count_nonzero(wrong) == pytest.approx(rows / factorial(4), abs=4 * 29 + 833 * 0.05)
    assert not (decoded(code(8, 18), patterns(2000, 255, 19))[1] >= 0).any()
