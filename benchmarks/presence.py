"""Who is there now: how often honest ends, replays and impostors are accepted, by ours, by the paper, by Pearson.

`python -m benchmarks presence [--quick] [--json] [--picture FILE]`

Honest is the same window at both ends; a replay is the other end's window so long before; an impostor is another link.
Rates have 95 % Clopper–Pearson intervals; windows of one record are not independent, so the last rows draw records
as a whole, with replacement, instead.
Nothing here is tuned on what it measures; simulated channels are named so; recordings that are absent are skipped.
"""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import argparse
import json
import sys
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import numpy as np

from benchmarks.presence_trials import Link, Trial, attempt, judge, recorded, simulated
from samefade.channel import ar1, jakes
from samefade.errors import DataUnavailable, SamefadeError
from samefade.presence import Heard, rates

Row = dict[str, object]
SCENARIOS = ("los-short", "nlos-short", "nlos-long", "quiet-room", "carried", "static")
SETS = (
    "skyglow/office-los",
    "skyglow/office-nlos",
    "skyglow/mobile",
    "skyglow/outdoor-mobile",
    "lora-indoor",
    "lora-synthetic-trap",
    "lorawan-campus/walking",
    "lorawan-campus/static_nlos",
    "ble-channel-sounding",
)
WINDOWS = (10, 30, 60, 300)
DELAYS = {"replay after 1 s": 1, "10 s": 10, "1 min": 60, "10 min": 600, "2 h": 7200}
TARGET = 1e-3
LEAST_TRIALS = 4


def trials(there: Link, other: Link, seconds: float, delay: float, most: int, end: str) -> list[Trial]:
    """Judge up to `most` windows, spread over the record."""
    n, back = round(seconds * there.rate), max(round(delay * there.rate), 1 if delay else 0)
    last = min(there.frames, other.frames) - n
    if n < 16 or last - back < n * LEAST_TRIALS:
        return []
    starts = np.unique(np.linspace(back, last, min(most, max(LEAST_TRIALS, 2 * (last - back) // n))).astype(int))
    return [attempt(there, other, int(s), back, n, end) for s in starts]


def rows_of(there: Link, other: Link, most: int) -> Iterator[Row]:
    """Give a row for each window and kind of trial, with the curve of honest against all others."""
    for seconds in WINDOWS:
        honest = trials(there, there, seconds, 0, most, "b")
        if not honest:
            continue
        kinds = {name: trials(there, there, seconds, delay, most, "b") for name, delay in DELAYS.items()}
        kinds["impostor elsewhere"] = trials(there, other, seconds, 0, most, "b")
        if "e" in there.heard:
            kinds["eavesdropper's samples"] = trials(there, there, seconds, 0, most, "e")
        # a second is within the memory of a slow channel, and Eve's samples are what she shares: rows, but no curve
        bad = [t for name, found in kinds.items() if name in {"10 min", "impostor elsewhere"} for t in found]
        yield _row(there, seconds, "honest", honest) | (_errors(honest, bad) if bad else {})
        for name, found in kinds.items():
            if found:
                yield _row(there, seconds, name, found)


def _row(there: Link, seconds: float, kind: str, found: list[Trial]) -> Row:
    counts = {v: sum(t.verdict == v for t in found) for v in ("accepted", "refused", "abstained")}
    return {
        "set": there.name, "window_s": seconds, "kind": kind, "trials": len(found), **counts,
        "interval": rates.clopper_pearson(counts["accepted"], len(found))[1:],
        "paper": _share(t.paper_accepts for t in found), "paper_any_lag": _share(t.paper_high for t in found),
        "pearson": _share(t.pearson >= 0.8 for t in found), "naive_fisher": _share(t.naive <= TARGET for t in found),
    }  # fmt: skip


def _errors(honest: list[Trial], bad: list[Trial]) -> Row:
    found: Row = {"scores": {}}
    for rule in ("ours", "paper", "pearson"):
        good, wrong = ([getattr(t, rule) for t in some] for some in (honest, bad))
        curve = rates.curve(good, wrong)
        found |= {
            f"eer_{rule}": curve.equal_error,
            f"frr_at_1e-2_{rule}": curve.false_reject_at(1e-2),
            f"frr_at_1e-3_{rule}": curve.false_reject_at(1e-3) if len(bad) >= 1000 else None,
        }
        found["scores"][rule] = (good, wrong)  # type: ignore[index]
    return found


def _share(events: Iterator[bool]) -> float:
    return float(np.mean(list(events)))


def false_accepts(count: int) -> list[Row]:
    """Count how often two independent channels are taken for one, in the grid of channel, window and rounding."""
    made = []
    channels = {f"AR(1), coherence {tau} samples": tau for tau in (1, 10, 100, 1000)} | {
        f"Jakes {f} Hz": -f for f in (3.0, 0.3, 0.03)
    }
    for (name, law), n in product(channels.items(), (100, 300, 600)):
        rng = np.random.default_rng([n, round(abs(law) * 100), 71])
        scores = []
        for _ in range(count):
            ends = [ar1(n, np.exp(-1 / law), rng) if law > 0 else jakes(n, -law, 10.0, rng) for _ in "ab"]
            noise = [0.1 * (rng.standard_normal(n) + 1j * rng.standard_normal(n)) for _ in "ab"]
            dbm = [np.rint(20 * np.log10(np.abs(x + e) + 1e-6)) for x, e in zip(ends, noise, strict=True)]
            scores.append(judge(*(Heard(np.arange(n), x) for x in dbm)))
        row: Row = {"set": f"independent: {name}, whole dB", "window_s": n / 10, "kind": "false accepts"}
        verdicts = {v: sum(s[0] == v for s in scores) for v in ("accepted", "refused", "abstained")}
        found = [rates.clopper_pearson(sum(s[1] >= level for s in scores), count) for level in (2, 3)]
        made.append(row | {"trials": count, **verdicts, "interval": found[1][1:], "at_1e-2": found[0]})
        _tell(f"{row['set']}, {n} samples: {found[0].rate:.4f} at 0.01, {found[1].rate:.4f} at 0.001")
    return made


def table_one() -> list[Row]:
    """Say what 12 + 12 trials without an error bound, and what would be needed (Table I of the paper)."""
    bound = rates.clopper_pearson(0, 12, one_sided=True).high
    needed = {rate: rates.trials_for(rate) for rate in (0.01, 0.001)}
    return [
        {
            "set": "the paper's Table I: 12 + 12 trials, no error reported", "kind": "bound on both errors, 95 %",
            "trials": 12, "bound": bound, "needed_for_1_percent": needed[0.01], "needed_for_0.1_percent": needed[0.001],
        }
    ]  # fmt: skip


def measure(*, quick: bool = False) -> list[Row]:
    """Measure everything; the quick form has fewer and shorter records."""
    most, seconds = (20, 1500.0) if quick else (60, 8400.0)
    rows = table_one() + false_accepts(100 if quick else 600)
    for i, name in enumerate(SCENARIOS[3:5] if quick else SCENARIOS):
        _tell(f"{name}, simulated")
        rows += list(rows_of(simulated(name, 100 + i, seconds), simulated(name, 200 + i, seconds), most))
    links = []
    for name in SETS[4:5] if quick else SETS:
        try:
            links.append(recorded(name))
        except DataUnavailable:
            rows.append({"set": f"{name}: skipped, the recording is absent", "kind": "–", "trials": 0})
    for there in links:
        _tell(there.name)
        try:
            rows += list(rows_of(there, _another(there, links), most))
        except SamefadeError as why:
            rows.append({"set": f"{there.name}: {why}", "kind": "–", "trials": 0})
    return rows + over_records(rows)


def over_records(rows: list[Row]) -> list[Row]:
    """Return how often ours accepts over all records of a window, with a bootstrap that draws whole records."""
    made: list[Row] = []
    for seconds, kind in product(WINDOWS, ("honest", "replay after 1 s", "10 min", "impostor elsewhere")):
        some = [row for row in rows if row.get("window_s") == seconds and row["kind"] == kind and row["trials"]]
        counts = [(int(str(row["accepted"])), int(str(row["trials"]))) for row in some]
        if len(some) < 2:
            continue
        events = np.concatenate([np.arange(trials) < accepted for accepted, trials in counts])
        found = rates.bootstrap(events, np.repeat(np.arange(len(some)), [n for _, n in counts]), _chance())
        row = {"set": f"all {len(some)} records, bootstrap over records", "window_s": seconds, "kind": kind}
        sums = {name: sum(int(str(one[name])) for one in some) for name in ("refused", "abstained")}
        made.append(row | {"trials": len(events), "accepted": int(events.sum()), **sums, "interval": found[1:]})
    return made


def _chance() -> np.random.Generator:
    return np.random.default_rng(72)


def _another(there: Link, links: list[Link]) -> Link:
    """Return another link, of the same rate if there is one."""
    rest = [x for x in links if x.name != there.name] or [there]
    return min(rest, key=lambda x: (abs(np.log(x.rate / there.rate)), -x.frames))


def run() -> list[Row]:
    """Measure in the quick form, and say of each kind whether false accepts keep to the target."""
    made = []
    for row in measure(quick=True):
        if row["kind"] in {"false accepts", "impostor elsewhere", "2 h", "10 min"} and row["trials"]:
            low = float(row["interval"][0])  # type: ignore[index]
            what = f"{row['set']}, {row['window_s']:g} s, {row['kind']}: {row['trials']} trials"
            share = float(row["accepted"]) / float(row["trials"])  # type: ignore[arg-type]
            made.append(
                {"what": what, "ours": share, "theirs": row.get("paper"), "bar": "≤ 0.001 within its interval",
                 "holds": low <= TARGET}
            )  # fmt: skip
    return made


def main(words: list[str]) -> None:
    """Print one table, or JSON; draw the curves where a file is named."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks presence")
    parser.add_argument("--quick", action="store_true", help="fewer and shorter records")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--picture", type=Path, help="draw the curves of windows of 30 s into this file")
    asked = parser.parse_args(words)
    rows = measure(quick=asked.quick)
    if asked.picture:
        draw(rows, asked.picture)
    plain = [{k: v for k, v in row.items() if k != "scores"} for row in rows]
    print(json.dumps(plain, indent=1) if asked.json else table(plain))


COLUMNS = {
    "set": "set", "window_s": "window", "kind": "kind", "trials": "trials", "accepted": "accepted",
    "interval": "95 %", "refused": "refused", "abstained": "abstained", "paper": "paper .8/1",
    "paper_any_lag": "paper .8", "pearson": "Pearson .8", "naive_fisher": "naive Fisher", "eer_ours": "EER ours",
    "eer_paper": "EER paper", "eer_pearson": "EER Pearson", "frr_at_1e-2_ours": "FRR at 1e-2",
}  # fmt: skip


def table(rows: list[Row]) -> str:
    """Return a table that can go into a document."""
    head = "| " + " | ".join(COLUMNS.values()) + " |\n|" + "---|" * len(COLUMNS)
    return "\n".join([head, *("| " + " | ".join(_text(row.get(c)) for c in COLUMNS) + " |" for row in rows)])


def _text(value: object) -> str:
    if isinstance(value, tuple):
        return "–".join(f"{float(x):.3g}" for x in value)
    if isinstance(value, float):
        return f"{value:.3g}"
    return "" if value is None else str(value)


def draw(rows: list[Row], path: Path) -> None:
    """Draw false accepts against false rejects for each set, three rules in a panel each."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(1, 3, figsize=(12, 4), sharex=True, sharey=True, layout="constrained")
    for ax, rule in zip(axes, ("ours", "paper", "pearson"), strict=True):
        for row in rows:
            if row.get("window_s") == 30 and row.get("scores"):
                curve = rates.curve(*row["scores"][rule])  # type: ignore[index]
                ax.plot(curve.false_accept, 1 - curve.false_reject, label=str(row["set"]))
        ax.set(title=rule, xlabel="replays and impostors accepted", xscale="symlog", xlim=(0, 1))
        ax.set_xscale("symlog", linthresh=1e-2)
    axes[0].set_ylabel("honest ends accepted")
    axes[2].legend(fontsize=6)
    figure.savefig(path, dpi=150)
    plt.close(figure)


def _tell(what: str) -> None:
    print(f"presence: {what} …", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
