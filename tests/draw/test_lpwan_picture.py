"""The map of a plan: what it shows is what the plans say, cell by cell."""

from errno import EROFS
from pathlib import Path

import numpy as np
import pytest

from samefade.draw.canvas import png, save
from samefade.draw.lpwan_plan import lpwan_plan
from samefade.errors import CannotWrite
from samefade.lpwan import Circumstances, NarrowBand, plan
from samefade.lpwan.planner.survey import survey

SPEEDS = (0.05, 0.5, 5.0)


@pytest.fixture(scope="module")
def surveyed():
    told = []
    made = plan(Circumstances(sf=7, region="AU915", probing="ping-pong", speed=0.5, eve=10))
    return survey(made, speeds=SPEEDS, told=lambda done, every: told.append((done, every))), told


def test_every_cell_is_the_plan_of_that_cell(surveyed):
    found, _ = surveyed
    alone = plan(Circumstances(sf=8, region="AU915", probing="ping-pong", speed=0.05, eve=10))
    assert found.hours[1, 0] == pytest.approx(alone.key.hours)
    assert found.correlation[1, 0] == pytest.approx(alone.reciprocity.fading.ends, abs=1e-6)
    assert found.hours[0, 1] == pytest.approx(found.of.key.hours)


def test_what_a_region_forbids_has_no_number_and_what_has_no_key_takes_for_ever(surveyed):
    found, told = surveyed
    assert np.isnan(found.hours[4:]).all()  # SF11 and SF12 break the dwell time of AU915
    assert np.isinf(found.hours[3, 2])
    assert told == [(i, 6) for i in range(6)]


def test_the_map_marks_the_chosen_point_and_can_be_saved(surveyed, tmp_path):
    found, _ = surveyed
    figure = lpwan_plan(found)
    left, right = figure.axes[:2]
    assert [tuple(left.lines[-1].get_xydata()[0]), tuple(right.lines[-1].get_xydata()[0])] == [(0.5, 7), (0.5, 7)]
    drawn = np.ma.filled(left.collections[-1].get_array().reshape(6, 3), np.nan)
    np.testing.assert_allclose(drawn, found.correlation)  # NaN where the region forbids it, too
    assert png(figure)[:4] == b"\x89PNG"
    save(figure, tmp_path / "plan.svg")
    assert (tmp_path / "plan.svg").stat().st_size > 1000


def test_over_narrowband_rows_are_repetitions():
    asked = Circumstances(probing="nb-iot", gap=0, speed=0.5, eve=10, narrowband=NarrowBand(repetitions=8))
    found = survey(plan(asked), speeds=SPEEDS)
    assert found.factors == (1, 2, 4, 8, 16, 32, 64, 128)
    assert found.hours[3, 1] == pytest.approx(found.of.key.hours)
    assert (np.diff(found.correlation[:, 0]) < 0).all()  # the longer the uplink, the less is left
    figure = lpwan_plan(found)
    left = figure.axes[0]
    assert [label.get_text() for label in left.get_yticklabels()] == ["1", "2", "4", "8", "16", "32", "64", "128"]
    assert tuple(left.lines[-1].get_xydata()[0]) == (0.5, 3)
    assert "SF" not in figure.get_suptitle()


def test_a_picture_that_cannot_be_written_is_told_by_its_own_name(surveyed, tmp_path, monkeypatch):
    def read_only(self, **_):
        raise OSError(EROFS, "Read-only file system", str(self))

    monkeypatch.setattr(Path, "unlink", read_only)
    where = tmp_path / "nowhere" / "plan.png"
    with pytest.raises(CannotWrite, match="No such file") as told:
        save(lpwan_plan(surveyed[0]), where)
    assert told.value.numbers["file"] == where
