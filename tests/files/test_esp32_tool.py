"""Logs of ESP32-CSI-Tool: real ones, and every way in which they are known to be broken."""

import gzip

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samefade.errors import OutOfRange, UnreadableRecording
from samefade.files import read
from samefade.files.esp32_tool import READER

HEADER = (
    "type,role,mac,rssi,rate,sig_mode,mcs,bandwidth,smoothing,not_sounding,aggregation,stbc,fec_coding,sgi,noise_floor,"
    "ampdu_cnt,channel,secondary_channel,local_timestamp,ant,sig_len,rx_state,real_time_set,real_timestamp,len,CSI_DATA"
)
VALUES = [(7 * i) % 200 - 100 for i in range(128)]


def line(values=VALUES, *, mac="AA:BB:CC:00:00:01", size=None, local=0, role="AP", state=0, host=None, head=(0, 0, 0)):
    """Print a packet as the firmware does; `head` is sig_mode, bandwidth, stbc."""
    ht, wide, stbc = head
    text = " ".join(map(str, values))
    size = len(values) if size is None else size
    start = f"CSI_DATA,{role},{mac},-50,11,{ht},0,{wide},0,1,0,{stbc},0,0,-95,0,6,1,{local},0,50,{state},0,1.0,{size}"
    return f"{start},[{text} ]" + ("" if host is None else f",{host}")


def log(path, *texts):
    path.write_text("".join(f"{text}\n" for text in texts))
    return path


def good(count=3):
    return [line(local=10_000 * (i + 1)) for i in range(count)]


def test_values_are_swapped_from_the_files_imaginary_first(tmp_path):
    (heard,) = read(log(tmp_path / "x.csv", *good()))
    assert heard.raw.dtype == np.int8
    assert heard.raw.shape == (3, 64, 2)
    # pair 6 of the file is (imaginary, real) = values 12 and 13
    assert heard.csi[0, 6] == VALUES[13] + 1j * VALUES[12]
    assert heard.tones.tolist() == list(range(64))


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ("", "blank"),
        (HEADER, "header"),
        (HEADER + ",timestamp", "header"),
        ("ets Jun  8 2016 00:22:57", "not CSI"),
        ("\x1b[0;32mI (312) wifi: mode : softAP\x1b[0m", "not CSI"),
        ("0 0 1 CSI_DATA,AP,AA", "damaged start"),
        (line()[:300], "cut short"),
        ("CSI_DATA,AP,AA:BB", "cut short"),
        (line(VALUES[:-1], size=128), "odd count of values"),
        (line(VALUES[:-2], size=128), "values missing"),
        (line([*VALUES, 1, 2], size=128), "more values than declared"),
        (line().replace(",[", ",7,["), "wrong number of columns"),
        (line().replace(",11,", ",", 1), "wrong number of columns"),
        (line() + ",1.0,2.0", "wrong number of columns"),
        (line().replace("-100 ", "nan ", 1), "list is not integers"),
        (line().replace("-100 ", "--100 ", 1), "list is not integers"),
        (line().replace("-100 -93", "-100-93", 1), "list is not integers"),
        (line().replace("-100 ", "-1.5 ", 1), "list is not integers"),
        (line([]), "list is not integers"),
        (line([300, *VALUES[1:]]), "value out of range"),
        (line([10**30, *VALUES[1:]]), "value out of range"),
        (line(state=1), "receive error"),
        (line(role="NOBODY"), "damaged field"),
        (line(mac="AA:BB:CC:00:00"), "damaged field"),
        (line().replace("-50", "", 1), "damaged field"),
        (line().replace("-50", "-500", 1), "damaged field"),
        (line(local="9" * 400), "damaged field"),
        (line(host="nan"), "damaged field"),
        (line(host="-5"), "damaged field"),
        (line([abs(v) for v in VALUES[:64]], size=128), "amplitudes or phases instead of I/Q"),
        (line([v % 7 - 3 for v in VALUES], size=256), "amplitudes or phases instead of I/Q"),
        (line([*VALUES, *VALUES[:64]], size=384), "values missing"),
    ],
)
def test_a_line_that_is_no_packet_is_counted_under_its_reason(tmp_path, bad, reason):
    (heard,) = read(log(tmp_path / "x.csv", *good(), bad), format="esp32-csi-tool")
    assert dict(heard.dropped) == {reason: 1}
    assert len(heard) == 3


def test_the_length_may_count_values_that_were_not_printed(tmp_path):
    texts = [line(size=384, head=(1, 1, 0)), line(size=128)]
    (heard,) = read(log(tmp_path / "x.csv", *texts))
    assert (len(heard), heard.raw.shape[1]) == (2, 64)  # both are the L-LTF of a secondary channel above
    assert heard.about["layout"] == "L-LTF, secondary above"


def test_spaces_more_than_one_do_no_harm(tmp_path):
    (heard,) = read(log(tmp_path / "x.csv", line().replace(" ", "  "), line()))
    assert np.array_equal(heard.raw[0], heard.raw[1])


def test_each_transmitter_is_a_recording_without_its_address(tmp_path):
    macs = ["AA:BB:CC:00:00:09", *["aa:bb:cc:00:00:01"] * 3, "AA:BB:CC:00:00:01"]
    first, second = read(
        log(tmp_path / "x.csv", *(line(mac=m, local=1000 * i) for i, m in enumerate(macs, 1)), "noise")
    )
    assert (first.device, len(first), dict(first.dropped)) == (
        "AP heard node-2", 4, {"not CSI": 1, "other transmitter": 1},
    )  # fmt: skip
    assert (second.device, len(second)) == ("AP heard node-1", 1)
    assert "CC" not in repr(first) + str(dict(first.about))


def test_the_majority_layout_is_kept_and_lltf_keeps_all(tmp_path):
    wide = [line(VALUES * 3, head=(1, 1, 0), local=1000 * i) for i in (1, 2, 4)]
    texts = [wide[0], wide[1], line(local=3000), wide[2]]
    (heard,) = read(log(tmp_path / "x.csv", *texts))
    assert (heard.raw.shape, dict(heard.dropped)) == ((3, 192, 2), {"other packet layout": 1})
    (part,) = read(tmp_path / "x.csv", part="lltf")
    assert (part.raw.shape, dict(part.dropped)) == ((4, 64, 2), {})
    assert (np.diff(part.time) > 0).all()  # in the file's order, though printed at two lengths
    with pytest.raises(OutOfRange):
        read(tmp_path / "x.csv", part="ht")


def test_a_host_time_is_used_where_it_is(tmp_path):
    texts = [line(local=10_000 * i, host=1.7e9 + 0.01 * i) for i in range(1, 50)]
    (heard,) = read(log(tmp_path / "x.csv", HEADER + ",timestamp", *texts))
    assert heard.clock == "host time"
    assert heard.time == pytest.approx(1.7e9 + 0.01 * np.arange(1, 50))


@pytest.mark.parametrize("content", [HEADER + "\n", HEADER + "\n" + line()[:200], "\n\n"])
def test_a_log_without_a_packet_says_what_was_in_it(tmp_path, content):
    path = tmp_path / "x.csv"
    path.write_text(content)
    with pytest.raises(UnreadableRecording, match="no esp32-csi-tool packet in it"):
        READER.read(path)


noise = st.one_of(
    st.sampled_from([line(), line(mac="AA:BB:CC:00:00:02"), line(VALUES * 3, head=(1, 1, 0)), HEADER, ""]),
    st.text(alphabet=st.characters(codec="ascii", exclude_characters="\r\n\x1b"), max_size=30),
    st.integers(0, 700).map(lambda n: line()[:n]),
    st.tuples(st.integers(0, 500), st.characters(codec="ascii", exclude_characters="\r\n\x1b")).map(
        lambda at: line()[: at[0]] + at[1] + line()[at[0] + 1 :]
    ),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(noise, max_size=12), st.sampled_from(["all", "lltf"]))
def test_kept_and_dropped_make_all_lines(tmp_path_factory, texts, part):
    path = log(tmp_path_factory.mktemp("log") / "x.csv", line(), *texts)
    for heard in READER.read(path, part=part):
        assert len(heard) + sum(heard.dropped.values()) == len(texts) + 1


@pytest.mark.parametrize(
    ("name", "kept", "pairs", "dropped", "others"),
    [
        ("esp32_csi_tool_example.csv", 13, 64, {}, 0),
        ("example_100hz_pitraffic.csv", 833, 64, {"header": 1, "odd count of values": 1}, 0),
        ("example_data.csv", 60, 64, {"header": 1}, 0),
        ("example_fast_100hz_pitraffic.csv", 1087, 64, {"header": 1, "other transmitter": 2}, 1),
        ("walking_ht40.csv", 2965, 192, {"header": 1, "other packet layout": 199}, 0),
    ],
)
def test_public_captures_have_the_counts_that_were_measured(data_dir, name, kept, pairs, dropped, others):
    heard, *rest = read(data_dir / "esp32" / name)
    assert (heard.raw.shape, dict(heard.dropped), len(rest)) == ((kept, pairs, 2), dropped, others)
    assert (np.diff(heard.time) >= 0).all()
    assert np.ptp(np.abs(heard.csi[:, 6])) > 0  # the paper's subcarrier carries a channel


def test_values_agree_with_a_plain_parser(data_dir):
    path = data_dir / "esp32" / "walking_ht40.csv"
    rows = [text.partition("[")[2].partition("]")[0].split() for text in path.read_text().splitlines()[1:]]
    plain = np.array([row for row in rows if len(row) == 384], dtype=int).reshape(-1, 192, 2)
    (heard,) = read(path)
    assert np.array_equal(heard.csi, plain[..., 1] + 1j * plain[..., 0])


def test_the_whole_walk_is_kept_with_lltf(data_dir):
    (heard,) = read(data_dir / "esp32" / "walking_ht40.csv", part="lltf")
    assert (heard.raw.shape, dict(heard.dropped)) == ((3164, 64, 2), {"header": 1})


def test_compressed_is_the_same(data_dir, tmp_path):
    path = data_dir / "esp32" / "example_data.csv"
    packed = tmp_path / "x.csv.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    assert np.array_equal(read(path)[0].raw, read(packed)[0].raw)


def test_leading_zeros_lost_by_the_firmware_are_restored(data_dir):
    (heard,) = read(data_dir / "esp32" / "example_100hz_pitraffic.csv")
    assert "leading zeros" in heard.clock
    # 834 packets at about 64 a second in 13 s; as printed, the clock would jump back 21 times by up to 0.9 s
    assert np.diff(heard.time).max() < 0.1


@pytest.mark.parametrize(
    "mark", ["2024-03-31 01:00:0{} ", "[2024-03-31T01:00:0{}.000Z] ", "2024-03-31 01:00:0{},", "03:00:0{}.123 -> "]
)
def test_the_time_that_a_serial_monitor_puts_in_front_is_read(tmp_path, mark):
    path = tmp_path / "x.csv"
    texts = [mark.format(i) + line(local=i * 1_000_000 + 5) for i in range(5)]
    path.write_text("\n".join(["2024-03-31 01:00:00 I (29) boot", *texts]), "utf-8")
    (heard,) = read(path)
    assert (len(heard), dict(heard.dropped)) == (5, {"not CSI": 1})
    np.testing.assert_allclose(np.diff(heard.time), 1)
    assert bool(heard.time[0] == 1_711_846_800) is mark.startswith(("2", "["))
