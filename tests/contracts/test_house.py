"""The house rules that no linter knows."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

import samefade
from samefade import errors

SOURCE = Path(samefade.__file__).parent
FILES = sorted(SOURCE.rglob("*.py"))


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.relative_to(SOURCE).as_posix())
def test_no_file_is_long_and_none_asserts_on_input(path):
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 500
    assert not any(isinstance(node, ast.Assert) for node in ast.walk(ast.parse(text)))
    assert path.stem not in {"utils", "helpers", "common", "manager", "misc"}


def test_importing_samefade_loads_numpy_and_nothing_heavy():
    code = "import sys, json, samefade; print(json.dumps(sorted(m.split('.')[0] for m in sys.modules)))"
    loaded = set(json.loads(subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout))
    assert not loaded & {
        "scipy",
        "matplotlib",
        "rich",
        "typer",
        "cryptography",
        "pooch",
        "xarray",
        "zarr",
        "pywt",
        "jax",
        "numba",
    }


def test_every_public_name_resolves():
    for name in samefade.__all__:
        assert getattr(samefade, name) is not None
    with pytest.raises(AttributeError):
        _ = samefade.nonsense


def branch(error):
    return next(b for b in error.__mro__ if b.__mro__[1] is errors.SamefadeError)


def all_errors(root=errors.SamefadeError):
    for child in root.__subclasses__():
        yield child
        yield from all_errors(child)


@pytest.mark.parametrize("error", sorted(set(all_errors()), key=lambda e: e.__name__))
def test_every_error_has_a_sentence_advice_and_its_branchs_exit_code(error):
    assert error.__doc__
    assert error.__doc__.rstrip().endswith(".")
    assert error.advice.rstrip().endswith(".")
    assert error.exit_code == branch(error).exit_code


def test_the_exit_codes_of_the_branches_differ():
    branches = errors.SamefadeError.__subclasses__()
    codes = [b.exit_code for b in branches if b.__module__ == "samefade.errors"]
    assert len(set(codes)) == len(codes)


def test_no_file_of_the_repository_names_a_path_of_some_machine():
    for path in FILES:
        assert "/work/" not in path.read_text(encoding="utf-8")
