"""Print a benchmark's rows as a table that can go into a document."""

from collections.abc import Mapping, Sequence


def show(name: str, rows: Sequence[Mapping[str, object]]) -> None:
    """Print the rows: what, ours, theirs, ratio, bar, holds."""
    print(f"\n## {name}\n\n| what | ours | theirs | ratio | bar | holds |\n|---|---|---|---|---|---|")
    for row in rows:
        cells = (_text(row.get(k)) for k in ("what", "ours", "theirs", "ratio", "bar", "holds"))
        print("| " + " | ".join(cells) + " |")


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "NO"
    if isinstance(value, float):
        return f"{value:.3g}"
    return "–" if value is None else str(value)
