import numpy as np
import pytest

from samefade.channel import jakes
from samefade.errors import EndsDisagree, NotFinite, OutOfRange
from samefade.reciprocity import losses

RATE = 10.0
N = 3600


def ends(seed, *, doppler=0.4, snr=15.0):
    rng = np.random.default_rng(seed)
    fade = np.abs(jakes(N, doppler, RATE, rng))
    sigma = fade.std() * 10 ** (-snr / 20)
    return [fade + sigma * rng.standard_normal(N) for _ in "ab"]


def dropped(a, b, *cuts):
    """Drop (end, row, packets) from either end and pair what is left by row."""
    a, b = (
        np.delete(x, np.concatenate([np.arange(at, at + m) for who, at, m in cuts if who == end] or [[]]).astype(int))
        for end, x in (("a", a), ("b", b))
    )
    n = min(len(a), len(b))
    return a[:n], b[:n]


@pytest.mark.parametrize("packets", [30, 60, 120])
@pytest.mark.parametrize("end", ["a", "b"])
def test_a_loss_is_found_where_it_is_and_counted(end, packets):
    (loss,) = losses(*dropped(*ends(packets), (end, 1700, packets)), rate=RATE)
    assert loss.end == end
    assert loss.packets == pytest.approx(packets, rel=0.1)
    assert loss.start_s == pytest.approx(170, abs=4)
    # the zone of low coherence is about as wide as the loss; wavelets blur it by a few seconds
    assert loss.seconds == pytest.approx(packets / RATE, abs=4)


def test_the_zone_widens_with_the_loss():
    a, b = ends(7)
    widths = [losses(*dropped(a, b, ("a", 1700, m)), rate=RATE)[0].seconds for m in (30, 60, 120)]
    assert widths == sorted(widths)
    assert widths[-1] > widths[0] + 4


def test_two_losses_are_two():
    found = losses(*dropped(*ends(1), ("a", 1000, 60), ("a", 2400, 60)), rate=RATE)
    assert [loss.end for loss in found] == ["a", "a"]
    assert [loss.packets for loss in found] == pytest.approx([60, 60], abs=6)
    # in rows of the end that heard them
    assert [loss.start_s for loss in found] == pytest.approx([100, 240], abs=4)


def test_losses_at_both_ends_are_told_apart():
    found = losses(*dropped(*ends(2), ("b", 1000, 60), ("a", 2400, 45)), rate=RATE)
    assert [(loss.end, loss.packets) for loss in found] == [("b", 60), ("a", 45)]


@pytest.mark.parametrize("seed", range(4))
def test_without_a_loss_there_is_no_alarm(seed):
    assert losses(*ends(seed + 20), rate=RATE) == ()
    rng = np.random.default_rng(seed)
    assert losses(rng.standard_normal(N), rng.standard_normal(N), rate=RATE) == ()


def test_a_late_start_is_no_loss_inside_the_record():
    a, b = ends(3)
    assert losses(a[40:], b[:-40], rate=RATE) == ()


@pytest.mark.parametrize(("doppler", "snr"), [(0.4, -10.0), (0.005, 15.0)])
def test_in_a_noisy_or_quiet_channel_it_says_nothing_rather_than_guess(doppler, snr):
    for seed in range(2):
        assert losses(*dropped(*ends(seed, doppler=doppler, snr=snr), ("a", 1700, 60)), rate=RATE) == ()


def test_in_a_channel_that_repeats_itself_it_says_nothing():
    x = np.sin(0.4 * np.arange(N)) + 0.05 * np.random.default_rng(4).standard_normal(N)
    assert losses(*dropped(x, x, ("a", 1700, 63)), rate=RATE) == ()


def test_constant_and_short_series_hold_no_loss():
    assert losses(np.ones(500), np.ones(500), rate=RATE) == ()
    assert losses(np.arange(3.0), np.arange(3.0), rate=RATE) == ()
    assert losses(np.array([]), np.array([]), rate=RATE) == ()
    assert losses(np.arange(500.0), np.arange(500.0), rate=RATE) == ()


def test_bad_input_to_losses_gets_a_clear_error():
    x = np.arange(100.0)
    with pytest.raises(EndsDisagree):
        losses(x, x[1:], rate=RATE)
    with pytest.raises(NotFinite):
        losses(x, np.where(x == 5, np.nan, x), rate=RATE)
    with pytest.raises(OutOfRange):
        losses(x, x, rate=0)
    with pytest.raises(OutOfRange, match="tone"):
        losses(x[:, None], x[:, None], rate=RATE)
