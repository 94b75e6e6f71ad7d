"""`samefade keys`: the keys of this node, who may have them, and a server that hands them out."""

import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer

from samefade.cli.output import emit, say, show, table
from samefade.errors import InputError, OutOfRange
from samefade.keys.certificates import Authority
from samefade.keys.delivery import Delivery
from samefade.keys.pairs import Pair, Side
from samefade.keys.private import refuse_open
from samefade.keys.store import Limits, Store, named
from samefade.keys.vault import KeyFile, Lock, Passphrase

app = typer.Typer(help="Look at stored keys, and hand them to applications.", no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
File = Annotated[Path, typer.Option("--store", help="File of the key store.", envvar="SAMEFADE_STORE")]
KeyAt = Annotated[
    Path | None, typer.Option("--key-file", help="File that opens the store; by default its name with `.key`.")
]
Words = Annotated[
    Path | None, typer.Option("--passphrase-file", help="File with the passphrase that opens the store instead.")
]
Peer = Annotated[str, typer.Argument(help="Name of the node at the other end; 0x… for bytes.")]
_STORE = Path("samefade.store")


@app.command("list")
def list_keys(store: File = _STORE, key_file: KeyAt = None, passphrase_file: Words = None, json: Json = False) -> None:
    """List the keys, without their secrets. Example: `samefade keys list --store ap.store`."""
    with open_store(store, key_file, passphrase_file) as opened:
        keys: list[dict[str, Any]] = [
            {
                "key_id": str(key.key_id), "peer": named(key.peer), "state": key.state.value, "claim": key.claim,
                "bits": key.bits, "created": key.created, "expires": key.expires, "master": key.master,
                "slave": key.slave, "served": key.served,
            }
            for key in opened.keys()  # noqa: SIM118 -- a store is no dictionary
        ]  # fmt: skip
    if json:
        emit({"schema": "samefade.keys/1", "keys": keys})
        return
    shown = [
        (k["key_id"], k["peer"], k["state"], k["claim"], str(k["bits"]), _when(k["created"]), _when(k["expires"]))
        for k in keys
    ]
    show(table(f"keys in {store}", "key", "peer", "state", "claim", "bits", "kept", "until", rows=shown))


@app.command()
def status(store: File = _STORE, key_file: KeyAt = None, passphrase_file: Words = None, json: Json = False) -> None:
    """Say how many keys of each peer are in which state. Example: `samefade keys status --store ap.store`."""
    with open_store(store, key_file, passphrase_file) as opened:
        found, pairs = opened.status(), Delivery(opened).pairs()
    if json:
        emit({"schema": "samefade.keys/1", **found, "pairs": [_pair_json(pair) for pair in pairs]})
        return
    rows = [
        (
            one["peer"],
            ", ".join(f"{count} {state}" for state, count in one["keys"].items()) or "none",
            ", ".join(map(str, one["epochs"])) or "none",
            str(one["burnt"]),
        )
        for one in found["peers"]
    ]
    show(table(f"peers in {store}", "peer", "keys", "epochs of the prior secret", "frames burnt up to", rows=rows))
    for pair in pairs:
        say(f"{pair}: keys shared with {named(pair.peer)}, {pair.side} served here, share {pair.part}/{pair.parts}")
    say(f"{found['live']} of at most {found['limit']} keys are held.")


@app.command()
def enrol(
    peer: Peer,
    secret_file: Annotated[
        Path, typer.Option(help="File with the prior secret that both nodes hold; 16 bytes or more.")
    ],
    store: File = _STORE,
    key_file: KeyAt = None,
    passphrase_file: Words = None,
    json: Json = False,
) -> None:
    """Keep the prior secret that a peer is known by; make the store where there is none.

    Example: `head -c 32 /dev/urandom > link.secret; chmod 600 link.secret`, carry it to both nodes,
    then `samefade keys enrol sta --secret-file link.secret --store ap.store`.
    """
    with open_store(store, key_file, passphrase_file, create=True) as opened:
        root = opened.enrol(_peer(peer), _private(secret_file))
    if json:
        emit({"schema": "samefade.keys/1", "peer": peer, "prior": root.name.hex(), "epoch": root.epoch})
        return
    say(f"{peer} is enrolled; both nodes name this secret {root.name.hex()}.")


@app.command()
def forget(
    peer: Peer, store: File = _STORE, key_file: KeyAt = None, passphrase_file: Words = None, json: Json = False
) -> None:
    """Destroy the prior secrets and all keys of a peer. Example: `samefade keys forget sta --store ap.store`."""
    with open_store(store, key_file, passphrase_file) as opened:
        opened.forget(_peer(peer), time.time())
    if json:
        emit({"schema": "samefade.keys/1", "peer": peer, "forgotten": True})
        return
    say(f"{peer} is forgotten; its burnt frame counters stay burnt.")


@app.command()
def sweep(store: File = _STORE, key_file: KeyAt = None, passphrase_file: Words = None, json: Json = False) -> None:
    """Overwrite every key whose time is over. Example: `samefade keys sweep --store ap.store`."""
    with open_store(store, key_file, passphrase_file) as opened:
        ended = opened.sweep(time.time())
    if json:
        emit({"schema": "samefade.keys/1", "ended": ended})
        return
    say(f"{ended} keys were over.")


@app.command()
def pair(
    master: Annotated[str, typer.Argument(help="Application that asks for new keys.")],
    slave: Annotated[str, typer.Argument(help="Application that asks for them by name.")],
    peer: Annotated[str, typer.Option(help="Node at the other end of the link whose keys are given.")],
    side: Annotated[str, typer.Option(help="Which of the two is served here: master, slave or both.")],
    share: Annotated[str, typer.Option(help="Which part of the pool: 0/2 and 1/2 for two pairs.")] = "0/1",
    store: File = _STORE,
    key_file: KeyAt = None,
    passphrase_file: Words = None,
    json: Json = False,
) -> None:
    """Let two applications have the keys of a peer, at both nodes alike but for the side.

    Example: `samefade keys pair alice bob --peer sta --side master --store ap.store` at the one node, and
    `samefade keys pair alice bob --peer ap --side slave --store sta.store` at the other.
    """
    part, _, parts = share.partition("/")
    if not (part.isdigit() and parts.isdigit()):
        raise OutOfRange("--share", share, "two numbers, as 0/2")
    chosen: Any = side
    made = Pair(master=master, slave=slave, peer=_peer(peer), side=chosen, part=int(part), parts=int(parts))
    with open_store(store, key_file, passphrase_file) as opened:
        Delivery(opened).add(made)
        known = bool(opened.roots(made.peer))
    if json:
        emit({"schema": "samefade.keys/1", "pair": _pair_json(made)})
        return
    say(f"{made} may have keys shared with {peer}.")
    if not known:
        say(f"{peer} is not enrolled here yet; see that the name is the one that the node itself uses.")


@app.command()
def certificates(
    folder: Annotated[Path, typer.Argument(help="Where they shall lie.")],
    host: Annotated[list[str] | None, typer.Option(help="Name or address of the server; may be repeated.")] = None,
    application: Annotated[list[str] | None, typer.Option(help="Name of a client; may be repeated.")] = None,
    json: Json = False,
) -> None:
    """Make a small authority, a server's certificate and those of applications, for a laboratory.

    Example: `samefade keys certificates tls --host 127.0.0.1 --application alice --application bob`.
    """
    authority = Authority(folder, datetime.now(UTC))
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not authority.files.certificate.exists():
        authority.make()
    made = [authority.server(host)] if host else []
    made += [authority.client(name) for name in application or []]
    files = [str(file) for one in (authority.files, *made) for file in (one.certificate, one.key)]
    if json:
        emit({"schema": "samefade.keys/1", "files": files})
        return
    say("\n".join(files))


@app.command()
def serve(
    tls: Annotated[Path, typer.Option(help="Folder with server.pem, server.key and ca.pem.")],
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 takes a free one.")] = 0,
    name: Annotated[str, typer.Option(help="Name of this server in its answers.")] = "samefade",
    store: File = _STORE,
    key_file: KeyAt = None,
    passphrase_file: Words = None,
    json: Json = False,
) -> None:
    """Hand out keys over HTTPS, compatible with ETSI GS QKD 014, until Ctrl-C.

    Example: `samefade keys serve --store ap.store --tls tls --port 8443`, then
    `curl --cacert tls/ca.pem --cert tls/alice.pem --key tls/alice.key https://127.0.0.1:8443/api/v1/keys/bob/enc_keys`.
    """
    from samefade.keys import etsi

    with open_store(store, key_file, passphrase_file) as held:
        told = {"schema": "samefade.keys/1"} if json else "keys are served"
        answer(etsi.application(held, name, now=time.time), tls, host, port, told)


@app.command()
def export(
    master: Annotated[str, typer.Argument(help="Application that takes new keys.")],
    slave: Annotated[str, typer.Argument(help="Application that takes the same keys by name.")],
    form: Annotated[str, typer.Option("--as", help="oscore, tls, wireguard, wpa, wpa-passphrase or eap-psk.")],
    out: Annotated[Path, typer.Option(help="Folder for the files; made for you alone if it is not there.")],
    key_id: Annotated[str | None, typer.Option(help="Name of the key, at the node of the slave.")] = None,
    store: File = _STORE,
    key_file: KeyAt = None,
    passphrase_file: Words = None,
    json: Json = False,
) -> None:
    """Hand a key to a program: write the files that it takes, for their owner alone, and destroy the key here.

    The master is the client (station, supplicant) and the slave the server (access point).

    Example: `samefade keys export alice bob --as tls --out alice --store ap.store` at the one node, which names the
    key, and `samefade keys export alice bob --as tls --key-id KEY_ID --out bob --store sta.store` at the other.
    """
    from samefade.keys import handover

    chosen = handover.find(form)
    handover.admit(out)  # before the key leaves the store: it leaves once
    with open_store(store, key_file, passphrase_file) as opened:
        delivery, now = Delivery(opened), time.time()
        _refuse_other_side(delivery.pairs(), master, slave, key_id)
        if key_id is None:
            (issued,) = delivery.give(master, slave, size=256, now=now)
        else:
            (issued,) = delivery.give_named(master, slave, [_key_id(key_id)], now=now)
    role: handover.Role = "initiator" if key_id is None else "responder"
    ends = handover.Ends(master.encode(), slave.encode())
    paths = handover.hand_over(issued.key, issued.key_id, form, role, ends, out)
    if json:
        files = [str(path) for path in paths]
        told = {"key_id": str(issued.key_id), "claim": issued.key.claim, "as": form, "role": role, "files": files}
        emit({"schema": "samefade.keys/1", **told})
        return
    say("\n".join(map(str, paths)))
    say(f"key {issued.key_id}, claim {issued.key.claim}. {chosen.recipe}")


def open_store(store: Path, key_file: Path | None, passphrase_file: Path | None, *, create: bool = False) -> Store:
    """Open the store that the options name.

    Raises:
        OutOfRange: When both a key file and a passphrase are given.
        InputError: When it does not open.
    """
    if key_file and passphrase_file:
        raise OutOfRange("--key-file and --passphrase-file", "both", "one of them")
    lock: Lock = KeyFile(key_file or store.with_name(f"{store.name}.key"))
    if passphrase_file:
        lock = Passphrase(_private(passphrase_file).decode("utf-8", "surrogateescape").rstrip("\r\n"))
    return Store(store, lock, Limits(), create=create)


def answer(application: Any, tls: Path, host: str, port: int, told: str | dict[str, str]) -> None:  # noqa: ANN401 -- ASGI
    """Answer over HTTPS until Ctrl-C; the address is said first.

    Args:
        application: What answers, as ASGI.
        tls: Folder with server.pem, server.key and ca.pem.
        host: Address to listen on.
        port: 0 takes a free one.
        told: What stands before the address: words, or the object that it is added to.

    Raises:
        CannotWrite: When the address is taken, or not this machine's.
    """
    from samefade.keys.serve import Server, Tls

    server = Server(application, Tls(tls / "server.pem", tls / "server.key", tls / "ca.pem"), host, port)
    if isinstance(told, dict):
        emit(told | {"address": server.address})
    else:
        say(f"{told} at {server.address}")
    sys.stdout.flush()  # whoever waits for the address may be behind a pipe
    server.run()


def _refuse_other_side(pairs: list[Pair], master: str, slave: str, key_id: str | None) -> None:
    """Tell who is at the wrong node, or has left out the key's name, which of the two it is.

    Raises:
        OutOfRange: When the pair is known here, but its other side is served.
    """
    side: Side = "master" if key_id is None else "slave"
    for pair in pairs:
        if (pair.master, pair.slave) == (master, slave) and not pair.serves(side):
            here = f"none here: this node serves {master}, who takes new keys"
            if key_id is None:
                here = f"the name of a key: this node serves {slave}; the node of {master} exports first and names it"
            raise OutOfRange("--key-id", key_id, here)


def _key_id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise OutOfRange("--key-id", text, "a UUID") from None


def _private(path: Path) -> bytes:
    try:
        refuse_open(path)
        return path.read_bytes()
    except OSError as error:
        raise InputError(file=path, reason=error.strerror or str(error)) from None


def _peer(text: str) -> bytes:
    try:
        return bytes.fromhex(text[2:]) if text.startswith("0x") else text.encode()
    except ValueError:
        raise OutOfRange("peer", text, "a name, or 0x and hexadecimal digits") from None


def _pair_json(pair: Pair) -> dict[str, Any]:
    return {
        "master": pair.master, "slave": pair.slave, "peer": named(pair.peer), "side": pair.side,
        "share": f"{pair.part}/{pair.parts}",
    }  # fmt: skip


def _when(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M")
