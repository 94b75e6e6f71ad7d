"""Turn a recording of whatever format, and of whatever length, into a container.

The formats whose readers can stream are gone through line by line; their packets wait on the disk, beside the container
that is to be, until it is known which of them make a recording and which clock is theirs.
The others are read whole.
"""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from samefade.errors import CannotWrite, OutOfRange
from samefade.files import container
from samefade.files.flow import Flow
from samefade.files.formats import accepted, reader_of
from samefade.files.one_log import mark
from samefade.files.publish import published

BATCH = 1 << 16  # packets


def convert(source: str | Path, target: str | Path, *, batch: int = BATCH, **options: Any) -> bool:  # noqa: ANN401
    """Write every recording of a file to a container; return whether it could be gone through without being held.

    The container holds what `container.write(target, read(source, **options))` would put there, byte for byte.
    It is there whole or not at all: an interrupt leaves what was there before, and what waited beside it is removed
    (after a power cut a hidden folder `.NAME….part` may be left, which can be deleted).

    Args:
        source: The file.
        target: A name that ends in `.zip` becomes one file, any other a folder.
        batch: Packets that are written at once.
        options: As for `read`.

    Raises:
        SamefadeError: As `read` and `container.write`.
    """
    source, target = Path(source), Path(target)
    reader, options = reader_of(source, options)
    stream = getattr(reader, "stream", None)
    if stream is None:
        container.write(target, accepted(reader, source, options))
        return False
    try:
        with TemporaryDirectory(prefix=f".{target.name}.", suffix=".part", dir=target.resolve().parent) as folder:
            _write(target, stream(source, Path(folder), **options), batch)
    except OSError as refused:
        raise CannotWrite(target, refused.strerror or str(refused)) from refused
    return True


def _write(target: Path, flows: tuple[Flow, ...], batch: int) -> None:
    if not 1 <= len(flows) <= 3:
        raise OutOfRange("recordings", len(flows), "one node, both ends, or both ends and Eve")
    more = mark([flow.packets for flow in flows])
    with published(target) as root:
        growing = container.Growing(root, len(flows))
        for at, flow in enumerate(flows):
            for piece in flow.batches(batch):
                growing.add(at, piece)
            growing.told(at, flow.dropped, {**flow.about, **more})
