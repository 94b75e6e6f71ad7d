"""Hash the part of a figure's source that its numbers can depend on.

A change in how a figure is drawn or judged must not make hours of computation void, and a change in a module of the
study that it computes with must. So what counts is what `compute` can reach by name, through the modules of the study.
"""

import ast
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

ROOTS = ("compute",)  # what SPEC says is compared as values
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def reach(folder: Path, figure: str, roots: tuple[str, ...] = ROOTS) -> str:
    """Return a SHA-256 over the definitions that a figure's roots can reach; comments and layout do not count.

    Args:
        folder: The study's folder; its name is that of its package.
        figure: Name of the module.
        roots: Names in it to begin with.

    Raises:
        SyntaxError: When a file is not Python.
        OSError: When a file cannot be read.
    """
    found: dict[tuple[str, str], str] = {}
    _follow(folder, figure, roots, found)
    lines = [f"{module}.{name} {text}" for (module, name), text in sorted(found.items())]
    return sha256("\n".join(lines).encode()).hexdigest()


def _follow(folder: Path, module: str, names: tuple[str, ...] | None, found: dict[tuple[str, str], str]) -> None:
    """Add what these names of a module reach, all of it for None."""
    body = ast.parse((folder / f"{module}.py").read_bytes()).body
    table = {name: part for part in body for name in _defined(part)}
    todo = list(table if names is None else [*names, *_unnamed(body, found, module)])
    while todo:
        name = todo.pop()
        part = table.get(name)
        if part is None or (module, name) in found:
            continue
        found[module, name] = _written(_plain(part))
        for inner, wanted in _of_study(part, folder, name):
            _follow(folder, inner, wanted, found)
        for node in ast.walk(part):
            if isinstance(node, ast.Name):
                todo.append(node.id)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                _named(folder, node.value, found)


def _named(folder: Path, text: str, found: dict[tuple[str, str], str]) -> None:
    """Count a file of the study's folder that a text names: a scheme of its own, a table of numbers."""
    if text and Path(text).name == text and (folder / text).is_file():
        found["", text] = sha256((folder / text).read_bytes()).hexdigest()


def _defined(part: ast.stmt) -> Iterator[str]:
    """Yield the names that a statement of a module defines."""
    if isinstance(part, _DEFINITIONS):
        yield part.name
    elif isinstance(part, ast.Import | ast.ImportFrom):
        yield from (alias.asname or alias.name.partition(".")[0] for alias in part.names)
    else:
        yield from (n.id for n in ast.walk(part) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store))


def _unnamed(body: list[ast.stmt], found: dict[tuple[str, str], str], module: str) -> list[str]:
    """Count statements that define nothing but may do something; return the names that they use."""
    used: list[str] = []
    for i, part in enumerate(body):
        doc = isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant)
        if not doc and not isinstance(part, (*_DEFINITIONS, ast.Import, ast.ImportFrom)) and not list(_defined(part)):
            found[module, f"statement {i}"] = _written(part)
            used += [node.id for node in ast.walk(part) if isinstance(node, ast.Name)]
    return used


def _of_study(part: ast.stmt, folder: Path, name: str) -> Iterator[tuple[str, tuple[str, ...] | None]]:
    """Yield the modules of the study that a statement imports from, each with the names that it takes, or None."""
    for node in ast.walk(part):
        if isinstance(node, ast.ImportFrom):
            whole = ".".join([*[folder.name] * node.level, *([node.module] if node.module else [])])
            package, _, inner = whole.partition(".")
            taken = tuple(a.name for a in node.names if node is not part or (a.asname or a.name) == name)
            wanted = [(inner, taken)] if inner else [(module, None) for module in taken]
        elif isinstance(node, ast.Import):
            package, wanted = folder.name, [(a.name.removeprefix(f"{folder.name}."), None) for a in node.names]
        else:
            continue
        if package == folder.name:
            yield from ((inner, names) for inner, names in wanted if (folder / f"{inner}.py").is_file())


def _written(node: object) -> str:
    """Return a tree as text, the same under every Python: `ast.dump` has written other words since 3.12 and 3.13."""
    if isinstance(node, list):
        return f"[{', '.join(map(_written, node))}]"
    if not isinstance(node, ast.AST):
        return repr(node)
    parts = [(name, getattr(node, name, None)) for name in node._fields]
    told = [(name, part) for name, part in parts if part is not None or not hasattr(type(node), name)]
    fields = [f"{name}={_written(part)}" for name, part in told if name != "type_params" or part]
    return f"{type(node).__name__}({', '.join(fields)})"


def _plain(part: ast.stmt) -> ast.stmt:
    """Return a statement without its docstring."""
    if isinstance(part, _DEFINITIONS) and ast.get_docstring(part) is not None:
        part.body = part.body[1:]
    return part
