"""One end of a conversation: handshake, seal, order, state table and script, without input or output of its own.

      bytes in ──▶ seal ──▶ order ──▶ state table ──▶ script ──▶ events
      bytes out ◀── seal ◀── order ◀── state table ◀── script ◀── samples heard, now

What was tampered with is dropped at the seal and looks like loss.
Whatever else goes wrong ends the run: the state is wiped, the other end is told once that it is over and never why,
and this end's owner gets the error as an event.
"""

from collections.abc import Callable
from typing import Any

from samefade.errors import GaveUp, KeysDiffer, NoAnswer, RemoteProtocolError, SamefadeError, Stopped
from samefade.session.carrier import Carrier
from samefade.session.events import Confirmed, Discarded, Event, Failed, Known, Moved, Pending, Probe, Progress
from samefade.session.inbox import Inbox
from samefade.session.machine import Sample
from samefade.session.measuring import Measuring
from samefade.session.opening import Opening
from samefade.session.records import Records
from samefade.session.script import Hear, Measure, Say, Script, Tell, Transcript, Want
from samefade.session.secured import Handshake, Role, Secured
from samefade.wire import codes, table
from samefade.wire.cbor import encode
from samefade.wire.profile import WIFI, Profile

PATIENCE, LINGER = 480.0, 6.0  # in first timeouts of the profile
LAST_WORD = 20.0  # in longest timeouts: with half of everything lost, it then fails once in 10^6
_PARTS = 10  # how often a long measurement says how far it is


class Session:
    """A machine (see `Machine`) that plays one script with one other end.

    Attributes:
        role: "initiator" or "responder".
        state: What is known by now: a state of the table.
    """

    def __init__(
        self,
        handshake: Handshake,
        script: Callable[[Secured], Script],
        profile: Profile = WIFI,
        patience: float | None = None,
    ) -> None:
        """Take the handshake to begin with, and what makes the script to play after it.

        Args:
            handshake: A handshake that has not begun.
            script: Makes the script of what the handshake established.
            profile: The limits of the link.
            patience: Seconds without a word while one is awaited, after which the other end is taken for gone;
                by default two minutes where frames take no time, and more where they are slow.
        """
        self.role: Role = handshake.role
        self.state: str = table.START[self.role]
        self._opening, self._make, self._profile = Opening(handshake, profile), script, profile
        self._patience = PATIENCE * profile.first_timeout if patience is None else patience
        self._linger, self._last_word = LINGER * profile.first_timeout, LAST_WORD * profile.most_timeout
        self._carrier: Carrier | None = None
        self._script: Script | None = None
        self._want: Want | None = None
        self._measuring: Measuring | None = None
        self._inbox, self._records = Inbox(), Records(self.role)
        self._out: list[bytes] = []
        self._events: list[Event] = []
        self._now = self._heard_at = 0.0
        self._close_at: float | None = None
        self._pending: Pending | None = None
        self._vouched = self._proven = False

    # what goes in

    def start(self, now: float) -> None:
        """Begin; the responder waits to be spoken to."""
        self._now = self._heard_at = now
        first = self._opening.start(now)
        if first:
            self._step("send HELLO")
            self._out.extend(first)

    def receive(self, datagram: bytes, now: float) -> None:
        """Take a datagram; what is not the other end's is dropped and counted, never raised."""
        self._now = now
        if self.closed:
            return
        try:
            messages = None if self._carrier is None else self._carrier.receive(datagram, now)
            if messages is None:
                self._greet(datagram, now)
            else:
                self._proof(now)
                self._take(messages)
        except SamefadeError as why:
            self._fail(why)

    def hear(self, sample: Sample, now: float) -> None:
        """Take a sample that was measured because `Probe` asked for it; one without values says that it was lost."""
        self._now = now
        if self._measuring is None:
            return
        before, _ = self._measuring.so_far
        self._measuring.take(sample)
        done, of = self._measuring.so_far
        if done * _PARTS // of > before * _PARTS // of:
            self._events.append(Progress(what="measuring", done=done, of=of))
        if self._measuring.done:
            heard, self._measuring = self._measuring.heard(), None
            self._heard_at = now
            try:
                self._step("measured")
                self._go(heard)
            except SamefadeError as why:
                self._fail(why)

    def tick(self, now: float) -> None:
        """Let time pass."""
        self._now = now
        if self.closed:
            return
        self._out.extend(self._opening.tick(now))
        silent = now - self._heard_at
        waiting = self._measuring is None and self._close_at is None and self._begun
        gone = self._opening.given_up or (self._carrier is not None and self._carrier.dead)
        # compared as `deadline` computes it: a difference may round to less, and time would stand still
        if self._close_at is None and (gone or (waiting and now >= self._heard_at + self._patience)):
            self._fail(NoAnswer(waited=silent, state=self.state))

    def stop(self, now: float, why: SamefadeError | None = None) -> None:
        """End the run because this end's owner wants it, or cannot do what an event asked for.

        The other end is told that it is over, and never why; where keys or their confirmation could not be kept,
        it is told nothing.
        """
        self._now = now
        if why is not None and self.state != table.DEAD and (self._pending or self._close_at is not None):
            self._carrier = self._pending = self._close_at = None  # what waits there vouches for what was not kept
        self._fail(why or Stopped(state=self.state))

    # what comes out

    def outgoing(self) -> list[bytes]:
        """Return the datagrams to send now, once."""
        out, self._out = self._out, []
        if self._carrier is not None and not self.closed:
            try:
                out.extend(self._carrier.outgoing(self._now))
            except SamefadeError as why:
                self._fail(why)
        return out

    def events(self) -> list[Event]:
        """Return what has happened since the last call, once."""
        out, self._events = self._events, []
        return out

    @property
    def deadline(self) -> float | None:
        """Return when `tick` wants to be called, or None for never."""
        if self.closed:
            return None
        times = [self._close_at, self._opening.deadline, None if self._carrier is None else self._carrier.deadline]
        if self._close_at is None and self._measuring is None and self._begun:
            times.append(self._heard_at + self._patience)
        return min((time for time in times if time is not None), default=None)

    @property
    def closed(self) -> bool:
        """Say whether nothing more will come."""
        if self._close_at is None:
            return False
        quiet = self._carrier is None or self._carrier.dead
        # whoever heard the last word waits a little: its acknowledgement may have been lost
        return quiet or self._now >= self._close_at or (self._spoke_last and self._carrier_idle)

    @property
    def dropped(self) -> dict[str, int]:
        """Return how much was dropped, by reason."""
        seal = {} if self._carrier is None else self._carrier.dropped
        return {**seal, **({"handshake": self._opening.dropped} if self._opening.dropped else {})}

    @property
    def greeted(self) -> bool:
        """Say whether a sensible message of a handshake was heard."""
        return self._carrier is not None or self._opening.answered

    @property
    def proven(self) -> bool:
        """Say whether the other end has proved that it holds the prior secret."""
        return self._proven

    @property
    def peer(self) -> bytes | None:
        """Return who the other end says it is; it is proved once `proven` is true."""
        return None if self._opening.secured is None else self._opening.secured.peer

    # inside

    @property
    def _begun(self) -> bool:
        return self.state != table.START[self.role]

    @property
    def _carrier_idle(self) -> bool:
        return self._carrier is not None and self._carrier.idle

    @property
    def _spoke_last(self) -> bool:
        return self.role == "responder" or self.state == table.DEAD

    def _greet(self, datagram: bytes, now: float) -> None:
        """Take a message of the handshake."""
        if self._proven:
            return
        self._out.extend(self._opening.receive(datagram, now))
        secured = self._opening.secured
        if secured is None or self._carrier is not None:
            return
        self._heard_at = now
        self._carrier = Carrier(secured, self._profile)
        self._records.begin(secured.transcript)
        self._script = self._make(secured)
        self._step("hear HELLO")
        if self.role == "initiator":
            self._go()

    def _proof(self, now: float) -> None:
        """Note that the other end was heard; the first time, that it holds the keys."""
        self._heard_at = now
        if self._proven or self._opening.secured is None:
            return
        self._proven = True
        self._opening.done()
        secured = self._opening.secured
        self._events.append(Known(peer=secured.peer, prior=secured.prior))
        if self.role == "responder":
            self._step("hear PROOF")
            self._go()

    def _take(self, messages: list[bytes]) -> None:
        for message in messages:
            kind, body = self._inbox.read(message)
            if kind == codes.BYE:
                raise GaveUp
            if self._close_at is not None:
                raise RemoteProtocolError(after_the_end=codes.NAMES.get(kind, kind))
            self._inbox.keep(kind, body, message)
        if isinstance(self._want, Hear) and self._inbox and self._close_at is None:
            self._go(self._next())

    def _next(self) -> tuple[int, Any]:
        """Take the oldest message, if the table and the script allow its kind now."""
        kind, body, message = self._inbox.oldest()
        self._step(f"hear {codes.NAMES[kind]}")
        if not isinstance(self._want, Hear) or kind not in self._want.kinds:
            raise RemoteProtocolError(heard=codes.NAMES[kind], state=self.state)
        self._records.heard(message)
        return kind, body

    def _go(self, value: object = None) -> None:
        """Play the script until it waits for something."""
        if self._script is None:
            return
        while True:
            try:
                self._want = self._script.send(value)
            except StopIteration:
                self._end()
                return
            except SamefadeError:
                raise
            except Exception as defect:  # noqa: BLE001 -- whatever a peer's numbers set off here: fail closed
                raise RemoteProtocolError(defect=type(defect).__name__) from None
            if self._waits(self._want):
                return
            value = self._answer(self._want)

    def _waits(self, want: Want) -> bool:
        """Do what a script wants, and say whether it must wait for it."""
        if isinstance(want, Measure):
            self._measuring = Measuring(want)
            self._events.append(Probe(first=want.first, last=want.last))
            return True
        return isinstance(want, Hear) and not self._inbox

    def _answer(self, want: Want) -> object:
        if isinstance(want, Say):
            self._say(want)
        elif isinstance(want, Tell):
            self._tell(want.event)
        elif isinstance(want, Transcript):
            return self._records.digest()
        elif isinstance(want, Hear):
            return self._next()
        return None

    def _say(self, want: Say) -> None:
        self._step(f"send {codes.NAMES[want.kind]}")
        self._vouched |= want.kind == codes.CONFIRM
        message = encode([want.kind, *want.body])
        self._records.said(message)
        self._carrier.send(message)  # type: ignore[union-attr]  # a script is played only where there is a carrier

    def _tell(self, event: Event) -> None:
        if isinstance(event, Pending):
            self._pending = event
        if isinstance(event, Confirmed):
            self._pending = None
        self._events.append(event)

    def _step(self, event: str) -> None:
        state = table.step(self.role, self.state, event)
        if state == table.DEAD:
            raise RemoteProtocolError(event=event, state=self.state)
        if state != self.state:
            self.state = state
            self._events.append(Moved(state=state))

    def _end(self) -> None:
        self._script, self._want = None, None
        # whoever spoke last repeats it until it has arrived: the other end's keys are pending until then
        self._close_at = self._now + (self._last_word if self._spoke_last else self._linger)

    def _fail(self, error: SamefadeError) -> None:
        """End the run: wipe, tell the other end that it is over, and the owner why."""
        if self.state == table.DEAD or self._close_at is not None:
            self._close_at = self._close_at or self._now
            return
        if self._script is not None:
            self._script.close()
        # keys that the other end may hold already stay pending: the next handshake tells.
        # A responder whose tag was right, and who hears a wrong one, was not believed; an initiator that hears a
        # wrong last word may have been: whoever holds the prior secret alone can say one
        differ = isinstance(error, KeysDiffer) and self.role == "responder"
        if self._pending is not None and (not self._vouched or differ):
            self._events.append(Discarded(key_ids=tuple(x.key_id for x in self._pending.keys)))
        self._script = self._want = self._measuring = self._pending = None
        self._inbox = Inbox()
        self.state = table.DEAD
        # a traceback holds the frames of the script, and they hold secrets
        self._events += [Moved(state=table.DEAD), Failed(error=_bare(error))]
        self._opening.done()
        self._close_at = self._now + self._linger
        if self._carrier is not None and not isinstance(error, GaveUp | NoAnswer):
            self._carrier.send(encode([codes.BYE]))


def _bare(error: SamefadeError) -> SamefadeError:
    """Return an error without the frames that it was raised in, nor those of what it came from."""
    error.__cause__ = error.__context__ = None
    return error.with_traceback(None)
