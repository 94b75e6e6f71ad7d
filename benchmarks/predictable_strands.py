"""Tones that tell of each other, simulated: what the account leaves after b's belief, beside what the law leaves.

The account and the belief are those of `Strata` without smoothing and with a perfect code, so only what the guessers
of the account miss can exceed the bound.
"""

import sys

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from benchmarks.predictable_paths import Paths, shared
from benchmarks.secrecy_channel import Ideal, ideal
from samefade import channel
from samefade.types import Observation, Pair
from samefade.types.observation import End

Row = dict[str, object]
Float = NDArray[np.float64]
EXCHANGES, SEED, COEFFICIENT = 12_000, 1, 0.9
QUICK_EXCHANGES = 4000
PATHS = (
    Paths(3, 52, 20, 0.3),
    Paths(3, 16, 25, 0.1),
    Paths(2, 16, 30, 0.1),
    Paths(2, 52, 20, 0.3),
    Paths(2, 16, 20, 0.1),
)
QUICK_PATHS = (Paths(2, 16, 20, 0.1),)
COPIES = ((25, (0, 3, 7, 12, 20, 31, 44, 60)), (20, (0, 20)))  # dB, and how late each is in samples
QUICK_COPIES = COPIES[1:]


def late(snr: float, delays: tuple[int, ...], n: int) -> Pair[Observation]:
    """Draw tones that each show one first-order fade, so much later, with noise of their own."""
    rng = np.random.default_rng(SEED)
    fade = np.sqrt(2) * channel.ar1(n + 200, COEFFICIENT, rng).real
    tones = np.column_stack([fade[100 - d : 100 - d + n] for d in delays])
    power = 10 ** (-snr / 10)
    a, b = (20 + tones + np.sqrt(power) * rng.standard_normal(tones.shape) for _ in "ab")
    return Pair(_observed(a, "a"), _observed(b, "b"))


def copies_share(snr: float, copies: int, coefficient: float = COEFFICIENT, points: int = 1 << 14) -> float:
    """Return I(a; b) of copies of a first-order fade, bits a sample: that of their mean, its noise so much less.

    −∫₀^½ log2(1 − S² / (S + N/k)²) df (Pinsker 1964), by the trapezoidal rule; delays do not change it.
    """
    f = np.linspace(0, 0.5, points)
    fade = (1 - coefficient**2) / np.abs(1 - coefficient * np.exp(-2j * np.pi * f)) ** 2
    noise = 10 ** (-snr / 10) / copies
    return float(np.trapezoid(-np.log2(1 - (fade / (fade + noise)) ** 2), f))


def noise_in_cells(found: Ideal, true: Float, noise: float) -> float:
    """Return what the cells of a hold for who knows the magnitudes: the noise alone, bits a kept sample.

    Each component is counted as if its noise were independent of all others', which can only raise it.
    """
    span, total = found.terms.strands[0].span, 0.0
    kept = true[len(true) - found.samples :]
    blocks = len(kept) // span
    for strand in found.terms.strands:
        means = (kept[: blocks * span] @ strand.direction - strand.mean["a"]).reshape(blocks, span) @ strand.basis.T
        deviations = np.sqrt(noise) * np.linalg.norm(strand.direction) * np.linalg.norm(strand.basis, axis=1)
        for mean, deviation, edges in zip(means.T, deviations, strand.edges, strict=True):
            below = ndtr((np.asarray(edges) - mean[:, None]) / deviation)
            chances = np.diff(below, axis=1, prepend=0, append=1)
            total -= float((chances * np.log2(np.maximum(chances, 1e-300))).sum())
    return total / found.samples


def rows(*, quick: bool = False) -> list[Row]:
    """Measure every channel."""
    n = QUICK_EXCHANGES if quick else EXCHANGES
    made = [_of_paths(law, n) for law in (QUICK_PATHS if quick else PATHS)]
    return made + [_of_copies(snr, delays, n) for snr, delays in (QUICK_COPIES if quick else COPIES)]


def _of_paths(law: Paths, n: int) -> Row:
    name = f"{law.paths} paths, {law.tones} tones, {law.snr:g} dB, phases that walk by {law.step:g} rad"
    print(f"predictable: … {name}", file=sys.stderr, flush=True)
    drawn = law.draw(n, SEED)
    a, b, true, _, noise = drawn
    found = ideal(Pair(_observed(a, "a"), _observed(b, "b")))
    says, both = shared(law, drawn)
    # H(S) is at most what the samples say of the law and what their noise adds
    most = says + noise_in_cells(found, true, noise) - found.told / found.samples
    return _row(name, "a filter on a grid of phases", found, min(both, max(most, 0.0)))


def _of_copies(snr: float, delays: tuple[int, ...], n: int) -> Row:
    name = f"{len(delays)} copies of one fade, up to {max(delays)} samples late, {snr:g} dB"
    print(f"predictable: … {name}", file=sys.stderr, flush=True)
    found = ideal(late(snr, delays, n))
    return _row(name, "closed form", found, copies_share(snr, len(delays)))


def _row(name: str, source: str, found: Ideal, bound: float) -> Row:
    ours = max(found.entropy - found.told, 0.0) / found.samples
    what = f"{name}: bits a sample of the account less what b's belief leaves open; theirs by {source}"
    return {"what": what, "ours": ours, "theirs": bound, "ratio": ours / bound, "bar": "≤ 1", "holds": ours <= bound}


def _observed(tones: Float, end: End) -> Observation:
    return Observation(tones, 10.0, np.ones(len(tones), np.bool_), end)
