"""Save a figure's picture, small enough for a repository and the same bytes every time."""

from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from samefade.study.figure import Figure, Result
from samefade.study.shelf import put

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawn

LIMIT = 150_000  # bytes
_TRIES = ((110, None), (110, 128), (90, 96), (75, 64), (60, 48), (45, 32))  # dots an inch, colours


def picture(figure: Figure, result: Result, file: Path) -> None:
    """Draw a result and save it as PNG, with fewer colours and then fewer dots where it would be too large.

    Raises:
        CannotWrite: When the operating system refuses.
    """
    import matplotlib as mpl

    mpl.use("Agg")
    drawn = figure.draw(result)
    content = b""
    for dots, colours in _TRIES:
        content = _png(drawn, dots, colours)
        if len(content) <= LIMIT:
            break
    put(file, content)


def _png(drawn: "Drawn", dots: int, colours: int | None) -> bytes:
    from PIL import Image

    buffer = BytesIO()
    drawn.savefig(buffer, format="png", dpi=dots, metadata={"Software": None})
    if colours is None:
        return buffer.getvalue()
    few = Image.open(buffer).convert("RGB").quantize(colours, dither=Image.Dither.NONE)
    made = BytesIO()
    few.save(made, format="png", optimize=True)
    return made.getvalue()
