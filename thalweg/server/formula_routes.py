"""The route that reads what somebody types: see `thalweg.stage.formula_requests`."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from thalweg.messages.server import say
from thalweg.server.bodies import MOST_BYTES, is_too_long
from thalweg.stage import addresses

MOST_REST = 1.0
"""Seconds that the next text waits at most, after one that took long to read."""

# One text at a time, and then a pause as long as the reading: whoever types takes at most half of
# one core from the others. A request that was given up meanwhile is not read.
_reading = asyncio.Semaphore(1)


async def typed(request: Request) -> Response:
    """A text and its Scene; what changed in the payload of the stage."""
    if is_too_long(request):
        return JSONResponse({"refused": say("tooLong", most=MOST_BYTES)}, 413)
    body = await request.body()
    async with half_of_the_time(_reading):
        if await request.is_disconnected():
            return Response(status_code=204)
        return await to_thread.run_sync(_answer, body)


@contextlib.asynccontextmanager
async def half_of_the_time(semaphore: asyncio.Semaphore) -> AsyncIterator[None]:
    """Hold the semaphore during the block and for as long again, at most `MOST_REST` seconds."""
    await semaphore.acquire()
    began = time.monotonic()
    try:
        yield
    finally:
        pause = min(time.monotonic() - began, MOST_REST)
        asyncio.get_running_loop().call_later(pause, semaphore.release)


def _answer(body: bytes) -> Response:
    from thalweg.stage.formula_requests import RefusedError, answer_typed  # here: jax takes seconds

    try:
        return JSONResponse(answer_typed(body))
    except RefusedError as error:
        return JSONResponse({"refused": str(error)}, 400)


ROUTES: list[BaseRoute] = [Route(addresses.FORMULAS, typed, methods=["POST"])]
