"""`samefade lpwan serve`: the network's side of many devices; and `enrol`, `devices` and `forget` for those devices."""

import json as jsons
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from samefade.cli.keys import open_store
from samefade.cli.output import bar, emit, finite, say, show, table
from samefade.errors import InputError, OutOfRange

if TYPE_CHECKING:
    from samefade.lpwan.refresh import Policy
    from samefade.lpwan.server.mqtt import Broker
    from samefade.lpwan.server.register import Device
    from samefade.lpwan.server.said import Adapter
    from samefade.session.events import Root

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
File = Annotated[Path, typer.Option("--store", help="File of the key store.", envvar="SAMEFADE_STORE")]
KeyAt = Annotated[
    Path | None, typer.Option("--key-file", help="File that opens the store; by default its name with `.key`.")
]
Words = Annotated[
    Path | None, typer.Option("--passphrase-file", help="File with the passphrase that opens the store instead.")
]
Every = Annotated[int, typer.Option(help="Frames give samples whose counter is a multiple of it, at both ends alike.")]
Port = Annotated[int, typer.Option(help="FPort of frames that carry a block, at both ends alike.")]
Conceded = Annotated[
    float, typer.Option(help="Bits a sample that Eve is taken to know, by a map or from nearby; at both ends alike.")
]
Tls = Annotated[bool, typer.Option("--tls", help="Speak TLS with the broker, and check its certificate.")]
_STORE = Path("samefade.store")
_SERVERS = ("chirpstack", "things-stack")


def serve(
    server: Annotated[str, typer.Option(help="Which network server publishes there: chirpstack or things-stack.")],
    application: Annotated[str, typer.Option(help="Its application: a UUID, or application@tenant.")],
    broker: Annotated[str, typer.Option(help="MQTT broker, as host or host:port.")] = "localhost",
    store: File = _STORE,
    key_file: KeyAt = None,
    passphrase_file: Words = None,
    user: Annotated[str, typer.Option(help="User name at the broker.")] = "",
    password_file: Annotated[Path | None, typer.Option(help="File with the password, readable to you alone.")] = None,
    tls: Tls = False,
    ca: Annotated[Path | None, typer.Option(help="Authority of the broker's certificate; else the system's.")] = None,
    certificate: Annotated[Path | None, typer.Option(help="This client's own certificate.")] = None,
    key: Annotated[Path | None, typer.Option(help="Private key of that certificate.")] = None,
    name: Annotated[str, typer.Option(help="Name at the broker, one a process; else made of the application.")] = "",
    queue: Annotated[str, typer.Option(help="The Things Stack only: push or replace the downlink queue.")] = "push",
    downlink_bytes: Annotated[int, typer.Option(help="Most bytes of a frame for a device, 12 to 51.")] = 51,
    every: Every = 1,
    port: Port = 85,
    conceded: Conceded = 0.0,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")] = False,
) -> None:
    """Refresh the secrets of many devices from their ordinary frames, beside a LoRaWAN network server, until Ctrl-C.

    Devices are enrolled first, with `samefade lpwan enrol`; what a frame changes is on the disk before it is answered.

    Examples: `samefade lpwan serve --server chirpstack --application 48f5f4a4-5ab0-4f4c-8c0b-2a5ce3f10f11` ·
    `samefade lpwan serve --server things-stack --application trackers@ttn --broker eu1.cloud.thethings.network --tls
    --user trackers@ttn --password-file api.key --json`
    """
    import asyncio

    from samefade.lpwan.server.desk import Desk
    from samefade.lpwan.server.register import Register
    from samefade.lpwan.server.serve import Service

    if not 12 <= downlink_bytes <= 51:
        raise OutOfRange("--downlink-bytes", downlink_bytes, "12 to 51")
    adapter, policy = _adapter(server, application, queue), policy_of(every, port, conceded)
    password = "" if password_file is None else private_file(password_file).decode("utf-8", "replace").strip("\r\n")
    files, name = {"authority": ca, "certificate": certificate, "key": key}, name or f"samefade-{application}"
    where = broker_of(broker, user=user, password=password, tls=tls, name=name, **files)
    where.context()  # a certificate that cannot be read is told before anything is opened

    async def run() -> None:
        desk = Desk(Register(held), adapter, time.time, policy, room=downlink_bytes)
        await Service(desk, adapter, where, _teller(as_json=json)).run()

    with open_store(store, key_file, passphrase_file) as held:
        asyncio.run(run())


def enrol(
    device: Annotated[str | None, typer.Argument(help="DevEUI, 16 hexadecimal digits.")] = None,
    secret_file: Annotated[Path | None, typer.Option(help="File with the device's secret; 16 bytes or more.")] = None,
    devices: Annotated[
        Path | None, typer.Option(help="File of many: one `DevEUI,secret in hexadecimal digits` a line.")
    ] = None,
    store: File = _STORE,
    key_file: KeyAt = None,
    passphrase_file: Words = None,
    every: Every = 1,
    port: Port = 85,
    json: Json = False,
) -> None:
    """Keep the secrets that devices were made with, all of them or none; make the store where there is none.

    Examples: `samefade lpwan enrol 70b3d57ed0000001 --secret-file tracker-1.secret` ·
    `samefade lpwan enrol --devices trackers.csv --store network.store`
    """
    from samefade.lpwan.refresh import NetworkEnd
    from samefade.lpwan.server.register import Register, first_root

    secrets = _secrets(device, secret_file, devices)
    policy, states = policy_of(every, port), {}
    with bar("enrolling", quiet=json) as progress:
        for done, (eui, secret) in enumerate(secrets.items(), 1):
            states[eui] = NetworkEnd(eui, first_root(eui, secret), policy).reveal_secret_state_bytes()
            progress(done, len(secrets), eui.hex())
    with open_store(store, key_file, passphrase_file, create=True) as held:
        roots = Register(held).enrol(secrets, states)
    named = [(eui.hex(), root.name.hex()) for eui, root in zip(secrets, roots, strict=True)]
    if json:
        told = [{"dev_eui": name, "prior": prior, "epoch": 0} for name, prior in named]
        emit({"schema": "samefade.lpwan-devices/1", "enrolled": told})
        return
    for name, prior in named[:10]:
        say(f"{name} is enrolled; the device names its secret {prior}.")
    if len(named) > 10:
        say(f"… {len(named)} devices in all.")


def devices(store: File = _STORE, key_file: KeyAt = None, passphrase_file: Words = None, json: Json = False) -> None:
    """List the enrolled devices: epochs, samples and last frames. Example: `samefade lpwan devices --json`."""
    from samefade.lpwan.server.register import Register

    with open_store(store, key_file, passphrase_file) as held:
        told = [_described(device, roots) for device, roots in Register(held).devices()]
    if json:
        emit({"schema": "samefade.lpwan-devices/1", "devices": told})
        return
    names = ("dev_eui", "address", "epoch", "prior", "pooled", "runs", "session", "counter", "gateway", "doing")
    shown = [tuple("–" if one[name] in {"", None} else str(one[name]) for name in names) for one in told]
    columns = ("device", "at the server", "epoch", "secret", "samples", "runs", "session", "last frame", "gateway", "")
    show(table(f"devices in {store}", *columns, rows=shown))


def forget(
    device: Annotated[str, typer.Argument(help="DevEUI, 16 hexadecimal digits.")],
    *,
    keep_runs: Annotated[
        bool, typer.Option("--keep-runs", help="Keep what its runs measured, for when it is enrolled again.")
    ] = False,
    store: File = _STORE,
    key_file: KeyAt = None,
    passphrase_file: Words = None,
    json: Json = False,
) -> None:
    """Destroy what is kept of a device, its keys included.

    Examples: `samefade lpwan forget 70b3d57ed0000001` · `samefade lpwan forget 70b3d57ed0000001 --keep-runs` before
    the same device is enrolled with a new secret
    """
    from samefade.lpwan.server.register import Register

    with open_store(store, key_file, passphrase_file) as held:
        Register(held).forget(eui_of(device), time.time(), runs=not keep_runs)
    if json:
        emit({"schema": "samefade.lpwan-devices/1", "forgotten": device, "runs_kept": keep_runs})
        return
    say(f"{device} is forgotten, with all its keys{'; what its runs measured is kept' if keep_runs else ''}.")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    for command in (serve, enrol, devices, forget):
        app.command()(command)


def _adapter(server: str, application: str, queue: str) -> "Adapter":
    from samefade.lpwan.server.chirpstack import ChirpStack
    from samefade.lpwan.server.things_stack import ThingsStack

    if server == "chirpstack":
        return ChirpStack(application)
    if server == "things-stack":
        if queue not in {"push", "replace"}:
            raise OutOfRange("--queue", queue, "push or replace")
        return ThingsStack(application, "push" if queue == "push" else "replace")
    raise OutOfRange("--server", server, " or ".join(_SERVERS))


def policy_of(every: int, port: int, conceded: float = 0.0) -> "Policy":
    """Return the rules that these options say, and else the protocol's own."""
    from samefade.lpwan.refresh import Policy

    return Policy(every=every, port=port, conceded=conceded)


def broker_of(address: str, **about: Any) -> "Broker":  # noqa: ANN401 -- fields of Broker
    """Return the broker at host, host:port or [address]:port.

    Raises:
        OutOfRange: When it is none of these.
    """
    from samefade.lpwan.server.mqtt import Broker

    host, colon, port = address.rpartition(":")
    if not colon or "]" in port or (":" in host and not host.startswith("[")):
        host, port = address, "0"  # no port; an IPv6 address has colons of its own
    if not port.isdigit() or not host.strip("[]"):
        raise OutOfRange("--broker", address, "host, host:port or [address]:port")
    return Broker(host.strip("[]"), int(port), **about)


def _secrets(device: str | None, secret_file: Path | None, devices: Path | None) -> dict[bytes, bytes]:
    from samefade.lpwan.server.roll import read_roll

    if devices is not None and device is None and secret_file is None:
        return read_roll(devices, private_file(devices))
    if devices is None and device is not None and secret_file is not None:
        return {eui_of(device): private_file(secret_file)}
    raise OutOfRange("what to enrol", "neither or both", "DEVEUI with --secret-file, or --devices FILE")


def _described(device: "Device", roots: "list[Root]") -> dict[str, Any]:
    track, newest = device.track, max(roots, key=lambda root: root.epoch, default=None)
    return {
        "dev_eui": device.eui.hex(), "address": device.address, "epoch": newest and newest.epoch,
        "prior": newest and newest.name.hex(),
        "pooled": device.pooled, "runs": device.runs, "run_places": device.places,
        "session": track.session, "counter": track.last if track.last >= 0 else None,
        "gateway": track.home,
        "queued": bool(track.waiting), "work": device.work, "state_bytes": len(device.state),
        "doing": "computing" if device.work else "answer queued" if track.waiting else "",
    }  # fmt: skip


def _teller(*, as_json: bool) -> Callable[[dict[str, Any]], None]:
    def tell(event: dict[str, Any]) -> None:
        if as_json:
            print(jsons.dumps(finite({"time": round(time.time(), 3), **event})), flush=True)  # noqa: T201 -- a stream
        else:
            say(f"{time.strftime('%Y-%m-%d %H:%M:%S')} {_words(event)}")

    return tell


def _words(event: dict[str, Any]) -> str:
    kind, who = event["event"], event.get("device", "")
    if kind in _SAID:
        return _SAID[kind].format(**event).strip()
    if kind == "counted":
        return ", ".join(f"{count:,} {name}" for name, count in event.items() if name != "event") or "nothing came"
    about = ", ".join(f"{name} {value}" for name, value in event.items() if name not in {"event", "device"})
    return f"{who}: {kind}, {about}" if who else f"{kind}, {about}"


_SAID = {
    "refreshed": "{device}: epoch {epoch}, claim {claim}, key {key_id}",
    "nokey": "{device}: no key, {reason}; the secret of epoch {epoch} stays. {why}",
    "joined": "{device}: joined, session {session}",
    "restarted": "{device}: its counter began again, session {session}",
    "broken": "{device}: a defect of ours, {error}; nothing of its last frames was kept",
    "connected": "connected with {broker}",
    "away": "{broker} is away: {reason}; again in {again_s} s",
}


def private_file(path: Path) -> bytes:
    """Return what is in a file that its owner alone may read.

    Raises:
        OthersMayRead: When others may.
        InputError: When it cannot be read.
    """
    from samefade.keys.private import refuse_open

    try:
        refuse_open(path)
        return path.read_bytes()
    except OSError as error:
        raise InputError(file=path, reason=error.strerror or str(error)) from None


def eui_of(text: str, name: str = "DevEUI") -> bytes:
    """Return the 8 bytes of a DevEUI or JoinEUI.

    Raises:
        OutOfRange: When it is not 16 hexadecimal digits.
    """
    try:
        made = bytes.fromhex(text)
    except ValueError:
        made = b""
    if len(made) != 8 or len(text) != 16:  # `fromhex` passes over spaces
        raise OutOfRange(name, text, "16 hexadecimal digits")
    return made
