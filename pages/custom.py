"""One's own surface and one's own rule, typed as mathematics."""

from pages.address import current
from thalweg.stage.streamlit_mount import show_stage

KEY = "own"

show_stage(current(KEY), KEY)
