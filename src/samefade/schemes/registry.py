"""Every scheme by name: ours, the published ones, and those that other packages or a user's file bring."""

from dataclasses import replace
from importlib.metadata import entry_points
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

from samefade.align import NoLag
from samefade.errors import MissingExtra, UnknownName, UnreadableRecording
from samefade.schemes.decimated import Decimated
from samefade.schemes.farflung import LPWAN
from samefade.schemes.published import Fft, FftBand, Golay, Packet, Raw, Wskg
from samefade.schemes.scheme import Scheme
from samefade.schemes.strata import Strata

BEST = "strata"
FARFLUNG = "lpwan"
_GROUP, _NOSYNC = "samefade.schemes", "-nosync"
_SYNCED: tuple[Scheme, ...] = (Raw(), Golay(), Fft(), FftBand(), Packet(), Wskg(), Decimated(), Strata())


def schemes() -> dict[str, Scheme]:
    """Return every known scheme by name, each with and without synchronisation.

    Other packages add theirs by an entry point in the group `samefade.schemes` that names a `Scheme` value, without a
    variant that is not synchronised. One whose extra is not installed is left out; `find` says which extra it is.
    """
    known = _both_ways(_SYNCED)
    for point in entry_points(group=_GROUP):
        try:
            scheme = point.load()
        except MissingExtra:
            continue
        known[scheme.name] = scheme
    return known


def lpwan() -> dict[str, Scheme]:
    """Return the published schemes for LoRa and its kind by name, each with and without synchronisation.

    They are found by name like all others, and are no part of `schemes`: they are made for a few packets an hour.
    """
    return _both_ways(LPWAN)


def named(name: str) -> tuple[Scheme, ...]:
    """Return the scheme of this name as `find` does, or for "lpwan" all that were made for LoRa and its kind.

    Raises:
        MissingExtra: When it needs an extra that is not installed.
        UnknownName: When there is none.
        UnreadableRecording: When a file does not exist or holds no such scheme.
    """
    return LPWAN if name == FARFLUNG else (find(name),)


def find(name: str) -> Scheme:
    """Return the scheme of this name, or the one in a file named as `file.py:ClassName`.

    `NAME-nosync` is any scheme of that name without synchronisation.

    Raises:
        MissingExtra: When it needs an extra that is not installed.
        UnknownName: When there is none.
        UnreadableRecording: When the file does not exist or holds no such scheme.
    """
    path, _, attribute = name.rpartition(":")
    if path.endswith(".py"):
        return _from_file(Path(path), attribute)
    known = schemes() | lpwan()
    if name in known:
        return known[name]
    synced = name.removesuffix(_NOSYNC)
    for point in entry_points(group=_GROUP, name=synced):
        scheme: Scheme = point.load()
        return scheme if synced == name else replace(scheme, align=NoLag())
    raise UnknownName("scheme", name, tuple(known))


def _both_ways(synced: tuple[Scheme, ...]) -> dict[str, Scheme]:
    alone = (replace(scheme, align=NoLag()) for scheme in synced)
    return {scheme.name: scheme for scheme in (*synced, *alone)}


def _from_file(path: Path, attribute: str) -> Scheme:
    spec = spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None or not path.is_file():
        raise UnreadableRecording(path, reason="there is no such Python file")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    found = getattr(module, attribute, None)
    scheme = found() if isinstance(found, type) else found
    if not isinstance(scheme, Scheme):
        raise UnreadableRecording(path, reason=f"it defines no scheme called {attribute!r}")
    return scheme
