"""Where a run keeps what it makes: full results in the study's folder, quick ones in the cache."""

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from samefade.study.folder import Study


@dataclass(frozen=True)
class Places:
    """The folders of a run.

    Attributes:
        root: Folder of the report.
        cells: Folder of evaluated cells.
    """

    root: Path
    cells: Path

    @property
    def results(self) -> Path:
        """Return the folder of the tables."""
        return self.root / "results"

    @property
    def figures(self) -> Path:
        """Return the folder of the pictures."""
        return self.root / "figures"

    @property
    def report(self) -> Path:
        """Return the file of the report."""
        return self.root / "README.md"


def places(study: Study, out: Path | None = None, *, quick: bool = False, authors: bool = False) -> Places:
    """Choose where a run keeps what it makes.

    The full study lies in the study's own folder, beside its figures; a quick one, one with recordings that are not
    ours to publish, and one of a wheel's copy lie in the cache, unless a folder is named.
    """
    import pooch

    cache = Path(pooch.os_cache("samefade")) / "study"
    ours = f"{study.name}-{sha256(str(study.path).encode()).hexdigest()[:8]}"
    kind = ("quick" if quick else "full") + ("-netstar" if authors else "")
    apart = quick or study.bundled or authors
    root = out.expanduser().resolve() if out is not None else cache / ours / kind if apart else study.path
    return Places(root, cache)
