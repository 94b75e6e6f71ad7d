"""Find a study's folder, and its figures in it.

A study is a folder of modules with a file of claims; its figures are the modules that define `SPEC`, and those whose
name says that they are figures or tables. The folder above it is put on the search path, so that a process that is
spawned finds `wskg2025.fig16` by its name.
"""

import ast
import importlib
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import cast

import samefade
from samefade.errors import UnknownName
from samefade.study.errors import FigureIncomplete, StudyNotFound
from samefade.study.figure import Figure, Spec

CLAIMS = "claims.toml"
PARTS = ("SPEC", "compute", "draw", "judge")
_NAMED = re.compile(r"(fig|table)\d\w*\.py")


@dataclass(frozen=True)
class Study:
    """A paper's folder.

    Attributes:
        name: Its name, which is the name of its package.
        path: The folder.
        bundled: Whether it is the copy that a wheel brings, which nothing is written to.
    """

    name: str
    path: Path
    bundled: bool = False

    def figures(self) -> tuple[str, ...]:
        """Return the names of the figures, in natural order: fig2 before fig10."""
        found = [file.stem for file in self.path.glob("*.py") if _NAMED.fullmatch(file.name) or _has_spec(file)]
        return tuple(sorted(found, key=natural))

    def chosen(self, names: tuple[str, ...] | list[str]) -> tuple[str, ...]:
        """Return the figures of these names, all where none is given.

        Raises:
            UnknownName: When there is no such figure.
        """
        known = self.figures()
        for name in names:
            if name not in known:
                raise UnknownName("figure", name, known)
        return tuple(name for name in known if not names or name in names)

    def load(self, name: str) -> Figure:
        """Import one figure.

        Raises:
            FigureIncomplete: When its file lacks one of `PARTS`.
            StudyNotFound: When another package has the study's name.
            Exception: Whatever importing it raises.
        """
        module = self._import(name)
        lacks = [part for part in PARTS if not hasattr(module, part)]
        if lacks or not isinstance(module.SPEC, Spec):
            raise FigureIncomplete(self.path / f"{name}.py", ", ".join(lacks) or "a SPEC that is a Spec")
        return cast(Figure, module)

    def _import(self, name: str) -> ModuleType:
        above = str(self.path.parent)
        if above in sys.path:
            sys.path.remove(above)
        sys.path.insert(0, above)
        importlib.invalidate_caches()
        module = importlib.import_module(f"{self.name}.{name}")
        if Path(module.__file__ or "").resolve().parent != self.path.resolve():
            raise StudyNotFound(self.name, (f"{self.path}, but {module.__file__} was imported",))
        return module


def find(name: str, given: Path | None = None) -> Study:
    """Find a study: in the folder given, upwards from here, beside an editable install, or in a wheel.

    Args:
        name: Its name.
        given: Its folder, or the one that holds it.

    Raises:
        StudyNotFound: When it is in none of them.
    """
    package = Path(samefade.__file__).parent
    if given is not None:
        places = [given, given / name, given / "study" / name]
    else:
        here = Path.cwd()
        places = [above / "study" / name for above in (here, *here.parents)]
        places += [package.parents[1] / "study" / name, package / "study" / "papers" / name]
    for place in places:
        folder = place.expanduser().resolve()
        if folder.name == name and folder.is_dir() and any(folder.glob("*.py")):
            return Study(name, folder, bundled=package in folder.parents)
    raise StudyNotFound(name, tuple(places) if given else (Path.cwd() / "study", "the folders above", package))


def natural(name: str) -> tuple[tuple[int, int, str], ...]:
    """Return a key that sorts fig2 before fig10."""
    return tuple((0, int(part), "") if part.isdigit() else (1, 0, part) for part in re.split(r"(\d+)", name) if part)


def _has_spec(file: Path) -> bool:
    try:
        body = ast.parse(file.read_bytes()).body
    except (SyntaxError, ValueError):
        return False  # a file that is named as a figure shows its error when it is loaded
    targets = [t for part in body if isinstance(part, ast.Assign) for t in part.targets]
    targets += [part.target for part in body if isinstance(part, ast.AnnAssign)]
    return any(isinstance(target, ast.Name) and target.id == "SPEC" for target in targets)
