"""Attack: hand over a record of which no secret can come, or one that Eve heard too. No scheme may issue a key."""

from dataclasses import replace

import numpy as np
import pytest

import samefade as sf
from samefade import channel
from samefade.errors import NotEnough
from samefade.types import Observation, Pair

SEED = bytes(range(32))
STRATA = sf.schemes.Strata()
# without synchronisation the published schemes do the same on a record whose ends are in step
SCHEMES = {k: v for k, v in sf.schemes.schemes().items() if not k.endswith("-nosync") or k.startswith("strata")}
RECORDED = ["lorawan-campus/static_nlos", "lte-negative", "lora-synthetic-trap"]
FIRST_ORDER, NOISE = 0.9, 0.01  # of a fade of power 1: 20 dB at each end


def ends(a, b, e=None):
    heard = np.ones(len(a), bool)
    return Pair(
        *(Observation(20 + x, 10.0, heard, end) for x, end in zip((a, b, e), "abe", strict=True) if x is not None)
    )


def worth_nothing(scheme, pair):
    try:
        report = sf.run(scheme, pair, seed=SEED)
    except NotEnough:
        return True
    return (
        report.refusal is not None
        and report.secure_bits == 0
        and report.claim == "none"
        and not (report.keys_a or report.keys_b)
    )


@pytest.mark.parametrize("name", RECORDED)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_recorded_trap_gives_no_key(data_dir, monkeypatch, scheme, name):
    monkeypatch.setenv("SAMEFADE_DATA", str(data_dir))
    assert worth_nothing(SCHEMES[scheme], sf.read_set(name))


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_constant_channel_gives_no_key(scheme):
    rng = np.random.default_rng(1)
    still = np.zeros(4000)
    assert worth_nothing(SCHEMES[scheme], ends(still, still))
    # one end alone varies
    assert worth_nothing(SCHEMES[scheme], ends(rng.standard_normal(4000), still))


@pytest.mark.parametrize("several", [False, True])
@pytest.mark.parametrize("scheme", SCHEMES)
def test_two_noises_that_know_nothing_of_each_other_give_no_key(scheme, several):
    a, b = np.random.default_rng(2).standard_normal((2, 4000, 8) if several else (2, 4000))
    assert worth_nothing(SCHEMES[scheme], ends(a, b))


@pytest.mark.parametrize("scheme", SCHEMES)
def test_nor_do_two_slow_drifts_that_look_alike_by_chance(scheme):
    # random walks correlate by chance: these do with r = .93, and share nothing
    walks = np.cumsum(np.random.default_rng(3).standard_normal((40, 4000)), axis=1)
    r = np.corrcoef(walks)
    a, b = np.unravel_index(np.argmax(r - 2 * np.eye(40)), r.shape)
    assert r[a, b] > 0.9
    pair = ends(*(walks[i] + 0.1 * np.random.default_rng(i).standard_normal(4000) for i in (a, b)))
    assert worth_nothing(SCHEMES[scheme], pair)


def test_the_same_trap_with_a_fade_in_it_gives_keys():
    # else the tests above would prove nothing
    assert sf.run(STRATA, fading(6000), seed=SEED).keys_match


def test_an_eavesdropper_at_hand_lowers_the_rate_by_what_she_knows(data_dir, monkeypatch):
    monkeypatch.setenv("SAMEFADE_DATA", str(data_dir))
    pair = sf.read_set("skyglow/outdoor-mobile")
    heard, alone = (sf.run(STRATA, one, seed=SEED) for one in (pair, replace(pair, e=None)))
    fall = (alone.ledger.earned - heard.ledger.earned) / heard.samples
    knows = alone.mutual_information_per_sample - heard.mutual_information_per_sample
    assert knows > 0.01
    # her part is estimated twice, from spectra and by least squares, of 4,420 samples; to take off more is no danger
    assert fall > 0.5 * knows
    assert heard.secure_bits <= max(0.0, alone.secure_bits - 0.5 * knows * heard.samples)


def fading(n, eve=None):
    """Draw a first-order Gaussian fade with each end's own noise; Eve hears it with noise of that power."""
    rng = np.random.default_rng(4)
    fade = np.sqrt(2) * channel.ar1(n, FIRST_ORDER, rng).real
    a, b = fade + np.sqrt(NOISE) * rng.standard_normal((2, n))
    return ends(a, b, None if eve is None else fade + np.sqrt(eve) * rng.standard_normal(n))


def shared(eve=None):
    """Return I(A;B|E) of that channel in closed form, bits a sample, from its spectra (Pinsker 1964)."""
    f = np.linspace(0, 0.5, 100_001)
    fade = (1 - FIRST_ORDER**2) / np.abs(1 - FIRST_ORDER * np.exp(-2j * np.pi * f)) ** 2
    left = fade if eve is None else fade * eve / (fade + eve)
    return np.trapezoid(-np.log2(1 - (left / (left + NOISE)) ** 2), f)


@pytest.mark.parametrize("noise", [0.3, 0.1])
def test_what_an_eavesdropper_knows_of_a_simulated_fade_comes_off_the_rate(noise):
    alone, heard = (sf.run(STRATA, fading(16_000, eve), seed=SEED) for eve in (None, noise))
    fall = alone.secure_bits_per_sample - heard.secure_bits_per_sample
    knows = shared() - shared(noise)
    # she is given five samples around each, which is most but not all of what her whole record tells of it
    # (a twentieth); 12,000 kept samples leave the entropy uncertain by .02 bit, one standard deviation
    assert fall == pytest.approx(knows, rel=0.05, abs=0.06)
    assert heard.claim == "bounded"
    assert heard.secure_bits_per_sample < shared(noise)


def test_an_eavesdropper_who_hears_as_well_as_the_ends_leaves_nothing():
    assert worth_nothing(STRATA, fading(16_000, NOISE))


@pytest.mark.parametrize("noise", [1e3, 10.0])
def test_no_key_grows_because_somebody_listens(noise):
    alone, heard = (sf.run(STRATA, fading(16_000, eve), seed=SEED) for eve in (None, noise))
    assert heard.ledger.earned <= alone.ledger.earned
