import contextlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samefade.channel import jakes
from samefade.errors import ClocksDisagree, EndsDisagree, OutOfRange, TooFewSamples
from samefade.observe import match
from samefade.observe.sequence import unwrap
from samefade.types import Recording


def recording(time, rssi=None, seq=None, clock="local timestamp"):
    time = np.asarray(time, float)
    return Recording("node", time, clock, rssi=np.zeros(len(time)) if rssi is None else rssi, seq=seq)


def numbered(seq, period=0.1):
    seq = np.asarray(seq)
    return recording(seq * period, rssi=-(seq % 97).astype(float), seq=seq)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32), st.floats(0, 0.5), st.floats(0, 0.5), st.booleans())
def test_sequence_numbers_match_the_packets_that_both_heard(seed, loss_a, loss_b, shuffle):
    rng = np.random.default_rng(seed)
    seqs = []
    for loss in (loss_a, loss_b):
        seq = np.arange(100, 400)[rng.random(300) >= loss]
        if shuffle:  # neighbours swapped, and some repeated
            seq = np.sort(np.concatenate([seq, rng.choice(seq, 10)]) + rng.uniform(0, 1.5, len(seq) + 10)).astype(int)
        seqs.append(seq)
    a, b = (numbered(seq) for seq in seqs)
    found = match(a, b)
    both = np.intersect1d(*seqs)
    np.testing.assert_array_equal(a.seq[found.index_a], both)
    np.testing.assert_array_equal(b.seq[found.index_b], both)
    np.testing.assert_allclose(found.time_a[found.index_a], found.time_b[found.index_b])
    assert found.how.startswith("sequence number")


@pytest.mark.parametrize("modulus", [2**8, 2**12, 2**16, 2**32])
def test_a_counter_that_wraps_is_unwrapped(modulus):
    seq = np.arange(modulus - 100, modulus + 100)
    np.testing.assert_array_equal(unwrap(seq % modulus), seq)


def test_reordering_is_not_a_wrap():
    seq = np.array([10, 12, 11, 13, 250, 249])
    np.testing.assert_array_equal(unwrap(seq), seq)
    late = np.array([254, 256, 255, 257])
    np.testing.assert_array_equal(unwrap(late % 256), late)


def test_a_sender_that_began_to_count_again_does_not_mix_its_runs():
    rng = np.random.default_rng(8)
    sent = np.concatenate([np.arange(1500), np.arange(20, 4500), np.arange(300)])
    packets = [np.flatnonzero(rng.random(len(sent)) >= loss) for loss in (0.02, 0.05)]
    a, b = (recording(0.1 * heard, seq=sent[heard]) for heard in packets)
    found = match(a, b)
    np.testing.assert_array_equal(packets[0][found.index_a], packets[1][found.index_b])
    assert len(found) == len(np.intersect1d(*packets))
    np.testing.assert_allclose(found.time_b, 0.1 * packets[1], atol=0.2)


def test_a_counter_that_began_again_at_one_end_alone_is_refused():
    sent = np.concatenate([np.arange(1500), np.arange(4500)])
    with pytest.raises(EndsDisagree, match="began again"):
        match(numbered(sent), numbered(sent[1500:]))


def test_one_damaged_number_is_not_a_restart():
    seq = np.arange(3000)
    damaged = seq.copy()
    damaged[1000], damaged[2000] = 90_000, 2
    assert len(match(numbered(damaged), numbered(seq))) == 2998


def test_an_end_that_began_after_the_wrap_is_shifted_by_a_turn():
    true = np.arange(4000, 5000)
    a, b = numbered(true), numbered(true[200:] - 4096)
    found = match(a, b)
    assert len(found) == 800
    np.testing.assert_array_equal(found.index_a, np.arange(200, 1000))


def test_sequence_numbers_without_any_in_common_are_refused():
    with pytest.raises(EndsDisagree, match="sequence numbers"):
        match(numbered(np.arange(100)), numbered(np.arange(120, 220)))
    with pytest.raises(EndsDisagree, match="none"):
        match(numbered(np.arange(100)), recording(np.arange(100)), "sequence")


def test_a_pause_of_the_sender_stays_in_the_time_axis():
    seq = np.arange(100)
    time = seq * 0.1 + 60 * (seq >= 50)
    found = match(recording(time, seq=seq), recording(time + 5, seq=seq))
    np.testing.assert_allclose(found.time_b, time)


def test_equal_lengths_without_a_common_clock_are_paired_by_row():
    found = match(recording(np.arange(10)), recording(np.arange(10) + 3))
    assert found.how == "row"
    np.testing.assert_array_equal(found.index_a, found.index_b)


def test_unequal_rows_are_cut_only_when_asked_and_said():
    found = match(recording(np.arange(10)), recording(np.arange(8)), "row")
    assert len(found) == 8
    assert found.how == "row: the first 8 of 10 and 8 packets"


def two_clocks(offset, ppm, *, seed=3, n=6000, loss=0.05, snr=15.0, doppler=0.4):
    rng = np.random.default_rng(seed)
    time = np.arange(n) / 10 + rng.uniform(0, 0.005, n)
    fade = np.abs(jakes(n, doppler, 10, rng))
    ends = []
    for clock in (time, (time - offset) / (1 + ppm * 1e-6)):
        heard = rng.random(n) >= loss
        noise = fade.std() * 10 ** (-snr / 20) * rng.standard_normal(n)
        ends.append((recording(clock[heard], (fade + noise)[heard]), np.flatnonzero(heard)))
    return ends


@pytest.mark.parametrize(("offset", "ppm"), [(0.0, 0.0), (-2.34, 0.0), (57.8, 0.0), (5.0, 300.0), (-400.0, -200.0)])
def test_clocks_without_an_epoch_are_matched_by_what_was_heard(offset, ppm):
    (a, packets_a), (b, packets_b) = two_clocks(offset, ppm)
    found = match(a, b)
    assert found.how.startswith("clock")
    at_first = offset + float(b.time[0]) * ppm * 1e-6
    # below half a period, beyond which packets would be paired wrongly
    assert found.offset == pytest.approx(at_first, abs=0.04)
    # 0.02 s over the time that both recorded
    assert found.drift == pytest.approx(ppm, abs=0.02e6 / (600 - abs(offset)))
    assert len(found) > 0.85 * 6000 * (1 if abs(offset) < 100 else 0.9)
    assert np.mean(packets_a[found.index_a] == packets_b[found.index_b]) > 0.999


def test_logs_that_stop_at_the_same_count_are_not_taken_for_the_same_packets():
    ends = two_clocks(3600.0, 50.0)
    n = min(len(end) for end, _ in ends)
    (a, packets_a), (b, packets_b) = ((recording(end.time[:n], end.rssi[:n]), packets) for end, packets in ends)
    found = match(a, b)
    assert found.how.startswith("clock")
    assert found.offset == pytest.approx(3600 - 3600 * 50e-6, abs=0.04)
    assert np.mean(packets_a[found.index_a] == packets_b[found.index_b]) > 0.999


@pytest.mark.parametrize("clock", ["row number (no clock read from the file; 1 Hz assumed)", "declared rate, 10 Hz"])
def test_rows_are_taken_where_no_clock_told_the_time(clock):
    (a, _), (b, _) = two_clocks(0, 0, loss=0.0)
    found = match(recording(np.arange(6000), a.rssi, clock=clock), recording(np.arange(6000) / 2, b.rssi, clock=clock))
    assert found.how == "row"


def test_recordings_of_different_days_are_refused_however_many_packets_they_hold():
    (a, _), _ = two_clocks(0, 0, seed=4, loss=0.0)
    _, (b, _) = two_clocks(0, 0, seed=5, loss=0.0)
    with pytest.raises(ClocksDisagree):
        match(recording(1.7e9 + a.time, a.rssi), recording(1.7e9 + 86_400 + b.time, b.rssi))


def test_a_record_that_overlaps_in_part_is_matched():
    (a, packets_a), (b, packets_b) = two_clocks(10.0, 0.0)
    late, early = slice(2000, None), slice(0, 4000)
    a = recording(a.time[late], a.rssi[late])
    b = recording(b.time[early], b.rssi[early])
    found = match(a, b)
    assert np.mean(packets_a[late][found.index_a] == packets_b[early][found.index_b]) > 0.999


def test_unrelated_recordings_are_refused():
    (a, _), _ = two_clocks(0, 0, seed=4)
    _, (b, _) = two_clocks(0, 0, seed=5)
    with pytest.raises(ClocksDisagree) as caught:
        match(a, b)
    assert set(caught.value.numbers) == {"offset_s", "drift_ppm", "matched"}


def test_unrelated_fades_are_rarely_taken_for_one():
    # 90 wrong pairs; one in a thousand may match, so two or more have probability 0.4 %
    ends = [two_clocks(0, 0, seed=seed, n=1500) for seed in range(10)]
    matched = 0
    for i, (a, _) in enumerate(ends):
        for j, (_, b) in enumerate(ends):
            if i != j:
                with contextlib.suppress(ClocksDisagree):
                    matched += len(match(a[0], b[0], "clock")) > 0
    assert matched <= 1


def test_hosts_that_tell_the_time_of_day_are_believed_where_the_signals_say_nothing():
    rng = np.random.default_rng(6)
    time = 1.7e9 + np.arange(300) / 10
    a = recording(time, rng.standard_normal(300), clock="host time")
    b = recording(time[5:] + 0.01, rng.standard_normal(295), clock="host time")
    found = match(a, b)
    assert found.how == "clock: as both tell it (nothing corrects it)"
    np.testing.assert_array_equal(found.index_a, np.arange(5, 300))


def test_hosts_that_do_not_overlap_in_time_are_refused():
    rng = np.random.default_rng(7)
    a = recording(1.7e9 + np.arange(300) / 10, rng.standard_normal(300))
    b = recording(1.8e9 + np.arange(280) / 10, rng.standard_normal(280))
    with pytest.raises(ClocksDisagree):
        match(a, b)


def test_constant_ends_cannot_tell_their_clocks():
    with pytest.raises(ClocksDisagree):
        match(recording(np.arange(100)), recording(np.arange(90)))


def test_bad_input_to_match_gets_a_clear_error():
    with pytest.raises(TooFewSamples):
        match(recording([]), recording([1, 2]))
    with pytest.raises(OutOfRange, match="by"):
        match(recording([1, 2]), recording([1, 2]), "luck")
    with pytest.raises(TooFewSamples):
        match(recording(np.arange(10)), recording(np.arange(9)))
