"""Every estimator against NIST's own program, SP800-90B_EntropyAssessment (ea_non_iid).

The values in vectors/sp80090b.json were computed by that program: for strings that are made here, and, by its authors,
for the files that it brings along.
Set SAMEFADE_90B_DATA to its folder bin/ to test those files too (two minutes), and put ea_non_iid on the PATH to
compare with it directly.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from samefade.entropy.sp80090b import NAMES, assess90b

VECTORS = json.loads((Path(__file__).parents[3] / "vectors" / "sp80090b.json").read_text())
CLOSE = {"rel": 0, "abs": 1e-9}  # NIST's own self-test asks for 1e-6


def noise(name, n):
    """Bytes that are the same on every machine and with every version of NumPy."""
    return np.frombuffer(hashlib.shake_256(f"samefade 90B {name}".encode()).digest(n), np.uint8).astype(np.int64)


MADE = {
    "even bits": lambda x: x & 1,
    "few bits": lambda x: x & 1,
    "biased bits": lambda x: x < 64,
    "sticky bits": lambda x: np.cumsum(x < 26) & 1,
    "period of 13 bits": lambda x: np.arange(len(x)) * 7 % 13 < 5,
    "period of 24 bits, noisy": lambda x: (np.arange(len(x)) % 24 < 11) ^ (x < 5),
    "the same bits twice": lambda x: np.concatenate([x[: len(x) // 2] & 1] * 2),
    "even in 2 bits": lambda x: x & 3,
    "walk in 2 bits": lambda x: np.cumsum(x < 40) & 3,
    "two symbols in 2 bits": lambda x: (x & 1) * 3,
    "even in 3 bits": lambda x: x & 7,
    "even in 4 bits": lambda x: x & 15,
    "five symbols in 4 bits": lambda x: x % 5 * 3,
    "even in 8 bits": lambda x: x,
    "few in 8 bits": lambda x: x,
    "walk in 8 bits": lambda x: np.cumsum(x % 5 - 2) & 255,
    "bell in 8 bits": lambda x: np.convolve(x, np.ones(8), mode="same").astype(np.int64) // 8,
}


def make(name, n):
    return np.asarray(MADE[name](noise(name, n)), np.uint8)


def told(printed):
    """What `ea_non_iid -vv` prints, in our names."""
    theirs = ("Most Common Value", "Collision", "Markov", "Compression", "t-Tuple", "LRS",
              "MultiMCW Prediction", "Lag Prediction", "MultiMMC Prediction", "LZ78Y Prediction")  # fmt: skip
    names = dict(zip(theirs, NAMES, strict=True))
    found = {"Literal": {}, "Bitstring": {}}
    for which, name, value in re.findall(r"^(Literal|Bitstring) (.*) Estimate: min entropy = (\S+)$", printed, re.M):
        found[which][names[name]] = abs(float(value))
    assessed = abs(float(re.search(r"Assessed min entropy: (\S+)", printed)[1]))
    return {"of_symbols": found["Literal"], "of_bits": found["Bitstring"], "least": assessed}


def assert_same(ours, golden):
    assert dict(ours.of_symbols) == pytest.approx(golden["of_symbols"], **CLOSE)
    assert dict(ours.of_bits) == pytest.approx(golden["of_bits"], **CLOSE)
    assert ours.least == pytest.approx(golden["least"], **CLOSE)
    wanted = len(golden["of_symbols"]) + len(golden["of_bits"]) + len(ours.skipped)
    assert wanted in (10, 17)  # each of the ten is there or says what it needs


@pytest.mark.parametrize("golden", VECTORS["made"], ids=lambda golden: golden["name"])
def test_strings_made_here_score_what_nist_gives(golden):
    symbols = make(golden["name"], golden["samples"])
    assert hashlib.sha256(symbols.tobytes()).hexdigest() == golden["sha256"]
    assert_same(assess90b(symbols, golden["bits_per_symbol"]), golden)


@pytest.mark.parametrize("golden", VECTORS["files"], ids=lambda golden: golden["name"])
def test_nists_files_score_what_nist_published(golden):
    folder = Path(os.environ.get("SAMEFADE_90B_DATA", ""))
    file = folder / golden["name"]
    if not os.environ.get("SAMEFADE_90B_DATA") or not file.is_file():
        pytest.skip("NIST's files are absent: set SAMEFADE_90B_DATA to the folder bin/ of SP800-90B_EntropyAssessment")
    data = file.read_bytes()
    assert hashlib.sha256(data).hexdigest() == golden["sha256"]
    assert_same(assess90b(np.frombuffer(data, np.uint8), golden["bits_per_symbol"]), golden)


@pytest.mark.parametrize(("bits", "n"), [(1, 30_000), (2, 20_000), (5, 8_000), (8, 9_000)])
def test_the_program_itself_agrees(bits, n, tmp_path):
    program = shutil.which("ea_non_iid")
    if program is None:
        pytest.skip("NIST's program is absent: build SP800-90B_EntropyAssessment and put ea_non_iid on the PATH")
    rng = np.random.default_rng(bits)
    # a slow walk with noise: no estimator is idle, and none sits at its ceiling
    symbols = ((np.cumsum(rng.integers(-1, 2, n)) // 2 + rng.integers(0, 3, n)) % 2**bits).astype(np.uint8)
    file = tmp_path / "symbols.bin"
    file.write_bytes(symbols.tobytes())
    ran = subprocess.run([program, "-i", "-a", "-vv", file, str(bits)], capture_output=True, text=True, check=True)
    assert_same(assess90b(symbols, bits), told(ran.stdout))
