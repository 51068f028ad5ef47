"""The address of a scene, to be scanned in a lecture hall or framed in a page."""

from __future__ import annotations

import html
import io
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import segno

from thalweg.messages.export import Refused, say

QUIET = 4
"""Modules of white around a QR code: what the standard asks for."""
MOST_BYTES = 2953
"""What the largest QR code holds."""


def checked(address: str) -> str:
    """``address``, if it is one of a page. Raises `Refused` with a sentence."""
    if any(c.isspace() or not c.isprintable() for c in address):
        raise Refused("addressControl")
    try:
        parts = urlsplit(address)
    except ValueError as error:
        raise Refused("addressKind") from error
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise Refused("addressKind")
    return address


def is_local(address: str) -> bool:
    """Whether only this machine knows the address."""
    host = urlsplit(address).hostname or ""
    return host in ("localhost", "::1") or host.startswith("127.")


def moved(address: str, room: str) -> str:
    """``address`` at the server ``room`` (scheme, host and port)."""
    scheme, place, *_ = urlsplit(room)
    return urlunsplit(urlsplit(address)._replace(scheme=scheme, netloc=place))


def with_parameter(address: str, name: str, value: str) -> str:
    """``address`` with one parameter of its query set."""
    parts = urlsplit(address)
    query = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] != name]
    return urlunsplit(parts._replace(query=urlencode([*query, (name, value)])))


def qr_svg(address: str, side: int = 512) -> str:
    """A QR code as SVG text, ``side`` pixels wide: dark modules on white, a quiet zone around.

    Dark on white whatever the page's theme: phones read nothing else well. Raises `Refused`.
    """
    data = checked(address).encode()
    if len(data) > MOST_BYTES:
        raise Refused("addressLong", count=len(data), most=MOST_BYTES)
    code = segno.make(data, error="l", boost_error=True, micro=False)
    width, height = code.symbol_size(border=QUIET)
    file = io.BytesIO()
    code.save(
        file, kind="svg", border=QUIET, dark="#000", light="#fff", xmldecl=False, omitsize=True,
        svgclass=None, lineclass=None, title=say("qr"), nl=False,
    )  # fmt: skip
    sized = f'<svg width="{side}" height="{side * height // width}" role="img" '
    return file.getvalue().decode().replace("<svg ", sized + 'shape-rendering="crispEdges" ', 1)


def iframe(address: str, width: int = 960, height: int = 600) -> str:
    """HTML that shows the address within another page, without Streamlit's own frame.

    Raises `Refused`.
    """
    checked(address)
    embedded = with_parameter(address, "embed", "true")
    return (
        f'<iframe src="{html.escape(embedded)}" title="{html.escape(say("iframe"))}" '
        f'width="{int(width)}" height="{int(height)}" style="border: 0" loading="lazy" '
        "allowfullscreen></iframe>"
    )
