"""What an eavesdropper gets who runs WSKG herself: with the agreed band, both thresholds and the lag, on her samples.

The paper asserts (Sec. V-A) that half a wavelength keeps her from it.
In isotropic scattering small-scale fading decorrelates by J0(2πd/λ), which at λ/2 is −0.30; slow fading that all tones
share, such as shadowing, does not decorrelate within metres, and that is what a low-pass restoration keeps.
So she is simulated twice: sharing nothing of the slow drift, as if half a wavelength protected all there is, and
sharing all of it.
A line of sight she hears in full and in phase, the kinder assumption for her.
On recordings she is the listener that was recorded.
She hears what was spoken, and picks by it the best of her columns and its sign.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from samefade import api, channel, metrics, observe, schemes
from samefade.api.field import field
from samefade.api.running import halves, run
from samefade.bench import Row
from samefade.channel.eve import WAVELENGTH
from samefade.errors import SamefadeError
from samefade.schemes import Scheme
from samefade.study import Lab, Mark, Result, Spec, Verdict, overall
from samefade.types import Kept, Observation, Pair, Spoken, Terms
from wskg2025.contrasts import beyond

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SPEC = Spec(
    "WSKG by an eavesdropper, over her distance",
    {
        "seeds": 20,
        "seconds": 1200.0,
        "scenarios": ["los-short", "nlos-short"],
        "wavelengths": [0.0, 0.125, 0.25, 0.5, 0.75, 1.0],
        "shared": [0.0, 1.0],
        "accounts": 5,  # worlds for which the whole account is made, at half a wavelength
        "sets": ["skyglow/office-los", "skyglow/office-nlos", "skyglow/mobile", "skyglow/outdoor-mobile"],
        "set_samples": 20_000,
    },
    {
        "seeds": 7,
        "seconds": 600.0,
        "scenarios": ["nlos-short"],
        "wavelengths": [0.0, 0.5],
        "accounts": 0,
        "sets": ["skyglow/mobile", "skyglow/outdoor-mobile"],
        "set_samples": 6_000,
    },
)
SEED = bytes(32)
BLIND = 0.45  # below so much disagreement of single bits we say that she got something; blind guessing gives 0.5
KEY, WRONG = 256, 20  # what the field calls a key


class Task(NamedTuple):
    """Where Eve listens."""

    scenario: str
    seed: int
    wavelengths: float
    shared: float
    account: bool


def compute(spec: Mapping[str, Any], lab: Lab) -> Result:
    """Let Eve run WSKG at every distance, and on every recording that has one."""
    here, absent = lab.sets(spec["sets"])
    tasks = [
        Task(name, seed, d, shared, d == 0.5 and seed < spec["accounts"])
        for name in spec["scenarios"]
        for d in spec["wavelengths"]
        for shared in spec["shared"]
        for seed in range(spec["seeds"])
    ]
    rows = lab.map(partial(_of_world, spec["seconds"]), tasks, "places of Eve")
    rows += lab.map(partial(_of_set, spec["set_samples"]), here, "recordings")
    return Result(rows, notes=absent)


def _of_world(seconds: float, task: Task) -> Row:
    eve = channel.Eve(task.wavelengths * WAVELENGTH, task.shared)
    case = replace(channel.scenario(task.scenario), seconds=seconds, eve=eve)
    made = channel.simulate(case, task.seed, tones=(6,), seq=True)
    pair = observe.pair(made.a, made.b, [made.e], tone=6)
    about = {"place": f"{task.scenario}, simulated", "world": task.seed, "wavelengths": task.wavelengths}
    return {**about, "shared": task.shared, **_listen(pair, account=task.account)}


def _of_set(samples: int, name: str) -> Row:
    pair = api.read_set(name).one_tone()
    short = pair.each(lambda x: x.window(0, samples))
    return {"place": name, "world": 0, "wavelengths": None, "shared": None, **_listen(short, account=True)}


def _listen(pair: Pair[Observation], *, account: bool) -> Row:
    scheme = schemes.find("wskg")
    try:
        spoken, kept = halves(pair, None)
        terms = scheme.agree(spoken.a, spoken.b, SEED[:16])
        bits = _overheard(scheme, spoken, kept, terms)
        return bits | (_accounts(scheme, pair) if account else _NO_ACCOUNT)
    except SamefadeError as why:
        return dict.fromkeys(_COLUMNS) | {"refusal": type(why).__name__}


_NO_ACCOUNT: Row = {"secure_rate": None, "information": None, "information_given_eve": None}
_COLUMNS = ("heard_e", "pearson_b", "pearson_e", "wrong_b", "wrong_e", "keys_b", "keys_e", *_NO_ACCOUNT)


def _overheard(scheme: Scheme, spoken: Pair[Spoken], kept: Pair[Kept], terms: Terms) -> Row:
    """Quantise what b and what Eve kept, by the same public terms, and compare both with a."""
    eve = replace(kept, b=_taken(kept, *_best(spoken)), e=None)
    ends = {"b": field(scheme, replace(kept, e=None), terms), "e": field(scheme, eve, terms)}
    numbers: Row = {"refusal": None, "heard_e": metrics.pearson(np.asarray(kept.a.values), np.asarray(eve.b.values))}
    for end, found in ends.items():
        key = found.keys[WRONG]
        numbers |= {
            f"pearson_{end}": metrics.pearson(*found.features()),
            f"wrong_{end}": found.bit_error_rate,
            f"keys_{end}": key.accepted / key.keys if key.keys else 0.0,
        }
    return numbers


def _best(spoken: Pair[Spoken]) -> tuple[int, float]:
    """Return the column of Eve's that is most like what b spoke, and its sign: she hears that, too."""
    table = np.asarray(_eve(spoken).values).reshape(len(spoken), -1)
    b = np.asarray(spoken.b.values)
    alike = {i: metrics.pearson(b, column) for i, column in enumerate(table.T) if np.ptp(column) > 0}
    best = max(alike, key=lambda i: abs(alike[i]))
    return best, float(np.sign(alike[best]))


def _taken(kept: Pair[Kept], column: int, sign: float) -> Kept:
    eve = _eve(kept)
    values = sign * np.asarray(eve.values).reshape(len(eve), -1)[:, column]
    return Kept(values, kept.rate, eve.mask, "b", kept.b.unit, kept.b.start)


def _eve(pair: Pair[Any]) -> Observation:
    if pair.e is None:
        raise SamefadeError(what="no eavesdropper was recorded")
    eve: Observation = pair.e
    return eve


def _accounts(scheme: Scheme, pair: Pair[Observation]) -> Row:
    """Make the account with Eve's recording, and the mutual information with and without it."""
    given = run(scheme, pair, seed=SEED)
    alone = scheme.limit(replace(halves(pair, None)[1], e=None), given.terms)
    return {
        "secure_rate": given.secure_bits_per_sample,
        "information": alone,
        "information_given_eve": given.mutual_information_per_sample,
    }


def draw(result: Result) -> "Figure":
    """Draw disagreement over distance, with and without a shared drift, and beside it what recordings show."""
    from matplotlib.figure import Figure

    places = _simulated(result)
    figure = Figure(figsize=(3.6 * (len(places) + 1) + 0.4, 3.6), layout="constrained")
    axes = figure.subplots(1, len(places) + 1, squeeze=False)[0]
    for axis, place in zip(axes, places, strict=False):
        for shared, colour in zip(_values(result, "shared"), ("#0b5cad", "#c2571a"), strict=False):
            told = "shares all of the slow drift" if shared else "shares none of the slow drift"
            _curve(axis, result, place, shared, colour, told)
        wrong = result.column("wrong_b", place=place)
        axis.axhline(np.nanmean(wrong), color="#0b7a3b", lw=1, ls="--", label="end b")
        axis.axvline(0.5, color="k", lw=0.5, ls=":")
        axis.set(ylim=(0, 0.55), xlabel="Eve's distance from b (wavelengths)")
        axis.set_title(place, fontsize=9)
        axis.legend(fontsize=7, loc="lower right")
    axes[0].set_ylabel("bits that differ from a's (0.5: blind)", fontsize=9)
    _recorded(axes[-1], result)
    return figure


def _curve(axis: Any, result: Result, place: str, shared: float, colour: str, told: str) -> None:  # noqa: ANN401 -- matplotlib's axes
    at = _values(result, "wavelengths")
    seen = [result.column("wrong_e", place=place, shared=shared, wavelengths=d) for d in at]
    low, mean, high = (np.array([f(x) for x in seen]) for f in (_tenth, np.nanmean, _ninetieth))
    axis.plot(at, mean, "o-", ms=3, color=colour, label=f"Eve, {told}")
    axis.fill_between(at, low, high, color=colour, alpha=0.15, lw=0)


def _recorded(axis: Any, result: Result) -> None:  # noqa: ANN401 -- matplotlib's axes
    names = [str(row["place"]) for row in result.rows if row["wavelengths"] is None]
    y = np.arange(len(names))[::-1]
    for end, colour, shift, told in (("b", "#0b7a3b", 0.2, "end b"), ("e", "#c2571a", -0.2, "Eve, recorded")):
        wrong = [float(result.column(f"wrong_{end}", place=name)[0]) for name in names]
        axis.barh(y + shift, wrong, 0.36, color=colour, label=told)
    axis.set_yticks(y, [name.partition("/")[2] for name in names], fontsize=8)
    axis.set(xlim=(0, 0.55), xlabel="bits that differ from a's")
    axis.set_title("recordings of skyglow", fontsize=9)
    axis.legend(fontsize=7)


def _tenth(x: Sequence[float]) -> float:
    return float(np.nanquantile(x, 0.1))


def _ninetieth(x: Sequence[float]) -> float:
    return float(np.nanquantile(x, 0.9))


def _values(result: Result, name: str) -> list[float]:
    return sorted({float(str(row[name])) for row in result.rows if row[name] is not None})


def _simulated(result: Result) -> list[str]:
    return list(dict.fromkeys(str(row["place"]) for row in result.rows if row["wavelengths"] is not None))


def judge(result: Result) -> dict[int, Verdict]:
    """Claim 71: she is kept out where her bits are no better than blind, at half a wavelength and where recorded."""
    marks: dict[str, Mark] = {}
    parts = []
    for place in _simulated(result):
        for shared in _values(result, "shared"):
            where = {"place": place, "shared": shared, "wavelengths": 0.5}
            seen = beyond(result.column("wrong_e", **where), BLIND)
            keys, b = (float(np.nanmean(result.column(name, **where))) for name in ("keys_e", "wrong_b"))
            name = f"{place}, drift {'shared' if shared else 'not shared'}"
            marks[name] = seen.mark
            parts.append(f"{name} {seen.x:.2f} ({b:.2f}; {keys:.0%})")
    for row in (row for row in result.rows if row["wavelengths"] is None):
        marks[str(row["place"])] = _recorded_mark(row)
        parts.append(_recorded_words(row))
    why = (
        f"Eve's wrong bits (b's; her keys within {WRONG} of {KEY}) at half a wavelength or as recorded, where 0.5 is "
        f"blind and kept out means above {BLIND}: "
        + "; ".join(parts)
        + ". Half a wavelength hides none of the slow drift, which the band keeps."
    )
    return {71: overall(marks, why)}


def _recorded_mark(row: Mapping[str, Any]) -> Mark:
    if row["wrong_e"] is None:
        return "cannot be tested"
    return "holds" if float(row["wrong_e"]) > BLIND else "differs"


def _recorded_words(row: Mapping[str, Any]) -> str:
    if row["wrong_e"] is None:
        return f"{row['place']} not run ({row['refusal']})"
    return f"{row['place']} {row['wrong_e']:.2f} ({row['wrong_b']:.2f})"
