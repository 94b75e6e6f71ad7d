"""Put a container in place whole or not at all: a temporary sibling first, then one rename."""

import json
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from samefade.errors import CannotWrite
from samefade.files.store import DAMAGE, damaged, engine, header, root_of


@contextmanager
def published(path: Path, *, extend: bool = False) -> Iterator[Any]:
    """Yield a root group to write to, and put it in place only when everything went well.

    Args:
        path: Where it goes; a name that ends in `.zip` becomes one file, any other a folder.
        extend: Start from a copy of what is there instead of from nothing.

    Raises:
        MissingExtra: When zarr is not installed.
        CannotWrite: When the system refuses, or something that is not ours lies there; what was there stays.
        UnreadableRecording: When what is to be extended is damaged.
    """
    zarr = engine()
    path = path.resolve()  # so that a link keeps pointing at what it names
    if path.exists() and header(path) is None:
        raise CannotWrite(path, "something that is not a samefade recording lies there")
    try:
        with _workshop(path) as bench:
            tree = bench / "tree"
            if extend:
                _unpack(path, tree)
            yield root_of(zarr.storage.LocalStore(tree), "r+" if extend else "w")
            _index(tree)
            _put(tree, path, bench)
    except OSError as refused:
        raise CannotWrite(path, refused.strerror or str(refused)) from refused
    except DAMAGE as damage:
        if not extend:
            raise
        raise damaged(path, damage) from damage


@contextmanager
def _workshop(path: Path) -> Iterator[Path]:
    bench = Path(tempfile.mkdtemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent))
    try:
        yield bench
    finally:
        shutil.rmtree(bench, ignore_errors=True)


def _unpack(path: Path, tree: Path) -> None:
    if path.is_dir():
        shutil.copytree(path, tree)
    else:
        with zipfile.ZipFile(path) as packed:
            packed.extractall(tree)  # zipfile strips absolute names and ".."


def _index(tree: Path) -> None:
    """Copy the metadata of all members into each group, as `xarray.open_zarr` looks for first.

    Ours, because zarr's own `consolidate_metadata` warns with every call that version 3 does not name this copy;
    `must_understand` false lets every other reader pass over it.
    """
    found = {file.parent: json.loads(file.read_bytes()) for file in sorted(tree.rglob("zarr.json"))}
    for meta in found.values():
        meta.pop("consolidated_metadata", None)
    for folder, meta in found.items():
        if meta["node_type"] == "group":
            members = {f.relative_to(folder).as_posix(): m for f, m in found.items() if folder in f.parents}
            inline = {"kind": "inline", "must_understand": False, "metadata": members}
            (folder / "zarr.json").write_text(json.dumps(meta | {"consolidated_metadata": inline}, indent=1))


def _put(tree: Path, path: Path, bench: Path) -> None:
    ready = tree
    if path.name.lower().endswith(".zip"):
        ready = bench / "packed.zip"
        _pack(tree, ready)
    if not path.exists() or (path.is_file() and ready.is_file()):
        ready.replace(path)
        return
    old = bench / "old"
    path.rename(old)  # a folder that is not empty cannot be replaced in one step
    try:
        ready.rename(path)
    except OSError:
        old.rename(path)
        raise


def _pack(tree: Path, target: Path) -> None:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as packed:  # chunks are compressed already
        for file in sorted(tree.rglob("*")):
            if file.is_file():
                # ZipInfo's fixed date: the same recording gives the same bytes
                packed.writestr(zipfile.ZipInfo(file.relative_to(tree).as_posix()), file.read_bytes())
