"""The transform, the order and the list decoder, each against a textbook's way of doing it."""

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samefade.reconcile.polar.layout import Layout, short_check, transform
from samefade.reconcile.polar.loops import decode
from samefade.reconcile.polar.order import amounts, base, design_of, entropy_of, order_of


def kronecker(size):
    out = np.ones((1, 1), np.int64)
    while len(out) < size:
        out = np.kron(out, [[1, 0], [1, 1]])
    return out


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 300), st.integers(0, 2**32))
def test_transform_is_the_product_with_the_kronecker_power(size, seed):
    x = np.random.default_rng(seed).integers(0, 2, max(size, 1), dtype=np.uint8)
    u = transform(x)
    padded = np.zeros(len(u), np.int64)
    padded[: len(x)] = x
    assert np.array_equal(u, padded @ kronecker(len(u)) % 2)
    assert not u[len(x) :].any()
    assert np.array_equal(transform(u)[: len(x)], x)


def strings(size):
    return (np.arange(2**size)[:, None] >> np.arange(size) & 1).astype(np.uint8)


@pytest.mark.parametrize("size", [2, 4, 8])
def test_a_list_that_holds_everything_decides_by_maximum_likelihood(size):
    rng = np.random.default_rng(size)
    every = strings(size)
    transformed = every @ kronecker(size) % 2
    for _ in range(40):
        ratios = rng.normal(0, 2, size).astype(np.float32)
        told = (rng.random(size) < 0.4).astype(np.uint8)
        truth = transformed[rng.integers(2**size)].astype(np.uint8)
        cost = np.logaddexp(0, np.where(every == 1, ratios, -ratios)).sum(axis=1)
        fits = (transformed[:, told == 1] == truth[told == 1]).all(axis=1)
        found, costs = decode(ratios, told, truth, 2**size)
        assert len(found) == fits.sum()
        assert np.array_equal(np.unique(found, axis=0), np.unique(every[fits], axis=0))
        # the decoder takes ln(1 + e^-x) for a polynomial that errs by .01, a few times for each bit
        exact = {row.tobytes(): value for row, value in zip(every, cost, strict=True)}
        assert costs == pytest.approx([exact[row.tobytes()] for row in found], abs=0.02 * size)
        assert (np.diff(costs) >= 0).all()


def plain(ratios, told, values):
    """Decode without a list, as the recursion is written down."""
    if len(ratios) == 1:
        u = values if told[0] else np.array([ratios[0] < 0], np.uint8)
        return u, u
    half = len(ratios) // 2
    a, b = ratios[:half], ratios[half:]
    left = np.logaddexp(0, a + b) - np.logaddexp(a, b)
    u_left, x_left = plain(left, told[:half], values[:half])
    u_right, x_right = plain(b + (1 - 2.0 * x_left) * a, told[half:], values[half:])
    return np.concatenate([u_left, u_right]), np.concatenate([x_left ^ x_right, x_right])


@pytest.mark.parametrize("size", [16, 64, 256])
def test_a_list_of_one_decodes_as_the_recursion_does(size):
    rng = np.random.default_rng(size)
    same = 0
    for _ in range(50):
        x = rng.integers(0, 2, size, dtype=np.uint8)
        ratios = ((1 - 2.0 * x) * 4 + np.sqrt(8) * rng.normal(size=size)).astype(np.float32)
        told = np.zeros(size, np.uint8)
        told[order_of(size, design_of(0.2), soft=True)[: size // 3]] = 1
        found, _ = decode(ratios, told, transform(x), 1)
        same += np.array_equal(found[0], plain(ratios.astype(np.float64), told, transform(x))[1])
    # a decision is another one only where the polynomial errs as much as the ratio is large: seldom
    assert same >= 48


def test_a_longer_list_never_finds_less():
    rng = np.random.default_rng(1)
    told = np.zeros(256, np.uint8)
    told[order_of(256, design_of(0.3), soft=False)[:85]] = 1
    found = dict.fromkeys((1, 4, 32), 0)
    for _ in range(40):
        x = rng.integers(0, 2, 256, dtype=np.uint8)
        y = x ^ (rng.random(256) < 0.05)
        for width in found:
            candidates, _ = decode(((1 - 2.0 * y) * 2.94).astype(np.float32), told, transform(x), width)
            assert len(candidates) == width
            assert len(np.unique(candidates, axis=0)) == width
            found[width] += bool((candidates == x).all(axis=1).any())
    assert found[1] < found[4] < found[32]


def test_every_candidate_fits_what_was_told():
    rng = np.random.default_rng(2)
    for size in (8, 32, 128):
        told = (rng.random(size) < 0.5).astype(np.uint8)
        u = rng.integers(0, 2, size, dtype=np.uint8)
        found, _ = decode(rng.normal(0, 3, size).astype(np.float32), told, u, 16)
        assert all(np.array_equal(transform(x)[told == 1], u[told == 1]) for x in found)


@settings(max_examples=80, deadline=None)
@given(st.integers(1, 3000), st.integers(0, 127), st.integers(8, 32), st.booleans())
def test_amounts_grow_to_all_of_a_frame_in_few_rounds(size, design, check, soft):
    told = amounts(size, design, check)
    assert told[-1] == size
    assert all(low < high for low, high in pairwise(told))
    assert all(amount + check < size for amount in told[:-1])
    assert len(told) <= 60
    assert sorted(order_of(size, design, soft=soft)) == list(range(size))


@pytest.mark.parametrize(("size", "entropy", "soft"), [(16, 0.3, False), (1000, 0.3, True), (2048, 0.01, False)])
def test_order_is_that_of_the_exact_weights(size, entropy, soft):
    beta = Fraction(base(design_of(entropy), soft=soft), 100)
    weights = [sum(beta**bit for bit in range(12) if at >> bit & 1) for at in range(size)]
    assert order_of(size, design_of(entropy), soft=soft).tolist() == sorted(range(size), key=weights.__getitem__)


def test_amounts_never_change():
    # our own golden: a microcontroller, or another numpy, must find the same ones
    assert amounts(200, design_of(0.3), 12) == (62, 72, 83, 96, 110, 126, 144, 164, 186, 200)


def test_designs_are_finer_where_there_is_less_to_tell():
    assert entropy_of(0) == 0
    assert entropy_of(127) == 1
    for entropy in (0.001, 0.01, 0.1, 0.5, 0.9):
        assert entropy_of(design_of(entropy)) == pytest.approx(entropy, rel=0.15)
    assert design_of(-0.1) == 0
    assert design_of(1.5) == 127


def test_frames_cover_the_string_once_and_in_an_order_that_never_changes():
    layout = Layout((103, 7), 25, 12, bytes(16))
    places = [np.concatenate(layout.places(layer)) for layer in (0, 1)]
    assert sorted(np.concatenate(places)) == list(range(110))
    assert layout.sizes(0).tolist() == [21, 21, 21, 20, 20]
    assert layout.frames == 6
    assert places[1].tolist() == [104, 103, 109, 105, 106, 107, 108]


def test_short_check_is_the_crc_of_every_zip_file():
    # CRC-32 of the ASCII digits 1 … 9 is cbf43926 in every table of check values
    bits = np.unpackbits(np.frombuffer(b"123456789", np.uint8))
    assert int(short_check(bits, 32) @ (1 << np.arange(32))) == 0xCBF43926
    assert np.array_equal(short_check(bits, 12), short_check(bits, 32)[:12])
