"""The orderings of the paper as a table: which arm is claimed above which, asked at every place of every metric."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from samefade.bench import Row
from wskg2025.grid import LEARNED, LETTER_ARM, ORACLE, PLAIN
from wskg2025.orderings import ERRORS, RATES, Comparison, Seen, holm

METRICS = (*RATES, ERRORS)
# question → pairs of arms, the one that the paper (or we) put above first
QUESTIONS: dict[str, tuple[tuple[str, str], ...]] = {
    "WSKG above FFT above Golay above raw": (("wskg", "fft"), ("fft", "golay"), ("golay", "raw")),
    "WSKG above the others": (("wskg", "raw-nosync"), ("wskg", "golay"), ("wskg", "packet")),
    "WSKG above its plain filter (the fair rival)": (("wskg", "fft_band"),),
    "offline oracle above the others (reading E)": tuple((ORACLE, y) for y in ("wskg", "fft", "golay", "raw-nosync")),
    "longest run above the letter (ours)": (("wskg", LETTER_ARM),),
    "synchronisation helps": (
        *((name, f"{name}-nosync") for name in PLAIN),
        (ORACLE, "wskg-nosync, oracle"),
    ),
    "WSKG without synchronisation above Golay and FFT": tuple(("wskg-nosync", f"{y}-nosync") for y in ("golay", "fft")),
    "wavelet packets like Golay and FFT": (("golay", "packet"), ("fft", "packet")),
    "learned schemes, trained once, below the others": tuple(
        (better, f"{name}, once") for name in LEARNED for better in ("raw-nosync", "golay", "fft", "wskg")
    ),
    "learning again helps": tuple((f"{name}, again", f"{name}, once") for name in LEARNED),
    "matching by clock helps (ours)": tuple((f"{name}, by clock", name) for name in ("raw", "golay", "fft", "wskg")),
}
LOCATED = (*PLAIN, ORACLE, *(f"{name}, once" for name in LEARNED))


def asked(seen: Seen) -> Iterator[tuple[str, Comparison]]:
    """Yield each comparison with its question."""
    for place in seen.places():
        for question, pairs in QUESTIONS.items():
            for x, y in pairs:
                if seen.has(x, place) and seen.has(y, place):
                    yield from ((question, directed(seen, place, x, y, metric)) for metric in METRICS)
        for arm in LOCATED:
            if seen.has(arm, place):
                yield from (("the key rate rises with the threshold", one) for one in thresholds(seen, place, arm))
    for better, worse in steps(seen):
        for arm in LOCATED:
            if seen.has(arm, better) and seen.has(arm, worse):
                yield from (("nearer is better", located(seen, arm, m, better, worse)) for m in METRICS)


def directed(seen: Seen, place: str, x: str, y: str, metric: str) -> Comparison:
    """Compare two arms in the direction in which x is the better one: more key rate, fewer errors."""
    return seen.compare(place, x, y, metric, "below" if metric == ERRORS else "above")


def better(
    seen: Seen, place: str, x: str, rivals: tuple[str, ...], metrics: tuple[str, ...] = METRICS
) -> list[Comparison]:
    """Compare an arm with its rivals in every metric."""
    present = [y for y in rivals if seen.has(y, place)]
    return [directed(seen, place, x, y, metric) for y in present for metric in metrics]


def paired_by_row(place: str) -> bool:
    """Say whether a place is paired by row, so that a lag can help; public sets are matched by exchange."""
    return place.endswith(("simulated", "the authors'"))


def located(seen: Seen, arm: str, metric: str, near: str, far: str) -> Comparison:
    """Compare one arm at two places in the direction in which the nearer one is better."""
    return seen.between(arm, metric, near, far, "below" if metric == ERRORS else "above")


def thresholds(seen: Seen, place: str, arm: str) -> list[Comparison]:
    """Compare the key rates of one arm at neighbouring thresholds."""
    found = []
    for low, high in pairwise(RATES):
        one = seen.compare(place, arm, arm, high, "above", other=low)
        found.append(replace(one, y=f"{arm} at {low.rpartition('_')[2]}"))
    return found


def steps(seen: Seen) -> list[tuple[str, str]]:
    """Return pairs of places, the nearer one first: the scenarios in their order, and one pair of recordings."""
    found = list(pairwise(seen.places("simulated")))
    real = ("skyglow/office-los", "skyglow/office-nlos")
    return [*found, real] if set(real) <= set(seen.places("real")) else found


def ordering_rows(seen: Seen) -> list[Row]:
    """Return a row for each comparison; `p_holm` is corrected over the rows of one question."""
    rows: list[Row] = [_row(question, one) for question, one in asked(seen)]
    families: dict[str, list[Row]] = {}
    for row in rows:
        if row["direction"] != "too few pairs":
            families.setdefault(str(row["question"]), []).append(row)
    for family in families.values():
        for row, p in zip(family, holm([float(row["p"] or 0) for row in family]), strict=True):
            row["p_holm"] = p
    return rows


def _row(question: str, one: Comparison) -> Row:
    found = one.found
    return {
        "kind": "ordering",
        "question": question,
        "place": one.place,
        "x": one.x,
        "y": one.y,
        "metric": one.metric,
        "wanted": one.wanted,
        "pairs": found.pairs,
        "mean_x": one.means[0],
        "mean_y": one.means[1],
        "difference": found.difference,
        "low": found.low,
        "high": found.high,
        "p_above": found.p_above,
        "p_below": found.p_below,
        "p": one.p,
        "p_holm": None,
        "direction": found.direction(),
        "mark": one.mark,
    }
