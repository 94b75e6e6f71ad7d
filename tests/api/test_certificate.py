"""A certificate says what a key rests on, and what travels of it tells no more than the account charges."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import lfilter

import samefade as sf
from samefade.api.certificate import travelling
from samefade.api.same import same
from samefade.entropy import Estimate
from samefade.errors import KeysDiffer
from samefade.types import Ledger, Observation, Pair

SEED = bytes(range(32))
SCHEME = sf.schemes.Decimated()


def pair_of(seed=1, n=12_000, noise=0.05):
    """A fast channel at 26 dB: enough for keys."""
    rng = np.random.default_rng(seed)
    x = lfilter([1], [1, -0.5], rng.standard_normal(n))
    heard = np.ones(n, bool)
    return Pair(*(Observation(x + noise * rng.standard_normal(n), 10.0, heard, end) for end in "ab"))


@pytest.fixture(scope="module")
def report():
    return sf.run(SCHEME, pair_of(), seed=SEED)


@pytest.fixture(scope="module")
def certificate(report):
    return sf.certify(report, SCHEME)


def test_it_says_what_is_claimed_and_on_what_grounds(report, certificate):
    told = certificate.to_json()
    assert told["schema"] == "samefade.certificate/1"
    assert told["claim"] == report.claim == "estimate"
    assert told["keys"] == len(report.keys_a) >= 2
    assert told["key_bits"] == 256 * told["keys"]
    assert told["bits"] == report.bits == told["symbols"] * (report.bits // told["symbols"])
    assert told["epsilon"] == {"smoothing": None, "hashing": 2**-64, "tag": 2**-64, "sum": 2**-63}
    assert told["eve_recorded"] is False
    assert any("Eve heard nothing" in sentence for sentence in told["assumptions"])
    assert told["versions"].keys() == {"samefade", "numpy", "scipy", "python"}
    assert told["key_bits_per_hour"] == pytest.approx(told["key_bits"] / (told["samples"] / told["rate_hz"] / 3600))
    assert json.loads(json.dumps(told)) == told


def test_what_travels_is_an_account_that_its_reader_can_add_up(report, certificate):
    told = certificate.to_json()
    assert sum(line["bits"] for line in told["ledger"]) == pytest.approx(told["key_bits"])
    public = {entry for entry in report.ledger.entries if entry.bits < 0}
    assert {(line["what"], line["bits"]) for line in told["ledger"][1:]} == public
    assert told["ledger"][0]["bits"] <= report.ledger.entries[0].bits


def test_the_private_part_is_there_only_when_asked_for(report, certificate):
    own = certificate.to_json(private=True)["private"]
    assert "private" not in certificate.to_json()
    assert own["guessers"] == dict(report.worth.by)
    assert own["secure_bits"] == report.secure_bits
    assert own["ledger"][0]["bits"] == report.ledger.entries[0].bits
    share = report.secure_bits_per_sample / report.mutual_information_per_sample
    assert own["secure_share_of_mutual_information"] == pytest.approx(share)


def test_neither_keys_nor_private_numbers_are_in_the_repr(report, certificate):
    text = repr(certificate) + str(certificate) + json.dumps(certificate.to_json(private=True))
    for key in report.keys_a:
        assert key.reveal_secret_bytes().hex() not in text
    assert "private" not in repr(certificate)


# the attack: read secret samples' entropy, error rate or limit off a certificate that was handed round
@settings(max_examples=60, deadline=None)
@given(more=st.floats(0, 250), errors=st.floats(0, 0.5), limit=st.floats(0, 8), other=st.floats(0, 3))
def test_realised_numbers_of_secret_samples_do_not_travel(report, more, errors, limit, other):
    first, *rest = report.ledger.entries
    surplus = Ledger((first._replace(bits=first.bits + more), *rest), report.ledger.assumptions)
    excess = surplus.pay("more than the mutual information of the channel allows", more / 2)
    changed = replace(
        report,
        ledger=excess,
        bit_error_rate=errors,
        mutual_information_per_sample=limit,
        pearson_raw=other,
        min_entropy_per_bit=other,
        secure_bits=report.secure_bits + int(more / 2),
        key_rate={5: other, 10: other, 20: other},
        worth=Estimate(other, {"some guesser": other}, 2.0),
    )
    assert sf.certify(changed, SCHEME).to_json() == sf.certify(report, SCHEME).to_json()


def test_without_a_key_no_entropy_is_claimed():
    told = travelling(Ledger().earn("entropy", 900.5).pay("told", 800.0).pay("given up: no string", 100.5), 0)
    assert [entry.bits for entry in told.entries] == [-800.0]
    assert told.secure_bits == 0


def test_both_ends_certificates_match_and_go_through_json(report, certificate):
    certificate.matches(sf.certify(report, SCHEME))
    certificate.matches(json.loads(json.dumps(certificate.to_json())))
    elsewhere = certificate.to_json() | {"versions": {"samefade": "9"}, "dropped": {}}
    certificate.matches(elsewhere)


@pytest.mark.parametrize("name", ["claim", "keys", "key_bits", "samples", "bits", "epsilon", "terms", "ledger"])
def test_verification_raises_with_both_values_where_the_ends_differ(certificate, name):
    theirs = json.loads(json.dumps(certificate.to_json()))
    lies = {
        "claim": lambda _own: "bounded",
        "epsilon": lambda own: own | {"hashing": 2**-32},
        "terms": lambda own: own | {"seed": "00"},
        "ledger": lambda own: own[:-1],
    }
    theirs[name] = lies.get(name, lambda own: own - 1)(theirs[name])
    with pytest.raises(KeysDiffer) as told:
        certificate.matches(theirs)
    assert name in str(told.value)
    assert {"a", "b"} <= told.value.numbers.keys()
    assert told.value.exit_code == 4


def test_a_certificate_with_something_missing_or_of_another_kind_is_refused(certificate):
    for broken in ({}, {"schema": "samefade.key/1"}, certificate.to_json() | {"ledger": None}):
        with pytest.raises(KeysDiffer):
            certificate.matches(broken)


def test_a_tampered_ledger_names_its_line_and_both_numbers(certificate):
    theirs = certificate.to_json()
    theirs["ledger"] = [dict(line) for line in theirs["ledger"]]
    theirs["ledger"][0]["bits"] += 1.0
    with pytest.raises(KeysDiffer, match="ledger, line 1, bits"):
        certificate.matches(theirs)


def test_numbers_are_the_same_but_for_their_last_digits_and_truth_is_no_number():
    same("x", 0.1 + 0.2, 0.3)
    same("x", 1, 1.0)
    for ours, theirs in ((True, 1), (1.0, 1.0001), ("1", 1), (None, 0), ([1], [1, 2]), ({"a": 1}, {"b": 1})):
        with pytest.raises(KeysDiffer):
            same("x", ours, theirs)
