"""The routes of a scheduler: submit a job, ask about it, stop it, fetch its result."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from thalweg.server.bodies import limited_body
from thalweg.server.jobs import Job, QueueFullError, Scheduler, Work

LOOKS, PAUSE = 25, 0.01
"""How often, and seconds apart, a request looks whether a job has ended before it answers."""


class JobRequest(NamedTuple):
    """What a request asks for: see `Scheduler.submit`."""

    visitor: str
    work: Work
    key: str = ""
    name: str = ""


@dataclass(frozen=True)
class JobRoutes:
    """POST ``prefix`` submits a job, GET and DELETE ``prefix``/ID are its state and its stop, GET
    ``prefix``/ID/``result`` is its result.

    A refusal is {"refused": a sentence}; its status is 400 where the request is wrong.
    """

    prefix: str
    result: str
    scheduler: Scheduler
    read: Callable[[bytes, str], JobRequest]
    """(body, the client's host) → what is asked for. Raises ValueError with a sentence."""
    respond: Callable[[Request, Job, bytes], Awaitable[Response]]
    """The answer that has the result in it."""
    busy: str
    gone: str

    def routes(self) -> list[BaseRoute]:
        """What the application serves."""
        return [
            Route(self.prefix, self._submit, methods=["POST"]),
            Route(f"{self.prefix}/{{id}}", self._state, methods=["GET", "DELETE"]),
            Route(f"{self.prefix}/{{id}}/{self.result}", self._result),
        ]

    async def _submit(self, request: Request) -> Response:
        body = await limited_body(request)
        host = request.client.host if request.client else ""
        job = await to_thread.run_sync(self._submitted, body, host)
        if isinstance(job, Response):
            return job
        return JSONResponse({"id": job.id} | await _state_of(job))

    def _submitted(self, body: bytes, host: str) -> Job | Response:
        try:
            wanted = self.read(body, host)
            return self.scheduler.submit(
                wanted.visitor, wanted.work, key=wanted.key, name=wanted.name
            )
        except QueueFullError:  # nothing is wrong with the request
            return JSONResponse({"refused": self.busy})
        except ValueError as error:
            problems = getattr(error, "problems", (str(error),))
            return JSONResponse({"refused": problems[0]}, 400)

    async def _state(self, request: Request) -> Response:
        job = self.scheduler.find(request.path_params["id"])
        if job is None:
            return JSONResponse({"refused": self.gone}, 404)
        if request.method == "DELETE":
            self.scheduler.stop(job)
        return JSONResponse(await _state_of(job))

    async def _result(self, request: Request) -> Response:
        job = self.scheduler.find(request.path_params["id"])
        result = None if job is None else self.scheduler.result(job)
        if job is None or result is None:
            return JSONResponse({"refused": self.gone}, 404)
        return await self.respond(request, job, result)


async def _state_of(job: Job) -> dict[str, Any]:
    """The job's state when it has ended, or after a little while; no thread waits meanwhile."""
    for _ in range(LOOKS):
        if job.ended.is_set():
            break
        await asyncio.sleep(PAUSE)
    return job.state()
