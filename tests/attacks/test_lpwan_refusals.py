"""Ask for a key where LPWAN recordings hold none: of 128 bits, by every scheme, however little is spoken.

The bars that these hold are in benchmarks/lpwan.py; here it is only asked that nobody is given a key.
"""

from dataclasses import replace

import numpy as np
import pytest

import samefade as sf
from samefade import observe
from samefade.amplify import Toeplitz
from samefade.entropy import stretch_means
from samefade.errors import NotEnough

SEED = bytes(32)
# learned ones take seconds to train, and have the traps of test_traps
LEARNED = {"autoencoder", "bcfl"}
KNOWN = sf.schemes.schemes() | sf.schemes.lpwan()
SCHEMES = {k: v for k, v in KNOWN.items() if not k.endswith("-nosync") and k not in LEARNED}
NOTHING = ["lorawan-campus/static_nlos", "lora-synthetic-trap", "lte-negative", "lorawan-campus/walking"]


def keys(scheme, pair, **given):
    """Return how many keys of 128 bits either end was given, and what was issued."""
    try:
        report = sf.run(replace(scheme, amplify=Toeplitz(bits=128)), pair, seed=SEED, **given)
    except NotEnough:
        return 0
    return len(report.keys_a) + len(report.keys_b) + (report.secure_bits if report.claim != "none" else 0)


@pytest.fixture
def pair_of(data_dir, monkeypatch):
    monkeypatch.setenv("SAMEFADE_DATA", str(data_dir))
    return sf.read_set


@pytest.mark.parametrize("name", NOTHING)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_no_short_key_where_nothing_is_secret(pair_of, scheme, name):
    assert keys(SCHEMES[scheme], pair_of(name)) == 0


@pytest.mark.parametrize("name", NOTHING)
@pytest.mark.parametrize("scheme", ["strata", "decimated", "raw"])
def test_nor_with_less_or_more_spoken_or_with_b_moved_between_samples(pair_of, scheme, name):
    pair = pair_of(name)
    whole = pair.a.seconds / 60
    for one in (pair, observe.interpolate(pair, 0.5), observe.interpolate(pair, -0.5)):
        assert [keys(SCHEMES[scheme], one, minutes=share * whole) for share in (0.1, 0.4)] == [0, 0]


def test_the_indoor_record_is_too_short_for_a_key_of_ours_however_it_is_paired(pair_of):
    """2,000 exchanges hold some 700 bits; smoothing, margin and tags alone take 500 of them."""
    between = pair_of("lora-indoor")
    as_heard = observe.pair(*between.recordings, half_duplex=False)
    assert [keys(SCHEMES["strata"], pair) for pair in (between, as_heard)] == [0, 0]


def test_who_knows_the_mean_level_of_every_stretch_takes_most_of_an_outdoor_key(pair_of):
    """The shorter her stretches, the less is earned; with means over 11 samples nothing is left for a key."""
    pair = pair_of("skyglow/outdoor-mobile")
    level = np.asarray(pair.a.values, np.float64)
    earned = []
    for length in (None, 51, 11):
        values = None if length is None else stretch_means(level, length, pair.a.mask)
        eve = None if values is None else replace(pair.a, values=values, end="e")
        earned.append(sf.run(SCHEMES["strata"], replace(pair, e=eve), seed=SEED).ledger.earned)
    assert earned[0] > earned[1] > earned[2]
    assert keys(SCHEMES["strata"], replace(pair, e=eve)) == 0
