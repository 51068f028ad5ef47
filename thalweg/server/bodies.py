"""Bodies of requests, read up to a bound."""

from __future__ import annotations

from starlette.requests import Request

MOST_BYTES = 250_000
"""A Scene, with what is wanted of it, has less."""


def is_too_long(request: Request) -> bool:
    """Whether the body has, or may have, more than `MOST_BYTES`."""
    length = request.headers.get("content-length", "")
    return not length.isdecimal() or int(length) > MOST_BYTES


async def limited_body(request: Request) -> bytes:
    """The body; nothing where it is too long."""
    return b"" if is_too_long(request) else await request.body()
