"""The list of claims: complete, each with one way to its verdict, and nothing dropped in silence."""

from collections import Counter

import pytest
import typer

from samefade.cli.study import _end
from samefade.study.claims import Claim, Paper, read, sheet
from samefade.study.errors import ClaimsInvalid
from samefade.study.figure import Result, Verdict, overall
from samefade.study.folder import CLAIMS, find
from samefade.study.shelf import Shelved


def listed(tmp_path, *claims, of=None):
    lines = ["[paper]", f"claims = {len(claims) if of is None else of}"]
    for claim in claims:
        about = {"number": 1, "says": "It is so.", "kind": "ordering", "judge": "fig1", **claim}
        lines += ["[[claim]]", *(f"{name} = {value!r}" for name, value in about.items() if value is not None)]
    (tmp_path / CLAIMS).write_text("\n".join(lines))
    return read(tmp_path / CLAIMS)


def test_a_whole_list_is_read_in_order(tmp_path):
    paper = listed(tmp_path, {"number": 2}, {"judge": None, "cannot": "boards"})
    assert list(paper.claims) == [1, 2]
    assert paper.claims[1].cannot == "boards"
    assert read(tmp_path / "none.toml").claims == {}


@pytest.mark.parametrize(
    ("claims", "of", "told"),
    [
        ([{}, {"number": 3}], 3, "claims 2 are missing"),
        ([{}], 2, "claims 2 are missing"),
        ([{}, {}], 1, "claims 1 occur twice"),
        ([{}, {"number": 2}], 1, "claims 2 lie beyond"),
        ([{"judge": None}], 1, "claim 1 needs either a judge or a reason"),
        ([{"cannot": "boards"}], 1, "claim 1 needs either a judge or a reason"),
        ([{"kind": "feeling"}], 1, "no known kind"),
        ([{"says": " "}], 1, "says nothing"),
        ([{"mood": "good"}], 1, "mood"),
    ],
)
def test_a_list_with_a_fault_is_refused_and_the_fault_is_named(tmp_path, claims, of, told):
    with pytest.raises(ClaimsInvalid, match=told):
        listed(tmp_path, *claims, of=of)


def test_a_finding_that_nothing_can_show_is_refused(tmp_path):
    (tmp_path / CLAIMS).write_text("[[finding]]\nasks = 'Is it?'\nshows = 'everything'")
    with pytest.raises(ClaimsInvalid, match="shows everything"):
        read(tmp_path / CLAIMS)


@pytest.mark.parametrize(
    "text",
    [b"\xff", b"[[claim]]", b"claim = 3", b"[paper]\nclaims = 'many'", b"paper = 3", b"[[figure]]\nmodule = 1",
     b"[[claim]]\nnumber = 'one'\nsays = 'so'\nkind = 'number'", b"[[claim]]\nnumber = 1\nsays = 3\nkind = 'number'"],
)  # fmt: skip
def test_what_is_no_list_is_refused_in_words(tmp_path, text):
    (tmp_path / CLAIMS).write_bytes(text)
    with pytest.raises(ClaimsInvalid, match=CLAIMS):
        read(tmp_path / CLAIMS)


@pytest.mark.parametrize(
    ("marks", "mark"),
    [
        (["holds", "cannot be tested"], "holds"),
        (["holds", "differs"], "differs"),
        (["cannot be tested"], "cannot be tested"),
        ([], "cannot be tested"),
    ],
)
def test_it_holds_where_it_holds_wherever_it_can_be_tested(marks, mark):
    places = {f"place {i}": seen for i, seen in enumerate(marks)}
    assert overall(places, "why") == Verdict(mark, "why", places)


def shelved(figure, verdicts):
    return Shelved(figure, {"title": figure, "mode": "full", "provenance": {}}, Result([]), verdicts, whole=True)


def two_claims():
    claims = {1: Claim(1, "One.", "ordering", judge="fig1"), 2: Claim(2, "Two.", "ordering", judge="fig2")}
    return Paper({}, {**claims, 3: Claim(3, "Three.", "hypothesis", cannot="boards")}, {}, ())


def test_a_claim_without_a_result_is_not_computed_and_not_dropped():
    made = sheet(two_claims(), {"fig1": shelved("fig1", {1: Verdict("holds", "it is")})})
    assert made.summary() == "3 claims: 1 hold, 0 differ, 1 cannot be tested, 1 not computed"
    assert [row["mark"] for row in made.to_json()] == ["holds", "not computed", "cannot be tested"]
    assert made.contradictions == ()
    assert "fig2" in made.why(2)


@pytest.mark.parametrize(
    ("verdicts", "told"),
    [
        ({1: Verdict("holds", ""), 2: Verdict("holds", "")}, "fig1 judges claim 2, but its judge is fig2"),
        ({1: Verdict("holds", ""), 3: Verdict("holds", "")}, "fig1 judges claim 3, but its judge is nobody"),
        ({1: Verdict("holds", ""), 9: Verdict("holds", "")}, "fig1 judges claim 9, but there is no such claim"),
        ({}, "fig1 has a result, but says nothing of claim 1"),
    ],
)
def test_a_verdict_of_another_module_than_the_list_says_is_told_and_does_not_count(verdicts, told):
    made = sheet(two_claims(), {"fig1": shelved("fig1", verdicts)})
    assert told in " ".join(made.contradictions)
    assert made.standing(2) == "not computed"
    assert made.standing(3) == "cannot be tested"


def test_the_papers_74_claims_are_all_there_and_every_figure_of_the_study_is_whole():
    study = find("wskg2025")
    paper = read(study.path / CLAIMS)
    assert list(paper.claims) == list(range(1, 75))
    assert {n for n, claim in paper.claims.items() if claim.cannot} == {56, 66}
    assert Counter(claim.kind for claim in paper.claims.values())["ordering"] > 20
    assert len({claim.says for claim in paper.claims.values()}) == 74
    judges = {claim.judge for claim in paper.claims.values()} - {None}
    assert judges == set(paper.figures)  # what the paper shows there is told for each
    for name in study.figures():
        figure = study.load(name)
        assert name in judges
        assert figure.SPEC.title
        assert figure.SPEC.values(quick=True).keys() >= figure.SPEC.full.keys()
        assert figure.SPEC.values(quick=True) != figure.SPEC.values(quick=False)


def test_a_contradiction_ends_the_command_with_the_code_of_bad_input():
    with pytest.raises(ClaimsInvalid, match="fig1 judges claim 2"):
        _end([], ("fig1 judges claim 2, but its judge is fig2",), as_json=False)
    with pytest.raises(typer.Exit) as ended:
        _end([], ("fig1 judges claim 2, but its judge is fig2",), as_json=True)
    assert ended.value.exit_code == 2
    _end([], (), as_json=False)
