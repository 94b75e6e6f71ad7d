"""A long record, block by block, is the record read whole."""

from dataclasses import replace

import numpy as np
import pytest

from samefade import api, channel, files
from samefade.api.blocks import NotInBlocks, clocked, counted, in_blocks, read_blocks, tracks
from samefade.errors import ClocksDisagree, EndsDisagree, OutOfRange
from samefade.files import container, windows
from samefade.files.converting import convert
from samefade.types import Recording


def world(seconds=1500, seed=1, tones=(6, 7, 8)):
    case = channel.scenario("los-short")
    return channel.simulate(replace(case, seconds=seconds), seed, tones=tones)


def counted_world(seed=1, **changes):
    """Ends that share the sender's count; b's clock starts elsewhere."""
    made = world(seed=seed)
    ends = []
    for end in (made.a, made.b):
        true = np.rint((end.time - end.time[0]) * 10).astype(np.int64)
        _, first = np.unique(true, return_index=True)
        keep = Recording(end.device, end.time[first], end.clock, end.raw[first], None, true[first], end.tones)
        ends.append(replace(keep, **changes))
    return ends


@pytest.fixture
def small(monkeypatch):
    """Steps so small that a short record has many."""
    for module in (windows, tracks, counted):
        monkeypatch.setattr(module, "STEP", 1 << 10)
    monkeypatch.setattr("samefade.api.blocks.placing.STEP", 1 << 10)


def joined(parts, end):
    ends = [getattr(part, end) for part in parts]
    return np.concatenate([x.values for x in ends]), np.concatenate([x.mask for x in ends])


def alike(path, *more, share=1.0, **options):
    whole = api.read_pair(path, *more, **options)
    parts = list(read_blocks(path, *more, size=4000, **options))
    assert sum(map(len, parts)) == len(whole)
    assert {part.rate for part in parts} == {parts[0].rate}
    assert parts[0].rate == pytest.approx(whole.rate, rel=1e-9)
    assert len({part.matching for part in parts}) == 1
    for end in ("a", "b", *(["e"] if whole.e is not None else [])):
        values, mask = joined(parts, end)
        assert values.shape == getattr(whole, end).values.shape
        assert np.mean(mask == getattr(whole, end).mask) >= share
        assert np.mean(values == getattr(whole, end).values) >= share
    return whole, parts


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("by", ["sequence", "row", "clock"])
@pytest.mark.parametrize("all_tones", [False, True])
def test_blocks_are_pieces_of_the_record_read_whole(tmp_path, by, all_tones):
    path = tmp_path / "x.zarr"
    container.write(path, counted_world())
    # where clocks are matched the grid may begin a rounding elsewhere: few packets lie that near to a border
    whole, parts = alike(path, by=by, all_tones=all_tones, subcarrier=7, share=0.999)
    assert parts[0].matching.startswith(whole.matching.split(":")[0])
    assert (parts[0].main, parts[0].a.values.ndim) == ((1, 2) if all_tones else (0, 1))


@pytest.mark.usefixtures("small")
def test_a_sender_that_paused_is_placed_by_the_listeners_clock(tmp_path):
    a, b = counted_world()
    ends = [replace(end, time=end.time + 60.0 * (end.seq > 7000)) for end in (a, b)]
    path = tmp_path / "x.zarr"
    container.write(path, ends)
    alike(path, share=0.999)


@pytest.mark.usefixtures("small")
def test_eve_is_read_with_them(tmp_path):
    made = world()
    path = tmp_path / "x.zarr.zip"
    container.write(path, [made.a, made.b, made.e])
    whole, parts = alike(path, share=0.999, subcarrier=6)
    assert whole.e is not None
    assert "Eve by" in parts[0].matching


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("late", [1e6, -1e6, 3.0])
def test_eve_whose_clock_nothing_relates_is_placed_as_if_read_whole(tmp_path, late):
    made, other = world(), world(seed=9).e
    path = tmp_path / "x.zarr"
    container.write(path, [made.a, made.b, replace(other, time=other.time + late)])
    whole, parts = alike(path, share=0.999, subcarrier=6)
    assert "no offset stands out" in whole.matching
    assert "no offset stands out" in parts[0].matching


def test_a_third_transmitter_of_one_log_is_not_eve(tmp_path):
    made, rng, rows = world(60), np.random.default_rng(1), []
    for n in range(len(made.a)):
        for mac, end in (("aa:aa:aa:aa:aa:aa", made.a), ("bb:bb:bb:bb:bb:bb", made.b), ("cc:cc:cc:cc:cc:cc", made.e)):
            if n < min(map(len, (made.a, made.b, made.e))) - 5 * (end is made.b) - 9 * (end is made.e):
                rows.append(csi_line(n, mac, end.time[n], rng.integers(-40, 40, 128)))
    log, kept, mine = tmp_path / "log.csv", tmp_path / "log.zarr", tmp_path / "mine.zarr"
    log.write_text("\n".join(rows), "utf-8")
    convert(log, kept)
    found = files.read(log)
    container.write(mine, found)  # as a user may
    assert len(found) == 3
    for path in (kept, mine):
        assert [one.about for one in files.read(path)] == [dict(one.about) for one in found]
        whole = api.read_pair(path, by="row")
        assert whole.e is None
        assert whole.matching.endswith("not taken for Eve's")
        blocks = in_blocks(path, by="row")
        assert len(blocks.tracks) == 2
        assert blocks.how == whole.matching
    assert api.read_pair(kept, by="row", eve=log).e is not None  # asked for, it is
    container.write(mine, (*found[:2], made.e))
    assert api.read_pair(mine, by="row", subcarrier=6).e is not None
    container.write(mine, found[:2])
    assert "Eve" not in api.read_pair(mine, by="row").matching


def csi_line(n, mac, time, values):
    numbers = f"{n},{mac},-50,11,0,0,0,1,1,1,0,0,0,-92,0,6,1,{round(time * 1e6) % 2**32},0,90,0,128,0"
    return f'CSI_DATA,{numbers},"[{",".join(map(str, values))}]"'


def test_two_containers_make_a_pair(tmp_path):
    made = world()
    paths = [tmp_path / "a.zarr", tmp_path / "b.zarr"]
    for path, end in zip(paths, (made.a, made.b), strict=True):
        container.write(path, [end])
    alike(*paths, by="row", subcarrier=6)


def test_a_clock_is_learnt_on_pieces_and_holds_to_the_end(tmp_path, monkeypatch):
    monkeypatch.setattr(clocked, "BEGINNING", 1 << 12)
    monkeypatch.setattr(clocked, "PIECE", 1 << 11)
    clear = {"snr_db": 30.0, "agc_db": 0.0, "spikes": 0.0}
    case = channel.scenario("los-short")
    case = replace(case, seconds=6000, a=replace(case.a, **clear), b=replace(case.b, drift_ppm=70, **clear))
    made = channel.simulate(case, 2, tones=(6,))
    container.write(tmp_path / "x.zarr", [made.a, made.b])
    found = in_blocks(tmp_path / "x.zarr", subcarrier=6)
    assert "pieces of the record" in found.how
    # a runs 12 ppm fast and b 70: b's packets lie right when they are within half a period after 6,000 s
    assert found.tracks[1].clock.drift == pytest.approx(12 - 70, abs=5)
    part = found.block(9, 10)
    both = part.a.mask & part.b.mask
    assert np.corrcoef(part.a.values[both], part.b.values[both])[0, 1] > 0.9


def test_clocks_that_nothing_relates_are_refused(tmp_path):
    a, b = world(600, seed=1).a, world(650, seed=9).b
    container.write(tmp_path / "x.zarr", [a, b])
    with pytest.raises(ClocksDisagree):
        in_blocks(tmp_path / "x.zarr")


def test_numbers_that_begin_again_are_refused_in_blocks(tmp_path):
    a, b = counted_world()
    again = [replace(end, seq=end.seq % 4096) for end in (a, b)]
    container.write(tmp_path / "x.zarr", again)
    api.read_pair(tmp_path / "x.zarr")
    with pytest.raises(NotInBlocks, match="seq"):
        in_blocks(tmp_path / "x.zarr")


def test_one_recording_twice_is_refused(tmp_path):
    a, _ = counted_world()
    container.write(tmp_path / "x.zarr", [a, a])
    with pytest.raises(EndsDisagree):
        next(read_blocks(tmp_path / "x.zarr", size=2000))


def test_what_is_no_container_is_told_how_to_become_one(tmp_path):
    (tmp_path / "a.csv").write_text("1\n2\n")
    with pytest.raises(NotInBlocks) as refused:
        in_blocks(tmp_path / "a.csv")
    assert "--out" in refused.value.advice


def test_impossible_windows_are_refused(tmp_path):
    container.write(tmp_path / "x.zarr", counted_world())
    found = in_blocks(tmp_path / "x.zarr")
    for start, stop in ((-1, 5), (5, 5), (0, len(found) + 1)):
        with pytest.raises(OutOfRange):
            found.window(start, stop)
    with pytest.raises(OutOfRange):
        next(read_blocks(tmp_path / "x.zarr", size=0))
