"""The race: runs of several rules on one surface, live."""

from pages.first import first_page
from thalweg.stage.streamlit_mount import show_stage

KEY = "race"

data = first_page(KEY)
if data is None:
    from pages.address import current  # here: jax takes seconds, and the first page goes without

    data = current(KEY)
show_stage(data, KEY)
