"""The join server as an ASGI application; `samefade.keys.serve` puts it behind HTTPS with client certificates."""

from typing import TYPE_CHECKING, Any

from samefade.errors import MissingExtra, SamefadeError
from samefade.keys.certificates import caller
from samefade.keys.etsi import Who
from samefade.lpwan.lorawan.backend import MOST_BYTES, Refused
from samefade.lpwan.lorawan.join_server import JoinServer

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response


def application(server: JoinServer, *, who: Who = caller) -> "Starlette":
    """Return the server as an ASGI application: every POST is a request, whatever its path.

    Args:
        server: Who answers.
        who: Tells from the scope of a connection who asks; by default its client certificate.

    Raises:
        MissingExtra: When the extra `serve` is not installed.
    """
    try:
        from starlette.applications import Starlette
        from starlette.concurrency import run_in_threadpool
        from starlette.routing import Route
    except ImportError:
        raise MissingExtra("serve") from None

    async def answer(request: "Request") -> "Response":
        body = await _body(request)
        try:
            told = await run_in_threadpool(server.answer, who(request.scope), body)  # the disk may be slow
        except Refused as refused:
            return _response({"Result": {"ResultCode": refused.code, "Description": refused.why}}, 400)
        except SamefadeError:  # no error of ours tells where the file is or what is in it
            return _response({"Result": {"ResultCode": "Other", "Description": "the join server failed"}}, 503)
        return _response(told, 200)

    return Starlette(routes=[Route("/{path:path}", answer, methods=["POST"])])


async def _body(request: "Request") -> bytes:
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > MOST_BYTES:
            break  # too long to be read as a request
    return bytes(body)


def _response(content: dict[str, Any], code: int) -> "Response":
    from starlette.responses import JSONResponse

    return JSONResponse(content, code, headers={"Cache-Control": "no-store"})
