"""The planner against numbers that were derived elsewhere: refresh times, correlations, bits, and what must order."""

from dataclasses import replace
from math import ceil, inf

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import j0

from samefade.channel.correlation import Channel, Eavesdropper, Exchange, ExponentialProfile, Noise
from samefade.errors import OutOfRange, UnknownName
from samefade.lpwan import Circumstances, NarrowBand, Radio, plan, time_on_air
from samefade.lpwan.planner import refresh_hours
from samefade.lpwan.planner.exchange import exchange
from samefade.lpwan.planner.reciprocity import reciprocity
from samefade.lpwan.planner.secrecy import information
from samefade.lpwan.planner.words import comparison, duration, energy, verdict, warnings
from samefade.lpwan.price import SMOOTHING, SURPRISE, Price

PING_PONG = Circumstances(sf=7, probing="ping-pong", speed=0.5, eve=10)


# hours for a key of 128 bits with frames of 17 bytes at 1 % (lpwan.md 3.2, as printed)
@pytest.mark.parametrize(
    ("sf", "bits", "hours", "digits"),
    [
        (7, 0.1, 1.83, 2),
        (7, 0.5, 0.37, 2),
        (7, 1, 0.18, 2),
        (9, 0.1, 5.9, 1),
        (9, 0.5, 1.2, 1),
        (9, 1, 0.6, 1),
        (12, 0.1, 46.9, 1),
        (12, 0.5, 9.4, 1),
        (12, 1, 4.7, 1),
    ],
)
def test_refresh_times_are_those_of_the_table(sf, bits, hours, digits):
    made = plan(replace(PING_PONG, sf=sf, bits_per_probe=bits))

    assert round(made.probing.hours, digits) == hours
    assert made.limit == "duty cycle"
    assert made.probes == ceil(128 / bits)
    assert refresh_hours(bits, time_on_air(sf=sf, payload=17), 0.01) == pytest.approx(made.probing.hours)


@pytest.mark.parametrize(("bits", "duty"), [(0, 0.01), (-1, 0.01), (1, 0), (float("nan"), 1)])
def test_a_refresh_of_no_bits_or_no_time_is_refused(bits, duty):
    with pytest.raises(OutOfRange):
        refresh_hours(bits, 0.05, duty)


@pytest.mark.parametrize(("bits", "days"), [(1, 12.8), (0.1, 128)])
def test_ten_downlinks_a_day_are_what_binds_on_a_public_network(bits, days):
    made = plan(Circumstances(sf=7, network="ttn", bits_per_probe=bits, eve=10))
    assert made.limit == "downlinks"
    assert made.probing.days == pytest.approx(days)


# lpwan.md 1.1: (circumstances, speed, ρ_T); the table is printed to three or two digits
@pytest.mark.parametrize(
    ("link", "speed", "rho", "within"),
    [
        (PING_PONG, 0.1, 0.998, 6e-4),
        (PING_PONG, 0.5, 0.946, 6e-4),
        (PING_PONG, 1.4, 0.615, 6e-4),
        (replace(PING_PONG, sf=12), 0.1, 0.003, 6e-3),
        (Circumstances(sf=7), 0.1, 0.28, 6e-3),
        (Circumstances(sf=7), 0.5, -0.20, 2e-2),
        (Circumstances(sf=7), 1.4, 0.12, 2e-2),
    ],
)
def test_correlations_over_the_turn_around_are_those_of_the_table(link, speed, rho, within):
    assert plan(replace(link, speed=speed)).reciprocity.time == pytest.approx(rho, abs=within)


def test_the_middles_of_both_packets_are_as_far_apart_as_they_are():
    up, down = time_on_air(sf=7, payload=17), time_on_air(sf=7, payload=12, crc=False)
    assert exchange(Circumstances(sf=7)).apart == pytest.approx(up / 2 + 1 + down / 2)
    assert exchange(Circumstances(sf=7, window=2)).apart == pytest.approx(
        up / 2 + 2 + time_on_air(sf=12, payload=12, crc=False) / 2
    )
    assert exchange(Circumstances(sf=7, network="ttn")).apart == pytest.approx(up / 2 + 5 + down / 2)
    assert exchange(PING_PONG).apart == pytest.approx(up)
    assert exchange(replace(PING_PONG, reply_delay=0.2)).apart == pytest.approx(up + 0.2)


def test_register_readings_make_the_packets_not_count():
    slow = replace(PING_PONG, sf=12, reading="register", reply_delay=0.01)
    probe = exchange(slow)
    symbols = 8 * 2**12 / 125_000
    assert probe.apart == pytest.approx(symbols + 0.01)
    assert probe.cycle == pytest.approx(2 * time_on_air(sf=12, payload=17) + 0.01)
    assert plan(slow).reciprocity.fading.ends > plan(replace(slow, reading="packet")).reciprocity.fading.ends
    assert plan(replace(PING_PONG, reading="register")).secrecy.net > plan(PING_PONG).secrecy.net


def test_class_a_fading_is_gone_for_whoever_walks_and_shadowing_is_not():
    found = plan(Circumstances(sf=7)).reciprocity
    assert found.survives == "no"
    assert found.shadows > 0.95
    assert found.time == pytest.approx(j0(2 * np.pi * found.doppler * exchange(Circumstances(sf=7)).apart))


def test_readings_without_averaging_have_the_correlation_of_the_decomposition_table():
    # σ = 6 dB, Rayleigh, Eve shares the shadowing: .84 between the ends at ρ_T = .9 and .53 with Eve (within .03)
    link = replace(PING_PONG, speed=0.1, snr=60, step=0, eve=0.0)
    raw = plan(link).reciprocity.raw
    far = plan(replace(link, eve=0.5)).reciprocity.raw  # fading forgotten, shadows shared
    assert raw.near > 0.99
    assert far.near == pytest.approx(0.53, abs=0.03)
    gone = plan(replace(link, sf=12, speed=1.4, reply_delay=3.0, shadow_distance=1e6)).reciprocity
    assert abs(gone.decibel) < 0.03


def test_bits_are_those_of_gaussian_channels():
    for rho, bits in ((0.5, 0.208), (0.7, 0.486), (0.8, 0.737), (0.9, 1.198), (0.95, 1.679), (0.99, 2.826)):
        assert information(rho) == pytest.approx(bits, abs=6e-4)
    made = plan(PING_PONG)
    assert made.secrecy.shared == pytest.approx(information(made.reciprocity.fading.ends))
    assert made.secrecy.net == pytest.approx(0.5 * made.secrecy.shared, abs=1e-3)


def test_a_plan_pays_for_the_shortness_of_its_record():
    made = plan(PING_PONG)
    net = made.secrecy.net
    assert net * made.kept - SMOOTHING * SURPRISE * np.sqrt(made.kept) == pytest.approx(128 + 126 + 224)
    assert made.probes == ceil(made.kept) + 256
    cheap = plan(replace(PING_PONG, price=Price(spoken=0, hashing=0, told=0)))
    assert 128 / net < cheap.probes < made.probes - 256


def test_a_run_that_is_longer_than_the_refresh_keeps_is_no_key_and_says_so():
    slow = Circumstances(sf=9, eve=300, shadows_are_secret=True)
    made = plan(slow)
    assert (made.key, made.limit) == (None, "the length of a run")
    assert f"{ceil(made.kept):,} probes would have to be kept" in verdict(made)
    assert made.kept > 1_280
    pooled = plan(replace(slow, longest=inf))
    assert pooled.probes == ceil(made.kept) + 256
    assert duration(pooled.key.hours) in verdict(made)
    assert energy(pooled.key.joules) in verdict(made)
    assert plan(replace(PING_PONG, longest=1)).key is not None  # only class A has runs of this length


links = st.builds(
    Circumstances,
    sf=st.integers(7, 10),
    speed=st.floats(0.02, 3),
    probing=st.sampled_from(["ping-pong", "class-a"]),
    eve=st.sampled_from([0.0, 0.03, 0.3, 5.0]),
    eve_near=st.sampled_from(["device", "gateway"]),
    snr=st.floats(3, 40),
    shadows_are_secret=st.booleans(),
    efficiency=st.floats(0.1, 1),
)


@settings(max_examples=25, deadline=None)
@given(links)
def test_no_plan_gets_more_bits_than_the_channel_has_given_eve(link):
    made = plan(link)
    bits = made.secrecy
    assert bits.net <= bits.secret + 1e-6 <= bits.shared + 2e-6
    assert (made.key is None) == (made.probes is None)
    if made.key is not None:
        assert made.probes * bits.net >= 128 + 126 + 224
        assert made.key.hours >= made.probes * made.interval / 3600


def test_an_eve_at_the_antenna_leaves_no_key_and_a_nearer_one_never_more():
    found = [plan(replace(PING_PONG, eve=metres)) for metres in (0.0, 0.03, 0.06, 0.1, 10.0)]
    assert found[0].limit == "Eve"
    assert found[0].key is None
    assert "Eve shares too much" in verdict(found[0])
    net = [made.secrecy.net for made in found]
    assert net == sorted(net)


def test_at_an_elevated_gateway_eve_hears_more_metres_away_than_at_the_device():
    device, gateway = (plan(replace(PING_PONG, eve=2, eve_near=near)).secrecy.net for near in ("device", "gateway"))
    assert gateway < device


def test_a_channel_in_which_nothing_moves_has_no_key_and_says_so():
    made = plan(replace(PING_PONG, speed=0))
    assert (made.key, made.limit, made.probes) == (None, "stillness", None)
    assert "nothing moves" in verdict(made)


def test_without_an_eve_the_plan_says_so_first():
    made = plan(replace(PING_PONG, eve=None))
    assert warnings(made)[0].startswith("NOBODY IS ASSUMED TO LISTEN")
    assert "if nobody listens" in verdict(made)
    assert not any("NOBODY" in note for note in warnings(plan(PING_PONG)))


def test_edhoc_is_cheaper_than_dedicated_probes_and_both_numbers_are_said():
    made = plan(PING_PONG)
    assert made.edhoc_is_cheaper
    assert made.edhoc.joules < made.key.joules
    said = comparison(made)
    assert said.startswith("EDHOC is cheaper")
    assert energy(made.edhoc.joules) in said
    assert energy(made.key.joules) in said


def test_where_the_channel_gives_no_key_edhoc_still_does():
    made = plan(Circumstances(sf=12))
    assert made.edhoc_is_cheaper
    assert "the channel gives none" in comparison(made)


def test_probes_on_frames_that_are_sent_and_answered_anyway_still_pay_for_what_is_said():
    made = plan(replace(PING_PONG, piggybacked=True, answered=True, period=600))
    assert made.key.frames == 0
    assert made.probing.joules == 0
    # blocks of 18 bytes up and down, 3.3 and .6 bytes a pair
    up = time_on_air(sf=7, payload=35) - time_on_air(sf=7, payload=17)
    down = time_on_air(sf=7, payload=31, crc=False) - time_on_air(sf=7, payload=12, crc=False)
    blocks = ceil(ceil(3.3 * made.probes) / 18)
    heard = 0.6 * made.probes / 18 * down * 0.0108 * 3.3
    assert made.reconciliation.joules == pytest.approx(blocks * up * 0.028 * 3.3 + heard)
    assert made.edhoc_is_cheaper
    assert made.limit == "traffic"
    known = plan(replace(made.asked, bits_per_probe=1))  # nothing is known of what is said then
    assert comparison(known).startswith("The channel is cheaper")
    unanswered = plan(replace(made.asked, answered=False))
    assert unanswered.probing.joules == pytest.approx(unanswered.probes * 0.0108 * 3.3 * unanswered.probe.down)


def test_probes_are_paid_for_by_what_the_radio_draws():
    made = plan(replace(PING_PONG, bits_per_probe=1, radio=Radio(receive=0)))
    assert made.probing.joules == pytest.approx(128 * 0.028 * 3.3 * time_on_air(sf=7, payload=17))
    assert made.probing.airtime == pytest.approx(128 * time_on_air(sf=7, payload=17))


def test_what_is_told_rides_on_the_probes_or_on_frames_of_its_own():
    fits = plan(PING_PONG)
    assert fits.reconciliation.frames == 0
    full = plan(replace(PING_PONG, payload=242, speed=0.05))  # no room is left in such frames
    assert full.reconciliation.frames == ceil(ceil(3.3 * full.probes) / 242)
    assert full.reconciliation.joules > 0


def test_a_battery_that_is_too_small_is_what_limits():
    made = plan(replace(PING_PONG, battery=0.5))
    assert made.limit == "energy"
    assert verdict(made).startswith("No key for the 500 mJ that the battery has")
    assert energy(made.key.joules) in verdict(made)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (replace(PING_PONG, efficiency=0), "0 bits a probe"),
        (replace(PING_PONG, bits_per_probe=0.001), "0.001 bits a probe"),
        (Circumstances(sf=12, bits_per_probe=0), "0 bits a probe"),
    ],
)
def test_ends_that_agree_and_keep_nothing_are_not_said_to_hear_different_fades(asked, said):
    made = plan(asked)
    assert (made.key, made.limit) == (None, "reconciliation")
    assert said in verdict(made).removeprefix("No key: ")
    assert "same fade" not in verdict(made)


def test_many_devices_share_the_gateways_time():
    made = plan(replace(PING_PONG, devices=100))
    assert made.limit == "the gateway's duty cycle"
    assert made.interval == pytest.approx(100 * made.probe.down / 0.01)


def test_two_bands_have_two_fades():
    made = plan(Circumstances(sf=7, region="AU915", eve=10))
    assert made.probe.gap == 923_300_000 - 915_200_000
    assert made.reciprocity.frequency == pytest.approx(1 / np.hypot(1, 2 * np.pi * made.probe.gap * 2e-7))
    assert made.limit == "reciprocity"


def test_narrowband_keeps_reciprocity_with_time_division_and_loses_it_with_repetitions_and_a_gap():
    tdd = Circumstances(probing="nb-iot", gap=0, eve=10)
    assert plan(tdd).key.joules is None
    assert plan(tdd).edhoc_is_cheaper is None
    assert "not known here" in comparison(plan(tdd))
    assert plan(tdd).probe.apart == pytest.approx(9e-3)
    assert plan(replace(tdd, gap=45e6)).limit == "reciprocity"
    assert plan(replace(tdd, narrowband=NarrowBand(repetitions=128))).limit == "reciprocity"


def test_shadowing_counts_only_where_it_is_said_to_be_secret():
    far = Circumstances(sf=9, eve=300, longest=inf)
    assert plan(far).key is None
    counted = plan(replace(far, shadows_are_secret=True))
    assert counted.key is not None
    assert any("map" in note for note in warnings(counted))
    assert counted.interval >= 50 / 1.4
    assert plan(replace(far, shadows_are_secret=True, eve=1.0)).secrecy.net < counted.secrecy.net / 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"sf": 6},
        {"speed": -1},
        {"speed": float("nan")},
        {"eve": -1},
        {"snr": inf},
        {"probing": "telepathy"},
        {"window": 3},
        {"network": "other"},
        {"eve_near": "moon"},
        {"key_bits": 0},
        {"devices": 0},
        {"battery": 0},
        {"shadow_distance": 0},
        {"shadow_distance": inf},
        {"frequency": 0},
        {"frequency": 1e20},
        {"probing": "nb-iot", "network": "ttn"},
        {"probing": "nb-iot", "narrowband": NarrowBand(repetitions=256)},
        {"probing": "nb-iot", "narrowband": NarrowBand(tones=3, spacing=3_750)},
        {"piggybacked": True},
        {"payload": 250},
        {"payload": 52, "sf": 12},
        {"payload": 12, "sf": 10, "region": "US915"},
        {"longest": 0},
        {"bits_per_probe": -1},
        {"efficiency": 1.1},
        {"region": "US915", "sf": 12},
    ],
)
def test_what_no_deployment_has_is_refused(wrong):
    with pytest.raises(OutOfRange):
        plan(Circumstances(**wrong))


def test_an_unknown_region_is_named():
    with pytest.raises(UnknownName):
        plan(Circumstances(region="MARS"))


def test_numbers_are_said_as_people_say_them():
    assert [duration(h) for h in (0.001, 0.5, 3, 100, inf)] == [
        "3.6 s",
        "30.0 min",
        "3.0 hours",
        "4.2 days",
        "for ever",
    ]
    assert [energy(j) for j in (12.3, 0.00475, 3.4e-5, None)] == ["12.3 J", "4.75 mJ", "34 µJ", "not known"]
    assert [energy(j) for j in (1_914.4, 14_249, 999.7)] == ["1,910 J", "14,200 J", "1,000 J"]
    assert [duration(24 * d) for d in (2_877.3, 36_000, 40_000, 1e200)] == [
        "2,877.3 days",
        "36,000.0 days",
        "over a century",
        "over a century",
    ]


def test_readings_with_shadows_are_those_of_the_channel_model():
    asked = replace(PING_PONG, eve=0.05)
    found = reciprocity(asked, exchange(asked))
    up = time_on_air(sf=7, payload=17)
    level = Channel(
        speed=0.5, carrier=868.1e6, exchange=Exchange(up, 0, up), profile=ExponentialProfile(2e-7),
        eve=Eavesdropper(from_b=0.05), noise=Noise(100, 100, 1e9),
    ).level()  # fmt: skip
    assert [found.raw.ends, found.raw.near, found.raw.far] == pytest.approx([level.ab, level.be, level.ae], abs=1e-6)
