"""Save a figure's picture, small enough for a repository and the same bytes every time."""

from importlib import import_module
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, cast

from samefade.study.figure import Figure, Result
from samefade.study.shelf import put

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawn

LIMIT = 150_000  # bytes
_TRIES = ((110, None), (110, 128), (90, 96), (75, 64), (60, 48), (45, 32))  # dots an inch, colours


def picture(module: str, result: Result, file: Path) -> None:
    """Draw a result and save it as PNG, with fewer colours and then fewer dots where it would be too large.

    Args:
        module: The figure's module by its name, by which another process finds it, too.
        result: What it computed.
        file: Where the picture is put.

    Raises:
        CannotWrite: When the operating system refuses.
    """
    import matplotlib as mpl

    mpl.use("Agg")
    drawn = cast(Figure, import_module(module)).draw(result)
    content, rendered = b"", dict[int, bytes]()
    for dots, colours in _TRIES:
        if dots not in rendered:
            rendered[dots] = _png(drawn, dots)
        content = rendered[dots] if colours is None else _fewer(rendered[dots], colours)
        if len(content) <= LIMIT:
            break
    put(file, content)


def _png(drawn: "Drawn", dots: int) -> bytes:
    buffer = BytesIO()
    drawn.savefig(buffer, format="png", dpi=dots, metadata={"Software": None})
    return buffer.getvalue()


def _fewer(png: bytes, colours: int) -> bytes:
    """Return the picture in so many colours."""
    from PIL import Image

    few = Image.open(BytesIO(png)).convert("RGB").quantize(colours, dither=Image.Dither.NONE)
    made = BytesIO()
    few.save(made, format="png", optimize=True)
    return made.getvalue()
