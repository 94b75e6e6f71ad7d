"""Cells: each metric against the function that defines it, and what a row says when there are no numbers."""

import os
from dataclasses import replace

import numpy as np
import pytest

from samefade import api, channel, metrics, schemes
from samefade.api.field import field
from samefade.api.running import halves
from samefade.bench import ACCOUNTS, ALL, FIELD, Cell, Source, evaluate
from samefade.bench.cell import SEED
from samefade.bench.metrics import BETTER, METRICS, metric
from samefade.errors import UnknownName
from samefade.files import container

WORLD = Source("sim:carried", 3, by="row", seconds=400)


@pytest.fixture(scope="module")
def rows():
    """One row of each kind, made together."""
    return evaluate(
        [Cell(WORLD, "golay", ALL), Cell(WORLD, "raw-nosync", FIELD), Cell(WORLD, "wskg", ALL, terms="oracle"),
         Cell(WORLD, "raw", ALL, terms="oracle"), Cell(WORLD, "golay", ("pearson",), trained=WORLD)]
    )  # fmt: skip


def test_the_account_is_that_of_a_run_and_the_fields_numbers_are_those_of_its_bits(rows):
    report = api.run(schemes.find("golay"), WORLD.pair(), seed=SEED)
    row = rows[0]
    assert row["refusal"] is None
    assert row["secure_bits"] == report.secure_bits
    assert row["secure_rate"] == report.secure_bits / report.samples
    assert row["leak_bits"] == report.leak_bits
    assert row["claim"] == report.claim
    assert row["min_entropy_per_bit"] == report.min_entropy_per_bit
    assert row["mutual_information"] == report.mutual_information_per_sample
    assert row["bits"] == report.bits
    assert row["bit_error_rate"] == report.bit_error_rate
    assert [row[f"key_rate_{t}"] for t in (5, 10, 20)] == [report.key_rate[t] for t in (5, 10, 20)]


def test_likeness_is_measured_on_both_ends_restored_kept_values(rows):
    spoken, kept = halves(WORLD.pair(), None)
    scheme = schemes.find("raw-nosync")
    terms = scheme.agree(spoken.a, spoken.b)
    a, b = (scheme.feature(end, terms) for end in (kept.a, kept.b))
    both = a.usable & b.usable
    assert rows[1]["samples"] == len(kept)
    assert rows[1]["lag"] == 0
    assert rows[1]["pearson"] == pytest.approx(np.corrcoef(a.values[both], b.values[both])[0, 1])
    assert rows[1]["wasserstein"] == pytest.approx(metrics.wasserstein(a.values[both], b.values[both]))
    assert np.isnan(rows[1]["band_high_hz"])


def test_an_oracle_tells_nothing_of_secrecy_and_needs_a_band(rows):
    assert rows[2]["refusal"] is None
    assert rows[2]["band_high_hz"] > 0
    assert all(rows[2][name] is None for name in ACCOUNTS)
    assert rows[3]["refusal"] == "OutOfRange"
    assert all(rows[3][name] is None for name in ALL)


def test_a_row_says_which_cell_it_is_and_what_it_took(rows):
    assert [(row["scheme"], row["terms"]) for row in rows[:4]] == [
        ("golay", "learnt"), ("raw-nosync", "learnt"), ("wskg", "oracle"), ("raw", "oracle"),
    ]  # fmt: skip
    assert {(row["name"], row["seed"], row["by"], row["seconds"]) for row in rows} == {("sim:carried", 3, "row", 400)}
    assert rows[4]["trained"] == "sim:carried#3"
    assert len({row["source_s"] for row in rows}) == 1
    assert all(row["wall_s"] > 0 for row in rows)


def test_what_cannot_be_had_has_a_row_with_its_reason():
    short = Source("sim:carried", 1, by="row", seconds=3)
    absent = Source("files:absent.csv")
    told = evaluate(
        [Cell(short, "golay"), Cell(absent, "golay"), Cell(absent, "raw"), Cell(WORLD, "no-such-scheme", FIELD)]
    )
    assert [row["refusal"] for row in told][1:] == ["UnreadableRecording", "UnreadableRecording", "UnknownName"]
    assert told[0]["refusal"] is not None
    assert all(row["pearson"] is None for row in told)


def test_blocks_are_the_record_cut_in_equal_parts():
    whole = WORLD.pair()
    blocks = [Source(WORLD.name, 3, by="row", seconds=400, block=i, blocks=3).pair() for i in range(3)]
    assert {len(block) for block in blocks} == {len(whole) // 3}
    joined = np.concatenate([block.a.values for block in blocks])
    assert np.array_equal(joined, whole.a.values[: len(joined)])


def test_a_record_is_read_again_when_it_changed_and_terms_are_learnt_anew(tmp_path):
    path = tmp_path / "both.zarr.zip"
    found = []
    for seed in (3, 4):
        world = channel.simulate(replace(channel.scenario("carried"), seconds=400), seed, tones=(6,))
        container.write(path, (world.a, world.b))
        os.utime(path, ns=(seed, seed))
        mine = Source(f"files:{path}", by="row")
        found += evaluate([Cell(mine, "raw", FIELD), Cell(WORLD, "wskg", FIELD, trained=mine)])
    (tmp_path / "again").mkdir()
    path = path.rename(tmp_path / "again" / path.name)  # under a name that nothing was remembered of
    mine = Source(f"files:{path}", by="row")
    anew = evaluate([Cell(mine, "raw", FIELD), Cell(WORLD, "wskg", FIELD, trained=mine)])
    for name in ("pearson", "bits", "band_high_hz", "bit_error_rate"):
        np.testing.assert_equal([row[name] for row in found[2:]], [row[name] for row in anew])
    assert found[0]["pearson"] != found[2]["pearson"]
    assert found[1]["band_high_hz"] != found[3]["band_high_hz"]


def test_terms_of_another_log_hold_at_a_rate_that_differs_in_its_last_digits(monkeypatch):
    pair = WORLD.pair()
    near = pair.each(lambda x: replace(x, rate=x.rate * (1 + 1e-9)))
    monkeypatch.setattr(Source, "pair", lambda self: pair if self.seed == 3 else near)
    cells = [Cell(replace(WORLD, seed=seed), "wskg", FIELD, trained=replace(WORLD, seed=8)) for seed in (3, 9)]
    for row in evaluate(cells):
        assert row["refusal"] is None
        assert row["key_rate_20"] > 0


def test_a_scheme_of_one_tone_takes_one_of_many():
    many = replace(WORLD, seconds=60, all_tones=True)
    pair = many.pair()
    assert pair.a.values.ndim == 2
    (row,) = evaluate([Cell(many, "golay", FIELD)])
    assert row["refusal"] is None
    one = pair.one_tone()
    spoken, kept = halves(one, None)
    made = field(schemes.find("golay"), kept, schemes.find("golay").agree(spoken.a, spoken.b, SEED[:16]))
    assert row["bits"] == made.bits
    assert row["bit_error_rate"] == made.bit_error_rate


def test_more_blocks_than_samples_are_refused():
    (row,) = evaluate([Cell(replace(WORLD, seconds=60, blocks=10_000), "raw", FIELD)])
    assert row["refusal"] == "TooFewSamples"


def test_a_scheme_in_a_file_is_read_again_when_it_changed(tmp_path):
    path = tmp_path / "mine.py"
    code = (
        "from samefade.schemes import Golay\nfrom samefade.restore import Golay as G\nMINE = Golay(restore=G({}, 2))\n"
    )
    told = []
    for i, window in enumerate((5, 31)):
        path.write_text(code.format(window), "utf-8")
        os.utime(path, ns=(i, i))
        told += evaluate([Cell(WORLD, f"{path}:MINE", ("pearson",))])
    assert told[0]["pearson"] < told[1]["pearson"]


def test_every_metric_is_known_by_its_name_and_only_those_that_can_be_ranked_have_a_better_side():
    assert {metric(name) for name in FIELD} == set(METRICS.values())
    assert set(BETTER) < set(ALL)
    with pytest.raises(UnknownName):
        metric("beauty")
