"""A page is one file, escaped, without a script and without an address."""

import stat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samefade import dash
from samefade.errors import CannotWrite

pytest.importorskip("jinja2")


def test_a_page_of_nothing_is_whole_and_asks_for_nothing():
    page = dash.render("base.html")
    assert page.startswith("<!DOCTYPE html>")
    assert "default-src 'none'" in page
    assert "http:" not in page
    assert "https:" not in page
    assert "<script" not in page


@given(st.text(st.characters(), max_size=60))
def test_no_character_hides(text):
    shown = dash.visible(text)
    assert shown.isprintable()
    shown.encode("utf-8")
    assert dash.visible(shown) == shown


def test_a_reordered_name_is_shown_as_it_is():
    assert dash.visible("a\u202egpj.exe\x1b[2J\n") == "a⟨U+202E⟩gpj.exe⟨U+001B⟩[2J⟨U+000A⟩"


def test_a_private_page_is_readable_by_its_owner_alone(tmp_path):
    path = tmp_path / "page.html"
    dash.write("x", path, private=True)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    dash.write("y", path, private=True)
    assert path.read_text() == "y"
    assert [p.name for p in tmp_path.iterdir()] == ["page.html"]


def test_two_writers_and_what_a_kill_left_are_in_nobodys_way(tmp_path, monkeypatch):
    path = tmp_path / "page.html"
    for left in (".page.html.part", f".page.html.{'0' * 8}.part"):
        (tmp_path / left).write_text("half a page")
    dash.write("x", path)
    assert path.read_text() == "x"
    write = type(path).write_text

    def second(part, text, **options):
        monkeypatch.setattr(type(path), "write_text", write)
        dash.write("second", path)
        return write(part, text, **options)

    monkeypatch.setattr(type(path), "write_text", second)
    dash.write("first", path)
    assert path.read_text() == "first"


def test_a_page_that_cannot_be_written_leaves_nothing(tmp_path):
    with pytest.raises(CannotWrite):
        dash.write("x", tmp_path / "absent" / "page.html")
    (tmp_path / "taken").mkdir()
    with pytest.raises(CannotWrite):
        dash.write("x", tmp_path / "taken")
    assert [p.name for p in tmp_path.iterdir()] == ["taken"]
