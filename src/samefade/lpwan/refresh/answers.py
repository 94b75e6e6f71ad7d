"""What the device answers to each request of a run."""

from samefade.errors import KeysDiffer, RemoteProtocolError, SamefadeError
from samefade.lpwan.refresh import messages
from samefade.lpwan.refresh.commit import candidate, commit_tag
from samefade.lpwan.refresh.events import REASONS
from samefade.lpwan.refresh.messages import Reader, Told
from samefade.lpwan.refresh.policy import Policy
from samefade.lpwan.refresh.pool import Pool
from samefade.lpwan.refresh.run import CLAIMS, Run, digest
from samefade.lpwan.refresh.sealing import LAST_NUMBER, Secret
from samefade.lpwan.refresh.state import pack_account, unpack_account
from samefade.lpwan.refresh.string import answerer, bits_of, layout_of, long
from samefade.reconcile import Answerer
from samefade.session.events import Root
from samefade.types import Bits, Claim, Ledger
from samefade.wire.kdf import equal

MOST_ASKED = 1024  # bytes of a run's questions, which are kept: ours took 41 at most on simulated links


class Answers:
    """The device's side of a run, with the samples that it may take.

    Attributes:
        pool: The samples.
        next: The secret that was committed to and is not yet in force, or None.
        ledger: The account, as far as it went.
        reason: Why the last request was refused.
        now: Place of the frame that is being answered.
    """

    def __init__(self, policy: Policy, secret: Secret, pool: Pool) -> None:
        """Begin without a run."""
        self._policy, self._secret, self.pool = policy, secret, pool
        self.next: Secret | None = None
        self.now = 0
        self.ledger, self.reason = Ledger(), REASONS[0]
        self._claim: Claim = "none"
        self._run: Run | None = None
        self._terms: Told | None = None
        self._asked: list[bytes] = []
        self._answerer: Answerer | None = None

    def take(self, place: int, value: int) -> bool:
        """Pool a sample."""
        return self.pool.take(place, value, held=self._run is not None)

    def to(self, request: bytes) -> tuple[bytes, str | None]:
        """Return the answer to a request, and why the run failed where the network says that it did.

        Raises:
            SamefadeError: When it cannot be answered; the request is refused with `reason`.
        """
        self.reason = REASONS[0]
        said = Reader(request)
        kind = said.number(messages.CARRY)
        if kind == messages.FAIL:
            return b"", self._failed(said)
        if kind == messages.DONE:
            return b"", None
        if kind == messages.BEGIN:
            first = self._until_now(said, 0)
            self.pool.burn(first)
            self._drop()
            self._run = Run.begun(self._secret.device, self._secret.epoch, first)
        if self._run is None:
            raise RemoteProtocolError(request=kind, run="none")
        if kind == messages.COMMIT:
            self._commit(self._run, said)
            return b"", None
        answers = {
            messages.BEGIN: self._name,
            messages.MORE: self._more,
            messages.SPEAK: self._speak,
            messages.TERMS: self._begin_talk,
            messages.ASK: self._talk,
        }
        if kind not in answers:
            raise RemoteProtocolError(request=kind)
        answer = answers[kind](self._run, said)
        self._run.say(request, answer)
        return answer, None

    def put_in_force(self) -> tuple[Claim, Ledger]:
        """Take the next secret for good, forget the old one, and return what the new one is worth."""
        if self.next is not None:
            self._secret, self.next = self.next, None
        claim, ledger = self._claim, self.ledger
        self._drop()
        return claim, ledger

    def roll_back(self) -> None:
        """Forget a secret that never came into force."""
        self.next = None

    def _drop(self) -> None:
        """Forget the run, and all that it took."""
        self._run = self._terms = self._answerer = self.next = None
        self._asked = []
        self.pool.drop_burned()

    def _failed(self, said: Reader) -> str:
        reason = said.number(len(REASONS) - 1)
        said.end()
        if self._run is not None:
            self.ledger = self._run.naming(self._policy, 0)
        self._drop()
        return REASONS[reason]

    def _name(self, run: Run, said: Reader) -> bytes:
        """Say where this end has samples among the next places; they are burned for every later run."""
        count = self._until_now(said, run.end, messages.MOST_PLACES)
        said.end()
        if not count:
            raise RemoteProtocolError(places=count)
        places = [place for place, _ in self.pool.within(run.end, run.end + count) if place >= self.pool.burned]
        answer = messages.pack_bitmap(places, run.end, count)
        run.name(count, len(places))
        self.pool.burn(run.end)
        return answer

    def _more(self, run: Run, said: Reader) -> bytes:
        if self._terms is not None:
            raise RemoteProtocolError(places="named in the discussion")  # the string is fixed by now
        self._lack(run, said)
        skipped = self._until_now(said, run.end)
        if skipped:
            end = run.end + skipped
            self.pool.keep([sample for sample in self.pool.samples() if not run.end <= sample[0] < end])
            run.skip(skipped)
        return self._name(run, said)

    def _until_now(self, said: Reader, place: int, most: int = LAST_NUMBER) -> int:
        """Read how many places from this one on are meant; places to come are refused, or a word could burn them."""
        return said.number(min(most, max(0, self.now - place)))

    def _lack(self, run: Run, said: Reader) -> None:
        """Forget samples that the network has no match for."""
        lacking = messages.read_lacking(said, run.named)
        held = self.pool.samples()
        run_end = sum(place < run.end for place, _ in held)
        inside = range(run_end - run.named, run_end)  # what was named last lies last
        gone = {inside[position] for position in lacking}
        if gone:
            self.pool.keep([sample for i, sample in enumerate(held) if i not in gone])
        run.lack(len(lacking))

    def _speak(self, run: Run, said: Reader) -> bytes:
        """Tell the values of the first samples of the run: the spoken share, by a rule that both know."""
        if run.spoken >= 0 or self._terms is not None:
            raise RemoteProtocolError(spoken="before")  # other values would be kept ones
        self._lack(run, said)
        said.end()
        samples = self.pool.within(run.first, run.end)[: self._policy.spoken]
        if len(samples) != self._policy.spoken:
            self.reason = "samples are gone"
            raise RemoteProtocolError(spoken=len(samples), expected=self._policy.spoken)
        run.spoken = samples[-1][0]
        return messages.pack_values([value for _, value in samples])

    def _begin_talk(self, run: Run, said: Reader) -> bytes:
        if self._terms is not None:
            raise RemoteProtocolError(terms="told before")
        self._lack(run, said)
        terms = Told.read(said)
        if not 0 <= run.spoken < terms.first:
            raise RemoteProtocolError(first_kept=terms.first)  # what was spoken can never be kept
        run.settle()
        self._terms = terms
        return self._talk(run, said)

    def _talk(self, run: Run, said: Reader) -> bytes:
        question = said.rest()
        if sum(map(len, self._asked)) + len(self._asked) + len(question) > MOST_ASKED:
            raise RemoteProtocolError(questions=len(self._asked))
        bits, talker = self._string(run)
        try:
            answer = talker.answer(long(question, layout_of(self._policy, bits.layers, run.seed)))
        except SamefadeError:
            self._answerer = None  # it may have counted what it refused: it is made again from what it answered
            raise
        self._asked.append(question)
        return answer

    def _string(self, run: Run) -> tuple[Bits, Answerer]:
        """Return this end's string, and the party that answers, after all that it was asked before."""
        if self._terms is None:
            raise RemoteProtocolError(terms="none yet")
        values = [value for _, value in self.pool.within(self._terms.first, run.end)]
        bits = bits_of(values, self._terms)
        if self._answerer is None:
            self._answerer = answerer(self._policy, bits, run.seed, self._asked)
        return bits, self._answerer

    def _commit(self, run: Run, said: Reader) -> None:
        """Compute the new secret, and hold it beside the old one.

        Raises:
            KeysDiffer: When the network's account or its tag is another one.
            NotEnough: When the account pays for no key.
        """
        self.reason = "tags differ"
        claim, theirs, tag = CLAIMS[said.number(len(CLAIMS) - 1)], said.take(messages.DIGEST), said.take(messages.TAG)
        said.end()
        bits, talker = self._string(run)
        kept = len(bits) // self._terms.width if self._terms is not None else 0
        ledger = run.account(self._policy, talker.ledger, kept, len(bits), claim)
        if claim not in self._policy.claims or not equal(digest(ledger), theirs):
            raise KeysDiffer(account_a=ledger.paid)
        root = candidate(self._policy, self._secret, run, talker.fixed, ledger, claim)
        if not equal(commit_tag(self._secret.device, root), tag):
            raise KeysDiffer
        self.next, self.ledger, self._claim = Secret(self._secret.device, root), ledger, claim

    def reveal_secret_parts(self) -> list[object]:
        """Return plain values from which `again` makes it; whoever calls this is responsible for them."""
        coming = (
            None
            if self.next is None
            else [self.next.root.name, self.next.root.epoch, self.next.root.reveal_secret_bytes()]
        )
        terms = None if self._terms is None else self._terms.pack()
        run = None if self._run is None else self._run.parts()
        return [
            self.pool.reveal_secret_parts(),
            run,
            terms,
            self._asked,
            coming,
            self._claim,
            pack_account(self.ledger),
        ]

    @classmethod
    def again(cls, policy: Policy, secret: Secret, parts: list[object]) -> "Answers":
        """Return the side that the parts were taken from."""
        pool, run, terms, asked, coming, claim, ledger = parts
        out = cls(policy, secret, Pool.again(policy.pool, pool))  # type: ignore[arg-type]  # our own state
        out._run = None if run is None else Run.again(run)  # type: ignore[arg-type]
        out._terms = None if terms is None else Told.read(Reader(terms))  # type: ignore[arg-type]
        out._asked, out._claim, out.ledger = asked, claim, unpack_account(ledger)  # type: ignore[assignment]
        out.next = None if coming is None else Secret(secret.device, Root(*coming))  # type: ignore[misc]
        return out
