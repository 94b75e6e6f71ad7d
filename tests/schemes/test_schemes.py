"""One contract for every scheme, and what the registry promises."""

from dataclasses import replace

import numpy as np
import pytest

from samefade import schemes
from samefade.align import NoLag
from samefade.errors import UnknownName, UnreadableRecording
from samefade.quantize import Cdf
from samefade.restore import Raw
from samefade.schemes.expectation import expected_errors
from samefade.types import Observation, Pair


def gaussian_pair(n=6000, noise=0.1, memory=0.9, lag=0, seed=5):
    """Two noisy looks at one first-order autoregression, b late by `lag`."""
    rng = np.random.default_rng(seed)
    from scipy.signal import lfilter

    x = lfilter([np.sqrt(1 - memory**2)], [1, -memory], rng.standard_normal(n + abs(lag) + 100))[100:]
    a, b = x[lag : lag + n], x[:n]
    heard = np.ones(n, bool)
    return Pair(
        Observation(10 + a + noise * rng.standard_normal(n), 10.0, heard, "a"),
        Observation(12 + b + noise * rng.standard_normal(n), 10.0, heard, "b"),
    )


ALL = schemes.schemes()


@pytest.mark.parametrize("name", ALL)
def test_every_scheme_agrees_on_terms_and_makes_strings_of_equal_length_that_are_alike(name):
    scheme = ALL[name]
    spoken, kept = gaussian_pair().split(fraction=0.4, guard=2.0)
    terms = scheme.agree(spoken.a, spoken.b)
    assert terms == scheme.agree(spoken.a, spoken.b)
    a, b = scheme.bits(kept.a, terms), scheme.bits(kept.b, terms)
    assert len(a) == len(b) > 100
    hard = [scheme.hard_bits(scheme.symbols(end, terms), terms) for end in (kept.a, kept.b)]
    assert np.mean(hard[0] != hard[1]) < 0.2
    assert a.ledger.earned > 0
    assert a.terms == terms


@pytest.mark.parametrize("name", ALL)
def test_every_scheme_is_printable_comparable_and_hashable(name):
    scheme = ALL[name]
    assert scheme == replace(scheme)
    assert hash(scheme) == hash(replace(scheme))
    assert type(scheme).__name__ in repr(scheme)
    assert ALL[name] is schemes.schemes()[name] or ALL[name] == schemes.schemes()[name]


def test_a_scheme_without_synchronisation_finds_no_lag_and_one_with_it_does():
    spoken, _ = gaussian_pair(lag=4).split(fraction=0.5)
    assert schemes.Golay().agree(spoken.a, spoken.b).lag == 4
    assert schemes.Golay(align=NoLag()).agree(spoken.a, spoken.b).lag == 0


def test_levels_is_a_shorthand_for_the_quantiser():
    assert schemes.Wskg(levels=8) == schemes.Wskg(quantize=Cdf(levels=8))
    assert schemes.Wskg(levels=8) != schemes.Wskg()


def test_the_default_is_known():
    assert schemes.find(schemes.BEST).name == schemes.BEST


def test_an_unknown_scheme_is_refused_with_the_known_names():
    with pytest.raises(UnknownName, match="wskg"):
        schemes.find("nonsense")


def test_a_scheme_in_a_users_file_is_found(tmp_path):
    file = tmp_path / "mine.py"
    file.write_text("from samefade.schemes import Golay\nclass Mine(Golay):\n    '''Mine.'''\n", encoding="utf-8")
    assert schemes.find(f"{file}:Mine").name == "mine"
    with pytest.raises(UnreadableRecording, match="no scheme"):
        schemes.find(f"{file}:Other")
    with pytest.raises(UnreadableRecording, match="no such"):
        schemes.find(f"{tmp_path / 'absent.py'}:Mine")


def spoken_features(r, n=40_000):
    rng = np.random.default_rng(3)
    x, e = rng.standard_normal((2, n))
    y = r * x + np.sqrt(1 - r * r) * e
    spoken, _ = Pair(*(Observation(v, 1.0, np.ones(n, bool)) for v in (x, y))).split(fraction=0.5)
    return Raw().restore(spoken.a), Raw().restore(spoken.b)


@pytest.mark.parametrize("r", [0.3, 0.8, 0.95, 0.99])
def test_expected_errors_of_one_bit_are_the_closed_form(r):
    # two equiprobable levels: P(sign differs) = arccos(r)/π (Sheppard 1899); 20,000 samples: 4 standard errors
    p = np.arccos(r) / np.pi
    assert expected_errors(*spoken_features(r), 2) == pytest.approx(p, abs=4 * np.sqrt(p * (1 - p) / 20_000))


def test_expected_errors_never_leave_the_range_of_a_code():
    a, _ = spoken_features(0.5)
    assert expected_errors(a, a, 4) == 0.001
    assert expected_errors(*spoken_features(-0.99), 2) == 0.49


def test_the_decimated_scheme_keeps_fewer_values_of_a_slower_channel():
    slow, _ = gaussian_pair(n=20_000, memory=0.99).split(fraction=0.5)
    fast, _ = gaussian_pair(n=20_000, memory=0.3).split(fraction=0.5)
    scheme = schemes.Decimated()
    assert scheme.agree(slow.a, slow.b).step > scheme.agree(fast.a, fast.b).step
