"""What `samefade node` does: one end alone, or both ends of a recording."""

import secrets
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from time import time
from typing import Any

from samefade import schemes
from samefade.api import node as nodes
from samefade.api.node.identity import read_credential, read_identity
from samefade.api.node.making import deciding
from samefade.api.node.running import Link, Serving, Stopping, run_session, serve
from samefade.cli.following import Following, advice, exit_code
from samefade.cli.following import keys as counted
from samefade.errors import OutOfRange, SamefadeError, Stopped
from samefade.keys.store import Store
from samefade.keys.vault import KeyFile
from samefade.link.errors import LineLost
from samefade.link.hostile import Hostile
from samefade.presence import Decide
from samefade.session import Event, Failed, Session
from samefade.types import Observation, Pair

_ENDS = ("initiator", "responder")  # of a recording's ends a and b
_KNOWS_NOT = ("GaveUp", "Stopped", "NoAnswer", "LineLost")  # what an end says when the other one knows why
UNAUTHENTICATED = "UNAUTHENTICATED: whoever is on the line may be either end; these keys are for a laboratory alone."


@dataclass(frozen=True)
class Names:
    """Who this end is."""

    role: str | None
    me: str | None
    peers: tuple[str, ...]
    laboratory: bool
    identity: Path | None = None
    credentials: tuple[Path, ...] = ()

    def node(self, store: Store | None, profile: str) -> nodes.Node:
        """Make the node.

        Raises:
            OutOfRange: When a name is missing.
        """
        if self.identity is not None:
            return self._identified(self.identity, store, profile)
        if not self.me or not self.peers:
            raise OutOfRange("--me and --peer", f"{self.me} and {', '.join(self.peers) or None}", "a name each")
        return nodes.Node(
            me=self.me.encode(),
            peers=tuple(name.encode() for name in self.peers),
            store=store,
            profile=profile,
            unauthenticated_laboratory=self.laboratory,
        )

    def check(self) -> None:
        """Refuse who cannot take part.

        Raises:
            OutOfRange: When the role is unknown.
        """
        if self.role not in ("initiator", "responder"):
            raise OutOfRange("--role", self.role, "initiator or responder; or --replay for both")

    def _identified(self, identity: Path, store: Store | None, profile: str) -> nodes.Node:
        known = tuple(read_credential(path) for path in self.credentials)
        if not known:
            raise OutOfRange("--credential", None, "the credential of each peer")
        mine = read_identity(identity)
        return nodes.Node(
            me=mine.credential.key_id,
            peers=tuple(each.key_id for each in known),
            store=store,
            profile=profile,
            identity=mine,
            credentials=known,
            unauthenticated_laboratory=self.laboratory,
        )


@dataclass(frozen=True)
class Wanted:
    """What to do with whom."""

    source: str
    scheme: str | None
    spoken: int | None
    kept: int | None
    pace: float | None
    profile: str
    false_accept: float | None
    replay_attack: float | None = None

    def of(self, source: str) -> "Wanted":
        """Return the same of another recording."""
        return replace(self, source=source)

    @property
    def decide(self) -> Decide | None:
        """Return how presence is decided, where that is asked."""
        return deciding(self.false_accept)

    @property
    def named(self) -> str:
        """Return the scheme's name."""
        return self.scheme or schemes.BEST


@contextmanager
def store_of(names: Names, wanted: Wanted, link: str, opened: Callable[[bool], Store]) -> Iterator[Store | None]:
    """Open the store, but for a laboratory that keeps nothing; with an identity a new store will do.

    What needs no store is refused before one is made.
    """
    names.check()
    schemes.find(wanted.named)
    Link.parse(link)
    names.node(None, wanted.profile)
    with nullcontext() if names.laboratory else opened(names.identity is not None) as store:
        yield store


def alone(names: Names, wanted: Wanted, store: Store | None, link: str, following: Following, *, once: bool) -> None:
    """Run one end over a link."""
    node, scheme, to = names.node(store, wanted.profile), schemes.find(wanted.named), Link.parse(link)
    pair = nodes.recording(wanted.source)
    source = nodes.heard(pair, "a" if names.role == "initiator" else "b", scheme, wanted.pace)
    stop = Stopping()
    if names.laboratory:
        following.tell(UNAUTHENTICATED)

    def asked() -> None:
        stop.asked = True

    following.stop = asked
    if names.role == "initiator" or to.kind == "serial":
        keeper = nodes.Keeper(store, time)
        session = _session(names, node, scheme, wanted, pair)
        following.tell(f"{'speaking to' if names.role == 'initiator' else 'listening at'} {link}")
        run_session(to, session, source, _teller(keeper, following, names.role or ""), stop)
    else:
        host = nodes.listener(node, scheme, wanted.decide)

        def tell(address: str, event: Event) -> None:
            following.note(f"responder {address}", event.public())

        serving = Serving(store, source, tell, 1 if once else None, stop)
        serve(to, host, serving, lambda at: following.tell(f"listening at {at}"))
    following.summary = _summary(following, [names.role or ""])
    if not following.summary["said"]:
        following.summary["said"].append(f"{names.role}: stopped; nothing came to its end")
    if names.laboratory:
        following.summary |= {"unauthenticated": True, "said": [UNAUTHENTICATED, *following.summary["said"]]}
        following.tell(UNAUTHENTICATED)


def _session(
    names: Names, node: nodes.Node, scheme: schemes.Scheme, wanted: Wanted, pair: Pair[Observation]
) -> Session:
    decide = wanted.decide
    if names.role == "responder":
        return nodes.responder(node, scheme, decide=decide)
    made = nodes.plan(
        pair,
        scheme,
        spoken=wanted.spoken,
        kept=wanted.kept,
        begin=1 + node.mark(node.peers[0]),
        presence=decide is not None,
    )
    return nodes.initiator(node, scheme, made, decide)


def _teller(keeper: nodes.Keeper, following: Following, role: str) -> Callable[[Event], None]:
    def tell(event: Event) -> None:
        keeper.keep(event)
        following.note(role, event.public())

    return tell


def replayed(wanted: Wanted, stores: Path | None, loss: float, following: Following) -> None:
    """Run both ends of a recording as two processes."""
    what = nodes.Replay(
        source=wanted.source,
        scheme=wanted.named,
        spoken=wanted.spoken,
        kept=wanted.kept,
        pace=wanted.pace,
        profile=wanted.profile,
        false_accept=wanted.false_accept,
        replay_attack=wanted.replay_attack,
    )
    about = _about(what.check())
    following.about = {name: value for name, value in about.items() if name != "dropped" or any(value.values())}
    line = Hostile(loss=loss)
    following.stop = lambda: None  # the line looks at `asked`
    with tempfile.TemporaryDirectory(prefix="samefade-") if stores is None else nullcontext(str(stores)) as folder:
        paths = _stores(Path(folder))
        done = nodes.replay(what, paths, following.note, line=line, stop=lambda: following.asked)
    _say_why(following)
    following.summary = _summary(following, [*_ENDS]) | {
        **about,
        "seconds": round(done.seconds, 3),
        "datagrams": done.datagrams,
        "lost": done.dropped,
        "same_keys": bool(done.confirmed[0]) and done.confirmed[0] == done.confirmed[1],
    }
    lost = f", {done.dropped} of them lost" if done.dropped else ""
    following.summary["said"].insert(0, _told(about))
    following.summary["said"].append(f"{done.datagrams} frames{lost}, {done.seconds:.1f} s")


def _about(pair: Pair[Observation]) -> dict[str, Any]:
    """Say how the packets of both ends were matched, and what of their files was dropped before."""
    dropped = {end: dict(one.dropped) for end, one in zip(_ENDS, pair.recordings, strict=False)}
    return {"samples": len(pair), "matching": pair.matching, "dropped": dropped}


def _told(about: dict[str, Any]) -> str:
    lost = [f"{why} {count:,} ({end})" for end, each in about["dropped"].items() for why, count in each.items()]
    dropped = "; dropped from the files: " + ", ".join(lost) if lost else ""
    return f"{about['samples']:,} samples, matched by {about['matching']}{dropped}"


def _say_why(following: Following) -> None:
    """Note why an end has nothing to tell: its process was stopped, or is gone."""
    why: SamefadeError = (
        Stopped(state="unknown")
        if following.asked
        else LineLost("the process of this end", "it ended before the run did")
    )
    ended = {end for end, told in following.events if told["event"] != "pending"}
    for end in _ENDS:
        if end not in ended:
            following.note(end, Failed(error=why).public())


def _stores(folder: Path) -> tuple[Path, Path]:
    """Make both ends' stores where they are not there yet, and enrol the ends with a fresh secret."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    paths = (folder / "initiator.store", folder / "responder.store")
    if not any(path.exists() for path in paths):
        secret = secrets.token_bytes(32)
        for path, peer in zip(paths, (b"responder", b"initiator"), strict=True):
            with Store(path, KeyFile(path.with_name(f"{path.name}.key")), create=True) as store:
                store.enrol(peer, secret)
    return paths


def _summary(following: Following, ends: list[str]) -> dict[str, Any]:
    """Return what came of it, in words and as JSON."""
    found: dict[str, Any] = {"ends": {}, "said": [], "exit_code": 0}
    for end in ends:
        events = [told for name, told in following.events if name.split(" ")[0] == end]
        keys = [key for told in events if told["event"] == "pending" for key in told["keys"]]
        confirmed = [name for told in events if told["event"] == "confirmed" for name in told["key_ids"]]
        failed = next((told["error"] for told in events if told["event"] == "failed"), None)
        present = next((told["evidence"] for told in events if told["event"] == "present"), None)
        claims = {key["key_id"]: key["claim"] for key in keys}
        found["ends"][end] = {
            "confirmed": [{"key_id": name, "claim": claims.get(name)} for name in confirmed],
            "present": present,
            "error": failed,
        }
        if failed is not None and (found["exit_code"] == 0 or failed["error"] not in _KNOWS_NOT):
            found["exit_code"] = exit_code(failed)  # of the end that knows why
        if confirmed:
            found["said"].append(f"{end}: {counted(len(confirmed))} confirmed, claim {claims.get(confirmed[0])}")
        if present is not None:
            found["said"].append(f"{end}: the other end is present")
        if failed is not None:
            found["said"].append(f"{end}: {failed['why']}")
    errors = [told["error"] for told in found["ends"].values() if told["error"] is not None]
    for failed in [error for error in errors if error["error"] not in _KNOWS_NOT] or errors:
        following.advise(advice(failed))  # an end that does not know why has nothing to add
    return found
