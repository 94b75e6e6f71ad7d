"""The tests of SP 800-22 against the standard's examples, on expansions of constants that are computed here."""

import json
from functools import cache
from hashlib import sha256
from math import isqrt, lgamma, log
from pathlib import Path

import numpy as np
import pytest

from samefade.entropy.smoke import WARNING, smoke
from samefade.entropy.smoke import counts as smoke_counts
from samefade.entropy.smoke import patterns as smoke_patterns
from samefade.errors import OutOfRange, TooFewSamples

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "smoke.json").read_text(encoding="utf-8"))
MILLION = 1_000_000


def leading(number, n):
    """The first n bits of an integer."""
    number >>= number.bit_length() - n
    return np.unpackbits(np.frombuffer((number << -n % 8).to_bytes((n + 7) // 8, "big"), np.uint8))[:n]


def euler(n):
    """Σ 1/k! by binary splitting."""

    def split(a, b):
        if b - a == 1:
            return 1, b
        (p, q), (r, s) = split(a, (a + b) // 2), split((a + b) // 2, b)
        return p * s + r, q * s

    terms = 32
    while lgamma(terms) / log(2) < n + 64:
        terms += terms // 8
    p, q = split(0, terms)
    return ((p + q) << (n + 64)) // q


def machin(n):
    """4 (4 arctan 1/5 − arctan 1/239)."""
    one = 1 << (n + 64)

    def arctan(x):
        power, total, k = one // x, 0, 1
        while power:
            total += power // k if k % 4 == 1 else -(power // k)
            power, k = power // x**2, k + 2
        return total

    return 4 * (4 * arctan(5) - arctan(239))


@cache
def expansion(of, n):
    numbers = {"e": euler, "pi": machin}
    roots = {"sqrt2": 2, "sqrt3": 3}
    return leading(numbers[of](n) if of in numbers else isqrt(roots[of] << 2 * n), n)


def run(test, bits, size=None):
    more = () if size is None else (size,)
    if test == "cumulative_sums_backward":
        return (smoke_counts.cumulative_sums(bits, backward=True),)
    found = getattr(smoke_counts if hasattr(smoke_counts, test) else smoke_patterns, test)(bits, *more)
    return found if isinstance(found, tuple) else (found,)


def test_the_expansions_are_those_of_the_constants():
    assert "".join(map(str, expansion("pi", 100))).startswith("110010010000111111011010101000100010000101101")
    assert "".join(map(str, expansion("e", 100))).startswith("1010110111111000010101000101100010100010101110")


@pytest.mark.parametrize("case", VECTORS["examples"], ids=lambda c: f"{c['section']} {c['test']}")
def test_the_examples_of_the_standard(case):
    bits = np.array(list(case["bits"]), np.uint8) if "bits" in case else expansion(case["of"], case["count"])
    found = run(case["test"], bits, case.get("size"))
    wanted = case.get("ours", case["p"])
    assert found[: len(wanted)] == pytest.approx(wanted, abs=case.get("tolerance", VECTORS["tolerance"]))
    assert ("ours" in case or case.get("tolerance", 0) > 1e-6) == ("why" in case)


def test_the_transforms_printed_example_counts_two_peaks_too_few():
    # 2.6.8 prints 46 and .168669; there are 48 peaks below √(100 ln 20) = 17.31
    from scipy.special import erfc

    peaks = np.abs(np.fft.fft(2.0 * expansion("pi", 100) - 1))[:50]
    assert np.count_nonzero(peaks < np.sqrt(100 * np.log(20))) == 48
    unit = np.sqrt(100 * 0.95 * 0.05 / 4) * np.sqrt(2)
    assert erfc(abs(46 - 47.5) / unit) == pytest.approx(0.168669, abs=1e-6)
    assert erfc(abs(48 - 47.5) / unit) == pytest.approx(0.646355, abs=1e-6)


@pytest.mark.parametrize("case", VECTORS["million"], ids=lambda c: c["of"])
def test_a_million_bits_of_a_constant_give_the_standards_table(case):
    bits = expansion(case["of"], MILLION)
    for test, wanted in case["p"].items():
        found = run(test, bits, VECTORS["million_sizes"].get(test))
        exact = [case["longest_run_exact"]] if test == "longest_run" else wanted
        assert found[: len(exact)] == pytest.approx(exact, abs=VECTORS["tolerance"] * 1.01)


@pytest.mark.parametrize("case", VECTORS["million"], ids=lambda c: c["of"])
def test_the_printed_longest_run_is_that_of_chances_printed_to_four_digits(case):
    printed = VECTORS["longest_run_printed"]
    seen = smoke_counts.longest_runs(expansion(case["of"], MILLION), printed["block"], printed["low"], printed["high"])
    ours = smoke_counts.against(seen, np.array(printed["chances"]))
    assert ours == pytest.approx(*case["p"]["longest_run"], abs=1e-6)


@pytest.mark.parametrize(("block", "low", "high"), [(8, 1, 4), (16, 2, 6)])
def test_the_chances_of_the_longest_run_are_those_of_all_strings(block, low, high):
    strings = (np.arange(2**block)[:, None] >> np.arange(block)) & 1
    longest = [max(len(run) for run in "".join(map(str, s)).split("0")) for s in strings.tolist()]
    seen = np.bincount(np.clip(longest, low, high) - low)
    assert smoke_counts.run_chances(block, low, high) == pytest.approx(seen / 2**block)
    assert (smoke_counts.longest_runs(strings.ravel(), block, low, high) == seen).all()


def test_the_chances_of_the_longest_run_round_to_the_printed_ones_of_128_bits():
    # 3.4 prints .1174, .2430, .2493 (its program .2494), .1752, .1027, .1124
    printed = [0.1174, 0.2430, 0.2494, 0.1752, 0.1027, 0.1124]
    assert smoke_counts.run_chances(128, 4, 9) == pytest.approx(printed, abs=5.1e-5)


def test_the_rank_is_that_of_a_plain_elimination():
    rng = np.random.default_rng(1)
    bits = rng.integers(0, 2, (40, 32, 32), dtype=np.uint8)
    bits[:10, 5] = bits[:10, 9]
    bits[5:10, 20] = bits[5:10, 3] ^ bits[5:10, 4]
    seen = [0, 0, 0]
    for matrix in bits.tolist():
        rows, rank = [int("".join(map(str, row)), 2) for row in matrix], 0
        while rows:
            first = rows.pop()
            if first:
                rank += 1
                low = first & -first
                rows = [row ^ first if row & low else row for row in rows]
        seen[min(2, 32 - rank)] += 1
    assert smoke_patterns.ranks(bits.ravel()).tolist() == seen
    assert sum(smoke_patterns.rank_chances()) == pytest.approx(1)


def test_ideal_bits_fail_each_test_as_rarely_as_they_should():
    # 300 records at 5 %: 15 expected, standard deviation 3.8; the tests' own approximations add some
    rng = np.random.default_rng(2)
    found = [smoke(rng.integers(0, 2, 4096, dtype=np.uint8)) for _ in range(300)]
    for name in found[0].p_values:
        assert sum(name in f.failed(0.05) for f in found) <= 15 + 4 * 3.8, name


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("frequency", lambda rng, n: rng.random(n) < 0.53),
        ("block frequency", lambda rng, n: rng.random(n) < 0.5 + 0.1 * np.sin(np.arange(n) * 12 * np.pi / n)),
        ("runs", lambda rng, n: np.cumsum(rng.random(n) < 0.47) % 2),
        ("spectrum", lambda rng, n: np.cumsum(rng.random(n) < 0.3) % 2),
        ("matrix rank", lambda rng, n: np.tile(rng.integers(0, 2, 512), n // 512 + 1)[:n]),
        ("longest run of ones", lambda rng, n: np.repeat(rng.integers(0, 2, n // 2), 2)),
        ("cumulative sums, forward", lambda rng, n: rng.random(n) < np.linspace(0.47, 0.53, n)),
        ("serial, first difference", lambda rng, n: np.repeat(rng.integers(0, 2, n // 2), 2)),
        ("serial, second difference", lambda rng, n: np.repeat(rng.integers(0, 2, n // 2), 2)),
        ("approximate entropy", lambda rng, n: np.repeat(rng.integers(0, 2, n // 2), 2)),
    ],
)
def test_each_test_sees_what_it_is_for(name, make):
    bits = np.asarray(make(np.random.default_rng(3), 40_960), np.uint8)
    assert smoke(bits).p_values[name] < 1e-3


def test_a_hash_of_a_worthless_key_passes_every_test():
    """Hash, then test: the key is constant and known, and nothing shows (secrecy.md 1.3)."""
    key = bytes(16)
    blocks = b"".join(sha256(counter.to_bytes(8, "big") + key).digest() for counter in range(4096))
    bits = np.unpackbits(np.frombuffer(blocks, np.uint8))
    parts = [smoke(part) for part in np.split(bits, 16)] + [smoke(bits)]
    p = np.array([value for part in parts for value in part.p_values.values()])
    assert not parts[-1].skipped
    assert (p >= 0.01).mean() > 0.97  # 99 % expected of 186 p-values
    assert not parts[-1].failed(0.001)


def test_raw_bits_of_smoothed_samples_fail_before_the_hash():
    rng = np.random.default_rng(4)
    spectrum = np.fft.rfft(rng.normal(size=20_000))
    spectrum[400:] = 0
    bits = (np.fft.irfft(spectrum, 20_000) > 0).astype(np.uint8)
    assert len(smoke(bits).failed()) >= 6


def test_the_warning_goes_with_the_numbers():
    found = smoke(np.random.default_rng(5).integers(0, 2, 200))
    told = json.loads(json.dumps(found.to_json()))
    assert list(told)[:2] == ["schema", "warning"]
    assert told["warning"] == found.warning == WARNING
    assert "no evidence" in WARNING
    assert told["p_values"].keys() == found.p_values.keys()
    assert told["skipped"] == {"matrix rank": 38_912, "spectrum": 1000, "approximate entropy": 256}


@pytest.mark.parametrize("n", [100, 127, 128, 255, 256, 999, 6271, 6272])
def test_any_length_gives_probabilities(n):
    for bits in (np.random.default_rng(n).integers(0, 2, n), np.zeros(n, int), np.ones(n, bool), np.arange(n) % 2):
        assert all(0 <= p <= 1 for p in smoke(bits).p_values.values())


def test_bad_input_is_refused():
    with pytest.raises(TooFewSamples):
        smoke(np.zeros(99, np.uint8))
    for wrong in (np.full(200, 2), np.full(200, -1), np.zeros(200), np.zeros((2, 200), int)):
        with pytest.raises(OutOfRange):
            smoke(wrong)
    for level in (0, 1):
        with pytest.raises(OutOfRange):
            smoke(np.zeros(200, np.uint8)).failed(level)
