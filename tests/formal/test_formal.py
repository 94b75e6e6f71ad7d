"""The formal models: files and expectations fit each other, and the solver, where there is one, says as expected."""

import importlib.util
import re
import sys
from pathlib import Path

import pytest

import samefade

ROOT = Path(samefade.__file__).parents[2]
FORMAL = ROOT / "formal"

if not FORMAL.is_dir():
    pytest.skip("the models are not a part of the installed package", allow_module_level=True)


def loaded():
    spec = importlib.util.spec_from_file_location("formal_check", FORMAL / "check.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


check = loaded()
RUNS = {run.name: run for run in check.runs()}
QUICK = [name for name, run in RUNS.items() if run.quick]


@pytest.fixture
def solver():
    program = check.solver()
    if program is None:
        pytest.skip("no ProVerif on the path, and PROVERIF names none")
    return program


def test_no_two_runs_have_one_name():
    assert len(RUNS) == len(check.runs())


def test_every_file_belongs_to_a_run_and_every_run_has_its_files():
    used = {path for run in RUNS.values() for path in run.files}
    there = {*FORMAL.glob("models/*"), *FORMAL.glob("library/*")}
    assert used == there


@pytest.mark.parametrize("name", RUNS)
def test_every_query_has_an_expectation_in_its_order(name):
    assert tuple(RUNS[name].expected) == RUNS[name].queries


@pytest.mark.parametrize("name", RUNS)
def test_every_expectation_is_a_result_with_a_reason_and_a_version(name):
    run = RUNS[name]
    assert re.fullmatch(r"never|ProVerif \d+\.\d+\S*", run.checked)
    for result, why in run.expected.values():
        assert result in check.RESULTS.values()
        assert why.endswith(".")


@pytest.mark.parametrize("path", sorted({path for run in RUNS.values() for path in run.files}), ids=lambda p: p.name)
def test_every_query_of_a_file_has_a_name(path):
    text = path.read_text(encoding="utf-8")
    named = len(re.findall(r"\(\* query \w+ \*\)", text))
    code = re.sub(r"\(\*.*?\*\)", "", text, flags=re.DOTALL)
    asked = sum(block.count(";") for block in re.findall(r"^query\b.*?\.\s*$", code, re.MULTILINE | re.DOTALL))
    assert named == asked  # one semicolon ends the variables, and the last query has none


def test_the_messages_of_the_models_are_those_of_the_wire():
    codes = pytest.importorskip("samefade.wire.codes")
    text = (FORMAL / "library" / "crypto.pvl").read_text(encoding="utf-8")
    left_out = set(re.search(r"Not here: ([A-Z_0-9 \n]+)\.", text)[1].split())
    modelled = set(re.search(r"^const (PSK_1[^:]*):", text, re.MULTILINE)[1].split(", "))
    assert not modelled & left_out
    assert modelled | left_out == set(codes.NAMES.values())


@pytest.mark.parametrize("prior", ["psk", "edhoc"])
def test_either_secret_is_enough_and_without_both_there_is_none(prior):
    secret = {n: r.expected["secrecy_at_initiator"][0] for n, r in RUNS.items() if n.startswith(f"ours_{prior}_")}
    assert secret[f"ours_{prior}_ideal"] == secret[f"ours_{prior}_radio_chosen"] == "true"
    assert {result for name, result in secret.items() if "both" in name} == {"false"}
    assert {result for name, result in secret.items() if "both" not in name and "radio" not in name} == {"true"}


def test_a_last_word_is_forged_only_where_no_secret_is_left():
    for name, run in RUNS.items():
        if name.startswith("ours_") and "done_means_confirmed" in run.expected:
            assert run.expected["done_means_confirmed"][0] == run.expected["initiator_agrees"][0]


@pytest.mark.parametrize(
    ("name", "secret"),
    [
        ("ours_rekey_edhoc_dh_only", "true"),
        ("ours_rekey_edhoc_first_channel_only", "true"),
        ("ours_rekey_edhoc_second_channel_only", "true"),
        ("ours_rekey_edhoc_nothing_secret", "false"),
    ],
)
def test_with_an_earlier_run_mixed_in_any_one_secret_is_enough(name, secret):
    assert {RUNS[name].expected[f"secrecy_at_{end}"][0] for end in ("initiator", "responder")} == {secret}


def test_downgrade_who_stole_an_identity_goes_without_the_earlier_run():
    ours, control = RUNS["ours_rekey_edhoc_long_term_leaked"], RUNS["control_rekey_edhoc_root_required"]
    assert ours.expected["secrecy_at_initiator"][0] == "false"
    assert control.expected["secrecy_at_initiator"][0] == "true"


@pytest.mark.parametrize(
    ("control", "fails"),
    [("control_echo_taken", "responder_measured_this"), ("control_frames_twice", "initiator_measured_this")],
)
def test_a_stolen_key_alone_is_nobodys_presence_but_for_an_echo_and_for_frames_used_twice(control, fails):
    assert RUNS["ours_presence_stolen"].expected[fails][0] == "true"
    assert RUNS[control].expected[fails][0] == "false"


def test_replay_on_a_static_channel_passes_the_papers_handshake_and_not_ours():
    paper = RUNS["paper_handshake_static"].expected["station_signed_this_once_for_each_time"]
    ours = RUNS["ours_presence_static"].expected["initiator_stated_this"]
    assert (paper[0], ours[0]) == ("false", "true")


SAID = """
Verification summary:

Query not event(A(x)) is false.

Query inj-event(A(x,y)) ==>
inj-event(B(x,y)) is true.

Query event(A(x)) ==> event(B(x)) cannot be proved.
"""


def test_verdicts_are_read_in_order_from_the_summary_alone():
    assert check.verdicts("Query not event(A(x)) is true.\n" + SAID) == ["false", "true", "unknown"]


def test_a_solver_that_fell_silent_has_found_nothing():
    run = RUNS["paper_handshake_static"]
    answers = check.compare(run, check.verdicts("Error: Syntax error."))
    assert [x.found for x in answers] == [None] * len(run.queries)
    assert not any(x.agrees for x in answers)


def test_a_verdict_too_many_is_no_answer_for_any_query():
    run = RUNS["paper_handshake_static"]
    answers = check.compare(run, ["true"] * (len(run.queries) + 1))
    assert [x.found for x in answers] == [None] * len(run.queries)


def test_without_a_solver_the_command_says_so(monkeypatch, capsys):
    monkeypatch.delenv("PROVERIF", raising=False)
    assert check.main(["--solver", "there-is-no-such-solver"]) == 2
    assert "no ProVerif" in capsys.readouterr().err


@pytest.mark.parametrize("name", QUICK)
def test_the_solver_says_what_is_expected(name, solver):
    wrong = [f"{x.query}: {x.found}, not {x.expected}" for x in check.ask(RUNS[name], solver) if not x.agrees]
    assert not wrong
