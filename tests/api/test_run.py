"""A run of a scheme: the same keys at both ends, an account that adds up, and an honest no."""

import json
from dataclasses import dataclass, replace

import numpy as np
import pytest

import samefade as sf
from samefade import api, schemes
from samefade.errors import ConstantSignal, KeysDiffer, NotReciprocal, TooFewSamples, TooLittleEntropy
from samefade.reconcile import Polar
from samefade.types import Observation, Pair

SEED = bytes(range(32))


def pair_of(a, b, e=None, rate=10.0):
    heard = np.ones(len(a), bool)
    eve = None if e is None else Observation(e, rate, heard, "e")
    return Pair(Observation(a, rate, heard, "a"), Observation(b, rate, heard, "b"), eve)


def lively(n=20_000, noise=0.05, seed=1):
    """A fast channel at 26 dB: enough for keys."""
    rng = np.random.default_rng(seed)
    from scipy.signal import lfilter

    x = lfilter([1], [1, -0.5], rng.standard_normal(n))
    return x + noise * rng.standard_normal(n), x + noise * rng.standard_normal(n)


@pytest.fixture(scope="module")
def report():
    return sf.run(sf.schemes.Decimated(), pair_of(*lively()), seed=SEED)


def test_both_ends_hold_the_same_keys(report):
    assert report.keys_match
    assert len(report.keys_a) >= 2
    assert len({k.reveal_secret_bytes() for k in report.keys_a}) == len(report.keys_a)
    assert report.claim == "estimate"
    assert report.refusal is None


def test_the_account_adds_up_and_never_exceeds_the_mutual_information(report):
    ledger = report.ledger
    assert ledger.balance == pytest.approx(ledger.earned - ledger.paid)
    assert 256 * len(report.keys_a) <= report.secure_bits <= report.mutual_information_per_sample * report.samples
    told = {entry.what for entry in ledger.entries if entry.bits < 0}
    assert any("cascade" in what for what in told)
    assert any("verification" in what for what in told)
    assert any("usable" in what for what in told)
    assert any("leftover hash" in what for what in told)


def test_the_report_is_json_without_any_key(report):
    text = json.dumps(report.to_json())
    for key in report.keys_a:
        assert key.reveal_secret_bytes().hex() not in text
    wanted = {
        "scheme", "samples", "rate_hz", "dropped", "terms", "lag", "pearson_raw", "pearson_restored", "bits",
        "bit_error_rate", "key_rate", "min_entropy_per_bit", "leak_bits", "secure_bits", "secure_bits_per_sample",
        "mutual_information_per_sample", "claim", "keys", "keys_match",
    }  # fmt: skip
    assert wanted <= json.loads(text).keys()
    assert json.loads(text)["key_rate"].keys() == {"5", "10", "20"}


def test_the_same_seed_gives_the_same_keys_and_another_seed_others():
    pair = pair_of(*lively(8000))
    first, again = (sf.run(sf.schemes.Decimated(), pair, seed=SEED) for _ in range(2))
    other = sf.run(sf.schemes.Decimated(), pair, seed=SEED[::-1])
    assert first.keys_a == again.keys_a
    assert first.keys_a != other.keys_a


def test_independent_ends_are_refused_as_not_reciprocal():
    rng = np.random.default_rng(2)
    report = sf.run(sf.schemes.Decimated(), pair_of(*rng.standard_normal((2, 5000))), seed=SEED)
    assert isinstance(report.refusal, NotReciprocal)
    assert report.keys_a == report.keys_b == ()
    assert report.claim == "none"
    assert report.secure_bits == 0


def test_a_short_record_is_refused_for_too_little_entropy():
    report = sf.run(sf.schemes.Decimated(), pair_of(*lively(400)), seed=SEED)
    assert isinstance(report.refusal, TooLittleEntropy)
    assert report.refusal.numbers["need"] >= 256


def test_a_shared_trend_alone_is_no_key():
    t = np.linspace(0, 100, 4000)
    rng = np.random.default_rng(3)
    a, b = t + rng.standard_normal(4000), t + rng.standard_normal(4000)
    report = sf.run(sf.schemes.Wskg(), pair_of(a, b), seed=SEED)
    assert report.refusal is not None
    assert not report.keys_a


def test_an_eavesdropper_who_hears_the_same_leaves_nothing():
    a, b = lively(8000)
    rng = np.random.default_rng(4)
    without = sf.run(sf.schemes.Decimated(), pair_of(a, b), seed=SEED)
    near = sf.run(sf.schemes.Decimated(), pair_of(a, b, a + 0.02 * rng.standard_normal(len(a))), seed=SEED)
    far = sf.run(sf.schemes.Decimated(), pair_of(a, b, rng.standard_normal(len(a))), seed=SEED)
    assert near.refusal is not None
    assert near.ledger.balance < without.ledger.balance - 1000
    assert far.keys_match


def test_constant_and_tiny_records_are_refused_with_numbers():
    with pytest.raises(ConstantSignal):
        sf.run(sf.schemes.Decimated(), pair_of(np.full(500, 3.0), np.full(500, 3.0)))
    with pytest.raises(TooFewSamples):
        sf.run(sf.schemes.Decimated(), pair_of(np.arange(3.0), np.arange(3.0)))


def test_compare_gives_every_scheme_a_row():
    pair = pair_of(*lively(3000))
    rows = api.compare([sf.schemes.Raw(), sf.schemes.Wskg(), sf.schemes.Decimated()], pair, seed=SEED)
    assert [row.scheme for row in rows] == ["raw", "wskg", "decimated"]
    assert all(row.report is not None for row in rows)


def test_the_steps_are_told():
    told = []
    sf.run(sf.schemes.Raw(), pair_of(*lively(1000)), seed=SEED, progress=told.append)
    assert len(told) >= 4


def test_the_pipeline_reads_as_the_readme_writes_it():
    spoken, kept = pair_of(*lively(8000)).split(minutes=3)
    scheme = sf.schemes.Wskg(levels=2)
    terms = scheme.agree(spoken.a, spoken.b)
    a, b = scheme.bits(kept.a, terms), scheme.bits(kept.b, terms)
    fixed, ledger = sf.reconcile.talk(scheme.answer(a), scheme.correct(b))
    assert len(fixed) <= len(a)
    with pytest.raises(sf.errors.TooLittleEntropy):
        sf.amplify.Toeplitz(10**6).amplify(fixed, ledger, SEED)


@pytest.mark.parametrize(("quantizer", "least"), [(sf.quantize.GuardBand(), 500), (sf.quantize.Differential(), 2)])
def test_a_quantiser_that_drops_samples_runs_and_pays_for_the_indices(quantizer, least):
    # real values never tie, so the differential quantiser drops none, and each end says so in one bit
    report = sf.run(sf.schemes.Raw(quantize=quantizer), pair_of(*lively(4000)), seed=SEED)
    assert report.bits > 500
    assert report.bit_error_rate < 0.1
    told = [-entry.bits for entry in report.ledger.entries if "indices told" in entry.what]
    assert len(told) == 2
    assert sum(told) == 2 if least == 2 else sum(told) > least


@dataclass(frozen=True)
class Miscounting:
    """Polar, but for an end that counts one bit less than was told."""

    code: Polar = Polar(frame=1024)

    def answer(self, bits, seed):
        return self.code.answer(bits, seed)

    def correct(self, bits, seed, estimate):
        honest = self.code.correct(bits, seed, estimate)
        charged = honest._charged

        def less():
            ledger = charged()
            last = ledger.entries[-1]
            return replace(ledger, entries=(*ledger.entries[:-1], last._replace(bits=last.bits + 1)))

        honest._charged = less
        return honest


def test_ends_whose_accounts_differ_get_no_key():
    rng = np.random.default_rng(9)
    fade = np.convolve(rng.standard_normal(6002), np.ones(3), "valid")
    ends = (Observation(fade + 0.1 * rng.standard_normal(6000), 10.0, np.ones(6000, bool), end) for end in "ab")
    pair = Pair(*ends)
    assert api.run(schemes.Strata(reconcile=Polar(frame=1024)), pair, seed=bytes(32)).keys_match
    report = api.run(schemes.Strata(reconcile=Miscounting()), pair, seed=bytes(32))
    assert isinstance(report.refusal, KeysDiffer)
    assert not report.keys_a
    assert not report.keys_b
    assert report.claim == "none"
    numbers = report.refusal.numbers
    assert numbers["account_a"] - numbers["account_b"] == pytest.approx(1)
