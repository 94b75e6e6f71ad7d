"""Correct the network's string, and keep the honest account of the device's: the network's second heavy step.

The discussion is played again from its beginning each time: the corrector's questions are a function of the samples,
the terms and the answers, so the answers are all that must be stored.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from samefade.entropy import Estimate, assess_cells, earn
from samefade.errors import NotEnough, RemoteProtocolError, TooLittleEntropy
from samefade.lpwan.refresh.past import Past
from samefade.lpwan.refresh.policy import Policy
from samefade.lpwan.refresh.run import CLAIMS, Run
from samefade.lpwan.refresh.string import short
from samefade.lpwan.refresh.terms import Learnt, Samples, on_grid
from samefade.quantize.belief import planes_of
from samefade.restore import estimates, series_of
from samefade.session.account import closed
from samefade.types import Bits, Claim, Float, Kept, Ledger, Spoken, Strand


@dataclass(frozen=True, eq=False)
class Heard:
    """What the network holds of a run.

    Attributes:
        spoken: Its own spoken samples.
        theirs: The device's values of these.
        kept: Its own kept samples.
        first: First kept place.
        end: One behind the last.
        past: What earlier runs measured.
    """

    spoken: Samples
    theirs: bytes
    kept: Samples
    first: int
    end: int
    past: Past | None = None

    def own(self) -> Kept:
        """Return the network's kept samples on their grid."""
        places, values = [place for place, _ in self.kept], [value for _, value in self.kept]
        return on_grid(Kept, "b", places, values, self.first, self.end)

    def again(self) -> list[Float]:
        """Return what the network heard before, at each place of the kept grid: periods ago, and in earlier runs."""
        from samefade.lpwan.refresh.again import came_again
        from samefade.lpwan.refresh.walked import known

        every = [*self.spoken, *self.kept]
        origin = every[0][0]
        places, values = [place - origin for place, _ in every], [value for _, value in every]
        around = places, values, self.first - origin, self.end - origin
        both = came_again(*around), None if self.past is None else known(self.past, *around)
        return [one for one in both if one is not None]

    def said(self, end: str) -> Spoken:
        """Return one end's spoken samples on their grid."""
        places = [place for place, _ in self.spoken]
        values = list(self.theirs) if end == "a" else [value for _, value in self.spoken]
        return on_grid(Spoken, end, places, values, places[0], places[-1] + 1)


@dataclass(frozen=True, eq=False)
class Found:
    """The device's string, as the network found it.

    Attributes:
        fixed: The string.
        discussion: What finding it told.
    """

    fixed: Bits
    discussion: Ledger


def next_question(policy: Policy, learnt: Learnt, run: Run, heard: Heard, answers: Sequence[bytes]) -> bytes | Found:
    """Return the question that follows after so many answers, or the device's string.

    Raises:
        StillDiffers: When the strings cannot be made equal.
        ProtocolError: When an answer is malformed.
    """
    scheme, terms = policy.scheme, replace(learnt.terms, seed=run.seed)
    own = heard.own()
    feature = scheme.feature(own, terms)
    bits = scheme.believed(scheme.symbols(feature, terms, own.mask), feature, terms)
    corrector = scheme.reconcile.correct(bits, run.seed, terms.expected_errors)
    for answer in answers:
        if corrector.ask() is None:
            raise RemoteProtocolError(answers=len(answers))
        corrector.hear(answer)
    question = corrector.ask()
    return short(question) if question is not None else Found(corrector.fixed, corrector.ledger)


class ClaimNotAccepted(NotEnough):
    """What the entropy of the string rests on is not what the policy asks for."""

    advice = "Name the claims that you accept in the policy, or give the link more samples."


def priced(policy: Policy, learnt: Learnt, run: Run, heard: Heard, found: Found) -> tuple[Claim, Ledger]:
    """Return what the string's entropy rests on, and its whole account: a function of secret samples, for the owner."""
    worth = _worth(learnt, heard, found.fixed, policy)
    kept = len(heard.kept)
    whole = earn(Ledger(), worth, kept) + run.naming(policy, kept) + found.discussion
    return worth.claim, closed(policy.scheme, whole, len(found.fixed), learnt.limit * (heard.end - heard.first))


def refuse(policy: Policy, claim: Claim, whole: Ledger) -> None:
    """Refuse a string that pays for no key.

    Raises:
        ClaimNotAccepted: When its claim is none of the policy's.
        TooLittleEntropy: When too little is left.
    """
    if claim == "none" or claim not in policy.claims:
        raise ClaimNotAccepted(claim=claim, accepted=", ".join(policy.claims))
    left, need = whole.balance - policy.scheme.amplify.margin(), policy.scheme.amplify.bits
    if left < need:
        raise TooLittleEntropy(have=left, need=need)


def _worth(learnt: Learnt, heard: Heard, fixed: Bits, policy: Policy) -> Estimate:
    """Return what the device's string is worth, judged from two series, whichever gives less.

    The device's own samples never travel, so the guessers are given (1) the network's samples of the same fades, cut by
    the same thresholds, and (2) the device's cells, which the network knows by now, with every sample put where the
    network expects it within its cell.
    The first has the network's noise instead of the device's: where that is larger it would flatter.
    The second has exactly the string that is hashed.
    """
    own, strand = heard.own(), learnt.terms.strands[0]
    filled = estimates(own, strand)[:, 0]
    cells = _cells(fixed.values, len(heard.kept), strand)
    filled[own.mask] = _inside(cells, filled[own.mask], strand.edges[0])
    both = (
        (series_of(own, strand), series_of(heard.said("b"), strand)),
        (filled / strand.basis[0, 0], series_of(heard.said("a"), strand)),
    )
    weighed = policy.losses == "weighed"
    known: list[Float] = [own.mask.astype(np.float64)] if weighed else []
    known += heard.again()
    judged = [
        assess_cells(
            (strand,),
            series[:, None],
            own.mask,
            spoken=spoken[:, None],
            eve=np.column_stack(known) if known else None,
            heard=own.mask,
            epsilon=policy.scheme.amplify.epsilon,
        )
        for series, spoken in both
    ]
    least = min(judged, key=lambda one: one.per_symbol)
    claim = CLAIMS[min(CLAIMS.index(one.claim) for one in judged)]
    # what losses tell is measured by guessers, and no bound
    return replace(least, claim="estimate" if weighed and claim == "bounded" else claim)


def _cells(bits: NDArray[np.uint8], count: int, strand: Strand) -> NDArray[np.int64]:
    """Undo `spell` for cells of equal width."""
    width = strand.bits[0]
    planes = [plane for layer in planes_of(np.full(1, width), 3) for plane in layer]
    table = bits.reshape(width, count).astype(np.int64)
    return np.asarray(sum(row << plane for plane, row in zip(planes, table, strict=True)))


def _inside(cells: NDArray[np.int64], expected: Float, edges: Float) -> Float:
    """Return the value of each cell that is nearest to the one expected."""
    low = np.concatenate([[-np.inf], edges])[cells]
    high = np.concatenate([edges, [np.inf]])[cells]
    return np.asarray(np.clip(expected, low + 1e-9, high - 1e-9))
