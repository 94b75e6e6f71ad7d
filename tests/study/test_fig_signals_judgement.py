"""What the figures about signals conclude from rows whose meaning is known."""

from pathlib import Path

import pytest

from samefade.study import Result
from samefade.study.folder import find

STUDY = find("wskg2025", Path(__file__).parents[2] / "study")
FIG = {n: STUDY.load(f"fig{n:02d}") for n in (2, 5, 6, 7, 8, 10, 11, 12, 13, 14)}
SIM = {
    "los-short": "LoS-ShortRange, simulated",
    "nlos-short": "NLoS-ShortRange, simulated",
    "nlos-long": "NLoS-LongRange, simulated",
}
LOS, SHORT, LONG = SIM.values()
OFFICE = "skyglow/office-los"
WORLDS = 12


def rows(short, worlds=WORLDS, **numbers):
    """Rows of one place; a number grows a little from world to world, so that no two are equal."""
    made = []
    for world in range(worlds):
        moved = {k: v + 0.0002 * world if isinstance(v, float) else v for k, v in numbers.items()}
        role = "simulated" if short in SIM else "real"
        made.append({"place": SIM.get(short, short), "role": role, "name": short, "world": world, **moved})
    return made


def judged(number, made):
    return FIG[number].judge(Result(made))


@pytest.mark.parametrize(("share", "mark"), [(0.7, "holds"), (0.3, "differs")])
def test_low_frequencies_dominate_where_both_ends_hold_most_there(share, mark):
    found = judged(2, rows("los-short", share_a=0.9, share_b=share))[1]
    assert (found.mark, found.places) == (mark, {LOS: mark})
    assert f"{share:.0%}" in found.why
    assert judged(2, rows("los-short", 3, share_a=0.9, share_b=share))[1].mark == "cannot be tested"


def coherent(short, area, phase=10.0, slow=0.9, fast=0.2):
    return rows(short, chance=False, area=area, phase_deg=phase, area_slow=slow, area_fast=fast)


def test_the_largest_area_and_its_shrinking_are_read_in_order():
    told = [*coherent("los-short", 0.6), *coherent("nlos-short", 0.5, 20.0), *coherent("nlos-long", 0.4, 30.0)]
    put_in = {10: "cannot be tested", 11: "cannot be tested", 13: "holds"}
    assert {n: v.mark for n, v in judged(5, told).items()} == put_in
    real = [*told, *coherent("skyglow/office-los", 0.7, 5.0), *coherent("skyglow/office-nlos", 0.5, 20.0)]
    assert {n: v.mark for n, v in judged(5, real).items()} == dict.fromkeys((10, 11, 13), "holds")
    phase = [*told, *coherent("skyglow/office-los", 0.7, 30.0), *coherent("skyglow/office-nlos", 0.5, 20.0)]
    assert [judged(5, phase)[n].mark for n in (10, 11)] == ["holds", "differs"]
    real = [*told, *coherent("skyglow/office-los", 0.5), *coherent("skyglow/office-nlos", 0.7)]
    found = judged(5, real)
    assert found[10].mark == found[11].mark == "differs"
    assert found[10].places[f"{LOS} above {LONG}"] == "cannot be tested"
    assert found[10].places["skyglow/office-los above skyglow/office-nlos"] == "differs"
    flat = [*told, *coherent("lora-indoor", 0.5, slow=0.2, fast=0.5)]
    assert judged(5, flat)[13].places["lora-indoor"] == "differs"
    by_chance = [row | {"chance": True, "area": 0.9} for row in coherent("nlos-long", 0.9)]
    whole = [*told, *coherent("skyglow/office-los", 0.7), *coherent("skyglow/office-nlos", 0.5), *by_chance]
    assert judged(5, whole)[10].mark == "holds"


def lagged(short, lag, peak):
    return rows(short, lag=lag, rate_hz=10.0, peak=peak, at_zero=0.1, logged_a=100, logged_b=103)


def test_lags_are_judged_by_the_authors_recordings_alone():
    made = [*lagged("los-short", 2, 0.6), *lagged("nlos-short", 20, 0.5), *lagged("nlos-long", -90, 0.2)]
    found = judged(6, [*made, *lagged(OFFICE, 0, 0.9)])
    assert {n: v.mark for n, v in found.items()} == dict.fromkeys((15, 16, 17, 18), "cannot be tested")
    assert all(set(verdict.places) == {LOS, SHORT, LONG, OFFICE} for verdict in found.values())
    own = [row | {"role": "authors", "place": "theirs"} for row in lagged("LoS-ShortRange_1", 0, 0.9)]
    assert judged(6, [*made, *own])[15].places["theirs"] == "differs"
    late = [row | {"lag": 6 + row["world"] % 2} for row in own]
    assert judged(6, [*made, *late])[15].mark == "holds"


def harmed(short, how, inside, later, phase):
    """Three losses in one record, and the record as a whole."""
    made = []
    for loss in range(3):
        made += rows(
            short, treatment=how, case="and end", loss=loss, inside=inside, later=later, unharmed=0.9,
            phase_after=phase, phase_unharmed=5.0,
        )  # fmt: skip
    return made


def shares(short, how, case, value):
    counted = {"inspected_losses": 3, "inspected_packets": 540, "packets": 540}
    return rows(short, treatment=how, case=case, loss=None, **counted, **dict.fromkeys(FIG[7].BANDS, value))


def test_a_zone_is_low_ends_and_comes_with_a_phase():
    far = shares("nlos-long", "none", "none", 0.3)
    whole = [row for how in ("closed up", "left open") for row in (
        *shares("los-short", how, "none", 0.8), *shares("los-short", how, "and end", 0.4 if how == "closed up" else 0.9)
    )]  # fmt: skip
    good = [harmed("los-short", how, 0.2, 0.8, 40.0) for how in ("closed up", "left open")]
    assert judged(7, [*far, *whole, *good[0], *good[1]])[19].mark == "holds"
    mixed = [*harmed("los-short", "closed up", 0.2, 0.2, 40.0), *harmed("los-short", "left open", 0.2, 0.8, 4.0)]
    found = judged(7, [*far, *whole, *mixed])
    assert found[19].places == {LOS: "differs"}  # one reading has no end of the zone, the other no phase
    assert found[20].places == {LOS: "holds"}  # by one of both readings, which is enough
    assert judged(7, [*far, *whole, *good[0], *harmed("los-short", "left open", 0.2, 0.8, 4.0)])[19].mark == "holds"
    same = [row | dict.fromkeys(FIG[7].BANDS, 0.8) for row in whole]
    assert judged(7, [*far, *same, *mixed])[20].mark == "differs"


def counted(short, how, factor, worlds=WORLDS):
    made = []
    for case, packets in (("small", 60), ("middle", 180), ("large", 360), ("station", 180), ("two", 240)):
        half = {"zone_first": factor * packets / 2, "zone_second": factor * packets / 2}
        made += rows(
            short, worlds, treatment=how, case=case, packets=packets, zone_packets=factor * packets, **half,
            inspected_losses=1, inspected_packets=packets, inspected_end="right",
        )  # fmt: skip
    return made


def test_widths_that_count_the_packets_hold_and_others_do_not():
    found = judged(8, [*counted("los-short", "left open", 1.1), *counted("los-short", "closed up", 1.1)])
    assert {n: v.mark for n, v in found.items()} == {21: "holds", 22: "holds", 23: "holds"}
    found = judged(8, [*counted("los-short", "left open", 1.1), *counted("los-short", "closed up", 2.0)])
    for verdict in found.values():
        assert verdict.places == {LOS: "holds"}  # by one of both readings
        assert "2.00" in verdict.why  # and the other is told
    found = judged(8, [*counted("los-short", "left open", 0.5), *counted("los-short", "closed up", 2.0)])
    assert {n: v.mark for n, v in found.items()} == dict.fromkeys((21, 22, 23), "differs")
    few = [*counted(OFFICE, "left open", 1.0, 3), *counted(OFFICE, "closed up", 1.0, 3)]
    assert judged(8, few)[22].mark == "cannot be tested"


def test_two_zones_must_be_of_one_width():
    made = [*counted("los-short", "left open", 1.0), *counted("los-short", "closed up", 1.0)]
    uneven = [row | ({"zone_first": 40, "zone_second": 200} if row["case"] == "two" else {}) for row in made]
    assert judged(8, uneven)[23].mark == "differs"


def test_thresholds_and_the_lag_are_judged_by_what_is_left_and_what_is_gained():
    made = rows("los-short", held=200.0, held_extreme=2.0, samples=36000, pearson=0.7, pearson_synced=0.8, lag=4)
    found = judged(
        10, [*made, *rows(OFFICE, held=200.0, held_extreme=2.0, samples=5000, pearson=0.9, pearson_synced=0.9, lag=0)]
    )
    assert (found[25].mark, found[26].mark) == ("holds", "holds")
    assert found[26].places == {LOS: "holds", OFFICE: "cannot be tested"}
    worse = rows("los-short", held=2.0, held_extreme=200.0, samples=36000, pearson=0.8, pearson_synced=0.8, lag=4)
    assert [judged(10, worse)[n].mark for n in (25, 26)] == ["differs", "differs"]
    many = rows("los-short", held=900.0, held_extreme=300.0, samples=36000, pearson=0.8, pearson_synced=0.8, lag=4)
    assert judged(10, many)[25].mark == "differs"  # fewer than the final band, but enough for keys


def smoothed(short, wt, fft=0.9, spikes=5, rough=0.1):
    made = []
    for name, r in (("raw", 0.5), ("golay", 0.7), ("fft", fft), ("wt", wt)):
        many, steps = (200, 0.9) if name == "raw" else (spikes, rough)
        made += rows(short, variant=name, pearson=r, spikes=many, roughness=steps)
    return made


def test_reconstructions_are_judged_by_spikes_steps_and_correlation():
    assert {n: v.mark for n, v in judged(11, smoothed("los-short", 0.91)).items()} == dict.fromkeys(
        (27, 28, 29), "holds"
    )
    found = judged(11, smoothed("los-short", 0.6, spikes=90, rough=2.0))
    assert {n: v.mark for n, v in found.items()} == dict.fromkeys((27, 28, 29), "differs")
    assert judged(11, smoothed("los-short", 0.99, fft=0.8))[29].mark == "differs"  # better is not comparable
    assert SHORT not in judged(11, [*smoothed("los-short", 0.91), *smoothed("nlos-short", 0.1)])[29].places


AREA = {"raw": 0.40, "golay": 0.50, "golay + sync": 0.70, "fft": 0.51, "wt": 0.60, "wt + sync": 0.65}


def variants(short, area=AREA, minutes=10.0, **more):
    made = []
    for name, value in area.items():
        phase = 5.0 if "sync" in name else 40.0
        numbers = {
            "area": value, "in_phase_area": value * (1 if "sync" in name else 0.5), "phase_deg": phase, "lag": 3,
            "coherent_up_to": 0.003 if name == "raw" else 0.005, "change_inside": 0.0, "minutes_above": minutes,
            "share_above": 0.2, "pearson": value, "jeffreys": 0.1, "wasserstein": 0.1,
        } | more.get(name, {})  # fmt: skip
        made += rows(short, variant=name, chance=False, **numbers)
    return made


def test_the_six_panels_are_judged_as_the_paper_reads_them():
    found = judged(12, [*variants("los-short"), *variants(OFFICE)])
    assert {n: found[n].mark for n in (31, 32, 33, 34, 35)} == dict.fromkeys((31, 32, 33, 34, 35), "holds")
    assert found[34].places == found[35].places == {LOS: "holds", OFFICE: "cannot be tested"}
    assert judged(13, variants("nlos-short"))[36].mark == "holds"
    assert judged(14, variants("nlos-long"))[37].mark == "holds"


@pytest.mark.parametrize(
    ("claim", "changed"),
    [
        (31, {"area": AREA | {"fft": 0.7}}),
        (32, {"area": AREA | {"wt": 0.3}}),
        (33, {"area": AREA | {"wt + sync": 0.1}}),
        (34, {"area": AREA | {"golay + sync": 0.45}}),
        (35, {"minutes": 30.0}),
    ],
)
def test_each_of_the_six_panels_can_fail(claim, changed):
    assert judged(12, variants("los-short", **changed))[claim].mark == "differs"


def test_coherence_must_see_both_preprocessing_and_synchrony():
    same = {"pearson": 0.5}
    blind = dict.fromkeys(("raw", "wt", "wt + sync"), same)
    assert judged(14, variants("nlos-long", **blind))[73].mark == "holds"
    found = judged(14, variants("nlos-long"))[73]
    assert (found.mark, "pearson" in found.why) == ("holds", True)  # what others see is told beside
    blind = {"wt + sync": {"in_phase_area": 0.3}, "wt": {"in_phase_area": 0.3}}
    assert judged(14, variants("nlos-long", **blind))[73].mark == "differs"
    assert judged(14, [row for row in variants("nlos-long") if row["world"] < 4])[73].mark == "cannot be tested"


def test_every_claim_of_the_section_is_judged_by_one_figure():
    judged_by = {
        2: {1}, 5: {10, 11, 13}, 6: {15, 16, 17, 18}, 7: {19, 20}, 8: {21, 22, 23}, 10: {25, 26}, 11: {27, 28, 29},
        12: {31, 32, 33, 34, 35}, 13: {36}, 14: {37, 73},
    }  # fmt: skip
    nothing = {number: set(judged(number, _nothing(number))) for number in judged_by}
    assert nothing == judged_by
    assert all(v.mark == "cannot be tested" for n in judged_by for v in judged(n, _nothing(n)).values())


def _nothing(number):
    """The columns of a figure with one world alone: too few for anything."""
    made = {
        2: lambda: rows("los-short", 1, share_a=0.5, share_b=0.5),
        5: lambda: [row for name in SIM for row in coherent(name, 0.5)[:1]],
        6: lambda: [row for name in SIM for row in lagged(name, 3, 0.5)[:1]],
        7: lambda: [
            *(row for row in harmed("los-short", "closed up", 0.2, 0.8, 40.0) if row["world"] == 0),
            *shares("los-short", "closed up", "and end", 0.4)[:1],
        ],
        8: lambda: counted("los-short", "left open", 1.0, 1) + counted("los-short", "closed up", 1.0, 1),
        10: lambda: rows("los-short", 1, held=2.0, held_extreme=1.0, samples=9, pearson=0.1, pearson_synced=0.2, lag=1),
        11: lambda: [row for row in smoothed("los-short", 0.9) if row["world"] == 0],
    }
    return made[number]() if number in made else [row for row in variants("los-short") if row["world"] == 0]


def test_missing_reconstructions_leave_gaps_and_no_verdict():
    made = [
        row if row["variant"] != "wt" else row | dict.fromkeys(("area", "in_phase_area"))
        for row in variants("nlos-long")
    ]
    found = judged(14, made)[37]
    assert found.mark == "cannot be tested"
