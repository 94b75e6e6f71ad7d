from dataclasses import replace

import numpy as np
import pytest
from scipy import signal

from samefade.errors import ConstantSignal, EndsDisagree, NotReciprocal, OutOfRange, TooFewSamples
from samefade.restore import BandFilter, CoherentBand, Golay, Raw, oracle_band
from samefade.restore.thresholds import STEP
from samefade.types import Band, Kept, Observation, Spoken, Terms
from samefade.wavelet import coherence

RATE, N = 10.0, 1024
START = Terms(RATE)


def ends(seed, half=Spoken, n=N, noise=1.0, tones=None):
    """Make two ends that share an Ornstein–Uhlenbeck process (10 s) under independent white noise of equal power."""
    rng = np.random.default_rng(seed)
    phi = np.exp(-1 / 100)
    shape = (n + 1000,) if tones is None else (n + 1000, tones)
    shared = signal.lfilter([np.sqrt(1 - phi**2)], [1, -phi], rng.normal(size=shape), axis=0)[1000:]
    heard = np.ones(n, bool)
    return tuple(half(20 + shared + noise * rng.normal(size=shared.shape), RATE, heard, end) for end in ("a", "b"))


@pytest.fixture(scope="module")
def block():
    return ends(1)


@pytest.fixture(scope="module")
def agreed(block):
    return CoherentBand(longest_run=True).agree(*block, START)


def rows_that_pass(found, level, share):
    """Count F_r from the coherence's own cells, as Algorithm 1 is written."""
    passing, available = [], 0
    for row, cone, f in zip(found.rows, found.cone, found.frequency, strict=True):
        inside = row[cone : found.n - cone]
        available += inside.size > 0
        if inside.size and np.count_nonzero(inside > level) >= share * inside.size:
            passing.append(f)
    return passing, available


@pytest.mark.parametrize(
    ("rule", "seed"),
    [(CoherentBand(), 1), (CoherentBand(hold=0.25, share=0.3), 2), (CoherentBand(lower="samples", ease=0.6), 1)],
)
def test_the_thresholds_are_the_highest_at_which_half_of_the_frequencies_pass(rule, seed):
    a, b = ends(seed)
    terms = rule.agree(a, b, START)
    level, share = terms.thresholds["coherence"], terms.thresholds["samples"] / terms.thresholds["block"]
    found = coherence(a.values, b.values, rate=RATE, grid="full")
    # the agreement counts on the decimated grid, which may differ by a row or two from the full one
    passing, available = rows_that_pass(found, level, share)
    assert len(passing) >= rule.share * available - 2
    assert terms.band.low == pytest.approx(min(passing), rel=0.13)
    if rule.lower == "coherence":
        assert share == rule.hold
        assert len(rows_that_pass(found, level + STEP, share)[0]) <= rule.share * available + 2
    else:
        assert level == pytest.approx(rule.ease * found.maximum(), abs=0.02)
        assert len(rows_that_pass(found, level, share + STEP)[0]) <= rule.share * available + 2


def test_the_published_numbers_lie_on_a_public_grid(agreed):
    assert agreed.thresholds["coherence"] == round(agreed.thresholds["coherence"], 2)
    assert agreed.thresholds["samples"] == N / 2
    assert agreed.thresholds["block"] == N


def test_restoring_over_the_agreed_band_beats_golay(agreed):
    # 1,024 samples: r scatters by about .02 over seeds; raw is near .4, Golay near .8, the band near .9
    r = {}
    for restorer in (Raw(), Golay(), CoherentBand()):
        pairs = [[restorer.restore(x, agreed) for x in ends(seed, Kept)] for seed in (11, 12, 13)]
        r[type(restorer)] = np.mean(
            [np.corrcoef(a.values[a.usable & b.usable], b.values[a.usable & b.usable])[0, 1] for a, b in pairs]
        )
    assert r[Raw] + 0.2 < r[Golay]
    assert r[Golay] + 0.05 < r[CoherentBand]


def test_in_short_blocks_the_whole_range_spans_everything_by_chance():
    # the pitfall of [min F_r, max F_r]: rows near half the rate are coherent by chance
    whole = [CoherentBand().agree(*ends(seed), START).band.high for seed in range(3)]
    run = [CoherentBand(longest_run=True).agree(*ends(seed), START).band.high for seed in range(3)]
    assert max(whole) > 4
    assert max(run) < 0.6


def test_several_tones_agree_on_one_band(agreed):
    terms = CoherentBand(longest_run=True).agree(*ends(1, tones=3), START)
    assert terms.band.high == pytest.approx(agreed.band.high, rel=1.5)
    assert terms.band.voices == 12


def test_terms_keep_what_they_held(block):
    before = Terms(RATE, lag=3, thresholds={"other": 1.0}, edges={"a": (1.0,)})
    after = CoherentBand().agree(*block, before)
    assert (after.lag, after.edges, after.thresholds["other"]) == (3, before.edges, 1.0)


def test_the_rival_agrees_on_the_same_band(block, agreed):
    assert BandFilter(CoherentBand(longest_run=True)).agree(*block, START) == agreed


def test_kept_samples_do_not_take_part_in_an_agreement(block):
    kept = ends(1, Kept)
    for pair in (kept, (block[0], kept[1]), (kept[0], block[1])):
        with pytest.raises(TypeError, match="oracle_band"):
            CoherentBand().agree(*pair, START)


def test_the_oracle_is_algorithm_one_on_both_kept_blocks(agreed):
    rule = CoherentBand(reading="oracle", longest_run=True)
    assert oracle_band(*ends(1, Kept), rule) == agreed.band
    x = ends(5, Kept)[0]
    told = replace(agreed, band=oracle_band(*ends(5, Kept), rule))
    assert np.array_equal(rule.restore(x, told).values, CoherentBand().restore(x, told).values)


def test_two_looks_of_one_end_find_a_band_too():
    rule = CoherentBand(longest_run=True)
    terms = rule.agree(*ends(1, n=4096), START)
    a, b = ends(2, Kept, n=4096)
    x, y = (replace(rule, reading="self").restore(end, terms).values for end in (a, b))
    assert np.corrcoef(x, y)[0, 1] > np.corrcoef(a.values, b.values)[0, 1] + 0.2


def test_the_most_literal_reading_fails():
    # little noise: the agreed coherence is near 1, and |W| is near its maximum almost nowhere
    for seed in range(3):
        terms = CoherentBand().agree(*ends(seed, noise=0.1), START)
        assert terms.thresholds["coherence"] > 0.8
        with pytest.raises(NotReciprocal, match="own frequencies"):
            CoherentBand(reading="scalogram").restore(ends(seed + 20, Kept, noise=0.1)[0], terms)


@pytest.mark.parametrize("reading", ["self", "scalogram"])
@pytest.mark.parametrize(
    "told", [{}, {"coherence": 0.5, "samples": 0, "block": 9}, {"coherence": 0.5, "samples": 9, "block": 8}]
)
def test_an_end_that_looks_alone_needs_honest_thresholds(block, reading, told):
    with pytest.raises(OutOfRange):
        CoherentBand(reading=reading).restore(block[0], Terms(RATE, band=Band(0.1, 0.5), thresholds=told))


def test_silence_where_too_few_frequencies_pass(block):
    with pytest.raises(NotReciprocal, match="frequencies hold"):
        CoherentBand(lower="samples", ease=1.0).agree(*block, START)
    with pytest.raises(NotReciprocal, match="hold for"):
        CoherentBand(share=1.0, hold=1.0).agree(*block, START)


@pytest.mark.parametrize(
    "absurd",
    [{"share": 0}, {"share": 1.1}, {"hold": -1}, {"ease": np.nan}, {"least": 0}, {"lower": "both"}, {"voices": 0}],
)
def test_absurd_parameters_are_refused(block, absurd):
    with pytest.raises(OutOfRange):
        CoherentBand(**absurd).agree(*block, START)


def test_ends_that_do_not_fit_are_refused(block):
    a, b = block
    with pytest.raises(EndsDisagree):
        CoherentBand().agree(a, b.window(0, N - 1), START)
    with pytest.raises(EndsDisagree):
        CoherentBand().agree(a, replace(b, rate=5.0), START)
    with pytest.raises(EndsDisagree):
        CoherentBand().agree(a, b, Terms(5.0))
    with pytest.raises(ConstantSignal):
        CoherentBand().agree(a, Observation(np.ones(N), RATE, np.ones(N, bool), "b"), START)
    with pytest.raises(TooFewSamples):
        CoherentBand().agree(a.window(0, 3), b.window(0, 3), START)
