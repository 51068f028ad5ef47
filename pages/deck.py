"""A deck for a lecture: scenes with captions, in order, taken away as one file that lives."""

from functools import partial
from typing import Any

import streamlit as st

from thalweg.export.deck import Deck, added, checked_caption, from_json, from_lines, moved, to_json
from thalweg.export.standalone import Slide, living
from thalweg.messages import pages as words

st.session_state["page"] = "deck"  # the race finds its scene again after a visit here
state: Any = st.session_state
state.setdefault("deck", ())


def keep(deck: Deck, problems: tuple[str, ...] = ()) -> None:
    """Make this the deck; what was wrong with it is shown above it."""
    state["deck"], state["deck_problems"] = deck, problems


def add_lines() -> None:
    """Add the links of the text; those that are none stay in it."""
    found, problems = from_lines(state["deck_lines"])
    try:
        keep(added(state["deck"], found), problems)
    except ValueError as error:
        keep(state["deck"], (str(error),))
        return
    if not problems:
        state["deck_lines"] = ""


def add_shown() -> None:
    """Add what is on the stage."""
    try:
        keep(added(state["deck"], [Slide(state["shown"].scene)]))
    except ValueError as error:
        keep(state["deck"], (str(error),))


def load() -> None:
    """A deck from its file, in place of this one."""
    if state["deck_file"] is None:
        return
    try:
        keep(*from_json(state["deck_file"].getvalue()))
    except ValueError as error:
        keep(state["deck"], (str(error),))


def say(index: int) -> None:
    """Another caption."""
    deck = state["deck"]
    try:
        slide = Slide(deck[index].scene, checked_caption(state[f"caption{index}"]))
        keep((*deck[:index], slide, *deck[index + 1 :]))
    except ValueError as error:
        keep(deck, (str(error),))


with st.container(width=820):
    st.title(words.DECK)
    st.markdown(words.DECK_INTRO)
    deck: Deck = state["deck"]
    for problem in state.get("deck_problems", ()):
        st.error(problem)
    for i, slide in enumerate(deck):
        state[f"caption{i}"] = slide.caption
        with st.container(horizontal=True, vertical_alignment="bottom"):
            runs = ", ".join(slide.scene.labels().values())
            st.text_input(
                f"{i + 1}. {slide.scene.bare.title}: {runs}", key=f"caption{i}",
                placeholder=words.CAPTION, on_change=say, args=(i,),
            )  # fmt: skip
            st.button(words.UP, key=f"up{i}", disabled=i == 0, on_click=keep,
                      args=(moved(deck, i, -1),))  # fmt: skip
            st.button(words.DOWN, key=f"down{i}", disabled=i == len(deck) - 1, on_click=keep,
                      args=(moved(deck, i, 1),))  # fmt: skip
            st.button(words.REMOVE, key=f"remove{i}", on_click=keep,
                      args=((*deck[:i], *deck[i + 1 :]),))  # fmt: skip
    if deck:
        with st.container(horizontal=True):
            st.download_button(
                words.DECK_HTML, partial(living, deck, words.DECK_TITLE),
                "thalweg-deck.html", "text/html", on_click="ignore",
            )  # fmt: skip
            st.download_button(
                words.DECK_JSON, partial(to_json, deck),
                "thalweg-deck.json", "application/json", on_click="ignore",
            )  # fmt: skip
    st.text_area(words.LINES, key="deck_lines", placeholder=words.LINES_EXAMPLE)
    with st.container(horizontal=True):
        st.button(words.ADD_LINES, on_click=add_lines)
        if "shown" in state:
            st.button(words.ADD_SHOWN, on_click=add_shown)
        with st.popover(words.LOAD):
            st.file_uploader(words.LOAD_LONG, type="json", key="deck_file", on_change=load)
