"""The scene in the page's address: opened from it, written to it, and Back goes back."""

import streamlit as st

from pages.controls import show
from pages.knobs import touched
from scenes import Scene, SceneError

PARAMETER = "s"


def open_scene(page: str) -> tuple[str, ...]:
    """Show the address's scene, where it is not the one this page wrote there last.

    That is so at the first visit, after Back, and when a link was pasted. Without a scene in it the
    address means the default one; coming from another page of the app, the scene stays. Returns
    what was wrong with the scene, as sentences; the rest of it is shown.
    """
    state = st.session_state
    link, written = st.query_params.get(PARAMETER) or None, state.get("link")
    came_back = state.get("page") not in (None, page)
    state["page"] = page
    # A browser that reports a moved knob may not have taken up the last address yet.
    late = written is not None and (touched() or state.get("acted", False))
    state["acted"] = False
    if link == written or late or (link is None and came_back):
        if came_back and written is not None:
            state["at-rest"] = None  # so that it is written into the new address
        return tuple(state.get("problems", ()))
    state["link"], state["at-rest"] = link, None
    state["opened"] = True
    if link is None:
        show(Scene.default())
        return ()
    try:
        show(Scene.from_link(link))
    except SceneError as error:
        show(error.scene)
        state["problems"] = error.problems
    return tuple(state["problems"])


def write_scene(scene: Scene) -> None:
    """Put ``scene`` into the address, if it changed since it was opened or written last."""
    state = st.session_state
    first = "at-rest" not in state
    if state.pop("opened", first) or scene == state["at-rest"]:
        state["at-rest"] = scene
        return
    state["at-rest"], state["problems"] = scene, ()
    state["link"] = st.query_params[PARAMETER] = scene.to_link()
