"""Print a certificate as calm tables of at most a hundred columns, for the owner of the key."""

from collections.abc import Iterator, Mapping
from math import log2
from textwrap import wrap
from typing import TYPE_CHECKING

from samefade.api.judged import Judged
from samefade.entropy import Smoke, Stationarity
from samefade.types import Ledger

if TYPE_CHECKING:
    from samefade.api.certificate import Certificate, Epsilon
    from samefade.api.private import Private

_WIDE = 100
CLAIMS = {
    "bounded": "bounded: a stated law of the channel explains the samples, and nothing refuted it",
    "estimate": "estimate: no guesser that was tried does better; a better one may exist",
    "none": "none: no key is issued",
}
BELOW = (
    "SP 800-90B leaves {least:.3f} of each bit, and {ceiling:.3f} of as many perfect ones; the account has "
    "{counted:.3f}. It prices all symbols like their likeliest stretch, and the account adds up what each is worth: a "
    "part of this string is not worth its share."
)


def text(certificate: "Certificate") -> str:
    """Return the certificate as text, private numbers included."""
    own = certificate.private
    parts = [
        _head(certificate),
        _rate(certificate),
        _account(own.ledger),
        _guessers(own),
        *([] if own.judged is None else [_judged(own.judged), _below(certificate, own.judged)]),
        *([] if own.smoke is None else [_smoke(own.smoke)]),
        "\n".join(_assumed(certificate)),
        _notes(certificate),
    ]
    return "\n\n".join(part for part in parts if part)


def _head(c: "Certificate") -> str:
    each = c.key_bits // c.keys if c.keys else 0
    same = "the same at both ends" if c.keys_match else "DIFFERENT at the two ends"
    heard = "her recording was used" if c.eve else "no recording of her; what is assumed is said below"
    rows = [
        ("claim", CLAIMS[c.claim]),
        ("keys", f"{c.keys} × {each} bits, {same}" if c.keys else "–"),
        ("kept samples", f"{c.samples:,} at {c.rate_hz:g} Hz, {_time(c.samples / c.rate_hz)}"),
        ("quantised", f"{c.symbols:,} symbols, {c.bits:,} bits, of which {c.private.bit_error_rate:.2%} differ"),
        ("ε", _epsilon(c.epsilon)),
        ("eavesdropper", heard),
        ("kept half", _steady(c.private.stationarity)),
    ]
    return _table(f"certificate, scheme {c.scheme}", rows)


def _rate(c: "Certificate") -> str:
    own = c.private
    share = "–" if own.share_of_limit is None else f"{own.share_of_limit:.1%}"
    per_second = own.secure_bits_per_sample * c.rate_hz
    rows = [
        ("secure bits", f"{own.secure_bits:,}"),
        ("a sample", f"{own.secure_bits_per_sample:.4f}"),
        ("a second", f"{per_second:.4g}"),
        ("an hour", f"{3600 * per_second:,.0f}"),
        ("mutual information a sample", f"{own.mutual_information_per_sample:.4f}{', given Eve' if c.eve else ''}"),
        ("secure rate / mutual information", share),
    ]
    return _table("what the channel gave", rows)


def _account(ledger: Ledger) -> str:
    lines = [(entry.what, entry.bits) for entry in ledger.entries]
    shown = (wrap(f"{bits:>+12.1f}  {what}", _WIDE, subsequent_indent=" " * 16) for what, bits in lines)
    return "\n".join(["the account, in bits", *map("\n".join, shown), f"{ledger.balance:>+12.1f}  left"])


def _guessers(own: "Private") -> str:
    least = min(own.by.values(), default=0.0)
    rows = [f"{left:>12.4f}  {name}{'  ← counts' if left == least else ''}" for name, left in own.by.items()]
    return "\n".join(
        [f"{own.measure}: what each guesser leaves, bits a symbol", *rows, f"{own.ceiling:>12.4f}  ceiling"]
    )


def _judged(judged: Judged) -> str:
    parts = []
    for what, found in judged.sp80090b.items():
        parts.append(f"SP 800-90B, {what}: {found.samples:,}\n{found}")
    if judged.guessing is not None:
        cost = judged.guessing
        told = ", ".join(f"2^{guesses:.0f} at the {at:g}th percentile" for at, guesses in cost.log2_guesses.items())
        learnt = f"a Markov chain of order {cost.order}, learnt on the first half, on {cost.keys} of the second"
        parts.append(_wrapped(f"guesses for 256 raw bits: {told} ({learnt}; 2^255 for perfect bits)"))
    parts += [f"not judged: {what} ({why})" for what, why in judged.skipped.items()]
    return "\n\n".join(parts)


def _below(c: "Certificate", judged: Judged) -> str:
    """Say why NIST's number is lower, where it is; both are compared for a bit, as symbols have several widths."""
    whole = list(judged.sp80090b.values())[-1:]  # the last one saw all symbols
    if not whole or not c.bits:
        return ""
    counted = min(c.private.by.values(), default=0.0) * c.symbols / c.bits
    least, ceiling = (bits / whole[0].bits_per_symbol for bits in (whole[0].least, whole[0].ceiling))
    return _wrapped(BELOW.format(least=least, ceiling=ceiling, counted=counted)) if least < counted else ""


def _smoke(found: Smoke) -> str:
    rows = [f"{p:>12.4f}  {name}{'  ← fails' if p < 0.01 else ''}" for name, p in found.p_values.items()]
    rows += [f"{'–':>12}  {name}: needs {need:,} bits" for name, need in found.skipped.items()]
    title = f"smoke test (SP 800-22) of {found.count:,} quantised bits before hashing, p-values"
    return "\n".join([title, *rows, _wrapped(found.warning)])


def _assumed(c: "Certificate") -> Iterator[str]:
    for assumption in c.private.ledger.assumptions:
        yield _wrapped(f"assumed: {assumption}")


def _notes(c: "Certificate") -> str:
    dropped = {end: sum(reasons.values()) for end, reasons in c.dropped.items()}
    lost = ", ".join(f"{count:,} at {end}" for end, count in dropped.items()) or "unknown"
    return f"lines not kept: {lost}\ncomputed by: {_versions(c.versions)}"


def _versions(versions: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {number}" for name, number in versions.items())


def _epsilon(epsilon: "Epsilon") -> str:
    smoothing = "no smoothing (the entropy is an average)"
    if epsilon.smoothing is not None:
        smoothing = f"{_power(epsilon.smoothing)} smoothing"
    parts = f"{smoothing} + {_power(epsilon.hashing)} hashing + {_power(epsilon.tag)} tag"
    return f"{epsilon.sum:.2g} = {parts}"


def _power(value: float) -> str:
    exponent = log2(value)
    return f"2^{exponent:.0f}" if exponent == round(exponent) else f"{value:.2g}"


def _steady(found: Stationarity | None) -> str:
    if found is None:
        return "too short to say whether it is one process"
    if found.stationary:
        return f"nothing speaks against its being one process (p = {found.p:.2g})"
    if found.p >= found.level:
        return "shorter than its own memory: nobody can tell whether it is one process"
    return f"not one process: its {found.worst} changes (p = {found.p:.1g}); numbers are averages over it"


def _time(seconds: float) -> str:
    return f"{seconds / 3600:.2g} h" if seconds >= 3600 else f"{seconds / 60:.3g} min"


def _table(title: str, rows: list[tuple[str, str]]) -> str:
    wide = max(len(name) for name, _ in rows) + 2
    return "\n".join([title, *(f"  {name:<{wide}}{value}" for name, value in rows)])


def _wrapped(sentence: str) -> str:
    return "\n".join(wrap(sentence, _WIDE, subsequent_indent="  "))
