"""What every handover is: a value with one verb, and the files that it renders."""

from dataclasses import dataclass, field
from typing import NoReturn, Protocol

from samefade.keys.handover.bond import Bond
from samefade.types import Key


@dataclass(frozen=True, eq=False)
class SecretFile:
    """A file to be written: its text is secret.

    Attributes:
        name: Where it goes below the folder, with `/` between parts.
        text: What it holds; never shown.
    """

    name: str
    text: str = field(repr=False)

    def __reduce__(self) -> NoReturn:
        """Refuse to be pickled or copied to another process."""
        raise TypeError("a SecretFile has no serialiser: it is secret")


class Handover(Protocol):
    """One program's way to take a key."""

    @property
    def recipe(self) -> str:
        """Return one sentence that says where the program takes the files."""
        ...

    def render(self, key: Key, bond: Bond) -> tuple[SecretFile, ...]:
        """Return the files for this end, in the order in which they shall appear.

        Args:
            key: At least 256 bits.
            bond: The key's name, this end's role and the names of both ends.

        Raises:
            OutOfRange: When the key is too short.
        """
        ...
