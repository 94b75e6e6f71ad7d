"""Write numbers of a run as rows of words: what the page's tables hold."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from samefade.dash.claims import Claimed, claimed
from samefade.dash.words import chance, fixed, short, text, whole

Rows = list[tuple[str, ...]]
_VIEWS = {
    "as heard": "pearson",
    "without a trend of 21 samples": "detrended",
    "without a slow trend": "varying",
    "first differences": "difference",
}
_REST = {
    "lag": "lag of b, samples",
    "coherence_area": "share of the time-frequency plane with coherence above 0.5",
    "mutual_information": "Gaussian mutual information, bits a sample",
    "coherence_time": "coherence time, seconds",
    "lost_a": "share of samples missing at a",
    "lost_b": "share of samples missing at b",
    "jeffreys": "Jeffreys’ divergence, nats",
    "wasserstein": "Wasserstein distance, in the unit of the values",
    "eve": "Eve’s largest |r| with either end",
    "given_eve": "r of the ends, given what Eve heard",
}


class Table(NamedTuple):
    """A table.

    Attributes:
        title: Its caption.
        columns: Headings; empty where rows are pairs of a name and a value.
        rows: Its rows, the first cell of each a heading.
        note: A sentence below it.
    """

    title: str
    columns: tuple[str, ...]
    rows: Rows
    note: str = ""


def evidence(told: Mapping[str, Any]) -> tuple[Table, Table]:
    """Return the correlations, and the other numbers of the link."""
    rows: Rows = []
    for name, stem in _VIEWS.items():
        best = told[f"{stem}_at_lag"], told[f"{stem}_lag"]
        effective, threshold = told[f"{stem}_effective"], told[f"{stem}_threshold"]
        numbers = (fixed(told[stem]), *map(fixed, best), whole(effective), fixed(threshold))
        rows.append((name, *numbers))
    columns = ("Pearson r", "at lag 0", "best", "at lag", "independent samples", "chance stays below")
    others: Rows = [(words, text(told.get(name))) for name, words in _REST.items() if told.get(name) is not None]
    return Table("Correlation of both ends", columns, rows), Table("Other numbers of the link", (), others)


def claims(field: Mapping[str, Any], own: Mapping[str, Any] | None) -> list[Claimed]:
    """Return the field's numbers, what the band holds, and what is secret, as bars of one scale."""
    return claimed(field, own or {})


def of_certificate(told: Mapping[str, Any]) -> list[Table]:
    """Return what the certificate says beside the account: what was kept, by how much it may fail, what was agreed."""
    own = told.get("private") or {}
    kept: Rows = [
        ("quantised symbols at each end", text(told.get("symbols"))),
        ("quantised bits at each end", text(told.get("bits"))),
    ]
    if own:
        kept += [
            ("share of bits that differ before correction", text(own.get("bit_error_rate"))),
            ("correlation, as heard", text(own.get("pearson_raw"))),
            ("correlation, of what is quantised", text(own.get("pearson_restored"))),
        ]
    kept.append(("recording of the eavesdropper", "used" if told.get("eve_recorded") else "none was given"))
    tables = [Table("What was quantised", (), kept), Table("Agreed in public", (), _terms(told.get("terms") or {}))]
    epsilon = told.get("epsilon")
    if epsilon:
        names = {"smoothing": "smoothing", "hashing": "hashing", "tag": "verification tag", "sum": "sum"}
        rows: Rows = [(words, chance(epsilon.get(name))) for name, words in names.items()]
        tables.append(Table("By how much the claim may fail (ε)", (), rows))
    return tables


def judged(own: Mapping[str, Any]) -> list[Table]:
    """Return what guessers and further judges say of the symbols."""
    tables = []
    if own.get("guessers"):
        rows: Rows = [(str(name), f"{float(left):.4f}") for name, left in own["guessers"].items()]
        rows.append(("ceiling", f"{float(own['ceiling']):.4f}"))
        note = "The least counts."
        tables.append(Table(f"What each guesser leaves: {own['measure']}", ("guesser", "bits a symbol"), rows, note))
    for what, found in (own.get("sp80090b") or {}).items():
        tables.append(_sp80090b(str(what), found))
    cost = own.get("guessing")
    if cost:
        rows = [(f"{at}th percentile", f"2^{float(log2):.0f}") for at, log2 in cost["log2_guesses"].items()]
        note = f"A Markov chain of order {cost['order']}, learnt on the first half; 2^255 for perfect bits."
        tables.append(Table("Guesses for 256 raw bits", ("stretches", "guesses"), rows, note))
    skipped = {str(what): str(why) for what, why in (own.get("not_judged") or {}).items()}
    if skipped:
        tables.append(Table("Not judged", ("what", "why"), list(skipped.items())))
    return tables


def dropped(certificate: Mapping[str, Any] | None) -> Rows:
    """Return the lines that were not kept: end, reason, count."""
    ends = (certificate or {}).get("dropped") or {}
    return [(str(end), str(why), text(count)) for end, whys in ends.items() for why, count in whys.items()]


def inputs(told: Iterable[Mapping[str, Any]]) -> Rows:
    """Return the files that were read: what each holds, name, bytes, SHA-256."""
    return [(str(x["holds"]), str(x["name"]), text(x["bytes"]), text(x["sha256"])) for x in told]


def recordings(told: Iterable[Mapping[str, Any]]) -> Rows:
    """Return the recordings: end, device, packets, clock."""
    return [(str(x["end"]), str(x["device"]), text(x["packets"]), str(x["clock"])) for x in told]


def versions(certificate: Mapping[str, Any] | None) -> str:
    """Return the programs that computed the run."""
    named = (certificate or {}).get("versions") or {}
    return ", ".join(f"{name} {number}" for name, number in named.items())


def trace(events: Sequence[Mapping[str, Any]]) -> Rows:
    """Return the events of a live run: seconds, end, event, what belongs to it."""
    named = {"t", "end", "event"}
    return [
        (
            f"{float(event['t']):.3f}",
            str(event["end"]),
            str(event["event"]),
            ", ".join(f"{name.replace('_', ' ')} {short(value)}" for name, value in event.items() if name not in named),
        )
        for event in events
    ]


def _terms(terms: Mapping[str, Any]) -> Rows:
    band = terms.get("band_hz")
    strands = terms.get("strands") or ()
    rows: Rows = [
        ("lag of b, samples", text(terms.get("lag"))),
        ("samples averaged into one", text(terms.get("step"))),
        ("band", f"{float(band[0]):.4g} to {float(band[1]):.4g} Hz" if band else "all"),
    ]
    rows += [("levels of the quantiser", text(terms["levels"]))] if terms.get("levels") else []
    rows += [("components", text(sum(len(strand["bits"]) for strand in strands)))] if strands else []
    rows += [(str(name), text(value)) for name, value in (terms.get("thresholds") or {}).items()]
    return rows


def _sp80090b(what: str, found: Mapping[str, Any]) -> Table:
    bits = int(found["bits_per_symbol"])
    names = dict.fromkeys([*found["of_symbols"], *found["of_bits"]])
    rows: Rows = [
        (
            str(name),
            fixed(found["of_symbols"].get(name)),
            fixed(found["of_bits"].get(name)),
            fixed(found["ceilings"].get(name)),
        )
        for name in names
    ]
    rows.append(("least", fixed(found["least"]), "", fixed(found["ceiling"])))
    columns = ("estimator", "bits a symbol", "of a bit", "perfect symbols would show")
    note = "These estimators see neither Eve nor the channel: they may refute an account, and never prove one."
    return Table(f"NIST SP 800-90B, {what}: {int(found['samples']):,}, of at most {bits}", columns, rows, note)
