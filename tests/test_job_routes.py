"""The routes of jobs: what a page is answered when it submits, asks, stops and fetches."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response

from thalweg.server.bodies import MOST_BYTES
from thalweg.server.job_routes import JobRequest, JobRoutes
from thalweg.server.jobs import Job, Limits, Report, Scheduler, one_chunk

Answer = tuple[int, dict[str, str], bytes]


async def exchanged(app: Starlette, method: str, path: str, body: bytes) -> Answer:
    """One request to an ASGI application: status, headers, body."""
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": body}

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(b"content-length", str(len(body)).encode())]
    scope = {
        "type": "http", "method": method, "path": path, "headers": headers, "query_string": b"",
        "client": ("192.0.2.7", 1), "root_path": "", "http_version": "1.1",
    }  # fmt: skip
    await app(scope, receive, send)
    content = b"".join(part.get("body", b"") for part in sent[1:])
    answered = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], answered, content


class Site:
    """An application with jobs that return the body of their request, in capitals."""

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.gate.set()
        self.visitors: list[str] = []
        limits = Limits(unfinished=2, result_bytes=1000, patience=60)
        self.app = Starlette(
            routes=JobRoutes(
                "/jobs", "text", Scheduler("tests", limits, "It failed."), self.read, self.respond,
                busy="Too many.", gone="Gone.",
            ).routes()
        )  # fmt: skip

    def read(self, body: bytes, host: str) -> JobRequest:
        if not body:
            raise ValueError("It is empty.")
        self.visitors.append(host)

        def make(report: Report) -> bytes:
            assert self.gate.wait(20)
            return body.upper()

        return JobRequest(host, one_chunk(make), name="a.txt")

    async def respond(self, request: Request, job: Job, result: bytes) -> Response:
        return Response(result, media_type="text/plain", headers={"X-Name": job.name})

    def __call__(self, method: str, path: str, body: bytes = b"") -> Answer:
        with ThreadPoolExecutor(1) as thread:  # the browser's driver has a loop in this one
            run = thread.submit(lambda: asyncio.run(exchanged(self.app, method, path, body)))
            return run.result()

    def json(self, method: str, path: str, body: bytes = b"") -> tuple[int, Any]:
        status, _, content = self(method, path, body)
        return status, json.loads(content)


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()
    yield made
    made.gate.set()


def test_a_short_job_is_ready_in_the_first_answer_and_is_fetched(site: Site) -> None:
    status, state = site.json("POST", "/jobs", b"words")
    assert (status, state["ready"], state["bytes"], state["name"]) == (200, True, 5, "a.txt")
    assert site.json("GET", f"/jobs/{state['id']}")[1]["ready"]
    status, headers, content = site("GET", f"/jobs/{state['id']}/text")
    assert (status, headers["x-name"], content) == (200, "a.txt", b"WORDS")
    assert site.visitors == ["192.0.2.7"]


def test_a_long_job_is_asked_about_and_stopped(site: Site) -> None:
    site.gate.clear()
    id = site.json("POST", "/jobs", b"words")[1]["id"]
    assert not site.json("GET", f"/jobs/{id}")[1]["ready"]
    assert site.json("GET", f"/jobs/{id}/text") == (404, {"refused": "Gone."})
    assert site.json("DELETE", f"/jobs/{id}")[1]["stopped"]


@pytest.mark.parametrize("body", [b"", b"x" * (MOST_BYTES + 1)])
def test_a_wrong_request_is_refused_with_its_sentence(site: Site, body: bytes) -> None:
    assert site.json("POST", "/jobs", body) == (400, {"refused": "It is empty."})


def test_one_job_too_many_is_refused_though_nothing_is_wrong_with_it(site: Site) -> None:
    site.gate.clear()
    for _ in range(2):
        site.json("POST", "/jobs", b"words")
    assert site.json("POST", "/jobs", b"words") == (200, {"refused": "Too many."})


@pytest.mark.parametrize(("method", "path"), [("GET", ""), ("DELETE", ""), ("GET", "/text")])
def test_a_job_that_nobody_knows_is_gone(site: Site, method: str, path: str) -> None:
    assert site.json(method, f"/jobs/nobody{path}") == (404, {"refused": "Gone."})
