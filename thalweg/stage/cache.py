"""The default Scene's payload on disk, so that a server just started shows it before jax is there.

It is made again when the code or a library that it depends on has changed.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
"""The folder of the packages: a checkout, or an environment's."""
PARTS = ("calculus", "landscapes", "optimizers", "thalweg")
"""The packages that a payload is made by."""
LIBRARIES = ("jax", "jaxlib", "latex2mathml", "numpy", "optax")


def folder(root: Path) -> Path:
    """Where to keep it: beside a checkout, or, for installed packages, in the user's cache."""
    if (root / "pyproject.toml").is_file():
        return root / ".cache"
    return _user_cache() / "thalweg"


def _user_cache() -> Path:
    """The user's folder for what can be made again, by the rules of the system."""
    variable = "LOCALAPPDATA" if os.name == "nt" else "XDG_CACHE_HOME"
    if Path(named := os.environ.get(variable, "")).is_absolute():
        return Path(named)
    try:
        home = Path.home()
    except RuntimeError:  # the user has none
        return Path(os.devnull)  # nothing can be written there
    return home / ("Library/Caches" if sys.platform == "darwin" else ".cache")


FOLDER = folder(ROOT)


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
        FOLDER.mkdir(parents=True, exist_ok=True)
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
