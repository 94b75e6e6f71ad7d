"""Run a study: compute what is not there, judge and draw the rest; one broken figure stops no other."""

import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from time import perf_counter

from samefade.study.cells import Cells
from samefade.study.figure import Result, Verdict
from samefade.study.folder import Study
from samefade.study.lab import Lab, Told
from samefade.study.picture import picture
from samefade.study.places import Places
from samefade.study.pool import Pool
from samefade.study.provenance import fingerprint, ground, provenance
from samefade.study.shelf import Shelf, Shelved
from samefade.study.state import State, state

# a figure, its result, and what draws it or waits until it is drawn
_Made = tuple[State, Shelved, Callable[[], None] | None]


@dataclass(frozen=True)
class Order:
    """What is asked of a run.

    Attributes:
        quick: Whether the quick study is meant.
        fresh: Whether everything is computed anew.
        draw: Whether pictures are drawn though nothing changed.
        workers: Processes; None for one each core.
        authors: Whether the paper's own recordings are used, too.
        speed: What `calibration` found on this machine, where it was asked.
    """

    quick: bool = False
    fresh: bool = False
    draw: bool = False
    workers: int | None = None
    authors: bool = False
    speed: float | None = None


@dataclass(frozen=True)
class Failure:
    """A figure that could not be made.

    Attributes:
        figure: Its name.
        error: What was raised.
        where: The last line of the study's own that was running, or "".
    """

    figure: str
    error: Exception
    where: str


@dataclass(eq=False)
class Outcome:
    """What came of a run.

    Attributes:
        done: Figure → its result, in the order of the figures.
        computed: Which of them were computed now.
        failures: What went wrong.
    """

    done: dict[str, Shelved] = field(default_factory=dict)
    computed: list[str] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)


def plan(study: Study, names: Sequence[str], places: Places, order: Order) -> tuple[list[State], list[Failure]]:
    """Look at every figure that was asked for, and keep those that cannot be loaded apart."""
    code, shelf = fingerprint(), shelf_of(study, places)
    states: list[State] = []
    failures: list[Failure] = []
    for name in names:
        try:
            states.append(state(study, shelf, name, code, quick=order.quick, fresh=order.fresh))
        except Exception as error:  # noqa: BLE001 -- a figure is code of others, and the next one may be whole
            failures.append(_failure(study, name, error))
    return states, failures


def run(
    study: Study,
    states: Sequence[State],
    places: Places,
    order: Order,
    began: Callable[[State], Told] = lambda _state: lambda _done, _all, _what: None,
) -> Outcome:
    """Bring every figure to its newest state.

    Args:
        study: The study.
        states: Where its figures stand, from `plan`.
        places: Where things are kept.
        order: What is asked.
        began: Called with every figure that begins; what it returns is told how much is done.

    Raises:
        CannotWrite: When nothing can be kept.
    """
    outcome, made = Outcome(), list[_Made]()
    many = sum(now.need == "compute" or order.draw for now in states) > 1
    cells, pool = Cells(places.cells, ground(fingerprint()), forget=order.fresh), Pool(order.workers)
    try:
        for now in states:
            try:
                lab = Lab(quick=order.quick, told=began(now), cells=cells, authors=order.authors, pool=pool)
                shelved = _figure(study, now, places, order, lab)
                draw = _drawing(study, now, shelved, places, order)
                made.append((now, shelved, pool.aside(draw) if draw and many else draw))
            except Exception as error:  # noqa: BLE001 -- a figure is code of others, and the next one may be whole
                outcome.failures.append(_failure(study, now.name, error))
        _drawn(study, made, outcome)
    finally:
        pool.close()
        cells.close()
    return outcome


def results(study: Study, places: Places) -> dict[str, Shelved]:
    """Return every result that is kept, by figure, in the order of the figures."""
    shelf = shelf_of(study, places)
    found = {name: shelf.read(name) for name in study.figures()}
    return {name: shelved for name, shelved in found.items() if shelved is not None}


def shelf_of(study: Study, places: Places) -> Shelf:
    """Return the shelf of a run; a wheel's copy brings results that are used where there are no newer ones."""
    return Shelf(places.results, study.path / "results" if study.bundled else None)


def _figure(study: Study, now: State, places: Places, order: Order, lab: Lab) -> Shelved:
    shelf = shelf_of(study, places)
    shelved = _compute(study, now, places, order, lab) if now.need == "compute" or now.kept is None else now.kept
    if shelved.whole:  # what needs arrays that are not here stays as it was judged and drawn
        shelved = shelf.judged(shelved, now.figure.SPEC.title, _verdicts(now, shelved.result))
    return shelved


def _drawing(study: Study, now: State, shelved: Shelved, places: Places, order: Order) -> Callable[[], None] | None:
    """Return what draws a figure, or None where its picture is the newest or cannot be drawn from what is here."""
    file = _picture(places, now)
    if not shelved.whole or (now.need != "compute" and not order.draw and file.is_file()):
        return None
    return partial(picture, f"{study.name}.{now.name}", shelved.result, file)


def _drawn(study: Study, made: Sequence[_Made], outcome: Outcome) -> None:
    """Draw, or wait for, every figure that was made; only then it is done."""
    for now, shelved, draw in made:
        try:
            if draw is not None:
                draw()
        except Exception as error:  # noqa: BLE001 -- a figure is code of others, and the next one may be whole
            outcome.failures.append(_failure(study, now.name, error))
            continue
        outcome.done[now.name] = shelved
        if now.need == "compute":
            outcome.computed.append(now.name)


def _compute(study: Study, now: State, places: Places, order: Order, lab: Lab) -> Shelved:
    code, began = fingerprint(), perf_counter()
    values = now.figure.SPEC.values(quick=order.quick)
    result = now.figure.compute(values, lab)
    spent = {**lab.spent(), "wall_s": round(perf_counter() - began, 2), "workers": lab.workers}
    spent["calibration_s"] = order.speed
    about = {
        "figure": now.name,
        "title": now.figure.SPEC.title,
        "mode": "quick" if order.quick else "full",
        "identity": now.identity,
        "spec": values,
        "provenance": provenance(study.path, code, spent),
    }
    _picture(places, now).unlink(missing_ok=True)  # first: a kill must not leave a picture of older numbers
    return shelf_of(study, places).write(now.name, about, result)


def _picture(places: Places, now: State) -> Path:
    return places.figures / f"{now.name}.png"


def _verdicts(now: State, result: Result) -> dict[int, Verdict]:
    return {int(number): verdict for number, verdict in now.figure.judge(result).items()}


def _failure(study: Study, name: str, error: Exception) -> Failure:
    ours = [frame for frame in traceback.extract_tb(error.__traceback__) if Path(frame.filename).parent == study.path]
    return Failure(name, error, f"{Path(ours[-1].filename).name}, line {ours[-1].lineno}" if ours else "")
