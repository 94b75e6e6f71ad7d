"""Attack: let a filter or a transform smear a channel that Eve can compute, so that its symbols look fresh. No key.

Windows are tried with keys of 128 bits and a polar code, which pays as little as a run ever does, at 30 dB.
Filters are tried with what a scheme has by default: of a replay of what was spoken, and of chaos, accounts of single
samples leave a few hundred bits, and only the price of Cascade refuses these.
"""

import numpy as np
import pytest
from test_predictable_channel import SIGNALS, N, T, tones

import samefade as sf
from samefade.amplify import Toeplitz
from samefade.errors import NotEnough
from samefade.reconcile import Polar
from samefade.restore import BandPass, Cosine, Difference, Dwt, Golay, Kalman, Principal, SmallScale
from samefade.schemes import Scheme
from samefade.types import Observation, Pair

SEED = bytes(range(32))
WINDOWS = [Cosine(), Cosine(64, 2, 40), Principal(), SmallScale(Principal(16, 0, 6)), SmallScale(Cosine())]
FILTERS = [Kalman(), Dwt(), Dwt(finest="threshold"), BandPass(), Difference(1, 2), SmallScale(Golay(21, 2))]
KNOWN = {name: SIGNALS[name] for name in ("sinusoid", "forty tones", "period of 701", "replay of what was spoken")}
KNOWN |= {"ten tones": tones(10), "slow ramp": T / N}


def run(restorer, pair):
    cheap = {"reconcile": Polar(), "amplify": Toeplitz(bits=128)} if restorer in WINDOWS else {}
    return sf.run(Scheme(restore=restorer, levels=4, **cheap), pair, seed=SEED)


def keys(restorer, pair):
    try:
        report = run(restorer, pair)
    except NotEnough:
        return 0
    return len(report.keys_a) + len(report.keys_b) + (report.secure_bits if report.claim != "none" else 0)


@pytest.mark.parametrize("name", KNOWN)
@pytest.mark.parametrize("restorer", WINDOWS + FILTERS, ids=str)
def test_what_can_be_computed_gives_no_key_however_it_is_filtered(noisy_pair, restorer, name):
    assert keys(restorer, noisy_pair(KNOWN[name])) == 0


@pytest.mark.parametrize("restorer", WINDOWS, ids=str)
def test_nor_does_chaos_that_a_window_hides(noisy_pair, restorer):
    assert keys(restorer, noisy_pair(SIGNALS["Hénon map"])) == 0


@pytest.mark.parametrize("restorer", [*WINDOWS[::2], *FILTERS[::2]], ids=str)
def test_nor_do_whole_decibels_or_a_constant(noisy_pair, restorer):
    pair = noisy_pair(SIGNALS["sinusoid"])
    assert keys(restorer, Pair(*(Observation(np.round(x.values), 10.0, x.mask, x.end) for x in (pair.a, pair.b)))) == 0
    assert keys(restorer, Pair(*(Observation(np.full(N, 20.0), 10.0, x.mask, x.end) for x in (pair.a, pair.b)))) == 0


@pytest.mark.parametrize("restorer", [*WINDOWS, Kalman(), Dwt(), BandPass()], ids=str)
def test_a_channel_that_nobody_can_compute_gives_keys(noisy_pair, restorer):
    # else the tests above would prove nothing
    x = np.random.default_rng(2).standard_normal(N)
    if restorer not in WINDOWS:  # these need something slow to learn from
        x += 2 * np.convolve(np.random.default_rng(3).standard_normal(N), np.ones(50) / 50**0.5, "same")
    assert run(restorer, noisy_pair(x)).keys_a
