"""`samefade lpwan join`: root keys of LoRaWAN that the channel refreshed, served or handed over."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from samefade.cli.keys import answer, open_store
from samefade.cli.lpwan.serve import eui_of
from samefade.cli.output import emit, say
from samefade.errors import InputError, OutOfRange, UnknownName

if TYPE_CHECKING:
    from samefade.keys.store import Store
    from samefade.lpwan.lorawan.handover import Server
    from samefade.lpwan.lorawan.roots import RootKeys

app = typer.Typer(help="Give LoRaWAN servers root keys that the channel refreshed.", no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
File = Annotated[Path, typer.Option("--store", help="File of the key store.", envvar="SAMEFADE_STORE")]
KeyAt = Annotated[
    Path | None, typer.Option("--key-file", help="File that opens the store; by default its name with `.key`.")
]
Words = Annotated[
    Path | None, typer.Option("--passphrase-file", help="File with the passphrase that opens the store instead.")
]
_STORE = Path("samefade.store")
_FORMS = ("chirpstack", "things-stack")


@app.command()
def serve(
    settings: Annotated[Path, typer.Argument(help="Who may ask: a TOML file.")],
    tls: Annotated[Path, typer.Option(help="Folder with server.pem, server.key and ca.pem.")],
    state: Annotated[Path, typer.Option(help="File of used nonces and sessions; made if absent.")] = Path("join.state"),
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 takes a free one.")] = 0,
    reveal: Annotated[
        bool, typer.Option("--reveal-application-keys-to-networks", help="Send AppSKey to network servers too.")
    ] = False,
    store: File = _STORE,
    key_file: KeyAt = None,
    passphrase_file: Words = None,
    json: Json = False,
) -> None:
    """Answer join-requests over HTTPS (LoRaWAN Backend Interfaces 1.0) until Ctrl-C.

    The root keys of a device come from its newest confirmed epoch key in the store, where it is named by its DevEUI.

    Examples: `samefade keys certificates tls --host 10.0.0.5 --application ns.example`, then
    `samefade lpwan join serve join.toml --tls tls --store network.store --host 10.0.0.5 --port 8443`
    """
    from samefade.keys.vault import KeyFile
    from samefade.lpwan.lorawan.activations import Activations
    from samefade.lpwan.lorawan.application import application
    from samefade.lpwan.lorawan.epochs import StoreEpochs
    from samefade.lpwan.lorawan.join_server import JoinServer
    from samefade.lpwan.lorawan.settings import read_settings

    said = read_settings(settings)
    lock = KeyFile(state.with_name(f"{state.name}.key"))
    with open_store(store, key_file, passphrase_file) as held, Activations(state, lock) as activations:
        answers = JoinServer(
            said.join_eui, said.networks, said.applications, StoreEpochs(held), activations, os.urandom,
            tells_network_application_keys=reveal,
        )  # fmt: skip
        who = said.join_eui.hex()
        told = {"schema": "samefade.lpwan-join/1", "join_eui": who} if json else f"join-requests for {who} are answered"
        answer(application(answers), tls, host, port, told)


@app.command()
def export(
    dev_eui: Annotated[str, typer.Argument(help="DevEUI, 16 hexadecimal digits.")],
    join_eui: Annotated[str, typer.Option(help="JoinEUI, 16 hexadecimal digits.")],
    form: Annotated[str, typer.Option("--as", help="chirpstack or things-stack.")],
    address: Annotated[str, typer.Option(help="Of the server: https://HOST.")],
    out: Annotated[Path, typer.Option(help="Folder for the request; made for you alone if it is not there.")],
    newer: Annotated[bool, typer.Option("--lorawan-1.1/--lorawan-1.0", help="What the device speaks.")] = False,
    application: Annotated[str, typer.Option(help="Name of the application, for things-stack.")] = "",
    device: Annotated[str, typer.Option(help="Name of the device, for things-stack; by default eui-DEVEUI.")] = "",
    send: Annotated[bool, typer.Option("--send", help="Send the request now.")] = False,
    token_file: Annotated[Path | None, typer.Option(help="File with the API token, for --send.")] = None,
    store: File = _STORE,
    key_file: KeyAt = None,
    passphrase_file: Words = None,
    json: Json = False,
) -> None:
    """Write the request that gives a network server the root keys of a device; it is sent only with --send.

    Let the device take its own root keys first, and join after this: the server keeps no older key.

    Examples: `samefade lpwan join export 0102030405060708 --join-eui 0807060504030201 --as chirpstack
    --address https://ns.example:8090 --out handover`, then `curl --config 0102030405060708.chirpstack.curl` there ·
    `samefade lpwan join export 0102030405060708 --join-eui 0807060504030201 --as things-stack
    --address https://eu1.cloud.thethings.network --application app1 --out handover --send --token-file ttn.token`
    """
    from samefade.keys import handover as houses
    from samefade.keys.handover.writing import write
    from samefade.lpwan.lorawan import handover

    dev, join = eui_of(dev_eui, "DEV_EUI"), eui_of(join_eui, "--join-eui")
    taker, token = _taker(form, address, application, device or f"eui-{dev.hex()}", join), _token(token_file, send=send)
    houses.admit(out)
    with open_store(store, key_file, passphrase_file) as held:
        keys, epoch = _roots(held, dev, join)
    request = taker.request(keys, dev, newer=newer)
    paths = write(request.files(f"{dev.hex()}.{form}"), out)
    if token is not None:
        handover.send(request, token)
    files = [str(path) for path in paths]
    if json:
        told = {"dev_eui": dev.hex(), "epoch": epoch, "as": form, "url": request.url, "files": files, "sent": send}
        emit({"schema": "samefade.lpwan-join/1", **told})
        return
    say("\n".join(files))
    if send:
        say(f"{request.method} {request.url}: taken. Delete the files; they hold the keys of epoch {epoch}.")
        return
    say(f"keys of epoch {epoch}; nothing was sent. In that folder: curl --config {dev.hex()}.{form}.curl")


def _roots(held: "Store", dev_eui: bytes, join_eui: bytes) -> "tuple[RootKeys, int]":
    from samefade.lpwan.lorawan.epochs import StoreEpochs
    from samefade.lpwan.lorawan.roots import root_keys

    epoch = StoreEpochs(held).newest(dev_eui)
    if epoch is None:
        raise UnknownName("device", dev_eui.hex(), ("those that `samefade keys status` lists",))
    return root_keys(epoch.key, dev_eui, join_eui), epoch.number


def _taker(form: str, address: str, application: str, device: str, join_eui: bytes) -> "Server":
    from samefade.lpwan.lorawan.handover import ChirpStack, ThingsStack

    if form == "chirpstack":
        return ChirpStack(address)
    if form != "things-stack":
        raise UnknownName("network server", form, _FORMS)
    if not application:
        raise OutOfRange("--application", "none", "the name of the application at The Things Stack")
    return ThingsStack(address, application, device, join_eui)


def _token(file: Path | None, *, send: bool) -> str | None:
    from samefade.keys.private import refuse_open

    if not send:
        return None
    if file is None:
        raise OutOfRange("--token-file", "none", "a file with the token, for --send")
    try:
        refuse_open(file)
        return file.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(file=file, reason=str(error)) from None
