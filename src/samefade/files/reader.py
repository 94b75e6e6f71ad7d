"""Say what a reader of one format is."""

from pathlib import Path
from typing import Any, Protocol

from samefade.types import Recording


class Reader(Protocol):
    """Reads one format of recordings.

    Attributes:
        name: Short name, as given to `read(format=…)`.
        title: What writes this format, in words.
    """

    @property
    def name(self) -> str:
        """Return the short name."""
        ...

    @property
    def title(self) -> str:
        """Return what writes this format, in words."""
        ...

    def can_read(self, path: Path) -> bool:
        """Say whether a file looks like this format; never raises."""
        ...

    def read(self, path: Path, *args: Any, **options: Any) -> tuple[Recording, ...]:  # noqa: ANN401 -- each format has its own options
        """Return one recording per end or transmitter in the file.

        Raises:
            UnreadableRecording: When the file holds nothing of this format.
        """
        ...
