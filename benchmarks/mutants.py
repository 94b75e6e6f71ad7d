"""Change the code that confirms, counts and verifies, one place at a time, and see whether the tests notice.

    python -m benchmarks.mutants [NAME …]

Each mutant is one small change of the syntax tree: a comparison, a sum, a number, a condition, a call that is left out.
Its code is put into the module's functions in a forked process, and the tests of that module run there until one fails.
A mutant under which all pass has survived.
"""

import ast
import copy
import importlib
import os
import sys
import time
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parent.parent
LIMIT = 120.0  # seconds, after which a mutant that hangs counts as noticed


class Target(NamedTuple):
    """A module whose tests are tried: its name, functions (all where empty), and test files."""

    module: str
    tests: tuple[str, ...]
    only: tuple[str, ...] = ()


_SESSION = "tests/session/test_"
TARGETS = {
    "confirm": Target("samefade.session.finish", (_SESSION + "finish.py",)),
    "ledger": Target("samefade.types.ledger", ("tests/types", _SESSION + "packing.py", _SESSION + "account.py")),
    "account": Target("samefade.session.account", (_SESSION + "account.py",)),
    "packing": Target(
        "samefade.session.packing",
        (_SESSION + "packing.py",),
        ("pack_ledger", "unpack_ledger", "expect", "within", "_text"),
    ),
    "tag": Target("samefade.reconcile.tag", (_SESSION + "tags.py",)),
    "statement": Target(
        "samefade.presence.statement", (_SESSION + "statements.py", "tests/presence/test_statement.py")
    ),
}

_COMPARE: dict[type, tuple[type, ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
_SUM: dict[type, type] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.Div: ast.Mult,
    ast.Pow: ast.Mult,
}


class Mutant(NamedTuple):
    """A changed module.

    Attributes:
        line: Where it was changed.
        what: How.
        code: Its source.
    """

    line: int
    what: str
    code: str


def mutants(source: str, only: tuple[str, ...] = ()) -> Iterator[Mutant]:
    """Make every mutant of a module's source, within the functions named."""
    tree = ast.parse(source)
    for number, (node, changed, what) in enumerate(_changes(tree, only)):
        made = copy.deepcopy(tree)
        for old, new in zip(ast.walk(tree), ast.walk(made), strict=True):
            if old is node:
                changed(new)
                break
        code = ast.unparse(ast.fix_missing_locations(made))
        yield Mutant(getattr(node, "lineno", number), what, code)


def _changes(tree: ast.Module, only: tuple[str, ...]) -> Iterator[tuple[ast.AST, Any, str]]:
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef) or (only and function.name not in only):
            continue
        if function.name in {"__repr__", "__str__"}:  # what people read is not what protects them
            continue
        for statement in function.body:
            for node in ast.walk(statement):
                if not isinstance(node, ast.FunctionDef):
                    yield from _of(node)


def _of(node: ast.AST) -> Iterator[tuple[ast.AST, Any, str]]:  # noqa: C901 -- one case for each kind of change
    if isinstance(node, ast.Compare):
        for i, op in enumerate(node.ops):
            for other in _COMPARE[type(op)]:
                yield node, _put_compare(i, other), f"{type(op).__name__} becomes {other.__name__}"
    elif isinstance(node, ast.BinOp) and type(node.op) in _SUM:
        other = _SUM[type(node.op)]
        yield node, _set("op", other()), f"{type(node.op).__name__} becomes {other.__name__}"
    elif isinstance(node, ast.BoolOp):
        swapped = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        yield node, _set("op", swapped), "and becomes or, or or and"
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.USub):
        yield node, _set("op", ast.UAdd() if isinstance(node.op, ast.USub) else None), "a sign or a not is left out"
    elif isinstance(node, ast.If | ast.IfExp):
        yield node, _set("test", ast.Constant(value=True)), "a condition is always true"
        yield node, _set("test", ast.Constant(value=False)), "a condition is never true"
    elif isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        other_value = (not node.value) if isinstance(node.value, bool) else node.value + 1
        yield node, _set("value", other_value), f"{node.value} becomes {other_value}"
    elif isinstance(node, ast.Expr) and not isinstance(node.value, ast.Constant):
        yield node, _set("value", ast.Constant(value=None)), "a statement is left out"
    elif isinstance(node, ast.Raise):
        yield node, _pass, "an error is not raised"
    elif isinstance(node, ast.Return) and node.value is not None:
        yield node, _set("value", ast.Constant(value=None)), "nothing is returned"


def _put_compare(i: int, other: type) -> Any:  # noqa: ANN401 -- a function of a node
    def change(node: Any) -> None:  # noqa: ANN401 -- any node
        node.ops[i] = other()

    return change


def _set(name: str, value: object) -> Any:  # noqa: ANN401 -- a function of a node
    def change(node: Any) -> None:  # noqa: ANN401 -- any node
        if value is None and isinstance(node, ast.UnaryOp):  # `not x` becomes `not not x`
            node.operand = ast.UnaryOp(op=ast.Not(), operand=node.operand)
        else:
            setattr(node, name, value)

    return change


def _pass(node: Any) -> None:  # noqa: ANN401 -- any node
    node.exc, node.cause = None, None
    node.__class__ = ast.Pass
    node._fields = ()


def _functions(module: Any) -> dict[str, Any]:  # noqa: ANN401 -- a module
    """Return the functions of a module by name, those of its classes too."""
    found: dict[str, Any] = {}
    for name, thing in vars(module).items():
        if getattr(thing, "__module__", None) != module.__name__:
            continue
        if isinstance(thing, types.FunctionType):
            found[name] = thing
        for inner, part in vars(thing).items() if isinstance(thing, type) else ():
            function = getattr(part, "fget", None) or getattr(part, "__func__", part)
            if isinstance(function, types.FunctionType):
                found[f"{name}.{inner}"] = function
    return found


def _put(module: Any, path: Path, code: str) -> None:  # noqa: ANN401 -- a module
    """Give the functions of a module the code of a mutant: whoever imported them has it too."""
    fresh = types.ModuleType(module.__name__)
    exec(compile(code, str(path), "exec"), vars(fresh))  # our own source, changed
    now = _functions(module)
    for name, function in _functions(fresh).items():
        now[name].__code__ = function.__code__


def noticed(target: Target, path: Path, code: str) -> bool:
    """Say whether the tests fail, or hang, with this source in the place of the module."""
    child = os.fork()
    if child == 0:
        _tried(target, path, code)
    end = time.monotonic() + LIMIT
    while time.monotonic() < end:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status) != 0
        time.sleep(0.02)
    os.kill(child, 9)
    os.waitpid(child, 0)
    return True


def _tried(target: Target, path: Path, code: str) -> None:
    """Run the tests in this process, and leave it with their status."""
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    status = 3
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    try:
        import pytest

        _put(importlib.import_module(target.module), path, code)
        options = ["-x", "-q", "-p", "no:cacheprovider", "-W", "ignore::pytest.PytestAssertRewriteWarning"]
        status = int(pytest.main([*options, *target.tests]))
    finally:
        os._exit(status)


def _ready() -> None:
    """Import all that tests import, and run two sessions: a fork has machine code and caches for nothing."""
    sys.path.insert(0, str(ROOT / "tests" / "session"))
    import hypothesis  # noqa: F401
    import pytest  # noqa: F401

    importlib.import_module("samefade.api")
    taps = importlib.import_module("session_taps")
    for kind in taps.RUNS:
        taps.recorded(kind)


def run(names: tuple[str, ...] = (), say: Any = None) -> list[dict[str, object]]:  # noqa: ANN401 -- takes a line
    """Try every mutant of the modules named, and return how many were noticed.

    Raises:
        SystemExit: When the tests fail without any change.
    """
    os.chdir(ROOT)
    _ready()
    rows: list[dict[str, object]] = []
    for name, target in TARGETS.items():
        if names and name not in names:
            continue
        path = ROOT / "src" / (target.module.replace(".", "/") + ".py")
        source = path.read_text(encoding="utf-8")
        if noticed(target, path, source):
            raise SystemExit(f"{name}: the tests fail as they are")
        made, survived = list(mutants(source, target.only)), 0
        for number, mutant in enumerate(made, 1):
            seen = noticed(target, path, mutant.code)
            survived += not seen
            if say is not None and (not seen or number % 10 == 0):
                word = "" if seen else f": line {mutant.line} survives: {mutant.what}"
                say(f"{name} {number} of {len(made)}{word}")
        killed = len(made) - survived
        rows.append(
            {"code": name, "mutants": len(made), "noticed": killed, "percent": round(100 * killed / len(made), 1)}
        )
        if say is not None:
            say(str(rows[-1]))
    return rows


if __name__ == "__main__":
    run(tuple(sys.argv[1:]), lambda line: print(line, flush=True))
