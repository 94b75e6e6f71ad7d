"""What must give no key, what naive rates claim, and an eavesdropper who hears the fade."""

import sys
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from benchmarks.secrecy_channel import gaussian_pair, known_information
from benchmarks.secrecy_sets import SEED, skipped
from samefade import api, channel, observe, schemes
from samefade.errors import DataUnavailable, NotEnough
from samefade.schemes import Strata, Wskg
from samefade.types import Observation, Pair

Row = dict[str, object]
RECORDED = ("lorawan-campus/static_nlos", "lte-negative", "lora-synthetic-trap")
SAMPLES = 4000
NEAR = ("skyglow/outdoor-mobile", 0.8)  # the set, and how much of what she knows must come off
EVES = (1.0, 0.3, 0.1)  # power of her noise; the fade has 1, the ends' noise 0.01


def of_traps() -> list[Row]:
    """Count the schemes that issue a key where there is none to be had."""
    made: list[Row] = []
    simulated: dict[str, Callable[[], Pair[Observation]]] = {
        "a constant channel": lambda: _pair(np.zeros(SAMPLES), np.zeros(SAMPLES)),
        "a constant channel, each end with noise": lambda: _pair(*np.random.default_rng(1).normal(size=(2, SAMPLES))),
    }
    recorded = {name: lambda name=name: api.read_set(name) for name in RECORDED}
    for name, make in {**recorded, **simulated}.items():
        print(f"secrecy: … {name}", file=sys.stderr, flush=True)
        try:
            made.append(_trapped(name, make()))
        except DataUnavailable:
            made.append(skipped(name))
    return made


def of_eve() -> list[Row]:
    """Compare what her recording takes off with what she knows: recorded, and simulated where that is known."""
    made = [_fall_recorded()]
    pair = gaussian_pair(40_000, 1)
    alone = api.run(Strata(), pair, seed=SEED).secure_bits_per_sample
    for noise in EVES:
        print(f"secrecy: … Eve with noise of {noise:g}", file=sys.stderr, flush=True)
        heard = api.run(Strata(), gaussian_pair(40_000, 1, eve=noise), seed=SEED).secure_bits_per_sample
        fall, known = alone - heard, known_information() - known_information(noise)
        what = f"first-order channel, Eve's noise {noise:g} of the fade: the rate falls by; theirs I(A;B) − I(A;B|E)"
        made.append(_row(what, fall, known, "within a fifth", abs(fall / known - 1) < 0.2))
    return made


def of_naive() -> list[Row]:
    """Hold WSKG's key rate, as its field counts it, against what its band of a quiet room can hold."""
    world = channel.simulate("quiet-room", 1, tones=(6,))
    pair = observe.pair(world.a, world.b, world.e, tone=6)
    row = api.compare([Wskg()], pair, seed=SEED)[0]
    if row.report is None or row.field is None or row.field.information is None or row.field.band is None:
        return [_row("quiet room, simulated: WSKG ended without a rate", 0.0, None, "marked", holds=False)]
    ours, (low, high), holds = row.field.claimed, row.field.band, row.field.information.per_sample
    what = f"quiet room, simulated: bits a sample that WSKG claims, marked “{row.field}”; "
    what += f"theirs I(A;B) of {low:.2g} to {high:.2g} Hz"
    made = [_row(what, ours, holds, "more is marked", row.field.overclaims and ours > holds)]
    secure = row.report.secure_bits_per_sample
    return [
        *made,
        _row("… what of these is secure; theirs I(A;B) of that band", secure, holds, "≤ I(A;B)", secure <= holds),
    ]


def _trapped(name: str, pair: Pair[Observation]) -> Row:
    wanted = {k: v for k, v in schemes.schemes().items() if not k.endswith("-nosync") or k.startswith("strata")}
    bits = {label: _secure(scheme, pair) for label, scheme in wanted.items()}
    guilty = [label for label, secure in bits.items() if secure]
    what = f"trap, {name}: schemes of {len(wanted)} that issue a key" + (f" ({', '.join(guilty)})" if guilty else "")
    return _row(what, float(len(guilty)), None, "0", not guilty)


def _secure(scheme: schemes.Scheme, pair: Pair[Observation]) -> int:
    try:
        report = api.run(scheme, pair, seed=SEED)
    except NotEnough:
        return 0
    return report.secure_bits + len(report.keys_a)


def _fall_recorded() -> Row:
    name, share = NEAR
    try:
        pair = api.read_set(name)
    except DataUnavailable:
        return skipped(name)
    heard, alone = (api.run(Strata(), one, seed=SEED) for one in (pair, replace(pair, e=None)))
    fall = (alone.ledger.earned - heard.ledger.earned) / heard.samples
    known = alone.mutual_information_per_sample - heard.mutual_information_per_sample
    what = (
        f"{name}: with Eve the account earns less by, bits a sample; theirs I(A;B) − I(A;B|E); "
        f"secure bits {alone.secure_bits:,} → {heard.secure_bits:,}"
    )
    return _row(what, fall, known, f"≥ {share} of it", fall >= share * known > 0)


def _pair(a: NDArray[np.float64], b: NDArray[np.float64]) -> Pair[Observation]:
    heard = np.ones(len(a), np.bool_)
    return Pair(Observation(20 + a, 10.0, heard, "a"), Observation(20 + b, 10.0, heard, "b"))


def _row(what: str, ours: float, theirs: float | None, bar: str, holds: bool) -> Row:  # noqa: FBT001
    ratio = ours / theirs if theirs else None
    return {"what": what, "ours": ours, "theirs": theirs, "ratio": ratio, "bar": bar, "holds": bool(holds)}
