"""A picture as the bytes of a file: PNG, SVG, PDF, all from one drawing."""

from __future__ import annotations

import io
import threading
from dataclasses import replace
from typing import Any

import matplotlib as mpl
from matplotlib.backends.backend_pdf import FigureCanvasPdf
from matplotlib.backends.backend_svg import FigureCanvasSVG

from thalweg.export.picture.content import content
from thalweg.export.picture.drawing import DOTS_PER_INCH, Drawing
from thalweg.export.picture.style import Look
from thalweg.scenes import Scene

LOCK = threading.RLock()
"""matplotlib's fonts and settings are the process's: one picture at a time."""
SETTINGS: Any = {
    "svg.hashsalt": "thalweg",  # the same scene, the same file
    "svg.fonttype": "path",  # the same look where the font is not installed
    "pdf.fonttype": 42,
    "path.simplify": False,
    "axes.unicode_minus": True,
}


def png(scene: Scene, look: Look) -> bytes:
    """An image of width × height × scale² points. Raises `Refused`."""
    with LOCK:
        drawing = Drawing(content(scene, look.title), look)
        file = io.BytesIO()
        about = {"Title": drawing.content.title, "Software": "Thalweg", "Source": scene.to_link()}
        drawing.figure.savefig(
            file, format="png", dpi=DOTS_PER_INCH * look.scale, metadata=about,
            pil_kwargs={"compress_level": 4},
        )  # fmt: skip
        return file.getvalue()


def svg(scene: Scene, look: Look) -> bytes:
    """A drawing of width × height pixels, its texts as outlines. Raises `Refused`."""
    with LOCK, mpl.rc_context(SETTINGS):
        drawing = Drawing(content(scene, look.title), replace(look, scale=1))
        file = io.BytesIO()
        about = {"Title": drawing.content.title, "Date": None, "Creator": "Thalweg"}
        FigureCanvasSVG(drawing.figure).print_svg(file, metadata=about)
        return file.getvalue()


def pdf(scene: Scene, look: Look) -> bytes:
    """A page of width × height points, its texts as text. Raises `Refused`."""
    with LOCK, mpl.rc_context(SETTINGS):
        drawing = Drawing(content(scene, look.title), replace(look, scale=1))
        file = io.BytesIO()
        about = {"Title": drawing.content.title, "CreationDate": None, "Creator": "Thalweg"}
        FigureCanvasPdf(drawing.figure).print_pdf(file, metadata=about)
        return file.getvalue()
