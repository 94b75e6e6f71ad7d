"""`samefade study`, as a user runs it, on a toy paper of two figures."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

CELLS = '''
"""Six cells, each slow enough to be interrupted, each told to a counter."""
from pathlib import Path

from samefade.bench import Cell, Source
from samefade.study import Result, Spec, Verdict

SPEC = Spec("Cells", {"seeds": 6}, {"seeds": 2})


def compute(spec, lab):
    slow = f"{Path(__file__).with_name('slow.py')}:Slow"
    cells = [Cell(Source("sim:carried", s, seconds=60), slow, ("samples", "pearson")) for s in range(spec["seeds"])]
    return Result(lab.grid(cells))


def draw(result):
    from matplotlib.figure import Figure

    figure = Figure()
    figure.subplots().plot(result.column("pearson"))
    return figure


def judge(result):
    return {1: Verdict("holds", f"{len(result.rows)} cells", {"carried, simulated": "holds"})}
'''
SLOW = """
import os
import time
from dataclasses import dataclass
from pathlib import Path

from samefade import restore, schemes


class Counted(restore.Raw):
    def restore(self, x, terms=None):
        if x.end == "a" and type(x).__name__ == "Kept":
            with Path(os.environ["COUNTER"]).open("a") as file:
                file.write("cell\\n")
            time.sleep(float(os.environ.get("SLOW", "0")))
        return super().restore(x, terms)


@dataclass(frozen=True, kw_only=True)
class Slow(schemes.Raw):
    restore: Counted = Counted()
"""
SQUARES = '''
"""Squares, made in processes that have to find this module by its name."""
import os
from pathlib import Path

import numpy as np

from samefade.study import Result, Spec, Verdict

SPEC = Spec("Squares", {"n": 4})


def square(x):
    return os.getpid(), x * x


def compute(spec, lab):
    with Path(os.environ["COUNTER"]).open("a") as file:
        file.write("squares\\n")
    made = lab.map(square, list(range(spec["n"])), "squares")
    assert lab.workers == 1 or os.getpid() not in {process for process, _ in made}
    return Result([{"x": x, "y": y} for x, (_, y) in enumerate(made)], {"curve": np.arange(3.0)})


def draw(result):
    from matplotlib.figure import Figure

    figure = Figure()
    figure.subplots().plot(result.arrays["curve"])
    return figure


def judge(result):
    return {2: Verdict("differs", "a square | is no line")}
'''
CLAIMS = """
[paper]
title = "A toy"
claims = 3

[[claim]]
number = 1
kind = "ordering"
judge = "fig2"
says = "There are cells."

[[claim]]
number = 2
kind = "ordering"
judge = "fig10"
says = "Squares lie on a line."

[[claim]]
number = 3
kind = "hypothesis"
cannot = "It is about boards."
says = "Boards differ."
"""

# the real command, with the package's code standing still while others may be working on it
MAIN = """
from samefade.study import provenance, running
provenance.fingerprint = running.fingerprint = lambda: "c" * 64
from samefade.cli.main import main
main()
"""


@pytest.fixture
def toy(tmp_path):
    """A study, and a way to run the command on it; how often something was computed stands in a file."""
    folder = tmp_path / "study" / "toy"
    folder.mkdir(parents=True)
    for name, text in (("fig2", CELLS), ("fig10", SQUARES), ("slow", SLOW), ("__init__", "")):
        (folder / f"{name}.py").write_text(text)
    (folder / "claims.toml").write_text(CLAIMS)
    return Toy(folder)


class Toy:
    def __init__(self, folder: Path) -> None:
        self.folder, self.above = folder, folder.parent.parent
        self._counter = self.above / "counter"

    def start(self, *words, slow=0.0):
        environment = {**os.environ, "COUNTER": str(self._counter), "SLOW": str(slow), "OMP_NUM_THREADS": "1"}
        environment |= {"XDG_CACHE_HOME": str(self.above / "cache"), "MPLCONFIGDIR": str(self.above / "mpl")}
        command = [sys.executable, "-c", MAIN, "study", "toy", "--workers", "1", *map(str, words)]
        return subprocess.Popen(
            command, cwd=self.above, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )

    def run(self, *words):
        started = self.start(*words)
        out, err = started.communicate(timeout=120)
        return started.returncode, out, err

    def counted(self, word):
        return self._counter.read_text().split().count(word) if self._counter.exists() else 0

    def result(self, figure):
        return json.loads((self.folder / "results" / f"{figure}.json").read_text())


def test_what_did_not_change_is_not_computed_again(toy):
    code, out, err = toy.run("--workers", 2)
    assert code == 0, err
    assert (toy.counted("cell"), toy.counted("squares")) == (6, 1)
    assert err.index("fig2 ") < err.index("fig10 ")  # in natural order
    assert out.splitlines()[-1] == "3 claims: 1 hold, 1 differ, 1 cannot be tested"
    assert "A toy" in (toy.folder / "README.md").read_text()
    first = (toy.folder / "README.md").read_bytes()

    code, out, err = toy.run()
    assert (code, toy.counted("cell"), toy.counted("squares")) == (0, 6, 1), err
    assert err.splitlines()[-1] == "nothing to compute"
    assert (toy.folder / "README.md").read_bytes() == first

    found = toy.result("fig2")["provenance"]
    assert found["seeds"] == [0, 1, 2, 3, 4, 5]
    assert found["cells_evaluated"] == 6
    assert len(found["code"]) == 64
    assert {"numpy", "python"} <= set(found["versions"])
    assert (toy.folder / "figures" / "fig10.png").stat().st_size < 150_000

    # another specification of one figure, and a break in the other
    (toy.folder / "fig2.py").write_text(CELLS.replace('{"seeds": 6}', '{"seeds": 7}'))
    (toy.folder / "fig10.py").write_text(SQUARES.replace("def draw(result)", "def paint(result)"))
    code, out, err = toy.run("--json")
    told = json.loads(out)
    assert code == 2, err
    assert told["computed"] == ["fig2"]
    assert told["failures"][0]["figure"] == "fig10"
    assert "lacks draw" in err
    assert (toy.counted("cell"), toy.counted("squares")) == (7, 1)  # the six cells of before are still good

    # drawn and judged otherwise is not computed otherwise; anew is anew
    (toy.folder / "fig10.py").write_text(SQUARES.replace('"a square | is no line"', '"a square is round"'))
    code, out, err = toy.run("fig10")
    assert (code, toy.counted("squares"), toy.counted("cell")) == (0, 1, 7), err
    assert "2 differs: a square is round" in out
    code, out, err = toy.run("fig10", "--fresh")
    assert (code, toy.counted("squares"), toy.counted("cell")) == (0, 2, 7), err


def test_a_killed_study_goes_on_where_it_was(toy):
    started = toy.start("fig2", slow=1.0)
    until = time.monotonic() + 600
    while toy.counted("cell") < 3 and time.monotonic() < until:
        time.sleep(0.02)
    started.send_signal(signal.SIGKILL)
    started.communicate()
    assert 3 <= toy.counted("cell") < 6
    assert not (toy.folder / "results" / "fig2.json").exists()

    code, _, err = toy.run("fig2")
    assert code == 0, err
    assert toy.counted("cell") == 7  # the one that the kill interrupted was begun twice
    assert toy.result("fig2")["provenance"]["cells_reused"] == 2
    assert len(toy.result("fig2")["rows"]) == 6


def test_a_quick_study_keeps_apart_and_a_broken_figure_stops_no_other(toy):
    (toy.folder / "fig2.py").write_text(
        CELLS.replace("return Result(", "raise ValueError('too | many')\n    return Result(")
    )
    code, out, err = toy.run("--quick")
    assert code == 1
    assert "fig2 failed (fig2.py, line " in err
    assert "too | many" in err
    assert re.search(r"^fig10 .*Squares", out, re.MULTILINE)
    assert out.splitlines()[-1] == "3 claims: 0 hold, 1 differ, 1 cannot be tested, 1 not computed"
    assert not (toy.folder / "results").exists()  # quick results lie in the cache, and are never committed
    assert not (toy.folder / "README.md").exists()


def test_a_picture_that_cannot_be_drawn_beside_the_next_figure_is_told_and_none_of_older_numbers_stays(toy):
    assert toy.run("fig2")[0] == 0
    old = toy.folder / "figures" / "fig2.png"
    assert old.is_file()
    (toy.folder / "fig2.py").write_text(
        CELLS.replace('{"seeds": 6}', '{"seeds": 2}').replace("figure = Figure()", "raise ValueError('no | ink')")
    )
    code, out, err = toy.run("--workers", 2, "--json")
    told = json.loads(out)
    assert code == 1
    assert "fig2 failed (fig2.py, line " in err
    assert [failure["figure"] for failure in told["failures"]] == ["fig2"]
    assert told["computed"] == ["fig10"]
    assert (toy.folder / "figures" / "fig10.png").is_file()
    assert not old.exists()
    assert len(toy.result("fig2")["rows"]) == 2  # what was computed is kept, and drawn when it can be
