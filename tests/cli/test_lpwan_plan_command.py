"""`samefade lpwan plan`: the table for people, the object for programs, the picture, and refusals."""

import pytest

PING_PONG = ("lpwan", "plan", "--sf", "7", "--probing", "ping-pong", "--speed", "0.5")


def test_a_table_and_a_verdict_are_printed(samefade):
    seen = samefade(*PING_PONG, "--eve", "10")
    assert seen.code == 0
    assert "0.946 in time" in seen.out
    assert "A key of 128 bits takes" in seen.out
    assert "EDHOC is cheaper" in seen.out
    assert "NOBODY" not in seen.out


def test_the_example_of_the_issue_has_no_key_and_says_why_and_that_nobody_was_assumed_to_listen(samefade):
    seen = samefade("lpwan", "plan", "--sf", "9", "--region", "EU868", "--speed", "1.4")
    assert seen.code == 0
    assert "No key: the two ends do not hear the same fade" in seen.out
    assert "NOBODY IS ASSUMED TO LISTEN" in seen.out
    assert "the channel gives none" in seen.out


def test_json_is_one_object_with_both_costs(samefade):
    seen = samefade(*PING_PONG, "--eve", "10", "--json").json
    assert seen["schema"] == "samefade.lpwan-plan/1"
    assert seen["probe"]["uplink_s"] == 0.051456
    assert seen["limit"] == "duty cycle"
    assert seen["key"]["joules"] > seen["edhoc"]["joules"] > 0
    assert seen["edhoc_is_cheaper"] is True
    assert seen["asked"]["battery"] is None
    assert seen["reciprocity"]["fading"]["ends"] == pytest.approx(0.76, abs=0.03)


def test_a_channel_without_a_key_is_null_in_json(samefade):
    seen = samefade("lpwan", "plan", "--json", "--speed", "0").json
    assert (seen["key"], seen["probes"], seen["limit"], seen["probe"]["interval_s"]) == (None, None, "stillness", None)


def test_a_piggybacked_plan_on_a_public_network_costs_days_and_no_uplinks(samefade):
    seen = samefade(
        "lpwan", "plan", "--per-hour", "6", "--piggyback", "--answered", "--network", "ttn", "--eve", "300",
        "--shadows-are-secret", "--run", "inf", "--json",
    ).json  # fmt: skip
    assert seen["key"]["frames"] == 0
    assert seen["limit"] == "downlinks"
    assert seen["key"]["days"] > 10
    assert any("unverified" in note for note in seen["notes"])


def test_the_picture_is_written_and_named(samefade, tmp_path):
    where = tmp_path / "plan.png"
    seen = samefade(*PING_PONG, "--eve", "10", "--picture", where)
    assert f"picture: {where}" in seen.out
    assert where.read_bytes()[:4] == b"\x89PNG"


@pytest.mark.parametrize(
    "wrong",
    [
        ("--probing", "nb-iot", "--network", "ttn"),
        ("--picture", "plan.gif"),
        ("--region", "MARS"),
        ("--sf", "3"),
        ("--per-hour", "0"),
        ("--speed", "-1"),
        ("--piggyback",),
        ("--eve", "-2"),
    ],
)
def test_what_makes_no_sense_is_refused_with_one_object(samefade, wrong):
    seen = samefade("lpwan", "plan", *wrong, "--json")
    assert seen.code == 2
    assert seen.json["schema"] == "samefade.error/1"


def test_a_picture_of_another_kind_or_place_is_refused(samefade, tmp_path):
    assert samefade("lpwan", "plan", "--picture", tmp_path / "nowhere" / "plan.png").code == 2


def test_a_narrowband_plan_may_have_the_narrow_spacing(samefade):
    words = ("lpwan", "plan", "--probing", "nb-iot", "--gap", "0", "--spacing", "3750", "--repetitions", "2", "--json")
    assert samefade(*words).json["probe"]["uplink_s"] == 0.064


def test_help_has_examples(samefade):
    seen = samefade("lpwan", "plan", "--help")
    assert "samefade lpwan plan --sf 9 --region EU868 --speed 1.4" in seen.out
