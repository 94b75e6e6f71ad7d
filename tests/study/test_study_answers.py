"""The summary's answers: each from the rows alone, on shared worlds, and silent where nothing was computed."""

import pytest

from samefade.study.answers import KNOWN, answer
from samefade.study.figure import Result
from samefade.study.shelf import Shelved

ABOUT = {
    "scheme": "wskg", "rival": "fft_band", "oracle": "wskg, oracle", "own": "strata",
    "published": ["golay", "fft", "wskg"], "learned": ["autoencoder, once"],
    "lags": [["golay-nosync", "golay", "golay, by clock"]],
}  # fmt: skip


def results(cells, secure=None):
    """Return one figure whose cells are (place, arm) → a key rate for each world."""
    rows = [
        {"kind": "cell", "place": place, "arm": arm, "world": world, "key_rate_20": rate,
         "secure_rate": (secure or {}).get(arm)}
        for (place, arm), rates in cells.items() for world, rate in enumerate(rates)
    ]  # fmt: skip
    return {"fig1": Shelved("fig1", {}, Result(rows), {}, whole=True)}


@pytest.mark.parametrize("question", sorted(KNOWN))
def test_nothing_computed_is_nothing_said(question):
    assert answer(question, {}, ABOUT) == answer(question, results({("x", "raw"): [0.1]}), ABOUT) == ""


def test_the_best_scheme_is_counted_place_by_place_and_no_keys_are_no_place():
    cells = {("x, simulated", "wskg"): [0.3], ("x, simulated", "fft"): [0.5], ("y", "wskg"): [0.4],
             ("y", "golay"): [0.1], ("none", "wskg"): [0.0], ("none", "golay"): [0.0]}  # fmt: skip
    said = answer("best", results(cells), ABOUT)
    assert "at 0 of 1 simulated and 1 of 1 recorded places; elsewhere `fft` has it (1)." in said


def test_a_rival_is_counted_where_either_makes_keys():
    places = {"x": (0.2, 0.1), "y": (0.2, 0.24), "w": (0.1, 0.26), "z": (0, 0)}
    cells = {(place, arm): [rate] for place, both in places.items()
             for arm, rate in zip(("fft_band", "wskg"), both, strict=True)}  # fmt: skip
    said = answer("rival", results(cells), ABOUT)
    assert "or more at 2 of 3 recorded places, on average 0.17 against 0.20" in said


def test_the_oracle_and_the_protocol_are_set_against_the_same_rivals():
    cells = {("x", "wskg"): [0.15], ("x", "wskg, oracle"): [0.4], ("x", "golay"): [0.2],
             ("y", "wskg"): [0.15], ("y", "wskg, oracle"): [0.18], ("y", "golay"): [0.2]}  # fmt: skip
    said = answer("oracle", results(cells), ABOUT)
    assert "at 1 of 2 recorded places; with a band" in said
    assert "(reading C), at 0 of 2" in said
    assert "0.40 for 0.15 at x" in said


def test_lags_are_compared_on_the_worlds_that_all_arms_have():
    cells = {("x", "golay-nosync"): [0.1, 0.9], ("x", "golay"): [0.2, 0.9], ("x", "golay, by clock"): [0.5]}
    assert "0.10 / 0.20 / 0.50 at x" in answer("lags", results(cells), ABOUT)


def test_learned_schemes_are_counted_against_the_plain_one():
    cells = {
        ("x", "wskg"): [0.3],
        ("x", "autoencoder, once"): [0.2],
        ("y", "wskg"): [0.1],
        ("y", "autoencoder, once"): [0.2],
    }
    assert "than `wskg` has `autoencoder, once` at 1 of 2 recorded places" in answer("learned", results(cells), ABOUT)


def test_what_is_secret_is_counted_by_scheme_and_place_and_ours_apart():
    cells = {("x", "wskg"): [0.4], ("x", "golay"): [0.2], ("x", "strata"): [0.1]}
    said = answer("secret", results(cells, {"wskg": 0.0, "golay": 0.0, "strata": 0.02}), ABOUT)
    assert "nothing is left in any of 2 pairs" in said
    assert "at 1 of 1 places, up to 0.02 bits a sample" in said
    said = answer("secret", results(cells, {"wskg": 0.001, "golay": 0.0}), ABOUT)
    assert "something is left in 1 of 2 pairs" in said
    assert "0.0010 bits a sample at most" in said
