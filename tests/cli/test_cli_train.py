"""`samefade train`, and keys made with its model, as a user types them."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace

import numpy as np
import pytest
from scipy.signal import lfilter

from samefade.bench.digest import digest
from samefade.errors import OutOfRange
from samefade.session.terms import pack_terms
from samefade.types import Pair
from samefade.wire import cbor

pytest.importorskip("jax")
from samefade.cli import trained
from samefade.learn import Bcfl, training
from samefade.learn import train as learn_train

SEED = "07" * 32
# so many steps that there is time for a kill
PATIENT = """from samefade.learn import Autoencoder, CrossDecoding

PATIENT = Autoencoder(restore=CrossDecoding(steps=2400, batch=16))
"""


def recorded(path, seed, rate=10.0):
    """Write what two ends heard of one fade, with noise of their own, in one table; return it as words of a command."""
    rng = np.random.default_rng(seed)
    fade = 4 * lfilter([0.3], [1, -0.95], rng.standard_normal(4500))
    heard = np.rint(-60 + fade + rng.standard_normal((2, 4500))).astype(int).T
    path.write_text("gw,ed\n" + "".join(f"{a},{b}\n" for a, b in heard), encoding="utf-8")
    return [path, "--column-a", "gw", "--column-b", "ed", "--rate", rate]


@pytest.fixture(scope="module")
def link(tmp_path_factory):
    """Return two recordings of one kind of link: to train on, and to make keys of."""
    folder = tmp_path_factory.mktemp("link")
    return recorded(folder / "first.csv", 3), recorded(folder / "later.csv", 4)


@pytest.fixture(scope="module")
def made():
    """Keep a model and what was printed of it, so that one training serves the whole file."""
    return {}


@pytest.fixture
def bcfl(samefade, link, made, tmp_path):
    """Return a model and what was printed of it."""
    model = tmp_path / "bcfl.model"
    if not made:
        seen = samefade("train", *link[0], "--scheme", "bcfl", "--out", model, "--json")
        assert seen.code == 0, seen.err
        made.update(told=seen.json, bytes=model.read_bytes())
    model.write_bytes(made["bytes"])
    return model, made["told"]


def refused(seen, *told, code=2):
    assert seen.code == code, seen.err
    for words in told:
        assert words in seen.err


def test_a_model_of_one_record_makes_keys_of_another(samefade, link, bcfl):
    model, told = bcfl
    assert told["schema"] == "samefade.train/1"
    assert told["samples"] > 4000
    assert told["model_bytes"] < 2000
    key = samefade("key", *link[1], "--trained", model, "--seed", SEED, "--json").json
    assert key["scheme"] == "bcfl"  # the model says so
    assert key["terms"]["thresholds"] == told["terms"]["thresholds"]  # nothing was trained anew
    assert key["terms"]["seed"] == SEED[:32]  # and the training's seed is not used again
    assert key["pearson_restored"] > key["pearson_raw"]


def test_a_key_is_never_made_of_what_was_trained_on(samefade, link, bcfl, tmp_path):
    model, _ = bcfl
    refused(samefade("key", *link[0], "--trained", model), "trained on samples that would become the key")
    early = tmp_path / "early.model"
    assert samefade("train", *link[0], "--scheme", "bcfl", "--minutes", 3, "--out", early).code == 0
    # three minutes are spoken, and a guard follows: the kept half begins where nothing was trained
    assert samefade("key", *link[0], "--trained", early, "--minutes", 3).code in (0, 3)
    refused(samefade("key", *link[0], "--trained", early, "--minutes", 2.5), "trained_until_s 180,")


def test_a_record_that_was_trained_on_is_known_in_another_file(samefade, link, bcfl, tmp_path):
    pytest.importorskip("zarr", reason="the extra 'store' is not installed")
    model, _ = bcfl
    table = link[0][0]
    kept, doubled = tmp_path / "kept.zarr.zip", tmp_path / "other.csv"
    assert samefade("read", *link[0], "--out", kept).code == 0
    rows = [line.split(",") for line in table.read_text(encoding="utf-8").splitlines()[1:]]
    doubled.write_text("t;ED;GW\n" + "".join(f"{9e3 + i / 10:.1f};{b}.0;{a}.0\n" for i, (a, b) in enumerate(rows)))
    again = [[kept], [doubled, "--column-a", "ED", "--column-b", "GW", "--column-time", "t"]]  # other ends, other clock
    for words in again:
        refused(samefade("key", *words, "--trained", model), "trained on samples that would become the key")
    # a model of before knows the file alone
    old = trained.read(model)
    trained.write(replace(old, files=(bytes.fromhex(digest(table)),)), tmp_path / "old")
    refused(samefade("key", *link[0], "--trained", tmp_path / "old"), "trained on samples that would become the key")


def test_the_bar_of_a_training_has_an_end(samefade, link, tmp_path, monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")  # rich then takes standard error for a terminal
    seen = samefade("train", *link[0], "--scheme", "bcfl", "--out", tmp_path / "m")
    assert seen.code == 0
    assert "training bcfl" in seen.err
    assert "600/600" in seen.err
    assert "loss" in seen.out


def test_a_key_that_learns_shows_the_bar_and_ends_as_without(samefade, link, monkeypatch):
    shown = samefade("key", *link[1], "--scheme", "bcfl", "--seed", SEED, "--json").json
    assert shown["schema"] == "samefade.key/1"
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "training bcfl: loss" in samefade("key", *link[1], "--scheme", "bcfl").err
    asked = []

    def agree(self, a, b, seed):
        asked.append(seed)
        return learn_train(self, Pair(a, b), seed=seed)

    monkeypatch.setattr(Bcfl, "agree", agree)  # a scheme that learns in a way of its own is left to `api.run`
    plain = samefade("key", *link[1], "--scheme", "bcfl", "--seed", SEED, "--json").json
    assert asked == [bytes.fromhex(SEED)[:16]]
    assert plain == shown


def test_a_training_that_was_killed_goes_on(samefade, link, tmp_path, monkeypatch):
    patient, state, model = tmp_path / "patient.py", tmp_path / "state", tmp_path / "model"
    patient.write_text(PATIENT, encoding="utf-8")
    words = ["train", *link[0], "--scheme", f"{patient}:PATIENT", "--checkpoint", state]
    began = subprocess.Popen(
        [sys.executable, "-m", "samefade", *map(str, words), "--out", str(model)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    end = time.monotonic() + 1200
    while not state.exists() and time.monotonic() < end and began.poll() is None:
        time.sleep(0.005)
    os.kill(began.pid, signal.SIGKILL)
    assert began.wait(100) == -signal.SIGKILL
    assert not model.exists()
    chunks = []
    step = training._trained
    monkeypatch.setattr(training, "_trained", lambda *told: chunks.append(1) or step(*told))
    assert samefade(*words, "--out", model).code == 0
    assert 0 < len(chunks) <= 44  # of 48: four had been kept at least
    whole = tmp_path / "whole"
    assert samefade(*words[:-2], "--out", whole).code == 0
    assert model.read_bytes() == whole.read_bytes()
    # the state of another training is left alone
    refused(samefade(*words, "--out", model, "--seed", SEED), "another training")


def test_a_model_that_does_not_fit_is_refused(samefade, link, bcfl, tmp_path):
    model, _ = bcfl
    for other in ("autoencoder", "wskg", "bcfl-nosync"):
        refused(samefade("key", *link[1], "--scheme", other, "--trained", model), f"of bcfl, not of {other}")
    refused(samefade("key", *link[1][:-1], 9.0, "--trained", model), "rate in Hz of the model", "a 10", "b 9")
    refused(samefade("key", *link[1], "--trained", tmp_path / "none"), "none")
    refused(samefade("key", *link[1], "--trained", link[1][0]), "not of this format")
    state = tmp_path / "state"
    state.write_bytes(b"sftrain1" + bytes(100))
    refused(samefade("key", *link[1], "--trained", state), "the state of a training")


def test_what_cannot_be_trained_or_written_is_told_first(samefade, link, tmp_path):
    refused(samefade("train", *link[0], "--scheme", "wskg"), "wskg", "a scheme that learns")
    refused(samefade("train", *link[0], "--out", tmp_path / "none" / "m"), "folder does not exist")
    refused(samefade("train", *link[0], "--checkpoint", tmp_path / "none" / "m"), "folder does not exist")
    refused(samefade("train"), "two files")


def test_no_other_bytes_are_a_model(bcfl, tmp_path):
    """Whatever a file says, it is read as `write` wrote it or refused with one kind of error; no name becomes code."""
    model, _ = bcfl
    held, read = model.read_bytes(), trained.read(model)
    again = tmp_path / "again"
    trained.write(read, again)
    assert again.read_bytes() == held
    said = cbor.decode(held[8:])

    def refuse(content):
        again.write_bytes(content)
        with pytest.raises(trained.ModelRefused):
            trained.read(again)

    for n in (0, 7, 8, 9, 100, len(held) - 1):
        refuse(held[:n])
    refuse(held + b"\0")
    packed = pack_terms(read.terms)
    for name, wrong in (
        ("scheme", "evil.py:Scheme"), ("scheme", "x" * 65), ("scheme", "bcfl\n"), ("scheme", 7), ("samples", 0),
        ("samples", 1.0), ("until", 1), ("files", [b"short"]), ("files", [bytes(32)] * 17), ("terms", packed[:-1]),
        ("terms", [-1.0, *packed[1:]]), ("terms", ["10", *packed[1:]]), ("terms", []), ("terms", None),
        ("terms", [*packed[:8], b"seed", *packed[9:]]), ("terms", [*packed[:1], 10**6, *packed[2:]]), ("more", 1),
    ):  # fmt: skip
        refuse(b"sfmodel1" + cbor.encode({**said, name: wrong}))
    rng = np.random.default_rng(1)
    for at in rng.integers(0, 300, 200):  # flips in the header and the terms: refused, or another valid number
        flipped = bytearray(held)
        flipped[at] ^= 1 << int(rng.integers(8))
        again.write_bytes(flipped)
        try:
            trained.read(again)
        except trained.ModelRefused:
            continue


def test_a_model_of_other_sizes_says_so(samefade, link, bcfl, tmp_path):
    model, _ = bcfl
    read = trained.read(model)
    other = replace(read, terms=replace(read.terms, model=read.terms.model + bytes(4)))
    trained.write(other, tmp_path / "other")
    refused(samefade("key", *link[1], "--trained", tmp_path / "other"), OutOfRange.__doc__[:10], "bytes of the model")
