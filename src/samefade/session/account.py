"""The account of a run, the same wherever the two ends are: what naming points tells, and what is left for keys."""

from dataclasses import replace
from math import log2

from samefade.errors import KeysDiffer, TooLittleEntropy
from samefade.quantize import mask_bits
from samefade.schemes import Scheme
from samefade.types import Bits, Claim, Key, Ledger, Mask, Terms

_ROUNDING = 1e-6
_EVE = "nobody told what Eve heard; one near either end, or with a map of the place, may know some of it"
_ASSUMED = {
    "bounded": ("the channel is a stationary Gaussian process: no test and no other guesser said otherwise", _EVE),
    "estimate": ("no guesser of the scheme's list leaves less; a better model may", _EVE),
}


def after_naming(ledger: Ledger, a: Mask, b: Mask) -> Ledger:
    """Pay for the points that both ends named usable."""
    return ledger.pay("usable points, named by both ends", mask_bits(a) + mask_bits(b))


def hopeless(scheme: Scheme, bits: Bits, terms: Terms) -> tuple[Ledger, TooLittleEntropy] | None:
    """Decline a discussion that no code could win: n·h(p) bits must be told at the least (Slepian and Wolf 1973).

    Args:
        scheme: The scheme.
        bits: End a's bits with their account.
        terms: The public terms.

    Returns:
        The account that shows it and the refusal, or None when it is worth trying.
    """
    least = scheme.least_told(bits, terms)
    need = scheme.amplify.bits + scheme.amplify.margin()
    ledger = bits.ledger.pay("declined: the least that correcting the errors would tell", least)
    if ledger.balance >= need:
        return None
    return ledger, TooLittleEntropy(have=ledger.balance - scheme.amplify.margin(), need=scheme.amplify.bits)


def closed(scheme: Scheme, ledger: Ledger, bits: int, limit: float) -> Ledger:
    """Close the account after the discussion.

    Args:
        scheme: The scheme.
        ledger: End a's account with all that the discussion told.
        bits: How many bits each end had.
        limit: Mutual information of the whole string, bits: nobody can have more (Maurer 1993).
    """
    ledger = _with_count(scheme, ledger, bits)
    excess = ledger.balance - limit
    if excess > 0:
        ledger = ledger.pay("more than the mutual information of the channel allows", excess)
    return ledger


def count(scheme: Scheme, ledger: Ledger) -> int:
    """Return how many keys a closed account pays for: one at least, so that hashing says what is missing."""
    return max(1, int((ledger.balance - scheme.amplify.margin()) // scheme.amplify.bits))


def amplified(scheme: Scheme, fixed: Bits, ledger: Ledger, seed: bytes, claim: Claim) -> tuple[Key, ...]:
    """Hash one end's agreed string to as many keys as the account pays for.

    Raises:
        TooLittleEntropy: When it pays for none.
        TooFewSamples: When the string is shorter than the keys.
    """
    size = scheme.amplify.bits
    hashing = replace(scheme.amplify, bits=size * count(scheme, ledger))
    return hashing.amplify(fixed, ledger, seed, claim).split(size)


def issued(scheme: Scheme, ledger: Ledger, bits: int, limit: float) -> int:
    """Return how many keys end a's whole account pays for.

    Raises:
        TooLittleEntropy: When it pays for none.
    """
    whole = closed(scheme, ledger, bits, limit)
    left = whole.balance - scheme.amplify.margin()
    if left < scheme.amplify.bits:
        raise TooLittleEntropy(have=left, need=scheme.amplify.bits)
    return count(scheme, whole)


def told(scheme: Scheme, public: Ledger, bits: int, keys: int, claim: Claim) -> Ledger:
    """Return the account as both ends have it: every public bit, and as much entropy as pays for them and the keys.

    What the string was worth to the last digit is a function of secret samples, and stays with end a.

    Args:
        scheme: The scheme.
        public: What was told, line by line.
        bits: How many bits each end had.
        keys: How many keys are issued.
        claim: What the entropy rests on.
    """
    paid = _with_count(scheme, public, bits)
    need = paid.paid + scheme.amplify.margin() + keys * scheme.amplify.bits
    earned = f"entropy of {bits} bits, rounded down to what pays for all that was told and {keys} keys"
    return Ledger().earn(earned, need + _ROUNDING, *_ASSUMED[claim]) + paid


def _with_count(scheme: Scheme, ledger: Ledger, bits: int) -> Ledger:
    """Pay for how many keys are issued, and with which claim: both depend on what the secret samples were worth."""
    return ledger.pay("number of keys and their claim", log2(2 * (bits // scheme.amplify.bits) + 1))


def same_account(a: Ledger, b: Ledger) -> None:
    """Refuse a key where the two ends counted the discussion differently: b's whole account is the end of a's.

    Raises:
        KeysDiffer: When they did.
    """
    discussion = Ledger(a.entries[len(a.entries) - len(b.entries) :])
    if discussion.entries != b.entries:
        raise KeysDiffer(account_a=discussion.paid, account_b=b.paid)
