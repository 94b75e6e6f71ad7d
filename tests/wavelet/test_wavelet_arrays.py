"""The same code on other libraries' arrays."""

import numpy as np
import pytest
from signals import ends

from samefade import wavelet

RATE = 10.0
# float32, as JAX has no more unless it is told; short, as JAX compiles every shape anew
N, VOICES, LOW = 150, 4, 1.0


def strict():
    return pytest.importorskip("array_api_strict")


def jax():
    return pytest.importorskip("jax.numpy")


@pytest.mark.parametrize(("library", "grid"), [(strict, "decimated"), (strict, "full"), (jax, "decimated")])
def test_other_arrays_give_the_same_coherence(library, grid):
    xp = library()
    a, b = (x.astype(np.float32) for x in ends(N))
    ours = wavelet.coherence(a, b, rate=RATE, voices=VOICES, low=LOW, grid=grid)
    theirs = wavelet.coherence(xp.asarray(a), xp.asarray(b), rate=RATE, voices=VOICES, low=LOW, grid=grid)
    for row, other in zip(ours.rows, theirs.rows, strict=True):
        assert type(other) is type(xp.asarray(a))
        assert np.asarray(other) == pytest.approx(row, abs=2e-4)
    assert theirs.area() == pytest.approx(ours.area(), abs=2e-2)
    assert theirs.maximum() == pytest.approx(ours.maximum(), abs=2e-4)
    assert np.asarray(theirs.samples_above(0.8)).shape == (len(ours),)
    assert np.asarray(theirs.full()) == pytest.approx(ours.full(), abs=2e-4)
    assert np.asarray(theirs.full_phase()).shape == (len(ours), N)


def test_stages_and_batches_on_strict_arrays():
    xp = strict()
    a, b = (np.stack([x, x[::-1]]) for x in ends(3000))
    ours = wavelet.coherence(a, b, rate=RATE)
    theirs = wavelet.coherence(xp.asarray(a), xp.asarray(b), rate=RATE)
    assert max(np.abs(np.asarray(t) - o).max() for o, t in zip(ours.rows, theirs.rows, strict=True)) < 1e-9


def test_a_kernel_on_strict_arrays():
    xp = strict()
    a, b = ends(300)
    ours = wavelet.coherence(a, b, rate=RATE, kernel="pycwt")
    theirs = wavelet.coherence(xp.asarray(a), xp.asarray(b), rate=RATE, kernel="pycwt")
    assert max(np.abs(np.asarray(t) - o).max() for o, t in zip(ours.rows, theirs.rows, strict=True)) < 1e-9


@pytest.mark.parametrize("library", [strict, jax])
def test_other_arrays_give_the_same_transform_and_inverse(library):
    xp = library()
    x = ends(N)[0].astype(np.float32)
    ours = wavelet.transform(x, rate=RATE, voices=VOICES, low=0.3, grid="full")
    theirs = wavelet.transform(xp.asarray(np.stack([x, x])), rate=RATE, voices=VOICES, low=0.3, grid="full")
    for row, other in zip(ours.rows, theirs.rows, strict=True):
        assert np.abs(np.asarray(other)[1] - row).max() < 1e-5 * np.abs(row).max()
    sums = [np.asarray(t.inverse(ours.frequency < 1)) for t in (ours, theirs)]
    assert np.abs(sums[1][0] - sums[0]).max() < 1e-4
    kept = wavelet.inverse(xp.asarray(x), rate=RATE, low=0.1, high=1)
    assert np.asarray(kept) == pytest.approx(wavelet.inverse(x, rate=RATE, low=0.1, high=1), abs=1e-4)
