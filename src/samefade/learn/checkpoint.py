"""Keep the state of a training in a file, so that one that was killed can go on; this file imports JAX.

The file appears whole or not at all: it is written beside its place and then moved there.
It holds weights and losses, which are public, and the fingerprint of its training; nothing in it is executed.
"""

import io
import os
import struct
from pathlib import Path
from typing import Any

import equinox as eqx

from samefade.errors import CannotWrite, OutOfRange

_MAGIC, _COUNT = b"sftrain1", struct.Struct("<I")
_FINGERPRINT = 32


class Checkpoint:
    """A file that holds the state of one training, or does not exist yet."""

    def __init__(self, path: Path, fingerprint: bytes) -> None:
        """Name the file, and the training that it belongs to."""
        self._path, self._head = path, _MAGIC + fingerprint

    def read(self, state: Any) -> tuple[Any, list[float]]:  # noqa: ANN401 -- a tree of arrays
        """Return the stored state and the losses so far, or the given state and none where there is no file.

        Raises:
            OutOfRange: When the file is of another training, damaged, or cannot be read.
        """
        try:
            held = self._path.read_bytes()
        except FileNotFoundError:
            return state, []
        except OSError as why:
            raise self._refused(f"it cannot be read ({why.strerror or why})") from why
        if not held.startswith(self._head):
            raise self._refused("it is of another training")
        file = io.BytesIO(held[len(self._head) :])
        try:
            (count,) = _COUNT.unpack(file.read(_COUNT.size))
            losses = struct.unpack(f"<{count}d", file.read(8 * count))
            found = eqx.tree_deserialise_leaves(file, state)
        except (struct.error, ValueError, EOFError, RuntimeError, OverflowError, MemoryError, TypeError) as why:
            raise self._refused("it is damaged") from why
        return found, list(losses)

    def write(self, state: Any, losses: list[float]) -> None:  # noqa: ANN401 -- a tree of arrays
        """Store the state.

        Raises:
            CannotWrite: When the operating system does not let it.
        """
        file = io.BytesIO()
        file.write(self._head + _COUNT.pack(len(losses)) + struct.pack(f"<{len(losses)}d", *losses))
        eqx.tree_serialise_leaves(file, state)
        beside = self._path.with_name(f"{self._path.name}.{os.getpid()}.part")
        try:
            beside.write_bytes(file.getvalue())
            beside.replace(self._path)
        except OSError as why:
            beside.unlink(missing_ok=True)
            raise CannotWrite(self._path, why.strerror or str(why)) from why

    def _refused(self, reason: str) -> OutOfRange:
        allowed = f"one of this very training, but {reason}: remove it to begin anew"
        return OutOfRange("checkpoint", self._path.name, allowed)
