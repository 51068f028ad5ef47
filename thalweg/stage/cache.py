"""The default Scene's payload on disk, so that a server just started shows it before jax is there.

It is made anew when the code or a library that it depends on has changed.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import sys
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / ".cache"
PARTS = ("calculus", "landscapes", "optimizers", "thalweg")
"""The packages that a payload is made by."""
LIBRARIES = ("jax", "jaxlib", "latex2mathml", "numpy", "optax")


def kept() -> dict[str, Any] | None:
    """The payload of the default Scene as it was kept; None: there is none of this code's."""
    try:
        found: dict[str, Any] = json.loads(_file().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found


def keep(payload: dict[str, Any]) -> None:
    """Keep the payload of the default Scene in place of what was kept; not in a read-only place."""
    with contextlib.suppress(OSError):
        FOLDER.mkdir(exist_ok=True)
        with NamedTemporaryFile("w", dir=FOLDER, delete=False, encoding="utf-8") as file:
            json.dump(payload, file)
        Path(file.name).replace(_file())  # at once, whoever else reads or writes
        for other in FOLDER.glob("first-*.json"):
            if other != _file():
                other.unlink(missing_ok=True)


@lru_cache(maxsize=1)
def _file() -> Path:
    """The file's name has all in it that the payload depends on."""
    content = hashlib.sha256(sys.version.encode())
    for name in LIBRARIES:
        content.update(f"{name} {version(name)}\n".encode())
    for source in sorted(file for part in PARTS for file in (ROOT / part).rglob("*.py")):
        content.update(source.relative_to(ROOT).as_posix().encode() + b"\0" + source.read_bytes())
    return FOLDER / f"first-{content.hexdigest()[:16]}.json"
