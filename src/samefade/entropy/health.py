"""Watch symbols at run time against the min-entropy that was declared for them, and test restarts of the source.

The repetition count test sees a source that is stuck, the adaptive proportion test one that has lost much of its
entropy; both fail a source that is as good as declared with probability alpha at most, each time they decide.
They see gross failures only: a source that passes need not be worth what was declared.
Source: NIST SP 800-90B (2018), sections 4.4.1, 4.4.2 and 3.1.4.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from math import ceil, floor, log, log2
from typing import NoReturn

import numpy as np

from samefade.errors import OutOfRange, TooFewSamples, TooLittleEntropy
from samefade.types import Integer

_WINDOW = {True: 1024, False: 512}  # binary or not: SP 800-90B 4.4.2
_RESTARTS_FAIL = 0.01  # of a good source's restart matrices: SP 800-90B 3.1.4.3


@dataclass(frozen=True, repr=False, eq=False)
class Course:
    """Where a stream stands between two calls: the run and the window that are under way.

    It holds two symbols, which are secret, and so has no serialiser.
    """

    last: int
    run: int
    first: int
    seen: int
    alike: int
    checked: int

    def __repr__(self) -> str:
        """Give counts; never the symbols."""
        return f"Course({self.checked} checked)"

    def __reduce__(self) -> NoReturn:
        """Refuse to be pickled."""
        raise TypeError("Course has no serialiser: it holds symbols, which are secret")


@dataclass(frozen=True)
class Verdict:
    """What the health tests say.

    Attributes:
        failed: The index of the first symbol at which a test failed, counted from the start of the stream, or None.
        by: Which test failed there, or "".
        checked: How many symbols of the stream have been checked.
        min_entropy: What was declared, bits a symbol.
        course: What the next call goes on from.
    """

    failed: int | None
    by: str
    checked: int
    min_entropy: float
    course: Course = field(repr=False, compare=False)

    @property
    def passed(self) -> bool:
        """Return whether no test failed."""
        return self.failed is None

    def demand(self) -> None:
        """Return when the tests passed, and refuse otherwise: a source that failed is credited with nothing.

        Raises:
            TooLittleEntropy: When a test failed.
        """
        if not self.passed:
            raise TooLittleEntropy(have=0.0, need=self.min_entropy)


@dataclass(frozen=True)
class Health:
    """The continuous health tests at a declared min-entropy.

    Attributes:
        min_entropy: What is declared, bits a symbol, above 0 and at most log2(levels).
        levels: How many levels there are, 2 to 65,536.
        alpha: How often a source that is as good as declared fails each time a test decides, 2^-40 to 2^-10.
    """

    min_entropy: float
    levels: int
    alpha: float = 2**-20

    def __post_init__(self) -> None:
        """Check the parameters.

        Raises:
            OutOfRange: When one is outside its range.
        """
        _check_entropy(self.min_entropy, self.levels)
        if not 2**-40 <= self.alpha <= 2**-10:
            raise OutOfRange("alpha", self.alpha, "2^-40 to 2^-10")

    @property
    def run(self) -> int:
        """Return the length of a run at which the repetition count test fails (SP 800-90B 4.4.1)."""
        return 1 + ceil(-log2(self.alpha) / self.min_entropy)

    @property
    def window(self) -> int:
        """Return how many symbols a window of the adaptive proportion test holds (SP 800-90B 4.4.2)."""
        return _WINDOW[self.levels == 2]

    @property
    def proportion(self) -> int:
        """Return how many symbols equal to a window's first, itself included, fail the window.

        It may exceed the window: then so little is declared that the test cannot fail.
        """
        from scipy.stats import binom

        return 1 + int(binom.isf(self.alpha, self.window, 2**-self.min_entropy))

    def check(self, symbols: Integer, course: Course | None = None) -> Verdict:
        """Return whether symbols, (n,), pass, taken as a stream or as the continuation of one.

        Both tests go on to the end of what is given; a window that is not full is judged as far as it goes.

        Raises:
            TooFewSamples: When there is no symbol.
            OutOfRange: When a symbol is no level.
        """
        _check_symbols(symbols, self.levels, 1)
        values = symbols.astype(np.int64)
        before = 0 if course is None else course.checked
        long, run = self._repetition(values, course)
        many, first, seen, alike = self._proportion(values, course)
        found = [(at, name) for at, name in ((long, "repetition count"), (many, "adaptive proportion")) if at >= 0]
        at, by = min(found, default=(-1, ""))
        now = Course(int(values[-1]), run, first, seen, alike, before + len(values))
        return Verdict(None if at < 0 else before + at, by, now.checked, self.min_entropy, now)

    def _repetition(self, values: Integer, course: Course | None) -> tuple[int, int]:
        """Return where a run first reaches the cut-off, −1 where none does, and how long the last run is."""
        index = np.arange(len(values))
        new = np.concatenate([[course is None or values[0] != course.last], values[1:] != values[:-1]])
        earlier = 0 if course is None else course.run
        length = index - np.maximum.accumulate(np.where(new, index, -earlier)) + 1
        return _first(length >= self.run), int(length[-1])

    def _proportion(self, values: Integer, course: Course | None) -> tuple[int, int, int, int]:
        """Return where a window first reaches the cut-off or −1, and the first, length and count of the last one."""
        size, cut, head = self.window, self.proportion, 0
        found, state = -1, (0, size, 0)
        if course is not None and course.seen < size:
            head = min(size - course.seen, len(values))
            alike = course.alike + np.cumsum(values[:head] == course.first)
            found, state = _first(alike >= cut), (course.first, course.seen + head, int(alike[-1]))
        rest = values[head:]
        if len(rest):
            full = -(-len(rest) // size)
            padded = np.full(full * size, -1, np.int64)
            padded[: len(rest)] = rest
            rows = padded.reshape(full, size)
            counts = np.cumsum(rows == rows[:, :1], axis=1)
            later = _first(counts.ravel()[: len(rest)] >= cut)
            found = head + later if found < 0 <= later else found
            state = (int(rows[-1, 0]), len(rest) - (full - 1) * size, int(counts[-1, -1]))
        return found, *state


@dataclass(frozen=True)
class Restart:
    """What a restart matrix says of a source (SP 800-90B 3.1.4).

    Attributes:
        declared: The initial estimate, bits a symbol.
        by_row: The estimate of the symbols read restart by restart.
        by_column: The estimate of the symbols read across restarts.
        most: How often the most common symbol occurs in any row, and in any column.
        allowed: How often it may.
    """

    declared: float
    by_row: float
    by_column: float
    most: tuple[int, int]
    allowed: tuple[int, int]

    @property
    def sane(self) -> bool:
        """Return whether no symbol is too common in any row or column (3.1.4.3)."""
        return self.most[0] <= self.allowed[0] and self.most[1] <= self.allowed[1]

    @property
    def assessed(self) -> float:
        """Return what the source is worth, bits a symbol: the least of the three, or 0 where a test fails (3.1.4.2)."""
        least = min(self.by_row, self.by_column)
        return min(least, self.declared) if self.sane and least >= self.declared / 2 else 0.0

    def demand(self) -> float:
        """Return what the source is worth, bits a symbol, or refuse.

        Raises:
            TooLittleEntropy: When the sanity check or the validation failed.
        """
        if self.assessed == 0:
            have = min(self.by_row, self.by_column) if self.sane else 0.0
            raise TooLittleEntropy(have=have, need=self.declared / 2)
        return self.assessed


def restart(matrix: Integer, levels: int, min_entropy: float, entropy: Callable[[Integer], float]) -> Restart:
    """Test whether a source restarted r times gives the same each time, or gives columns that are alike.

    The standard wants 1000 × 1000; other sizes are judged by the same rules.

    Args:
        matrix: (r, c) symbols, a row for each restart, at least 30 × 30.
        levels: How many levels there are.
        min_entropy: The initial estimate H_I, bits a symbol.
        entropy: What estimates the min-entropy per symbol of a string, such as
            `lambda string: markov(string, levels)`.

    Raises:
        TooFewSamples: When the matrix has fewer than 30 rows or columns.
        OutOfRange: When a symbol is no level, or the estimate is outside its range.
    """
    _check_entropy(min_entropy, levels)
    if matrix.ndim != 2:
        raise OutOfRange("matrix", f"shape {matrix.shape}", "a row for each restart")
    if min(matrix.shape) < 30:
        raise TooFewSamples(have=min(matrix.shape), need=30)
    _check_symbols(matrix.ravel(), levels, 1)
    rows, columns = matrix.shape
    lines = rows + columns
    return Restart(
        min_entropy,
        entropy(np.ascontiguousarray(matrix).ravel()),
        entropy(np.ascontiguousarray(matrix.T).ravel()),
        (_most_common(matrix, levels), _most_common(matrix.T, levels)),
        (restart_cutoff(columns, lines, min_entropy), restart_cutoff(rows, lines, min_entropy)),
    )


def restart_cutoff(n: int, lines: int, min_entropy: float) -> int:
    """Return how often the most common symbol may occur in a row or column of n symbols (SP 800-90B 3.1.4.3).

    A good source's matrix fails in 1 %: each of its lines in α = 1 − 0.99^(1/lines).
    The source of that min-entropy whose lines fail most often has ⌊1/p⌋ symbols of probability p = 2^-H and one of
    what is left (Hagerty and Draper 2012); NIST's program simulates it, here the chances of its symbols are added,
    which bounds it from above and differs by less than α².

    Args:
        n: How many symbols a line has.
        lines: How many rows and columns there are.
        min_entropy: The initial estimate, bits a symbol.
    """
    from scipy.stats import binom

    alpha, p = -np.expm1(log(1 - _RESTARTS_FAIL) / lines), 2.0**-min_entropy
    many = floor(1 / p * (1 + 1e-12))
    left = max(0.0, 1 - many * p)
    counts = np.arange(n + 1)
    chance = many * binom.sf(counts, n, p) + binom.sf(counts, n, left)
    return int(np.flatnonzero(chance <= alpha)[0])


def _most_common(matrix: Integer, levels: int) -> int:
    cells = np.arange(len(matrix))[:, None] * levels + matrix
    return int(np.unique(cells, return_counts=True)[1].max())


def _first(where: np.typing.NDArray[np.bool_]) -> int:
    return int(where.argmax()) if where.any() else -1


def _check_entropy(min_entropy: float, levels: int) -> None:
    if not 2 <= levels <= 65_536:
        raise OutOfRange("levels", levels, "2 to 65,536")
    if not 0 < min_entropy <= log2(levels):
        raise OutOfRange("min_entropy", min_entropy, f"above 0, at most {log2(levels):.4g} bits a symbol")


def _check_symbols(symbols: Integer, levels: int, need: int) -> None:
    if symbols.ndim != 1 or not np.issubdtype(symbols.dtype, np.integer):
        raise OutOfRange("symbols", f"{symbols.dtype} of shape {symbols.shape}", "one row of integers")
    if len(symbols) < need:
        raise TooFewSamples(have=len(symbols), need=need)
    if symbols.min() < 0 or symbols.max() >= levels:
        raise OutOfRange("symbols", "some outside", f"0 to {levels - 1}")
