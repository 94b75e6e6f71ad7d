"""Invariant: no request crashes the server, every answer is JSON as the standard says, and no side gets a key twice.

`python fuzz/fuzz_etsi.py --runs N` asks at random; with atheris installed, `python fuzz/fuzz_etsi.py` is guided.
"""

import asyncio
import base64
import json
import os
import random
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any
from uuid import UUID

from samefade.keys import etsi
from samefade.keys.delivery import Delivery
from samefade.keys.pairs import Pair
from samefade.keys.store import Limits, Store
from samefade.keys.vault import KeyFile
from samefade.session.events import Issued, Root
from samefade.types import Key

NOW = 1_800_000_000.0
MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 -- many small writes
KEYS = 16
SECRETS = {UUID(int=(i << 64) + i): bytes([i]) * 32 for i in range(1, KEYS + 1)}
WHO = ("alice", "bob", "carol", "bob", "alice", "bob", "eve", None)
METHODS = ("GET", "POST", "GET", "POST", "POST", "POST", "HEAD", "PUT", "")
CALLS = ("enc_keys", "dec_keys", "status", "enc_keys", "dec_keys", "dec_keys", "enc_keys", "", "../status")
NAMES = (
    "bob", "alice", "carol", "bob", "alice", "bob", "alice", "bob", "alice", "", "bob/..", "%00", "\udce4",
    "'; DROP TABLE keys; --", "x" * 300,
)  # fmt: skip
SOUND = (
    ("alice", "GET", "bob", "enc_keys"), ("carol", "POST", "bob", "enc_keys"), ("bob", "POST", "alice", "dec_keys"),
    ("bob", "GET", "alice", "dec_keys"), ("bob", "POST", "carol", "dec_keys"), ("alice", "GET", "bob", "status"),
)  # fmt: skip
WORDS = (
    "number", "size", "key_IDs", "key_ID", "additional_slave_SAE_IDs", "extension_mandatory", "extension_optional",
    "key_IDs_extension", "samefade_claim", "bounded", "none", "alice",
)  # fmt: skip


class Choice:
    """Turns bytes into choices; when they are used up, the first of everything."""

    def __init__(self, data: bytes) -> None:
        """Take the bytes."""
        self._data, self._at = data, 0

    def number(self, below: int) -> int:
        """Return a number below another."""
        self._at += 1
        return (self._data[self._at - 1] if self._at <= len(self._data) else 0) % below

    def of(self, things: Any) -> Any:  # noqa: ANN401 -- anything that has items
        """Return one of several."""
        return things[self.number(len(things))]

    def value(self, depth: int = 3) -> Any:  # noqa: ANN401 -- any JSON value
        """Return a JSON value, more often than not one that means something."""
        what = self.number(12)
        if what < 2:
            return self.number(256) - 1
        if what < 5:
            return str(self.of(list(SECRETS)))
        if what == 5:
            return self.of((None, True, 256, 128, 10**40, 1.5, float("nan"), "\ud800", [], {}))
        if what == 6 or depth == 0:
            return self.of(WORDS)
        if what < 9:
            return [self.value(depth - 1) for _ in range(self.number(4))]
        return {self.of(WORDS): self.value(depth - 1) for _ in range(self.number(4))}

    def body(self) -> bytes:
        """Return a body: a request that makes sense, any JSON, or rubbish."""
        what = self.number(8)
        if what < 3:
            names = [self.of(list(SECRETS)) for _ in range(1 + self.number(3))]
            return json.dumps({"key_IDs": [{"key_ID": str(name)} for name in names]}).encode()
        if what < 5:
            return json.dumps({"number": self.number(4), "size": self.of((256, 256, 128, 255))}).encode()
        if what < 7:
            return json.dumps(self.value()).encode()
        return bytes(self.number(256) for _ in range(self.number(64)))

    def query(self) -> bytes:
        """Return a query: one that makes sense, or rubbish."""
        what = self.number(6)
        if what < 2:
            return b""
        if what < 4:
            return f"key_ID={self.of(list(SECRETS))}".encode()
        if what == 4:
            return f"number={self.number(4)}&size=256".encode()
        return bytes(self.number(256) for _ in range(self.number(32)))


class Target:
    """A server of sixteen keys, and what it gave to whom."""

    def __init__(self, folder: Path) -> None:
        """Make the store and the server; `alice` and `bob` share keys, `carol` and `bob` too."""
        self.store = Store(folder / "s", KeyFile(folder / "k"), Limits(), create=True)
        keys = tuple(Issued(key_id=n, key=Key(s, "estimate"), certificate={}) for n, s in SECRETS.items())
        self.store.keep_pending(b"sta", keys, Root(b"root", 1, bytes(32)), now=NOW)
        self.store.confirm(b"sta", SECRETS, now=NOW)
        for master in ("alice", "carol"):
            Delivery(self.store).add(Pair(master=master, slave="bob", peer=b"sta", side="both"))
        self.app = etsi.application(self.store, "kme", now=lambda: NOW, who=lambda scope: scope["who"])
        self.given: Counter[tuple[str, str]] = Counter()

    def try_one(self, data: bytes) -> int:
        """Make one request and check the answer; return its code.

        Raises:
            AssertionError: When the invariant is broken.
        """
        choice = Choice(data)
        who, method, name, call = choice.of(WHO), choice.of(METHODS), choice.of(NAMES), choice.of(CALLS)
        if choice.number(2):
            who, method, name, call = choice.of(SOUND)
        query, body = choice.query(), choice.body()
        code, headers, answer = asyncio.run(self._asked(who, method, f"/api/v1/keys/{name}/{call}", query, body))
        assert code in {200, 400, 401, 404, 405, 503}, code
        assert headers[b"content-type"] == b"application/json"
        told = json.loads(answer) if answer or method != "HEAD" else {"message": ""}
        if code != 200:
            assert set(told) == {"message"}
            assert isinstance(told["message"], str)
        elif call != "status":
            self._count(who, call, told)
        return code

    def _count(self, who: str, call: str, told: dict[str, Any]) -> None:
        assert set(told) == {"keys"}
        for one in told["keys"]:
            assert SECRETS[UUID(one["key_ID"])] == base64.b64decode(one["key"])
            side = "master" if call == "enc_keys" else "slave"
            assert who == "bob" if side == "slave" else who in {"alice", "carol"}
            self.given[one["key_ID"], side] += 1
            assert self.given[one["key_ID"], side] == 1, "a key was given twice"
            assert self.given[one["key_ID"], "master"] == 1, "a slave came first"

    async def _asked(
        self, who: str | None, method: str, path: str, query: bytes, body: bytes
    ) -> tuple[int, dict[bytes, bytes], bytes]:
        sent: list[Any] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Any) -> None:  # noqa: ANN401 -- ASGI
            sent.append(message)

        scope = {
            "type": "http", "method": method, "path": path, "raw_path": path.encode("utf-8", "surrogateescape"),
            "query_string": query, "headers": [], "http_version": "1.1", "scheme": "https", "server": ("kme", 443),
            "client": ("1", 1), "root_path": "", "who": who,
        }  # fmt: skip
        await self.app(scope, receive, send)
        return sent[0]["status"], dict(sent[0]["headers"]), b"".join(message.get("body", b"") for message in sent)


def main(runs: int, seed: int | None = None) -> Counter[int]:
    """Ask at random; return how often each code was answered."""
    rng = random.Random(os.urandom(8) if seed is None else seed)  # noqa: S311 -- not for secrets
    codes: Counter[int] = Counter()
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        target = Target(Path(folder))
        with target.store:
            for _ in range(runs):
                codes[target.try_one(rng.randbytes(96))] += 1
    return codes


if __name__ == "__main__":
    import argparse
    import sys

    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int)
    parser.add_argument("--seed", type=int)
    asked, rest = parser.parse_known_args()
    if asked.runs is not None:
        print(f"{asked.runs} requests: {dict(sorted(main(asked.runs, asked.seed).items()))}")  # noqa: T201
    else:
        import atheris

        with tempfile.TemporaryDirectory(dir=MEMORY) as made:
            place = Target(Path(made))
            atheris.Setup([sys.argv[0], *rest], lambda data: place.try_one(data) and None)
            atheris.Fuzz()
