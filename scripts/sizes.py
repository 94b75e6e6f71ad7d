"""Print how large files and functions are: median, 90th percentile, largest (functions without their docstrings)."""

import ast
from collections.abc import Iterator
from pathlib import Path
from statistics import quantiles

ROOT = Path(__file__).resolve().parent.parent
PLACES = ("src/samefade", "study")


def docstring_lines(node: ast.AST) -> int:
    """Count the lines of a definition's own docstring."""
    body = getattr(node, "body", [])
    if body and isinstance(body[0], ast.Expr) and isinstance(getattr(body[0].value, "value", None), str):
        return (body[0].end_lineno or 0) - body[0].lineno + 1
    return 0


def functions(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Yield each function's name and its length."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, (node.end_lineno or 0) - node.lineno + 1 - docstring_lines(node)


def row(kind: str, sizes: list[tuple[int, str]]) -> str:
    """Format one row of the table."""
    numbers = sorted(size for size, _ in sizes)
    deciles = quantiles(numbers, n=10)
    largest, where = max(sizes)
    return f"| {kind} | {len(numbers)} | {deciles[4]:.0f} | {deciles[8]:.0f} | {largest} | {where} |"


def main() -> None:
    """Measure the package and the studies, and print the table."""
    print("| what | count | median | 90 % | largest | where |\n|---|---|---|---|---|---|")
    for place in PLACES:
        files, bodies = [], []
        for path in sorted((ROOT / place).rglob("*.py")):
            text = path.read_text(encoding="utf-8")
            name = path.relative_to(ROOT / place).as_posix()
            files.append((len(text.splitlines()), name))
            bodies += [(size, f"{name}: {function}") for function, size in functions(ast.parse(text))]
        print(row(f"{place}: files, lines", files))
        print(row(f"{place}: functions, lines without docstring", bodies))


if __name__ == "__main__":
    main()
