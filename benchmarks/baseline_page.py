"""The baseline of live.py: the same race as Streamlit is usually used, a slider and a chart.

Started by live.py with `streamlit run`. Every move of the slider that Streamlit reports runs the
script, computes the six runs with the same compiled loops, and sends the whole figure again.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import plotly.graph_objects as go
import streamlit as st

from landscapes import LANDSCAPES, field
from optimizers import OPTIMIZERS
from thalweg.simulation import run

RULES = ("sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam")
STEPS = 500

surface = LANDSCAPES["valley"](condition=30.0)
lr = st.slider("lr", 0.001, 0.06, 0.01, 0.0005, format="%.4f")
x, y, f = field(surface, surface.domain, 100)
figure = go.Figure(go.Contour(x=x, y=y, z=f, showscale=False))
losses = go.Figure()
for slug in RULES:
    t = run(surface, OPTIMIZERS[slug](lr=lr), surface.start, STEPS)
    figure.add_scatter(x=t.x[:, 0], y=t.x[:, 1], mode="lines", name=slug)
    losses.add_scatter(y=t.f, mode="lines", name=slug)
figure.update_layout(height=600)
losses.update_layout(height=250)
losses.update_yaxes(type="log")
st.plotly_chart(figure, key="picture")
st.plotly_chart(losses, key="losses")
