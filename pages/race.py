"""The race: runs of several rules on one surface, live."""

from pages.address import current
from stage.files import address
from stage.payload import payload
from stage.streamlit_mount import show_stage

KEY = "race"

shown = current(KEY)
show_stage(
    payload(
        shown.scene,
        plotly=address("plotly.js"),
        epoch=shown.epoch,
        revision=shown.revision,
        problems=shown.problems,
    ),
    KEY,
)
