"""The ASGI application: Streamlit's pages with routes and middleware of our own."""

from __future__ import annotations

import sys
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import streamlit as st

from thalweg.server.middleware import MIDDLEWARE
from thalweg.server.options import use_own_options
from thalweg.server.routes import ROUTES
from thalweg.server.warm_up import lifespan

PAGES = Path(__file__).resolve().parents[2] / "pages"
"""Beside the package `thalweg`, in a checkout as in an installation."""


def application() -> dict[str, Any]:
    """The arguments of `st.App`: app.py has to call it itself, as Streamlit looks for that call."""
    use_own_options()
    _own_pages()
    return {
        "script_path": PAGES / "main.py",
        "routes": ROUTES,
        "middleware": MIDDLEWARE,
        "lifespan": lifespan,
    }


def create_application() -> st.App:
    """The application, once in a process."""
    return st.App(**application())


def _own_pages() -> None:
    """Make ``from pages import …`` mean our folder, though another on the path has that name."""
    found = find_spec("pages")
    file = PAGES / "__init__.py"
    if found is not None and found.origin is not None and Path(found.origin).resolve() == file:
        return
    spec = spec_from_file_location("pages", file, submodule_search_locations=[str(PAGES)])
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules["pages"] = module_from_spec(spec)
    spec.loader.exec_module(module)
