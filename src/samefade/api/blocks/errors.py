"""Errors of this room."""

from typing import ClassVar

from samefade.errors import InputError


class NotInBlocks(InputError):
    """The recording cannot be read in blocks."""

    advice: ClassVar[str] = "Keep it in a container with `samefade read FILE --out x.zarr`, or read it whole."

    def __init__(self, path: object, reason: str, packet: int | None = None) -> None:
        """Name the file, what is in the way, and about which packet it stands, counted from 0."""
        super().__init__(file=path, reason=reason, **({} if packet is None else {"near_packet": packet}))
