"""The routes by which a page asks for a map, watches it being made, and fetches it."""

from __future__ import annotations

import asyncio
import gzip
import json
from functools import lru_cache
from typing import Any

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from thalweg.maps.scheduler import Turns, Work
from thalweg.messages.maps import say

MOST_BYTES = 250_000
MOST_NAME = 80
LOOKS, PAUSE = 25, 0.01
"""How often, and seconds apart, it is looked for a map before the answer is that there is none."""
WORTH_PACKING = 20_000


async def atlas_start(request: Request) -> Response:
    """Ask for a map: {"visitor": who asks, "scene": …}; its id and how it is."""
    length = request.headers.get("content-length", "")
    fits = length.isdecimal() and int(length) <= MOST_BYTES
    body = await request.body() if fits else b""
    said, status = await to_thread.run_sync(_started, body)
    if "id" in said and (work := _turns().find(said["id"])) is not None:
        await _ended(work)
        said |= work.state()
    return JSONResponse(said, status)


async def _ended(work: Work) -> None:
    """Wait for a map a little while; without a thread, of which there are few."""
    for _ in range(LOOKS):
        if work.ended.is_set():
            return
        await asyncio.sleep(PAUSE)


async def atlas_look(request: Request) -> Response:
    """How far a map is; or, by DELETE, that nobody waits for it."""
    id = request.path_params["id"]
    work = _turns().find(id)
    if work is None:
        return JSONResponse({"refused": say("gone")}, 404)
    if request.method == "DELETE":
        _turns().stop(id)
    else:
        await _ended(work)
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


def _started(body: bytes) -> tuple[dict[str, Any], int]:
    from thalweg.maps.builders import key_of, make  # here: jax takes seconds
    from thalweg.scenes import Scene, SceneError

    try:
        given: Any = json.loads(body)
        visitor = given["visitor"]
        if not isinstance(visitor, str) or not 0 < len(visitor) <= MOST_NAME:
            raise ValueError(visitor)
    except (ValueError, LookupError, TypeError, RecursionError):
        return {"refused": say("noRequest", most=MOST_BYTES)}, 400
    try:
        scene = Scene.from_dict(given.get("scene"))
    except SceneError as error:
        return {"refused": error.problems[0]}, 400
    try:
        return {"id": _turns().ask(visitor, key_of(scene), lambda: make(scene))[0]}, 200
    except ValueError as error:  # nothing is wrong with what was asked
        return {"refused": str(error)}, 200


ROUTES: list[BaseRoute] = [
    Route("/atlas", atlas_start, methods=["POST"]),
    Route("/atlas/{id}", atlas_look, methods=["GET", "DELETE"]),
    Route("/atlas/{id}/map", atlas_map),
]
