"""A table of contents: the pages, in the order of the header."""

from pathlib import Path

import streamlit as st

HERE = Path(__file__).parent

page = st.navigation(
    [
        st.Page("race.py", title="Race", default=True),
        st.Page("microscope.py", title="Microscope", url_path="microscope"),
        st.Page("own.py", title="Own", url_path="own"),
        st.Page("reference.py", title="Reference", url_path="reference"),
    ],
    position="top",
)
st.set_page_config(
    page_title=f"{page.title} · Thalweg", page_icon=str(HERE / "icon.svg"), layout="wide"
)
st.logo(str(HERE / "wordmark.svg"), size="large")
page.run()
