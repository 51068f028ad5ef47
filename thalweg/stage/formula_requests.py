"""What a person is typing on the stage, read as it is typed: the answer to each letter.

It goes past the page, which would take too long: a text comes in with the Scene that it belongs to,
and what changed of the payload goes out. Nothing is searched for and nothing compiled here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from calculus.formulas import FormulaError
from calculus.formulas.typed import Typed
from landscapes import LANDSCAPES
from optimizers import OPTIMIZERS
from thalweg.scenes import Run, Scene, SceneError
from thalweg.stage.payload import payload

MOST_BYTES = 250_000
CONSTANT = ("words", "menus", "grounds", "plotly", "page", "typed", "atlas", "share")
"""Parts of a payload that the stage has already."""


class RefusedError(ValueError):
    """A request that no stage makes: a sentence about it."""


def answer_typed(body: bytes) -> dict[str, Any]:
    """What changes where somebody types, JSON-able.

    ``body`` is JSON: {"scene": the Scene, "of": "surface" or the id of a run, "text": its text}.
    The answer is {"payload": what differs from the one before} or {"problem": {sentence, line,
    start, end}}, with line and columns from 0. Raises `RefusedError` for anything else.
    """
    scene, of, text = _request(body)
    try:
        scene = retyped(scene, of, text)
    except FormulaError as error:
        return {"problem": problem_of(error)}
    made = payload(scene, plotly="", page="own", quick=True)
    return {"payload": {name: part for name, part in made.items() if name not in CONSTANT}}


def problem_of(error: FormulaError) -> dict[str, Any]:
    """An error as the stage shows it."""
    return {
        "sentence": error.sentence, "line": error.line, "start": error.start, "end": error.end,
    }  # fmt: skip


def retyped(scene: Scene, of: str, text: str) -> Scene:
    """``scene`` with another text of its surface or of the run ``of``.

    A surface or rule that was not typed makes room for one that is. Raises FormulaError.
    """
    if of == "surface":
        return replace(scene, bare=_with_text(scene.bare, LANDSCAPES["own"], text))
    runs = tuple(
        replace(run, rule=_with_text(run.rule, OPTIMIZERS["own"], text)) if run.id == of else run
        for run in scene.runs
    )
    return replace(scene, runs=runs)


def _with_text(old: Any, cls: Any, text: str) -> Any:
    if isinstance(old, Typed):
        return old.retyped(text)
    window = {"window": old.domain} if "window" in cls.text_fields else {}
    return cls(text, **window)


def _request(body: bytes) -> tuple[Scene, str, str]:
    if len(body) > MOST_BYTES:
        raise RefusedError(f"What was sent has {len(body)} bytes; it may have {MOST_BYTES}.")
    try:
        given = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise RefusedError("What was sent is not JSON.") from error
    if not isinstance(given, Mapping):
        raise RefusedError("What was sent is not an object.")
    of, text = given.get("of"), given.get("text")
    if not (isinstance(of, str) and isinstance(text, str)):
        raise RefusedError("What was sent has no text, or does not say of what.")
    try:
        scene = Scene.from_dict(given.get("scene"))
    except SceneError as error:
        raise RefusedError(str(error)) from error
    if of != "surface" and not any(is_own(run) for run in scene.runs if run.id == of):
        raise RefusedError("There is no such run with a text.")
    return scene, of, text


def has_typed(scene: Scene) -> bool:
    """Whether anything in a scene was typed."""
    return isinstance(scene.bare, Typed) or any(map(is_own, scene.runs))


def with_typed(scene: Scene) -> Scene:
    """A typed surface from its own start, and a typed rule before the others."""
    bare: Any = LANDSCAPES["own"]()
    runs = tuple(Scene.default(bare.slug, ("own", "sgd", "adam")).runs)
    view = replace(scene.view, window=None, step=None)
    return replace(scene, bare=bare, runs=runs, start=bare.start, view=view)


def is_own(run: Run) -> bool:
    """Whether a run's rule was typed."""
    return isinstance(run.rule, Typed)
