r"""Tones of a few paths whose phases walk: what the samples say of the law, by a filter on a grid of phases.

*Notation.* x[t] the magnitudes of K tones, which P−1 relative phases make; a, b = x + noise of power N a tone.

The filter keeps the chance of every grid point given all samples so far, so log p(a|x) − log p(a) is exact but for
the grid; its mean is I(a; x) a sample. Given x the ends are independent, and their mean holds all that both say of
it, so I(a; b) = I(a; x) + I(b; x) − I((a+b)/2; x), the last with noise N/2.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.float64]
GRIDS = {2: 512, 3: 160}  # points a phase, by paths
STEPS = {2: 4000, 3: 1000}  # samples that are filtered, by paths
AMPLITUDES = (1.0, 0.8, 0.65)


@dataclass(frozen=True)
class Paths:
    """A few paths of constant strength, their relative phases walking.

    Attributes:
        paths: P, 2 or 3.
        tones: K.
        snr: Variance of the magnitudes over the noise's, dB.
        step: Standard deviation of a phase's step between two samples, radians.
    """

    paths: int
    tones: int
    snr: float
    step: float

    def mixing(self, rng: np.random.Generator) -> NDArray[np.complex128]:
        """Return each path's gain on each tone, (K, P), at delays of up to three turns over the band."""
        strength = np.array(AMPLITUDES[: self.paths])
        delays = 3 * np.sort(rng.uniform(0, 1, self.paths))
        turned = np.exp(2j * np.pi * np.outer(np.arange(self.tones) / self.tones, delays))
        return strength / np.sqrt((strength**2).sum()) * turned

    def draw(self, n: int, seed: int) -> tuple[Float, Float, Float, Float, float]:
        """Return both ends' samples and the true magnitudes, (n, K) each, the grid's (G^(P−1), K), and N."""
        rng = np.random.default_rng(seed)
        mixing, others = self.mixing(rng), self.paths - 1
        first = rng.uniform(0, 2 * np.pi, (1, others))
        phases = np.cumsum(np.concatenate([first, self.step * rng.standard_normal((n - 1, others))]), axis=0)
        true = magnitudes(mixing, phases)
        noise = true.var(axis=0).mean() * 10 ** (-self.snr / 10)
        a, b = (true + np.sqrt(noise) * rng.standard_normal(true.shape) for _ in "ab")
        axis = 2 * np.pi * np.arange(GRIDS[self.paths]) / GRIDS[self.paths]
        points = np.stack(np.meshgrid(*[axis] * others, indexing="ij"), axis=-1).reshape(-1, others)
        return a, b, true, magnitudes(mixing, points), float(noise)


def magnitudes(mixing: NDArray[np.complex128], phases: Float) -> Float:
    """Return what the tones measure where the first path's phase is 0 and the others' are these, (n, K)."""
    gains = np.exp(1j * np.column_stack([np.zeros(len(phases)), phases]))
    return np.abs(gains @ mixing.T)


def walked(chances: Float, step: float) -> Float:
    """Return the chances on a torus of phases, (G,) or (G, G), after each phase took a normal step."""
    sizes = chances.shape
    squares = [np.fft.fftfreq(size, 1 / size) ** 2 for size in sizes[:-1]] + [np.arange(sizes[-1] // 2 + 1.0) ** 2]
    kernel = np.exp(-(step**2) / 2 * sum(np.meshgrid(*squares, indexing="ij")))
    left = np.fft.irfftn(np.fft.rfftn(chances) * kernel, sizes, axes=range(len(sizes)))
    left = np.maximum(left, 1e-300)  # rounding makes some of them less than nothing
    return left / left.sum()


def information(seen: Float, true: Float, grid: Float, noise: float, walk: tuple[tuple[int, ...], float]) -> float:
    """Return what the samples say of the magnitudes, bits a sample.

    Args:
        seen: (n, K) samples of one end.
        true: (n, K) what they are samples of.
        grid: (G^(P−1), K) the same at every point of the grid.
        noise: Its power at each tone.
        walk: The grid's shape, and a phase's step, radians.
    """
    shape, step = walk
    chances, total = np.full(len(grid), 1 / len(grid)), 0.0
    own = ((seen * true).sum(axis=1) - (true**2).sum(axis=1) / 2) / noise
    squares = (grid**2).sum(axis=1) / 2
    for now, mine in zip(seen, own, strict=True):
        exponent = (grid @ now - squares) / noise
        most = exponent.max()
        after = np.exp(exponent - most) * chances
        total += mine - most - np.log(after.sum())
        chances = walked((after / after.sum()).reshape(shape), step).ravel()
    return float(total / len(seen) / np.log(2))


def shared(law: Paths, drawn: tuple[Float, Float, Float, Float, float]) -> tuple[float, float]:
    """Return I(a; x) and I(a; b), bits a sample, on the first samples of what was drawn."""
    a, b, true, grid, noise = drawn
    few = slice(STEPS[law.paths])
    walk = (GRIDS[law.paths],) * (law.paths - 1), law.step
    one, other = (information(end[few], true[few], grid, noise, walk) for end in (a, b))
    both = information((a[few] + b[few]) / 2, true[few], grid, noise / 2, walk)
    return one, one + other - both
