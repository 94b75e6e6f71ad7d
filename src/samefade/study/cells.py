"""Keep evaluated cells on disk, so that one cell is evaluated once: over all figures, and over a kill.

One file a state of the package's code and of what it rests on, one line a cell; a line is appended as soon as its group
is done. A line that a kill cut short is passed over. A cell that is there with other metrics is asked for the missing
ones only.
A refusal is one of the metrics that were asked for: it holds for whoever asks for all of them, and for nobody else.
"""

import json
import os
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from samefade.bench import Cell, Row, Source, fingerprint
from samefade.bench.needed import scheme_hash
from samefade.errors import CannotWrite, SamefadeError

KEPT = 8  # states of the code whose cells are kept
# what the machine lacked, or the user mistyped, may be there the next time
_PASSING = {"DataUnavailable", "MissingExtra", "UnknownName", "UnreadableRecording"}


class Cells:
    """Cells that were evaluated with one state of the code."""

    def __init__(self, folder: Path, code: str, *, forget: bool = False) -> None:
        """Read what is there.

        Args:
            folder: Where the files lie.
            code: Fingerprint of the package's source and of the libraries' versions.
            forget: Whether to begin anew; what is evaluated is kept all the same.

        Raises:
            CannotWrite: When the folder cannot be made or written.
        """
        self._path = folder / f"cells-{code[:16]}.jsonl"
        self._rows: dict[str, Row] = {}  # by key: what is known of a cell by metric
        self._about: dict[str, Row] = {}  # by key: seconds
        self._refused: dict[str, dict[frozenset[str], Row]] = {}  # by key: which metrics together were refused, and why
        self._cost: dict[str, float] = {}
        self._keys: dict[Cell, str | None] = {}
        self._sources: dict[Source, str] = {}
        try:
            folder.mkdir(parents=True, exist_ok=True)
            _prune(folder, self._path)
            if self._path.is_file() and not forget:
                self._read()
            self._file = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        except OSError as why:
            raise CannotWrite(self._path, why.strerror or str(why)) from why

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._file)

    def key(self, cell: Cell) -> str | None:
        """Return what decides a cell's numbers as one hash, without its metrics; None where it cannot be known."""
        if cell not in self._keys:
            self._keys[cell] = self._key(cell)
        return self._keys[cell]

    def missing(self, cell: Cell) -> Cell | None:
        """Return the cell with the metrics that are still to be computed, or None where there is nothing to do."""
        if self._refusal(cell) is not None:
            return None
        row = self._rows.get(self.key(cell) or "", {})
        metrics = tuple(name for name in cell.metrics if name not in row)
        return replace(cell, metrics=metrics) if metrics else None

    def put(self, cell: Cell, row: Row, seconds: float) -> None:
        """Keep the metrics of a cell that was evaluated, and what that cost.

        Raises:
            CannotWrite: When the disk is full.
        """
        key = self.key(cell)
        if key is None or row["refusal"] in _PASSING:
            return
        numbers = {name: _plain(row[name]) for name in cell.metrics}
        rest = {name: _plain(value) for name, value in row.items() if name not in {*cell.key(), *numbers}}
        self._add(key, numbers, rest, seconds)
        line = json.dumps({"key": key, "metrics": numbers, "about": rest, "seconds": round(seconds, 4)})
        try:
            os.write(self._file, f"\n{line}".encode())  # the line feed stands first: a line that was cut stays alone
        except OSError as why:
            raise CannotWrite(self._path, why.strerror or str(why)) from why

    def row(self, cell: Cell) -> Row | None:
        """Return the row of a cell, as `evaluate` would; None where it is not here."""
        key, refusal = self.key(cell) or "", self._refusal(cell)
        if refusal is not None:
            return {**cell.key(), **dict.fromkeys(cell.metrics), **refusal}
        found = self._rows.get(key)
        if found is None or any(name not in found for name in cell.metrics):
            return None
        return {**cell.key(), **{name: _nan(found[name]) for name in cell.metrics}, **self._about[key]}

    def cost(self, cell: Cell) -> float:
        """Return how many seconds of a processor the cell took, 0 where it is not here."""
        return self._cost.get(self.key(cell) or "", 0.0)

    def _key(self, cell: Cell) -> str | None:
        try:
            about = [self._source(cell.source), cell.scheme, scheme_hash(cell.scheme), cell.minutes, cell.terms]
            about.append(None if cell.trained is None else self._source(cell.trained))
        except SamefadeError:
            return None
        return sha256(json.dumps(about).encode()).hexdigest()[:32]

    def _source(self, source: Source) -> str:
        if source not in self._sources:  # hashing a record's name and files takes longer than looking a cell up
            self._sources[source] = fingerprint(source)
        return self._sources[source]

    def _read(self) -> None:
        for line in self._path.read_text("utf-8", errors="replace").splitlines():
            try:
                told: dict[str, Any] = json.loads(line)
                self._add(told["key"], dict(told["metrics"]), dict(told["about"]), float(told["seconds"]))
            except (ValueError, KeyError, TypeError):
                continue

    def _refusal(self, cell: Cell) -> Row | None:
        refused = self._refused.get(self.key(cell) or "", {})
        return next((about for metrics, about in refused.items() if metrics <= set(cell.metrics)), None)

    def _add(self, key: str, numbers: Row, about: Row, seconds: float) -> None:
        before = self._rows.get(key, {})
        if about["refusal"] is not None:
            self._refused.setdefault(key, {})[frozenset(numbers)] = about
            self._cost[key] = seconds + self._cost.get(key, 0.0)
            return
        more = bool(before) and bool(numbers.keys() - before.keys())  # else it was evaluated a second time
        self._rows[key], self._about[key] = {**before, **numbers}, about
        self._cost[key] = seconds + (self._cost[key] if more else 0.0)


def _plain(value: Any) -> Any:  # noqa: ANN401 -- a number of NumPy's or of Python's
    """Return a number as JSON can hold it; NaN is a word, because None says that there is none at all."""
    value = value.item() if hasattr(value, "item") else value
    return "NaN" if isinstance(value, float) and value != value else value  # noqa: PLR0124 -- only NaN differs


def _nan(value: Any) -> Any:  # noqa: ANN401 -- as above
    return float("nan") if value == "NaN" else value


def _prune(folder: Path, ours: Path) -> None:
    others = sorted((f for f in folder.glob("cells-*.jsonl") if f != ours), key=lambda f: f.stat().st_mtime)
    for file in others[: max(0, len(others) - KEPT + 1)]:
        file.unlink(missing_ok=True)
