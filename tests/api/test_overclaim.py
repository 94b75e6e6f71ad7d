"""The field's number of a scheme, held against what its band can carry."""

from math import inf, log2

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.signal import lfilter

from samefade import api, channel, observe, schemes
from samefade.api.overclaim import Overclaim, edges, shared
from samefade.entropy import Information, mutual_information
from samefade.errors import OutOfRange
from samefade.types import Band, Kept, Observation, Pair

PHI, SNR, RATE = 0.9, 10.0, 10.0


def ends(n, seed):
    rng = np.random.default_rng(seed)
    common = lfilter([np.sqrt(1 - PHI**2)], [1, -PHI], rng.standard_normal(n + 1000))[1000:]
    return common + rng.standard_normal((2, n)) / np.sqrt(SNR)


def closed_form(low, high):
    """The integral of −log2(1 − C) over the band, in cycles a sample (Gelfand and Yaglom 1957)."""

    def bits(f):
        power = (1 - PHI**2) / abs(1 - PHI * np.exp(-2j * np.pi * f)) ** 2
        return -log2(1 - (power / (power + 1 / SNR)) ** 2)

    return quad(bits, low / RATE, high / RATE)[0]


# the interval is one of 95 %: in 60 records it misses 3, and more than 10 with probability 1e-3
@pytest.mark.parametrize("band", [(0.0, 0.5), (0.3, 1.1), (2.0, 5.0)])
def test_the_information_of_a_band_is_the_integral_over_it(band):
    truth = closed_form(*band)
    found = [mutual_information(*ends(16_384, seed), RATE, band=band) for seed in range(60)]
    assert sum(not one.low <= truth <= one.high for one in found) <= 10
    assert np.mean([one.per_sample for one in found]) == pytest.approx(truth, rel=0.03)


def test_bands_add_up_to_the_whole():
    x, y = ends(8192, 1)
    parts = [mutual_information(x, y, RATE, band=band).per_sample for band in ((0, 0.77), (0.77, 3.1), (3.1, 5))]
    assert sum(parts) == pytest.approx(mutual_information(x, y, RATE).per_sample, rel=1e-9)


@pytest.mark.parametrize("band", [(1.0, 1.0), (2.0, 1.0), (-1.0, 2.0), (5.0, 6.0), (0.0, np.nan), (0.0, np.inf)])
def test_a_band_that_is_none_is_refused(band):
    with pytest.raises(OutOfRange, match="band"):
        mutual_information(*ends(2048, 2), RATE, band=band)


def kept(x, y):
    heard = np.ones(len(x), bool)
    return Pair(*(Kept(v, RATE, heard, end) for v, end in ((x, "a"), (y, "b"))))


def test_a_narrow_band_gets_segments_that_resolve_it_and_a_short_record_the_whole():
    found = shared(kept(*ends(16_384, 3)), 0, (0.1, 0.15))
    assert found.segment >= 8 * RATE / 0.05
    whole = shared(kept(*ends(1000, 3)), 0, (0.1, 0.15))
    assert whole == mutual_information(*ends(1000, 3), RATE)
    assert shared(kept(*ends(30, 3)), 0, None) is None


def test_the_edges_lie_half_a_voice_beyond_the_outermost_rows():
    low, high = edges(Band(1.0, 2.0, voices=1))
    assert (low, high) == pytest.approx((2**-0.5, 2 * 2**0.5))


def information(per_sample, high):
    return Information(per_sample, per_sample, 0.0, high, 256)


def test_only_what_exceeds_the_interval_is_marked():
    band = (0.1, 0.2)
    inside, beyond = Overclaim(0.11, band, information(0.1, 0.12)), Overclaim(1.9, band, information(0.1, 0.12))
    assert not inside.overclaims
    assert str(inside) == ""
    assert beyond.overclaims
    assert str(beyond) == "claims 19× what its band can hold"
    assert str(Overclaim(1.0, None, information(0.0, 0.01))) == "claims bits, but the channel holds none"
    assert Overclaim(1.0, None, information(0.0, 0.01)).times == inf


def test_an_unknown_limit_marks_nothing():
    unknown = Overclaim(1.0, None, None)
    assert not unknown.overclaims
    assert unknown.times == 0.0
    assert unknown.to_json()["band_information_per_sample"] is None


def test_in_a_quiet_room_the_papers_scheme_claims_more_than_its_band_holds_and_ours_does_not():
    world = channel.simulate("quiet-room", np.random.default_rng(1), tones=(6,))
    chosen = [schemes.find(name) for name in ("wskg", "strata")]
    paper, ours = api.compare(chosen, observe.pair(world.a, world.b), seed=bytes(32))
    assert paper.field.overclaims
    assert paper.field.times > 5
    assert paper.to_json()["overclaims"] is True
    assert paper.to_json()["band_information_per_sample"] < paper.to_json()["claimed_bits_per_sample"] / 5
    assert not ours.field.overclaims
    assert ours.to_json()["overclaims"] is False
    assert ours.report.secure_bits_per_sample <= ours.report.mutual_information_per_sample


def test_a_row_says_the_share_of_the_limit_and_keeps_the_schema_of_a_key():
    x, y = ends(4000, 4)
    heard = np.ones(len(x), bool)
    pair = Pair(*(Observation(v, RATE, heard, end) for v, end in ((x, "a"), (y, "b"))))
    (row,) = api.compare([schemes.find("decimated")], pair, seed=bytes(32))
    told = row.to_json()
    assert told["schema"] == "samefade.key/1"
    assert told["secure_share_of_mutual_information"] == pytest.approx(
        told["secure_bits_per_sample"] / told["mutual_information_per_sample"]
    )
