"""Table I: honest authentications against replays, a minute at one packet a second, with the paper's rule and ours.

A replay is judged as the access point would judge it: what it hears now against what the station heard before.
That grants the attacker the station's own place; from elsewhere she would share less.
The paper's rule searches all lags up to half the window, and its thresholds are lost: they are learnt here on some
trials and tested on others, and the averages of its Table I stand beside them.
Ours is `samefade.presence`: samples matched by frame counter, a threshold that follows from how many independent
samples a window holds, and no answer where there are too few.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from samefade import api, channel, metrics, observe
from samefade.bench import Row
from samefade.errors import ChannelTooStatic, ConstantSignal, PresenceRefused, TooFewSamples
from samefade.presence import Decide, Heard
from samefade.presence.published import CorrelationAndShift
from samefade.study import Lab, Mark, Result, Spec, Verdict, overall
from samefade.types import Float, Observation, Pair
from wskg2025.contrasts import brief, contrast, joint

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SPEC = Spec(
    "Honest authentications against replays",
    {
        "seeds": 20,
        "trials": 12,  # of each kind in a world, as in the paper
        "samples": 60,  # one minute at one packet a second
        "apart_s": 600,  # between two trials, and from what is recorded to its replay
        "scenarios": ["los-short", "quiet-room"],
        "sets": ["skyglow/office-los", "skyglow/office-nlos", "skyglow/mobile", "skyglow/outdoor-mobile"],
        "set_trials": 120,
        "false_accept": 0.001,
    },
    {"seeds": 8, "trials": 3, "sets": ["skyglow/mobile", "skyglow/outdoor-mobile"], "set_trials": 24},
)
HONEST, REPLAYED = (0.8, 1), (0.04, 330)  # Table I: correlation and shift
ROOT10 = 10**0.5  # within an order of magnitude: between a third and three times as much
KINDS = ("honest", "replay")
IMPOSSIBLE = "the shift of 330, by the paper's own number of samples"
FEW_WRONG = 1 / 12  # a rule detects replays where no more than one trial of twelve goes wrong, of either kind


class Task(NamedTuple):
    """One world, or one recording."""

    name: str
    seed: int


def compute(spec: Mapping[str, Any], lab: Lab) -> Result:
    """Measure every trial by both rules."""
    here, absent = lab.sets(spec["sets"])
    tasks = [Task(f"sim:{name}", seed) for name in spec["scenarios"] for seed in range(spec["seeds"])]
    tasks += [Task(name, 0) for name in here]
    found = lab.map(partial(_rows, dict(spec)), tasks, "worlds and recordings")
    return Result([row for rows in found for row in rows], notes=absent)


def _rows(spec: Mapping[str, Any], task: Task) -> list[Row]:
    kind, _, scenario = task.name.partition(":")
    if kind == "sim":
        pair, place, most = _world(scenario, task.seed, spec), f"{scenario}, simulated", spec["trials"]
    else:
        pair, place, most = api.read_set(task.name).one_tone(), task.name, spec["set_trials"]
    apart = round(spec["apart_s"] * pair.rate)
    room = len(pair) - apart - spec["samples"]
    count = min(most, room // max(1, apart if kind == "sim" else 2 * spec["samples"]))
    return [
        {"place": place, "world": task.seed if kind == "sim" else trial, "trial": trial, "kind": what, **numbers}
        for trial, at in enumerate(np.linspace(0, max(room, 0), max(count, 0)).astype(int).tolist())
        for what, then in zip(KINDS, (at, at + apart), strict=True)
        for numbers in _trial(pair, at, then, spec)
    ]


def _world(scenario: str, seed: int, spec: Mapping[str, Any]) -> Pair[Observation]:
    """Run a testbed at one packet a second for as long as its trials last; frame counters match it."""
    seconds = spec["apart_s"] * (spec["trials"] + 2.0)
    case = replace(channel.scenario(scenario), rate=1.0, seconds=seconds)
    made = channel.simulate(case, seed, tones=(6,), seq=True)
    return observe.pair(made.a, made.b, tone=6)


def _trial(pair: Pair[Observation], station: int, now: int, spec: Mapping[str, Any]) -> Iterator[Row]:
    """Judge what a hears from `now` on against what b heard from `station` on."""
    a, b = (_heard(end, at, spec["samples"]) for end, at in ((pair.a, now), (pair.b, station)))
    rule = CorrelationAndShift(most_lag=spec["samples"] // 2)
    try:
        peak = rule.measure(a, b)
        at_zero = float(metrics.pearson(*_common(a, b)))
    except (ConstantSignal, TooFewSamples):
        return
    ours = Decide(false_accept=spec["false_accept"])
    try:
        ours.decide(ours.measure(a, b))
        said = "accepted"
    except ChannelTooStatic:
        said = "no answer"
    except PresenceRefused:
        said = "refused"
    yield {"correlation": peak.correlation, "shift": float(abs(peak.lag)), "at_zero": at_zero, "ours": said}


def _heard(end: Observation, at: int, samples: int) -> Heard:
    there = np.flatnonzero(end.mask[at : at + samples])
    return Heard(there, np.asarray(end.values)[at : at + samples][there])


def _common(a: Heard, b: Heard) -> tuple[Float, Float]:
    _, i, j = np.intersect1d(a.numbers, b.numbers, return_indices=True)
    return a.values[i, 0], b.values[j, 0]


class Rule(NamedTuple):
    """Thresholds of the paper's rule, and how often it goes wrong on trials that it has not seen."""

    correlation: float
    shift: float
    accepts_replays: float
    refuses_honest: float


def _places(result: Result) -> list[str]:
    return list(dict.fromkeys(str(row["place"]) for row in result.rows))


def learnt(result: Result, place: str) -> Rule:
    """Learn both thresholds on the first half of the worlds (of a recording: of its time), and test on the other."""
    worlds = result.column("world", place=place)
    middle = np.median(worlds)
    seen = {what: _of(result, place, what) for what in KINDS}
    first = {what: result.column("world", place=place, kind=what) < middle for what in KINDS}
    train = {what: seen[what][:, first[what]] for what in KINDS}
    choices = [(r, s) for r in np.unique(train["honest"][0]) for s in np.unique(train["honest"][1])]
    r, s = min(choices, key=lambda both: sum(_wrong(train, *both)))
    return Rule(float(r), float(s), *_wrong({what: seen[what][:, ~first[what]] for what in KINDS}, r, s))


def _of(result: Result, place: str, what: str) -> NDArray[np.float64]:
    return np.stack([result.column(name, place=place, kind=what) for name in ("correlation", "shift")])


def _wrong(trials: Mapping[str, NDArray[np.float64]], correlation: float, shift: float) -> tuple[float, float]:
    """Return the share of replays that are accepted, and of honest trials that are refused."""
    passed = {what: (r >= correlation) & (s <= shift) for what, (r, s) in trials.items()}
    return float(passed["replay"].mean()), float(1 - passed["honest"].mean())


def draw(result: Result) -> "Figure":
    """Draw every trial as correlation over shift, the learnt thresholds, and what our rule said, as bars."""
    from matplotlib.figure import Figure

    places = _places(result)
    figure = Figure(figsize=(2.6 * len(places) + 0.4, 5.6), layout="constrained")
    axes = figure.subplots(2, len(places), squeeze=False, height_ratios=(3, 2), sharey="row")
    for (above, below), place in zip(axes.T, places, strict=True):
        for what, colour in zip(KINDS, ("#0b7a3b", "#c2571a"), strict=True):
            r, s = _of(result, place, what)
            above.plot(s, r, "o", ms=3, alpha=0.5, mew=0, color=colour, label=what)
        rule = learnt(result, place)
        above.axhline(rule.correlation, color="k", lw=0.7, ls="--")
        above.axvline(rule.shift + 0.5, color="k", lw=0.7, ls="--", label="learnt thresholds")
        above.set_title(place, fontsize=8)
        _bars(below, result, place)
    handles, labels = axes[0, 0].get_legend_handles_labels()
    bars, said = axes[1, 0].get_legend_handles_labels()
    figure.legend(
        [*handles, *bars],
        [*labels, *said],
        loc="outside upper center",
        ncols=6 if len(places) > 3 else 3,
        fontsize=7,
        frameon=False,
    )
    axes[0, 0].set_ylabel("largest correlation", fontsize=8)
    axes[1, 0].set_ylabel("share of trials, our rule", fontsize=8)
    for axis in axes.flat:
        axis.tick_params(labelsize=7)
    for axis in axes[0]:
        axis.set_xlabel("|shift| (samples)", fontsize=8)
    return figure


def _bars(axis: Any, result: Result, place: str) -> None:  # noqa: ANN401 -- matplotlib's axes
    base = np.zeros(len(KINDS))
    shades = {"accepted": "#0b5cad", "refused": "#a01a58", "no answer": "#c9c9c9"}
    for said, colour in shades.items():
        share = np.array([_said(result, place, what, said) for what in KINDS])
        axis.bar(range(len(KINDS)), share, bottom=base, color=colour, label=said, width=0.6)
        base = base + share
    axis.set_xticks(range(len(KINDS)), KINDS)


def _said(result: Result, place: str, what: str, said: str) -> float:
    rows = result.where(place=place, kind=what)
    return sum(row["ours"] == said for row in rows) / len(rows) if rows else float("nan")


def judge(result: Result) -> dict[int, Verdict]:
    """Claims 69 and 70: the two averages of Table I, and whether thresholds tell replays."""
    return {69: _table(result), 70: _detects(result)}


def _table(result: Result) -> Verdict:
    marks: dict[str, Mark] = {}
    parts = []
    for place in _places(result):
        honest, replay = (
            {name: _worlds(result, name, place, what) for name in ("correlation", "shift", "at_zero")} for what in KINDS
        )
        apart = contrast(honest["correlation"], replay["correlation"])
        nearer = contrast(honest["shift"], replay["shift"], "below")
        near = [float(np.mean(end["at_zero"])) for end in (honest, replay)]
        size = HONEST[0] / ROOT10 <= near[0] and abs(near[1]) <= REPLAYED[0] * ROOT10
        marks[place] = joint([apart, nearer, "holds" if size else "differs"])
        shifts = [float(np.mean(end["shift"])) for end in (honest, replay)]
        parts.append(f"{brief(place)} {near[0]:.2f} / {shifts[0]:.1f} against {near[1]:.2f} / {shifts[1]:.1f}")
    why = (
        "Correlation at lag 0, the kinder reading, and |shift|, honest against replayed: "
        + "; ".join(parts)
        + ". Judged are both directions and the correlation's order of magnitude; 60 samples cannot have a shift of "
        "330."
    )
    return overall(marks | {IMPOSSIBLE: "cannot be tested"}, why)


def _worlds(result: Result, name: str, place: str, what: str) -> NDArray[np.float64]:
    """Return one mean for each world: the trials of one world are no worlds of their own."""
    worlds, values = (result.column(column, place=place, kind=what) for column in ("world", name))
    return np.array([values[worlds == world].mean() for world in np.unique(worlds)])


def _detects(result: Result) -> Verdict:
    marks: dict[str, Mark] = {}
    parts = []
    for place in _places(result):
        trials = {what: _of(result, place, what) for what in KINDS}
        if min(trial.shape[1] for trial in trials.values()) < 2 * 7:
            marks[place] = "cannot be tested"
            continue
        rule = learnt(result, place)
        marks[place] = "holds" if max(rule.accepts_replays, rule.refuses_honest) <= FEW_WRONG else "differs"
        parts.append(
            f"{brief(place)} {_percent(rule.accepts_replays)} and {_percent(rule.refuses_honest)} "
            f"({_percent(_said(result, place, 'replay', 'accepted'))} and "
            f"{_percent(_said(result, place, 'honest', 'refused'))})"
        )
    why = (
        "Replays accepted and honest refused, thresholds learnt on other trials (by our rule, which gives no answer to "
        "many): "
        + "; ".join(parts)
        + ". At most one of twelve of either may go wrong. That old signals cannot be signed anew is tested in "
        "tests/attacks."
    )
    return overall(marks, why)


def _percent(share: float) -> str:
    return f"{share:.0%}"
