"""A table of contents: the pages, in the order of the header."""

from pathlib import Path

import streamlit as st

HERE = Path(__file__).parent

embedded = bool(st.context.is_embedded)  # in another page's frame there is the stage alone

page = st.navigation(
    [
        st.Page("race.py", title="Race", default=True),
        st.Page("microscope.py", title="Microscope", url_path="microscope"),
        st.Page("maps.py", title="Maps", url_path="maps"),
        st.Page("custom.py", title="Custom", url_path="own"),
        st.Page("deck.py", title="Deck", url_path="deck"),
        st.Page("reference.py", title="Reference", url_path="reference"),
    ],
    position="hidden" if embedded else "top",
)
st.set_page_config(
    page_title=f"{page.title} · Thalweg", page_icon=str(HERE / "icon.svg"), layout="wide"
)
if embedded:
    st.html(HERE / "embedded.css")
else:
    st.logo(str(HERE / "wordmark.svg"), size="large")
page.run()
