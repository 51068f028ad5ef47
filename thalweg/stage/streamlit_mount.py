"""The stage as a component of a Streamlit page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from thalweg.stage.files import MODULE, address

# Streamlit sends this text with every change of data: it only fetches the modules.
LOADER = """
const stage = await import(new URL("{address}", document.baseURI));
export default stage.default;
"""

# Plotly's drag and click do nothing inside a shadow root, so styles are not isolated.
_component = st.components.v2.component(
    "thalweg_stage", js=LOADER.replace("{address}", address(MODULE)), isolate_styles=False
)


def show_stage(data: Mapping[str, Any], key: str) -> None:
    """Mount the stage; what it reports is then in `report`."""
    _component(data=dict(data), key=key, on_report_change=_nothing)


def report(key: str) -> Mapping[str, Any] | None:
    """The last report of the stage under ``key``, if it has made any."""
    state = st.session_state.get(key)
    found = state.get("report") if isinstance(state, Mapping) else getattr(state, "report", None)
    return found if isinstance(found, Mapping) else None


def _nothing() -> None:
    """A report reruns the page; the page reads it then."""
