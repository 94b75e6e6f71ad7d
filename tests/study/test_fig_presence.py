"""Figure 24, Table I, the eavesdropper and the other tones: they judge as they say, on worlds whose truth is known."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from samefade import channel, metrics, observe
from samefade.study import Lab, Result, find
from samefade.types import Observation, Pair

STUDY = Path(__file__).parents[2] / "study" / "wskg2025"
pytestmark = pytest.mark.skipif(not STUDY.is_dir(), reason="the study is not a part of the installed package")


@pytest.fixture(scope="module", params=["fig24", "table1", "eve", "tones"])
def figure(request):
    return find("wskg2025", STUDY).load(request.param)


@pytest.fixture(scope="module")
def load():
    return find("wskg2025", STUDY).load


CLAIMS = {"fig24": {67, 68}, "table1": {69, 70}, "eve": {71}, "tones": {72}}
TINY = {
    "fig24": {"seeds": 1, "worlds": [{"scenario": "los-short", "rate": 1.0, "hours": 0.6, "later_min": [10]}],
              "sets": []},
    "table1": {"seeds": 2, "trials": 2, "scenarios": ["quiet-room"], "sets": []},
    "eve": {"seeds": 1, "seconds": 400.0, "scenarios": ["nlos-short"], "wavelengths": [0.5], "accounts": 0, "sets": []},
    "tones": {"seeds": 1, "scenarios": ["los-short"], "seconds": 300.0, "tones": [6, 58], "schemes": ["golay"],
              "sets": []},
}  # fmt: skip


def test_the_smallest_study_computes_draws_and_judges_every_claim_of_its_own(figure):
    name = figure.__name__.rpartition(".")[2]
    result = figure.compute(figure.SPEC.values(quick=True) | TINY[name], Lab(quick=True, workers=1))
    assert result.rows
    assert len({frozenset(row) for row in result.rows}) == 1
    assert figure.draw(result).get_axes()
    found = figure.judge(result)
    assert set(found) == CLAIMS[name]
    for verdict in found.values():
        assert verdict.mark == "cannot be tested" or name in {"fig24", "table1"}
        assert verdict.why.endswith(".")


def pair_of(rng, n=4000, noise=0.1):
    """Two ends of a first-order autoregression that forgets within ten samples."""
    x = channel.ar1(n, 0.9, rng).real
    ends = (Observation(x + noise * rng.standard_normal(n), 1.0, np.ones(n, bool), end) for end in "ab")
    return Pair(*ends)


def blocks(fig24, shifts, later):
    rows = []
    for world in range(9):
        for minutes, r, shift in ((0.0, 0.8, shifts), (10.0, *later)):
            numbers = {"at_zero": r, "correlation": r + world / 100, "shift": float(shift + world % 2)}
            rows.append({"place": "x, simulated", "world": world, "later_min": minutes, "samples": 600, **numbers})
    return fig24.judge(Result(rows))


def test_blocks_are_judged_by_both_correlation_and_shift(load):
    fig24 = load("fig24")
    marks = {}
    for name, given in {"as the paper": (1, (0.2, 100)), "no shift": (1, (0.2, 1)), "alike": (1, (0.9, 100)),
                        "far": (90, (0.2, 100))}.items():  # fmt: skip
        found = blocks(fig24, *given)
        marks[name] = (found[67].mark, found[68].mark)
    assert marks["as the paper"] == ("holds", "holds")
    assert marks["no shift"] == ("holds", "differs")
    assert marks["alike"] == ("holds", "differs")
    assert marks["far"][0] == "differs"


def test_a_block_lies_where_its_time_says(load):
    pair = pair_of(np.random.default_rng(1))
    rows = list(load("fig24")._of(pair, "x", 300, [20], [(0, 100.0)]))
    assert [row["later_min"] for row in rows] == [0.0, 20.0]
    a, b = pair.a.values, pair.b.values
    assert rows[0]["at_zero"] == pytest.approx(metrics.pearson(a[100:400], b[100:400]))
    assert rows[1]["at_zero"] == pytest.approx(metrics.pearson(a[1300:1600], b[100:400]))
    assert rows[0]["shift"] == 0


def trials(table1, honest, replay, worlds=20):
    rng = np.random.default_rng(3)
    rows = []
    for world in range(worlds):
        for trial in range(6):
            for kind, (r, shift, spread) in {"honest": honest, "replay": replay}.items():
                value = float(np.clip(r + spread * rng.standard_normal(), -1, 1))
                more = {"correlation": value, "at_zero": value, "shift": float(rng.integers(shift + 1))}
                about = {"place": "x, simulated", "world": world, "trial": trial, "kind": kind}
                rows.append({**about, **more, "ours": "accepted" if kind == "honest" else "no answer"})
    return table1.judge(Result(rows))


def test_table_one_holds_where_its_two_averages_are_met(load):
    table1 = load("table1")
    met = trials(table1, (0.8, 1, 0.05), (0.04, 30, 0.05))
    assert (met[69].mark, met[70].mark) == ("holds", "holds")
    assert list(met[69].places.values()) == ["holds", "cannot be tested"]  # 60 samples have no such shift
    assert "330" in met[69].why
    assert "tests/attacks" in met[70].why
    chance = trials(table1, (0.8, 1, 0.05), (0.5, 30, 0.05))  # told apart, and not as the table has it
    assert (chance[69].places["x, simulated"], chance[70].mark) == ("differs", "holds")
    alike = trials(table1, (0.5, 15, 0.2), (0.5, 15, 0.2))
    assert (alike[69].places["x, simulated"], alike[70].mark) == ("differs", "differs")


def test_thresholds_that_were_learnt_do_not_see_the_trials_that_test_them(load):
    table1 = load("table1")
    rows = []
    for world in range(20):
        swapped = world >= 10  # the second half is the other way round: whoever peeked would do well
        for kind in ("honest", "replay"):
            high = (kind == "honest") is not swapped
            numbers = {"correlation": 0.9 if high else 0.1, "shift": 0.0, "at_zero": 0.5, "ours": "refused"}
            rows.append({"place": "x", "world": world, "trial": 0, "kind": kind, **numbers})
    rule = table1.learnt(Result(rows), "x")
    assert (rule.accepts_replays, rule.refuses_honest) == (1.0, 1.0)


def eve_at(load, eve, **motion):
    case = channel.scenario("carried")
    case = replace(case, seconds=700.0, eve=eve, motion=replace(case.motion, **motion), e=case.b)
    made = channel.simulate(case, 5, tones=(6,), seq=True)
    return load("eve")._listen(observe.pair(made.a, made.b, [made.e], tone=6), account=False)


def test_an_eavesdropper_who_stands_at_b_gets_what_b_gets_and_a_stranger_nothing(load):
    there = eve_at(load, channel.Eve(0.0, 1.0))
    assert there["wrong_e"] < there["wrong_b"] + 0.05 < 0.3
    far = eve_at(load, channel.Eve(0.3, 0.0, small_scale=0.0), k_factor=0.0)
    assert 0.4 < far["wrong_e"] < 0.6
    assert far["keys_e"] == 0
    drift = eve_at(load, channel.Eve(0.3, 1.0, small_scale=0.0), drift_db=8.0, drift_seconds=30.0)
    assert drift["wrong_e"] < 0.4  # nothing of the scattering and all of the drift


def test_a_missing_eavesdropper_is_no_verdict(load):
    row = load("eve")._listen(pair_of(np.random.default_rng(2)), account=False)
    assert row["wrong_e"] is None
    assert row["refusal"]
    place = {"place": "set", "world": 0, "wavelengths": None, "shared": None}
    assert load("eve").judge(Result([{**place, **row}]))[71].mark == "cannot be tested"


def test_tones_that_are_drawn_alike_prove_nothing_and_an_odd_one_is_told(load):
    rows = [
        {"place": "x, simulated", "world": world, "tone": tone, "scheme": scheme,
         "pearson": base, "bit_error_rate": 0.2, "key_rate_20": 0.1}
        for world in range(7) for tone in (6, 10, 20) for scheme, base in (("raw", 0.3), ("golay", 0.5))
    ]  # fmt: skip
    found = load("tones").judge(Result(rows))[72]
    assert (found.mark, "too far" in found.why) == ("cannot be tested", False)
    odd = [row | {"pearson": row["pearson"] + 0.3 * (row["tone"] == 10)} for row in rows]
    assert "too far in correlation" in load("tones").judge(Result(odd))[72].why
    for row in rows:  # the schemes change places at one tone, by little
        swap = row["tone"] == 10 and row["scheme"] == "golay"
        row["pearson"] = 0.5 - 0.06 * swap + row["world"] / 1000 if row["scheme"] == "golay" else 0.47
    assert "raw and golay" in load("tones").judge(Result(rows))[72].why
