"""The published schemes for LoRa on recordings, and what adapting to complexity gains on a simulated link."""

from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from samefade import api, channel, schemes
from samefade.api.running import halves, quantised
from samefade.errors import AgreementFailed, DataUnavailable, SamefadeError
from samefade.quantize import Guarded, Sign
from samefade.reconcile import talk
from samefade.schemes import Scheme
from samefade.schemes.farflung import Regression, complexity_of, learn, tally
from samefade.types import Ledger, Observation, Pair

Row = dict[str, object]
Real = NDArray[np.float64]
Counts = NDArray[np.int64]
Segments = tuple[list[Real], list[Real]]
SETS = (
    "lora-indoor",
    "lorawan-campus/walking",
    "lorawan-campus/static_nlos",
    "lora-synthetic-trap",
    "skyglow/outdoor-mobile",
)
SEED, OWN = bytes(range(32)), "strata"
# what two levels with wide guards, four and eight levels can be set to; bands of four levels touch at α = .337
FINE: tuple[Guarded, ...] = tuple(
    Guarded(levels, round(float(alpha), 3))
    for levels, most, step in ((2, 1.2, 0.05), (4, 0.33, 0.03), (8, 0.15, 0.03))
    for alpha in np.arange(0, most, step)
)
PACKETS, TURN, NOISE_DB = 19_200, 0.1, 1.0
SPEEDS = (0.003, 0.4)  # Doppler frequency times the time between packets, slowest and fastest segment
TARGETS, SIZES, PUBLISHED = (0.02, 0.05, 0.1), (32, 64, 128), {"fixed": 1.51, "differential": 2.35}
MOST = np.linspace(0.005, 0.3, 120)  # targets of a segment that are tried


def run() -> list[Row]:
    """Print what each scheme comes to on each set, and return the gain of adapting."""
    columns = ("set", "scheme", "bits", "differ", "after, for bits told", "claimed", "told in all", "secure", "verdict")
    print("\n| " + " | ".join(columns) + " |\n" + "|---" * len(columns) + "|")
    for name in SETS:
        try:
            pair = api.read_set(name)
        except DataUnavailable:
            print(f"| {name} | skipped: not here | | | | | | | |")
            continue
        for where, one in [(name, pair)] if pair.e is None else [(f"{name}, Eve", pair), (name, replace(pair, e=None))]:
            for scheme in (*schemes.named("lpwan"), schemes.find(OWN)):
                if not (scheme.all_tones and scheme.name != OWN):  # there is no recording of registers
                    print("| " + " | ".join((where, *_measured(scheme, one))) + " |", flush=True)
    return [row for size in SIZES for row in gains(size)]


def _measured(scheme: Scheme, pair: Pair[Observation]) -> tuple[str, ...]:
    try:
        report = api.run(scheme, pair, seed=SEED)
    except SamefadeError as why:
        return (scheme.name, *["–"] * 6, type(why).__name__)
    verdict = f"{len(report.keys_a)} keys" if report.refusal is None else type(report.refusal).__name__
    return (
        scheme.name, f"{report.bits:,}", f"{report.bit_error_rate:.1%}", _after(scheme, pair),
        f"{report.key_rate[20]:.2f}", f"{report.leak_bits:,.0f}", f"{report.secure_bits:,}", verdict,
    )  # fmt: skip


def _after(scheme: Scheme, pair: Pair[Observation]) -> str:
    """Reconcile whatever the account says, and say how many bits are common then, and what that alone told."""
    spoken, kept = halves(pair if scheme.all_tones else pair.one_tone(), None)
    terms = scheme.agree(spoken.a, spoken.b, SEED[:16])
    made = quantised(scheme, kept, terms)
    a, b = scheme.spelt(made.a, terms, Ledger()), scheme.believed(made.b, made.fb, terms)
    try:
        fixed, ledger = talk(scheme.answer(a), scheme.correct(b))
    except AgreementFailed:
        return "fails"
    return f"0 of {len(fixed):,} for {ledger.paid - made.a.public.paid:,.0f}"


def segments_of(size: int, seed: int, packets: int = PACKETS) -> Segments:
    """Simulate segments of RSSI at both ends, whole dB, each at a speed of its own; the reply follows `TURN` later."""
    rng = np.random.default_rng(seed)
    out: Segments = ([], [])
    for _ in range(packets // size):
        waves = channel.scatter(float(np.exp(rng.uniform(*np.log(SPEEDS)))), rng)
        for end, late in zip(out, (0.0, TURN), strict=True):
            level = 20 * np.log10(np.abs(waves.at(np.arange(size) + late)) + 1e-3)
            end.append(np.rint(-90 + level + NOISE_DB * rng.standard_normal(size)))
    return out


def gains(size: int, packets: int = PACKETS) -> list[Row]:
    """Compare adaptive, fixed and differential quantisation: settings from one simulated record, bits of another.

    Of each way the setting counts that gives most bits of the first record while its target is met there.
    """
    learnt, tried = (segments_of(size, seed, packets) for seed in (1, 2))
    told = learn(*learnt, FINE)
    first, second = (_Counted.of(two, told) for two in (learnt, tried))
    rows: list[Row] = []
    for target in TARGETS:
        found = {name: _best(first, second, name, target) for name in ("adaptive", *PUBLISHED)}
        ours, wrong = found["adaptive"]
        for name, published in PUBLISHED.items():
            bits, differ = found[name]
            what = f"segments of {size}, at most {target:.0%} differ: adaptive ({wrong:.1%}), {name} ({differ:.1%})"
            row: Row = {"what": what, "ours": ours, "theirs": bits, "ratio": ours / bits if bits else float("inf")}
            rows.append(row | {"bar": f"above 1; published up to {published}", "holds": ours > bits})
    return rows


class _Counted(NamedTuple):
    """What each way comes to on a record by its settings: bits and wrong bits, (settings, 2) each."""

    adaptive: Counts
    fixed: Counts
    differential: Counts

    @staticmethod
    def of(two: Segments, told: Regression) -> "_Counted":
        each = np.array([[tally(a, b, one) for one in FINE] for a, b in zip(*two, strict=True)])  # (segments, FINE, 2)
        bits, errors = np.array([told.foretell(complexity_of(a)) for a in two[0]]).transpose(1, 0, 2)
        return _Counted(
            adaptive=np.array([_chosen(each, np.where(errors <= most, bits, -1.0)) for most in MOST]),
            fixed=each.sum(axis=0),
            differential=np.array([_differential(two, epsilon) for epsilon in range(25)]),
        )


def _chosen(each: Counts, promised: Real) -> Counts:
    """Add up each segment's best choice; segments where none promises anything are left out."""
    best, segments = promised.argmax(axis=1), np.arange(len(each))
    return np.asarray(each[segments, best][promised[segments, best] > 0].sum(axis=0))


def _best(first: _Counted, second: _Counted, name: str, target: float) -> tuple[int, float]:
    """Return the bits of the second record, and the share that differs, at the setting that is best on the first."""
    bits, wrong = getattr(first, name).T
    best = int(np.where(wrong <= target * bits, bits, 0).argmax())
    found, differ = (int(x) for x in getattr(second, name)[best])
    return found, differ / max(found, 1)


def _differential(two: Segments, epsilon: int) -> tuple[int, int]:
    bits = wrong = 0
    for ends in zip(*two, strict=True):
        a, b = (Sign(epsilon).cut(end[1::2] - end[::2]) for end in ends)
        kept = a.keep & b.keep
        bits, wrong = bits + int(kept.sum()), wrong + int((a.level != b.level)[kept].sum())
    return bits, wrong
