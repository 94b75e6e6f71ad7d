"""Read recordings, and make a pair of two of them."""

from pathlib import Path
from typing import Any

from samefade import data, files
from samefade.errors import EndsDisagree, InputError
from samefade.observe import pair as match_pair
from samefade.types import Observation, Pair, Recording


def read(path: str | Path, **options: Any) -> tuple[Recording, ...]:  # noqa: ANN401 -- each format has its own options
    """Read every end or transmitter that a file holds, in whatever known format.

    Args:
        path: The file.
        options: Passed to the format's reader (`format=`, `a=`, `b=`, `sign=`, `rate=`, `part=` …).

    Raises:
        UnreadableRecording: When no reader can read it.
    """
    return files.read(path, **options)


def read_pair(
    a: str | Path,
    b: str | Path | None = None,
    *,
    eve: str | Path | None = None,
    subcarrier: int | None = None,
    by: str = "auto",
    half_duplex: bool = False,
    **options: Any,  # noqa: ANN401 -- each format has its own options
) -> Pair[Observation]:
    """Read both ends of a link, match their samples and put them on one even grid with gaps marked.

    Args:
        a: Recording of end a, or of both ends.
        b: Recording of end b; leave it out when `a` holds both.
        eve: Recording of the eavesdropper, where there is one.
        subcarrier: Index of the tone, in the format's own numbering; by default 6, the paper's.
        by: "auto", "sequence", "clock" or "row".
        half_duplex: Interpolate b to a's instants.
        options: Passed to the reader.

    Raises:
        InputError: When a file cannot be read or the two do not fit together.
    """
    ends = _ends(a, b, options)
    reading = {k: v for k, v in options.items() if k not in ("a", "b")}
    heard = files.read(eve, **reading) if eve is not None else ()
    return match_pair(*ends, _stacked(heard), tone=subcarrier, by=by, half_duplex=half_duplex)


def read_set(name: str, *, subcarrier: int | None = None, by: str = "auto") -> Pair[Observation]:
    """Read a two-ended public data set by name, Eve's recording included where there is one.

    Raises:
        UnknownName: When there is no such set.
        EndsDisagree: When the set has one end only.
    """
    found = data.find(name)
    paths = data.get(name)
    raise NotImplementedError(found, paths, subcarrier, by)


def _ends(a: str | Path, b: str | Path | None, options: dict[str, Any]) -> tuple[Recording, Recording]:
    raise NotImplementedError(a, b, options, EndsDisagree, InputError)


def _stacked(heard: tuple[Recording, ...]) -> Recording | None:
    return heard[0] if heard else None
