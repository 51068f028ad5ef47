"""The first page of a visit, which needs nothing that takes long to import."""

from typing import Any

import streamlit as st

from thalweg.stage.cache import kept
from thalweg.stage.streamlit_mount import report

PARAMETER = "s"


def first_page(key: str) -> dict[str, Any] | None:
    """What the stage ``key`` shows in a visit's first run; None: a later run, or a scene's link."""
    if "page" in st.session_state or st.query_params.get(PARAMETER) or report(key):
        return None
    return kept()
