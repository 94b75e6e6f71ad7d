"""`samefade lpwan rehearse`: virtual devices and their network server, over a real broker, before there is a radio."""

import asyncio
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from samefade.cli.lpwan.serve import Conceded, Every, Port, Tls, broker_of, policy_of, private_file
from samefade.cli.output import bar, emit, say, show, table
from samefade.errors import AgreementFailed, NotEnough, OutOfRange

if TYPE_CHECKING:
    from samefade.lpwan.refresh import Policy
    from samefade.lpwan.rehearsal.fade import Fade
    from samefade.lpwan.rehearsal.folder import Folder, Kept
    from samefade.lpwan.rehearsal.play import Play, Rules
    from samefade.lpwan.rehearsal.tracker import Tracker

_SCHEMA = "samefade.lpwan-rehearsal/1"
_APPLICATION = "rehearsal"
_BEHIND = 16  # frames of one device; fewer are the machine's own unrest
# reasons of a run that say something about the channel; the others are about the two ends
_CHANNEL = {"not reciprocal", "too little entropy", "claim not accepted", "samples are gone"}
_NOTE = (
    "blocks: downlinks that carried one. account: bits of the string, less all that was told of it.\n"
    "SIMULATED: the fade comes from a seed, so this shows that the parts fit, and no secrecy."
)


def rehearse(
    folder: Annotated[Path, typer.Argument(help="Folder of the virtual devices; --new makes it.")],
    new: Annotated[
        int | None, typer.Option("--new", help="Make so many virtual devices, 1 to 256, and play nothing yet.")
    ] = None,
    broker: Annotated[str, typer.Option(help="MQTT broker, as host or host:port.")] = "localhost",
    application: Annotated[
        str, typer.Option(help="Its name in topics, beginning with `rehearsal`; serve is given the same.")
    ] = _APPLICATION,
    user: Annotated[str, typer.Option(help="User name at the broker.")] = "",
    password_file: Annotated[Path | None, typer.Option(help="File with the password, readable to you alone.")] = None,
    tls: Tls = False,
    ca: Annotated[Path | None, typer.Option(help="Authority of the broker's certificate; else the system's.")] = None,
    certificate: Annotated[Path | None, typer.Option(help="This client's own certificate.")] = None,
    key: Annotated[Path | None, typer.Option(help="Private key of that certificate.")] = None,
    pace: Annotated[
        float, typer.Option("--frames-a-second", help="Of all devices together; fewer where serve needs longer.")
    ] = 100.0,
    refreshes: Annotated[int, typer.Option(min=1, help="New secrets that each device is to have.")] = 1,
    most: Annotated[int, typer.Option("--most-frames", min=1, help="Frames after which a device gives up.")] = 8000,
    lost: Annotated[float, typer.Option(help="Share of frames that are lost, in each direction.")] = 0.2,
    spread: Annotated[float, typer.Option(help="Standard deviation of the simulated fade, dB.")] = 8.0,
    noise: Annotated[float, typer.Option(help="Standard deviation of each end's own noise, dB.")] = 0.5,
    memory: Annotated[float, typer.Option(help="Correlation of the fade from one frame to the next.")] = 0.6,
    spare: Annotated[int, typer.Option("--spare-bytes", help="Most bytes of a block in an uplink, 11 to 41.")] = 30,
    seed: Annotated[int, typer.Option(min=0, help="Of the simulated fade.")] = 0,
    every: Every = 1,
    port: Port = 85,
    conceded: Conceded = 0.0,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Rehearse a refresh: play virtual devices and ChirpStack v4 over a real broker, against `samefade lpwan serve`.

    The fade is simulated; broker, store, protocol and `serve` are the real ones.
    Each virtual device goes on until it has a new secret or was told why not; the folder keeps what it knows.

    Examples: `samefade lpwan rehearse town --new 4`, `samefade lpwan enrol --devices town/secrets.csv`,
    `samefade lpwan serve --server chirpstack --application rehearsal` in another terminal, and then
    `samefade lpwan rehearse town` · `samefade lpwan rehearse town --noise 4 --json`

    Exit codes: 0 all have a new secret, 3 the channel holds none, 4 the ends do not agree, nobody answers, or stopped.
    """
    from samefade.lpwan.rehearsal.fade import Fade
    from samefade.lpwan.rehearsal.folder import Folder
    from samefade.lpwan.rehearsal.play import Play, Rules

    place = Folder(folder)
    if new is not None:
        place.make(new)
        _made(place, new, application, broker, as_json=json)
        return
    if not 0 < pace <= 100_000:
        raise OutOfRange("--frames-a-second", pace, "above 0")
    if not 11 <= spare <= 41:
        raise OutOfRange("--spare-bytes", spare, "11 to 41")
    if not application.startswith(_APPLICATION):
        raise OutOfRange("--application", application, f"a name that begins with {_APPLICATION}")
    fade = Fade(memory=memory, spread=spread, noise=noise, lost=lost)
    password = "" if password_file is None else private_file(password_file).decode("utf-8", "replace").strip()
    own = {"tls": tls, "authority": ca, "certificate": certificate, "key": key}
    where = broker_of(broker, user=user, password=password, name=f"samefade-play-{application}", **own)
    where.context()
    policy = policy_of(every, port, conceded)
    trackers = _trackers(place, policy, fade, seed, spare)
    rules = Rules(application=application, port=port, pace=pace, refreshes=refreshes, most=most)
    with bar("rehearsing", quiet=json) as progress:
        play = Play(trackers, rules, where, lambda words: progress(play.done, len(trackers), words))
        asyncio.run(play.run())
    _told(play, trackers, rules, as_json=json)


def _trackers(place: "Folder", policy: "Policy", fade: "Fade", seed: int, spare: int) -> "list[Tracker]":
    from samefade.lpwan.rehearsal.fade import Link
    from samefade.lpwan.rehearsal.tracker import Tracker

    def link(kept: "Kept") -> Link:  # one that goes on meets a fade that it has not met before
        return Link(fade, (seed, kept.number, kept.session + 1, kept.counter + 1))

    return [Tracker(kept, policy, link(kept), place.keep, spare=spare) for kept in place.devices(policy)]


def _made(place: "Folder", devices: int, application: str, broker: str, *, as_json: bool) -> None:
    """Say what was made, and what to type next."""
    if as_json:
        emit({"schema": _SCHEMA, "simulated": True, "devices": devices, "secrets": str(place.roll)})
        return
    at, folder = f" --broker {shlex.quote(broker)}" if broker != "localhost" else "", shlex.quote(str(place.path))
    kind = f"--server chirpstack --application {shlex.quote(application)}"
    here = f" --application {shlex.quote(application)}" if application != _APPLICATION else ""
    say(f"{devices} virtual devices; their secrets are in {place.roll}, for you alone. Next:")
    say(f"  samefade lpwan enrol --devices {shlex.quote(str(place.roll))}")
    say(f"  samefade lpwan serve {kind}{at}")
    say(f"  samefade lpwan rehearse {folder}{here}{at}")
    say("the second in a terminal of its own.")


def _told(play: "Play", trackers: "Sequence[Tracker]", rules: "Rules", *, as_json: bool) -> None:
    """Print what came of it, and end with the exit code of the worst."""
    results = [tracker.result() for tracker in trackers]
    if as_json:
        told = {"frames": play.frames, "downlinks": play.downlinks, "most_late": play.slowest, "stopped": play.stopped}
        emit({"schema": _SCHEMA, "simulated": True, **told, "devices": results})
    else:
        columns = ("device", "epoch", "frames", "blocks", "claim", "account", "secret")
        show(table("a rehearsal, simulated", *columns, rows=[_row(one, rules) for one in results]))
        say(_NOTE)
        if play.slowest > _BEHIND:
            say(f"`serve` was up to {play.slowest} frames behind, so fewer were sent a second.")
        if play.stopped:
            say("Stopped; every device keeps what it has reached, and the same command goes on.")
    code = _code(results, rules, stopped=play.stopped)
    if code:
        raise typer.Exit(code)


def _row(result: dict[str, Any], rules: "Rules") -> tuple[str, ...]:
    account = result.get("account", [])
    earned, paid = (sum(bits for _, bits in account if (bits > 0) == kind) for kind in (True, False))
    counts = (str(result["epoch"]), f"{result['frames']:,}", f"{result['downlinks']:,}")
    ledger = f"{earned:.0f} − {-paid:.0f}" if earned else "–"
    return (result["device"], *counts, result.get("claim", "–"), ledger, _outcome(result, rules))


def _outcome(result: dict[str, Any], rules: "Rules") -> str:
    """Return the public name of the new secret, or why there is none."""
    if result["outcome"] == "refreshed":
        return str(result["root"])
    if result["outcome"] == "nokey":
        return f"no key: {result['reason']}"
    return f"none in {rules.most:,} frames" if result["frames"] >= rules.most else "under way"


def _code(results: Sequence[dict[str, Any]], rules: "Rules", *, stopped: bool) -> int:
    """Return 0 where every device has a new secret, else the code of what kept one from it."""
    left = [one for one in results if one["outcome"] != "refreshed"]
    if not left:
        return 0 if not stopped or rules.refreshes == 1 else AgreementFailed.exit_code
    if not stopped and all(one.get("reason") in _CHANNEL for one in left):
        return NotEnough.exit_code
    return AgreementFailed.exit_code
