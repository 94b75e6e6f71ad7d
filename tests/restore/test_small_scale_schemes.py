"""Schemes whose restorer is the small-scale part of a decomposition: terms cross the air, and Eve tosses coins."""

import numpy as np
import pytest

import samefade as sf
from samefade import channel
from samefade.align import NoLag
from samefade.restore import (
    BandFilter,
    BandPass,
    Cosine,
    Detrend,
    Difference,
    Dwt,
    FixedBand,
    Golay,
    Innovation,
    Kalman,
    Principal,
    Raw,
    SmallScale,
)
from samefade.schemes import Scheme
from samefade.session.terms import pack_terms, unpack_terms
from samefade.types import Observation, Pair

N = 4000
RESTORERS = [
    SmallScale(Golay(21, 2)), SmallScale(BandFilter(rule=FixedBand())), SmallScale(Principal(16, 1, 8)), BandPass(),
    Cosine(16, 1, 8), Detrend(), Difference(), Dwt(), Innovation(), Kalman(), Principal(16, 1, 8),
]  # fmt: skip


def walker(time, n=N):
    """A walker whose probes come back at once (ρ_T of the gains is `time`), and Eve in the same shadow."""
    rng = np.random.default_rng(1)
    shadow = channel.shadowing(1.4 * np.arange(n), 6, 50, rng)
    a, other, e = ((rng.normal(size=(n, 2)) @ [1, 1j]) / 2**0.5 for _ in range(3))
    gains = {"a": a, "b": time * a + (1 - time**2) ** 0.5 * other, "e": e}
    mask = rng.random(n) > 0.02
    ends = {end: Observation(shadow + 20 * np.log10(np.abs(h)), 1.0, mask, end, "dBm") for end, h in gains.items()}
    return Pair(**ends)


@pytest.fixture(scope="module")
def pair():
    return walker(0.99)


def bits(scheme, pair):
    """Return the hard bits of both ends and of Eve, who does all that they do, by terms that crossed the air."""
    spoken, kept = pair.split(fraction=0.25)
    terms = scheme.agree(spoken.a, spoken.b)
    heard = unpack_terms(pack_terms(terms), rate=1.0, samples=len(kept))
    assert heard == terms
    usable = scheme.feature(kept.a, terms).usable & scheme.feature(kept.b, terms).usable
    usable &= scheme.feature(kept.e, terms).usable
    return [scheme.hard_bits(scheme.symbols(x, heard, usable), heard) for x in (kept.a, kept.b, kept.e)]


@pytest.mark.parametrize("restorer", RESTORERS, ids=str)
def test_the_ends_agree_and_eve_tosses_coins(restorer, pair):
    a, b, e = bits(Scheme(restore=restorer, align=NoLag(), levels=2), pair)
    assert len(a) > 500
    assert np.mean(a != b) < 0.2
    # she shares the shadowing that is left, r below .15: arccos(.15)/π = .45, and .04 for chance
    assert 0.41 < np.mean(a != e) < 0.55


def test_without_a_decomposition_eve_has_bits_of_the_key(pair):
    a, b, e = bits(Scheme(restore=Raw(), align=NoLag(), levels=2), pair)
    assert np.mean(a != b) < 0.1
    assert np.mean(a != e) < 0.38  # r .53: arccos(.53)/π = .32


@pytest.mark.parametrize("restorer", [Raw(), Principal(16, 1, 8), Kalman()], ids=str)
def test_a_white_small_scale_makes_a_key_where_raw_samples_make_none(restorer):
    """Raw samples repeat what they share, and most of it is Eve's: the account leaves nothing of them."""
    # half of each window is dropped as large scale and noise, so that it takes twice as long to fill a key
    pair = walker(0.999, 4 * N if isinstance(restorer, Principal) else N)
    report = sf.run(Scheme(restore=restorer, align=NoLag(), levels=4), pair)
    if restorer == Raw():
        assert report.secure_bits == 0
    else:
        assert report.keys_match
        assert report.secure_bits > 256
    assert report.secure_bits_per_sample <= report.mutual_information_per_sample
