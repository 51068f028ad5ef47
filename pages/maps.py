"""Maps: what ten thousand runs show at once."""

from pages.address import current
from thalweg.stage.streamlit_mount import show_stage

KEY = "maps"

show_stage(current(KEY), KEY)
