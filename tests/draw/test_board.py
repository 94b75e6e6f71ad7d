"""The picture of a grid: who stands where, with which interval."""

import pytest
from matplotlib.colors import same_color

from samefade.draw.board import board
from samefade.draw.canvas import png
from samefade.errors import NotEnough


def line(data, scheme, mean, *, half=0.1, numbers=5, metric="key_rate_20"):
    return {
        "data": data, "scheme": scheme, "metric": metric, "worlds": 5, "numbers": numbers, "refused": 5 - numbers,
        "mean": mean, "low": mean - half, "high": mean + half,
    }  # fmt: skip


LINES = [line("x", "raw", 1.0), line("x", "$best$", 3.0), line("x", "some", 2.0, numbers=3), line("y", "raw", 1.0),
         line("x", "raw", 9.0, metric="pearson"), line("x", "none", float("nan"), numbers=0)]  # fmt: skip


def names(axes):
    return [label.get_text() for label in axes.get_yticklabels()]


def test_every_place_has_a_panel_with_the_best_scheme_on_top():
    figure = board(LINES, "key_rate_20", "higher")
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["x", "y"]
    assert names(figure.axes[0]) == ["raw", "some", "$best$"]
    assert names(board(LINES, "key_rate_20", "lower").axes[0]) == ["$best$", "some", "raw"]


def test_points_are_means_lines_are_intervals_and_grey_is_a_mean_over_fewer_worlds():
    axes = board(LINES, "key_rate_20").axes[0]
    points = [(point.get_xdata()[0], point.get_color()) for point in axes.lines]
    assert [x for x, _ in points] == [1.0, 2.0, 3.0]
    assert [same_color(colour, "#7a7a7a") for _, colour in points] == [False, True, False]
    spans = [tuple(path.get_segments()[0][:, 0]) for path in axes.collections]
    assert spans == [pytest.approx((x - 0.1, x + 0.1)) for x in (1, 2, 3)]


def test_it_can_be_saved_with_any_name_and_without_intervals():
    lines = [line("a_$\\frac{", "$x^", 1.0, half=float("nan"))]
    assert png(board(lines, "key_rate_20")).startswith(b"\x89PNG")


def test_a_metric_without_numbers_is_refused():
    with pytest.raises(NotEnough):
        board(LINES, "beauty")
