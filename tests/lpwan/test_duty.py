"""The duty cycle: no plan of frames gets more onto the air than the rule allows, and none waits longer than it must."""

from itertools import pairwise
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samefade.errors import OutOfRange
from samefade.lpwan import DutyKeeper
from samefade.lpwan.region_tables import EU868, US915

CHANNEL, SAME_BAND, OTHER_BAND = 868_100_000, 868_500_000, 867_100_000
HOUR = 3600.0


def greedy(keeper, waits, airtimes, channel=CHANNEL):
    """Send each frame as early as the keeper allows; return start and airtime of each."""
    now, sent = 0.0, []
    for wait, airtime in zip(waits, airtimes, strict=False):
        now = keeper.earliest(now + wait, channel, airtime)
        keeper.sent(now, channel, airtime)
        sent.append((now, airtime))
        now += airtime
    return sent


def fullest_hour(sent):
    """Return the most seconds on the air within any hour: it ends with a frame, or begins with one."""
    edges = [s + a - HOUR for s, a in sent] + [s for s, _ in sent]
    return max(sum(max(0.0, min(s + a, x + HOUR) - max(s, x)) for s, a in sent) for x in edges)


plans = {
    "waits": st.lists(st.floats(0, 400), min_size=60, max_size=60),
    "airtimes": st.lists(st.floats(0.05, 2.8), min_size=60, max_size=60),
}


@given(**plans, grain=st.sampled_from([0.0, 60.0]))
def test_no_hour_holds_more_than_the_duty_cycle(waits, airtimes, grain):
    sent = greedy(DutyKeeper(EU868, "window", grain=grain), waits, airtimes)

    assert fullest_hour(sent) <= 36 + 1e-6


@given(**plans)
def test_the_time_off_rule_exceeds_an_hour_by_less_than_one_frame(waits, airtimes):
    sent = greedy(DutyKeeper(EU868, "time-off"), waits, airtimes)

    assert fullest_hour(sent) <= 36 + max(a for _, a in sent)
    for (start, airtime), (after, _) in pairwise(sent):
        assert after >= start + airtime * 100 - 1e-6


@given(**plans)
def test_without_merging_no_frame_waits_longer_than_the_window_makes_it(waits, airtimes):
    keeper, now, sent = DutyKeeper(EU868, "window", grain=0), 0.0, []
    for wait, airtime in zip(waits, airtimes, strict=True):
        asked = now + wait
        start = keeper.earliest(asked, CHANNEL, airtime)
        if start > asked:  # a hundredth of a second earlier, an hour would be too full
            assert fullest_hour([*sent, (start - 0.01, airtime)]) > 36
        keeper.sent(start, CHANNEL, airtime)
        sent.append((start, airtime))
        now = start + airtime


def test_a_burst_may_use_the_whole_hour_at_once_with_the_window_and_not_with_time_off():
    burst = [1.0] * 40
    window = greedy(DutyKeeper(EU868, "window", grain=0), [0.0] * 40, burst)
    assert [start for start, _ in window[:36]] == pytest.approx(range(36))
    assert window[36][0] == pytest.approx(HOUR, abs=1e-6)

    spread = greedy(DutyKeeper(EU868, "time-off"), [0.0] * 40, burst)
    assert [start for start, _ in spread] == pytest.approx([100.0 * i for i in range(40)])


def test_both_rules_keep_the_later_of_the_two():
    assert [DutyKeeper(EU868, rule).earliest(5.0, CHANNEL, 1.0) for rule in ("time-off", "window", "both")] == [5.0] * 3
    both = greedy(DutyKeeper(EU868, "both", grain=0), [0.0] * 60, [1.3] * 60)
    assert fullest_hour(both) <= 36 + 1e-6
    assert min(b - a for (a, _), (b, _) in pairwise(both)) >= 130 - 1e-9


def test_channels_of_one_sub_band_share_and_those_of_another_do_not():
    keeper = DutyKeeper(EU868)
    keeper.sent(0.0, CHANNEL, 1.0)

    assert keeper.earliest(1.0, SAME_BAND, 1.0) == pytest.approx(100)
    assert keeper.earliest(1.0, OTHER_BAND, 1.0) == 1.0


def test_where_nothing_limits_the_duty_cycle_every_time_is_early_enough():
    keeper = DutyKeeper(US915)
    for second in range(100):
        assert keeper.earliest(second, 902_300_000, 0.4) == second
        keeper.sent(second, 902_300_000, 0.4)
    assert keeper.left(100, 902_300_000) == inf


def test_a_frame_longer_than_the_whole_hour_allows_may_never_be_sent():
    assert DutyKeeper(EU868, "window").earliest(0.0, 868_800_000, 4.0) == inf


def test_what_is_left_of_the_hour_is_told():
    keeper = DutyKeeper(EU868, "window", grain=0)
    keeper.sent(0.0, CHANNEL, 6.0)
    assert keeper.left(10.0, CHANNEL) == pytest.approx(30)
    assert keeper.left(HOUR + 3.0, CHANNEL) == pytest.approx(33)
    assert DutyKeeper(EU868).left(0.0, CHANNEL) == 36


def test_a_restart_forgets_nothing_and_the_state_stays_small():
    one = DutyKeeper(EU868)
    greedy(one, [1.0] * 2000, [0.051456] * 2000)
    state = one.state()
    two = DutyKeeper(EU868)
    two.restore(state)

    assert two.state() == state
    assert two.earliest(0.0, CHANNEL, 2.0) == one.earliest(0.0, CHANNEL, 2.0)
    assert sum(len(blocks) for _, blocks in state) <= 2 * 61 + len(EU868.bands)


@pytest.mark.parametrize(
    "call",
    [
        lambda: DutyKeeper(EU868, "hourly"),
        lambda: DutyKeeper(EU868).earliest(0, 868_650_000, 1),
        lambda: DutyKeeper(EU868).sent(0, CHANNEL, 0),
        lambda: DutyKeeper(EU868).sent(0, CHANNEL, float("nan")),
        lambda: DutyKeeper(US915).restore(DutyKeeper(EU868).state()),
    ],
)
def test_what_makes_no_sense_is_refused(call):
    with pytest.raises(OutOfRange):
        call()
