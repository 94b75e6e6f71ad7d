"""Make one self-contained page of HTML of a template: nothing on it runs, and it asks nothing of any network.

All text that a page is given is escaped, and characters that cannot be seen are shown as numbers: device names, file
names and traces come from others.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from samefade import __version__
from samefade.bench.parts import whole
from samefade.dash.visible import visible
from samefade.errors import MissingExtra

if TYPE_CHECKING:
    from jinja2 import Environment


def render(template: str, **values: Any) -> str:  # noqa: ANN401 -- whatever the template shows
    """Return the page that a template of this room makes of values.

    Args:
        template: File name below `templates/`; it extends `base.html` and fills its blocks `title` and `content`.
        values: What it shows, untrusted.

    Raises:
        MissingExtra: When Jinja is not installed.
    """
    return environment().get_template(template).render(version=__version__, **values)


def environment() -> "Environment":
    """Return what makes pages of templates; call it before long work, of which a page shall be made.

    Raises:
        MissingExtra: When Jinja is not installed.
    """
    try:
        from jinja2 import Environment, PackageLoader, StrictUndefined
    except ImportError:
        raise MissingExtra("pages") from None
    return Environment(
        loader=PackageLoader("samefade.dash"), autoescape=True, undefined=StrictUndefined, finalize=_finalized,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip


def write(page: str, path: Path, *, private: bool = False) -> None:
    """Write a page, all or nothing.

    Args:
        page: The page.
        path: Where to.
        private: Whether only its owner may read the file.

    Raises:
        CannotWrite: When the operating system refuses.
    """

    def writing(part: Path) -> None:
        part.unlink(missing_ok=True)  # what a kill left is in nobody's way
        part.touch(mode=0o600 if private else 0o666, exist_ok=False)
        part.write_text(page, encoding="utf-8")

    whole(path, writing)


def _finalized(value: Any) -> Any:  # noqa: ANN401 -- any value of a template
    """Make what cannot be seen visible in every text that is no markup of ours."""
    return visible(value) if isinstance(value, str) and not hasattr(value, "__html__") else value
