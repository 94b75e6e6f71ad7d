"""Key delivery over REST, compatible with ETSI GS QKD 014 V1.1.1: status, enc_keys, dec_keys; an ASGI application.

The application that asks is whom its TLS client certificate names.
Each key is given once to each side of its pair; `key_extension` says what is claimed of it, and on what grounds.
"""

import base64
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any

from samefade.errors import InputError, MissingExtra, NotEnough, ProtocolError, SamefadeError
from samefade.keys import request as asked
from samefade.keys.certificates import caller
from samefade.keys.delivery import Delivery
from samefade.keys.errors import NoSuchKey, NoSuchPair
from samefade.keys.request import MOST_BYTES, MOST_KEYS, Malformed
from samefade.keys.store import Store, named
from samefade.session.events import Issued

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response

Who = Callable[[Mapping[str, Any]], str | None]
_NOT_FOUND = "one or more keys specified are not found on KME"  # section 5.3, in its words


class Unknown(InputError):
    """This server does not serve the application that asks."""


class Kme:
    """Answers the three calls for one store; the words KME and SAE are the standard's."""

    def __init__(self, store: Store, name: str, now: Callable[[], float]) -> None:
        """Take the store, the name of this server, and the clock."""
        self._store, self._delivery, self._name, self._now = store, Delivery(store), name, now

    def status(self, master: str, slave: str) -> dict[str, Any]:
        """Return what the master could be given (section 6.1)."""
        stock = self._delivery.stock(master, slave, now=self._now())
        return {
            "source_KME_ID": self._name,
            "target_KME_ID": named(stock.pair.peer),
            "master_SAE_ID": master,
            "slave_SAE_ID": slave,
            "key_size": stock.size,
            "stored_key_count": sum(size == stock.size for size in stock.sizes),
            "max_key_count": self._store.limits.per_peer,
            "max_key_per_request": MOST_KEYS,
            # keys are given as they were agreed, never cut or joined: the other server could not know of it
            "max_key_size": max(stock.sizes, default=stock.size),
            "min_key_size": min(stock.sizes, default=stock.size),
            "max_SAE_ID_count": 0,
        }

    def enc_keys(self, master: str, slave: str, wanted: asked.KeyRequest) -> dict[str, Any]:
        """Give new keys to the master (sections 5.2 and 6.3)."""
        given = self._delivery.give(
            master, slave, wanted.number, wanted.size, now=self._now(), claims=wanted.claims
        )  # fmt: skip
        return {"keys": [_plain(one) for one in given]}

    def dec_keys(self, master: str, slave: str, wanted: list[Any]) -> dict[str, Any]:
        """Give the slave the keys that its master named (sections 5.3 and 6.3)."""
        given = self._delivery.give_named(master, slave, wanted, now=self._now())
        return {"keys": [_plain(one) for one in given]}

    def admit(self, who: str | None) -> str:
        """Return the name of an application that this server serves.

        Raises:
            Unknown: When it serves nobody of this name.
        """
        if who is None or not self._delivery.knows(who):
            raise Unknown
        return who


def application(store: Store, name: str, *, now: Callable[[], float], who: Who = caller) -> "Starlette":
    """Return the server as an ASGI application.

    Args:
        store: Whose keys it gives.
        name: The name of this server (KME).
        now: Clock, seconds since 1970.
        who: Tells from the scope of a connection which application asks; by default its client certificate.

    Raises:
        MissingExtra: When the extra `serve` is not installed.
    """
    try:
        from starlette.applications import Starlette
        from starlette.routing import Route
    except ImportError:
        raise MissingExtra("serve") from None
    kme = Kme(store, name, now)
    routes = [
        Route(f"/api/v1/keys/{{sae:path}}/{call}", _endpoint(kme, call, who), methods=["GET", "POST"])
        for call in _CALLS
    ]  # fmt: skip
    app = Starlette(routes=routes, exception_handlers={404: _no_such_page, 405: _no_such_page, Exception: _failed})
    app.router.redirect_slashes = False
    return app


async def _status(kme: Kme, who: str, sae: str, request: "Request") -> Any:  # noqa: ANN401, ARG001 -- as the others
    return await _threaded(kme.status, who, sae)


async def _enc_keys(kme: Kme, who: str, sae: str, request: "Request") -> Any:  # noqa: ANN401 -- JSON
    if request.method == "GET":
        wanted = asked.from_query(request.query_params.multi_items())
    else:
        wanted = asked.from_body(await _body(request))
    return await _threaded(kme.enc_keys, who, sae, wanted)


async def _dec_keys(kme: Kme, who: str, sae: str, request: "Request") -> Any:  # noqa: ANN401 -- JSON
    if request.method == "GET":
        wanted = asked.names_from_query(request.query_params.multi_items())
    else:
        wanted = asked.names_from_body(await _body(request))
    return await _threaded(kme.dec_keys, sae, who, wanted)


_CALLS = {"status": _status, "enc_keys": _enc_keys, "dec_keys": _dec_keys}


def _endpoint(kme: Kme, call: str, who: Who) -> "Callable[[Request], Awaitable[Response]]":
    async def answer(request: "Request") -> "Response":
        if request.method == "HEAD":  # it would take a key and show it to nobody
            return _refusal(405, "use GET or POST")
        try:
            name = await _threaded(kme.admit, who(request.scope))
            sae = request.path_params["sae"]
            if not sae.isprintable():  # a name of ours is, and a lone surrogate could not be looked up
                raise NoSuchPair(name, "?")
            return _answer(200, await _CALLS[call](kme, name, sae, request))
        except Unknown:
            return _refusal(401, "this application is not served here")
        except SamefadeError as error:
            return _refused(error)

    return answer


def _refused(error: SamefadeError) -> "Response":
    """Return what the standard answers (section 5): no error of ours tells where the store is or what is in it."""
    if isinstance(error, Malformed):
        return _refusal(400, error.why)
    if isinstance(error, NoSuchPair):
        return _refusal(400, "no such pair of SAEs is served here")
    if isinstance(error, NoSuchKey | ProtocolError):
        return _refusal(400, _NOT_FOUND)
    if isinstance(error, NotEnough):
        return _refusal(503, "there are too few keys; try again later")
    return _refusal(503, "the key store does not answer")


def _plain(issued: Issued) -> dict[str, Any]:
    return {
        "key_ID": str(issued.key_id),
        "key": base64.b64encode(issued.key.reveal_secret_bytes()).decode(),
        "key_extension": {"samefade": {"claim": issued.key.claim, "certificate": issued.certificate}},
    }


async def _body(request: "Request") -> bytes:
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > MOST_BYTES:
            raise Malformed(f"the body has more than {MOST_BYTES} bytes")
    return bytes(body)


async def _threaded(call: Callable[..., Any], *values: object) -> Any:  # noqa: ANN401 -- what the call returns
    from starlette.concurrency import run_in_threadpool

    return await run_in_threadpool(call, *values)  # the disk may be slow


async def _no_such_page(request: "Request", error: Exception) -> "Response":  # noqa: ARG001 -- Starlette's form
    code = getattr(error, "status_code", 404)
    return _refusal(code, "use GET or POST" if code == 405 else "there is no such page")


async def _failed(request: "Request", error: Exception) -> "Response":  # noqa: ARG001 -- as above
    return _refusal(503, "the server failed")


def _refusal(code: int, message: str) -> "Response":
    return _answer(code, {"message": message})  # section 6.5


def _answer(code: int, content: dict[str, Any]) -> "Response":
    from starlette.responses import JSONResponse

    return JSONResponse(content, code, headers={"Cache-Control": "no-store"})
