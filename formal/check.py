"""Run the models with ProVerif and compare what it says with `expected.toml`.

    python formal/check.py [--solver PATH] [--only NAME …] [--quick] [--json]

The solver is `--solver`, else the environment variable PROVERIF, else `proverif` on the path.
Exit code 0: all as expected; 1: something differs; 2: no solver.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
RESULTS = {"is true": "true", "is false": "false", "cannot be proved": "unknown"}
_MARK = re.compile(r"\(\* query (\w+) \*\)")
_VERDICT = re.compile(rf"^Query .*?({'|'.join(RESULTS)})\.$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Run:
    """One model with its libraries.

    Attributes:
        name: What the table calls it.
        model: File of formal/models, without its ending.
        libraries: Files of formal/library, without their ending, in the order in which they are read.
        checked: Version of ProVerif that gave the expected results, or "never".
        quick: Whether it takes a few seconds at most.
        expected: For each query "true", "false" or "unknown" with a sentence that says why.
    """

    name: str
    model: str
    libraries: tuple[str, ...]
    checked: str
    quick: bool
    expected: dict[str, tuple[str, str]]

    @property
    def files(self) -> tuple[Path, ...]:
        """Return the files in the order in which the solver reads them."""
        return (*(HERE / "library" / f"{name}.pvl" for name in self.libraries), HERE / "models" / f"{self.model}.pv")

    @property
    def queries(self) -> tuple[str, ...]:
        """Return the names of the queries in the order in which the solver answers them."""
        return tuple(name for path in self.files for name in _MARK.findall(path.read_text(encoding="utf-8")))


@dataclass(frozen=True)
class Answer:
    """What became of one query; `found` is None where the solver gave no answer."""

    run: str
    query: str
    expected: str
    found: str | None
    why: str

    @property
    def agrees(self) -> bool:
        """Say whether the solver said what was expected."""
        return self.expected == self.found


def runs() -> tuple[Run, ...]:
    """Return the runs of `expected.toml`."""
    told = tomllib.loads((HERE / "expected.toml").read_text(encoding="utf-8"))
    return tuple(_run(x) for x in told["run"])


def _run(told: dict) -> Run:  # type: ignore[type-arg]  # as TOML gives it
    expected = {name: (x["result"], x["why"]) for name, x in told["expect"].items()}
    return Run(
        told["name"], told["model"], tuple(told["libraries"]), told["checked"], told.get("quick", False), expected
    )


def solver(named: str | None = None) -> str | None:
    """Return the path of ProVerif, or None where there is none."""
    return shutil.which(named or os.environ.get("PROVERIF") or "proverif")


def version(program: str) -> str:
    """Return the version that a solver names."""
    said = subprocess.run([program, "-help"], capture_output=True, text=True, check=False)  # noqa: S603 -- the solver
    found = re.search(r"Proverif (\S+?)\.? ", said.stdout + said.stderr)
    return found[1] if found else "unknown"


def ask(run: Run, program: str, seconds: float = 900.0) -> list[Answer]:
    """Ask the solver about one run; a query that it does not answer in that time is not answered."""
    *libraries, model = run.files
    command = [program, *(word for path in libraries for word in ("-lib", str(path))), str(model)]
    try:
        said = subprocess.run(command, capture_output=True, text=True, check=False, timeout=seconds).stdout  # noqa: S603 -- the solver
    except subprocess.TimeoutExpired:
        said = ""
    return compare(run, verdicts(said))


def verdicts(said: str) -> list[str]:
    """Read the verdicts in the summary of what ProVerif printed, in order."""
    _, _, summary = said.partition("Verification summary:")
    return [RESULTS[word] for word in _VERDICT.findall(summary)]


def compare(run: Run, found: list[str]) -> list[Answer]:
    """Put what was found beside what was expected; with another number of verdicts than queries nothing was found."""
    answers: Iterable[str | None] = found if len(found) == len(run.queries) else [None] * len(run.queries)
    return [
        Answer(run.name, name, run.expected[name][0], answer, run.expected[name][1])
        for name, answer in zip(run.queries, answers, strict=True)
    ]


def _table(answers: list[Answer]) -> str:
    mark = {True: "  ", False: "≠ "}
    lines = [f"{mark[x.agrees]}{x.run:34} {x.query:40} {x.found or 'no answer':9} {x.expected}" for x in answers]
    return "\n".join(lines) + "\n"


def main(arguments: list[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    parser = argparse.ArgumentParser(description="Check the formal models with ProVerif.")
    parser.add_argument("--solver", help="path of ProVerif")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="runs to check, by name")
    parser.add_argument("--quick", action="store_true", help="only the runs that take a few seconds")
    parser.add_argument("--json", action="store_true", help="print JSON and no table")
    options = parser.parse_args(arguments)
    program = solver(options.solver)
    if program is None:
        sys.stderr.write("no ProVerif: install it, or name it with --solver or the environment variable PROVERIF\n")
        return 2
    return _check(program, options)


def _check(program: str, options: argparse.Namespace) -> int:
    chosen = [x for x in runs() if (not options.only or x.name in options.only) and (x.quick or not options.quick)]
    if not chosen:
        sys.stderr.write("no run of that name\n")
        return 1
    answers: list[Answer] = []
    for run in chosen:
        begun = time.monotonic()
        answers += (new := ask(run, program))
        if not options.json:
            sys.stdout.write(f"{run.name}: {time.monotonic() - begun:.1f} s\n{_table(new)}")
            sys.stdout.flush()
    if options.json:
        told = {"solver": version(program), "answers": [asdict(x) | {"agrees": x.agrees} for x in answers]}
        sys.stdout.write(json.dumps(told, indent=1) + "\n")
    return 0 if all(x.agrees for x in answers) else 1


if __name__ == "__main__":
    sys.exit(main())
