"""What `python -m benchmarks predictable` measures by: its bounds agree with closed forms, and chaos gives no key."""

from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[2]
PARTS = ("predictable_laws", "predictable_paths", "predictable_strands")


@pytest.fixture
def parts(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT))
    return [import_module(f"benchmarks.{name}") for name in PARTS]


def test_no_key_of_decimated_from_the_logistic_map(parts):
    laws, _, _ = parts
    pair = laws.seen_through(laws.logistic(4000), 20)
    assert laws.keyed(laws.Decimated(), pair)[:2] == (0, 0.0)


def test_maps_follow_what_is_known_of_them(parts):
    laws, _, _ = parts
    # x[n] = sin²(2ⁿ·arcsin √x[0]) solves the logistic map; rounding doubles every step, hence 20 of them
    exact = np.sin(2.0 ** np.arange(20) * np.arcsin(np.sqrt(0.3))) ** 2
    assert laws.logistic(20) == pytest.approx(exact, abs=1e-8)
    # uncoupled, each of the ring is a logistic map of its own
    alone, start = laws.lattice(20, coupling=0.0), np.random.default_rng(3).random(8)[0]
    assert alone == pytest.approx(np.sin(2.0 ** np.arange(20) * np.arcsin(np.sqrt(start))) ** 2, abs=1e-8)


def test_copies_share_what_one_with_less_noise_does(parts):
    _, _, strands = parts
    # white: ½·log2(1/(1−ρ²)) with ρ = 1/(1+N), here N = 1/100 and, of four copies, 1/400
    for copies in (1, 4):
        known = -np.log2(1 - (1 / (1 + 0.01 / copies)) ** 2) / 2
        assert strands.copies_share(20, copies, coefficient=0.0) == pytest.approx(known, rel=1e-6)
    other = import_module("benchmarks.secrecy_channel")
    assert strands.copies_share(20, 1) == pytest.approx(other.known_information(), rel=1e-6)


@pytest.mark.parametrize("step", [0.1, 0.5])
def test_a_phase_that_was_known_is_wrapped_normal_after_a_step(parts, step):
    _, paths, _ = parts
    known = np.zeros(512)
    known[100] = 1
    after = paths.walked(known, step)
    away = 2 * np.pi * (np.arange(512) - 100) / 512
    normal = sum(np.exp(-0.5 * ((away + 2 * np.pi * k) / step) ** 2) for k in range(-5, 6))
    assert after == pytest.approx(normal / normal.sum(), abs=1e-9)
    # two phases walk independently of each other
    both = paths.walked(np.outer(known, known)[:, :256], step)
    assert both.sum(axis=1) == pytest.approx(after, abs=1e-6)


def test_samples_say_nothing_of_magnitudes_that_no_phase_changes(parts):
    _, paths, _ = parts
    true = np.ones((50, 3))
    seen = true + 0.1 * np.random.default_rng(1).standard_normal(true.shape)
    assert paths.information(seen, true, np.ones((512, 3)), 0.01, ((512,), 0.1)) == pytest.approx(0, abs=1e-9)


def test_samples_without_memory_say_what_an_integral_says(parts):
    _, paths, _ = parts
    # phases that forget everything between samples: I(a; x) = h(a) − h(noise), a mean of 20,000 draws
    law, n = paths.Paths(2, 1, 20, 100.0), 20_000
    seen, _, true, grid, noise = law.draw(n, 2)
    found = paths.information(seen, true, grid, noise, ((512,), law.step))
    at = np.linspace(grid.min() - 6 * noise**0.5, grid.max() + 6 * noise**0.5, 4001)
    density = np.exp(-0.5 * (at[:, None] - grid[:, 0]) ** 2 / noise).mean(axis=1) / np.sqrt(2 * np.pi * noise)
    whole = np.trapezoid(-density * np.log2(np.maximum(density, 1e-300)), at)
    known = whole - np.log2(2 * np.pi * np.e * noise) / 2
    # a term deviates by about a bit, so the mean by 0.007; six of them
    assert found == pytest.approx(known, abs=0.045)
