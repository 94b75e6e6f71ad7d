"""Read recordings, and make a pair of two of them."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from samefade import data, files
from samefade.errors import EndsDisagree, OutOfRange, UnreadableRecording
from samefade.files.formats import reader_of
from samefade.files.gains import uneven
from samefade.files.one_log import NOT_EVE, of_one_log, one_radio
from samefade.observe import By, unit
from samefade.observe import pair as match_pair
from samefade.types import Observation, Pair, Recording

FEWEST_ALIKE = 64  # values in whole dB may agree by chance in a shorter record

Place = str | Path
Columns = tuple[str | int | None, str | int | None]


def read(path: Place, **options: Any) -> tuple[Recording, ...]:  # noqa: ANN401 -- each format has its own options
    """Read every end or transmitter that a file holds, in whatever known format.

    Args:
        path: The file.
        options: Passed to the format's reader (`format=`, `a=`, `b=`, `sign=`, `rate=`, `part=` …).

    Raises:
        UnreadableRecording: When no reader can read it.
    """
    return files.read(path, **options)


def read_pair(  # noqa: PLR0913 -- every choice of how files become a pair is made here, each by its name
    a: Place,
    b: Place | None = None,
    *,
    eve: Place | None = None,
    subcarrier: int | None = None,
    by: By = "auto",
    half_duplex: bool = False,
    columns: Columns = (None, None),
    all_tones: bool = False,
    **options: Any,  # noqa: ANN401 -- each format has its own options
) -> Pair[Observation]:
    """Read both ends of a link, match their samples and put them on one even grid with gaps marked.

    Args:
        a: Recording of end a, or of both ends.
        b: Recording of end b; leave it out when `a` holds both.
        eve: Recording of the eavesdropper, where there is one; without it, the one that a container of both ends holds
            in the third place, unless that is a third transmitter of the log that the first is from.
        subcarrier: Index of the tone, in the format's own numbering; by default 6, the paper's.
        by: "auto", "sequence", "clock" or "row".
        half_duplex: Interpolate b to a's instants.
        columns: In tables of signal strength, the column of each end, by name or by number from 1.
        all_tones: Take every tone that both ends can use; signal strength has none, and is refused then.
        options: Passed to the reader.

    Raises:
        InputError: When a file cannot be read, the two do not fit together, or both are one recording.
    """
    if b is None:
        both: dict[str, Any] = {name: column for name, column in zip("ab", columns, strict=True) if column is not None}
        found = files.read(a, **both, **options)
        first, second = _two(a, found)
        chosen = []
    else:
        found = ()
        every = [files.read(p, **_only(c), **options) for p, c in zip((a, b), columns, strict=True)]
        first, second = (_one(p, one) for p, one in zip((a, b), every, strict=True))
        chosen = [_chosen(p, one) for p, one in zip((a, b), every, strict=True) if len(one) > 1]
    third = found[2:3] if eve is None and files.container.can_read(a) else ()
    hers = not any(of_one_log(one.about, first.about) for one in third)
    heard = files.read(eve, **_hers(eve, options)) if eve is not None else third if hers else None
    rate = options.get("rate")
    made = match_pair(
        first, second, heard, tone=subcarrier, by=by, rate=rate, half_duplex=half_duplex, all_tones=all_tones
    )
    refuse_one_tone(first, all_tones=all_tones)
    refuse_copies(made, a, a if b is None else b)
    told = [made.matching, *chosen, *(() if hers else (NOT_EVE,)), *_scaled(made)]
    return replace(made, matching="; ".join(told)) if len(told) > 1 else made


def read_set(
    name: str,
    *,
    eve: Place | None = None,
    subcarrier: int | None = None,
    by: By = "auto",
    all_tones: bool = False,
) -> Pair[Observation]:
    """Read a two-ended public data set by name, Eve's recording included where there is one.

    Args:
        name: Name of the set; `data.sets()` lists them.
        eve: Another recording of the eavesdropper instead of the set's own.
        subcarrier: As for `read_pair`.
        by: As for `read_pair`.
        all_tones: As for `read_pair`.

    Raises:
        UnknownName: When there is no such set.
        DataUnavailable: When its files are not to be had.
        EndsDisagree: When the set has one end only, or both ends are one recording.
        OutOfRange: When all tones of signal strength are asked for.
    """
    found, paths = data.find(name), data.get(name)
    read_by_role = {file.role: _file(file, paths[file.role]) for file in found.files}
    if "both" in read_by_role:
        a, b = _two(paths["both"], read_by_role["both"])
    elif "a" in read_by_role and "b" in read_by_role:
        a, b = (_one(paths[role], read_by_role[role]) for role in ("a", "b"))
    else:
        raise EndsDisagree(f"ends, of which {found.name} has only one", "there", "missing")
    heard = files.read(eve) if eve is not None else read_by_role.get("eve")
    made = match_pair(a, b, heard, tone=subcarrier, by=by, half_duplex=found.half_duplex, all_tones=all_tones)
    refuse_one_tone(a, all_tones=all_tones)
    refuse_copies(made, *(paths.get(role, paths.get("both", found.name)) for role in ("a", "b")))
    return made


def _file(file: data.DataFile, path: Path) -> tuple[Recording, ...]:
    named = {} if file.format is None else {"format": file.format}
    return files.read(path, **named, **file.options)


def _scaled(made: Pair[Observation]) -> list[str]:
    """Warn of each end whose receiver changed its gain."""
    ends = [end for end, one in zip("abe", made.recordings, strict=False) if uneven(one.about)]
    return [f"the gain of end {end} changes between packets and scales its amplitudes, not undone" for end in ends]


def _only(column: str | int | None) -> dict[str, Any]:
    return {} if column is None else {"a": column}


def _one(path: Place, found: tuple[Recording, ...]) -> Recording:
    """Take the transmitter that was heard most; with one end a file there is no other choice to make."""
    if not found:
        raise UnreadableRecording(path, reason="it holds no recording")
    return max(found, key=len)


def _chosen(path: Place, found: tuple[Recording, ...]) -> str:
    return f"of {len(found)} recordings in {Path(path).name} the longest, {_one(path, found).device!r}"


def _hers(eve: Place, options: dict[str, Any]) -> dict[str, Any]:
    """Return what was said of the ends' files that holds for Eve's too: the rate, and in a table sign and time."""
    rate = {name: options[name] for name in ("rate",) if name in options}
    if not {"sign", "time"} & options.keys():
        return rate
    takes = {"table": ("sign", "time"), "netstar": ("time",)}.get(reader_of(Path(eve), {})[0].name, ())
    return rate | {name: options[name] for name in takes if name in options}


def _two(path: Place, found: tuple[Recording, ...]) -> tuple[Recording, Recording]:
    if len(found) < 2:
        ways = "give the other end's file, too"
        if found and found[0].about.get("format") == "table":
            ways += ", or name both columns with --column-a and --column-b (in Python, columns=)"
        raise EndsDisagree(f"ends, of which {path} holds only one: {ways}", "there", "missing")
    if not files.container.can_read(Path(path)) and one_radio([one.device for one in found]):
        why = f"one radio heard {len(found)} transmitters there; give the other end's file, too"
        raise EndsDisagree(f"ends, of which {path} holds only one: {why}", "there", "missing")
    return found[0], found[1]


def refuse_one_tone(end: Recording, *, all_tones: bool) -> None:
    """Refuse to look for many tones in signal strength.

    Raises:
        OutOfRange: When all tones are asked of a recording without CSI.
    """
    if all_tones and end.raw is None:
        raise OutOfRange("all tones", f"asked of a record in {unit(end)}", "a recording of CSI, which has tones")


def refuse_copies(made: Pair[Observation], a: Place, b: Place) -> None:
    """Refuse one recording given as both ends: two receivers never log the same noise, so its keys mean nothing.

    Raises:
        EndsDisagree: When all values of both ends are equal.
    """
    both = made.a.mask & made.b.mask
    x, y = made.a.values[both], made.b.values[both]
    first, second = made.recordings[:2]  # interpolation for half duplex would hide that the values are equal
    whole = all(np.array_equal(getattr(first, of), getattr(second, of)) for of in ("raw", "rssi"))
    if len(x) < FEWEST_ALIKE or not np.ptp(x) > 0:
        return
    if whole or np.array_equal(x, y):
        raise EndsDisagree(f"recordings: all {len(x):,} values are equal, so this is one recording twice", a, b)
    if np.ptp(x - y) <= 1e-9 * np.ptp(x):
        why = f"all {len(x):,} values differ by the same number, so this is one recording in two forms"
        raise EndsDisagree(f"recordings: {why}", a, b)
