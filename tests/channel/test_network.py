"""One access point and three stations: which parts of the world they share, and which they do not."""

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from samefade import observe
from samefade.channel import LINKS, SCENARIOS, Motion, Radio, network, scenario, simulate
from samefade.errors import OutOfRange, UnknownName

PLACES = ("indoor", "outdoor")
STATIONS = ("pycom", "luatos", "xiao")
STILL = Motion(doppler=0.0, k_factor=1e6, spread=0.0, drift_db=0.0)


def lost(world, end):
    return np.isin(np.arange(world.scenario.packets), world.truth.lost[end])


def level(recording):
    """Return the amplitude of tone 6 over its mean, less 1."""
    amplitude = np.hypot(*recording.raw[:, 0].astype(float).T)
    return amplitude / amplitude.mean() - 1


def still(name, seconds=1500, **radio):
    """Return a link whose channel stands still: what varies is what the radios add."""
    case = replace(LINKS[name], motion=STILL, a=Radio(**radio), b=Radio(**radio), seconds=seconds)
    return simulate(case, 5, tones=(6,))


@pytest.mark.parametrize("place", PLACES)
def test_a_link_alone_has_the_numbers_that_it_has_in_its_network(place):
    for station, inside in network(place, 7, seconds=60, tones=(6,)).items():
        alone = simulate(replace(scenario(f"{place}/{station}"), seconds=60), 7, tones=(6,))
        for end in "abe":
            np.testing.assert_array_equal(getattr(inside, end).raw, getattr(alone, end).raw)
            np.testing.assert_array_equal(getattr(inside, end).time, getattr(alone, end).time)
        np.testing.assert_array_equal(inside.truth.fade, alone.truth.fade)


def test_the_stations_have_their_turns_one_after_the_other():
    links = network("indoor", 1, seconds=300, tones=(6,))
    times = np.stack([links[station].truth.time for station in STATIONS], axis=1).ravel()
    assert np.all(np.diff(times) > 0)
    assert np.median(np.diff(times)) == pytest.approx(0.1, abs=0.002)  # ten exchanges a second in all


def test_bursts_at_the_access_point_go_on_from_station_to_station():
    links = [simulate(replace(LINKS[f"outdoor/{s}"], seconds=3600), 2, tones=(6,)) for s in STATIONS[:2]]
    first, second = ([lost(world, end) for end in "ab"] for world in links)
    # a burst of six packets goes on to the next with probability 5/6, and 7 of 10 lost packets are in bursts:
    # about .6 here; the 12,000 exchanges of two independent ends would give 0 ± .01
    assert np.corrcoef(first[0], second[0])[0, 1] > 0.4
    assert abs(np.corrcoef(first[1], second[1])[0, 1]) < 0.05


def test_the_gain_of_the_access_point_goes_on_from_station_to_station():
    first, second = (still(f"indoor/{s}", snr_db=60, agc_db=2.0, agc_seconds=1.0) for s in STATIONS[:2])
    # a tenth of a second later the level is the same with probability exp(−.1) = .90; rounding takes a little
    assert np.corrcoef(level(first.a), level(second.a))[0, 1] == pytest.approx(np.exp(-0.1), abs=0.05)
    # 5,000 packets, of which 3 in 2 seconds are independent: four standard errors are .1
    assert abs(np.corrcoef(level(first.b), level(second.b))[0, 1]) < 0.1


def test_noise_is_new_for_every_packet():
    first, second = (still(f"indoor/{s}", snr_db=15) for s in STATIONS[:2])
    for end in "ab":  # four standard errors of 5,000 packets are .06
        assert abs(np.corrcoef(level(getattr(first, end)), level(getattr(second, end)))[0, 1]) < 0.06


def test_the_fades_of_two_stations_are_their_own():
    found = []
    for seed in range(12):
        links = network("indoor", seed, seconds=1200, tones=(6,))
        found.append(np.corrcoef(*(np.abs(links[s].truth.fade) for s in STATIONS[:2]))[0, 1])
    # twenty minutes hold four independent pieces of drift, so one correlation scatters by .5 and the mean of 12 by .15
    assert abs(np.mean(found)) < 0.45
    assert max(found) < 0.99


def test_the_access_point_is_one_device_in_all_links():
    aps = {name: case.a for name, case in LINKS.items()}
    assert len({(ap.offset, ap.drift_ppm, ap.agc_db, ap.agc_seconds) for ap in aps.values()}) == 1
    for place in PLACES:
        assert len({aps[f"{place}/{s}"].burst_loss for s in STATIONS}) == 1


def test_what_the_paper_says_in_words_was_put_in():
    for station in STATIONS:
        inside, outside = LINKS[f"indoor/{station}"], LINKS[f"outdoor/{station}"]
        for end in "ab":
            assert getattr(outside, end).snr_db < getattr(inside, end).snr_db
            assert getattr(outside, end).burst_loss > getattr(inside, end).burst_loss
    for place in PLACES:
        pycom, luatos, xiao = (LINKS[f"{place}/{s}"] for s in STATIONS)
        assert pycom.b.snr_db < luatos.b.snr_db < xiao.b.snr_db
        assert pycom.a.snr_db == luatos.a.snr_db < xiao.a.snr_db
        assert len({case.distance for case in (pycom, luatos, xiao)}) == 3


def test_links_are_found_by_name_and_stand_apart_from_the_scenarios():
    assert set(LINKS) == {f"{p}/{s}" for p in PLACES for s in STATIONS}
    assert not set(LINKS) & set(SCENARIOS)
    assert all(case.name == name and case.about.endswith(".") for name, case in LINKS.items())
    world = simulate(replace(scenario("indoor/xiao"), seconds=120), 3, tones=(6,))
    assert observe.pair(world.a, world.b, by="row").rate == pytest.approx(10 / 3, rel=0.01)
    assert world.a.about["scenario"] == "indoor/xiao"


def test_what_is_not_there_is_refused_by_name():
    with pytest.raises(UnknownName, match="indoor"):
        network("cellar", 1)
    with pytest.raises(UnknownName, match="indoor/pycom"):
        scenario("indoor/toaster")


@pytest.mark.parametrize(("turn", "stations"), [(3, 3), (-1, 3), (1, 1)])
def test_a_turn_that_nobody_has_is_refused(turn, stations):
    with pytest.raises(OutOfRange, match="turn"):
        replace(SCENARIOS["static"], turn=turn, stations=stations)


def test_the_access_point_loses_twice_what_a_station_loses_and_eve_as_much():
    for case in LINKS.values():
        for lost in ("loss", "burst_loss"):
            assert getattr(case.a, lost) == getattr(case.e, lost) == 2 * getattr(case.b, lost) > 0


def test_worlds_are_named_without_scipy():
    code = "import sys, samefade.channel as c; c.scenario('indoor/xiao'); print('scipy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
