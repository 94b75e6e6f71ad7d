"""The authors' files as a source, on files of their documented shape whose numbers are simulated."""

from dataclasses import replace

import numpy as np
import pytest

from samefade import channel, data
from samefade.bench import Cell, Source, evaluate, fingerprint, netstar_sources, remarks
from samefade.data import netstar
from samefade.errors import DataUnavailable

PLACES = {"los-short": "LoS_ShortRange", "nlos-short": "NLoS_ShortRange", "nlos-long": "NLoS_LongRange"}
TONES = 20


def rows(recording):
    """Amplitudes, then phases, of each packet, as text; no header and no clock."""
    csi = recording.csi[:, :TONES]
    return [",".join(f"{x:.6g}" for x in row) for row in np.hstack([np.abs(csi), np.angle(csi)])]


def name(end, place, k):
    return f"{end}.{place}_{k}_amplitudes_phases.csv"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("netstar")
    for scenario, place in PLACES.items():
        for k in (1, 2, 3, 4):
            case = replace(channel.scenario(scenario), seconds=90)
            world = channel.simulate(case, k, tones=range(TONES))
            for end, heard in (("ap", world.a), ("sta", world.b)):
                (folder / name(end, place, k)).write_text("\n".join(rows(heard)) + "\n")
    return folder


@pytest.fixture
def here(made, monkeypatch):
    monkeypatch.setenv(netstar.FOLDER, str(made))
    return made


@pytest.mark.usefixtures("here")
def test_all_experiments_are_found_under_the_papers_names():
    sources = netstar_sources()
    assert [source.about for source in sources] == [f"{s}_{k}" for s in netstar.SCENARIOS for k in (1, 2, 3, 4)]
    assert {source.by for source in sources} == {"row"}
    assert netstar.missing() == ()


def test_a_pair_holds_what_the_files_hold_row_by_row(here):
    pair = Source("netstar:NLoS-ShortRange_2", by="row", tone=7).pair()
    table = [np.loadtxt(here / name(end, "NLoS_ShortRange", 2), delimiter=",") for end in ("ap", "sta")]
    n = min(map(len, table))
    assert pair.rate == pytest.approx(10.0)
    assert pair.a.values == pytest.approx(table[0][:n, 7], rel=1e-12)  # through a complex number and back
    assert pair.b.values == pytest.approx(table[1][:n, 7], rel=1e-12)
    assert pair.a.mask.all()
    assert pair.b.mask.all()


@pytest.mark.usefixtures("here")
def test_a_grid_runs_over_them():
    sources = netstar_sources()[::4]
    found = evaluate(Cell(source, scheme, ("samples", "pearson")) for source in sources for scheme in ("raw", "golay"))
    assert [row["refusal"] for row in found] == [None] * 6
    assert {row["name"] for row in found} == {f"netstar:{place}_1" for place in netstar.SCENARIOS}
    assert all(-1 <= row["pearson"] <= 1 for row in found)


@pytest.mark.usefixtures("here")
def test_either_spelling_of_a_name_finds_it():
    assert netstar.experiment("LoS_ShortRange_1") == netstar.experiment("los-shortrange_1")


def test_the_fingerprint_follows_the_content_and_not_the_folder(here, tmp_path, monkeypatch):
    source = Source("netstar:LoS-ShortRange_1", by="row")
    before = fingerprint(source)
    for end in ("ap", "sta"):
        (tmp_path / name(end, "LoS_ShortRange", 1)).write_bytes((here / name(end, "LoS_ShortRange", 1)).read_bytes())
    monkeypatch.setenv(netstar.FOLDER, str(tmp_path))
    assert fingerprint(source) == before
    with (tmp_path / name("ap", "LoS_ShortRange", 1)).open("a") as file:
        file.write("1," * (2 * TONES - 1) + "1\n")
    assert fingerprint(source) != before


def test_a_damaged_row_shifts_nothing_and_is_told(here, tmp_path, monkeypatch):
    ap, sta = ((here / name(end, "LoS_ShortRange", 3)).read_text().splitlines() for end in ("ap", "sta"))
    sta = sta[:-5]  # the ends stopped at different times
    damaged = [*ap[:100], ap[100][:30], *ap[101:200], ap[200].replace(".", "x", 1), *ap[201:]]
    for end, lines in (("ap", damaged), ("sta", sta)):
        (tmp_path / name(end, "LoS_ShortRange", 3)).write_text("\n".join(lines))
    monkeypatch.setenv(netstar.FOLDER, str(tmp_path))
    source = Source("netstar:LoS-ShortRange_3", by="row", tone=3)
    pair = source.pair()
    n = min(len(ap), len(sta))
    assert len(pair) == n
    assert np.flatnonzero(~pair.a.mask).tolist() == [100, 200]
    whole = np.array([float(line.split(",")[3]) for line in sta[:n]])
    assert pair.b.values == pytest.approx(whole, rel=1e-12)
    told = " ".join(remarks(source))
    assert "that both have, of" in told
    assert "1 x wrong number of columns" in told
    assert "1 x not a number" in told


def test_absent_files_are_told_in_one_sentence(tmp_path, monkeypatch):
    monkeypatch.setenv("SAMEFADE_DATA", str(tmp_path))
    monkeypatch.delenv(netstar.FOLDER, raising=False)
    assert netstar_sources() == []
    (sentence,) = netstar.missing()
    assert "NetSTAR laboratory" in sentence
    assert netstar.FOLDER in sentence
    with pytest.raises(DataUnavailable, match="NetSTAR laboratory"):
        Source("netstar:LoS-ShortRange_1").pair()
    (row,) = evaluate([Cell(Source("netstar:LoS-ShortRange_1"), "raw", ("samples",))])
    assert row["refusal"] == "DataUnavailable"


def test_they_are_looked_for_in_the_mirror_folder_too(made, tmp_path, monkeypatch):
    monkeypatch.delenv(netstar.FOLDER, raising=False)
    monkeypatch.setenv("SAMEFADE_DATA", str(tmp_path))
    (tmp_path / "netstar").mkdir()
    for end in ("ap", "sta"):
        source = made / name(end, "NLoS_LongRange", 4)
        (tmp_path / "netstar" / source.name).write_bytes(source.read_bytes())
    (tmp_path / "netstar" / name("ap", "NLoS_LongRange", 3)).write_text("one end alone")
    assert [source.name for source in netstar_sources()] == ["netstar:NLoS-LongRange_4"]
    assert netstar.missing()[0].count("Range_") == 11


def test_no_public_set_has_these_files():
    assert not any("netstar" in entry.name.lower() for entry in data.sets())
