"""The stage's modules and plotly.js as a server sends them: bundled, gzipped, under an address that
changes with the content, so that a browser may keep them for ever."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from functools import lru_cache
from importlib.metadata import version as version_of
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from thalweg.stage.bundle import bundle

WEB = Path(__file__).resolve().parent / "web"
PLOTLY = Path((find_spec("plotly") or __spec__).origin or "").parent / "package_data/plotly.min.js"
"""Found without importing the package, which takes long."""
KINDS = (".js", ".css")
MODULE = "hosts/streamlit.js"
"""What a Streamlit page imports: it has all other modules in it."""
SHEETS = tuple(
    f"styles/{name}.css"
    for name in ("stage", "picture", "curves", "microscope", "typing", "maps", "streamlit")
)


class File(NamedTuple):
    """A file's content, gzipped, and its type; a module has all that it imports in it."""

    packed: bytes
    kind: str


@lru_cache(maxsize=1)
def version() -> str:
    """A hash of all the stage's files."""
    content = hashlib.sha256()
    for file in sorted(file for file in WEB.rglob("*") if file.suffix in KINDS):
        content.update(file.relative_to(WEB).as_posix().encode() + b"\0" + file.read_bytes())
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
        content = file.read_bytes()
    else:
        prefix, name = address(""), path.removeprefix(address(""))
        file = (WEB / name).resolve()
        inside = path.startswith(prefix) and file.is_relative_to(WEB)
        if not inside or file.suffix not in KINDS or not file.is_file():
            return None
        module = file.suffix == ".js"
        content = bundle(WEB, name.removesuffix(".js")).encode() if module else file.read_bytes()
    kind = mimetypes.guess_type(file.name)[0] or "text/javascript"
    return File(gzip.compress(content, compresslevel=9, mtime=0), kind)
