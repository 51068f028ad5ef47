"""The scene of a page: from its address, from its stage, and back into the address.

An address that changed without the stage's doing (the first visit, Back, a pasted link) wins; else
the stage's last report is the scene, and is written into the address.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

import streamlit as st

from pages.first import PARAMETER
from thalweg.scenes import Map, Scene, SceneError
from thalweg.stage.files import address
from thalweg.stage.formula_requests import has_typed, with_typed
from thalweg.stage.payload import payload
from thalweg.stage.reports import answer
from thalweg.stage.streamlit_mount import report


class Shown(NamedTuple):
    """What a page shows: the scene, what was wrong with it, and which of the stage's it is."""

    scene: Scene
    problems: tuple[str, ...]
    generation: int
    revision: int


def current(key: str) -> dict[str, Any]:
    """What the page ``key``, whose stage has the same name, shows in this run."""
    shown = _shown(key)
    return payload(
        shown.scene,
        page=key,
        plotly=address("plotly.js"),
        generation=shown.generation,
        revision=shown.revision,
        problems=shown.problems,
    )


def _shown(key: str) -> Shown:
    state = st.session_state
    told = report(key)
    shown: Shown | None = state.get("shown")
    if shown is None and told and not st.query_params.get(PARAMETER):
        shown = Shown(Scene.default(), (), 0, 0)  # what `first_page` gave
    link, written = st.query_params.get(PARAMETER) or None, state.get("link")
    came_back = state.get("page") not in (None, key)
    state["page"] = key
    revision = int(told.get("revision", 0)) if told else 0
    if told and shown and told.get("generation") == shown.generation and revision > shown.revision:
        scene, problems = answer(told)
        if isinstance(request := told.get("request"), Mapping) and "preset" in request:
            scene = FIRST_LOOK.get(key, _same)(scene)
        shown = Shown(scene, problems, shown.generation, revision)
        _write(scene)
    elif shown is None or (link != written and not (link is None and came_back)):
        scene, problems = _opened(link)
        generation = 0 if shown is None else shown.generation + 1
        shown = Shown(scene, problems, generation, 0 if shown is None else shown.revision)
        state["link"] = link
    elif came_back and written is not None:
        st.query_params[PARAMETER] = written
    if link is None and (came_back or "shown" not in state):
        looked = FIRST_LOOK.get(key, _same)(shown.scene)
        if looked != shown.scene:
            shown = shown._replace(scene=looked)
            _write(looked)
    state["shown"] = shown
    return shown


def _same(scene: Scene) -> Scene:
    return scene


def _close_look(scene: Scene) -> Scene:
    """An early step with its arrows and its quadric, where nothing was chosen yet."""
    view = scene.view
    if view.overlays:
        return scene
    step = min(EARLY, scene.steps) if view.step is None else view.step
    return replace(scene, view=replace(view, overlays=("arrows", "taylor"), step=step))


def _something_typed(scene: Scene) -> Scene:
    """The scene with a typed surface and a typed rule, where it has neither."""
    return scene if has_typed(scene) else with_typed(scene)


def _mapped(scene: Scene) -> Scene:
    """The scene with a map, where it asks for none."""
    view = scene.view
    return scene if view.map else replace(scene, view=replace(view, map=Map()))


EARLY = 4
FIRST_LOOK = {"microscope": _close_look, "own": _something_typed, "maps": _mapped}
"""What a page makes of a scene that comes to it from elsewhere."""


def _opened(link: str | None) -> tuple[Scene, tuple[str, ...]]:
    if link is None:
        return Scene.default(), ()
    try:
        return Scene.from_link(link), ()
    except SceneError as error:
        return error.scene, error.problems


def _write(scene: Scene) -> None:
    link = scene.to_link()
    # What this run was told of the address may be older than what the last one wrote there.
    if link != st.query_params.get(PARAMETER) or link != st.session_state.get("link"):
        st.query_params[PARAMETER] = link
    st.session_state["link"] = link
