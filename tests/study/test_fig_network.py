"""What figures 21 and 22 conclude from rows whose meaning is known; boards are never judged by our own model."""

from pathlib import Path

import pytest

from samefade.study import Lab, Result
from samefade.study.folder import find

STUDY = find("wskg2025", Path(__file__).parents[2] / "study")
FIG = {n: STUDY.load(f"fig{n}") for n in (21, 22)}
LINKS = [f"{place}/{station}, simulated" for place in ("indoor", "outdoor") for station in ("pycom", "luatos", "xiao")]
AE, ORACLE = "autoencoder, once", "wskg, oracle"
# key rate and error rate of each arm, as the paper would have them
PAPER = {"raw": (0.01, 0.4), "golay": (0.3, 0.3), AE: (0.2, 0.35), "wskg": (0.8, 0.1), ORACLE: (0.9, 0.1)}


def table(worlds=12, links=LINKS, **changed):
    """Rows of every link; a number grows a little from world to world, so that no two are equal."""
    arms = {**PAPER, **changed}
    return Result(
        [
            {
                "kind": "cell", "place": link, "role": "simulated", "arm": arm, "world": world,
                "key_rate_20": rate * (1 + 0.01 * world), "bit_error_rate": wrong * (1 + 0.01 * world), "refusal": None,
            }
            for link in links
            for arm, (rate, wrong) in arms.items()
            for world in range(worlds)
        ]
    )  # fmt: skip


def marks(result):
    found = FIG[21].judge(result) | FIG[22].judge(result)
    return {claim: verdict.mark for claim, verdict in found.items()}


def test_the_papers_own_picture_gives_the_papers_verdicts():
    found = marks(table())
    assert {claim for claim, mark in found.items() if mark == "holds"} == {58, 59, 61, 62}


@pytest.mark.parametrize("claim", [57, 60, 63, 64, 65])
def test_what_was_put_into_the_model_is_never_confirmed_by_it(claim):
    fig = FIG[21 if claim in (63, 64) else 22]
    verdict = fig.judge(table())[claim]
    assert verdict.mark == "cannot be tested"
    assert set(verdict.places.values()) == {"cannot be tested"}
    assert "cannot test it" in verdict.why


@pytest.mark.parametrize(
    ("changed", "fall"),
    [
        ({"golay": (0.9, 0.3)}, {58, 59}),
        ({"golay": (0.3, 0.05)}, {61}),
        ({"golay": (0.5, 0.3)}, {59}),
        ({AE: (0.35, 0.35)}, {62}),
    ],
)
def test_each_claim_falls_with_the_number_that_it_is_about(changed, fall):
    held = {58, 59, 61, 62}
    found = marks(table(**changed))
    assert {claim: found[claim] for claim in held} == {c: "differs" if c in fall else "holds" for c in held}


def test_one_link_that_differs_is_enough_and_is_named():
    rows = [
        row if row["place"] != LINKS[4] or row["arm"] != "golay" else row | {"bit_error_rate": 0.01}
        for row in table().rows
    ]
    verdict = FIG[21].judge(Result(rows))[61]
    assert verdict.mark == "differs"
    assert [place for place, mark in verdict.places.items() if mark == "differs"] == [LINKS[4]]


def test_few_seeds_test_nothing():
    assert set(marks(table(worlds=3)).values()) == {"cannot be tested"}


def test_without_the_learned_scheme_its_claim_cannot_be_tested_and_the_others_can():
    rows = [row for row in table().rows if row["arm"] != AE]
    found = marks(Result(rows))
    assert found[62] == "cannot be tested"
    assert found[58] == found[61] == "holds"


@pytest.mark.parametrize("number", [21, 22])
def test_a_picture_has_its_own_place_and_two_panels(number):
    figure = FIG[number].draw(table())
    figure.canvas.draw()
    assert len(figure.axes) == 2
    assert figure.axes[0].get_ylabel().startswith({21: "indoors", 22: "outdoors"}[number])
    assert "Pycom" in figure.axes[0].get_xticklabels()[0].get_text()
    assert all(ax.get_position().width > 0.3 for ax in figure.axes)  # nothing squeezed them


def test_a_link_is_computed_with_every_arm_of_the_field():
    spec = FIG[21].SPEC.values(quick=True) | {
        "scenarios": ["indoor/xiao"], "seeds": 1, "seconds": 600, "accounts": 0, "learned": 0,
    }  # fmt: skip
    result = FIG[21].compute(spec, Lab(quick=True, workers=1))
    assert {row["arm"] for row in result.rows} == {"raw", "golay", "wskg", ORACLE, "fft_band", "strata"}
    assert {row["place"] for row in result.rows} == {"indoor/xiao, simulated"}
    assert all(row["refusal"] or 0 <= row["bit_error_rate"] <= 0.6 for row in result.rows)


def test_full_asks_for_twenty_seeds_of_six_links():
    for fig in FIG.values():
        values = fig.SPEC.values(quick=False)
        assert len(values["scenarios"]) == 6
        assert values["seeds"] >= 20
