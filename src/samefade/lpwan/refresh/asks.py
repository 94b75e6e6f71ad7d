"""What the network asks in a run, step by step: where samples are, the spoken ones, the string, the commitment."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from samefade.errors import RemoteProtocolError, TooLittleEntropy
from samefade.lpwan.refresh import messages, past, walked
from samefade.lpwan.refresh.commit import candidate, commit_tag
from samefade.lpwan.refresh.messages import MOST_PLACES
from samefade.lpwan.refresh.numbers import write_numbers
from samefade.lpwan.refresh.past import Past
from samefade.lpwan.refresh.policy import Policy
from samefade.lpwan.refresh.pool import JUMP, Pool, closed_up
from samefade.lpwan.refresh.run import CLAIMS, Run, digest
from samefade.lpwan.refresh.sealing import Secret
from samefade.lpwan.refresh.state import pack_account, unpack_account
from samefade.lpwan.refresh.talk import Found, Heard, next_question, priced, refuse
from samefade.lpwan.refresh.terms import Learnt, learn
from samefade.session.events import Root
from samefade.types import Claim, Ledger
from samefade.wire.cbor import decode, encode

Phase = Literal["pool", "look", "learn", "talk", "commit"]
_LEAST_ASKED = 32  # places: no request for fewer
_PERMILLE = 1000
_MORE_CAUTION, _MOST_CAUTION = 1.25, 3.0


class Asks:
    """The network's side of a run, with the samples that it may take.

    Attributes:
        pool: The samples: what this end heard, whether or not the device heard the answer.
        next: The candidate for the next secret, or None.
        phase: What comes next: samples, a look at earlier runs, learning, the discussion, or the commitment.
    """

    __slots__ = (
        "_answered",
        "_answers",
        "_caution",
        "_claim",
        "_guard",
        "_have",
        "_inside",
        "_lacking",
        "_learnt",
        "_ledger",
        "_need",
        "_past",
        "_policy",
        "_run",
        "_secret",
        "_spoken",
        "_told",
        "_whole",
        "next",
        "phase",
        "pool",
    )  # fmt: skip

    def __init__(self, policy: Policy, secret: Secret, pool: Pool) -> None:
        """Begin without a run."""
        self._policy, self._secret, self.pool = policy, secret, pool
        self.next: Secret | None = None
        self._answered = _PERMILLE  # of our samples, so many in a thousand have a match at the device
        self._caution = 1.0
        self._guard = 0  # of the last run that learnt one
        self._past: list[bytes] = []  # what earlier runs measured, as long as nobody else keeps it
        self._clear()

    def _clear(self) -> None:
        self.phase: Phase = "pool"
        self.next = None
        self._run: Run | None = None
        self._lacking: bytes | None = None  # of the range named last, as long as the device was not told
        self._spoken, self._learnt, self._told = b"", b"", b""
        self._answers: list[bytes] = []
        self._need = self._policy.spoken  # samples that both ends must have before the next step
        self._whole: Ledger | None = None  # the account of a string that was priced, for its owner
        self._have = self._inside = 0  # such samples; all samples below the end of what was named
        self._claim: Claim = "none"
        self._ledger = b""  # the account of the candidate, packed: as an object it takes four times the room

    @property
    def has_work(self) -> bool:
        """Say whether comparing, learning or decoding waits."""
        return self.phase in ("look", "learn", "talk")

    def take(self, place: int, value: int) -> bool:
        """Pool a sample."""
        return self.pool.take(place, value, held=self._run is not None)

    def forget(self, place: int) -> bool:
        """Drop a sample that no run has named yet; return whether it was there."""
        if self._run is not None and place < self._run.end:
            return False
        return self.pool.drop(place)

    def wanted(self, place: int) -> bytes | None:
        """Return what to ask next without any work, or None.

        Args:
            place: Of the uplink that is being answered: only earlier ones can have been heard.
        """
        if self.phase != "pool":
            return None
        if self._run is None:
            return self._begin(place)
        missing = self._need - self._have
        if missing > 0:
            return self._more(self._run, place, missing)
        self.phase = "talk" if self._learnt else "look"
        return None

    def heard(self, request: bytes, answer: bytes) -> None:
        """Take a whole answer.

        Raises:
            RemoteProtocolError: When it is not one to this request.
        """
        run = self._run
        if run is None:
            raise RemoteProtocolError(answer="to no run")
        kind = request[0]
        if kind == messages.BEGIN:
            said = messages.Reader(request, 1)
            said.number()
            self._named(run, 0, said.number(), answer)
        elif kind == messages.MORE:
            said = messages.Reader(request, 1)
            messages.read_lacking(said, MOST_PLACES)
            self._named(run, said.number(), said.number(), answer)
        elif kind == messages.SPEAK:
            self._spoken = bytes(messages.unpack_values(answer, self._policy.spoken))
            self.phase = "learn"
        else:
            self._answers.append(answer)
            self.phase = "talk"
        run.say(request, answer)

    def work(self, earlier: Sequence[bytes]) -> bytes | None:
        """Compare, learn or decode, and return what to ask then; None where more samples are wanted first.

        Args:
            earlier: What earlier runs measured, oldest first, where somebody else keeps it.

        Raises:
            SamefadeError: When there will be no key.
        """
        run = self._run
        if run is None:
            raise RemoteProtocolError(work="without a run")
        if self.phase == "look":
            return self._speak(run, earlier)
        if self.phase == "learn":
            self._learn(run)
            return None
        learnt = Learnt.unpack(self._learnt)
        first_time = not run.seed
        if first_time:
            self._look(run, earlier, run.end)
            run.settle()
        heard = self._all(run)
        question = next_question(self._policy, learnt, run, heard, self._answers)
        self.phase = "pool"
        if isinstance(question, Found):
            self._look(run, earlier, run.end)
            return self._commit(run, learnt, replace(heard, past=self._all_past(earlier)), question)
        if not first_time:
            return bytes((messages.ASK,)) + question
        return bytes((messages.TERMS,)) + self._what_lacks() + self._told + question

    def fail(self, reason: str) -> Ledger:
        """End the run without a key, and return the account as far as it went."""
        ledger = self._whole or (Ledger() if self._run is None else self._run.naming(self._policy, 0))
        if reason == "too little entropy":
            self._caution = min(_MOST_CAUTION, self._caution * _MORE_CAUTION)
        self._end()
        return ledger

    def put_in_force(self) -> tuple[Claim, Ledger]:
        """Take the candidate for good, forget the old secret, and return what the new one is worth."""
        if self.next is not None:
            self._secret = self.next
        claim, ledger = self._claim, unpack_account(decode(self._ledger)) if self._ledger else Ledger()
        self._caution = 1.0
        self._end(keyed=True)
        return claim, ledger

    def reveal_secret_runs(self) -> list[bytes]:
        """Hand over what the runs measured that ended since; whoever calls this keeps it, and brings it to `work`."""
        out, self._past = self._past, []
        return out

    def _end(self, *, keyed: bool = False) -> None:
        """Forget the run, and burn a guard behind it: what the next one speaks shall not tell of what this one kept."""
        if self._run is not None and self._learnt:
            self.pool.burn(self._run.end + self._guard)
        if self._run is not None and self._run.spoken >= 0:
            self._remember(self._run, keyed=keyed)
        self._clear()
        self.pool.drop_burned()

    def _remember(self, run: Run, *, keyed: bool) -> None:
        """Keep what the run measured, as far as anything was told of it."""
        samples = self.pool.within(run.first, run.end)
        samples = samples if run.seed else samples[: self._policy.spoken]
        runs = [*self._past, past.packed(samples, self._policy.spoken if keyed else len(samples))]
        self._past = runs[-past.newest([past.length(each) for each in runs]) :]

    def _all_past(self, earlier: Sequence[bytes]) -> Past:
        return Past.of([*earlier, *self._past])

    def _look(self, run: Run, earlier: Sequence[bytes], end: int | None = None) -> None:
        """Refuse to tell anything of samples that an earlier key came of; what was heard since shows it, too."""
        held = [sample for sample in self.pool.samples() if sample[0] >= run.first]
        walked.refuse(self._all_past(earlier), held, end)

    def _speak(self, run: Run, earlier: Sequence[bytes]) -> bytes:
        """Ask for the spoken share, unless what it would tell was kept before."""
        self._look(run, earlier)
        run.spoken = self.pool.within(run.first, run.end)[self._policy.spoken - 1][0]
        self.phase = "pool"
        return bytes((messages.SPEAK,)) + self._what_lacks()

    def _begin(self, place: int) -> bytes | None:
        if len(self.pool) * self._answered < self._policy.spoken * _PERMILLE:
            return None
        first = self.pool.places()[0]
        if self._guard and first - self.pool.burned >= JUMP:
            # counters may have gone on without time, so the guard behind the last run is counted again from here
            self.pool.burn(first + self._guard)
            self.pool.drop_burned()
            return self._begin(place)
        self.pool.burn(first)
        self._run = Run.begun(self._secret.device, self._secret.epoch, first)
        return bytes((messages.BEGIN,)) + write_numbers([first, self._reach(first, place) - first])

    def _reach(self, start: int, place: int) -> int:
        """Return the end of the range that begins at `start`: earlier than `place` where a jump lies before that."""
        end, before = min(start + MOST_PLACES, place), start
        for at in self.pool.places():
            if at >= end or at - before >= JUMP:
                break
            before = max(before, at)
        return before + 1 if end - before >= JUMP else end

    def _more(self, run: Run, place: int, missing: int) -> bytes | None:
        """Ask for further places when enough of them can be expected, or no more fit into a request or the pool.

        A jump is skipped, not named: after a join it is 2^32 places long.
        """
        own = len(self.pool) - self._inside
        full = self.pool.full
        if full and not own:
            raise TooLittleEntropy(have=0.0, need=self._policy.scheme.amplify.bits)
        enough = own * self._answered // _PERMILLE >= missing or place - run.end >= MOST_PLACES or full
        if not own or place - run.end < _LEAST_ASKED or not enough:
            return None
        first = self.pool.places()[self._inside]
        start = first if first - run.end >= JUMP else run.end
        end = self._reach(start, place)
        if end == place and end - start < _LEAST_ASKED:
            return None
        return bytes((messages.MORE,)) + self._what_lacks() + write_numbers([start - run.end, end - start])

    def _named(self, run: Run, skipped: int, count: int, answer: bytes) -> None:
        """Keep what both ends have of a range; all of it is burned for every later run."""
        run.skip(skipped)
        first, end = run.end, run.end + count
        theirs = messages.unpack_bitmap(answer, first, count)
        held = self.pool.samples()
        own = {place for place, _ in held if first <= place < end}
        self._lacking = messages.pack_lacking([i for i, place in enumerate(theirs) if place not in own])
        both = own.intersection(theirs)
        self.pool.keep([sample for sample in held if not first <= sample[0] < end or sample[0] in both])
        self._answered = max(50, _PERMILLE * len(both) // max(1, len(own)))
        run.name(count, len(theirs))
        self.pool.burn(run.end)
        self._count()

    def _what_lacks(self) -> bytes:
        """Say which places of the last range this end lacks, once."""
        run, said = self._run, self._lacking or b"\x00"
        if run is not None:
            run.lack(messages.Reader(said).number())
        self._lacking = None
        return said

    def _count(self) -> None:
        """Count once what every uplink asks for, and find the first kept place."""
        if self._run is None:
            return
        inside = [place for place in self.pool.places() if place < self._run.end]
        self._have = self._inside = len(inside)
        if self._told:
            kept = self._guarded(closed_up(inside))
            self._have = len(inside) - kept
            if kept < len(inside):
                self._told = self._terms()._replace(first=inside[kept]).pack()

    def _guarded(self, places: list[int]) -> int:
        """Return how many samples lie before the first kept one: the spoken ones, and a guard behind them."""
        last = places[self._policy.spoken - 1]
        return sum(place <= last + self._guard for place in places)

    def _terms(self) -> messages.Told:
        return messages.Told.read(messages.Reader(self._told))

    def _learn(self, run: Run) -> None:
        spoken = self.pool.within(run.first, run.end)[: self._policy.spoken]
        places, own = [place for place, _ in spoken], [value for _, value in spoken]
        learnt = learn(self._policy, closed_up(places), list(self._spoken), own, self._caution)
        self._learnt, self._told = learnt.pack(), learnt.told(places[-1]).pack()
        self._guard, self._need, self.phase = learnt.guard, learnt.need, "pool"
        self._count()

    def _all(self, run: Run) -> Heard:
        """Return all samples of the run, on a grid without its jumps."""
        held = self.pool.within(run.first, run.end)
        places = closed_up(place for place, _ in held)
        closed = [(place, value) for place, (_, value) in zip(places, held, strict=True)]
        kept = closed[self._guarded(places) :]
        spoken = closed[: self._policy.spoken]
        return Heard(spoken, self._spoken, kept, kept[0][0], kept[-1][0] + 1)

    def _commit(self, run: Run, learnt: Learnt, heard: Heard, found: Found) -> bytes:
        """Keep the account, hold the candidate beside the secret in force, and say so."""
        claim, self._whole = priced(self._policy, learnt, run, heard, found)
        refuse(self._policy, claim, self._whole)
        ledger = run.account(self._policy, found.discussion, len(heard.kept), len(found.fixed), claim)
        root = candidate(self._policy, self._secret, run, found.fixed, ledger, claim)
        self.next, self._claim = Secret(self._secret.device, root), claim
        self._ledger = encode(pack_account(ledger))
        self.phase = "commit"
        head = bytes((messages.COMMIT, CLAIMS.index(claim)))
        return head + digest(ledger) + commit_tag(self._secret.device, root)

    def reveal_secret_parts(self) -> list[object]:
        """Return plain values from which `again` makes it; whoever calls this is responsible for them."""
        root = None if self.next is None else self.next.root
        coming = None if root is None else [root.name, root.epoch, root.reveal_secret_bytes()]
        run = None if self._run is None else self._run.parts()
        said = [self._lacking, self._spoken, self._learnt, self._told, self._answers]
        worth = [self._claim, self._ledger, self._answered, self._caution, self._guard]
        worth += [self._need, self._have, self._inside]
        return [self.pool.reveal_secret_parts(), self.phase, run, coming, said, worth, self._past]

    @classmethod
    def again(cls, policy: Policy, secret: Secret, parts: list[object]) -> "Asks":
        """Return the side that the parts were taken from."""
        pool, phase, run, coming, said, worth, runs = parts
        out = cls(policy, secret, Pool.again(policy.pool, pool))  # type: ignore[arg-type]  # our own state
        out._past = runs  # type: ignore[assignment]
        out.phase = phase  # type: ignore[assignment]
        out._run = None if run is None else Run.again(run)  # type: ignore[arg-type]
        out.next = None if coming is None else Secret(secret.device, Root(*coming))  # type: ignore[misc]
        out._lacking, out._spoken, out._learnt, out._told, out._answers = said  # type: ignore[misc]
        out._claim, out._ledger, out._answered, out._caution, out._guard = worth[:5]  # type: ignore[index]
        out._need, out._have, out._inside = worth[5:]  # type: ignore[index]
        return out
