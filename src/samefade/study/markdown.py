"""Write Markdown in which words that come from results and files can do no harm."""

import re
from collections.abc import Iterable, Sequence

_SPECIAL = re.compile(r"([\\`*\[\]|~#]|(?<!\w)_|_(?!\w))")


def text(value: object) -> str:
    """Return words that mean themselves: no markup, no HTML, one line."""
    plain = " ".join(str(value).split())
    return _SPECIAL.sub(r"\\\1", plain).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def number(value: object, digits: int = 2) -> str:
    """Return a number for a table, a dash where there is none."""
    if not isinstance(value, int | float) or value != value:  # noqa: PLR0124 -- only NaN differs
        return "–"
    return f"{value:,}" if isinstance(value, int) else f"{value:.{digits}f}"


def table(columns: Sequence[str], rows: Iterable[Sequence[str]], left: int = 1) -> list[str]:
    """Return the lines of a table; the first `left` columns lean to the left.

    Cells are taken as they are: whoever calls escapes them.
    """
    ruler = ["---" if i < left else "---:" for i in range(len(columns))]
    return [_line(columns), _line(ruler), *(_line(row) for row in rows), ""]


def demoted(document: str, by: int) -> str:
    """Return a document with its headings `by` levels deeper and its first heading gone."""
    lines = document.strip().splitlines()
    if lines and lines[0].startswith("# "):
        lines = lines[1:]
    fenced = False
    for i, line in enumerate(lines):
        fenced ^= line.startswith("```")
        if line.startswith("#") and not fenced:
            lines[i] = "#" * by + line
    return "\n".join(lines).strip()


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
