"""The Scene that somebody wants something of: where it comes from, and what it is called."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from thalweg.export.picture.text import shown_runs
from thalweg.messages.export import Refused
from thalweg.scenes import Scene
from thalweg.scenes.parts import MOST_TEXT

PARAMETER = "s"
"""The part of an address that carries the scene."""
MOST_NAMED = 4
_LONGEST_NAME = 1000


def scene_of(text: str, files: bool = True) -> Scene:
    """The scene of an address, of its bare text, or, if ``files``, of a file with JSON.

    Raises `Refused` or `SceneError`, with a sentence.
    """
    text = text.strip()
    if not text:
        raise Refused("noText")
    if files and (file := _file(text)) is not None:
        return Scene.from_json(read(file, MOST_TEXT))
    if "?" in text or "://" in text:
        return Scene.from_link(_in_address(text))
    return Scene.from_link(text)


def _file(text: str) -> Path | None:
    try:
        return Path(text) if len(text) < _LONGEST_NAME and Path(text).is_file() else None
    except (OSError, ValueError):
        return None


def read(file: Path, most: int) -> bytes:
    """The first ``most`` bytes of a file, and one more if there is. Raises `Refused`."""
    try:
        with file.open("rb") as opened:
            return opened.read(most + 1)
    except OSError as error:
        raise Refused("noFile", name=file, why=error.strerror) from error


def _in_address(address: str) -> str:
    try:
        found = parse_qs(urlsplit(address).query).get(PARAMETER)
    except ValueError:
        found = None
    if not found:
        raise Refused("noScene", parameter=PARAMETER)
    return found[0]


def name_of(scene: Scene, suffix: str) -> str:
    """A file's name that says what is in it: ``adam-sgd-on-valley.png``."""
    rules = list(dict.fromkeys(r.rule.slug for r in shown_runs(scene)))
    more = [f"and-{len(rules) - MOST_NAMED}-more"] if len(rules) > MOST_NAMED else []
    words = [*rules[:MOST_NAMED], *more, "on", scene.bare.slug]
    return "-".join(re.sub(r"[^a-z0-9_]+", "-", word.lower()) for word in words) + f".{suffix}"
