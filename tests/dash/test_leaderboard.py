"""The page of a grid: ranks, words for numbers, and nothing that a hostile name could do."""

from html.parser import HTMLParser

import pytest

from samefade.dash.leaderboard import leaderboard, standings

BETTER = {"key_rate_20": "higher", "bit_error_rate": "lower"}
ABOUT = {"cells": 1200, "refused": 3, "schemes": 3, "data": 2, "simulated": ["x"], "blocks": ["y"],
         "made_by": [{"python": "3.11"}], "commits": []}  # fmt: skip
HOSTILE = "<script>alert(1)</script>\"'\u202e"


def line(scheme, mean, *, data="x", metric="key_rate_20", numbers=5, low=None, high=None):
    return {"data": data, "scheme": scheme, "metric": metric, "worlds": 5, "numbers": numbers, "refused": 5 - numbers,
            "mean": mean, "low": low, "high": high}  # fmt: skip


LINES = [line("raw", 0.25, low=-0.05, high=0.55), line(HOSTILE, 0.5, low=0.4, high=0.6),
         line("some", 0.9, numbers=3, low=0.8, high=1.0), line("raw", 0.1, metric="bit_error_rate"),
         line("raw", 7, metric="lag"), line("raw", 0.1, data=HOSTILE)]  # fmt: skip


class Seen(HTMLParser):
    def __init__(self, page):
        super().__init__()
        self.tags, self.sources, self.text = set(), [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.sources += [value for name, value in attrs if name in {"src", "href"}]

    def handle_data(self, data):
        self.text.append(data)


@pytest.fixture(scope="module")
def page():
    return leaderboard(LINES, BETTER, {"key_rate_20": b"\x89PNG"}, ABOUT)


def test_a_scheme_without_a_number_somewhere_has_no_rank():
    told = standings(LINES[:3], "higher")
    assert [(one.rank, one.scheme, one.worlds, one.refused) for one in told] == [
        (1, HOSTILE, "5 of 5", 0), (2, "raw", "5 of 5", 0), (None, "some", "3 of 5", 2),
    ]  # fmt: skip
    assert [one.scheme for one in standings(LINES[:2], "lower")] == ["raw", HOSTILE]
    assert told[1].interval == "−0.05 to 0.55"
    assert standings([line("raw", None, numbers=0)], "higher")[0].mean == "–"


def test_equal_means_share_a_rank():
    told = standings([line("a", 0.0), line("b", 0.0), line("c", 1.0), line("d", -1.0)], "higher")
    assert [(one.rank, one.scheme) for one in told] == [(1, "c"), (2, "a"), (2, "b"), (4, "d")]


def test_names_from_outside_are_text_and_what_hides_is_shown(page):
    seen = Seen(page)
    assert "script" not in seen.tags
    assert "\u202e" not in page
    assert sum("<script>alert(1)</script>" in text for text in seen.text) == 2
    assert all(source.startswith("data:") for source in seen.sources)
    assert "data:image/png;base64,iVBORw==" in seen.sources


def test_the_page_says_what_its_numbers_are_not(page):
    text = " ".join(Seen(page).text)
    assert "not a secrecy rate" in text
    assert "Simulated" in text
    assert "not independent" in text
    assert "lag" not in text  # a metric that has no better side has no place here
    assert "1,200 cells" in text


def test_a_grid_without_anything_to_rank_says_so():
    assert "None of the metrics" in leaderboard([line("raw", 7, metric="lag")], BETTER, {}, ABOUT)
