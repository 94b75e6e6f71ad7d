"""Say in plain English what stands between a pair and a key, and refuse the pairs that share nothing."""

from collections.abc import Iterator, Sequence

from samefade.errors import NotReciprocal
from samefade.reciprocity.evidence import Evidence
from samefade.reciprocity.losses import Loss
from samefade.reciprocity.significance import Correlation

MOSTLY_TREND = 0.5  # what is left without trend is below this share of the raw correlation
NOTABLE_LOSS = 0.01
EVE_KNOWS = 0.3
EVE_KNOWS_MOST = 0.7  # half of the variance
FEW_INDEPENDENT = 100
LIKE_NOISE = 0.9  # of the samples are independent
LONG_SILENCE = 0.5  # of what is missing was missing in one stretch


def reciprocal(evidence: Evidence) -> None:
    """Refuse a pair whose ends did not hear the same fade.

    It passes when the raw series are positively correlated beyond chance and so is what is left of them without trend
    (of a 32nd of the record, of 21 samples, or first differences); or when two of these three are.
    Beyond chance is one in a thousand, by Fisher's z with the effective number of samples.
    Ends that move against each other more than they move together at any lag do not pass.

    Raises:
        NotReciprocal: With the raw correlation at its best lag, that lag, and the test that failed.
    """
    left = (evidence.varying, evidence.detrended, evidence.difference)
    fast = sum(one.significant for one in left)
    raw = evidence.raw
    against = evidence.varying.negative and -evidence.varying.value > evidence.varying.best
    if not against and (fast >= 2 or (raw.significant and fast)):
        return
    if against and not raw.significant:
        raise NotReciprocal(correlation=raw.value, lag=0, why=_upside_down(evidence))
    why = _only_trend(evidence) if raw.significant else _not_significant(evidence)
    raise NotReciprocal(correlation=raw.best, lag=raw.lag, why=why)


def diagnose(evidence: Evidence, losses: Sequence[Loss] = ()) -> tuple[str, ...]:
    """Explain the evidence, the most important first, one sentence each, with its numbers.

    Args:
        evidence: What `assess` measured.
        losses: What `losses` found, where the pair was matched by row.
    """
    return (_verdict(evidence), *(_lost_there(loss) for loss in losses), *_reasons(evidence), _amount(evidence))


def _refusal(x: Evidence) -> NotReciprocal | None:
    try:
        reciprocal(x)
    except NotReciprocal as refusal:
        return refusal
    return None


def _verdict(x: Evidence) -> str:
    refusal = _refusal(x)
    if refusal is not None:
        return f"No key: {refusal.numbers['why']}."
    return f"The two ends hear the same fade: r {_at(x.raw):.2f}, {_at(x.varying):.2f} without slow trend."


def _not_significant(x: Evidence) -> str:
    raw = x.raw
    found, chance = f"{raw.value:.2f} at lag 0", f"{raw.threshold:.2f}"
    if raw.lag:
        found += f" and {raw.best:.2f} at the best lag, {raw.lag} samples"
        chance += f" and {raw.best_threshold:.2f}"
    return (
        f"nothing is shared; r is {found}, where chance alone passes {chance} once in a thousand times with "
        f"{_number(x.effective_samples)} independent samples"
    )


def _upside_down(x: Evidence) -> str:
    return (
        f"the ends move against each other: r {x.raw.value:.2f}, {x.varying.value:.2f} without slow trend; "
        "does one of them log a register that holds −RSSI? Give both the same sign"
    )


def _only_trend(x: Evidence) -> str:
    odd = x.detrended.negative or x.varying.negative
    trap = "; a raw r this high over a negative one is the mark of made-up data" if odd else ""
    return (
        f"only slow trend such as path loss is shared: r {x.raw.value:.2f} falls to {x.varying.value:.2f} without it "
        f"and {x.difference.value:.2f} from sample to sample{trap}"
    )


def _reasons(x: Evidence) -> Iterator[str]:
    yield from _about_eve(x)
    yield from _about_losses(x)
    if x.lag and _refusal(x) is None and (x.detrended.significant or x.varying.significant):
        yield f"The lag is {abs(x.lag)} sample{'s' * (abs(x.lag) > 1)}: {'b' if x.lag > 0 else 'a'} is late."
    if x.raw.significant and x.varying.significant and _at(x.varying) < MOSTLY_TREND * _at(x.raw):
        yield (
            f"Most of the correlation (r {_at(x.raw):.2f}, {_at(x.varying):.2f} without slow trend) is trend such as "
            "path loss, which whoever knows the path may know."
        )
    if x.effective_samples > LIKE_NOISE * x.samples and not x.raw.significant:
        yield (
            "Each end's values change like noise from one sample to the next: the channel is static, "
            "or moves faster than the samples follow."
        )
    if x.effective_samples < FEW_INDEPENDENT:
        time = _time(x.samples / x.rate)
        yield f"The channel changes little: only {_number(x.effective_samples)} independent samples in {time}."
    for end, share in zip("ab", x.repeated, strict=True):
        if share > 0.5:
            yield f"{share:.0%} of the packets at {end} repeat the value before them."


def _about_eve(x: Evidence) -> Iterator[str]:
    if x.eve is None:
        return
    given = "" if x.given_eve is None else f"; given what she heard, the ends' r is {x.given_eve:.2f}"
    if x.eve >= EVE_KNOWS:
        share = "most" if x.eve >= EVE_KNOWS_MOST else "part"
        yield f"Eve's r is {x.eve:.2f}: she hears {share} of what the ends share{given}."
    else:
        yield f"Eve's r is {x.eve:.2f}, as far as this one listener tells."


def _about_losses(x: Evidence) -> Iterator[str]:
    a, b = x.lost
    if a == b >= NOTABLE_LOSS:
        yield f"{a:.1%} of the samples are missing at both ends alike{_in_one(a, x.silence[0], x)}."
        return
    for end, share, silence in zip("ab", x.lost, x.silence, strict=True):
        if share >= NOTABLE_LOSS:
            told = f"{share:.1%} of the packets are missing at {end}{_in_one(share, silence, x)}"
            yield f"{told}; paired by row, the keys would not match."


def _in_one(share: float, silence: float, x: Evidence) -> str:
    total = share * x.samples / x.rate
    return f", {_time(silence)} of them in one stretch" if silence > LONG_SILENCE * total and silence >= 10 else ""


def _lost_there(loss: Loss) -> str:
    return (
        f"The keys would not match, because about {loss.packets} packets were lost at {loss.end} "
        f"{_time(loss.start_s)} into the record."
    )


def _amount(x: Evidence) -> str:
    worth = f"{_number(x.effective_samples)} independent samples in {_time(x.samples / x.rate)}"
    if x.mutual_information is None:
        return f"The record holds {worth}."
    return f"The ends share at most {x.mutual_information:.2f} bits a sample; the record holds {worth}."


def _at(found: Correlation) -> float:
    """Return the larger of r at lag 0 and at the lag that was found."""
    return max(found.value, found.best)


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else f"{value:.1f}"


def _time(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.1f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"
