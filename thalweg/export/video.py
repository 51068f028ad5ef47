"""A run as a film, MP4 or GIF: what stands still is drawn once, and in each frame what moves."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from thalweg.export.film import Film, Watch
from thalweg.export.picture.content import content
from thalweg.export.picture.drawing import DOTS_PER_INCH, Drawing
from thalweg.export.picture.files import LOCK
from thalweg.export.picture.style import Look
from thalweg.messages.export import Refused
from thalweg.scenes import Scene

Frame = NDArray[np.uint8]  # (height, width, 3)

GIF_RATES = (20, 25)
"""A GIF's delays are whole hundredths of a second."""
EXACT, MEANS = 96, 128
"""Colours of a GIF; one more is kept for "as in the picture before"."""


def frames(scene: Scene, look: Look, film: Film, watch: Watch | None = None) -> Iterator[Frame]:
    """The film's pictures in order; the last is the still of the last step. Raises `Refused`."""
    with LOCK:
        drawing = Drawing(content(scene, look.title), replace(look, scale=1))
        shown = film.steps(scene.steps)
        canvas, figure = drawing.canvas, drawing.figure
        figure.set_dpi(DOTS_PER_INCH * look.scale)
        for artist in drawing.moving:
            artist.set_animated(True)
        canvas.draw()
        still = canvas.copy_from_bbox(figure.bbox)
    before, picture = -1, np.zeros((0, 0, 3), np.uint8)
    for done, step in enumerate(shown):
        if watch is not None and not watch(done, len(shown)):
            raise Refused("stopped")
        if step != before:
            with LOCK:
                picture, before = _frame(drawing, still, step), step
        yield picture
    if watch is not None:
        watch(len(shown), len(shown))


def _frame(drawing: Drawing, still: Any, step: int) -> Frame:
    canvas = drawing.canvas
    canvas.restore_region(still)
    drawing.show(step)
    for artist in drawing.moving:
        drawing.figure.draw_artist(artist)
    return np.asarray(canvas.buffer_rgba())[..., :3].copy()


# --- MP4 ------------------------------------------------------------------------------------------


def mp4(scene: Scene, look: Look, film: Film, watch: Watch | None = None) -> bytes:
    """H.264 in yuv420p, of even sides: what slides and browsers play. Raises `Refused`."""
    av = _av()
    even = replace(look, width=look.width + look.width % 2, height=look.height + look.height % 2)
    with TemporaryDirectory() as folder:  # the index is written last and moved to the front
        file = Path(folder) / "film.mp4"
        with av.open(str(file), "w", options={"movflags": "+faststart"}) as container:
            stream: Any = None
            for picture in frames(scene, _whole(even), film, watch):
                stream = stream or _stream(av, container, picture, film.rate)
                frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
                tones = {"dst_colorspace": "ITU709", "dst_color_range": "MPEG"}
                container.mux(stream.encode(frame.reformat(format="yuv420p", **tones)))
            container.mux(stream.encode(None))
        return file.read_bytes()


def _av() -> ModuleType:
    try:
        import av
    except ImportError as error:
        raise Refused("noVideo") from error
    return av


def _whole(look: Look) -> Look:
    """The scale at which both sides are even numbers of points."""
    return replace(look, scale=max(1, round(look.scale)))


def _stream(av: ModuleType, container: Any, picture: Frame, rate: int) -> Any:
    options = {"crf": "18", "preset": "veryfast", "tune": "animation"}
    stream = container.add_stream("libx264", rate=rate, options=options)
    stream.height, stream.width = picture.shape[:2]
    stream.pix_fmt = "yuv420p"
    stream.codec_context.color_primaries = 1  # BT.709, said so: else players guess by the size
    stream.codec_context.color_trc = 1
    stream.codec_context.colorspace = 1
    return stream


# --- GIF ------------------------------------------------------------------------------------------


def gif(scene: Scene, look: Look, film: Film, watch: Watch | None = None) -> bytes:
    """An animated image that plays for ever, in one palette for all pictures. Raises `Refused`."""
    if film.rate not in GIF_RATES:
        known = ", ".join(map(str, GIF_RATES))
        raise Refused("choice", name="The rate of a GIF", value=film.rate, known=known)
    palette: Palette | None = None
    last, pictures = None, list[Image.Image]()
    durations: list[int] = []
    for picture in frames(scene, look, film, watch):
        if picture is last:
            durations[-1] += 1000 // film.rate
            continue
        palette = palette or Palette(_last(scene, look))
        last = picture
        pictures.append(palette.image(picture))
        durations.append(1000 // film.rate)
    file = io.BytesIO()
    pictures[0].save(
        file, format="GIF", save_all=True, append_images=pictures[1:], duration=durations, loop=0,
        optimize=True, disposal=1,
    )  # fmt: skip
    return file.getvalue()


def _last(scene: Scene, look: Look) -> Frame:
    """The last picture: by then everything has been seen."""
    *_, last = frames(scene, look, Film(0.2, 10))
    return last


class Palette:
    """The colours of all pictures: those of large areas as they are, means of the others.

    Paper must stay white, so each colour goes to the nearest one in full; Pillow's own search
    stops at one that is near.
    """

    def __init__(self, picture: Frame) -> None:
        colours, counts = np.unique(picture.reshape(-1, 3), axis=0, return_counts=True)
        exact = colours[np.argsort(-counts)[:EXACT]]
        means = Image.fromarray(picture).quantize(MEANS, method=Image.Quantize.MEDIANCUT)
        some = np.array(means.getpalette() or [], dtype=np.uint8).reshape(-1, 3)[:MEANS]
        self.colours = np.concatenate([exact, some]).astype(np.int32)
        self.nearest = np.full(1 << 24, -1, dtype=np.int16)  # of those colours that were met

    def image(self, picture: Frame) -> Image.Image:
        """A picture in these colours."""
        red, green, blue = np.moveaxis(picture.astype(np.int32), 2, 0)
        packed = red << 16 | green << 8 | blue
        new = np.unique(packed[self.nearest[packed] < 0])
        for some in np.array_split(new, len(new) // 4096 + 1):
            rgb = np.stack([some >> 16, (some >> 8) & 255, some & 255], axis=1)
            apart = ((rgb[:, None] - self.colours[None]) ** 2).sum(axis=2)
            self.nearest[some] = apart.argmin(axis=1)
        height, width = packed.shape
        indices = self.nearest[packed].astype(np.uint8)
        image = Image.frombytes("P", (width, height), indices.tobytes())
        image.putpalette(self.colours.astype(np.uint8).ravel().tolist())
        return image
