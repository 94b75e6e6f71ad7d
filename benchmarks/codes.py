"""What the polar code tells beside its bars and published codes, what soft information is worth, and how long it takes.

Errors are exact, as in the published tables: round(n · p) of them at random places.
Everything is counted but the final 64-bit tag: transformed bits, checks, and what the corrector's requests tell.
"""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import time
from dataclasses import dataclass
from math import log, log2

import numpy as np
from numpy.typing import NDArray

from benchmarks.cascade import noisy
from samefade.quantize import gray
from samefade.reconcile import Cascade, Polar, expected_leak, talk
from samefade.types import Bits

Row = dict[str, object]

# (bits, bit error rate): our bar for the efficiency, and that of a prototype with a 16-bit check (f, list of 8)
HARD = {
    (256, 0.01): (None, 1.95), (256, 0.03): (None, 1.43), (256, 0.05): (1.35, 1.32), (256, 0.10): (1.25, 1.19),
    (1024, 0.01): (None, 1.44), (1024, 0.03): (None, 1.23), (1024, 0.05): (1.20, 1.20), (1024, 0.10): (1.15, 1.14),
}  # fmt: skip
# bits: efficiency and frame error rate of an irregular LDPC code (PEG, `ldpc` 2.4.1, 60 iterations) at 5 % errors,
# measured before this code was written; it tells all at once and fails where that was not enough
LDPC = {256: (1.7, 0.02), 1024: (1.5, 0.007), 2048: (1.5, 0.0)}
MILLISECONDS = {256: 3.0, 1024: 13.0}


def run(frames: int = 200) -> list[Row]:
    """Measure hard bits (`frames` frames of 256 bits a point), soft ones, long frames, and times."""
    talk(*_ends(Polar(), *noisy(256, 0.05, 1), 0.05, 1))  # compiles
    return [*_hard(frames), *_soft(20_000), *_long(4), *_times()]


def _hard(frames: int) -> list[Row]:
    rows: list[Row] = []
    for (n, rate), (bar, theirs) in HARD.items():
        found = [_measure(Polar(), *noisy(n, rate, seed), rate, seed) for seed in range(max(20, frames * 256 // n))]
        ours = float(np.mean([one.told for one in found])) / (n * _entropy(rate))
        what = f"polar, {n:,} bits, {rate:.0%}: told / Shannon; theirs a prototype"
        rows.append(_row(what, ours, theirs, None if bar is None else f"≤ {bar}", bar is None or ours <= bar))
        messages = float(np.mean([one.messages for one in found]))
        rows.append(
            _row(f"… messages a frame, with the tag ({n:,}, {rate:.0%})", messages, None, "≤ 6 ± .4", messages <= 6.4)
        )
        wrong = float(np.mean([one.again for one in found]))
        rows.append(
            _row(
                f"… decoded again after the tag, of {len(found)}",
                wrong,
                None,
                "< .001 ± chance",
                wrong * len(found) <= 2,
            )
        )
        if rate == 0.05 and n in LDPC:
            rows.append(
                _row(f"… beside LDPC, which fails in {LDPC[n][1]:.1%}", ours, LDPC[n][0], "< 1", ours < LDPC[n][0])
            )
    cascade = [_measure(Cascade(), *noisy(256, 0.05, seed), 0.05, seed).told for seed in range(50)]
    ours = float(np.mean(cascade)) / (256 * _entropy(0.05))
    rows.append(_row("Cascade (yanetal), 256 bits, 5 %, both directions charged", ours, None, None, holds=True))
    return rows


def _soft(samples: int) -> list[Row]:
    """Measure the net key of a Gaussian pair, correlation .95, in bits a sample: equiprobable levels, all bits fair."""
    rows: list[Row] = []
    for width in (2, 3):
        pair = Cells.draw(samples, width, 0.95, width)
        bits = gray(pair.level_a, 1 << width).reshape(-1, width)
        own = gray(pair.level_b, 1 << width).reshape(-1, width)
        hard = _net(Bits(bits.ravel()), Bits(own.ravel()), width)
        labels = {
            "Gray, all bits in one layer": (bits, False),
            "Gray, most significant bit first": (bits, True),
            "Gray, least significant bit first": (bits[:, ::-1], True),
            "natural, most significant bit first": (_natural(pair.level_a, width), True),
            "natural, least significant bit first": (_natural(pair.level_a, width)[:, ::-1], True),
        }
        for name, (label, staged) in labels.items():
            bar = 1.25 if not staged else 1.0
            ours = _soft_net(pair, label, staged=staged)
            what = f"soft, {width} bit, {name}: net key a sample; theirs hard bits"
            rows.append(_row(what, ours, hard, f"≥ {bar}", ours >= bar * hard))
    return rows


def _long(runs: int) -> list[Row]:
    """Measure long frames of Gaussian noise, decoded whole, and cut to the default."""
    rows: list[Row] = []
    for entropy in (0.1, 0.3, 0.5, 0.8):
        for n, frame in ((4096, 2048), (4096, 4096), (16_384, 2048), (16_384, 16_384)):
            told = [_gaussian(n, entropy, frame, seed) for seed in range(runs if n < 5000 else 2)]
            ours, theirs = float(np.mean(told)) / (n * entropy), expected_leak(n, entropy, frame) / (n * entropy)
            what = f"Gaussian, {n:,} bits in frames of {frame:,}, h = {entropy}: told / nh; theirs foretold"
            # the forecast was fitted to frames of up to 2,048 bits
            rows.append(
                _row(
                    what,
                    ours,
                    theirs,
                    "within 5 %" if frame == 2048 else None,
                    frame > 2048 or abs(ours / theirs - 1) < 0.05,
                )
            )
    return rows


def _times() -> list[Row]:
    rows: list[Row] = []
    for n, bar in MILLISECONDS.items():
        ours = 1e3 * float(np.median([_seconds(n, seed, Polar()) for seed in range(20)]))
        rows.append(_row(f"polar, {n:,} bits, 5 %, both ends and all rounds (ms)", ours, bar, f"≤ {bar}", ours <= bar))
    for scheme, bar in ((Polar(), 10.0), (Polar(frame=4096, list_size=8), 8.0)):
        ours = 1e6 * _seconds(100_000, 1, scheme) / 100_000
        what = f"100,000 bits, 5 %, frames of {scheme.frame:,}, lists of {scheme.list_size} (µs a bit)"
        rows.append(_row(what, ours, bar, f"≤ {bar}", ours <= bar))
    return rows


@dataclass
class Found:
    """What one discussion told (all but 64 bits of tag), its messages, and whether the tag found it wrong at first."""

    told: float
    messages: int
    again: bool


@dataclass
class Cells:
    """A Gaussian pair in equiprobable levels: what b believes of a's level, from its own real value."""

    level_a: NDArray[np.int64]
    level_b: NDArray[np.int64]
    chance: NDArray[np.float64]  # (samples, levels)

    @staticmethod
    def draw(samples: int, width: int, correlation: float, seed: int) -> "Cells":
        """Draw a pair."""
        from scipy.special import ndtr, ndtri

        rng = np.random.default_rng(seed)
        a = rng.normal(size=samples)
        b = correlation * a + np.sqrt(1 - correlation**2) * rng.normal(size=samples)
        edges = ndtri(np.arange(1, 1 << width) / (1 << width))
        below = ndtr((edges - correlation * b[:, None]) / np.sqrt(1 - correlation**2))
        chance = np.diff(below, axis=1, prepend=0.0, append=1.0)
        return Cells(np.searchsorted(edges, a), np.searchsorted(edges, b), np.maximum(chance, 1e-300))


@dataclass
class Stages:
    """A belief about the bits of a label, one layer for each bit (or one for all), given the bits before.

    Attributes:
        chance: (samples, levels) probability of each level.
        code: (levels, bits) the label of each level, in the order of the layers.
        staged: Whether each bit is a layer of its own.
    """

    chance: NDArray[np.float64]
    code: NDArray[np.uint8]
    staged: bool

    def about(self, known: NDArray[np.uint8]) -> NDArray[np.float64]:
        """Return the log-likelihood ratios of the next layer."""
        before = known.reshape(-1, len(self.chance)) if self.staged and len(known) else np.zeros((0, len(self.chance)))
        left = self.chance.copy()
        for bit, values in enumerate(before):
            left *= self.code[:, bit] == values[:, None]
        asked = [len(before)] if self.staged else list(range(self.code.shape[1]))
        ratios = [_ratio(left, self.code[:, bit]) for bit in asked]
        return np.stack(ratios, axis=1).ravel()


def _ratio(chance: NDArray[np.float64], bit: NDArray[np.uint8]) -> NDArray[np.float64]:
    zero, one = chance[:, bit == 0].sum(axis=1), chance[:, bit == 1].sum(axis=1)
    return np.log(np.maximum(zero, 1e-300)) - np.log(np.maximum(one, 1e-300))


def _soft_net(pair: Cells, label: NDArray[np.uint8], *, staged: bool) -> float:
    samples, width = label.shape
    code = np.zeros((1 << width, width), np.uint8)
    code[pair.level_a] = label
    belief = Stages(pair.chance, code, staged)
    own = code[pair.level_b]
    layers = (samples,) * width if staged else ()
    a, b = (x.T.ravel() if staged else x.ravel() for x in (label, own))
    return _net(Bits(a, layers=layers), Bits(b, layers=layers, belief=belief), width)


def _net(a: Bits, b: Bits, width: int) -> float:
    """Return the bits left for each sample."""
    rate = float(np.mean(a.values != b.values))
    return width * (1 - (_measure(Polar(), a, b, rate, 1).told + 64) / len(a))


def _natural(levels: NDArray[np.int64], width: int) -> NDArray[np.uint8]:
    return ((levels[:, None] >> np.arange(width - 1, -1, -1)) & 1).astype(np.uint8)


def _gaussian(n: int, entropy: float, frame: int, seed: int) -> float:
    rng = np.random.default_rng(seed)
    values = rng.integers(0, 2, n, dtype=np.uint8)
    mean = _mean_of(entropy)
    ratios = (1.0 - 2.0 * values) * (mean + np.sqrt(2 * mean) * rng.normal(size=n))
    belief = Stages(
        np.stack([1 / (1 + np.exp(-ratios)), 1 / (1 + np.exp(ratios))], axis=1),
        np.array([[0], [1]], np.uint8),
        staged=True,
    )
    found = _measure(Polar(frame=frame), Bits(values), Bits((ratios < 0).astype(np.uint8), belief=belief), 0.1, seed)
    return found.told - 7  # of the design, which a string pays once


def _mean_of(entropy: float) -> float:
    """Return the mean of a Gaussian log-likelihood ratio (variance twice that) which leaves this entropy."""
    x = np.linspace(-8, 8, 2001)
    weight = np.exp(-x * x / 2) / np.exp(-x * x / 2).sum()
    low, high = 1e-4, 100.0
    for _ in range(60):
        mean = (low * high) ** 0.5
        more = float((np.logaddexp(0, -mean - np.sqrt(2 * mean) * x) * weight).sum()) / log(2) > entropy
        low, high = (mean, high) if more else (low, mean)
    return mean


def _ends(scheme: Polar | Cascade, a: Bits, b: Bits, rate: float, seed: int) -> tuple:  # type: ignore[type-arg]
    public = seed.to_bytes(16, "little")
    return scheme.answer(a, public), scheme.correct(b, public, rate)


def _measure(scheme: Polar | Cascade, a: Bits, b: Bits, rate: float, seed: int) -> Found:
    answerer, corrector = _ends(scheme, a, b, rate, seed)
    fixed, ledger = talk(answerer, corrector)
    if not np.array_equal(fixed.values, a.values):
        raise SystemExit("the ends hold different strings")
    again = getattr(answerer.transcript, "tags", 1) > 1
    return Found(ledger.paid - 64, answerer.transcript.messages, again)


def _seconds(n: int, seed: int, scheme: Polar) -> float:
    ends = _ends(scheme, *noisy(n, 0.05, seed), 0.05, seed)
    begin = time.process_time()
    talk(*ends)
    return time.process_time() - begin


def _entropy(rate: float) -> float:
    return -(rate * log2(rate) + (1 - rate) * log2(1 - rate))


def _row(what: str, ours: float, theirs: float | None, bar: str | None, holds: object) -> Row:
    ratio = None if theirs is None else ours / theirs
    return {"what": what, "ours": ours, "theirs": theirs, "ratio": ratio, "bar": bar, "holds": bool(holds)}


if __name__ == "__main__":
    from benchmarks.table import show

    show("codes", run())
