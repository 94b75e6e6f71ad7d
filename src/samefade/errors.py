"""Say what went wrong: one tree of errors, each a sentence, its numbers and one line of advice.

The class docstring is the sentence that a user reads.
Every branch has its own exit code, so that a script can tell bad input from a channel that holds no key.
"""

from typing import ClassVar

_WORDS = ("what", "why", "reason")  # of the numbers, those that are words and go on with the sentence


class SamefadeError(Exception):
    """Something went wrong in samefade."""

    exit_code: ClassVar[int] = 1
    advice: ClassVar[str] = "Run the command again with --traceback and report what it prints."

    def __init__(self, **numbers: object) -> None:
        """Keep the numbers that explain the error; each becomes an attribute of `numbers`."""
        self.numbers = numbers
        super().__init__(numbers)

    @property
    def sentence(self) -> str:
        """Return the sentence for the user: the class docstring on one line."""
        return " ".join((type(self).__doc__ or "").split())

    def __str__(self) -> str:
        """Join the sentence, what it is about, and the numbers."""
        about = [str(value) for name, value in self.numbers.items() if name in _WORDS]
        told = [f"{name} {_plain(value)}" for name, value in self.numbers.items() if name not in _WORDS]
        sentence = ": ".join([self.sentence.rstrip("."), *about]) + ("" if about and about[-1].endswith(".") else ".")
        return f"{sentence} ({', '.join(told)})" if told else sentence


def _plain(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


class InputError(SamefadeError):
    """What was given cannot be used."""

    exit_code = 2
    advice = "Check the file names and the options; `samefade COMMAND --help` has examples."


class UnreadableRecording(InputError):
    """The recording cannot be read."""

    advice = "Check that this is the file that you meant; docs/reference/formats.md lists what can be read."

    def __init__(self, path: object, *, line: int | None = None, reason: str) -> None:
        """Name the file, the line (counted from 1) where one is to blame, and the reason."""
        where = {} if line is None else {"line": line}
        super().__init__(file=path, **where, reason=reason)


class EndsDisagree(InputError):
    """The two ends do not fit together."""

    advice = "Give two recordings of the same link, taken at the same time with the same settings."

    def __init__(self, what: str, a: object, b: object) -> None:
        """Name the quantity that differs and its value at each end."""
        super().__init__(what=what, a=a, b=b)


class ClocksDisagree(InputError):
    """The clocks of the two recordings cannot be matched."""

    advice = "Record a sequence number, or give recordings that overlap in time."

    def __init__(self, *, offset: float, drift: float, matched: float) -> None:
        """Give the best offset (s), the drift (ppm) and the fraction of samples that it matches."""
        super().__init__(offset_s=offset, drift_ppm=drift, matched=matched)


class NotFinite(InputError):
    """A value is not a finite number."""

    advice = "Remove NaN and infinite values, or mark them as gaps."

    def __init__(self, where: str, count: int) -> None:
        """Name the array and count its values that are NaN or infinite."""
        super().__init__(where=where, count=count)


class OutOfRange(InputError):
    """A parameter has a value that makes no sense."""

    advice = "Give a value that is allowed, as shown."

    def __init__(self, parameter: str, value: object, allowed: str) -> None:
        """Name the parameter, its value and what is allowed."""
        super().__init__(parameter=parameter, value=value, allowed=allowed)


class MissingExtra(InputError):
    """An optional part of samefade is not installed."""

    advice = "Install it with the command shown, into the same Python; `samefade doctor` lists every extra."

    def __init__(self, extra: str) -> None:
        """Name the extra; the command that installs it follows from it."""
        super().__init__(extra=extra, command=f"pip install 'samefade[{extra}]'")


class UnknownName(InputError):
    """Nothing has this name."""

    advice = "Choose one of the known names."

    def __init__(self, kind: str, name: str, known: tuple[str, ...]) -> None:
        """Name the kind of thing, the name asked for and the names that exist."""
        super().__init__(kind=kind, name=name, known=", ".join(known))


class DataUnavailable(InputError):
    """The data set is neither in the mirror folder nor to be downloaded."""

    advice = "Set SAMEFADE_DATA to a folder that holds it, or run `samefade data get NAME` where there is a network."

    def __init__(self, name: str, reason: str) -> None:
        """Name the data set and say what was tried."""
        super().__init__(name=name, reason=reason)


class CannotWrite(InputError):
    """The result cannot be written; nothing was left half-written."""

    advice = "Make its folder, free some space, or choose another place with the option that names the file."

    def __init__(self, path: object, reason: str) -> None:
        """Name the file and give the operating system's reason."""
        super().__init__(file=path, reason=reason)


class NotEnough(SamefadeError):
    """The channel does not hold a key: this is an answer, not a failure of the program."""

    exit_code = 3
    advice = "Record for longer, move a device, or use another channel; no key is the honest result here."


class TooFewSamples(NotEnough):
    """There are too few samples to learn anything from."""

    advice = "Record for longer, and without long gaps."

    def __init__(self, *, have: float, need: float) -> None:
        """Give the number of samples there are and the number needed."""
        super().__init__(have=have, need=need)


class MostlyGaps(TooFewSamples):
    """There are too few packets for so long a time: nearly all of it is gaps."""

    advice = "Cut the recording at its long gaps and give one piece."


class ConstantSignal(NotEnough):
    """A signal does not vary, so it has no correlation and holds no key."""

    advice = "Check that the device logs what it hears; in a static channel no key can be had."

    def __init__(self, end: str, value: float) -> None:
        """Name the end and its constant value."""
        super().__init__(end=end, value=value)


class TooLittleEntropy(NotEnough):
    """After every public bit is paid, too little entropy is left for a key."""

    advice = "Record for longer; `samefade measure` says what limits this link."

    def __init__(self, *, have: float, need: float) -> None:
        """Give the secret bits that are left (negative when more was told than there was) and those needed."""
        super().__init__(have=have, need=need)


class NotReciprocal(NotEnough):
    """The two ends did not hear the same fade."""

    advice = "`samefade measure --plot FILE` draws where the two recordings agree and where they do not."

    def __init__(self, *, correlation: float, lag: int, why: str) -> None:
        """Give the correlation, the lag (samples) where it was found, and the test that failed, with its numbers."""
        super().__init__(correlation=correlation, lag=lag, why=why)

    def __str__(self) -> str:
        """Join the sentence and the test, which names its numbers; a second correlation beside them only confuses."""
        return f"{self.sentence.rstrip('.')}: {self.numbers['why']}."


class TooManyErrors(NotEnough):
    """No code of this kind corrects so many errors and leaves anything untold."""

    advice = "Take another code (Polar or Cascade tell least here), or a channel with fewer errors."

    def __init__(self, *, estimate: float, why: str) -> None:
        """Give the expected bit error rate, and up to which one there is a code."""
        super().__init__(bit_error_rate=estimate, why=why)


class AgreementFailed(SamefadeError):
    """The two ends did not reach the same key."""

    exit_code = 4
    advice = "Run again with new samples; if it happens often, the channel is too noisy or someone interferes."


class StillDiffers(AgreementFailed):
    """After reconciliation the two strings still differ, by noise or by an attacker's hand."""

    def __init__(self, *, estimate: float) -> None:
        """Give the estimated bit error rate before reconciliation."""
        super().__init__(bit_error_rate=estimate)


class KeysDiffer(AgreementFailed):
    """The two ends derived different keys; both were destroyed."""


class GaveUp(AgreementFailed):
    """The other end ended the run and does not say why: it found no key, it was stopped, or someone interferes."""

    advice = "Ask the other end's owner: its own log says why."


class Stopped(AgreementFailed):
    """This end was stopped before the run was over."""

    advice = "Run it again; what was measured is burnt and will not be used a second time."


class NoAnswer(AgreementFailed):
    """The other end does not answer: it is off, out of reach, has another prior secret, or someone blocks the link."""

    advice = "Check that the other end runs, that its address is right and that both hold the same prior secret."

    def __init__(self, *, waited: float, state: str) -> None:
        """Give the seconds waited and what was known by then."""
        super().__init__(waited_s=waited, state=state)


class PresenceRefused(SamefadeError):
    """The channel does not show that the device is here now."""

    exit_code = 5


class ReplaySuspected(PresenceRefused):
    """What the device says that it heard is not what was heard of it.

    Perhaps an old recording is replayed, perhaps another device speaks in its place or someone sits in between;
    perhaps nothing moved and both ends logged only noise, or one of them logged wrongly.
    """

    advice = "Try once more while something moves; if it is refused again, treat the device as not present."

    def __init__(self, *, correlation: float, lag: int, threshold: float) -> None:
        """Give the correlation, the lag (frames) where it was found, and the correlation that was needed."""
        super().__init__(correlation=correlation, lag=lag, threshold=threshold)


class ChannelTooStatic(PresenceRefused):
    """The channel varied too little to tell a device that is here now from a recording of it.

    The room may be quiet or the time too short; or someone keeps the channel still on purpose.
    """

    advice = "Measure for longer, or move a device; nothing was accepted."

    def __init__(self, *, effective_samples: float, need: float) -> None:
        """Give the effective samples that there were and those needed."""
        super().__init__(effective_samples=effective_samples, need=need)


class BadSignature(PresenceRefused):
    """The statement of presence does not belong to this run, this device or these samples.

    It was damaged, taken from another run, made with another key, or written by an attacker.
    """

    advice = "Check that both ends know each other's right key; if they do, someone interferes."


class ProtocolError(SamefadeError):
    """A message broke the rules of the protocol."""

    exit_code = 6
    advice = "Install the same version of samefade at both ends; if they have it, take the line for attacked."


class LocalProtocolError(ProtocolError):
    """This end was asked for something that the protocol does not allow now."""

    advice = SamefadeError.advice


class FramesUsed(LocalProtocolError):
    """These frames were taken by another run with the same peer, and no sample may be used twice."""

    advice = "Run one session at a time with each peer on one store; start again, and it begins behind those frames."

    def __init__(self, *, first: int, burnt: int) -> None:
        """Give the first frame that was to be measured and the last one that is burnt."""
        super().__init__(first=first, burnt=burnt)


class RemoteProtocolError(ProtocolError):
    """The other end sent what no correct end sends: it has another version, a defect, or is an attacker."""
