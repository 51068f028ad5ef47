"""The routes by which a page asks for a file to take away, or for its own address."""

from __future__ import annotations

import mimetypes

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from thalweg.messages.server import say
from thalweg.server.bodies import limited_body
from thalweg.server.job_routes import JobRequest, JobRoutes
from thalweg.server.jobs import Job, Limits, Scheduler, one_chunk
from thalweg.stage import addresses

LIMITS = Limits(unfinished=24, result_bytes=200_000_000, patience=600.0)


class Network:
    """Where others in the network reach the server; None: nowhere, or not known."""

    address: str | None = None


async def _address(request: Request) -> Response:
    """The QR code and the frame of an address: see `thalweg.export.requests`."""
    body = await limited_body(request)
    return await to_thread.run_sync(_addressed, body)


def _addressed(body: bytes) -> Response:
    from thalweg.export.requests import addressed  # here: jax takes seconds

    try:
        return JSONResponse(addressed(body, Network.address))
    except ValueError as error:
        problems = getattr(error, "problems", (str(error),))
        return JSONResponse({"refused": problems[0]}, 400)


def _read(body: bytes, host: str) -> JobRequest:
    """A request for a file: see `thalweg.export.requests`. Hosts take turns."""
    from thalweg.export.requests import asked  # here: jax takes seconds

    name, make = asked(body)
    return JobRequest(host, one_chunk(make), name=name)


async def _respond(_: Request, job: Job, result: bytes) -> Response:
    """The file, which the browser saves."""
    media_type = mimetypes.guess_type(job.name)[0] or "application/octet-stream"
    headers = {"Content-Disposition": f'attachment; filename="{job.name}"'}
    return Response(result, media_type=media_type, headers=headers)


ROUTES: list[BaseRoute] = [
    Route(f"{addresses.EXPORTS}/address", _address, methods=["POST"]),
    *JobRoutes(
        addresses.EXPORTS,
        "file",
        Scheduler("exports", LIMITS, say("brokenExport")),
        _read,
        _respond,
        busy=say("busyExports"),
        gone=say("goneExport"),
    ).routes(),
]
