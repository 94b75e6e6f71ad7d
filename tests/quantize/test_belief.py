"""What end b believes, against Bayes' rule spelt out cell by cell."""

from dataclasses import replace
from math import erf, exp, log, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from samefade.errors import EndsDisagree
from samefade.quantize import CellBelief, Likely, allocate, spell
from samefade.types import Strand

FLOOR = 1e-9  # a chance below it is not told from nothing


def equal(bits, width):
    """Return 2^bits − 1 thresholds, equally far apart."""
    return width * (np.arange(1, 1 << bits) - (1 << (bits - 1)))


def likely(expected, deviation, bits, width=0.7, tail=0.0):
    expected = np.asarray(expected, np.float64)
    edges = tuple(equal(w, width) for w in bits)
    return Likely(expected, np.broadcast_to(deviation, expected.shape).astype(np.float64), edges, tail)


def belief(*parts, first=3):
    wide = [(len(e) + 1).bit_length() - 1 for part in parts for e in part.edges]
    return CellBelief(parts, np.array(wide, np.int64), first)


def cells_of(values, edges):
    return np.column_stack([np.searchsorted(e, v, side="right") for e, v in zip(edges, values.T, strict=True)])


def layers_of(cells, bits, first=3):
    """Return the bits of every layer: (values, per layer)."""
    wide = np.tile(bits, len(cells))
    values, lengths = spell(cells.ravel().astype(np.uint8), wide, first)
    return values, lengths


def gaussian(x):
    return 0.5 * (1 + erf(x / sqrt(2)))


def chance(part, block, component, cell):
    """Return the chance of one cell, by its two thresholds."""
    edges = [-np.inf, *part.edges[component], np.inf]
    g, s = part.expected[block, component], min(1.0, part.deviation[block, component])

    def below(e):
        away = (e - g) / s
        return (1 - part.tail) * gaussian(away) + part.tail * gaussian(away / 3)

    return below(edges[cell + 1]) - below(edges[cell])


def by_hand(parts, cells, first, layer):
    """Return the log-likelihood ratios of a layer by Bayes' rule over all cells, one bit at a time."""
    columns = [(part, k) for part in parts for k in range(len(part.edges))]
    widths = [(len(part.edges[k]) + 1).bit_length() - 1 for part, k in columns]
    top = max(widths)
    planes = [layer] if layer < min(first, top) else list(range(first, top))
    known = min(layer, first)
    out = []
    for plane in planes:
        for block, row in enumerate(cells):
            for (part, k), own, width in zip(columns, row, widths, strict=True):
                if width <= plane:
                    continue
                fits = [c for c in range(1 << width) if (c ^ int(own)) % (1 << known) == 0]
                p = [sum(chance(part, block, k, c) for c in fits if c >> plane & 1 == bit) for bit in (0, 1)]
                out.append(log((p[0] + FLOOR) / (p[1] + FLOOR)))
    return np.array(out)


@pytest.mark.parametrize("tail", [0.0, 0.02, 0.5, 1.0])
@pytest.mark.parametrize("scale", [0.4, 1.0, 3.0])
def test_the_chances_of_all_cells_add_up_to_one_and_are_those_of_the_mixture(tail, scale):
    rng = np.random.default_rng(1)
    part = likely(rng.standard_normal((20, 2)), 0.2, (3, 1), tail=tail)
    chances = part.chances(scale)
    assert chances.shape == (20, 2, 8)
    assert np.allclose(chances.sum(axis=2), 1, atol=1e-6)
    assert chances.min() > -1e-9
    assert not chances[:, 1, 2:].any()  # fewer cells than the other
    away = (part.edges[0][3] - part.expected[:, 0]) / (0.2 * scale)
    below = (1 - tail) * norm.cdf(away) + tail * norm.cdf(away / 3)
    assert np.allclose(chances[:, 0, :4].sum(axis=1), below, atol=1e-6)


def test_every_nth_block_is_just_that():
    rng = np.random.default_rng(1)
    part = likely(rng.standard_normal((20, 2)), rng.uniform(0.1, 1, (20, 2)), (3, 2))
    assert np.array_equal(part.chances(1.5, 3), part.chances(1.5)[::3])


def test_who_knows_nothing_is_never_less_certain_than_that():
    part = likely(np.zeros((1, 1)), 0.9, (2,))
    assert np.array_equal(part.chances(3.0), likely(np.zeros((1, 1)), 1.0, (2,)).chances())


blocks = st.integers(1, 6)


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**20),
    m=blocks,
    bits=st.lists(st.lists(st.integers(1, 5), min_size=1, max_size=2), min_size=1, max_size=2),
    first=st.integers(1, 4),
    tail=st.sampled_from([0.0, 0.03]),
)
def test_ratios_of_every_layer_are_bayes_rule_over_all_cells(seed, m, bits, first, tail):
    rng = np.random.default_rng(seed)
    parts, values = [], []
    for wide in bits:
        u = rng.standard_normal((m, len(wide)))
        deviation = rng.uniform(0.2, 1, u.shape)
        parts.append(likely(u + deviation * rng.standard_normal(u.shape), deviation, wide, tail=tail))
        values.append(cells_of(u, parts[-1].edges))
    cells, flat = np.hstack(values), [w for wide in bits for w in wide]
    told, lengths = layers_of(cells, flat, first)
    made = belief(*parts, first=first)
    at = 0
    for layer, length in enumerate(lengths):
        found = made.about(told[:at])
        assert len(found) == length
        # chances are kept in single precision (2⁻²⁴ of one), so a ratio near the floor is off by as much
        wanted = by_hand(parts, cells, first, layer)
        assert np.allclose(np.tanh(found / 2), np.tanh(wanted / 2), atol=1e-4)
        near = np.abs(wanted) < 8
        assert np.allclose(found[near], wanted[near], atol=1e-2)
        at += length
    assert at == len(told)


@given(
    seed=st.integers(0, 2**20),
    m=blocks,
    bits=st.lists(st.integers(1, 8), min_size=1, max_size=6),
    first=st.integers(1, 8),
)
def test_cells_can_be_rebuilt_from_their_bits(seed, m, bits, first):
    cells = np.random.default_rng(seed).integers(0, 1 << np.array(bits), (m, len(bits)))
    told, lengths = layers_of(cells, bits, first)
    wide = np.tile(bits, m)
    assert told.dtype == np.uint8
    assert set(told) <= {0, 1}
    assert len(told) == sum(lengths) == wide.sum()
    assert len(lengths) == min(first, max(bits)) + (max(bits) > first)
    rebuilt, at = np.zeros(len(wide), int), 0
    for plane in range(max(bits)):  # layers only group planes, which come in order
        holders = wide > plane
        rebuilt[holders] |= told[at : at + holders.sum()].astype(int) << plane
        at += holders.sum()
    assert np.array_equal(rebuilt, cells.ravel())


def test_bits_known_that_are_not_whole_layers_are_refused():
    part = likely(np.zeros((4, 2)), 0.3, (4, 2))
    made = belief(part)
    told, lengths = layers_of(cells_of(np.zeros((4, 2)), part.edges), [4, 2])
    whole = set(np.cumsum([0, *lengths[:-1]]).tolist())
    for count in range(len(told) + 1):
        if count in whole:
            assert np.isfinite(made.about(told[:count])).all()
        else:
            with pytest.raises(EndsDisagree, match="known bits"):
                made.about(told[:count])


def test_impossible_bits_and_certain_ones_give_finite_ratios():
    part = likely(np.full((8, 1), 50.0), 1e-6, (5,))
    made = belief(part)
    told = np.zeros(8, np.uint8)  # the cell that b is certain of ends in a 1
    first = made.about(told[:0])
    assert np.all(first < -15)
    assert np.isfinite(made.about(told)).all()


def judged(noise, wider, bits=6, n=4000, seed=1, tail=0.0):
    """Return b's belief of n cells, and a's bits, where errors are `wider` times as wide as b thinks."""
    rng = np.random.default_rng(seed)
    u = rng.standard_normal((n, 1)) * np.sqrt(1 - noise**2)
    part = likely(u, noise, (bits,), width=noise, tail=tail)
    cells = cells_of(u + wider * noise * rng.standard_normal((n, 1)), part.edges)
    return belief(part), *layers_of(cells, [bits]), cells


@pytest.mark.parametrize(
    ("wider", "least", "most"), [(0.5, 0.4, 0.6), (1.0, 1.0, 1.0), (2.0, 2.0, 2.0), (2.8, 2.0, 3.0)]
)
def test_the_scale_of_errors_is_found_from_known_bits(wider, least, most):
    made, told, lengths, cells = judged(0.1, wider)
    assert least <= made._scale(cells.ravel() % 8, 3) <= most
    # errors of two cells go once around the four that two bits tell apart: these say only that errors are wide
    assert least / 2 <= made._scale(cells.ravel() % 4, 2) <= most * 1.5
    if wider == 2.0:  # and the ratios are those of somebody who knew
        part = made.likely[0]
        aware = belief(replace(part, deviation=2 * part.deviation))
        at = sum(lengths) - lengths[-1]
        assert np.allclose(made.about(told[:at]), aware.about(told[:at]), atol=1e-3)


def test_the_first_layer_is_told_as_calibrated_because_nothing_is_known_yet():
    made, told, _, _ = judged(0.1, 3.0)
    same, *_ = judged(0.1, 1.0)
    assert np.array_equal(made.about(told[:0]), same.about(told[:0]))


@pytest.mark.parametrize("seed", range(5))
def test_few_symbols_never_move_the_scale_by_chance(seed):
    made, _, _, cells = judged(0.1, 1.0, n=30, seed=seed)
    assert made._scale(cells.ravel() % 8, 3) == 1.0


def entropy(ratios):
    """Return the mean binary entropy of bits of these log-likelihood ratios, nats."""
    p = 1 / (1 + np.exp(-np.abs(ratios)))
    return float(np.mean(-p * np.log(p) - (1 - p) * np.log(np.maximum(1 - p, 1e-300))))


@pytest.mark.parametrize("noise", [0.05, 0.3, 0.7])
def test_beliefs_are_calibrated(noise):
    # the mean surprise of the true bits equals the mean entropy of the beliefs, if and only if chances are chances
    rng = np.random.default_rng(7)
    n, basis = 20_000, np.eye(1)
    edges = allocate(Strand(np.ones(1), {"a": 0.0}, 1, basis, 0, basis, np.array([noise]))).edges
    g = np.sqrt(1 - noise**2) * rng.standard_normal((n, 1))
    u = g + noise * rng.standard_normal((n, 1))
    made = belief(Likely(g, np.full((n, 1), noise), edges, 0.0))
    told, lengths = layers_of(cells_of(u, edges), made.widths.tolist())
    at = 0
    for length in lengths:
        ratios = made.about(told[:at])
        own = told[at : at + length]
        surprise = np.log1p(np.exp(-np.where(own == 0, ratios, -ratios)))
        # the mean of n surprises scatters by their deviation over √n: 4.5 of those
        assert surprise.mean() == pytest.approx(entropy(ratios), abs=4.5 * surprise.std() / sqrt(length) + 1e-6)
        # and among bits believed alike, that share is a zero
        for low in (-2.0, -0.5, 0.5):
            some = (ratios > low) & (ratios < low + 1)
            p = float(np.mean(1 / (1 + np.exp(-ratios[some])))) if some.sum() > 100 else None
            if p is not None:
                share = float(np.mean(own[some] == 0))
                assert share == pytest.approx(p, abs=4.5 * sqrt(p * (1 - p) / some.sum()))
        at += length


def test_what_all_layers_leave_open_is_the_entropy_of_the_cell_given_b():
    # chain rule: Σ H(layer | layers before, b) = H(cell | b), where every plane has a layer of its own
    rng = np.random.default_rng(9)
    n, noise, bits = 4000, 0.2, 5
    g = rng.standard_normal((n, 1))
    part = likely(g, noise, (bits,), width=0.2)
    told, lengths = layers_of(cells_of(g + noise * rng.standard_normal((n, 1)), part.edges), [bits], first=bits)
    made = belief(part, first=bits)
    open_, at = 0.0, 0
    for length in lengths:
        open_ += entropy(made.about(told[:at])) * length / n
        at += length
    chances = np.maximum(part.chances()[:, 0].astype(float), 1e-300)
    exact = float(-(chances * np.log(chances)).sum(axis=1).mean())
    assert open_ == pytest.approx(exact, rel=0.02)  # the layers' terms are averages over a's bits, n of them
    assert exact == pytest.approx(0.5 * log(2 * np.pi * exp(1)), abs=0.1)  # cells as wide as the deviation
