"""Where a study is found, which of its modules are figures, and what of their source decides their numbers."""

import re
from pathlib import Path

import pytest

import samefade
from samefade.errors import UnknownName
from samefade.study import Lab
from samefade.study.claims import read
from samefade.study.errors import FigureIncomplete, StudyNotFound
from samefade.study.folder import CLAIMS, Study, find, natural
from samefade.study.reach import reach

WHOLE = "from samefade.study import Spec\nSPEC = Spec('', {})\ncompute = draw = judge = None\n"


def folder(tmp_path, name, **files):
    made = tmp_path / "study" / name
    made.mkdir(parents=True, exist_ok=True)
    for module, text in files.items():
        (made / f"{module}.py").write_text(text)
    return made


def test_it_is_found_upwards_beside_the_install_or_where_it_is_named(tmp_path, monkeypatch):
    made = folder(tmp_path, "alpha", fig1=WHOLE)
    below = made / "deep" / "deeper"
    below.mkdir(parents=True)
    monkeypatch.chdir(below)
    assert find("alpha").path == made
    monkeypatch.chdir("/")
    assert find("wskg2025").path.name == "wskg2025"
    for given in (made, made.parent, tmp_path):
        assert find("alpha", given) == Study("alpha", made)
    with pytest.raises(StudyNotFound, match="alpha"):
        find("alpha")
    with pytest.raises(StudyNotFound):
        find("beta", tmp_path)


def test_figures_are_named_so_or_have_a_spec_and_come_in_natural_order(tmp_path):
    made = folder(tmp_path, "gamma", fig10="", fig2="", table1="", eve="SPEC: object = 1", grid="X = 1", broken="(")
    assert Study("gamma", made).figures() == ("eve", "fig2", "fig10", "table1")
    assert sorted(["fig10b", "fig2", "fig10"], key=natural) == ["fig2", "fig10", "fig10b"]
    assert Study("gamma", made).chosen(["table1", "fig2"]) == ("fig2", "table1")
    with pytest.raises(UnknownName, match="fig3"):
        Study("gamma", made).chosen(["fig3"])


@pytest.mark.parametrize("part", ["SPEC", "compute", "draw", "judge"])
def test_a_figure_that_lacks_a_part_is_told_so(tmp_path, part):
    made = folder(tmp_path, f"delta{part.lower()}", **{f"fig1{part}": WHOLE + f"del {part}\n", "fig2": WHOLE})
    study = Study(made.name, made)
    with pytest.raises(FigureIncomplete, match=f"lacks {part}"):
        study.load(f"fig1{part}")
    assert study.load("fig2").SPEC.title == ""


def test_another_package_of_the_name_is_not_taken_for_it(tmp_path):
    made = folder(tmp_path, "json", fig1=WHOLE, decoder=WHOLE)
    with pytest.raises((StudyNotFound, ModuleNotFoundError)):
        Study("json", made).load("decoder")


FIGURE = """
from eps.places import seeds as wanted
LEVEL = 3
COLOUR = "red"

def compute(spec, lab):
    '''Compute.'''
    return inner(wanted(spec))

def inner(x):
    return x + LEVEL

def draw(result):
    return COLOUR
"""
PLACES = """
COUNT = 20
def seeds(spec):
    return COUNT
def label(place):
    return str(place)
"""


@pytest.mark.parametrize(
    ("file", "before", "after", "counts"),
    [
        ("fig1", "LEVEL = 3", "LEVEL = 4", True),
        ("fig1", "x + LEVEL", "x - LEVEL", True),
        ("fig1", "seeds as wanted", "label as wanted", True),
        ("places", "COUNT = 20", "COUNT = 4", True),
        ("fig1", '"red"', '"blue"', False),
        ("fig1", "return COLOUR", "return None", False),
        ("fig1", "'''Compute.'''", "'''Compute it.'''", False),
        ("fig1", "LEVEL = 3", "LEVEL  =  3  # dB", False),
        ("places", "str(place)", "place", False),
    ],
)
def test_only_source_that_compute_can_reach_counts(tmp_path, file, before, after, counts):
    made = folder(tmp_path, "eps", fig1=FIGURE, places=PLACES)
    first = reach(made, "fig1")
    text = (made / f"{file}.py").read_text()
    assert before in text
    (made / f"{file}.py").write_text(text.replace(before, after))
    assert (reach(made, "fig1") != first) is counts


def test_a_file_that_is_named_counts(tmp_path):
    made = folder(
        tmp_path, "eta", fig1="SCHEME = 'mine.py'\ndef compute(spec, lab):\n    return SCHEME\n", mine="X = 1"
    )
    first = reach(made, "fig1")
    (made / "mine.py").write_text("X = 2")
    assert reach(made, "fig1") != first


def test_every_python_finds_the_same_identity(tmp_path):
    text = """
from functools import partial
@partial
class Made(dict, metaclass=type):
    x: int = 1
    def of(self, *a, k=None, **rest):
        return f"{self.x:>3} {a!r}" if a else [-1.5e-3, b"b", ...]
def compute(spec, lab, /):
    return Made().of(), lambda: None, {}
"""
    made = folder(tmp_path, "theta", fig1=text)  # written down under Python 3.11, with `ast.dump`
    assert reach(made, "fig1") == "65b75c797f57e22164309e43e6b588a5477cbc0411f9d28982365f582f67387c"


@pytest.mark.parametrize("form", ["import zeta.places", "from zeta import places", "from . import places"])
def test_a_module_that_is_taken_whole_counts_whole(tmp_path, form):
    use = "zeta.places" if form.startswith("import") else "places"
    text = f"{form}\ndef compute(spec, lab):\n    return {use}.seeds(spec)\n"
    made = folder(tmp_path, "zeta", fig1=text, places=PLACES)
    first = reach(made, "fig1")
    (made / "places.py").write_text(PLACES.replace("20", "21"))
    assert reach(made, "fig1") != first


def test_the_figure_and_the_claims_on_the_page_work(tmp_path):
    page = Path(samefade.__file__).parents[2] / "docs/howto/study.md"
    if not page.is_file():
        pytest.skip("the pages are not a part of the installed package")
    code, claims = (re.search(rf"```{kind}\n(.*?)```", page.read_text(), re.DOTALL)[1] for kind in ("python", "toml"))
    made = folder(tmp_path, "mypaper", fig01=code)
    (made / CLAIMS).write_text(claims)
    figure = Study("mypaper", made).load("fig01")
    result = figure.compute({"seeds": 2, "seconds": 120}, Lab(workers=1))
    assert len(result.rows) == 4
    assert figure.draw(result).axes
    assert figure.judge(result).keys() == {n for n, claim in read(made / CLAIMS).claims.items() if claim.judge}
