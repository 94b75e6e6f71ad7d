"""Assess any pair: the certificate, and on request every other judge of the quantised symbols."""

import numpy as np
import pytest
from scipy.signal import lfilter

import samefade as sf
from samefade.api.assessing import _quantised
from samefade.api.judged import Written, judge
from samefade.api.running import halves
from samefade.entropy.sp80090b import NAMES, assess90b
from samefade.errors import ConstantSignal, TooFewSamples, UnknownName
from samefade.quantize import widths
from samefade.types import Observation, Pair

SEED = bytes(range(32))


def pair_of(n=12_000, noise=0.05, phi=0.5, eve=False, seed=1):
    rng = np.random.default_rng(seed)
    x = lfilter([1], [1, -phi], rng.standard_normal(n))
    heard = np.ones(n, bool)
    a, b = (Observation(x + noise * rng.standard_normal(n), 10.0, heard, end) for end in "ab")
    return Pair(a, b, Observation(rng.standard_normal(n), 10.0, heard, "e") if eve else None)


@pytest.fixture(scope="module")
def full():
    return sf.assess(pair_of(eve=True), "strata", full=True, smoke=True, seed=SEED)


def test_it_runs_the_scheme_and_certifies_the_same_numbers():
    pair = pair_of(6000)
    report, found = sf.run(sf.schemes.Decimated(), pair, seed=SEED), sf.assess(pair, "decimated", seed=SEED)
    assert found.to_json(private=True)["private"]["ledger"] == report.to_json()["ledger"]
    assert found.keys == len(report.keys_a)
    assert found.private.judged is None
    assert found.private.smoke is None


def test_our_scheme_states_its_smoothing_and_that_eve_was_heard(full):
    told = full.to_json()
    assert told["scheme"] == "strata"
    assert told["epsilon"]["smoothing"] == 2**-64
    assert told["epsilon"]["sum"] == 3 * 2**-64
    assert told["eve_recorded"] is True
    assert told["keys"] >= 1
    assert full.private.stationarity is not None


def test_nists_estimators_are_asked_about_the_symbols_as_the_scheme_made_them(full):
    pair, scheme = pair_of(eve=True), sf.schemes.Strata()
    report = sf.run(scheme, pair, seed=SEED)
    kept = halves(pair, None)[1]
    written = _quantised(scheme, kept, report.terms).written
    assert len(written.values) == full.symbols
    assert written.bits.sum() == full.bits == len(written.string())
    values, width = written.of_commonest()
    assert dict(judge(written).sp80090b) == dict(full.private.judged.sp80090b)
    assert next(iter(full.private.judged.sp80090b.values())) == assess90b(values, width)
    assert set(widths(report.terms)) == set(written.bits)


def test_the_text_shows_every_table_within_a_hundred_columns(full):
    text = str(full)
    assert all(len(line) <= 100 for line in text.splitlines())
    for word in ("claim", "the account, in bits", "← counts", "SP 800-90B", "ceiling", "no evidence", "her recording"):
        assert word in text
    assert all(name in text for name in NAMES)


def test_the_smoke_test_sees_bits_before_the_hash_and_warns(full):
    smoke = full.to_json(private=True)["private"]["smoke"]
    assert smoke["bits"] == full.bits
    assert "no evidence" in smoke["warning"]


def test_no_key_is_an_answer_with_all_its_numbers():
    rng = np.random.default_rng(2)
    heard = np.ones(4000, bool)
    pair = Pair(*(Observation(rng.standard_normal(4000), 1.0, heard, end) for end in "ab"))
    found = sf.assess(pair, "raw", full=True)
    assert found.claim == "none"
    assert found.keys == found.key_bits == 0
    assert found.private.refusal is not None
    assert "none: no key is issued" in str(found)
    assert all(line["bits"] <= 0 for line in found.to_json()["ledger"])
    # nothing is shared, so the raw symbols are as good as perfect ones: NIST's number is no key rate
    assert found.private.judged.sp80090b["symbols of 2 bits"].least > 1.0


def test_symbols_of_several_widths_are_judged_as_the_commonest_and_as_bits():
    rng = np.random.default_rng(3)
    bits = np.tile([3, 1, 3], 1000)
    written = Written(rng.integers(0, 2**bits), bits)
    assert written.of_commonest()[1] == 3
    assert len(written.of_commonest()[0]) == 2000
    first = [*np.binary_repr(written.values[0], 3), *np.binary_repr(written.values[1], 1)]
    assert written.string()[:4].tolist() == [int(x) for x in first]
    found = judge(written)
    assert [a.samples for a in found.sp80090b.values()] == [2000, 7000]


def test_smooth_symbols_cost_few_guesses_and_independent_ones_as_many_as_there_are():
    rng = np.random.default_rng(4)
    free = judge(Written(rng.integers(0, 4, 12_000), np.full(12_000, 2))).guessing
    slow = np.repeat(rng.integers(0, 4, 600), 20)
    held = judge(Written(slow, np.full(12_000, 2))).guessing
    assert free.log2_guesses[50.0] == pytest.approx(255, abs=3)  # 2^256 strings: half of them, and what was mislearnt
    assert held.log2_guesses[95.0] < 80
    assert free.keys == held.keys == 6000 // 128


def test_what_cannot_be_judged_is_said_with_the_number_needed():
    few = judge(Written(np.array([0, 1, 1, 0] * 10), np.ones(40, np.int64)))
    assert few.guessing is None
    assert "20 needed" in few.skipped["cost of guessing"]
    wide = judge(Written(np.arange(6000) % 64, np.full(6000, 6)))
    assert "64 levels" in wide.skipped["cost of guessing"]
    assert few.to_json()["guessing"] is None


def test_bad_input_is_refused_as_by_run():
    with pytest.raises(UnknownName):
        sf.assess(pair_of(500), "nonsense")
    heard = np.ones(500, bool)
    with pytest.raises(ConstantSignal):
        sf.assess(Pair(*(Observation(np.full(500, 3.0), 1.0, heard, end) for end in "ab")), "raw")
    with pytest.raises(TooFewSamples):
        sf.assess(Pair(*(Observation(np.arange(3.0), 1.0, np.ones(3, bool), end) for end in "ab")), "raw")
