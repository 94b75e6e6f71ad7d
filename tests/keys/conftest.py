"""Stores to try, and keys to put into them."""

import asyncio
import hashlib
import json
from typing import NamedTuple
from uuid import UUID

import pytest

from samefade.keys.store import Limits, Store
from samefade.keys.vault import KeyFile
from samefade.session.events import Issued, Root
from samefade.types import Key

NOW = 1_800_000_000.0


@pytest.fixture
def now():
    return NOW


@pytest.fixture
def make_store(fast_path):
    """Open stores by name; all are closed at the end."""
    opened = []

    def make(name="a", limits=None, *, create=True):
        store = Store(
            fast_path / f"{name}.store", KeyFile(fast_path / f"{name}.key"), limits or Limits(), create=create
        )
        opened.append(store)
        return store

    yield make
    for store in opened:
        store.close()


@pytest.fixture
def issue():
    """Make keys and the root of a run, the same for the same run: as both ends have them."""

    def make(run=1, count=3, *, bits=256, claim="bounded", epoch=None):
        def secret(what, n):
            return hashlib.shake_256(f"{what} of run {run}".encode()).digest(n)

        keys = tuple(
            Issued(
                key_id=UUID(bytes=secret(f"name {i}", 16), version=4),
                key=Key(secret(f"key {i}", bits // 8), claim),
                certificate={"schema": "samefade.certificate/1", "claim": claim, "private": {"rate": 0.123456789}},
            )
            for i in range(count)
        )
        return keys, Root(secret("root name", 8), run if epoch is None else epoch, secret("root", 32))

    return make


@pytest.fixture
def stocked(make_store, issue):
    """A store with confirmed keys of a peer."""

    def make(name="a", peer=b"sta", limits=None, **made):
        store = make_store(name, limits)
        keys, root = issue(**made)
        store.keep_pending(peer, keys, root, now=NOW)
        store.confirm(peer, [one.key_id for one in keys], now=NOW)
        return store, keys

    return make


class Answer(NamedTuple):
    """What the server answered."""

    code: int
    json: object
    headers: dict


@pytest.fixture
def ask():
    """Ask an ASGI application, without a network; `who` stands for the client certificate."""

    def request(app, method, path, *, who="alice", query="", body=b"", chunks=1):
        size = max(1, -(-len(body) // chunks))
        parts = [body[i : i + size] for i in range(0, len(body), size)] or [b""]
        incoming = iter(
            [{"type": "http.request", "body": p, "more_body": i + 1 < len(parts)} for i, p in enumerate(parts)]
        )
        sent = []

        async def receive():
            return next(incoming)

        async def send(message):
            sent.append(message)

        scope = {
            "type": "http", "method": method, "path": path, "raw_path": path.encode(), "query_string": query.encode(),
            "headers": [], "http_version": "1.1", "scheme": "https", "server": ("kme", 443), "client": ("1", 1),
            "root_path": "", "who": who,
        }  # fmt: skip
        asyncio.run(app(scope, receive, send))
        told = b"".join(message.get("body", b"") for message in sent)
        headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
        return Answer(sent[0]["status"], json.loads(told) if told else None, headers)

    return request
