"""A block of a container costs the memory of a block."""

import json
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from samefade.bench import Cell, Source, evaluate
from samefade.bench import source as module
from samefade.files import container
from samefade.files.publish import published
from samefade.types import Recording

BLOCK = 20_000  # packets
TONES = 64
MARGIN = 24  # MiB by which four times the packets may cost more: 150,000 packets of raw numbers are 18 MiB at one end


def long_record(path, packets, tones=TONES, seed=0):
    """Both ends of a fade in raw int8 that are alike, written piece by piece."""
    rng = np.random.default_rng(seed)
    t = np.arange(min(BLOCK, packets))
    fade = 60 + 8 * np.sin(2 * np.pi * np.outer(t, 1 + np.arange(8)) / 173.0) @ rng.normal(size=(8, tones))
    noise = rng.integers(-1, 2, (2, len(t), tones))
    with published(path) as root:
        growing = container.Growing(root, 2)
        for start in range(0, packets, BLOCK):
            for end in (0, 1):
                raw = np.zeros((len(t), tones, 2), np.int8)
                raw[..., 0] = np.clip(fade + noise[end], -127, 127)
                seq = t + start
                growing.add(end, Recording("ab"[end], seq / 10, "host", raw, None, seq, np.arange(tones)))


PROGRAM = """
import json, resource, sys
from samefade.bench import Cell, Source, evaluate
path, blocks = sys.argv[1], int(sys.argv[2])
cells = [Cell(Source(f"files:{path}", block=i, blocks=blocks), "raw", ("samples", "pearson")) for i in range(blocks)]
rows = evaluate(cells)
print(json.dumps({"peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "rows": rows}))
"""


def peak(path, blocks):
    told = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(path), str(blocks)], capture_output=True, check=True, text=True
    )
    return json.loads(told.stdout)


def test_the_memory_of_a_grid_does_not_grow_with_the_record(tmp_path):
    found = {}
    for times in (1, 4):
        path = tmp_path / f"{times}.zarr"
        long_record(path, times * 2 * BLOCK)
        found[times] = peak(path, times * 2)
        assert [row["refusal"] for row in found[times]["rows"]] == [None] * (2 * times)
        assert min(row["pearson"] for row in found[times]["rows"]) > 0.9
    assert found[4]["peak"] - found[1]["peak"] < MARGIN


def test_a_block_of_a_container_is_not_read_whole(tmp_path, monkeypatch):
    path = tmp_path / "x.zarr"
    long_record(path, 4000, tones=4)
    monkeypatch.setattr(module, "_whole", lambda _source: pytest.fail("the whole record was read"))
    source = Source(f"files:{path}", block=1, blocks=4, tone=2)
    pair = source.pair()
    assert len(pair) == 1000
    assert pair.a.start == pytest.approx(100.0, abs=1e-6)
    assert len(pair.recordings[0]) < 4000
    assert pair.recordings[0].raw.shape[1] == 1


def test_a_changed_container_is_matched_anew(tmp_path):
    path = tmp_path / "x.zarr"
    long_record(path, 2000, tones=4)
    source = Source(f"files:{path}", block=0, blocks=2, tone=2)
    before = source.pair()
    long_record(path, 2000, tones=4, seed=1)
    assert not np.array_equal(source.pair().a.values, before.a.values)


def test_schemes_of_one_tone_and_of_all_share_a_source():
    shared = Source("sim:los-short", seed=2, seconds=300, by="row", all_tones=True)
    alone = replace(shared, all_tones=False)
    one, other = shared.pair().one_tone(), alone.pair()
    # times, losses and the fade of a seed are those of the world of one tone; the noise is another draw
    assert np.array_equal(one.a.mask, other.a.mask)
    assert one.a.values.shape == other.a.values.shape
    assert np.corrcoef(one.a.values, other.a.values)[0, 1] > 0.5
    assert shared.pair().a.values.ndim == 2
    golay, strata = evaluate([Cell(shared, scheme, ("bits",)) for scheme in ("golay", "strata")])
    (same,) = evaluate([Cell(replace(shared), "golay", ("bits",))])
    assert [row["refusal"] for row in (golay, strata)] == [None] * 2
    assert golay["bits"] == same["bits"]
