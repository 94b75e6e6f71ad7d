"""A Gaussian first-order channel: what its ends share is known in closed form, and so is what a scheme lost of it.

*Notation.* S(f) the fade's spectrum, N the noise's at each end, E at Eve's; S_E = S·E / (S + E) what she leaves of S.

I(A;B|E) = −∫₀^½ log2(1 − S_E² / (S_E + N)²) df bits a sample (Pinsker 1964; without Eve S_E is S).
"""

import sys
from dataclasses import dataclass, replace
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from samefade import api, channel
from samefade.amplify import Toeplitz
from samefade.observe import guard_time
from samefade.quantize import CellBelief
from samefade.schemes import Strata
from samefade.types import Observation, Pair, Terms
from samefade.types.observation import End

Row = dict[str, object]
SAMPLES, COEFFICIENT, NOISE = 100_000, 0.9, 0.01  # 20 dB at each end
BAR, WISH = 0.6, 0.8
SPARING = 0.05  # of the record, spoken where a quarter is too much
SEED = bytes(32)
_NO_SMOOTHING = Toeplitz(epsilon=0.4999999)  # zero standard deviations


def gaussian_pair(n: int, seed: int, *, eve: float | None = None) -> Pair[Observation]:
    """Draw both ends of the channel, and Eve with noise of that power where it is given."""
    rng = np.random.default_rng(seed)
    fade = sqrt(2) * channel.ar1(n, COEFFICIENT, rng).real
    heard = np.ones(n, np.bool_)

    def observed(end: End, power: float) -> Observation:
        return Observation(20 + fade + sqrt(power) * rng.standard_normal(n), 10.0, heard, end)

    a, b = observed("a", NOISE), observed("b", NOISE)
    return Pair(a, b, None if eve is None else observed("e", eve))


def known_information(eve: float | None = None, points: int = 1 << 17) -> float:
    """Return I(A;B|E) of that channel, bits a sample, by the trapezoidal rule."""
    f = np.linspace(0, 0.5, points)
    fade = (1 - COEFFICIENT**2) / np.abs(1 - COEFFICIENT * np.exp(-2j * np.pi * f)) ** 2
    left = fade if eve is None else fade * eve / (fade + eve)
    return float(np.trapezoid(-np.log2(1 - (left / (left + NOISE)) ** 2), f))


def rows() -> list[Row]:
    """Measure the secure rate of `Strata` beside the mutual information, and say where the rest went."""
    pair, whole = gaussian_pair(SAMPLES, 1), known_information()
    report = api.run(Strata(), pair, seed=SEED)
    label = f"simulated first-order channel, {SAMPLES:,} samples: secure bits"
    rate, bounded = report.secure_bits_per_sample, report.claim == "bounded"
    made = [_row(f"{label} a kept sample, claim {report.claim}; theirs I(A;B)", rate, whole, bounded=bounded)]
    overall = report.secure_bits / SAMPLES
    made.append(_row(f"{label} a sample of the record, a quarter spoken", overall, whole, bounded=bounded))
    sparing = api.run(Strata(), pair, seed=SEED, minutes=SPARING * SAMPLES / pair.rate / 60)
    bounded = sparing.claim == "bounded"
    what = f"{label} a sample of the record, {SPARING:.0%} spoken"
    made.append(_row(what, sparing.secure_bits / SAMPLES, whole, bounded=bounded))
    print("secrecy: … where the rest went", file=sys.stderr, flush=True)
    lost = _lost(pair, report, whole) | {"a quarter is spoken": rate - overall}
    made += [
        {"what": f"… of I(A;B) a sample, lost to: {why}", "ours": bits, "theirs": whole, "ratio": bits / whole}
        | {"bar": None, "holds": None}
        for why, bits in lost.items()
    ]
    return made


@dataclass(frozen=True)
class Ideal:
    """What perfect parts would have come to on the kept half, bits; how many samples it has, and what was agreed."""

    entropy: float
    told: float
    samples: int
    terms: Terms


def _lost(pair: Pair[Observation], report: api.Report, whole: float) -> dict[str, float]:
    """Return what each cause took, bits a kept sample; together they are all that is missing there."""
    perfect, n = ideal(pair), report.samples
    lines = {entry.what: entry.bits for entry in report.ledger.entries}
    smooth = report.ledger.entries[0].bits
    sent = -sum(bits for what, bits in lines.items() if what.startswith("polar code"))
    fixed = -sum(bits for what, bits in lines.items() if bits < 0 and not what.startswith("polar code"))
    return {
        "cells, blocks and the law as estimated": whole - (perfect.entropy - perfect.told) / n,
        "smoothing (2⁻⁶⁴)": (perfect.entropy - smooth) / n,
        "the code, above what a perfect one tells": (sent - perfect.told) / n,
        "fixed costs: tags, margin, keys counted": fixed / n,
    }


def ideal(pair: Pair[Observation]) -> Ideal:
    """Repeat the steps of a run, without smoothing and with a code that tells what b's belief leaves open."""
    scheme = replace(Strata(), amplify=_NO_SMOOTHING)
    spoken, _ = pair.split()
    spoken, kept = pair.split(guard=guard_time(spoken, record=pair.a.seconds))
    terms = scheme.agree(spoken.a, spoken.b, SEED[:16])
    a, b = (scheme.feature(end, terms) for end in (kept.a, kept.b))
    symbols = scheme.symbols(a, terms)
    worth = scheme.worth(symbols, a, terms, spoken=spoken.a, eve=None)
    belief = scheme.believed(scheme.symbols(b, terms), b, terms).belief
    if not isinstance(belief, CellBelief):
        raise TypeError("Strata believes in cells")
    told = _open(belief, symbols.values.astype(np.int64))
    return Ideal(worth.per_symbol * len(symbols), told, len(kept.a), terms)


def _open(belief: CellBelief, cells: NDArray[np.int64]) -> float:
    """Return the bits that b's belief leaves open about the cells of a."""
    shaped = cells.reshape(len(belief.likely[0].expected), -1)
    at, total = 0, 0.0
    for part in belief.likely:
        wide = part.expected.shape[1]
        own = np.take_along_axis(part.chances(), shaped[:, at : at + wide, None], axis=2)
        total -= float(np.log2(np.maximum(own, 1e-9)).sum())
        at += wide
    return total


def _row(what: str, ours: float, theirs: float, *, bounded: bool) -> Row:
    holds = bounded and ours >= BAR * theirs
    bar = f"≥ {BAR} of it, bounded" + ("" if ours >= WISH * theirs else f"; {WISH} wished for")
    return {"what": what, "ours": ours, "theirs": theirs, "ratio": ours / theirs, "bar": bar, "holds": holds}
