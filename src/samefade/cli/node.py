"""`samefade node`: one end of a link, or both ends of a recording, agree on keys or prove that they are there."""

from pathlib import Path
from typing import Annotated

import typer

from samefade.cli.asked import SchemeName
from samefade.cli.following import Following
from samefade.cli.keys import File, KeyAt, Words, open_store

Role = Annotated[str | None, typer.Option("--role", help="initiator begins; responder waits to be spoken to.")]
LinkTo = Annotated[
    str,
    typer.Option(
        "--link", help="udp:HOST:PORT, coap:HOST:PORT or serial:DEVICE[:SPEED]; to listen, HOST may be empty."
    ),
]
Source = Annotated[
    str, typer.Option("--source", help="What is heard: demo, a public data set, a two-ended FILE, or FILE_A,FILE_B.")
]
Whole = Annotated[str | None, typer.Option("--replay", help="Run both ends on this recording, as two processes.")]
Me = Annotated[str | None, typer.Option("--me", help="Name of this node.")]
Peer = Annotated[list[str] | None, typer.Option("--peer", help="Name of the other node; a responder may have several.")]
Own = Annotated[
    Path | None, typer.Option("--identity", help="Begin with EDHOC: this node's identity, of `samefade identity`.")
]
Theirs = Annotated[list[Path] | None, typer.Option("--credential", help="With --identity: a peer's credential.")]
SpokenSamples = Annotated[int | None, typer.Option("--spoken", help="Samples to speak; by default a quarter.")]
KeptSamples = Annotated[int | None, typer.Option("--kept", help="Samples to make keys of; by default what fits.")]
Pace = Annotated[float | None, typer.Option("--pace", help="How many times as fast as recorded; by default at once.")]
Presence = Annotated[
    bool, typer.Option("--presence", help="Prove by the channel that both are there now, instead of agreeing on keys.")
]
Rate = Annotated[float, typer.Option("--false-accept", help="With --presence: how often an impostor may pass.")]
ProfileName = Annotated[str, typer.Option("--profile", help="wifi (200-byte frames) or lora (51).")]
Once = Annotated[bool, typer.Option("--once", help="A responder: end after the first run.")]
TraceTo = Annotated[Path | None, typer.Option("--trace", help="Write a trace here; `samefade trace FILE` shows it.")]
Loss = Annotated[float, typer.Option("--loss", help="With --replay: share of the frames that the line loses.")]
Attack = Annotated[
    float | None,
    typer.Option("--replay-attack", help="With --replay: the initiator plays back what it heard so many seconds ago."),
]
Folder = Annotated[Path | None, typer.Option("--stores", help="With --replay: keep both ends' stores here.")]
Laboratory = Annotated[
    bool,
    typer.Option("--unauthenticated-laboratory", help="No prior secret: whoever sits on the line can be either end."),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


def node(
    role: Role = None,
    link: LinkTo = "udp:127.0.0.1:47000",
    source: Source = "demo",
    replay: Whole = None,
    me: Me = None,
    peer: Peer = None,
    identity: Own = None,
    credential: Theirs = None,
    store: File = Path("samefade.store"),
    key_file: KeyAt = None,
    passphrase_file: Words = None,
    scheme: SchemeName = None,
    spoken: SpokenSamples = None,
    kept: KeptSamples = None,
    pace: Pace = None,
    presence: Presence = False,
    false_accept: Rate = 1e-3,
    profile: ProfileName = "wifi",
    once: Once = False,
    trace: TraceTo = None,
    loss: Loss = 0.0,
    stores: Folder = None,
    replay_attack: Attack = None,
    unauthenticated_laboratory: Laboratory = False,
    json: Json = False,
) -> None:
    """Run one end of a link, or with --replay both ends of a recording; exit code 3 or 5 when there is no key.

    Examples: `samefade node --replay demo` ·
    `samefade node --role responder --me ap --peer sta --store ap.store --link udp::47000` ·
    `samefade node --role initiator --me sta --peer ap --store sta.store --link udp:127.0.0.1:47000` ·
    `samefade node --replay demo --presence --spoken 600` ·
    `samefade node --replay demo --presence --spoken 600 --replay-attack 60`
    """
    from samefade.cli import node_runs as runs

    rate = false_accept if presence else None
    wanted = runs.Wanted(source, scheme, spoken, kept, pace, profile, rate, replay_attack)
    with Following(trace, quiet=json) as following:
        if replay is not None:
            runs.replayed(wanted.of(replay), stores, loss, following)
        else:
            names = runs.Names(
                role, me, tuple(peer or ()), unauthenticated_laboratory, identity, tuple(credential or ())
            )
            with runs.store_of(
                names, wanted, link, lambda new: open_store(store, key_file, passphrase_file, create=new)
            ) as opened:
                runs.alone(names, wanted, opened, link, following, once=once)
    following.end(as_json=json)
