"""The routes by which a page asks for a file, watches it being made, and fetches it."""

from __future__ import annotations

import mimetypes
from functools import lru_cache

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from thalweg.server.jobs import Jobs

MOST_BYTES = 250_000


class Room:
    """Where others in the room reach the server; None: nowhere, or not known."""

    address: str | None = None


async def share_address(request: Request) -> Response:
    """The QR code and the frame of an address: see `thalweg.export.requests`."""
    body = await _body(request)
    return await to_thread.run_sync(_answered, "addressed", body)


async def share_start(request: Request) -> Response:
    """Ask for a file; its job's id."""
    body = await _body(request)
    return await to_thread.run_sync(_answered, "started", body)


async def share_job(request: Request) -> Response:
    """How far a file is; or, by DELETE, that nobody waits for it."""
    job = _jobs().find(request.path_params["id"])
    if job is None:
        return JSONResponse({"refused": "This file is not there any more."}, 404)
    if request.method == "DELETE":
        _jobs().stop(request.path_params["id"])
    return JSONResponse(job.state())


async def share_file(request: Request) -> Response:
    """The file, to be kept."""
    job = _jobs().find(request.path_params["id"])
    if job is None or job.content is None:
        return Response("This file is not there (any more).", 404)
    kind = mimetypes.guess_type(job.name)[0] or "application/octet-stream"
    headers = {"Content-Disposition": f'attachment; filename="{job.name}"'}
    return Response(job.content, media_type=kind, headers=headers)


async def _body(request: Request) -> bytes:
    """What was sent; nothing where it is too much."""
    length = request.headers.get("content-length", "")
    fits = length.isdecimal() and int(length) <= MOST_BYTES
    return await request.body() if fits else b""


@lru_cache(maxsize=1)
def _jobs() -> Jobs:
    return Jobs()


def _answered(what: str, body: bytes) -> Response:
    from thalweg.export.requests import addressed, asked  # here: jax takes seconds

    try:
        if what == "addressed":
            return JSONResponse(addressed(body, Room.address))
        return JSONResponse({"id": _jobs().start(*asked(body))})
    except ValueError as error:
        problems = getattr(error, "problems", (str(error),))
        return JSONResponse({"refused": problems[0]}, 400)


ROUTES: list[BaseRoute] = [
    Route("/share", share_start, methods=["POST"]),
    Route("/share/address", share_address, methods=["POST"]),
    Route("/share/{id}", share_job, methods=["GET", "DELETE"]),
    Route("/share/{id}/file", share_file),
]
