"""The routes by which a page asks for a map of many runs."""

from __future__ import annotations

import gzip
import json
from typing import Any

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from thalweg.messages.maps import say
from thalweg.server.bodies import MOST_BYTES
from thalweg.server.job_routes import JobRequest, JobRoutes
from thalweg.server.jobs import Job, Limits, Scheduler
from thalweg.stage import addresses

MOST_NAME = 80
WORTH_PACKING = 20_000
LIMITS = Limits(unfinished=64, result_bytes=64_000_000, patience=10.0)


def _read(body: bytes, host: str) -> JobRequest:
    """A request for a map: {"visitor": who asks, "scene": …}."""
    from thalweg.maps.builders import key_of, make  # here: jax takes seconds
    from thalweg.scenes import Scene

    try:
        request: Any = json.loads(body)
        visitor = request["visitor"]
        if not isinstance(visitor, str) or not 0 < len(visitor) <= MOST_NAME:
            raise ValueError(visitor)
    except (ValueError, LookupError, TypeError, RecursionError):
        raise ValueError(say("noRequest", most=MOST_BYTES)) from None
    scene = Scene.from_dict(request.get("scene"))
    return JobRequest(visitor, lambda _: make(scene), key=key_of(scene))


async def _respond(request: Request, _: Job, result: bytes) -> Response:
    """The map, as JSON."""
    headers = {"Content-Type": "application/json"}
    if len(result) > WORTH_PACKING and "gzip" in request.headers.get("accept-encoding", ""):
        result = await to_thread.run_sync(gzip.compress, result, 1)
        headers["Content-Encoding"] = "gzip"
    return Response(result, headers=headers)


ROUTES: list[BaseRoute] = JobRoutes(
    addresses.MAPS,
    "map",
    Scheduler("maps", LIMITS, say("broken")),
    _read,
    _respond,
    busy=say("busy"),
    gone=say("gone"),
).routes()
