"""The routes by which a page asks for a map, watches it being made, and fetches it."""

from __future__ import annotations

import gzip
import json
from functools import lru_cache
from typing import Any

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from atlas.turns import Turns
from atlas.words import say

MOST_BYTES = 250_000
MOST_NAME = 80
LOOK = 0.25
"""Seconds that a look waits for a map that is not there yet."""
WORTH_PACKING = 20_000


async def atlas_start(request: Request) -> Response:
    """Ask for a map: {"visitor": who asks, "scene": …}; its id and how it is."""
    length = request.headers.get("content-length", "")
    fits = length.isdecimal() and int(length) <= MOST_BYTES
    body = await request.body() if fits else b""
    return await to_thread.run_sync(_started, body)


async def atlas_look(request: Request) -> Response:
    """How far a map is; or, by DELETE, that nobody waits for it."""
    id = request.path_params["id"]
    work = _turns().find(id)
    if work is None:
        return JSONResponse({"refused": say("gone")}, 404)
    if request.method == "DELETE":
        _turns().stop(id)
    else:
        await to_thread.run_sync(work.ended.wait, LOOK)
    return JSONResponse(work.state())


async def atlas_map(request: Request) -> Response:
    """The map, as JSON."""
    work = _turns().find(request.path_params["id"])
    if work is None or work.result is None:
        return JSONResponse({"refused": say("gone")}, 404)
    content, headers = work.result, {"Content-Type": "application/json"}
    if len(content) > WORTH_PACKING and "gzip" in request.headers.get("accept-encoding", ""):
        content = await to_thread.run_sync(lambda: gzip.compress(work.result or b"", 1))
        headers["Content-Encoding"] = "gzip"
    return Response(content, headers=headers)


@lru_cache(maxsize=1)
def _turns() -> Turns:
    return Turns()


def _started(body: bytes) -> Response:
    from atlas.made import key_of, make  # here: jax takes seconds
    from scenes import Scene, SceneError

    try:
        given: Any = json.loads(body)
        visitor = given["visitor"]
        if not isinstance(visitor, str) or not 0 < len(visitor) <= MOST_NAME:
            raise ValueError(visitor)
    except (ValueError, LookupError, TypeError, RecursionError):
        return JSONResponse({"refused": say("noRequest", most=MOST_BYTES)}, 400)
    try:
        scene = Scene.from_dict(given.get("scene"))
    except SceneError as error:
        return JSONResponse({"refused": error.problems[0]}, 400)
    try:
        id, work = _turns().ask(visitor, key_of(scene), lambda: make(scene))
    except ValueError as error:  # nothing is wrong with what was asked
        return JSONResponse({"refused": str(error)})
    work.ended.wait(LOOK)
    return JSONResponse({"id": id} | work.state())


ROUTES: list[BaseRoute] = [
    Route("/atlas", atlas_start, methods=["POST"]),
    Route("/atlas/{id}", atlas_look, methods=["GET", "DELETE"]),
    Route("/atlas/{id}/map", atlas_map),
]
