"""The contract of every quantiser."""

import pickle
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from samefade.errors import ConstantSignal, NotFinite, OutOfRange, TooFewSamples
from samefade.quantize import Cdf, Cells, Differential, GuardBand, edges
from samefade.types import Feature, Kept, Observation, Spoken, Strand, Terms

N = 1024
NOISE = np.random.default_rng(1).normal(10, 2, N)


def feature(values, half=Kept, usable=None, end="a"):
    mask = np.ones(len(values), bool) if usable is None else usable
    return Feature(np.asarray(values), 10.0, mask, half(np.asarray(values), 10.0, mask, end))


@dataclass(frozen=True)
class OneComponent(Cells):
    """Cells of a single component, given as a plain series like to the others."""

    def quantize(self, x, terms=None):
        return super().quantize(replace(x, values=x.values[:, None]) if x.values.ndim == 1 else x, terms)


QUANTILES = np.quantile(NOISE, np.arange(1, 256) / 256)
STRAND = Strand(np.ones(1), {"a": 0.0}, 1, np.eye(1), 0, np.eye(1), np.ones(1), edges=(QUANTILES,))
TERMS = Terms(rate=10.0, edges={"a": edges(feature(NOISE, Spoken), 4)}, strands=(STRAND,))
QUANTISERS = [
    Cdf(),
    Cdf(levels=8, edges="key"),
    Cdf(edges="spoken"),
    GuardBand(),
    Differential(),
    Differential(lag=5, epsilon=0.5),
    Differential(overlapping_dependent_pairs=True),
    OneComponent(),
]
# those whose symbols carry no reliability: a soft decoder weighs them by what it expects (CellBelief)
SOFT = (OneComponent(),)


@pytest.fixture(params=QUANTISERS, ids=str)
def quantiser(request):
    return request.param


def test_it_is_a_value(quantiser):
    assert quantiser == eval(repr(quantiser))
    assert hash(quantiser) == hash(eval(repr(quantiser)))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_symbols_are_levels_of_usable_samples_in_order(quantiser, dtype):
    usable = np.random.default_rng(2).random(N) < 0.9
    found = quantiser.quantize(feature(NOISE.astype(dtype), usable=usable), TERMS)
    assert found.levels == quantiser.levels
    assert 0 < len(found) == len(found.index) <= np.count_nonzero(usable)
    assert found.values.min() >= 0
    assert found.values.max() < found.levels
    assert np.all(np.diff(found.index) > 0)
    assert np.all(usable[found.index])
    assert found.public.balance <= 0
    assert (found.reliability is None) == (quantiser in SOFT)
    if quantiser not in SOFT:
        assert len(found.reliability) == len(found)
        assert np.all(found.reliability >= 0)
        assert np.all(np.isfinite(found.reliability))


def test_equal_ends_get_equal_symbols_and_every_level_occurs(quantiser):
    first, second = (quantiser.quantize(feature(NOISE), TERMS) for _ in "ab")
    assert np.array_equal(first.values, second.values)
    assert set(first.values) == set(range(first.levels))
    assert first.public == second.public


def test_a_gain_and_an_offset_change_nothing_unless_thresholds_are_fixed(quantiser):
    if quantiser in (Cdf(edges="spoken"), OneComponent()) or getattr(quantiser, "epsilon", 0):
        pytest.skip("its thresholds are in the unit of the values")
    plain, moved = quantiser.quantize(feature(NOISE)), quantiser.quantize(feature(4 * NOISE - 100))
    assert np.array_equal(plain.values, moved.values)
    assert np.allclose(plain.reliability, moved.reliability)


def test_unreliable_symbols_are_the_ones_that_flip(quantiser):
    if quantiser in SOFT:
        pytest.skip("its symbols carry no reliability")
    other = NOISE + 0.3 * np.random.default_rng(3).normal(size=N)
    x, y = quantiser.quantize(feature(NOISE), TERMS), quantiser.quantize(feature(other), TERMS)
    _, i, j = np.intersect1d(x.index, y.index, return_indices=True)
    wrong = x.values[i] != y.values[j]
    if wrong.any():
        assert np.median(x.reliability[i][wrong]) < np.median(x.reliability[i])


@pytest.mark.parametrize("half", [Spoken, Observation])
def test_burnt_samples_are_refused_at_run_time(quantiser, half):
    with pytest.raises(TypeError, match="only Kept samples"):
        quantiser.quantize(feature(NOISE, half), TERMS)


def test_the_type_checker_refuses_burnt_samples_too(tmp_path):
    snippet = tmp_path / "snippet.py"
    snippet.write_text(
        "from samefade.quantize import Cdf\n"
        "from samefade.types import Feature, Kept, Spoken, Symbols\n"
        "def good(x: Feature[Kept]) -> Symbols: return Cdf().quantize(x)\n"
        "def bad(x: Feature[Spoken]) -> Symbols: return Cdf().quantize(x)\n"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--config-file", root / "pyproject.toml", snippet],
        cwd=root, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    errors = [line for line in done.stdout.splitlines() if "error:" in line]
    assert len(errors) == 1, done.stdout + done.stderr
    assert "snippet.py:4:" in errors[0]
    assert "arg-type" in errors[0]


def test_constant_short_and_broken_features_are_refused(quantiser):
    with pytest.raises(ConstantSignal):
        quantiser.quantize(feature(np.full(N, 7.0)), TERMS)
    with pytest.raises(TooFewSamples):
        quantiser.quantize(feature(NOISE, usable=np.zeros(N, bool)), TERMS)
    with pytest.raises(TooFewSamples):
        quantiser.quantize(feature(np.zeros(0)), TERMS)
    with pytest.raises(OutOfRange):
        quantiser.quantize(feature(np.stack((NOISE, NOISE), axis=1)), TERMS)
    broken = Feature(NOISE.copy(), 10.0, np.ones(N, bool), feature(NOISE).source)
    broken.values[5] = np.nan
    with pytest.raises(NotFinite):
        quantiser.quantize(broken, TERMS)


def test_symbols_neither_show_nor_pickle_themselves(quantiser):
    found = quantiser.quantize(feature(NOISE), TERMS)
    assert repr(found) == f"Symbols({len(found)} of {found.levels} levels)"
    with pytest.raises(TypeError):
        pickle.dumps(found)
