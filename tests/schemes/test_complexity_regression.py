"""The regression on complexity: what it foretells, what it chooses, and that adapting gains on a simulated link."""

import numpy as np
import pytest

from samefade import channel
from samefade.entropy import normalised_complexity
from samefade.errors import EndsDisagree, TooFewSamples
from samefade.quantize import Guarded, Sign
from samefade.schemes.farflung import GRID, complexity_of, learn, segments, tally

SIZE, TARGET = 64, 0.1


def link(seed, packets=12_800):
    """Segments of whole-dB RSSI at both ends, each at a speed of its own; the reply comes a tenth of a period later."""
    rng = np.random.default_rng(seed)
    out = ([], [])
    for _ in range(packets // SIZE):
        waves = channel.scatter(float(np.exp(rng.uniform(np.log(0.003), np.log(0.4)))), rng)
        for end, late in zip(out, (0.0, 0.1), strict=True):
            level = 20 * np.log10(np.abs(waves.at(np.arange(SIZE) + late)) + 1e-3)
            end.append(np.rint(-90 + level + rng.standard_normal(SIZE)))
    return out


@pytest.fixture(scope="module")
def known():
    train, test = link(1), link(2)
    return train, test, learn(*train)


def count(a, b, choose):
    bits = wrong = 0
    for x, y in zip(a, b, strict=True):
        choice = choose(x)
        if choice is not None:
            one = tally(x, y, choice)
            bits, wrong = bits + one.bits, wrong + one.wrong
    return bits, wrong


def signs(a, b, epsilon):
    ends = [[Sign(epsilon).cut(x[1::2] - x[::2]) for x in end] for end in (a, b)]
    kept = [(x.keep & y.keep, x.level != y.level) for x, y in zip(*ends, strict=True)]
    return sum(int(both.sum()) for both, _ in kept), sum(int(differ[both].sum()) for both, differ in kept)


def best(found):
    return max((bits, setting) for (bits, wrong), setting in found if bits and wrong <= TARGET * bits)[1]


def test_adaptive_gives_more_bits_than_fixed_and_fixed_more_than_differential(known):
    """Settings are chosen on one simulated record and tried on another; all of them meet the same target there."""
    train, test, told = known
    epsilon = best([(signs(*train, e), e) for e in range(20)])
    fixed = GRID[best([(count(*train, lambda _x, one=one: one), i) for i, one in enumerate(GRID)])]
    most = best(
        [(count(*train, lambda x, m=m: told.choose(complexity_of(x), m)), m) for m in np.linspace(0.03, 0.2, 18)]
    )
    differential, plain, adaptive = (
        signs(*test, epsilon),
        count(*test, lambda _x: fixed),
        count(*test, lambda x: told.choose(complexity_of(x), most)),
    )
    assert adaptive[0] > 1.05 * plain[0]
    assert plain[0] > 2 * differential[0]
    for bits, wrong in (differential, plain, adaptive):
        # of thousands of bits in 200 segments, whose error rates differ by much more than chance
        assert wrong / bits < TARGET + 0.02


def test_what_it_foretells_is_what_comes(known):
    _, test, told = known
    z = np.array([complexity_of(x) for x in test[0]])
    bits, errors = np.array([told.foretell(each) for each in z]).transpose(1, 2, 0)
    for i, choice in enumerate(GRID):
        seen = np.array([tally(x, y, choice) for x, y in zip(*test, strict=True)])
        assert bits[i].mean() * SIZE == pytest.approx(seen[:, 0].mean(), rel=0.1)
        assert (errors[i] * seen[:, 0]).sum() / seen[:, 0].sum() == pytest.approx(
            seen[:, 1].sum() / seen[:, 0].sum(), abs=0.03
        )


def test_a_more_complex_segment_is_expected_to_err_more_and_to_give_fewer_bits_under_a_target(known):
    *_, told = known
    low, high = told.span
    assert (told.foretell(high)[1] > told.foretell(low)[1]).all()
    given = {}
    for z in (low, high):
        choice = told.choose(z, TARGET)
        given[z] = 0.0 if choice is None else told.foretell(z)[0][GRID.index(choice)]
        assert choice is None or told.foretell(z)[1][GRID.index(choice)] <= TARGET
    assert given[low] > given[high]
    assert told.choose(high, 0.0) is None or told.foretell(high)[1].min() == 0
    # beyond what was seen, the nearest counts
    assert np.array_equal(told.foretell(high + 5)[0], told.foretell(high)[0])


def test_a_tally_is_what_can_be_counted_by_hand():
    a = np.array([0.0, 1.0, 2.0, 3.0])
    b = np.array([0.0, 2.0, 1.0, 3.0])
    assert tally(a, b, Guarded(2, 0.0)) == (4, 2)
    assert tally(a, b, Guarded(4, 0.0)).bits == 8
    # the two in the middle lie within half a deviation of the mean
    assert tally(a, b, Guarded(2, 0.5)) == (2, 0)


def test_segments_are_whole_and_vary():
    values = np.r_[np.arange(10.0), np.zeros(10), np.arange(10.0), np.arange(7.0)]
    heard = np.ones(37, bool)
    heard[25] = False
    assert len(segments(values, heard, 10)) == 1
    heard[25] = True
    found = segments(values, heard, 10)
    assert len(found) == 2
    assert complexity_of(found[0]) == normalised_complexity(np.repeat([0, 1], 5))


def test_too_few_segments_and_unequal_ends_are_refused():
    some = [np.arange(32.0)] * 7
    with pytest.raises(TooFewSamples, match="need 8"):
        learn(some, some)
    with pytest.raises(EndsDisagree):
        learn(some, some[:-1])
