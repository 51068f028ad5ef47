"""Streamlit's options: the file .streamlit/config.toml in this folder, whatever started the server.

Streamlit reads such a file beside the script that it takes for the main one.
"""

from __future__ import annotations

from pathlib import Path

from streamlit import config

HOME = Path(__file__).resolve().parent
FILE = HOME / ".streamlit" / "config.toml"


def use_own_options() -> None:
    """Have Streamlit read the file, when it first needs an option; later it is too late."""
    config._main_script_path = str(HOME / "main.py")  # only its folder matters
