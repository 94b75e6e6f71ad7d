"""The published schemes for LoRa: found by name, alike at both ends, and issuing nothing where nothing is secret."""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.signal import lfilter

import samefade as sf
from samefade import schemes
from samefade.align import NoLag
from samefade.amplify import Toeplitz
from samefade.api.running import quantised
from samefade.channel.registers import registers
from samefade.entropy import Estimate
from samefade.errors import NotEnough, NotReciprocal, TooFewSamples, UnknownName
from samefade.quantize import DROPPING, Cdf, Guarded
from samefade.reconcile import Bch, Blocks, Compressed, ReedSolomon, Slices
from samefade.schemes.farflung import LPWAN, Exchanged, LoraLisk, RegisterRssi, TurnAround
from samefade.session.terms import pack_terms, unpack_terms
from samefade.types import Kept, Observation, Pair
from samefade.wire.cbor import decode, encode

sys.path.insert(0, str(Path(__file__).parents[1] / "session"))

SEED = bytes(range(32))
NAMES = [scheme.name for scheme in LPWAN]
TRAPS = ["lorawan-campus/static_nlos", "lora-synthetic-trap", "lte-negative"]
# with the others the price of naming what was kept, of blocks or of sums leaves nothing even here
ABLE = ["zhang_differential", "multi_level", "flora", "complexity_adaptive", "han_v2v", "register_rssi"]


def white(n=12_000, noise=0.2, seed=1, spread=6.0, eve=None):
    """A fade that is new with every packet, 30 dB above the noise: as good as it can be."""
    rng = np.random.default_rng(seed)
    fade = spread * rng.standard_normal(n)
    deviations = {"a": noise, "b": noise} | ({} if eve is None else {"e": eve})
    heard = np.ones(n, bool)
    return Pair(
        *(Observation(-90 + fade + each * rng.standard_normal(n), 1.0, heard, end) for end, each in deviations.items())
    )


@pytest.mark.parametrize("name", NAMES)
def test_they_are_found_by_name_and_are_no_part_of_the_default_list(name):
    scheme = schemes.find(name)
    assert isinstance(scheme, Exchanged)
    assert isinstance(scheme.quantize, DROPPING)
    assert scheme in schemes.named("lpwan")
    assert schemes.lpwan()[name] == scheme == replace(scheme)
    assert hash(scheme) == hash(replace(scheme))
    assert type(scheme).__name__ in repr(scheme)
    assert schemes.find(f"{name}-nosync") == replace(scheme, align=NoLag())
    assert name not in schemes.schemes()
    assert type(scheme).__doc__.count("ours") + type(scheme).__doc__.count("Ours") or name == "lorakeygen"


def test_names_that_nobody_has_are_refused_with_these_among_the_known():
    assert schemes.named("wskg") == (schemes.find("wskg"),)
    with pytest.raises(UnknownName, match="lora_lisk"):
        schemes.named("nonsense")


@pytest.mark.parametrize("name", NAMES)
def test_both_ends_keep_the_same_samples_and_few_bits_differ(name):
    scheme = schemes.find(name)
    spoken, kept = white(4000).split(fraction=0.25)
    terms = scheme.agree(spoken.a, spoken.b)
    assert terms == scheme.agree(spoken.a, spoken.b)
    made = quantised(scheme, kept, terms)
    assert np.array_equal(made.a.index, made.b.index)
    assert len(made.a) > 100
    differ = np.mean(scheme.hard_bits(made.a, terms) != scheme.hard_bits(made.b, terms))
    assert differ < 0.06
    # what calibration expects of spoken samples is what comes: 3,000 kept of one law
    assert terms.expected_errors == pytest.approx(max(differ, 0.001), abs=0.01)
    if len(made.a) < len(made.fa):
        assert made.a.public.paid > 0


@pytest.mark.parametrize("name", NAMES)
def test_no_public_term_depends_on_a_kept_sample(name):
    scheme = schemes.find(name)
    pair = white(3000)
    spoken, kept = pair.split(fraction=0.5)
    with pytest.raises(TypeError, match="only Spoken"):
        scheme.agree(kept.a, kept.b)
    changed = pair.each(lambda x: replace(x, values=np.r_[x.values[:1500], x.values[1500:] * 7 + 3]))
    again, _ = changed.split(fraction=0.5)
    assert scheme.agree(spoken.a, spoken.b) == scheme.agree(again.a, again.b)


@pytest.mark.parametrize("name", NAMES)
def test_terms_cross_the_air(name):
    scheme = schemes.find(name)
    spoken, _ = white(1600).split(fraction=0.5)
    terms = scheme.agree(spoken.a, spoken.b, bytes(range(16)))
    assert unpack_terms(decode(encode(pack_terms(terms))), rate=terms.rate, samples=800) == terms


@pytest.mark.parametrize("name", ABLE)
def test_where_every_packet_brings_a_new_fade_they_issue_the_same_keys_at_both_ends(name):
    report = sf.run(schemes.find(name), white(), seed=SEED)
    assert report.keys_match
    assert report.refusal is None


def worth_nothing(scheme, pair):
    try:
        report = sf.run(scheme, pair, seed=SEED)
    except NotEnough:
        return True
    return report.refusal is not None and report.secure_bits == 0 and not (report.keys_a or report.keys_b)


@pytest.mark.parametrize("name", TRAPS)
@pytest.mark.parametrize("scheme", LPWAN, ids=NAMES)
def test_a_recorded_trap_gives_no_key(data_dir, monkeypatch, scheme, name):
    monkeypatch.setenv("SAMEFADE_DATA", str(data_dir))
    assert worth_nothing(scheme, sf.read_set(name))


@pytest.mark.parametrize("scheme", LPWAN, ids=NAMES)
def test_neither_do_two_noises_nor_a_constant(scheme):
    rng = np.random.default_rng(2)
    heard = np.ones(4000, bool)
    a, b = (Observation(-90 + 6 * rng.standard_normal(4000), 1.0, heard, end) for end in "ab")
    assert worth_nothing(scheme, Pair(a, b))
    assert worth_nothing(scheme, Pair(a, replace(b, values=np.full(4000, -90.0))))


@pytest.mark.parametrize("scheme", LPWAN, ids=NAMES)
def test_an_eavesdropper_who_hears_as_well_takes_most_of_what_it_is_worth(scheme):
    spoken, kept = white(1600, eve=0.2).split(fraction=0.25)
    terms = scheme.agree(spoken.a, spoken.b)
    feature = scheme.feature(kept.a, terms)
    symbols = scheme.symbols(feature, terms)
    heard, alone = (scheme.worth(symbols, feature, terms, spoken=spoken.a, eve=eve) for eve in (kept.e, None))
    assert heard.per_symbol < 0.5 * alone.per_symbol


@pytest.mark.parametrize("name", ["zhang_differential", "multi_level"])
def test_nobody_who_listens_adds_anything(name):
    """A slow fade, and an eavesdropper who hears noise alone: what is estimated with her may come out larger."""
    scheme, heard = schemes.find(name), np.ones(1600, bool)
    fade = 6 * lfilter([np.sqrt(1 - 0.97**2)], [1, -0.97], np.random.default_rng(3).standard_normal(1600))
    for seed in (10, 14):
        noises = (0.3 * np.random.default_rng(seed + late).standard_normal(1600) for late in (0, 100, 200))
        signals = (noise + (0 if end == "e" else fade) - 90 for noise, end in zip(noises, "abe", strict=True))
        pair = Pair(*(Observation(x, 1.0, heard, end) for x, end in zip(signals, "abe", strict=True)))
        spoken, kept = pair.split(fraction=0.25)
        terms = scheme.agree(spoken.a, spoken.b)
        feature = scheme.feature(kept.a, terms)
        symbols = scheme.symbols(feature, terms)
        with_her, alone = (scheme.worth(symbols, feature, terms, spoken=spoken.a, eve=eve) for eve in (kept.e, None))
        assert with_her.per_symbol <= alone.per_symbol


# what only one of them does


def test_lisk_refuses_ends_whose_samples_are_distributed_differently():
    pair = white(2000)
    bent = replace(pair.b, values=np.exp((pair.b.values + 90) / 3))
    spoken, _ = Pair(pair.a, bent).split(fraction=0.5)
    with pytest.raises(NotReciprocal, match="apart"):
        LoraLisk().agree(spoken.a, spoken.b)
    alike, _ = pair.split(fraction=0.5)
    assert LoraLisk().agree(alike.a, alike.b).thresholds["ks"] < 0.1


def test_lisks_distance_is_that_of_kolmogorov_and_smirnov():
    from scipy.stats import ks_2samp

    scheme = LoraLisk(most_apart=1.0)
    pair = white(1000, noise=4.0)
    spoken, _ = pair.split(fraction=0.5)
    terms = scheme.agree(spoken.a, spoken.b)
    a, b = (scheme.feature(x, terms) for x in (spoken.a, spoken.b))
    both = a.usable & b.usable
    x, y = ((f.values[both] - f.values[both].mean()) / f.values[both].std() for f in (a, b))
    assert terms.thresholds["ks"] == pytest.approx(ks_2samp(x, y).statistic, abs=1e-12)


def test_flora_takes_finer_levels_of_a_better_channel_and_wider_guards_of_a_worse_one():
    chosen = {}
    for noise in (0.1, 1.5, 6.0):
        spoken, _ = white(4000, noise=noise).split(fraction=0.5)
        chosen[noise] = schemes.find("flora").agree(spoken.a, spoken.b)
    assert chosen[0.1].levels == 8
    assert chosen[6.0].levels == 2
    assert chosen[6.0].thresholds["alpha"] == 0.8
    assert chosen[0.1].levels > chosen[1.5].levels or chosen[1.5].thresholds["alpha"] > chosen[0.1].thresholds["alpha"]


def test_complexity_needs_eight_whole_segments():
    spoken, _ = white(600).split(fraction=0.4)
    with pytest.raises(TooFewSamples, match="need 8"):
        schemes.find("complexity_adaptive").agree(spoken.a, spoken.b)


def test_the_turn_around_is_b_s_last_and_a_s_first_registers():
    rows = np.arange(40.0).reshape(4, 10)
    heard = np.ones(4, bool)
    a, b, e = (TurnAround(3).restore(Observation(rows, 1.0, heard, end)).values for end in "abe")
    assert np.array_equal(a, rows[:, :3].mean(axis=1))
    assert np.array_equal(b, rows[:, -3:].mean(axis=1))
    assert np.array_equal(e, rows)
    plain = Observation(rows[:, 0], 1.0, heard, "a")
    assert np.array_equal(TurnAround().restore(plain).values, rows[:, 0])


def test_registers_near_the_turn_around_are_more_alike_than_whole_packets():
    # a walker's 4 Hz of Doppler, packets of SF7
    link = {"doppler_hz": 4.05, "airtime": 0.0515, "turn_around": 0.003, "interval": 1.0}
    pair = registers(3000, np.random.default_rng(4), **link)
    near = sf.run(RegisterRssi(), pair, seed=SEED)
    whole = sf.run(RegisterRssi(restore=TurnAround(32)), pair, seed=SEED)
    assert near.pearson_restored > 0.75
    assert whole.pearson_restored < 0.5
    assert near.bit_error_rate < whole.bit_error_rate - 0.15
    assert near.mutual_information_per_sample > 2 * whole.mutual_information_per_sample


# what they share


def test_a_quantiser_that_keeps_everything_makes_no_such_scheme():
    spoken, _ = white(400).split(fraction=0.5)
    with pytest.raises(TypeError, match="leaves no samples out"):
        Exchanged(quantize=Cdf()).agree(spoken.a, spoken.b)


def test_where_no_code_could_do_a_weaker_one_is_tried_and_does_not_crash():
    scheme = schemes.find("multi_level")
    spoken, kept = white(2000, noise=5.0).split(fraction=0.5)
    terms = scheme.agree(spoken.a, spoken.b)
    assert terms.expected_errors > 0.2
    made = quantised(scheme, kept, terms)
    assert scheme.correct(scheme.believed(made.b, made.fb, terms)).ask() is not None


@pytest.mark.parametrize("reconcile", [Bch(), Slices(), Blocks(), ReedSolomon(), Compressed()], ids=repr)
@pytest.mark.parametrize("noise", [3.0, 8.0, 30.0])
def test_a_record_too_noisy_for_a_code_is_refused_and_does_not_crash(reconcile, noise):
    """Where every code would tell the whole string that is an answer, and no fault of the parameters."""
    quick = sf.schemes.Scheme(reconcile=reconcile, amplify=Toeplitz(bits=16, epsilon=2**-4))
    for scheme in (quick, replace(schemes.find("multi_level"), reconcile=reconcile, amplify=quick.amplify)):
        report = sf.run(scheme, white(3000, noise=noise), seed=SEED)
        assert report.refusal.exit_code in (3, 4)
        assert not report.keys_a
        assert not report.keys_b
        assert report.secure_bits == 0


def test_naming_the_same_samples_is_charged_too():
    """A set of kept samples that happens to be the same at both ends was told all the same."""
    spoken, kept = white(2000, noise=0.0).split(fraction=0.5)
    scheme = schemes.find("multi_level")
    made = quantised(scheme, kept, scheme.agree(spoken.a, spoken.b))
    assert np.array_equal(made.a.index, made.b.index)
    assert made.a.public.paid > 0.3 * len(made.fa)  # a tenth dropped: h(.1) = .47 bits a sample


def test_two_ends_of_a_session_agree_over_the_air():
    from session_ends import PLAN, failure, initiator, never_wrong, responder, revealed, run

    # the protocol is under test here, and not the price
    class Priced(schemes.find("multi_level").__class__):
        def worth(self, symbols, feature, terms, *, spoken, eve):  # noqa: ARG002
            return Estimate(1.9, {"by hand": 1.9}, 2.0, ("nothing was judged: a test",))

        def limit(self, kept, terms):  # noqa: ARG002
            return 3.0

    scheme = Priced(quantize=Guarded(4, 0.02), amplify=Toeplitz(bits=64, epsilon=2**-8))
    heard = white(1600, noise=0.02, seed=3)
    ends = tuple(
        Observation(x.values.astype(np.float32).astype(np.float64), 10.0, x.mask, x.end) for x in (heard.a, heard.b)
    )
    plan = replace(PLAN, scheme=scheme.name, kept=1000)
    outcome = run(initiator(plan=plan, scheme=scheme), responder(scheme=scheme), heard=ends)
    assert revealed(outcome.a), (failure(outcome.a), failure(outcome.b))
    assert revealed(outcome.a) == revealed(outcome.b)
    never_wrong(outcome.a, outcome.b)


def test_only_kept_samples_are_priced():
    spoken, _ = white(400).split(fraction=0.5)
    scheme = schemes.find("multi_level")
    terms = scheme.agree(spoken.a, spoken.b)
    with pytest.raises(TypeError, match="only Kept"):
        scheme.symbols(scheme.feature(spoken.a, terms), terms)
    assert not isinstance(spoken.a, Kept)
