"""Middleware: headers, the time of the last request, and compressed static files."""

from __future__ import annotations

import gzip
import mimetypes
from functools import lru_cache
from pathlib import Path
from time import monotonic

import streamlit as st
from anyio import to_thread
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from thalweg.stage.files import MODULE, SHEETS, address

CACHE_FOREVER = "public, immutable, max-age=31536000"
HEALTH = "/healthz"
"""A monitor's question is no visit."""


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


class LastRequest:
    """Notes when a part of a page was last requested."""

    time = 0.0

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan" and scope["path"] != HEALTH:
            LastRequest.time = monotonic()
        await self.app(scope, receive, send)


class PreloadLinks:
    """Every page names in a header the files of the stage that it will load.

    Else the browser learns of them when Streamlit has started and the page's script has run.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        links = [f"<{address(MODULE)}>; rel=modulepreload"]
        links += [f"<{address(sheet)}>; rel=prefetch" for sheet in SHEETS]
        self.link = ", ".join(links)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_links(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                page = headers.get("content-type", "").startswith("text/html")
                if page and "content-disposition" not in headers:  # a page, not an exported file
                    headers["Link"] = self.link
            await send(message)

        await self.app(scope, receive, send_with_links)


class CompressedStatic:
    """Streamlit sends its own files as they are, megabytes a visitor, to spare the processor.

    Here each is packed once and kept: a class of a hundred on one Wi-Fi feels the difference.
    Everything else Streamlit compresses itself.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "GET" and _is_compressible(scope):
            body = await to_thread.run_sync(_compressed, scope["path"])
            if body is not None:
                kind = mimetypes.guess_type(scope["path"])[0]
                headers = {
                    "Content-Encoding": "gzip",
                    "Vary": "Accept-Encoding",
                    # The names carry a hash of the content.
                    "Cache-Control": CACHE_FOREVER,
                }
                await Response(body, media_type=kind, headers=headers)(scope, receive, send)
                return
        await self.app(scope, receive, send)


def _is_compressible(scope: Scope) -> bool:
    headers = Headers(scope=scope)
    return (
        scope["path"].startswith("/static/")
        and scope["path"].endswith((".js", ".css"))
        and "gzip" in headers.get("accept-encoding", "")
        and "range" not in headers
    )


@lru_cache(maxsize=1024)  # Streamlit has some 320 such files, 7 MB packed
def _compressed(path: str) -> bytes | None:
    root = Path(st.__file__).parent / "static"
    file = (root / path.lstrip("/")).resolve()
    if not file.is_relative_to(root / "static") or not file.is_file():
        return None
    return gzip.compress(file.read_bytes(), compresslevel=6)


MIDDLEWARE = [
    Middleware(kind) for kind in (LastRequest, SecurityHeaders, PreloadLinks, CompressedStatic)
]
