"""The CSI handshake as a script: each end proves by the channel that it is there now (secrecy.md, section 6).

Both measure the same frames; then each commits to what it heard by a signed statement, and only when both have
committed do they show it: whoever showed first could otherwise be answered with its own samples.
The initiator shows first, and the responder decides before it shows: whom it refuses learns nothing of the channel.
What is shown is burnt, travels sealed, and is never used for a key.
"""

from collections.abc import Callable, Generator
from dataclasses import asdict, dataclass
from typing import Any

from samefade.errors import OutOfRange, PresenceRefused, RemoteProtocolError
from samefade.presence import Decide, Heard, Signer, Statement, Verdict, digest, pack_csi, unpack_csi
from samefade.session.events import Present, Refused, Reserve
from samefade.session.packing import expect
from samefade.session.plan import Plan, unpack_mark
from samefade.session.script import Hear, Measure, Say, Script, Tell, Want
from samefade.session.secured import Secured
from samefade.wire import codes

NAME = "presence"
_NONCE = 16


@dataclass(frozen=True)
class Showing:
    """A CSI handshake, as either end plays it.

    Attributes:
        decide: When to believe, at which false-accept rate.
        signers: Makes, of what the handshake established, what signs this end's statement and verifies the other's.
        chance: Returns that many unpredictable bytes.
    """

    decide: Decide
    signers: Callable[[Secured], tuple[Signer, Signer]]
    chance: Callable[[int], bytes]

    def initiate(self, plan: Plan, secured: Secured) -> Script:
        """Play the end that begins."""
        mine = self.chance(_NONCE)
        plan = plan.after(unpack_mark(secured.parameters))
        yield Say(codes.PLAN, (plan.pack(), mine))
        _, said = yield Hear((codes.READY,))
        (theirs,) = expect(said, bytes)
        run = _Run(plan, secured, (mine, theirs))
        yield from self._show(run)

    def respond(self, mark: int, secured: Secured) -> Script:
        """Play the end that waits to be spoken to.

        Args:
            mark: The last frame counter that was ever used with this peer.
            secured: What the handshake established.
        """
        _, said = yield Hear((codes.PLAN,))
        packed, theirs = expect(said, list, bytes)
        plan = Plan.unpack(packed)
        if plan.scheme != NAME:
            raise OutOfRange("scheme", plan.scheme, NAME)
        plan.refuse_used(mark)
        mine = self.chance(_NONCE)
        yield Say(codes.READY, (mine,))
        yield from self._show(_Run(plan, secured, (theirs, mine)))

    def _show(self, run: "_Run") -> Script:
        yield Tell(Reserve(first=run.plan.first, last=run.plan.spoken_last))
        heard: Heard = yield Measure(run.plan.first, run.plan.spoken_last, run.plan.tones)
        verdict = yield from self._exchange(run, heard)
        yield Say(codes.VERDICT)
        yield Hear((codes.VERDICT,))
        yield Tell(Present(evidence={**asdict(verdict.evidence), "threshold": verdict.threshold}))

    def _exchange(self, run: "_Run", heard: Heard) -> Generator[Want, Any, Verdict]:
        """Commit, hear the other's commitment, show, and judge what it shows; the initiator first each time."""
        packed = pack_csi(heard.numbers, heard.values)
        mine, theirs = self.signers(run.secured)
        first = run.secured.role == "initiator"
        statement = run.statement(run.secured.role, digest(packed))
        commitment, shown = Say(codes.CSI, (statement.csi, mine.sign(statement))), Say(codes.CSI, (packed,))
        if first:
            yield commitment
        csi, signature = expect((yield Hear((codes.CSI,)))[1], bytes, bytes)
        stated = run.statement("responder" if first else "initiator", csi)
        stated.check_apart(statement)  # an echo of our own samples is no proof
        theirs.verify(stated, signature)
        yield shown if first else commitment
        (samples,) = expect((yield Hear((codes.CSI,)))[1], bytes)
        stated.check_samples(samples)
        verdict = yield from self._judge(heard, samples)
        if not first:  # whom the responder does not believe is shown nothing
            yield shown
        return verdict

    def _judge(self, heard: Heard, samples: bytes) -> Generator[Want, Any, Verdict]:
        """Decide on what the other end shows, and tell the owner of a refusal."""
        try:
            return self.decide.decide(self.decide.measure(heard, Heard(*unpack_csi(samples))))
        except PresenceRefused as why:
            yield Tell(Refused(error=why))
            raise


@dataclass(frozen=True, eq=False)
class _Run:
    plan: Plan
    secured: Secured
    nonces: tuple[bytes, bytes]

    def statement(self, role: Any, csi: bytes) -> Statement:  # noqa: ANN401 -- one of two words
        try:
            return Statement(
                role, *self.nonces, *self.secured.ends, self.secured.epoch, self.plan.first, self.plan.spoken_last, csi
            )
        except OutOfRange as why:
            raise RemoteProtocolError(statement=str(why)) from None
