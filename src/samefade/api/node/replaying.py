"""Both ends on one recording, each as a process with its own store, and a line between them that may lose things."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from samefade import schemes
from samefade.api.node.keeper import Keeper
from samefade.api.node.making import PROFILES, Node, deciding, initiator, responder
from samefade.api.node.recorded import heard, plan, recording
from samefade.errors import OutOfRange
from samefade.keys.store import Store
from samefade.keys.vault import KeyFile
from samefade.link.child import End
from samefade.link.hostile import Hostile
from samefade.link.replay import as_processes
from samefade.types import Observation, Pair

NAMES = (b"initiator", b"responder")


@dataclass(frozen=True, kw_only=True)
class Replay:
    """What to replay.

    Attributes:
        source: As `recording` takes it.
        scheme: The scheme by name.
        spoken: Samples to speak, or None for a quarter.
        kept: Samples to keep, or None for what fits.
        pace: How many times as fast as recorded, or None for as fast as can be.
        profile: "wifi" or "lora".
        false_accept: Where given, prove presence at this rate instead of agreeing on keys.
        all_tones: Take every tone.
        replay_attack: Seconds by which what the initiator says it hears is old: it holds the right secret, and plays
            back a recording because it is not there.
    """

    source: str
    scheme: str
    spoken: int | None = None
    kept: int | None = None
    pace: float | None = None
    profile: str = "wifi"
    false_accept: float | None = None
    all_tones: bool = False
    replay_attack: float | None = None

    def check(self) -> Pair[Observation]:
        """Refuse what cannot work, before there are processes; return the recording.

        Raises:
            SamefadeError: When there is no such scheme, recording, profile or rate of false accepts.
        """
        scheme = schemes.find(self.scheme)
        if self.profile not in PROFILES:
            raise OutOfRange("profile", self.profile, "wifi or lora")
        deciding(self.false_accept)
        pair = recording(self.source, all_tones=self.all_tones)
        heard(pair, "a", scheme, self.pace)
        plan(pair, scheme, spoken=self.spoken, kept=self.kept)
        return pair

    def end(self, role: int, store: Path) -> End:
        """Make one end, in its own process.

        Args:
            role: 0 for the initiator, 1 for the responder.
            store: Its store, with both ends enrolled.
        """
        opened = Store(store, KeyFile(store.with_name(f"{store.name}.key")))
        node = Node(me=NAMES[role], peers=(NAMES[1 - role],), store=opened, profile=self.profile)
        scheme, pair = schemes.find(self.scheme), recording(self.source, all_tones=self.all_tones)
        decide = deciding(self.false_accept)
        keeper = Keeper(opened, time.time)
        late = round((self.replay_attack or 0.0) * pair.rate) if role == 0 else 0
        source = heard(pair, "ab"[role], scheme, self.pace, late=late)  # type: ignore[arg-type]  # a letter of two
        if role == 1:
            return End(responder(node, scheme, decide=decide), source, keeper.keep)
        begin, presence = 1 + opened.burnt(NAMES[1]) + late, decide is not None
        made = plan(pair, scheme, spoken=self.spoken, kept=self.kept, begin=begin, presence=presence)
        return End(initiator(node, scheme, made, decide), source, keeper.keep)


@dataclass(frozen=True)
class Replayed:
    """What came of it.

    Attributes:
        confirmed: Names of the keys that each end took as confirmed, the initiator's first.
        verdicts: What each end found of the other's presence, where that was asked.
        errors: Why each end gave up, or None.
        seconds: How long it took.
        datagrams: How many passed.
        dropped: How many of them the line lost.
    """

    confirmed: tuple[tuple[str, ...], tuple[str, ...]]
    verdicts: tuple[dict[str, Any] | None, dict[str, Any] | None]
    errors: tuple[dict[str, Any] | None, dict[str, Any] | None]
    seconds: float
    datagrams: int
    dropped: int


def replay(
    what: Replay,
    stores: tuple[Path, Path],
    told: Callable[[str, dict[str, Any]], None],
    *,
    line: Hostile | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> Replayed:
    """Replay a recording as two processes.

    Args:
        what: What to replay.
        stores: Both ends' stores, the initiator's first, with each other enrolled.
        told: Told of every event, with the end's role.
        line: What happens to datagrams on the way.
        stop: Looked at five times a second.
    """
    found: dict[str, list[dict[str, Any]]] = {"a": [], "b": []}

    def note(end: str, event: dict[str, Any]) -> None:
        found[end].append(event)
        told("initiator" if end == "a" else "responder", event)

    a, b = (partial(what.end, role, store) for role, store in enumerate(stores))
    ran = as_processes(a, b, note, hostile=line or Hostile(), stop=stop)
    first, second = found["a"], found["b"]
    return Replayed(
        confirmed=(_ids(first), _ids(second)),
        verdicts=(_last(first, "present", "evidence"), _last(second, "present", "evidence")),
        errors=(_last(first, "failed", "error"), _last(second, "failed", "error")),
        seconds=ran.seconds,
        datagrams=ran.datagrams,
        dropped=ran.dropped,
    )


def _ids(events: list[dict[str, Any]]) -> tuple[str, ...]:
    return tuple(name for event in events if event["event"] == "confirmed" for name in event["key_ids"])


def _last(events: list[dict[str, Any]], name: str, what: str) -> dict[str, Any] | None:
    return next((event[what] for event in reversed(events) if event["event"] == name), None)
