"""What strands tell of each other: late copies, bent ones, and tones of two paths, whose content is known."""

from math import e, log2, pi

import numpy as np
import pytest
from scipy.signal import lfilter

from samefade.entropy import assess_cells
from samefade.entropy.strings.others import echo, together
from samefade.entropy.strings.places import together_there
from samefade.types import Strand

N = 3000
EVERY = np.ones(N, bool)


def fade(seed, memory=0.9, n=N):
    white = np.random.default_rng(seed).standard_normal(n + 200)
    return lfilter([np.sqrt(1 - memory**2)], [1, -memory], white)[200:]


def noise(seed, shape=N):
    return np.random.default_rng(seed).standard_normal(shape)


def two_paths(seed, tones=5, step=0.3, power=0.01):
    """Return magnitudes of tones of two paths with a phase that walks, noise of that power, and the information."""
    rng = np.random.default_rng(seed)
    phase = np.cumsum(step * rng.standard_normal(N))
    turn = np.exp(2j * pi * np.arange(tones) / tones)
    values = np.abs(1 + 0.8 * np.exp(1j * phase)[:, None] * turn) + np.sqrt(power) * rng.standard_normal((N, tones))
    # the law itself as a guesser: a filter on a grid of phases
    grid = 2 * pi * np.arange(256) / 256
    means = np.abs(1 + 0.8 * np.exp(1j * grid)[:, None] * turn)
    damped = np.exp(-0.5 * (step * np.arange(129)) ** 2)
    chance, bits = np.full(256, 1 / 256), 0.0
    for value in values:
        likely = np.exp(-((value - means) ** 2).sum(axis=1) / (2 * power)) * (2 * pi * power) ** (-tones / 2)
        total = float(likely @ chance)
        bits -= log2(total)
        chance = np.maximum(np.fft.irfft(np.fft.rfft(likely * chance / total) * damped, 256), 1e-30)
    return values, bits / N


@pytest.mark.parametrize("late", [-400, -20, -1, 0, 7, 32, 900])
def test_a_late_copy_of_another_strand_is_found_however_late_it_is(late):
    x = fade(1)
    own = np.roll(x, late) + 0.1 * noise(2)
    told = echo(x[:, None] + 0.0, own, EVERY)
    assert np.mean((own - told[:, 0]) ** 2) < 0.02


def test_independent_strands_tell_nothing_of_each_other():
    x = np.column_stack([fade(seed) for seed in (1, 2, 3)])
    assert np.corrcoef(echo(x[:, :2], x[:, 2], EVERY)[:, 0], x[:, 2])[0, 1] ** 2 < 0.05
    known = 3 * (log2(2 * pi * e) / 2 + log2(1 - 0.9**2) / 2)
    assert together(x, EVERY).bits.mean() == pytest.approx(known, abs=0.25)
    assert together(x, EVERY).bits.mean() > known - 0.1


def test_tones_of_two_paths_are_worth_little_more_than_their_law_leaves():
    values, least = two_paths(1)
    found = together(values - values.mean(axis=0), EVERY)
    assert least - 0.1 < found.bits.mean() < least + 1.0
    # five tones that a straight line knows nothing of would be worth more than three bits above it
    past = np.hstack([np.roll(values, k, axis=0) for k in range(1, 9)])
    past -= past.mean(axis=0)
    rest = values - values.mean(axis=0)
    rest = rest - past @ np.linalg.lstsq(past, rest, rcond=None)[0]
    plain = (np.linalg.slogdet(2 * pi * e * np.cov(rest.T))[1]) / 2 / np.log(2)
    assert plain > least + 2


def test_places_give_a_density_whose_mass_is_one():
    rng = np.random.default_rng(3)
    angle = rng.uniform(0, 2 * pi, 1200)
    points = np.column_stack([np.cos(angle), np.sin(angle)]) + 0.1 * rng.standard_normal((1200, 2))
    said = np.zeros_like(points)
    axis = np.linspace(-2.5, 2.5, 61)
    grid = np.column_stack([each.ravel() for each in np.meshgrid(axis, axis)])
    part = np.repeat([0, 1], [600, 600])
    # the points of part 1 are asked for, one at each crossing, and those of part 0 are the places
    asked = np.vstack([points[:600], grid])
    parts = np.repeat([0, 1], [600, len(grid)])
    law = np.vstack([said[:600], np.zeros_like(grid)])
    at, bits = together_there(asked, law, parts, np.zeros(2))
    mine = parts[at] == 1
    mass = (2.0 ** -bits[mine]).mean() * 25.0
    assert mass == pytest.approx(1, abs=0.06)
    at, bits = together_there(points, said, part, np.zeros(2))
    plain = (np.linalg.slogdet(2 * pi * e * np.cov(points.T))[1]) / 2 / np.log(2)
    assert bits.mean() < plain - 0.5


def test_gaps_and_steps_make_nobody_surer_than_a_step():
    x = np.round(2 * np.column_stack([fade(1), fade(2)]))
    heard = np.random.default_rng(4).random(N) > 0.2
    code = together(x, heard)
    assert heard[code.at].all()
    assert np.isfinite(code.bits).all()
    # no density is higher than one value a step
    assert code.bits.min() > -0.2
    assert together(x[:, :1], EVERY) is None
    assert together(x[:500], EVERY[:500]) is None


def test_the_account_sees_late_copies():
    cut = 0.25 * (np.arange(1, 64) - 32)
    basis = np.eye(1)
    strand = Strand(np.ones(1), dict.fromkeys("abe", 0.0), 1, basis, 0, basis, np.ones(1), edges=(cut,))
    x = fade(1, 0.5) + 0.1 * noise(3)

    def worth(*series):
        found = assess_cells([strand] * len(series), np.column_stack(series), EVERY, spoken=np.zeros((0, len(series))))
        return found.per_symbol * len(series)

    alone = worth(x)
    # noise of a tenth leaves about one bit of a cell of a quarter; by itself the copy would be worth as much again
    assert alone > 3
    assert worth(x, np.roll(x, 9) + 0.1 * noise(4)) < alone + 1.2


@pytest.mark.parametrize(
    "bend",
    [
        lambda x: np.column_stack([x[:, 0], x[:, 0], x[:, 1]]),  # twins
        lambda x: x * 10.0 ** np.array([-12, 0, 12]),
        lambda x: np.column_stack([x[:, :2], np.arange(len(x)) == 5]),  # one value that is another
        lambda x: np.column_stack([x[:, :2], x[:, 2] > 2.5]),
        lambda x: np.repeat(x, 4, axis=0)[: len(x)],
        lambda x: x + 1e9 * (np.arange(len(x)) == 100)[:, None],
    ],
    ids=["twins", "units", "spike", "rare", "held", "outlier"],
)
def test_what_strands_are_like_is_no_reason_to_fail(bend):
    x = bend(np.column_stack([fade(i, n=1500) for i in range(3)]))
    heard = np.arange(1500) % 11 > 0
    code = together(x, heard)
    assert code is None or np.isfinite(code.bits).all()
    assert np.isfinite(echo(x[:, :2], x[:, 2], heard)).all()
