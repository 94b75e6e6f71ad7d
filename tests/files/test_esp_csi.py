"""Console logs of esp-csi, of which no public capture exists: lines as its example prints them."""

import numpy as np
import pytest

from samefade.errors import UnreadableRecording
from samefade.files import along, container, read
from samefade.files.converting import convert
from samefade.files.gains import gains

LONG = (
    "type,id,mac,rssi,rate,sig_mode,mcs,bandwidth,smoothing,not_sounding,aggregation,stbc,fec_coding,sgi,noise_floor,"
    "ampdu_cnt,channel,secondary_channel,local_timestamp,ant,sig_len,rx_state,len,first_word,data"
)
SHORT = (
    "type,seq,mac,rssi,rate,noise_floor,fft_gain,agc_gain,channel,local_timestamp,sig_len,rx_state,len,first_word,data"
)
VALUES = [(7 * i) % 200 - 100 for i in range(128)]


def long(count, *, values=VALUES, local=None, size=None, first=0, mac="1a:00:00:00:00:00", state=0):
    local = 10_000 * count if local is None else local
    size = len(values) if size is None else size
    data = ",".join(map(str, values))
    front = f"CSI_DATA,{count},{mac},-40,11,0,0,0,0,1,0,0,0,0,-95,0,11,0,{local},0,47,{state},{size},{first}"
    return f'{front},"[{data}]"'


def short(count, values=VALUES, size=None, gains="5,40"):
    size = len(values) if size is None else size
    data = ",".join(map(str, values))
    return f'CSI_DATA,{count},1a:00:00:00:00:00,-40,11,-95,{gains},11,{10_000 * count},47,0,{size},1,"[{data}]"'


def log(path, *texts):
    path.write_text("".join(f"{text}\n" for text in texts))
    return path


def test_the_long_form(tmp_path):
    (heard,) = read(log(tmp_path / "x.csv", "I (300) csi_recv: start", LONG, *(long(i) for i in (1, 2, 4, 5))))
    assert heard.raw.shape == (4, 64, 2)
    assert heard.csi[0, 6] == VALUES[13] + 1j * VALUES[12]
    assert heard.seq.tolist() == [1, 2, 4, 5]
    assert dict(heard.dropped) == {"not CSI": 1, "header": 1}
    assert heard.about["layout"] == "L-LTF, secondary none"
    assert heard.about["null tones"].startswith("0 27 28")  # pair 1 is valid unless first_word says otherwise
    (invalid,) = read(log(tmp_path / "y.csv", long(1, first=1)))
    assert invalid.about["null tones"].startswith("0 1 27")


def test_the_short_form_has_no_known_layout(tmp_path):
    (heard,) = read(log(tmp_path / "x.csv", SHORT, *(short(i) for i in range(1, 4))))
    assert (heard.raw.dtype, heard.raw.shape) == (np.int8, (3, 64, 2))
    assert (heard.about["layout"], heard.about["null tones"]) == ("unknown", "0 1")


def test_gains_of_the_short_form_are_named_and_what_they_do_is_told(tmp_path):
    (heard,) = read(log(tmp_path / "x.csv", *(short(i) for i in range(1, 6))))
    assert heard.about["gain"] == "fft_gain 5, agc_gain 40, the same in all packets"
    forced = ["5,40", "-3,44", "-3,44", "5,40", *["5,40"] * 4]
    (heard,) = read(log(tmp_path / "y.csv", *(short(i, gains=gain) for i, gain in enumerate(forced, start=1))))
    assert heard.about["gain"] == (
        "fft_gain -3 to 5, agc_gain 40 to 44; changes 2 times, last with packet 4; "
        "amplitudes are left as they were scaled"
    )
    assert np.ptp(heard.raw, axis=0).max() == 0  # the values as printed
    convert(tmp_path / "y.csv", tmp_path / "y.zarr")
    assert container.read(tmp_path / "y.zarr")[0].about["gain"] == heard.about["gain"]
    (heard,) = read(log(tmp_path / "z.csv", long(1), long(2)))
    assert "gain" not in heard.about
    (heard,) = read(log(tmp_path / "odd.csv", short(1), short(2, gains="5,?")))
    assert dict(heard.dropped) == {"damaged field": 1}


@pytest.mark.parametrize("piece", [1, 3, 7, 100])
def test_changes_of_a_gain_are_counted_alike_in_pieces_of_any_length(monkeypatch, piece):
    monkeypatch.setattr(along, "PIECE", piece)
    one, other = np.repeat([5.0, 6.0, 5.0], 7), np.repeat([40.0, 41.0], [20, 1])
    assert "5 to 6, y 40 to 41; changes 3 times, last with packet 21;" in gains(x=one, y=other)["gain"]
    assert gains(x=one, y=np.full(21, np.nan))["gain"].startswith("x 5 to 6; changes 2 times, last with packet 15;")
    assert gains(x=np.full(21, np.nan)) == {}


def test_twelve_bits_are_kept_in_the_short_form_only(tmp_path):
    wide = [2047, -2048, *VALUES[2:]]
    (heard,) = read(log(tmp_path / "x.csv", short(1, wide), short(2)))
    assert heard.raw.dtype == np.int16
    assert heard.raw[0, 0].tolist() == [-2048, 2047]
    (old,) = read(log(tmp_path / "y.csv", long(1, values=wide), long(2)))
    assert dict(old.dropped) == {"value out of range": 1}


def test_signed_prints_of_the_counters_are_undone(tmp_path):
    counts = [2**31 - 1, -(2**31), -(2**31) + 1, -1, 0]
    locals_ = [2**31 - 10_000, -(2**31), -(2**31) + 10_000, -10_000, 0]
    texts = [long(c, local=at) for c, at in zip(counts, locals_, strict=True)]
    (heard,) = read(log(tmp_path / "x.csv", *texts))
    assert heard.seq.tolist() == [2**31 - 1, 2**31, 2**31 + 1, 2**32 - 1, 2**32]
    assert np.diff(heard.time)[[0, 1, 3]] == pytest.approx(0.01)
    assert heard.clock == "local timestamp (µs, unwrapped)"


def test_the_routers_own_count_is_no_sequence_number(tmp_path):
    (heard,) = read(log(tmp_path / "x.csv", *(long(2 * i) for i in range(10))))
    assert heard.seq is None
    assert "steps of 2" in heard.about["counter"]


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (long(9)[:200], "cut short"),
        (long(9)[:-3], "cut short"),
        ("garbage " + long(9), "damaged start"),
        (long(9, values=VALUES[:-1], size=128), "odd count of values"),
        (long(9, values=VALUES[:-2], size=128), "values missing"),
        (long(9, size=64), "more values than declared"),
        (long(9).replace("-100,", ",", 1), "list is not integers"),
        (long(9).replace("-100,", "nan,", 1), "list is not integers"),
        (long(9).replace("-100,-93", "-100-93", 1), "list is not integers"),
        (long(9).replace(",11,", ",", 1), "wrong number of columns"),
        (long(9) + ",7", "wrong number of columns"),
        (long(9, mac="1a:00"), "damaged field"),
        (long(9, local="later"), "damaged field"),
        (long(9, state=3), "receive error"),
        (LONG, "header"),
        ("", "blank"),
    ],
)
def test_a_line_that_is_no_packet_is_counted_under_its_reason(tmp_path, bad, reason):
    (heard,) = read(log(tmp_path / "x.csv", long(1), long(2), bad))
    assert (len(heard), dict(heard.dropped)) == (2, {reason: 1})


def test_an_empty_log_says_so(tmp_path):
    with pytest.raises(UnreadableRecording, match="no esp-csi packet"):
        read(log(tmp_path / "x.csv", LONG))
