"""Key agreement as two scripts: what the initiator (end a) and the responder (end b) say, hear, measure and compute.

End a calibrates, prices its string and answers questions about it; end b corrects its own string by asking.
The kept samples are measured after the terms were fixed, so no term can depend on them.
"""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any

from samefade.entropy import earn
from samefade.errors import EndsDisagree, KeysDiffer, RemoteProtocolError, TooLittleEntropy
from samefade.presence import Heard
from samefade.quantize import candidates, drops
from samefade.schemes import Scheme
from samefade.session import account
from samefade.session.agreed import Agreed
from samefade.session.events import Reserve
from samefade.session.finish import finish_first, finish_second
from samefade.session.halves import calibrate
from samefade.session.indices import exchange_first, exchange_second
from samefade.session.packing import expect, pack_ledger, pack_mask, unpack_mask, within
from samefade.session.plan import LAST_NUMBER, MOST_SAMPLES, Plan, unpack_mark
from samefade.session.script import Hear, Measure, Say, Script, Tell, Want
from samefade.session.secured import Secured
from samefade.session.spoken import hear_spoken, say_spoken
from samefade.session.terms import pack_terms, unpack_terms
from samefade.types import Bits, Claim, End, Feature, Kept, Ledger, Mask, Pair, Spoken, Terms
from samefade.wire import codes
from samefade.wire.cbor import encode
from samefade.wire.kdf import sha256

Chance = Callable[[int], bytes]
_MOST_ASKED, _SEED, _SALT, _DIGEST = 10_000, 32, 16, 16
_MOST_GUARD = 10.0  # seconds of guard for each second of record that a peer may ask for


@dataclass(frozen=True)
class Agreement:
    """A key agreement, as either end plays it.

    Attributes:
        scheme: The scheme; both ends must hold the same one.
        chance: Returns that many unpredictable bytes.
    """

    scheme: Scheme
    chance: Chance

    def initiate(self, plan: Plan, secured: Secured) -> Script:
        """Play end a.

        Args:
            plan: What to do, behind every frame counter that this end ever used with this peer.
            secured: What the handshake established.
        """
        plan = plan.after(unpack_mark(secured.parameters))
        yield Say(codes.PLAN, (plan.pack(),))
        yield Hear((codes.READY,))
        spoken = yield from self._calibrating(plan)
        terms, first, limit = yield from self._terms(plan, spoken)
        feature, theirs = yield from _kept(self.scheme, plan, terms, first, "a")
        priced = yield from self._priced(feature, theirs, terms, spoken)
        fixed, ledger = yield from self._answering(priced)
        seed = self.chance(_SEED)
        bits = len(priced.bits)
        keys = account.issued(self.scheme, ledger, bits, limit)
        told = account.told(self.scheme, Ledger(ledger.entries[1:]), bits, keys, priced.claim)
        yield Say(codes.ACCOUNT, (keys, priced.claim, _digest(told), seed))
        agreed = Agreed(self.scheme, plan, fixed, told, priced.claim)
        yield from finish_first(agreed, secured, seed)

    def respond(self, mark: int, secured: Secured) -> Script:
        """Play end b.

        Args:
            mark: The last frame counter that was ever used with this peer.
            secured: What the handshake established.
        """
        plan = yield from self._planned(mark)
        yield Say(codes.READY)
        yield Tell(Reserve(first=plan.first, last=plan.spoken_last))
        heard = yield Measure(plan.first, plan.spoken_last, plan.tones)
        yield from say_spoken(heard)
        terms, first = yield from self._told(plan)
        feature, theirs = yield from _kept(self.scheme, plan, terms, first, "b")
        bits = yield from self._indexed(feature, theirs, terms)
        fixed, discussion = yield from self._asking(bits)
        public = account.after_naming(Ledger(), theirs, feature.usable) + discussion
        agreed, seed = yield from self._charged(plan, fixed, public, len(bits))
        yield from finish_second(agreed, secured, seed)

    # end a

    def _calibrating(self, plan: Plan) -> Generator[Want, Any, Pair[Spoken]]:
        yield Tell(Reserve(first=plan.first, last=plan.spoken_last))
        mine = yield Measure(plan.first, plan.spoken_last, plan.tones)
        theirs = yield from hear_spoken(plan)
        return Pair(plan.half_spoken(mine, "a"), plan.half_spoken(theirs, "b"))

    def _terms(self, plan: Plan, spoken: Pair[Spoken]) -> Generator[Want, Any, tuple[Terms, int, float]]:
        found = calibrate(self.scheme, plan, spoken, self.chance(_SALT))
        said = pack_terms(found.terms)
        first = plan.first + plan.spoken + found.guard
        yield Say(codes.TERMS, (said, first))
        terms = unpack_terms(said, rate=plan.rate, samples=plan.kept)  # what the other end reads, to the last digit
        return terms, first, found.limit

    def _priced(
        self, feature: Feature[Kept], theirs: Mask, terms: Terms, spoken: Pair[Spoken]
    ) -> Generator[Want, Any, "_Priced"]:
        usable, quantize = feature.usable & theirs, self.scheme.quantize
        symbols = self.scheme.symbols(feature, terms, usable)
        symbols = yield from exchange_first(symbols, candidates(quantize, usable), drops=drops(quantize))
        worth = self.scheme.worth(symbols, feature, terms, spoken=spoken.a, eve=None)
        ledger = account.after_naming(earn(Ledger(), worth, len(symbols)), feature.usable, theirs)
        bits = self.scheme.spelt(symbols, terms, ledger)
        declined = account.hopeless(self.scheme, bits, terms)
        if declined is not None:
            raise declined[1]
        if worth.claim == "none":
            raise TooLittleEntropy(have=0.0, need=self.scheme.amplify.bits)
        return _Priced(bits, worth.claim)

    def _answering(self, priced: "_Priced") -> Generator[Want, Any, tuple[Bits, Ledger]]:
        answerer = self.scheme.answer(priced.bits)
        for _ in range(_MOST_ASKED):
            kind, said = yield Hear((codes.ASK, codes.CLOSE))
            if kind == codes.CLOSE:
                return answerer.fixed, answerer.ledger
            (request,) = expect(said, bytes)
            yield Say(codes.ANSWER, (answerer.answer(request),))
        raise RemoteProtocolError(requests=_MOST_ASKED)

    # end b

    def _planned(self, mark: int) -> Generator[Want, Any, Plan]:
        _, said = yield Hear((codes.PLAN,))
        plan = Plan.unpack(*expect(said, list))
        if plan.scheme != self.scheme.name:
            raise EndsDisagree("scheme", self.scheme.name, plan.scheme)
        within("kept samples", plan.kept, 1, MOST_SAMPLES)  # nothing to measure would never be over
        plan.refuse_used(mark)
        return plan

    def _told(self, plan: Plan) -> Generator[Want, Any, tuple[Terms, int]]:
        _, said = yield Hear((codes.TERMS,))
        packed, first = expect(said, list, int)
        earliest = plan.spoken_last + 1
        latest = earliest + int(_MOST_GUARD * (plan.spoken + plan.kept))
        within("first kept frame counter", first, earliest, min(latest, LAST_NUMBER))
        return unpack_terms(packed, rate=plan.rate, samples=plan.kept), first

    def _indexed(self, feature: Feature[Kept], theirs: Mask, terms: Terms) -> Generator[Want, Any, Bits]:
        usable, quantize = feature.usable & theirs, self.scheme.quantize
        symbols = self.scheme.symbols(feature, terms, usable)
        symbols = yield from exchange_second(symbols, candidates(quantize, usable), drops=drops(quantize))
        return self.scheme.believed(symbols, feature, terms)

    def _asking(self, bits: Bits) -> Generator[Want, Any, tuple[Bits, Ledger]]:
        corrector = self.scheme.correct(bits)
        while (request := corrector.ask()) is not None:
            yield Say(codes.ASK, (request,))
            _, said = yield Hear((codes.ANSWER,))
            corrector.hear(*expect(said, bytes))
        yield Say(codes.CLOSE)
        return corrector.fixed, corrector.ledger

    def _charged(
        self, plan: Plan, fixed: Bits, public: Ledger, bits: int
    ) -> Generator[Want, Any, tuple[Agreed, bytes]]:
        _, said = yield Hear((codes.ACCOUNT,))
        keys, claim, digest, seed = expect(said, int, str, bytes, bytes)
        if claim not in ("bounded", "estimate") or len(seed) != _SEED:
            raise RemoteProtocolError(account="malformed")
        within("keys", keys, 1, bits // self.scheme.amplify.bits)
        told = account.told(self.scheme, public, bits, keys, claim)
        if _digest(told) != digest:
            raise KeysDiffer(account_b=public.paid)
        return Agreed(self.scheme, plan, fixed, told, claim), seed


@dataclass(frozen=True, eq=False)
class _Priced:
    bits: Bits
    claim: Claim


def _kept(
    scheme: Scheme, plan: Plan, terms: Terms, first: int, end: End
) -> Generator[Want, Any, tuple[Feature[Kept], Mask]]:
    """Measure the kept samples, and exchange which points can be used: end a first."""
    yield Tell(Reserve(first=first, last=first + plan.kept - 1))
    heard: Heard = yield Measure(first, first + plan.kept - 1, plan.tones)
    feature = scheme.feature(plan.half_kept(heard, end, first), terms)
    mine = Say(codes.HEARD, (len(feature), pack_mask(feature.usable)))
    if end == "a":
        yield mine
    _, said = yield Hear((codes.HEARD,))
    if end == "b":
        yield mine
    count, packed = expect(said, int, bytes)
    if count != len(feature):
        raise EndsDisagree("points of the feature", len(feature), count)
    return feature, unpack_mask(packed, count)


def _digest(ledger: Ledger) -> bytes:
    """Return what tells whether both ends have the same account."""
    return sha256(encode(pack_ledger(ledger)))[:_DIGEST]
