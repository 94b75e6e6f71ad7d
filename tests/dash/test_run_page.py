"""The page of a run: whole, escaped, honest, and without a secret."""

import base64
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samefade import dash
from samefade.dash.account import steps
from samefade.dash.claims import claimed
from samefade.errors import InputError, UnreadableRecording


def test_the_page_is_valid_and_can_be_read_without_eyes(page, parse):
    read = parse(page)
    assert read.faults == []
    ids = [attributes["id"] for _, attributes in read.elements if "id" in attributes]
    assert len(ids) == len(set(ids)) > 4
    assert len(read.all("img")) == 5
    assert all(len(image["alt"]) > 30 and image["src"].startswith("data:image/png;") for image in read.all("img"))
    assert all(head.get("scope") in {"row", "col"} for head in read.all("th"))
    assert len(read.all("caption")) == len(read.all("table")) > 6
    assert read.all("html")[0]["lang"] == "en"
    assert len(read.all("h1")) == 1


def test_nothing_runs_and_nothing_is_fetched(page, parse):
    read = parse(page)
    policy = next(meta["content"] for meta in read.all("meta") if meta.get("http-equiv") == "Content-Security-Policy")
    assert policy.split(";")[0] == "default-src 'none'"
    assert "script" not in policy
    for tag, attributes in read.elements:
        assert tag not in {"script", "iframe", "object", "embed", "form", "base"}
        for name, value in attributes.items():
            assert not name.startswith("on")
            if name in {"src", "href", "srcset", "action", "data", "poster"}:
                assert value.startswith(("data:", "#"))
    assert "url(" not in page
    assert "@import" not in page


def test_hostile_names_are_text_and_what_hides_in_them_is_seen(page, parse, hostile):
    assert hostile not in page
    words = parse(page).words
    assert words.count("<script>document.title") >= 3  # device, file, reason
    assert "⟨U+202E⟩gnp.⟨U+001B⟩[2J" in words


def test_the_answer_comes_first_and_every_assumption_is_there(made, page, parse):
    words = parse(page).words
    count = len(made.report.keys_a)
    answer = f"{count} key{'s' * (count > 1)} of 256 bits, the same at both ends"
    assert words.index("What came of it") < words.index(answer, 200) < words.index("The account")
    for assumption in (*made.report.ledger.assumptions, *dash.STANDING):
        assert assumption in words
    for entry in made.report.ledger.entries:
        assert entry.what in words
    for sentence in made.facts["diagnosis"]:
        assert sentence in words
    assert "NIST SP 800-90B" in words


def test_no_key_and_no_kept_sample_is_on_any_page(made, page, numbers):
    shown = dash.page(made.shown, made.pictures)
    told = json.dumps([made.facts, made.shown])
    secret = {key.reveal_secret_bytes() for key in (*made.report.keys_a, *made.report.keys_b)}
    spelt = {s for k in secret for s in (k.hex(), k.hex().upper(), base64.b64encode(k).decode(), repr(k)[2:-1])}
    kept = numbers(made.kept) - numbers(made.spoken)  # a chip's whole counts make some amplitudes twice
    kept = {number for number in kept if len(number) > 9}  # others are said by chance
    assert len(kept) > 50
    for text in (page, shown, told):
        assert not any(secret in text for secret in spelt)
        assert [number for number in kept if number in text] == []


def test_a_page_to_show_holds_no_number_of_secret_samples(made, parse):
    words = parse(dash.page(made.shown, made.pictures)).words
    own = made.certificate.private
    assert "May be shown" in words
    for number in (f"{own.secure_bits:,}", f"{own.bit_error_rate:.4g}", f"{own.pearson_raw:.4g}", "secure rate",
                   f"{own.ledger.entries[0].bits:+,.1f}"):  # fmt: skip
        assert number not in words
        assert number in parse(dash.page(made.facts)).words
    assert made.shown["evidence"]["samples"] == len(made.spoken) < made.facts["evidence"]["samples"]
    assert "private" not in json.dumps(made.shown["certificate"])


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=12))
def test_bars_lie_on_one_scale_and_end_at_what_is_left(bits):
    lines = [{"what": "x", "bits": value} for value in bits]
    *found, left = steps(lines)
    for step in (*found, left):
        assert -1e-6 <= step.x <= step.x + step.width <= 100 + 1e-6
    assert left.left == pytest.approx(sum(bits), abs=1e-6)
    ends = [step.x if step.bits <= 0 else step.x + step.width for step in found]
    starts = [step.x + step.width if step.bits <= 0 else step.x for step in found]
    assert starts[1:] == pytest.approx(ends[:-1], abs=1e-6)  # each begins where the one before it ended


@pytest.mark.parametrize(
    ("told", "private"),
    [
        ({"private": False, "certificate": {"schema": "x"}, "field": None}, False),
        ({"private": False, "certificate": {"private": {}}, "field": None}, True),
        ({"private": False, "field": {"key_rate": {}}}, True),
        ({"private": None}, True),
        ({}, True),
    ],
)
def test_a_file_cannot_make_private_numbers_public(tmp_path, told, private):
    path = tmp_path / "run.json"
    path.write_text(json.dumps({"schema": "samefade.report/1", **told}), encoding="utf-8")
    assert dash.saved(path)["private"] is private


def test_a_number_without_end_does_not_flatten_the_others():
    field = {"key_rate": {"20": 0.5}, "band_information_per_sample": 2.0}
    found = claimed(field, {"mutual_information_per_sample": float("inf"), "secure_bits_per_sample": None})
    assert [(one.bits, one.width) for one in found] == [(0.5, 25.0), (2.0, 100.0), (float("inf"), 100.0)]
    assert claimed({"key_rate": {}}, {}) == []


@pytest.mark.parametrize("keep", ["report", "key", "certificate", "travelling"])
def test_a_saved_run_gives_the_same_answer(made, tmp_path, parse, keep):
    told = {
        "report": made.facts,
        "key": made.report.to_json() | {"key_hex": ["c0ffee" * 10]},
        "certificate": made.certificate.to_json(private=True),
        "travelling": made.certificate.to_json(),
    }[keep]
    path = tmp_path / "run.json"
    path.write_text(json.dumps(told), encoding="utf-8")
    facts = dash.saved(path)
    assert facts["private"] is (keep != "travelling")
    text = dash.page(facts, source=path)
    assert parse(text).faults == []
    assert "the same at both ends" in parse(text).words
    assert "c0ffee" not in text
    assert ("NIST SP 800-90B" in text) is (keep in {"report", "certificate"})


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_run_that_somebody_else_wrote_is_a_page_or_refused_in_words(made, tmp_path_factory, data):
    told = json.loads(json.dumps(made.certificate.to_json(private=True), default=str))
    where = data.draw(st.sampled_from(sorted(told)))
    part = told if data.draw(st.booleans()) else told["private"]
    part[where if part is told else data.draw(st.sampled_from(sorted(part)))] = data.draw(PLAIN)
    path = tmp_path_factory.mktemp("odd") / "run.json"
    path.write_text(json.dumps(told), encoding="utf-8")
    try:
        text = dash.page(dash.saved(path), source=path)
    except InputError:
        return
    assert text.startswith("<!DOCTYPE html>")


def test_a_saved_run_says_how_its_samples_were_matched(made, tmp_path, parse):
    path = tmp_path / "run.json"
    for told in (made.report.to_json(), made.certificate.to_json(private=True)):
        path.write_text(json.dumps(told | {"matching": "sequence number"}), encoding="utf-8")
        facts = dash.saved(path)
        assert (facts["matching"], "matching" in facts["certificate"]) == ("sequence number", False)
        assert "matched by sequence number" in " ".join(parse(dash.page(facts, source=path)).words.split())


def test_what_is_no_run_is_refused(tmp_path):
    path = tmp_path / "x.json"
    for text in ("", "[1]", '{"schema": "samefade.error/1"}', "[" * 100_000, '{"schema": []}', "\x00"):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(UnreadableRecording):
            dash.saved(path)
    with pytest.raises(UnreadableRecording):
        dash.saved(tmp_path / "absent.json")
