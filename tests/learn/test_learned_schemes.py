"""The learned schemes in the pipeline: found by name, absent without their extra, trained here and met elsewhere."""

import json
import subprocess
import sys
from dataclasses import dataclass, replace

import numpy as np
import pytest
from learn_looks import RATE, looks, spoken
from typer.testing import CliRunner

from samefade import api, restore, schemes
from samefade.align import NoLag, trim
from samefade.bench import FIELD, Cell, Source, evaluate
from samefade.cli.main import app
from samefade.errors import MissingExtra, OutOfRange, UnknownName
from samefade.learn import Autoencoder, Bcfl, Convergence, CrossDecoding, Learned, engine, train
from samefade.learn.straight import straight
from samefade.restore import Raw
from samefade.types import Feature, Half, Spoken, Terms

NAMES = ["autoencoder", "bcfl"]


def test_the_entry_points_are_found():
    assert schemes.find("autoencoder") == Autoencoder()
    assert schemes.find("bcfl") == Bcfl()
    assert schemes.find("bcfl-nosync") == Bcfl(align=NoLag())
    assert set(NAMES) <= set(schemes.schemes())
    with pytest.raises(UnknownName, match="bcfl"):
        schemes.find("bcfl-nosync-nosync")


def test_looking_for_schemes_loads_no_deep_learning_library():
    code = (
        "import sys, json\nfrom samefade import schemes\n"
        "schemes.find('wskg'), schemes.find('autoencoder')\n"
        "print(json.dumps(sorted({m.split('.')[0] for m in sys.modules})))"
    )
    loaded = json.loads(subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout)
    assert not set(loaded) & {"jax", "jaxlib", "equinox", "optax"}


def test_without_its_extra_a_learned_scheme_is_left_out_and_says_what_is_missing(monkeypatch, learnt):
    restorer, terms = learnt
    monkeypatch.setattr(engine, "find_spec", lambda _name: None)
    assert not set(NAMES) & set(schemes.schemes())
    assert schemes.find("golay").name == "golay"
    pair = spoken(looks(1000)[1])
    for ask in (
        lambda: schemes.find("autoencoder"),
        lambda: schemes.find("bcfl-nosync"),
        lambda: Autoencoder().agree(pair.a, pair.b),
        lambda: restorer.agree(pair.a, pair.b, Terms(pair.rate)),
        lambda: restorer.restore(pair.a, terms),
    ):
        with pytest.raises(MissingExtra, match="learn"):
            ask()


@pytest.mark.parametrize("name", NAMES)
def test_a_run_has_an_account(name):
    first = api.run(schemes.find(name), looks(8000, memory=0.9, noise=0.1)[1], seed=bytes(32))
    assert first.pearson_restored > first.pearson_raw
    assert first.worth.claim == "estimate"
    assert any("network" in sentence for sentence in first.worth.assumptions)
    assert first.secure_bits <= first.mutual_information_per_sample * first.samples


def test_what_was_learnt_on_one_record_is_met_with_another():
    here, there = (Source("sim:los-short", seed, by="row", seconds=600.0) for seed in (1, 2))
    cells = [Cell(here, "raw", FIELD), *(Cell(here, "autoencoder", FIELD, trained=of) for of in (None, there))]
    raw, retrained, once = evaluate(cells)
    assert [row["refusal"] for row in (raw, retrained, once)] == [None] * 3
    assert retrained["pearson"] != once["pearson"]
    assert min(retrained["pearson"], once["pearson"]) > raw["pearson"]  # worlds of one scenario move alike


def test_a_lag_is_found_whatever_the_network_makes_of_it():
    whole = spoken(looks(4000, noise=0.5)[1])
    late = replace(whole, a=whole.a.window(7, 4000), b=replace(whole.b.window(0, 3993), start=whole.a.start))
    terms = train(Autoencoder(), late)
    assert terms.lag == 7
    assert Autoencoder().met(whole.a, whole.b, replace(terms, lag=0)).lag == 0
    assert train(Autoencoder(align=NoLag()), late).lag == 0


@dataclass(frozen=True)
class Stirred:
    """What an enemy could send in place of a network: a channel that hardly moves, stirred until it looks fresh."""

    window: int = 64

    def restore(self, x: Half, terms: Terms | None = None) -> Feature[Half]:  # noqa: ARG002
        return Feature(np.sin(1e6 * np.asarray(x.values)), x.rate, np.ones(len(x), bool), x)


def test_attack_a_network_that_stirs_a_still_channel_earns_nothing():
    # memory .99999: an hour of this moves so little that its own symbols are worth next to nothing
    pair = looks(12_000, memory=0.99999, noise=0.0)[1]
    told, kept = pair.split(fraction=0.3)
    for scheme, believes in ((schemes.Raw(restore=Stirred()), True), (Learned(restore=Stirred()), False)):
        terms = Terms(pair.rate)
        feature = scheme.feature(kept.a, terms)
        worth = scheme.worth(scheme.symbols(feature, terms), feature, terms, spoken=told.a, eve=None)
        assert (worth.per_symbol > 0.5) == believes
        assert believes or worth.per_symbol < 0.01


def test_of_a_linear_filter_the_account_is_what_it_was():
    pair = looks(12_000, memory=0.9, noise=0.3)[1]
    told, kept = pair.split(fraction=0.3)
    found = []
    for scheme in (schemes.Golay(), Learned(restore=restore.Golay())):
        terms = Terms(pair.rate)
        feature = scheme.feature(kept.a, terms)
        found.append(scheme.worth(scheme.symbols(feature, terms), feature, terms, spoken=told.a, eve=None).per_symbol)
    assert found[1] == pytest.approx(found[0], rel=1e-3)


def test_the_nearest_filter_of_a_filter_is_that_filter_and_of_a_network_almost_it(decoder):
    pair = spoken(looks(6000)[1])
    feature = restore.Golay(11, 2).restore(pair.a)
    line = straight(feature, 32)
    from scipy.signal import savgol_coeffs

    assert np.allclose(line.taps[27:38], savgol_coeffs(11, 2), atol=1e-4)
    assert np.allclose(np.delete(line.taps, np.s_[27:38]), 0, atol=1e-4)
    assert line.explains(feature) > 1 - 1e-6
    restorer, terms = decoder
    learned = restorer.restore(pair.a, terms)
    assert straight(learned, 32).explains(learned) > 0.95


@pytest.mark.parametrize(("command", "scheme"), [("compare", "autoencoder"), ("key", "bcfl")])
def test_the_commands_take_learned_schemes(command, scheme, tmp_path):
    ends = [str(tmp_path / f"{end}.csv") for end in "ab"]
    pair = looks(4000, memory=0.9, noise=0.1)[1]
    for path, x in zip(ends, (pair.a, pair.b), strict=True):
        rows = "\n".join(f"{i / 10:.1f},{i},{v:.4f}" for i, v in enumerate(x.values))
        (tmp_path / path).write_text("time,seq,rssi\n" + rows + "\n", encoding="utf-8")
    told = CliRunner().invoke(app, [command, *ends, "--scheme", scheme, "--json"])
    assert told.exit_code in (0, 3), told.output
    assert scheme in told.stdout


def test_only_what_learns_is_trained():
    pair = spoken(looks(1000)[1])
    with pytest.raises(OutOfRange, match="restore"):
        Learned(restore=restore.Golay()).agree(pair.a, pair.b)


def test_schemes_show_their_parts():
    assert "CrossDecoding(window=64" in repr(Autoencoder())
    assert Autoencoder(restore=CrossDecoding(hidden=16)) != Autoencoder()
    assert Bcfl(restore=Convergence()) == Bcfl()


def test_the_lag_of_another_record_is_added_to_the_one_that_the_model_was_trained_with():
    class Untouched(Autoencoder):
        def feature(self, x, terms):
            return Raw().restore(trim(x, terms.lag))

    rng = np.random.default_rng(1)
    level = np.convolve(rng.normal(size=1000), np.ones(8), "valid")

    def end(name, late):
        values = level[20 - late : 900 - late]
        return Spoken(values, RATE, np.ones(len(values), np.bool_), name)

    for late in (-4, 0, 5):
        for known in (0, 3, late):
            terms = Terms(rate=RATE, lag=known)
            assert Untouched().met(end("a", 0), end("b", late), terms).lag == late
