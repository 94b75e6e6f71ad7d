"""Every command, as a user types it."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from samefade import channel, files

SEED = "00" * 32


@pytest.fixture(scope="session")
def testbed(tmp_path_factory):
    """Two ends and Eve of the bundled world, written as the boards write them."""
    folder = tmp_path_factory.mktemp("testbed")
    world = channel.simulate(channel.SCENARIOS["carried"], np.random.default_rng(11))
    for name, end in (("ap", world.a), ("sta", world.b), ("eve", world.e)):
        files.esp32_tool.write(end, folder / f"{name}.csv")
    return folder


def test_demo_shows_every_step_and_ends_with_a_picture_and_three_commands(samefade, tmp_path):
    picture = tmp_path / "demo.png"
    seen = samefade("demo", "--plot", picture)
    assert seen.code == 0
    assert "simulated" in seen.out.lower()
    assert "the same at both ends" in seen.out
    assert picture.stat().st_size > 20_000
    assert sum(line.startswith("  samefade ") for line in seen.out.splitlines()) == 3


def test_demo_json_holds_keys_that_match_and_no_secret(samefade, tmp_path):
    report = samefade("demo", "--plot", tmp_path / "d.png", "--json").json
    assert report["schema"] == "samefade.key/1"
    assert report["keys"] >= 1
    assert report["keys_match"] is True
    assert "key_hex" not in report


def test_read_says_what_is_there_and_what_was_dropped(samefade, testbed):
    text = samefade("read", testbed / "ap.csv")
    assert text.code == 0
    assert "packets" in text.out
    told = samefade("read", testbed / "ap.csv", "--json").json
    assert told["schema"] == "samefade.read/1"
    assert told["recordings"][0]["packets"] > 5000


def test_read_tells_bursts_and_gaps_from_an_even_rate(samefade, tmp_path):
    file = tmp_path / "t.csv"
    for step, said in ((0.5, "2 Hz (median)\n"), (9.5, "2 Hz (median), 1.077 Hz on average\n")):
        times = [i / 2 + (i // 20) * (step - 0.5) for i in range(400)]
        file.write_text("time,rssi\n" + "".join(f"{t},{-50 - i % 7}\n" for i, t in enumerate(times)), encoding="utf-8")
        assert said in "".join(f"{line.strip()}\n" for line in samefade("read", file).out.splitlines())


def test_read_keeps_a_recording_in_the_container(samefade, testbed, tmp_path):
    pytest.importorskip("zarr", reason="the extra 'store' is not installed")
    kept = tmp_path / "ap.zarr.zip"
    assert samefade("read", testbed / "ap.csv", "--out", kept).code == 0
    first, again = (samefade("read", path, "--json").json["recordings"][0] for path in (testbed / "ap.csv", kept))
    assert again["packets"] == first["packets"]
    assert again["dropped"] == first["dropped"]


def test_measure_ends_with_a_diagnosis_and_draws(samefade, testbed, tmp_path):
    picture = tmp_path / "link.png"
    seen = samefade("measure", testbed / "ap.csv", testbed / "sta.csv", "--plot", picture)
    assert seen.code == 0
    assert seen.out.rstrip().endswith(f"picture: {picture}")
    assert picture.stat().st_size > 20_000
    told = samefade("measure", testbed / "ap.csv", testbed / "sta.csv", "--eve", testbed / "eve.csv", "--json").json
    assert told["schema"] == "samefade.measure/1"
    assert told["diagnosis"]


def test_key_prints_the_account_and_reveals_only_when_asked(samefade, testbed):
    ends = (testbed / "ap.csv", testbed / "sta.csv", "--seed", SEED)
    shown = samefade("key", *ends)
    told = samefade("key", *ends, "--json").json
    revealed = samefade("key", *ends, "--json", "--reveal").json
    assert shown.code == 0
    assert "the account, in bits" in shown.out
    assert "key_hex" not in told
    assert len(revealed["key_hex"]) == told["keys"] >= 1
    assert all(key not in shown.out + str(told) for key in revealed["key_hex"])


def test_key_refuses_a_static_channel_with_exit_code_3_and_all_its_numbers(samefade, tmp_path):
    assert samefade("sim", "static", "--out", tmp_path, "--seed", 3).code == 0
    seen = samefade("key", tmp_path / "ap.csv", tmp_path / "sta.csv", "--json")
    assert seen.code == 3
    assert seen.json["claim"] == "none"
    assert seen.json["keys"] == 0
    assert seen.json["refusal"]["exit_code"] == 3


def test_compare_has_a_row_a_scheme_and_draws(samefade, testbed, tmp_path):
    picture = tmp_path / "rates.png"
    chosen = [part for name in ("raw", "wskg", "decimated") for part in ("--scheme", name)]
    seen = samefade("compare", testbed / "ap.csv", testbed / "sta.csv", *chosen, "--plot", picture)
    assert seen.code == 0
    assert all(name in seen.out for name in ("raw", "wskg", "decimated"))
    assert picture.stat().st_size > 5_000
    rows = samefade("compare", testbed / "ap.csv", testbed / "sta.csv", *chosen, "--json").json["rows"]
    assert [row["scheme"] for row in rows] == ["raw", "wskg", "decimated"]


def test_sim_names_the_known_scenarios(samefade, tmp_path):
    seen = samefade("sim", "nonsense", "--out", tmp_path)
    assert seen.code == 2
    assert "los-short" in seen.err


def test_data_lists_the_sets_and_finds_files(samefade, data_dir):
    assert data_dir.is_dir()
    assert "skyglow/mobile" in samefade("data", "list").out
    path = samefade("data", "path", "lora-indoor", "--json").json["files"]
    assert all(Path(p).is_file() for p in path.values())
    assert samefade("data", "get", "lora-indoor").code == 0
    assert samefade("data", "path", "nonsense").code == 2


def test_doctor_says_that_all_is_well(samefade):
    seen = samefade("doctor")
    assert seen.code == 0
    assert "All is well." in seen.out
    assert samefade("doctor", "--json").json["ok"] is True


@pytest.mark.parametrize("command", ["demo", "read", "measure", "key", "assess", "compare", "sim", "doctor"])
def test_every_help_has_an_example(samefade, command):
    seen = samefade(command, "--help")
    assert seen.code == 0
    assert "Example" in seen.out


def test_the_module_runs_as_a_program():
    done = subprocess.run([sys.executable, "-m", "samefade", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("samefade 0.")


def test_help_and_lists_load_neither_scipy_nor_matplotlib():
    heavy = "{'scipy', 'matplotlib', 'pooch', 'zarr', 'samefade.api'}"
    code = f"import sys, samefade.cli.main; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_brackets_in_a_table_are_text_and_no_markup(capsys):
    from samefade.cli.output import show, table

    show(table("[a]", "", "", rows=[("extra", "pip install 'samefade[store]'")]))
    told = capsys.readouterr().out
    assert "samefade[store]" in told
    assert "[a]" in told
