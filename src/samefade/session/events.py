"""What a session tells its shell; each event has a public form without a secret in it."""

from dataclasses import dataclass, field, fields
from typing import Any, NoReturn
from uuid import UUID

from samefade.errors import SamefadeError
from samefade.types import Key

Certificate = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened."""

    def public(self) -> dict[str, Any]:
        """Return what a log may hold: the name of the event and its fields, as JSON takes them."""
        told = {f.name: _plain(getattr(self, f.name)) for f in fields(self) if f.repr}
        return {"event": type(self).__name__.lower(), **told}


@dataclass(frozen=True, kw_only=True)
class Moved(Event):
    """The state table moved."""

    state: str


@dataclass(frozen=True, kw_only=True)
class Known(Event):
    """The other end proved that it holds the prior secret.

    Attributes:
        peer: Its identity, as it names itself under the prior secret.
        prior: Public name of the prior secret that both hold.
    """

    peer: bytes
    prior: bytes


@dataclass(frozen=True, kw_only=True)
class Reserve(Event):
    """This end is about to use the frames `first` to `last`: burn all up to the last before going on.

    Where one of these was burnt before, another run has it, and this one must be stopped with `FramesUsed`.
    """

    first: int
    last: int


@dataclass(frozen=True, kw_only=True)
class Probe(Event):
    """The frames `first` to `last` shall be measured now, and heard in order."""

    first: int
    last: int


@dataclass(frozen=True, kw_only=True)
class Progress(Event):
    """Some part of a long piece of work is done."""

    what: str
    done: int
    of: int


@dataclass(frozen=True, kw_only=True)
class Issued:
    """A key with its public name and its certificate.

    Attributes:
        key_id: The same at both ends; public.
        key: The secret.
        certificate: What may travel with it: claim level, account, what was assumed.
    """

    key_id: UUID
    key: Key = field(repr=False)
    certificate: Certificate = field(repr=False)


class Root:
    """The secret that this run leaves for the next one, with its public name; it replaces nothing that is not in it."""

    __slots__ = ("_secret", "epoch", "name")
    __hash__ = None  # type: ignore[assignment]  # a hash would be a serialiser

    def __init__(self, name: bytes, epoch: int, secret: bytes) -> None:
        """Take the public name, the number of runs that went into it, and the secret."""
        self.name, self.epoch, self._secret = name, epoch, secret

    def __repr__(self) -> str:
        """Show the name; never the secret."""
        return f"Root({self.name.hex()}, epoch {self.epoch})"

    def __reduce__(self) -> NoReturn:
        """Refuse to be pickled."""
        raise TypeError("a Root has no serialiser: it is secret")

    def reveal_secret_bytes(self) -> bytes:
        """Return the secret itself; whoever calls this is responsible for it from here on."""
        return self._secret


@dataclass(frozen=True, kw_only=True)
class Pending(Event):
    """Keys were computed and are not confirmed: keep them, deliver none.

    Attributes:
        keys: The keys.
        root: The prior secret for the next run.
    """

    keys: tuple[Issued, ...]
    root: Root

    def public(self) -> dict[str, Any]:
        """Return names and claims only."""
        named = [{"key_id": str(x.key_id), "claim": x.key.claim} for x in self.keys]
        return {"event": "pending", "keys": named, "epoch": self.root.epoch}


@dataclass(frozen=True, kw_only=True)
class Confirmed(Event):
    """The other end holds the same keys."""

    key_ids: tuple[UUID, ...]


@dataclass(frozen=True, kw_only=True)
class Discarded(Event):
    """The run ended before these keys were confirmed.

    An end that knows that the other one holds them keeps them pending: the next handshake tells.
    """

    key_ids: tuple[UUID, ...]


@dataclass(frozen=True, kw_only=True)
class Present(Event):
    """The channel shows that the other end is here now.

    Attributes:
        evidence: The numbers.
    """

    evidence: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Refused(Event):
    """The channel does not show it.

    Attributes:
        error: Which of the errors of presence, with its numbers.
    """

    error: SamefadeError


@dataclass(frozen=True, kw_only=True)
class Failed(Event):
    """The run ended without its purpose; the state was wiped.

    Attributes:
        error: Why, for this end's owner alone: the other end is told nothing but that it is over.
    """

    error: SamefadeError


def _plain(value: Any) -> Any:  # noqa: ANN401 -- whatever a field holds
    if isinstance(value, SamefadeError):
        return {"error": type(value).__name__, "why": str(value)}
    if isinstance(value, tuple):
        return [_plain(x) for x in value]
    if isinstance(value, bytes):
        return value.hex()
    return str(value) if isinstance(value, UUID) else value
