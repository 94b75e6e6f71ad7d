"""wire/ imports nothing but itself and what MicroPython has, and writes nothing that MicroPython cannot read."""

import ast
from pathlib import Path

import pytest

import samefade

FILES = sorted((Path(samefade.__file__).parent / "wire").glob("*.py"))
PORTABLE = {"hashlib", "struct", "binascii", "collections"}
ONLY_IN_CIPHER = {"cryptolib", "cryptography"}
FOREIGN = {"bit_length", "ljust", "rjust", "removeprefix", "removesuffix", "hex", "fromhex", "is_integer", "bit_count"}


def imports(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((0, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.level, node.module or ""


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_imports(path):
    allowed = PORTABLE | (ONLY_IN_CIPHER if path.name == "cipher.py" else set())
    for level, module in imports(ast.parse(path.read_text(encoding="utf-8"))):
        assert level <= 1, "only relative imports inside wire"
        assert level == 1 or module.split(".")[0] in allowed, module


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_syntax_and_methods(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        assert not isinstance(node, ast.Match | ast.AsyncFunctionDef | ast.TryStar)
        displayed = node.elts if isinstance(node, ast.List | ast.Tuple | ast.Set) else ()
        assert not any(isinstance(item, ast.Starred) for item in displayed), "[*this] is not read there"
        assert not (isinstance(node, ast.Dict) and None in node.keys), "{**this} is not read there"
        assert not (isinstance(node, ast.arguments) and node.posonlyargs)
        assert not (isinstance(node, ast.Attribute) and node.attr in FOREIGN), node.attr
        assert not (isinstance(node, ast.keyword) and node.arg == "strict")
