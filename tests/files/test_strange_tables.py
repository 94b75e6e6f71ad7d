"""Tables as other people's scripts and spreadsheets leave them: what can be read without guessing is read."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from samefade.errors import UnreadableRecording
from samefade.files import read
from samefade.files.instants import instants, spread_out

START = datetime(2024, 3, 31, 0, 59, 58, tzinfo=UTC)


def put(path, text, encoding="utf-8"):
    path.write_bytes(text.encode(encoding))
    return path


def rows(head, times, tail="-{},-{}"):
    return head + "\n" + "".join(f"{t},{tail.format(50 + i % 7, 60 + i % 5)}\n" for i, t in enumerate(times))


@pytest.mark.parametrize(
    ("name", "unit", "told"),
    [
        ("timestamp", 1, ""), ("timestamp", 10**3, ", milliseconds"), ("Timestamp", 10**6, ", microseconds"),
        ("time", 10**9, ", nanoseconds"), ("TIME (MS)", 10**3, ", milliseconds"), ("timeMs", 10**3, ", milliseconds"),
        ("time_us", 10**6, ", microseconds"), ("unix_time", 1, ""),
    ],
)  # fmt: skip
def test_the_unit_of_a_time_since_1970_is_told_by_its_size_or_name(tmp_path, name, unit, told):
    times = [int((START + timedelta(seconds=i)).timestamp()) * unit for i in range(9)]
    a, b = read(put(tmp_path / "x.csv", rows(f"{name},a_rssi,b_rssi", times)))
    np.testing.assert_allclose(a.time, START.timestamp() + np.arange(9), atol=1e-6)
    assert a.clock == b.clock == f"column {name!r}{told}"


def test_the_unit_of_a_time_since_a_boot_is_told_by_its_name(tmp_path):
    (heard,) = read(put(tmp_path / "x.csv", "Time (ms),RSSI\n17,-50\n117,-51\n217,-50\n"))
    np.testing.assert_allclose(heard.time, [0.017, 0.117, 0.217])


@pytest.mark.parametrize(
    "form",
    [
        "%Y-%m-%dT%H:%M:%S.%fZ", "%Y-%m-%d %H:%M:%S.%f UTC", "%Y-%m-%d %H:%M:%S,%f", "%d.%m.%Y %H:%M:%S.%f",
        "%m/%d/%Y %I:%M:%S.%f %p", "%d/%m/%Y %H:%M:%S", "%Y/%m/%d %H:%M:%S",
    ],
)  # fmt: skip
def test_dates_that_can_be_read_in_one_way(form):
    words = [(START + timedelta(seconds=i)).strftime(form) for i in range(5)]
    seconds, _ = instants(words, "time")
    np.testing.assert_allclose(seconds, START.timestamp() + np.arange(5))


def test_a_date_that_can_be_read_in_two_ways_is_not_read(tmp_path):
    seconds, _ = instants(["03/04/2024 10:00:00", "03/04/2024 10:00:01"], "time")
    assert np.isnan(seconds).all()
    path = put(tmp_path / "x.csv", rows("time,a_rssi,b_rssi", [f"03/04/2024 10:00:0{i}" for i in range(5)]))
    assert "column 'time' left aside: it cannot be read as a clock" in read(path)[0].clock


def test_a_zone_is_heeded():
    utc, _ = instants(["2024-10-27T00:30:00Z"], "time")
    summer, _ = instants(["2024-10-27T02:30:00+02:00"], "time")
    assert utc == summer


def test_the_hour_by_which_a_wall_clock_is_put_back_is_undone():
    true = START.timestamp() + np.arange(0, 60, 0.5)
    wall = np.where(np.arange(120) < 70, true, true - 3600)
    seconds, told = instants([datetime.fromtimestamp(t, UTC).strftime("%Y-%m-%d %H:%M:%S.%f") for t in wall], "time")
    np.testing.assert_allclose(seconds, true, atol=1e-6)
    assert told == ", put on by the hour that it was put back"
    zoned = [datetime.fromtimestamp(t, UTC).isoformat() for t in wall]
    np.testing.assert_allclose(instants(zoned, "time")[0], wall, atol=1e-6)  # with a zone it is no summer time


def test_a_time_of_day_goes_on_after_midnight():
    seconds, told = instants(["23:59:59.5", "00:00:00.0", "00:00:00,5"], "time")
    assert seconds.tolist() == [86399.5, 86400.0, 86400.5]
    assert told == ", time of day"


def test_date_and_time_in_columns_of_their_own(tmp_path):
    text = "Date,Time,RSSI\n2024-03-31,23:59:59,-50\n2024-04-01,00:00:00,-51\n2024-04-01,00:00:01,-50\n"
    (heard,) = read(put(tmp_path / "x.csv", text))
    assert np.diff(heard.time).tolist() == [1, 1]


def test_rows_within_one_tick_of_a_coarse_clock_are_spread_and_that_is_said():
    seconds, told = spread_out(np.repeat([10.0, 11.0, 12.0], 4))
    np.testing.assert_allclose(seconds, np.arange(10, 13, 0.25))
    assert "ticks once in 4 rows" in told
    assert spread_out(np.array([1.0, 1.0, 2.0, 3.0]))[1] == ""


def test_times_that_are_not_used_are_not_called_absent(tmp_path):
    text = "time,timestamp,RSSI,SNR\n1,5,-50,9\n2,6,-51,9\n3,7,-50,9\n"
    (heard,) = read(put(tmp_path / "x.csv", text))
    assert "column 'time' and column 'timestamp' left aside" in heard.clock
    assert heard.about["columns not used"] == "SNR"
    assert read(tmp_path / "x.csv", time="time")[0].time.tolist() == [1, 2, 3]


def test_two_ways_in_which_one_end_was_heard_are_no_two_ends(tmp_path):
    path = put(tmp_path / "x.csv", "time,rsrp,rssi\n1,-90,-70\n2,-91,-71\n3,-92,-72\n")
    with pytest.raises(UnreadableRecording, match="'time', 'rsrp', 'rssi'"):
        read(path)
    path = put(tmp_path / "y.csv", "time,tx_power,noise_dbm,rssi\n1,14,-95,-70\n2,14,-95,-71\n3,14,-96,-72\n")
    (heard,) = read(path)
    assert heard.rssi.tolist() == [-70, -71, -72]


def test_the_rows_of_several_nodes_become_a_recording_each(tmp_path):
    text = "time,dev_eui,rssi\n" + "".join(f"{i},a840410000000{i % 3 % 2},-{60 + i}\n" for i in range(9))
    first, second = read(put(tmp_path / "x.csv", text))
    assert (first.device, second.device) == ("x node-1", "x node-2")
    assert (first.rssi.tolist(), second.rssi.tolist()) == ([-60, -62, -63, -65, -66, -68], [-61, -64, -67])
    assert (first.dropped["other transmitter"], second.dropped["other transmitter"]) == (3, 6)
    assert "a84041" not in f"{first}{dict(first.about)}"  # addresses are never kept


@pytest.mark.parametrize("name", ["Seq", "fCnt", "seq_no"])
def test_counts_that_come_twice_late_and_wrapped_are_sequence_numbers(tmp_path, name):
    true = np.delete(np.arange(65_000, 66_000), [7, 400])
    true[[90, 91]] = true[[91, 90]]
    true = np.insert(true, 30, true[30])
    wrap = int(np.flatnonzero(true == 65_536)[0])
    true[[wrap - 1, wrap]] = true[[wrap, wrap - 1]]  # the last one before the wrap comes after it
    text = f"{name},RSSI\n" + "".join(f"{count % 65536},-{50 + count % 9}\n" for count in true)
    (heard,) = read(put(tmp_path / "x.csv", text))
    np.testing.assert_array_equal(heard.seq, true)
    assert heard.about["counter"] == f"column {name!r}, modulo 65536, 1 twice, 2 late"


def test_a_column_that_only_looks_like_counts_is_named_as_none(tmp_path):
    text = "index,RSSI\n" + "".join(f"{i % 8},-{50 + i % 9}\n" for i in range(80))
    (heard,) = read(put(tmp_path / "x.csv", text))
    assert heard.seq is None
    assert heard.about["counter"] == "none (column 'index' is no count)"


@pytest.mark.parametrize("code", ["-127", "999", "-999"])
def test_more_codes_for_no_value(tmp_path, code):
    a, _ = read(put(tmp_path / "x.csv", f"a_rssi,b_rssi\n-50,-61\n{code},-60\n-49,-63\n"))
    assert a.rssi.tolist() == [-50, -49]


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Stärke A RSSI;Stärke B RSSI\r\n-50;-60\r\n-51;-61\r\n-50;-62\r\n", "cp1252"),
        ("sep=;\r\na rssi;b rssi\r\n-50;-60\r\n-51;-61\r\n-50;-62\r\n", "utf-8"),
        ("# by a script\n# a rssi,b rssi\n-50,-60\n-51,-61\n-50,-62\n", "utf-8"),
        ("a rssi,b rssi\n\u221250,\u221260\n\u221251,\u221261\n\u221250,\u221262\n", "utf-8"),
        ("a rssi,b rssi\n-50 dBm,-60dBm\n-51 dBm,-61dBm\n-50 dBm,-62dBm\n", "utf-8"),
        ('a rssi,b rssi\n"-50,0","-60,0"\n"-51,0","-61,0"\n"-50,0","-62,0"\n', "utf-8"),
        ("\ufeffA RSSI\tB RSSI\t\n-50,0\t-60,0\t\n-51,0\t-61,0\t\n-50,0\t-62,0\t\n", "utf-16"),
    ],
)
def test_what_spreadsheets_write(tmp_path, text, encoding):
    path = put(tmp_path / "x.csv", text, encoding)
    a, b = read(path)
    assert (a.rssi.tolist(), b.rssi.tolist()) == ([-50, -51, -50], [-60, -61, -62])
    assert a.seq.tolist() == [0, 1, 2]  # lines before the header are no rows
    assert len(a) + sum(a.dropped.values()) == len(text.splitlines())


def test_json_is_refused_with_a_way_on(tmp_path):
    line = '{"time":"2024-03-31T01:00:00Z","fCnt":7,"rxInfo":[{"rssi":-70,"snr":9.2}]}\n'
    with pytest.raises(UnreadableRecording, match="to a CSV table"):
        read(put(tmp_path / "x.jsonl", line * 9))
