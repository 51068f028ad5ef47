"""The microscope: one step of one run, and why it went where it went."""

from pages.address import current
from thalweg.stage.streamlit_mount import show_stage

KEY = "microscope"

show_stage(current(KEY), KEY)
