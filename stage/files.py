"""The stage's modules and plotly.js as a server sends them: packed, under an address that changes
with the content, so that a browser may keep them for ever."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from functools import lru_cache
from importlib.metadata import version as version_of
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

WEB = Path(__file__).resolve().parent / "web"
PLOTLY = Path((find_spec("plotly") or __spec__).origin or "").parent / "package_data/plotly.min.js"
"""Found without importing the package, which takes long."""
KINDS = (".js", ".css")


class File(NamedTuple):
    """A file's bytes, gzipped, and its type."""

    packed: bytes
    kind: str


@lru_cache(maxsize=1)
def version() -> str:
    """A hash of all the stage's files."""
    content = hashlib.sha256()
    for file in sorted(WEB.iterdir()):
        content.update(file.name.encode() + b"\0" + file.read_bytes())
    return content.hexdigest()[:12]


def address(name: str) -> str:
    """Where a file of the stage, or "plotly.js", is on the server, from its root."""
    if name == "plotly.js":
        return f"stage/plotly-{version_of('plotly')}.js"
    return f"stage/{version()}/{name}"


@lru_cache(maxsize=64)
def packed(path: str) -> File | None:
    """The file at an `address`; None where there is none."""
    if path == address("plotly.js"):
        file = PLOTLY
    else:
        file = WEB / path.rpartition("/")[2]
        if path != address(file.name) or file.suffix not in KINDS or not file.is_file():
            return None
    kind = mimetypes.guess_type(file.name)[0] or "text/javascript"
    return File(gzip.compress(file.read_bytes(), compresslevel=9, mtime=0), kind)
