"""A deck: scenes with captions, in an order. As text a link a line, as JSON a file to keep."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from thalweg.export.inputs import read, scene_of
from thalweg.export.standalone import MOST_CAPTION, MOST_SLIDES, Slide
from thalweg.messages.export import Refused, say
from thalweg.scenes import Scene, SceneError

VERSION = 1
MOST_BYTES = 2_000_000

Deck = tuple[Slide, ...]


def from_lines(text: str) -> tuple[Deck, tuple[str, ...]]:
    """The slides of lines "LINK caption", and a sentence for each line that is none.

    Files of this machine are not opened, whatever a line says.
    """
    slides: list[Slide] = []
    problems = []
    for number, line in enumerate(text.splitlines(), 1):
        link, _, caption = line.strip().partition(" ")
        if not link:
            continue
        try:
            slides.append(Slide(scene_of(link, files=False), checked_caption(caption)))
        except ValueError as error:
            problems.append(say("deckLine", number=number, why=_why(error)))
        if len(slides) > MOST_SLIDES:
            problems.append(say("deckFull", most=MOST_SLIDES))
            break
    return tuple(slides[:MOST_SLIDES]), tuple(problems)


def from_file(name: str) -> Deck:
    """The deck in a file, JSON or links line by line. Raises `Refused` at the first fault."""
    text = read(Path(name), MOST_BYTES)
    try:
        whole = text.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refused("noDeck") from error
    is_json = whole.lstrip().startswith("{")
    deck, problems = from_json(whole) if is_json else from_lines(whole)
    if problems or not deck:
        raise Refused("deckFault", why=problems[0] if problems else say("noText"))
    return deck


def to_json(deck: Deck) -> str:
    """The deck as a JSON text, readable, every scene whole."""
    slides = [{"caption": slide.caption, "scene": slide.scene.to_dict()} for slide in deck]
    return json.dumps({"version": VERSION, "deck": slides}, ensure_ascii=False, indent=1) + "\n"


def from_json(text: str | bytes) -> tuple[Deck, tuple[str, ...]]:
    """The deck of such a text, and a sentence for each scene that is not right.

    Raises `Refused` for a text that is no deck.
    """
    slides: list[Slide] = []
    problems = []
    for number, given in enumerate(_listed(text)[:MOST_SLIDES], 1):
        entry = given if isinstance(given, Mapping) else {}
        try:
            caption = checked_caption(entry.get("caption", ""))
            slides.append(Slide(Scene.from_dict(entry.get("scene")), caption))
        except ValueError as error:
            problems.append(say("deckScene", number=number, why=_why(error)))
    return tuple(slides), tuple(problems)


def _listed(text: str | bytes) -> list[Any]:
    try:
        given = json.loads(text) if len(text) <= MOST_BYTES else None
    except (ValueError, RecursionError):
        given = None
    if not isinstance(given, Mapping) or given.get("version") != VERSION:
        raise Refused("noDeck")
    slides = given.get("deck")
    if not isinstance(slides, list):
        raise Refused("noDeck")
    return slides


def checked_caption(caption: object) -> str:
    """``caption`` without spaces around. Raises `Refused` where it is no text, or too long."""
    if not isinstance(caption, str):
        raise Refused("captionText")
    if len(caption) > MOST_CAPTION:
        raise Refused("captionLong", count=len(caption), most=MOST_CAPTION)
    return caption.strip()


def moved(deck: Deck, index: int, by: int) -> Deck:
    """The deck with one slide ``by`` places further on, as far as there are places."""
    slides = list(deck)
    slide = slides.pop(index)
    slides.insert(max(0, min(index + by, len(slides))), slide)
    return tuple(slides)


def added(deck: Deck, more: Sequence[Slide]) -> Deck:
    """The deck with slides at its end. Raises `Refused` where it is full."""
    if len(deck) + len(more) > MOST_SLIDES:
        raise Refused("deckFull", most=MOST_SLIDES)
    return (*deck, *more)


def _why(error: ValueError) -> str:
    return error.problems[0] if isinstance(error, SceneError) else str(error)
