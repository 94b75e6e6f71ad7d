"""Samples that were lost hold nothing: dense Gaussian conditioning as the oracle, and channels with known laws."""

from math import e, log2, pi, sqrt

import numpy as np
import pytest
from scipy.signal import lfilter

from samefade.entropy import assess_cells
from samefade.entropy.strings import law as law_file
from samefade.entropy.strings.autoregression import autoregression, completed, predictions
from samefade.entropy.strings.chain import guesses
from samefade.entropy.strings.law import Law
from samefade.types import Strand

GAUSSIAN = 0.5 * log2(2 * pi * e)
FILTER = np.array([1.0, -1.3, 0.6])


def strand(span, components, seed=0, width=0.05, bits=10):
    basis = np.random.default_rng(seed).standard_normal((components, span)) if span > 1 else np.eye(1)
    cut = width * (np.arange(1, 1 << bits) - (1 << (bits - 1)) + 0.37)
    noise = np.ones(components)
    return Strand(np.ones(1), dict.fromkeys("abe", 0.0), span, basis, 0, basis, noise, edges=(cut,) * components)


def lossy(n, share, bursts, seed):
    rng = np.random.default_rng(seed)
    length = 5 if bursts else 1
    heard = np.repeat(rng.random(n // length + 1) >= share, length)[:n]
    heard[[0, -1]] = True
    return heard


def drawn(x, heard):
    at = np.arange(len(x))
    return np.interp(at, at[heard], x[heard])


def dense(n, heard):
    """Return the covariance of n samples of the filter, and the lines that fill gaps as a matrix."""
    made = np.linalg.inv(sum(c * np.eye(n, k=-k) for k, c in enumerate(FILTER)))
    return made, np.stack([drawn(row, heard) for row in np.eye(n)], axis=1)


@pytest.mark.parametrize("share", [0.1, 0.5])
def test_predictions_are_those_of_the_conditional_normal_distribution(share):
    heard = lossy(80, share, False, 1)
    made, _ = dense(80, heard)
    x = made @ np.random.default_rng(2).standard_normal(80)
    found, at = predictions(x, heard, FILTER), np.flatnonzero(heard)
    factor = np.linalg.cholesky((made @ made.T)[np.ix_(at, at)])
    assert found[at, 1] == pytest.approx(np.diag(factor), rel=1e-9)
    assert (x[at] - found[at, 0]) / found[at, 1] == pytest.approx(np.linalg.solve(factor, x[at]), abs=1e-9)


@pytest.mark.parametrize(("span", "components"), [(1, 1), (4, 4), (8, 5), (16, 16)])
@pytest.mark.parametrize("share", [0.15, 0.5])
def test_a_block_with_gaps_follows_as_much_as_its_neighbours_leave_open(span, components, share, monkeypatch):
    n = 160
    heard = lossy(n, share, span > 4, span)
    made, fill = dense(n, heard)
    x = fill @ (made @ np.random.default_rng(3).standard_normal(n))
    monkeypatch.setattr(law_file, "completed", lambda rest, *_: (FILTER, 1.0, rest))
    cut = strand(span, components)
    # the mean of what was heard is taken for known
    x -= x[heard].mean()
    law = Law.of(x, cut, np.zeros(n), np.ones(n // span, bool), heard)
    covariance, hits, before = made @ made.T, np.flatnonzero(heard), -1
    for k in range(n // span):
        past = hits[hits <= before]
        before = hits[hits >= (k + 1) * span - 1][0]
        into = np.zeros((components, n))
        into[:, k * span : (k + 1) * span] = cut.basis
        into = into @ fill
        weight = np.linalg.solve(covariance[np.ix_(past, past)], covariance[past])
        left = into @ (covariance - covariance[:, past] @ weight) @ into.T
        assert law.lower[k] @ law.lower[k].T == pytest.approx(left, abs=1e-9)
        own = np.append(law.innovations, 0.0)[law.news[k]] @ law.turn[k]
        assert law.values[k] - law.lower[k] @ own == pytest.approx(into @ weight.T @ x[past], abs=1e-9)
    assert law.dimensions <= heard.sum()


@pytest.mark.parametrize("bursts", [False, True])
@pytest.mark.parametrize("share", [0.0, 0.1, 0.3])
def test_the_law_of_what_was_heard_is_found_and_not_that_of_lines(share, bursts):
    x = lfilter([sqrt(0.19)], [1, -0.9], np.random.default_rng(4).standard_normal(20_000))
    heard = lossy(len(x), share, bursts, 5)
    _, deviation, filled = completed(drawn(x, heard), heard)
    # a deviation of 20,000 numbers scatters by 0.5 %, and gaps leave fewer
    assert deviation == pytest.approx(sqrt(0.19), rel=0.02)
    assert filled[heard] == pytest.approx(x[heard])
    if share == 0.3 and not bursts:
        assert autoregression(drawn(x, heard))[1] < 0.93 * deviation


@pytest.mark.parametrize("span", [1, 8])
@pytest.mark.parametrize("share", [0.1, 0.3])
def test_gaps_are_worth_nothing_and_what_was_heard_its_conditional_entropy(share, span):
    n, width = 12_000, 0.05
    x = lfilter([sqrt(0.19)], [1, -0.9], np.random.default_rng(6).standard_normal(n))
    heard = lossy(n, share, False, 7)
    basis = np.eye(span)
    cut = strand(span, span, width=width)
    cut = Strand(cut.direction, cut.mean, span, basis, 0, basis, np.ones(span), edges=cut.edges)
    used = heard if span == 1 else np.ones(n // span, bool)
    found = guesses(drawn(x, heard), cut, used, heard=heard)
    said = predictions(x, heard, np.array([1.0, -0.9]))[heard, 1] * sqrt(0.19)
    known = float((GAUSSIAN + np.log2(said / width)).sum())
    # with one cell a sample, cells of lost ones are functions of heard ones, and those are worth what they are worth
    assert min(guess.expected for guess in found.values()) < known * 1.005
    if span == 1:
        assert found["stationary"].expected == pytest.approx(known, rel=0.005)
        assert found["stationary"].realised == pytest.approx(known, rel=0.005)
    # lines would be credited as if they were samples
    blind = guesses(drawn(x, heard), cut, np.ones(n // span, bool))
    assert blind["stationary"].expected > 1.03 * found["stationary"].expected


def test_blocks_that_were_filled_in_by_anything_but_lines_are_worth_nothing():
    x = lfilter([sqrt(0.19)], [1, -0.9], np.random.default_rng(8).standard_normal(4000))
    heard = lossy(4000, 0.3, False, 9)
    noisy = np.where(heard, x, np.random.default_rng(10).standard_normal(4000))
    used = np.ones(500, bool)
    lines, other = (guesses(v, strand(8, 8), used, heard=heard)["stationary"] for v in (drawn(x, heard), noisy))
    whole = heard.reshape(-1, 8).all(axis=1)
    assert other.expected < 1.5 * whole.mean() * lines.expected


def test_what_eve_hears_over_long_times_is_charged_though_single_samples_hardly_show_it():
    rng = np.random.default_rng(11)
    n, slow = 8000, lfilter([0.02], [1, -0.98], rng.standard_normal(8000)) * 40
    own, far = slow + 4 * rng.standard_normal(n), slow + 40 * rng.standard_normal(n)
    heard = lossy(n, 0.1, False, 12)
    cut = strand(1, 1, width=0.5)

    def earned(eve):
        kept = drawn(own - own.mean(), heard)[:, None]
        return assess_cells([cut], kept, heard, spoken=kept[:0], eve=eve, heard=heard).per_symbol

    alone, given, moved = earned(None), earned(far[:, None]), earned(np.roll(far, 3000)[:, None])
    f = (np.arange(4000) + 0.5) / 8000
    power = 0.64 / np.abs(1 - 0.98 * np.exp(-2j * np.pi * f)) ** 2
    known = -float(np.mean(np.log2(1 - power**2 / ((power + 16) * (power + 1600)))) / 2)
    # a long mean finds most of what a Wiener filter would; chance weights cost less than half as much
    assert alone - given > 0.6 * known
    assert alone - moved < 0.6 * (alone - given)
