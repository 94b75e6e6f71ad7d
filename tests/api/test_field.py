"""What the field reports, without an account: the same numbers as a run's, and an oracle's terms are welcome here."""

from dataclasses import replace

import numpy as np
import pytest

from samefade import api, channel, metrics, observe, restore, schemes
from samefade.api.field import field
from samefade.api.running import halves
from samefade.errors import TooFewSamples
from samefade.types import Observation, Pair

SEED = bytes(32)


def carried(seed):
    world = channel.simulate(replace(channel.scenario("carried"), seconds=300), seed, tones=(6,))
    return observe.pair(world.a, world.b, tone=6)


@pytest.fixture(scope="module")
def pair():
    return carried(1)


@pytest.mark.parametrize("name", ["raw", "golay", "wskg", "packet", "decimated"])
def test_the_field_counts_what_a_run_counts(pair, name):
    scheme = schemes.find(name)
    report = api.run(scheme, pair, seed=SEED)
    counted = field(scheme, halves(pair, None)[1], report.terms)
    assert counted.bits == report.bits
    assert counted.bit_error_rate == report.bit_error_rate
    assert {t: rate.bits_per_packet for t, rate in counted.keys.items()} == report.key_rate
    assert metrics.pearson(*counted.features()) == pytest.approx(report.pearson_restored)


def test_terms_of_another_record_can_be_met_with_this_one(pair):
    scheme = schemes.Wskg()
    other = halves(carried(2), None)[0]
    terms = replace(scheme.agree(other.a, other.b), rate=pair.rate)
    report = api.run(scheme, pair, terms=terms, seed=SEED)
    assert report.terms == terms
    assert report.terms.band != api.run(scheme, pair, seed=SEED).terms.band


def test_an_oracle_may_have_seen_the_kept_half(pair):
    scheme = schemes.Wskg()
    spoken, kept = halves(pair, None)
    band = restore.oracle_band(kept.a, kept.b, scheme.restore)
    seen = replace(scheme.agree(spoken.a, spoken.b), band=band)
    assert field(scheme, kept, seen).terms.band == band


def test_a_record_that_fills_no_key_has_no_key_rate():
    rng = np.random.default_rng(0)
    fade, heard = rng.standard_normal(120), np.ones(120, bool)
    a, b = (Observation(fade + 0.01 * rng.standard_normal(120), 10.0, heard, end) for end in "ab")
    spoken, kept = halves(Pair(a, b), None)
    counted = field(schemes.Raw(), kept, schemes.Raw().agree(spoken.a, spoken.b))
    assert 0 < counted.bits < 256
    assert all(rate.keys == 0 and rate.bits_per_packet == 0 for rate in counted.keys.values())


def test_two_ends_that_never_heard_the_same_packet(pair):
    scheme = schemes.Raw()
    spoken, kept = halves(pair, None)
    early = np.arange(len(kept)) < len(kept) // 2
    deaf = replace(kept, a=replace(kept.a, mask=early), b=replace(kept.b, mask=~early))
    with pytest.raises(TooFewSamples):
        field(scheme, deaf, scheme.agree(spoken.a, spoken.b))
