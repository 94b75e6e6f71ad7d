"""The report: written from what is kept, the same bytes every time, and what results say can do it no harm."""

from pathlib import Path

import pytest

from samefade.study import honest
from samefade.study.claims import read, sheet
from samefade.study.cost import Estimate, duration, estimate
from samefade.study.figure import Result, Spec, Verdict
from samefade.study.folder import Study
from samefade.study.markdown import demoted, text
from samefade.study.report import page
from samefade.study.shelf import Shelf
from samefade.study.state import State

GOLDEN = Path(__file__).parent / "report.golden.md"
CLAIMS = """
[paper]
title = "A toy paper"
claims = 4
scheme = "wskg"
rival = "fft_band"
arms = ["raw", "fft_band", "wskg", "strata"]

oracle = "wskg, oracle"
own = "strata"
published = ["raw", "wskg"]
learned = ["autoencoder, once"]
lags = [["raw-nosync", "raw", "raw, by clock"]]

[[finding]]
asks = "Is WSKG the best?"
shows = "best"
claims = [1, 3]

[[finding]]
asks = "Is it the wavelet?"
shows = "rival"

[[finding]]
asks = "What of the oracle?"
shows = "oracle"

[[finding]]
asks = "Is it secret?"
shows = "secret"

[[finding]]
asks = "Nothing was computed of this."
shows = "lags"

[[figure]]
module = "fig2"
shows = "key rates."

[[claim]]
number = 1
kind = "ordering"
judge = "fig2"
says = "WSKG beats raw."

[[claim]]
number = 2
kind = "number"
judge = "fig2"
says = "WSKG doubles raw."

[[claim]]
number = 3
kind = "assertion"
judge = "eve"
says = "Eve learns nothing."

[[claim]]
number = 4
kind = "hypothesis"
cannot = "It is about boards."
says = "Boards differ."
"""
FIGURE = "from samefade.study import Spec\nSPEC = Spec('Key rates', {})\ncompute = draw = judge = None\n"
PROVENANCE = {
    "commit": "0123456789abcdef", "changed_since_commit": True, "code": "f" * 64, "versions": {"samefade": "0.1.0"},
    "cores": 2, "workers": 2, "when": "2026-01-02T03:04:05+00:00", "wall_s": 3.2, "cells_evaluated": 4,
    "cells_reused": 2, "data": {"skyglow/mobile": {"a": "b"}}, "absent": [], "cost_s": {"sim:x": 60.0, "other": 6.0},
}  # fmt: skip


def row(arm, world, rate, secure=None):
    about = {"kind": "cell", "place": "los-short, simulated", "arm": arm, "world": world}
    return {**about, "key_rate_20": rate, "bit_error_rate": 0.1, "secure_rate": secure, "mutual_information": 0.25}


@pytest.fixture
def toy(tmp_path):
    folder = tmp_path / "theta"
    folder.mkdir()
    for name, words in (
        ("claims.toml", CLAIMS), ("fig2.py", FIGURE), ("eve.py", FIGURE), ("opening.md", "What this is.\n"),
        ("paper.md", "## What the paper says twice\n\nThis.\n"), ("rerun.md", "## Run it again\n\nLike this.\n"),
        ("DEVIATIONS.md", "# Deviations\n\n## A band\n\nOurs.\n"),
    ):  # fmt: skip
        (folder / name).write_text(words)
    rows = [
        row("wskg", 0, 0.7, 0.0),
        row("wskg", 1, 0.5),
        {**row("raw", 1, None), "refusal": "NotReciprocal"},
        row("fft_band", 0, 0.8, 0.001),
        row("raw", 0, 0.1),
        row("wskg, oracle", 0, 0.9),
    ]
    shelf = Shelf(tmp_path / "results")
    about = {"figure": "fig2", "title": "Key rates", "mode": "full", "identity": "i", "spec": {}}
    kept = shelf.write("fig2", {**about, "provenance": PROVENANCE}, Result(rows, {}, ("a set | <b>is</b> absent",)))
    verdicts = {
        1: Verdict(
            "holds",
            "0.60 | 0.10 *bits*",
            {
                "los-short, simulated": "holds",
                "nlos-long, simulated": "holds",
                "<b>far</b>, simulated": "differs",
                "lora-indoor": "differs",
                "a_b": "cannot be tested",
            },
        ),
        2: Verdict("differs", "1.1 times <script>alert(1)</script>\n\n# not a heading", {"x": "differs"}),
    }
    (tmp_path / "figures").mkdir()
    (tmp_path / "figures" / "fig2.png").write_bytes(b"a picture")
    return Study("theta", folder), {"fig2": shelf.judged(kept, "Key rates", verdicts)}, tmp_path / "figures"


def test_it_is_as_it_was(toy):
    study, results, figures = toy
    made = page(study, sheet(read(study.path / "claims.toml"), results), results, figures)
    assert made == page(study, sheet(read(study.path / "claims.toml"), results), results, figures)
    assert made == GOLDEN.read_text("utf-8")


def test_words_of_results_are_words(toy):
    study, results, figures = toy
    made = page(study, sheet(read(study.path / "claims.toml"), results), results, figures)
    assert "<script>" not in made
    assert "<b>" not in made
    for line in made.splitlines():
        if line.startswith("|"):
            cells = line.replace("\\|", "").count("|")
            assert cells in {6, 7, 8, 9}, line  # of five to eight columns
    assert text("fft_band x_ *a* `b` [c](d) | <e>") == r"fft_band x\_ \*a\* \`b\` \[c\](d) \| &lt;e&gt;"


def test_headings_go_deeper_but_not_in_code():
    assert demoted("# Title\n\n## A\n\n```\n# no heading\n```\n", 1) == "### A\n\n```\n# no heading\n```"


def test_honest_means_take_the_result_with_most_accounts(toy):
    _, results, figures = toy
    poor = Shelf(figures / "poor").write(
        "fig1", results["fig2"].about, Result([row("wskg", 0, 0.1), row("golay", 0, 0.3)])
    )
    homes = honest.homes({"fig1": poor, **results})
    assert homes["los-short, simulated", "golay"][0] == "fig1"
    home, ours = homes["los-short, simulated", "wskg"]
    assert home == "fig2"
    assert (ours.worlds, ours.accounts) == (2, 1)
    assert ours.values["key_rate_20"] == pytest.approx(0.6)
    assert ours.values["secure_rate"] == 0


def test_shared_cells_are_counted_once_and_scaled_to_this_machine():
    def waiting(name, need="compute"):
        return State(name, None, "i", need, "", None)

    record = {"calibration_s": 0.1, "cost_s": {"sim:x": 100.0, "other": 20.0}}
    known = {"fig1": record, "fig2": {**record, "cost_s": {"sim:x": 60.0, "set:y": 10.0, "other": 0.0}}}
    states = [waiting("fig1"), waiting("fig2"), waiting("fig3"), waiting("fig4", "kept")]
    found = estimate(states, 0.2, 2, known)
    assert found == Estimate((100 + 10 + 20) * 2 / 2, ("fig3",))
    assert str(found) == "about 2 min, and fig3, never computed"
    assert str(estimate([waiting("fig4", "kept")], 0.2, 2, known)) == "less than a second"
    assert [duration(s) for s in (5, 600, 7200)] == ["5 s", "10 min", "2.0 h"]


def test_a_spec_that_is_quick_changes_only_what_it_names():
    spec = Spec("t", {"seeds": 20, "places": ["a"]}, {"seeds": 2})
    assert spec.values(quick=True) == {"seeds": 2, "places": ["a"]}
    assert spec.values(quick=False) == {"seeds": 20, "places": ["a"]}
