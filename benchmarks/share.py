"""How long it takes to take a race away: pictures, films of ten seconds, a file that lives.

    python benchmarks/share.py

prints JSON. The default race with its curves, 800 × 600. The baseline draws each of the film's
pictures whole, with the same drawing, and encodes it in the same way: what one writes first. It is
measured on a tenth of the pictures and counted ten times. Times are medians in seconds, taken in
turns, so that a busy machine slows all of them alike; "cpu" is the time of all threads.
"""

from __future__ import annotations

import io
import json
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import av
import numpy as np
from PIL import Image

from thalweg.export.film import Film
from thalweg.export.picture.content import content
from thalweg.export.picture.drawing import Drawing
from thalweg.export.picture.files import pdf, png, svg
from thalweg.export.picture.style import Look
from thalweg.export.standalone import Slide, living
from thalweg.export.video import gif, mp4
from thalweg.scenes import Scene

SCENE = Scene.default()
LOOK, FILM = Look(800, 600, 1), Film(10.0, 25)
ROUNDS, PART = 3, 10
GOAL_SECONDS, GOAL_BYTES = 8.0, 5_000_000
GOAL_PART = 1.0


def drawn_whole() -> int:
    """A film of which every picture is drawn from nothing but the axes; bytes."""
    drawing = Drawing(content(SCENE), LOOK)
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as container:
        stream: Any = container.add_stream(
            "libx264", rate=FILM.rate, options={"preset": "veryfast"}
        )
        stream.width, stream.height, stream.pix_fmt = LOOK.width, LOOK.height, "yuv420p"
        for step in FILM.steps(SCENE.steps)[::PART]:
            drawing.show(step)
            drawing.canvas.draw()
            picture = np.asarray(drawing.canvas.buffer_rgba())[..., :3].copy()
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode(None))
    return len(file.getvalue())


def as_png() -> int:
    """The still of the film's size, one pixel a point."""
    data = png(SCENE, LOOK)
    assert Image.open(io.BytesIO(data)).size == (800, 600)
    return len(data)


def main() -> None:
    """Measure, and print JSON."""
    calls: dict[str, Callable[[], int]] = {
        "png": as_png,
        "png, 2 x": lambda: len(png(SCENE, Look(800, 600, 2))),
        "svg": lambda: len(svg(SCENE, LOOK)),
        "pdf": lambda: len(pdf(SCENE, LOOK)),
        "mp4": lambda: len(mp4(SCENE, LOOK, FILM)),
        "gif": lambda: len(gif(SCENE, LOOK, FILM)),
        "html": lambda: len(living([Slide(SCENE)]).encode()),
        "every picture whole": drawn_whole,
    }
    sizes = {name: call() for name, call in calls.items()}  # and all is compiled and loaded
    seconds: dict[str, list[float]] = {name: [] for name in calls}
    cpu: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(ROUNDS):
        for name, call in calls.items():
            began, used = time.perf_counter(), time.process_time()
            call()
            times = PART if call is drawn_whole else 1
            seconds[name].append(times * (time.perf_counter() - began))
            cpu[name].append(times * (time.process_time() - used))
    wall = {name: statistics.median(times) for name, times in seconds.items()}

    def rounded(times: dict[str, float]) -> dict[str, float]:
        return {name: float(f"{value:.3g}") for name, value in times.items()}

    report = {
        "what": f"the default race, 800 x 600; films of {FILM.seconds:g} s, {FILM.rate} a second",
        "seconds": rounded(wall),
        "cpu": rounded({name: statistics.median(times) for name, times in cpu.items()}),
        "bytes": {name: size for name, size in sizes.items() if name != "every picture whole"},
        "every picture whole, times as long as mp4": float(
            f"{wall['every picture whole'] / wall['mp4']:.3g}"
        ),
        "goal": {
            "mp4 at most": GOAL_SECONDS,
            "gif at most": GOAL_BYTES,
            "png and html at most": GOAL_PART,
            "reached": wall["mp4"] <= GOAL_SECONDS
            and sizes["gif"] <= GOAL_BYTES
            and max(wall["png, 2 x"], wall["html"]) <= GOAL_PART,
        },
        "machine": {
            "cores": os.cpu_count(),
            "load": os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
            "python": platform.python_version(),
            **{name: version(name) for name in ("matplotlib", "pillow", "av", "numpy")},
        },
    }
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
