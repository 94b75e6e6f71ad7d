"""Say in plain English what stands between a pair and a key, and refuse the pairs that share nothing."""

from collections.abc import Iterator, Sequence

from samefade.errors import NotReciprocal
from samefade.reciprocity.evidence import Evidence
from samefade.reciprocity.losses import Loss

MOSTLY_TREND = 0.5  # the detrended correlation is below this share of the raw one
NOTABLE_LOSS = 0.01
EVE_KNOWS = 0.3
FEW_INDEPENDENT = 100


def reciprocal(evidence: Evidence) -> None:
    """Refuse a pair whose ends did not hear the same fade.

    It passes when a fast view (detrended, or first differences) is positively correlated beyond chance as well as the
    raw one, or when both fast views are.
    Beyond chance is one in a thousand, by Fisher's z with the effective number of samples.

    Raises:
        NotReciprocal: With the raw correlation at its best lag, that lag, and the test that failed.
    """
    fast = (evidence.detrended.significant, evidence.difference.significant)
    if all(fast) or (evidence.raw.significant and any(fast)):
        return
    raw = evidence.raw
    why = _only_trend(evidence) if raw.significant else _not_significant(evidence)
    raise NotReciprocal(correlation=raw.best, lag=raw.lag, why=why)


def diagnose(evidence: Evidence, losses: Sequence[Loss] = ()) -> tuple[str, ...]:
    """Explain the evidence, the most important first, one sentence each, with its numbers.

    Args:
        evidence: What `assess` measured.
        losses: What `losses` found, where the pair was matched by row.
    """
    return (_verdict(evidence), *_reasons(evidence), *(_lost_there(loss) for loss in losses), _amount(evidence))


def _verdict(x: Evidence) -> str:
    try:
        reciprocal(x)
    except NotReciprocal as refusal:
        return f"No key: {refusal.numbers['why']}."
    return f"The two ends hear the same fade: r {x.raw.value:.2f}, {x.detrended.value:.2f} without slow trend."


def _not_significant(x: Evidence) -> str:
    return (
        f"nothing is shared; r {x.raw.value:.2f} is not above {x.raw.threshold:.2f}, which chance reaches once in a "
        f"thousand times with {_number(x.effective_samples)} independent samples"
    )


def _only_trend(x: Evidence) -> str:
    odd = (
        "; a raw r this high with a negative one underneath is the mark of made-up data" if x.detrended.negative else ""
    )
    return (
        f"only slow trend such as path loss is shared: r {x.raw.value:.2f} falls to {x.detrended.value:.2f} after "
        f"detrending and {x.difference.value:.2f} from sample to sample{odd}"
    )


def _reasons(x: Evidence) -> Iterator[str]:
    yield from _about_eve(x)
    for end, share in zip("ab", x.lost, strict=True):
        if share >= NOTABLE_LOSS:
            yield f"{share:.1%} of the packets are missing at {end}; paired by row, the keys would not match."
    if x.detrended.significant and x.lag:
        yield f"The lag is {abs(x.lag)} sample{'s' * (abs(x.lag) > 1)}: {'b' if x.lag > 0 else 'a'} is late."
    if x.raw.significant and x.detrended.significant and x.detrended.value < MOSTLY_TREND * x.raw.value:
        yield (
            f"Most of the correlation (r {x.raw.value:.2f}, {x.detrended.value:.2f} after detrending) is slow trend "
            "such as path loss, which whoever knows the path may know."
        )
    if x.effective_samples < FEW_INDEPENDENT:
        seconds = x.samples / x.rate
        yield (
            f"The channel changes little: only {_number(x.effective_samples)} independent samples in {_time(seconds)}."
        )
    for end, share in zip("ab", x.repeated, strict=True):
        if share > 0.5:
            yield f"{share:.0%} of the packets at {end} repeat the value before them."


def _about_eve(x: Evidence) -> Iterator[str]:
    if x.eve is None:
        return
    if x.eve >= EVE_KNOWS:
        given = "" if x.given_eve is None else f"; given what she heard, r is {x.given_eve:.2f}"
        yield f"Eve's r is {x.eve:.2f}: she hears much of what the ends share{given}."
    else:
        yield f"Eve's r is {x.eve:.2f}, as far as this one listener tells."


def _lost_there(loss: Loss) -> str:
    return f"About {loss.packets} packets were lost at {loss.end} at {_time(loss.start_s)}."


def _amount(x: Evidence) -> str:
    worth = f"{_number(x.effective_samples)} independent samples in {_time(x.samples / x.rate)}"
    if x.mutual_information is None:
        return f"The record holds {worth}."
    return f"The ends share at most {x.mutual_information:.2f} bits a sample; the record holds {worth}."


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else f"{value:.1f}"


def _time(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.1f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"
