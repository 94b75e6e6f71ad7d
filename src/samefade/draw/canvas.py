"""One look for every picture, and a way to save it that leaves nothing half-written."""

from contextlib import suppress
from io import BytesIO
from pathlib import Path

from matplotlib.figure import Figure

from samefade.errors import CannotWrite, OutOfRange

COLOURS = {"a": "#0b5cad", "b": "#d1600a", "e": "#7a7a7a"}
FORMATS = (".png", ".pdf", ".svg")


def save(figure: Figure, path: Path) -> None:
    """Write a figure, in the format that the file name asks for, all or nothing.

    Raises:
        OutOfRange: When the ending is not one of .png, .pdf, .svg.
        CannotWrite: When the operating system refuses.
    """
    kind = ending(path)
    part = path.with_name(f".{path.name}.part")
    try:
        figure.savefig(part, format=kind[1:], dpi=110)
        part.replace(path)
    except OSError as error:
        raise CannotWrite(path, error.strerror or str(error)) from error
    finally:
        with suppress(OSError):  # a folder that is read-only says so of a file that is not there, too
            part.unlink(missing_ok=True)


def ending(path: Path) -> str:
    """Return the ending of a picture's name, in small letters.

    Raises:
        OutOfRange: When it is not one of .png, .pdf, .svg.
    """
    found = path.suffix.lower()
    if found not in FORMATS:
        raise OutOfRange("picture", path.name, "a name ending in " + ", ".join(FORMATS))
    return found


def png(figure: Figure, *, dpi: int = 110) -> bytes:
    """Return a figure as the bytes of a PNG file, without a date or a program's name in it."""
    out = BytesIO()
    figure.savefig(out, format="png", dpi=dpi, metadata={"Software": None})
    return out.getvalue()
