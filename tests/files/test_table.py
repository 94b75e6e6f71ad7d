"""Plain tables of signal strength: every layout met in public sets, and what is missing in them."""

from datetime import UTC, datetime

import numpy as np
import pytest

from samefade.errors import OutOfRange, UnreadableRecording
from samefade.files import read
from samefade.files.table import READER

ROWS = [(-50, -61), (-52, -60), (-49, -63), (-55, -66)]


def put(path, text):
    path.write_text(text, encoding="utf-8")
    return path


def table(path, delimiter=",", header=("AP RSSI", "STA RSSI"), rows=ROWS):
    texts = [delimiter.join(map(str, row)) for row in ([header] if header else []) + list(rows)]
    return put(path, "\n".join(texts) + "\n")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "  ", ", "])
@pytest.mark.parametrize("header", [("ap_rssi", "sta_rssi"), None])
def test_both_ends_in_one_table(tmp_path, delimiter, header):
    a, b = read(table(tmp_path / "x.csv", delimiter, header), rate=2)
    assert (a.rssi.tolist(), b.rssi.tolist()) == ([-50, -52, -49, -55], [-61, -60, -63, -66])
    assert a.seq.tolist() == b.seq.tolist() == [0, 1, 2, 3]
    assert a.time.tolist() == [0, 0.5, 1, 1.5]
    assert dict(a.dropped) == ({"header": 1} if header else {})


def test_columns_are_taken_by_name_whatever_their_order(tmp_path):
    path = table(tmp_path / "x.csv", header=("ED RSSI", "GW RSSI"))
    a, b = read(path, a="GW RSSI", b="ED RSSI")
    assert (a.device, b.device) == ("GW RSSI", "ED RSSI")
    assert a.rssi.tolist() == [-61, -60, -63, -66]
    assert read(path, a="gw rssi")[0].rssi.tolist() == a.rssi.tolist()
    assert read(path, a=2)[0].rssi.tolist() == a.rssi.tolist()


def test_where_there_is_a_choice_the_columns_are_listed(tmp_path):
    rows = [(i, -50 - i, -51, -52) for i in range(4)]
    path = table(tmp_path / "x.csv", ";", ("n", "enb_rssi", "ue_rssi", "enb_rsrp"), rows)
    with pytest.raises(UnreadableRecording, match="'n', 'enb_rssi', 'ue_rssi', 'enb_rsrp'"):
        read(path)
    with pytest.raises(UnreadableRecording, match="no single column 'rssi'"):
        read(path, a="rssi")
    assert len(read(path, a="enb_rssi", b="ue_rssi")) == 2


def test_columns_that_say_something_else_are_passed_over(tmp_path):
    header = ("Time", "id", "Latitude", "ED RSSI", "GW RSSI")
    rows = [(f"2021-05-0{i}T10:00:00", i, 21.5, -90 - i, -95 - i) for i in range(1, 5)]
    a, b = read(table(tmp_path / "x.csv", ",", header, rows))
    assert (a.device, b.device) == ("ED RSSI", "GW RSSI")
    start = datetime(2021, 5, 1, 10, tzinfo=UTC).timestamp()
    assert (a.time - start).tolist() == [0, 86_400, 172_800, 259_200]
    assert a.clock == "column 'Time'"


def test_registers_are_turned_by_their_sign(tmp_path):
    (heard,) = read(table(tmp_path / "alice.csv", ",", ("idx", "rssi"), [(0, 23), (1, 25), (4, 30)]), sign=-1, rate=2)
    assert heard.rssi.tolist() == [-23, -25, -30]
    assert heard.seq.tolist() == [0, 1, 4]  # the table's own count shows what is lost
    assert heard.time.tolist() == [0, 0.5, 2]
    assert heard.device == "alice"
    with pytest.raises(OutOfRange):
        read(tmp_path / "alice.csv", sign=-2)


@pytest.mark.parametrize("code", ["127", "0", "-128", "", "NaN", "null", "-"])
def test_missing_values_are_gaps(tmp_path, code):
    rows = [(-50, -61), (code, -60), (-49, -63)]
    a, b = read(table(tmp_path / "x.csv", rows=rows), rate=1)
    assert (a.time.tolist(), a.rssi.tolist()) == ([0, 2], [-50, -49])
    assert a.dropped["missing value"] == 1
    assert len(b) == 3


def test_a_value_among_others_is_no_code(tmp_path):
    rows = [(-126, -132), (-128, -128), (-130, -115), (-128, 127)]
    a, b = read(table(tmp_path / "x.csv", rows=rows))
    assert a.rssi.tolist() == [-126, -128, -130, -128]  # the far end of a slow LoRa link
    assert b.rssi.tolist() == [-132, -128, -115]
    a, _ = read(tmp_path / "x.csv", missing=(-128,))
    assert a.rssi.tolist() == [-126, -130]
    _, b = read(tmp_path / "x.csv", missing=())
    assert b.rssi.tolist() == [-132, -128, -115, 127]


def test_every_line_is_kept_or_counted(tmp_path):
    text = (
        "a_rssi,b_rssi\n-50,-60\n\n-51\n-52,-61,9\nx,-62\ninf,-63\na_rssi,b_rssi\n-53,-64\n-54,-65\n-55,-66\n-56,-67\n"
    )
    for heard in read(put(tmp_path / "x.csv", text)):
        assert len(heard) + sum(heard.dropped.values()) == text.count("\n")
    a, b = read(tmp_path / "x.csv")
    assert dict(a.dropped) == {"header": 2, "blank": 1, "wrong number of columns": 2, "not a number": 2}
    assert a.seq.tolist() == [0, 5, 6, 7, 8]
    assert b.seq.tolist() == [0, 3, 4, 5, 6, 7, 8]


def test_a_time_column_in_seconds(tmp_path):
    rows = [(10.5, -50), (11.0, -51), ("late", -52), (12.0, -53)]
    (heard,) = read(table(tmp_path / "x.csv", ",", ("when", "rssi"), rows), a="rssi", time="when")
    assert heard.time.tolist() == [10.5, 11.0, 12.0]
    assert heard.dropped["no time"] == 1


def test_a_time_that_goes_back_is_said(tmp_path):
    rows = [(10, -50), (9, -51), (11, -52)]
    (heard,) = read(table(tmp_path / "x.csv", ",", ("time", "rssi"), rows), time="time")
    assert heard.clock == "column 'time', which goes back 1 times"
    (guessed,) = read(tmp_path / "x.csv")
    assert guessed.clock.startswith("row number")


def test_a_clock_is_kept_where_a_line_has_lost_its_time(tmp_path):
    lines = [f"{10 + i / 2},-{50 + i % 9},-{51 + i % 7}" for i in range(200)]
    lines[40:40] = ["# a note", "garbled,-50,-50", lines[20]]
    a, b = read(put(tmp_path / "x.csv", "time,a_rssi,b_rssi\n" + "\n".join(lines)))
    assert a.clock == "column 'time', which goes back 1 times"
    assert dict(a.dropped) == dict(b.dropped) == {"header": 1, "wrong number of columns": 1, "no time": 1}
    assert a.time[-1] == 10 + 199 / 2


@pytest.mark.parametrize("modulus", [256, 4096, 65536])
def test_a_column_of_counts_that_wraps_is_a_sequence_number(tmp_path, modulus):
    true = np.delete(np.arange(modulus - 50, modulus + 80), [30, 31, 90])
    (heard,) = read(table(tmp_path / "x.csv", ",", ("seq", "rssi"), [(c % modulus, -50 - c % 9) for c in true]))
    np.testing.assert_array_equal(heard.seq, true)
    assert heard.about["counter"] == f"column 'seq', modulo {modulus}"


def test_absurd_values_are_counted_and_dropped(tmp_path):
    (heard,) = read(put(tmp_path / "x.csv", "rssi\n-50\n-51e200\n-52\n"))
    assert dict(heard.dropped) == {"header": 1, "absurd value": 1}


def test_decimal_commas_with_semicolons(tmp_path):
    a, _ = read(put(tmp_path / "x.csv", '"a dBm";"b dBm"\n-50,5;-60,5\n-51,5;-61,0\n'))
    assert a.rssi.tolist() == [-50.5, -51.5]


def test_one_column_is_enough(tmp_path):
    (heard,) = read(put(tmp_path / "x.txt", "-50\n-51\n-52\n"))
    assert heard.rssi.tolist() == [-50, -51, -52]
    assert heard.seq is None  # rows of two files are not the same exchange merely by their place


@pytest.mark.parametrize(
    "text", ["Read me first.\nThen 3 more words, and 4.\n", "\n\n", "a,b\nc,d\n", "%PDF-1.4\x00\x01 1 2"]
)
def test_what_is_no_table_is_left_alone(tmp_path, text):
    path = put(tmp_path / "x.txt", text)
    assert not READER.can_read(path)
    with pytest.raises(UnreadableRecording):
        READER.read(path)


def test_a_column_without_any_value_is_refused(tmp_path):
    with pytest.raises(UnreadableRecording, match="no value in column"):
        read(table(tmp_path / "x.csv", rows=[("x", -60), ("y", -61), ("z", -62)]))


def test_lora_indoor_has_the_published_correlation(data_dir):
    (a,) = read(data_dir / "lora-indoor" / "alice_rssi.csv", a="rssi", sign=-1, rate=1.65)
    (b,) = read(data_dir / "lora-indoor" / "bob_rssi.csv", sign=-1)
    assert len(a) == len(b) == 2000
    assert a.rssi.max() < 0
    assert np.corrcoef(a.rssi, b.rssi)[0, 1] == pytest.approx(0.846, abs=5e-4)


@pytest.mark.parametrize(("name", "rows", "r"), [("walking", 511, 0.864), ("static_nlos", 508, 0.026)])
def test_lorawan_campus_has_the_published_correlation(data_dir, name, rows, r):
    gateway, device = read(data_dir / "lorawan-campus" / f"{name}.csv", rate=0.125)
    assert (gateway.device, device.device) == ("GW RSSI", "ED RSSI")
    assert (len(gateway), len(device), dict(gateway.dropped)) == (rows, rows, {"header": 1})
    assert np.corrcoef(gateway.rssi, device.rssi)[0, 1] == pytest.approx(r, abs=1e-3)


def test_the_synthetic_trap_keeps_its_127s(data_dir):
    (heard,) = read(data_dir / "lora-synthetic-trap" / "outdoor_alice_rssi.csv", sign=-1)
    assert (len(heard), dict(heard.dropped)) == (4000, {"header": 1})


@pytest.mark.parametrize(("ends", "r"), [(("enb_rsrp", "ue_rsrp"), 0.137), (("enb_rssi", "ue_rssi"), -0.21)])
def test_the_negative_control_wants_its_columns_named(data_dir, ends, r):
    path = data_dir / "lte-negative" / "combined.csv"
    with pytest.raises(UnreadableRecording, match="name the columns"):
        read(path)
    a, b = read(path, a=ends[0], b=ends[1], rate=1)
    assert len(a) == len(b)
    assert np.corrcoef(a.rssi, b.rssi)[0, 1] == pytest.approx(r, abs=6e-3)
