"""The server: Streamlit's pages and a few routes of our own in one ASGI application.

`python app.py`, the console script `thalweg` and `streamlit run app.py` serve the same `app`.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import gc
import gzip
import logging
import mimetypes
import os
import socket
import sys
import threading
import time
from collections.abc import AsyncIterator
from functools import lru_cache
from pathlib import Path

import streamlit as st
import uvicorn
from anyio import to_thread
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import config

import thalweg.server.export_routes
import thalweg.server.map_routes
from thalweg import cli as command
from thalweg.stage.files import MODULE, SHEETS, address, packed

HERE = Path(__file__).resolve().parent

# Streamlit reads .streamlit/config.toml beside the script it thinks it was started with. Under
# `streamlit run app.py` that is this file; otherwise st.App would take pages/main.py for it.
config._main_script_path = str(HERE / "app.py")


FOR_EVER = "public, immutable, max-age=31536000"


# --- what runs beside the pages ------------------------------------------------------------------

SECONDS_BETWEEN_COLLECTIONS = 60
QUIET = 0.7
"""Seconds without a request after which nobody is waiting for the first page."""
MOST_WAITING = 5.0
MOST_TYPED = 250_000
"""Bytes of a text that somebody types, with the Scene around it."""
MOST_REST = 1.0
"""Seconds that the next text waits at most, after one that took long to read."""
_warm = threading.Event()


def get_ready() -> None:
    """Import and compile what pages need, so that no visitor waits for it."""
    wait_until_quiet()
    try:
        from thalweg.stage.payload import (
            warm_up,  # here: jax takes seconds, the first page goes without
        )

        warm_up()
    except Exception:
        logging.getLogger("thalweg").exception("The warm-up failed; pages may fail too.")
        return
    gc.collect()
    gc.freeze()  # what is loaded by now stays, so later collections need not look at it
    _warm.set()


def wait_until_quiet() -> None:
    """Let a first page go first: importing would hold it up, and it needs nothing of that."""
    began = now = time.monotonic()
    while now - began < MOST_WAITING and now - max(began, Visits.last) < QUIET:
        time.sleep(0.05)
        now = time.monotonic()


async def collect_now_and_then() -> None:
    """Streamlit's full collection after every run is off (postScriptGC); this is instead."""
    while True:
        await asyncio.sleep(SECONDS_BETWEEN_COLLECTIONS)
        gc.collect()


@contextlib.asynccontextmanager
async def lifespan(_: st.App) -> AsyncIterator[None]:
    tasks = [
        asyncio.create_task(asyncio.to_thread(get_ready)),
        asyncio.create_task(collect_now_and_then()),
    ]
    yield
    for task in tasks:
        task.cancel()


# --- routes --------------------------------------------------------------------------------------

HEALTH = "/healthz"


async def health(_: Request) -> JSONResponse:
    return JSONResponse({"status": "ok", "warm": _warm.is_set()})


async def stage_file(request: Request) -> Response:
    """A module of the stage, or plotly.js, packed; browsers that cannot unpack it do not exist."""
    file = await to_thread.run_sync(packed, "stage/" + request.path_params["name"])
    if file is None:
        return Response("There is no such file.", 404)
    headers = {"Content-Encoding": "gzip", "Cache-Control": FOR_EVER}
    return Response(file.packed, media_type=file.kind, headers=headers)


# One text at a time, and then as long a rest as it took: whoever types takes at most half of one
# core from the others. Who has typed on meanwhile no longer waits for an answer.
_typing = asyncio.Semaphore(1)


async def typed(request: Request) -> Response:
    """What somebody types, read: see `thalweg.stage.formula_requests`."""
    length = request.headers.get("content-length", "")
    if not length.isdecimal() or int(length) > MOST_TYPED:
        return JSONResponse({"refused": f"At most {MOST_TYPED} bytes can be read."}, 413)
    body = await request.body()
    async with _turn(_typing):
        if await request.is_disconnected():
            return Response(status_code=204)
        return await to_thread.run_sync(_read_typed, body)


@contextlib.asynccontextmanager
async def _turn(of: asyncio.Semaphore) -> AsyncIterator[None]:
    await of.acquire()
    began = time.monotonic()
    try:
        yield
    finally:
        spent = min(time.monotonic() - began, MOST_REST)
        asyncio.get_running_loop().call_later(spent, of.release)


def _read_typed(body: bytes) -> Response:
    from thalweg.stage.formula_requests import RefusedError, answer_typed  # here: jax takes seconds

    try:
        return JSONResponse(answer_typed(body))
    except RefusedError as error:
        return JSONResponse({"refused": str(error)}, 400)


# Streamlit keeps /_stcore, /media, /component and /static for itself.
ROUTES: list[BaseRoute] = [
    Route(HEALTH, health),
    Route("/stage/{name:path}", stage_file),
    Route("/typed", typed, methods=["POST"]),
    *thalweg.server.map_routes.ROUTES,
    *thalweg.server.export_routes.ROUTES,
]


# --- middleware ----------------------------------------------------------------------------------


class SecurityHeaders:
    """Framing stays allowed: a lecture's slides embed the app."""

    HEADERS = (
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "same-origin"),  # a link carries the whole scene: it is nobody else's
    )

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(dict(self.HEADERS))
            await send(message)

        await self.app(scope, receive, send_with_headers)


class Visits:
    """Notes when somebody last asked for a part of a page."""

    last = 0.0

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan" and scope["path"] != HEALTH:
            Visits.last = time.monotonic()
        await self.app(scope, receive, send)


class Hints:
    """Every page says at once which of the stage's files it will want: else the browser learns of
    them only when Streamlit has started and the page's script has run."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        hints = [f"<{address(MODULE)}>; rel=modulepreload"]
        hints += [f"<{address(sheet)}>; rel=prefetch" for sheet in SHEETS]
        self.link = ", ".join(hints)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_hints(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                page = headers.get("content-type", "").startswith("text/html")
                if page and "content-disposition" not in headers:  # not a file to be kept
                    headers["Link"] = self.link
            await send(message)

        await self.app(scope, receive, send_with_hints)


class PackedStatic:
    """Streamlit sends its own files as they are, megabytes a visitor, to spare the processor.

    Here each is packed once and kept: a class of a hundred on one Wi-Fi feels the difference.
    Everything else Streamlit compresses itself.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "GET" and _wants_packed(scope):
            body = await to_thread.run_sync(_packed, scope["path"])
            if body is not None:
                kind = mimetypes.guess_type(scope["path"])[0]
                headers = {
                    "Content-Encoding": "gzip",
                    "Vary": "Accept-Encoding",
                    # The names carry a hash of the content.
                    "Cache-Control": FOR_EVER,
                }
                await Response(body, media_type=kind, headers=headers)(scope, receive, send)
                return
        await self.app(scope, receive, send)


def _wants_packed(scope: Scope) -> bool:
    headers = Headers(scope=scope)
    return (
        scope["path"].startswith("/static/")
        and scope["path"].endswith((".js", ".css"))
        and "gzip" in headers.get("accept-encoding", "")
        and "range" not in headers
    )


@lru_cache(maxsize=1024)  # Streamlit has some 320 such files, 7 MB packed
def _packed(path: str) -> bytes | None:
    root = Path(st.__file__).parent / "static"
    file = (root / path.lstrip("/")).resolve()
    if not file.is_relative_to(root / "static") or not file.is_file():
        return None
    return gzip.compress(file.read_bytes(), compresslevel=6)


app = st.App(
    HERE / "pages" / "main.py",
    routes=ROUTES,
    middleware=[Middleware(m) for m in (Visits, SecurityHeaders, Hints, PackedStatic)],
    lifespan=lifespan,
)


# --- the command line ----------------------------------------------------------------------------

PORTS_TO_TRY = 50


def main() -> None:
    """Do what the command line says: without a subcommand, serve."""
    command.main(sys.argv[1:], serve)


def serve(host: str, port_text: str) -> None:
    """Start the server, and say in one line where it is."""
    wanted = _port(port_text)
    listener = _listen(host, wanted)
    port = listener.getsockname()[1]
    if wanted not in (0, port):
        print(f"Port {wanted} is busy, so Thalweg takes port {port}.", flush=True)
    print(_where(host, port), flush=True)
    thalweg.server.export_routes.Room.address = _room(host, port)

    server = uvicorn.Server(
        uvicorn.Config(
            app,
            log_level="warning",
            access_log=False,
            ws="websockets-sansio",
            ws_per_message_deflate=False,
            timeout_graceful_shutdown=2,
        )
    )
    with contextlib.suppress(KeyboardInterrupt):
        server.run(sockets=[listener])
    if not server.started:
        sys.exit(1)


def _port(text: str) -> int:
    if text.isdecimal() and int(text) <= 65535:
        return int(text)
    sys.exit(f"The port must be a whole number from 0 to 65535, not {text!r}.")


def _listen(host: str, wanted: int) -> socket.socket:
    """A listening socket on the wanted port or, where that is busy, on the next free one."""
    ports = range(wanted, min(wanted + PORTS_TO_TRY, 65536))
    for port in ports:
        try:
            return _bind(host, port)
        except socket.gaierror:
            sys.exit(f"{host!r} is not an address of this machine.")
        except PermissionError:
            sys.exit(f"Port {port} needs administrator rights: choose one from 1024 on.")
        except OSError as error:
            if error.errno == errno.EADDRNOTAVAIL:
                sys.exit(f"{host!r} is not an address of this machine.")
            if error.errno != errno.EADDRINUSE:
                sys.exit(f"Port {port} on {host!r} cannot be opened: {error.strerror}.")
    sys.exit(f"The ports from {ports[0]} to {ports[-1]} are all busy: choose another with --port.")


def _bind(host: str, port: int) -> socket.socket:
    family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    # The protocol is named because asyncio sends small messages at once (TCP_NODELAY) only then.
    listener = socket.socket(family, kind, socket.IPPROTO_TCP)
    try:
        if os.name == "posix":  # elsewhere the option would share a busy port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(2048)
    except OSError:
        listener.close()
        raise
    return listener


def _where(host: str, port: int) -> str:
    """The line that says where Thalweg is, as one would type it into a browser."""
    if host not in ("0.0.0.0", "::"):
        return f"Thalweg is at {_url(host, port)}"
    lan = _address_in_the_network()
    if lan is None:
        name = socket.gethostname()
        return f"Thalweg is at {_url('127.0.0.1', port)}; no network found to reach {name} by."
    return f"Thalweg is at {_url(lan, port)} for the room, {_url('127.0.0.1', port)} here."


def _room(host: str, port: int) -> str | None:
    """The address by which others reach the server, if they do."""
    if host in ("0.0.0.0", "::"):
        lan = _address_in_the_network()
        return None if lan is None else _url(lan, port)
    return None


def _url(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _address_in_the_network() -> str | None:
    """The address by which others reach this machine. Connecting a UDP socket sends nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # an address reserved for documentation
        except OSError:
            return None
        address = str(probe.getsockname()[0])
    return None if address.startswith(("0.", "127.")) else address


if __name__ == "__main__":
    main()
