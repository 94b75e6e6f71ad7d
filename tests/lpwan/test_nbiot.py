"""NB-IoT: the resource units of the standard, and what half duplex and frequency division leave of reciprocity."""

import pytest

from samefade.errors import OutOfRange
from samefade.lpwan import nbiot


@pytest.mark.parametrize(
    ("tones", "spacing", "kind", "milliseconds"),
    [
        (1, 3_750, "data", 32),
        (1, 15_000, "data", 8),
        (3, 15_000, "data", 4),
        (6, 15_000, "data", 2),
        (12, 15_000, "data", 1),
        (1, 3_750, "control", 8),
        (1, 15_000, "control", 2),
    ],
)
def test_resource_units_are_as_long_as_the_standard_has_them(tones, spacing, kind, milliseconds):
    assert nbiot.resource_unit(tones, spacing, kind=kind) == pytest.approx(milliseconds / 1e3)


def test_two_units_of_a_single_tone_are_published():
    assert nbiot.uplink_time(2, spacing=3_750) == pytest.approx(0.064)
    assert nbiot.uplink_time(2, spacing=15_000) == pytest.approx(0.016)


@pytest.mark.parametrize("repetitions", [1, 2, 4, 8, 16, 32, 64, 128])
def test_the_turn_around_is_a_guard_and_every_repetition(repetitions):
    assert nbiot.turn_around(repetitions=repetitions) == pytest.approx(1e-3 + repetitions * 8e-3)


@pytest.mark.parametrize(
    ("gap", "spread", "found"), [(0.2e6, 0.2e-6, 0.970), (1.6e6, 0.2e-6, 0.445), (45e6, 50e-9, 0.071)]
)
def test_a_gap_in_frequency_leaves_what_is_published(gap, spread, found):
    assert nbiot.gap_correlation(gap, spread) == pytest.approx(found, abs=6e-4)
    assert nbiot.gap_correlation(0, spread) == 1


@pytest.mark.parametrize(
    "call",
    [
        lambda: nbiot.resource_unit(2),
        lambda: nbiot.resource_unit(3, 3_750),
        lambda: nbiot.resource_unit(1, 10_000),
        lambda: nbiot.resource_unit(3, kind="control"),
        lambda: nbiot.uplink_time(7),
        lambda: nbiot.uplink_time(1, 3),
        lambda: nbiot.gap_correlation(-1),
        lambda: nbiot.gap_correlation(1, float("nan")),
    ],
)
def test_what_the_standard_does_not_have_is_refused(call):
    with pytest.raises(OutOfRange):
        call()
