"""Pairs as other people bring them: what is guessed is said, and what is no pair is refused."""

import numpy as np
import pytest


def fades(seed, n=900):
    rng = np.random.default_rng(seed)
    fade = 8 * np.convolve(rng.normal(size=n + 15), np.hanning(16) / np.sqrt(6), "valid")
    return [np.rint(-60 + fade + rng.normal(size=n)).astype(int) for _ in range(3)]


def column(path, values, head="rssi"):
    path.write_text(head + "\n" + "".join(f"{value}\n" for value in values), "utf-8")
    return path


def refused(seen, code):
    assert seen.code == code, seen.err
    assert "Traceback" not in seen.err
    return seen.err


def line(n, mac, role="AP"):
    numbers = f"-50,11,0,0,0,1,1,1,0,0,0,-92,0,6,0,{n * 100_000},0,90,0,0,0,128"
    values = " ".join(str((n * 7 + k * 3) % 41 - 20) for k in range(128))
    return f"CSI_DATA,{role},{mac},{numbers},[{values} ]"


def test_two_transmitters_that_one_radio_heard_are_no_two_ends(samefade, tmp_path):
    log = tmp_path / "log.csv"
    both = ("AA:AA:AA:AA:AA:AA", "BB:BB:BB:BB:BB:BB")
    log.write_text("\n".join(line(n, both[n % 2]) for n in range(400)), "utf-8")
    assert "one radio heard 2 transmitters" in refused(samefade("measure", log), 2)
    log.write_text("\n".join(line(n, both[n % 2], ("AP", "STA")[n % 2]) for n in range(400)), "utf-8")
    assert samefade("measure", log, "--match", "row").code == 0  # two radios, one file


def test_which_of_several_recordings_is_taken_is_said(samefade, tmp_path):
    a, b, _ = fades(1)
    two = tmp_path / "two.csv"
    two.write_text("a_rssi,b_rssi\n" + "".join(f"{x},{y}\n" for x, y in zip(a, b, strict=True)), "utf-8")
    told = samefade("measure", two, column(tmp_path / "b.csv", b), "--match", "row", "--json").json
    assert told["matching"].endswith("; of 2 recordings in two.csv the longest, 'a_rssi'")


@pytest.mark.parametrize("command", ["measure", "key"])
def test_one_recording_in_two_forms_is_no_pair(samefade, tmp_path, command):
    a, *_ = fades(2)
    one, other = column(tmp_path / "a.csv", a), column(tmp_path / "b.csv", a - 20)
    assert "differ by the same number" in refused(samefade(command, one, other), 2)


def test_eve_is_read_at_the_rate_and_the_sign_of_the_ends(samefade, tmp_path):
    a, b, e = (-values for values in fades(3))
    paths = [column(tmp_path / f"{name}.csv", values) for name, values in (("a", a), ("b", b), ("e", e[40:]))]
    told = samefade("measure", *paths[:2], "--eve", paths[2], "--rate", "10", "--negated", "--json").json
    assert told["eve"] > 0.9


def test_the_column_of_the_time_can_be_named(samefade, tmp_path):
    a, b, _ = fades(4)
    path = tmp_path / "x.csv"
    rows = (f"{100 * i / 4:g};{x};{y}\n".replace(".", ",") for i, (x, y) in enumerate(zip(a, b, strict=True)))
    path.write_text("Zeit ms;GW RSSI;ED RSSI\n" + "".join(rows), "utf-8")
    told = samefade("read", path, "--column-time", "Zeit ms", "--json").json["recordings"][0]
    assert told["rate_hz"] == pytest.approx(40)
    assert samefade("measure", path, "--column-time", "Zeit ms", "--json").json["rate"] == pytest.approx(40)
    assert "no single column" in refused(samefade("measure", path, "--column-time", "Zeit"), 2)


def test_how_to_read_a_public_set_is_not_passed_over_in_silence(samefade):
    for options in (("--rate", "3"), ("--column-a", "x"), ("--half-duplex",), ("--format", "table")):
        assert "itself" in refused(samefade("measure", "--data", "lora-indoor", *options), 2)


def test_a_record_that_is_mostly_gaps_says_to_cut_it(samefade, tmp_path):
    a, b, _ = fades(5)
    times = np.arange(len(a)) / 10 + 50_000 * (np.arange(len(a)) > 500)
    path = tmp_path / "x.csv"
    rows = (f"{t},{x},{y}\n" for t, x, y in zip(times, a, b, strict=True))
    path.write_text("time,a_rssi,b_rssi\n" + "".join(rows), "utf-8")
    assert "Cut the recording" in refused(samefade("measure", path), 3)


def test_a_gain_that_changes_is_warned_of(samefade, tmp_path):
    def gained(seed, gain):
        rng = np.random.default_rng(seed)
        front = "CSI_DATA,{n},1a:00:00:00:00:00,-40,11,-95,5,{gain},11,{t},47,0,8,0"
        return "\n".join(
            front.format(n=n, t=10_000 * n, gain=gain(n)) + f',"[{",".join(map(str, rng.integers(-99, 99, 8)))}]"'
            for n in range(300)
        )

    a, b = tmp_path / "a.csv", tmp_path / "b.csv"
    a.write_text(gained(1, lambda n: 40 + n // 100), "utf-8")
    b.write_text(gained(2, lambda _: 40), "utf-8")
    warned = "the gain of end a changes between packets and scales its amplitudes, not undone"
    told = samefade("measure", a, b, "--tone", "3", "--json").json["matching"]
    assert told.endswith(warned)
    assert samefade("read", a, "--out", tmp_path / "a.zarr.zip").code == 0
    assert samefade("measure", b, tmp_path / "a.zarr.zip", "--tone", "3").out.count("the gain of end b") == 1
