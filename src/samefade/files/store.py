"""Read and fill the Zarr v3 tree under our containers: what it is called, who understands it, what counts as damage.

Public format: Zarr core specification version 3; a zip holds the same tree with its root at the top.
"""

import json
import struct
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from samefade.errors import EndsDisagree, MissingExtra, NotFinite, OutOfRange, UnreadableRecording

FORMAT = "samefade-recording"
VERSION = 1
# Whatever damage can make zarr, json, zipfile and our own nouns raise; a bare `except` would hide our mistakes too.
DAMAGE = (
    OSError, ValueError, KeyError, TypeError, AttributeError, IndexError, RuntimeError, EOFError, OverflowError,
    MemoryError, struct.error, zipfile.BadZipFile, EndsDisagree, NotFinite, OutOfRange,
)  # fmt: skip

_CHUNK = 2**20  # bytes of one chunk before compression: small enough to read a piece, large enough to compress well
_DTYPES = (
    "bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64",
    "float16", "float32", "float64", "complex64", "complex128",
)  # fmt: skip


def engine() -> Any:  # noqa: ANN401 -- zarr comes without types
    """Import zarr.

    Raises:
        MissingExtra: When it is not installed.
    """
    try:
        import zarr
        import zarr.codecs
        import zarr.storage
    except ImportError as missing:
        raise MissingExtra("store") from missing
    return zarr


def header(path: Path) -> dict[str, Any] | None:
    """Return the attributes at the root of a container of ours, or None; needs no zarr and never raises."""
    try:
        if path.is_dir():
            text = (path / "zarr.json").read_bytes()
        else:
            with zipfile.ZipFile(path) as packed:
                text = packed.read("zarr.json")
        about = json.loads(text)["attributes"]
        return dict(about) if about["format"] == FORMAT else None
    except DAMAGE:
        return None


@contextmanager
def opened(path: Path, kind: str) -> Iterator[Any]:
    """Open a container to read it; yield its root group.

    Args:
        path: The folder or zip file.
        kind: What it must hold: "recordings" or "observations".

    Raises:
        MissingExtra: When zarr is not installed.
        UnreadableRecording: When it is not ours, newer than this version, of another kind, or damaged.
    """
    zarr = engine()
    _refuse_strangers(path, kind)
    try:
        store = zarr.storage.LocalStore(path, read_only=True) if path.is_dir() else zarr.storage.ZipStore(path)
        try:
            yield root_of(store, "r")
        finally:
            store.close()
    except DAMAGE as damage:
        raise damaged(path, damage) from damage


def reopened(path: Path) -> Any:  # noqa: ANN401 -- a zarr group
    """Return the root group of a container that `opened` has looked at; its store closes when it is let go."""
    zarr = engine()
    store = zarr.storage.LocalStore(path, read_only=True) if path.is_dir() else zarr.storage.ZipStore(path)
    return root_of(store, "r")


def damaged(path: Path, damage: BaseException) -> UnreadableRecording:
    """Return the error for a container whose content contradicts itself."""
    return UnreadableRecording(path, reason=f"damaged container: {type(damage).__name__}: {damage}")


def root_of(store: Any, mode: str) -> Any:  # noqa: ANN401 -- a zarr store goes in, a zarr group comes out
    """Open the root group of a store; the arrays' own metadata count, not the copy that xarray opens faster with."""
    return engine().open_group(store, mode=mode, zarr_format=3, use_consolidated=False)


def _refuse_strangers(path: Path, kind: str) -> None:
    if not path.exists():
        raise UnreadableRecording(path, reason="no such file or folder")
    about = header(path)
    if about is None:
        raise UnreadableRecording(path, reason=f"not a {FORMAT} container, or a damaged one")
    version = about.get("version")
    if not isinstance(version, int) or version > VERSION:
        raise UnreadableRecording(path, reason=f"format version {version}; this samefade reads up to {VERSION}")
    if about.get("kind") != kind:
        raise UnreadableRecording(path, reason=f"it holds {about.get('kind')}, not {kind}")


def complete(array: Any) -> Any:  # noqa: ANN401 -- a zarr array
    """Return a zarr array that has all its chunks.

    Raises:
        ValueError: When a chunk is missing: zarr itself would invent zeros in its place.
    """
    missing = array.nchunks - array.nchunks_initialized
    if missing:
        raise ValueError(f"{missing} of {array.nchunks} chunks of {array.path} are missing")
    return array


def storable(name: str, array: Any) -> NDArray[Any]:  # noqa: ANN401 -- whatever a reader put there
    """Return an array in this machine's byte order.

    Raises:
        OutOfRange: When its type is none that Zarr's core specification names.
    """
    array = np.asarray(array)
    if array.dtype.name not in _DTYPES:
        raise OutOfRange(f"type of {name}", array.dtype.name, ", ".join(_DTYPES))
    native: NDArray[Any] = array.astype(array.dtype.newbyteorder("="), copy=False)
    return native


def create(group: Any, name: str, array: NDArray[Any], dimensions: tuple[str, ...], units: str) -> None:  # noqa: ANN401
    """Create one array of a zarr group: chunked along its first axis, zstd with a checksum, units as an attribute."""
    row = max(1, array.itemsize * int(np.prod(array.shape[1:])))
    made = group.create_array(
        name,
        shape=array.shape,
        dtype=array.dtype,
        # not clamped to the length: a later append would inherit chunks of a few packets
        chunks=(max(1, _CHUNK // row), *(max(1, size) for size in array.shape[1:])),
        compressors=engine().codecs.ZstdCodec(level=3, checksum=True),
        dimension_names=dimensions,
        attributes={"units": units},
        config={"write_empty_chunks": True},  # so that a missing chunk is damage, never a chunk of zeros
    )
    if array.size:
        made[...] = array
