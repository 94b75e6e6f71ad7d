"""Bluetooth channel sounding: the two public logs, and logs with known tones."""

import numpy as np
import pytest

from samefade.errors import OutOfRange, UnreadableRecording
from samefade.files import read


def step(channel, i, q):
    word = (i & 0xFFF) | (q & 0xFFF) << 12
    return bytes([2, channel, 9, 0, *word.to_bytes(3, "little"), 0, 0, 0, 0, 0])


def record(counter, tones, *, level=-16, abort=0, done=0, steps=None, size=None, paths=1):
    data = bytes([0, 11, 3, 1, 2, 3]) + b"".join(step(c, i, q) for c, (i, q) in tones.items())
    text = data.hex()
    return "\n".join([
        "I: CS Subevent result received:",
        f"I:  - Procedure counter: {counter}",
        f"I:  - Procedure done status: {done}",
        f"I:  - Subevent abort reason: {abort}",
        f"I:  - Reference power level: {level}",
        f"I:  - Num antenna paths: {paths}",
        f"I:  - Num steps reported: {1 + len(tones) if steps is None else steps}",
        f"I:  - Step data buffer length: {len(data) if size is None else size} bytes",
        "I: Raw step data:",
        *(f"  {text[i : i + 32]}" for i in range(0, len(text), 32)),
        "I: CS Subevent end",
    ])  # fmt: skip


def some_tones(channels=(40, 2, 17)):
    rng = np.random.default_rng(2)
    return {c: tuple(int(x) for x in rng.integers(-2048, 2048, 2)) for c in channels}


def log(path, *texts):
    path.write_text("I:  - role: 1 (Reflector)\n" + "".join(f"{text}\n" for text in texts))
    return path


def test_tones_are_signed_twelve_bits_in_order_of_channel(tmp_path):
    extreme = {40: (-2048, 2047), 2: (-1, 1), 17: (0, -2048)}
    (heard,) = read(log(tmp_path / "x.txt", record(7, extreme, level=-20)))
    assert heard.tones.tolist() == [2, 17, 40]
    assert heard.raw[0].tolist() == [[-1, 1], [0, -2048], [-2048, 2047]]
    assert (heard.device, heard.seq.tolist(), heard.gain.tolist()) == ("Reflector", [7], [-20.0])


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (record(9, some_tones(), abort=2), "aborted or partial procedure"),
        (record(9, some_tones(), done=15), "aborted or partial procedure"),
        (record(9, some_tones(), steps=75), "damaged record"),
        (record(9, some_tones(), size=888), "cut short"),
        (record(9, some_tones(), paths=2), "several antenna paths"),
        (record(9, some_tones((1, 2))), "other set of tones"),
        (record(9, {}), "no tones"),
        ("I: CS Subevent result received:\nI:  - Procedure counter: 9", "damaged record"),
        ("q", "not a result"),
        ("", "blank"),
    ],
)
def test_what_is_no_procedure_is_counted(tmp_path, bad, reason):
    path = log(tmp_path / "x.txt", record(1, some_tones()), record(2, some_tones()), bad)
    (heard,) = read(path)
    assert heard.seq.tolist() == [1, 2]
    assert dict(heard.dropped) == {"not a result": 1} | {reason: 1 + (reason == "not a result")}  # the role's line


def test_the_counter_wraps_and_gives_the_time(tmp_path):
    path = log(tmp_path / "x.txt", *(record(c % 2**16, some_tones()) for c in (65_535, 65_536, 65_538)))
    (heard,) = read(path, rate=2.0)
    assert heard.seq.tolist() == [65_535, 65_536, 65_538]
    assert np.diff(heard.time).tolist() == [0.5, 1.0]
    assert heard.clock == "declared rate, 2 Hz"
    with pytest.raises(OutOfRange):
        read(path, rate=-1)


def test_a_log_of_aborted_procedures_is_refused(tmp_path):
    with pytest.raises(UnreadableRecording, match="no complete procedure"):
        read(log(tmp_path / "x.txt", record(1, some_tones(), abort=3)))


def test_the_public_logs_agree_with_what_was_measured(data_dir):
    (a,) = read(data_dir / "ble-channel-sounding" / "ini.txt")
    (b,) = read(data_dir / "ble-channel-sounding" / "ref.txt")
    assert (a.device, len(a), b.device, len(b)) == ("Initiator", 62, "Reflector", 64)
    assert (a.dropped["aborted or partial procedure"], b.dropped["aborted or partial procedure"]) == (2, 8)
    assert a.raw.dtype == np.int16
    assert a.tones.tolist() == b.tones.tolist() == [*range(2, 23), *range(26, 77)]
    common, at_a, at_b = np.intersect1d(a.seq, b.seq, return_indices=True)
    assert len(common) == 62

    def level(heard, at, *, gain):
        decibel = 20 * np.log10(np.abs(heard.csi[at])) + (heard.gain[at, None] if gain else 0)
        return decibel.mean(axis=1)

    r = np.corrcoef(level(a, at_a, gain=True), level(b, at_b, gain=True))[0, 1]
    # measured as 0.998 when the format was described; how tones are averaged moves the third digit
    assert r == pytest.approx(0.998, abs=2e-3)
    assert np.corrcoef(level(a, at_a, gain=False), level(b, at_b, gain=False))[0, 1] < 0.95
