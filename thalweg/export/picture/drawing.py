"""The picture itself, drawn with matplotlib: once what stands still, and what moves at a step."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, MaxNLocator

from thalweg.export.picture.content import Content
from thalweg.export.picture.curves import STEPS, Curves
from thalweg.export.picture.fonts import families
from thalweg.export.picture.layout import EDGE, SAMPLE, SMALL, TITLE, WORDS, Box, layout
from thalweg.export.picture.marks import LAYER, WIDTH, RunMarks
from thalweg.export.picture.style import STYLES, Look
from thalweg.export.picture.text import number
from thalweg.messages.export import say

DOTS_PER_INCH = 72  # a point is a pixel


class Drawing:
    """A content drawn in a look; `show` moves it to a step, `moving` is what changes then.

    Raises `Refused` where no font has a glyph of its words.
    """

    def __init__(self, content: Content, look: Look) -> None:
        self.content, self.look, self.style = content, look, STYLES[look.style]
        self.family = families(_texts(content))
        size = (look.width / DOTS_PER_INCH, look.height / DOTS_PER_INCH)
        self.figure = Figure(size, DOTS_PER_INCH, facecolor=self.style.ground.paper)
        self.canvas = FigureCanvasAgg(self.figure)
        self.plan = layout(content, look, self._measure)
        self.moving: list[Any] = []
        self._header()
        self._surface(self._axes(self.plan.surface))
        self._legend()
        self.curves = self._curves(self.plan.curve) if self.plan.curve else None
        self.show(content.step)

    def show(self, step: int) -> None:
        """Put everything that moves where it is at ``step``."""
        self.counter.set_text(say("stepOf", step=step, steps=self.content.scene.steps))
        for marks in self.marks:
            marks.show(step)
        if self.curves:
            self.curves.show(step)

    # --- words ---

    def _font(self, size: float, bold: bool = False) -> FontProperties:
        return FontProperties(family=self.family, size=size, weight="bold" if bold else "normal")

    def _measure(self, text: str, size: float) -> float:
        renderer = self.canvas.get_renderer()
        width, _, _ = renderer.get_text_width_height_descent(text, self._font(size), False)
        return float(width)

    def _write(
        self, x: float, y: float, text: str, size: float, colour: str, **options: Any
    ) -> Any:
        """A text, its baseline at (x, y) in pixels from the upper left."""
        font = self._font(size, options.pop("bold", False))
        where = (x / self.look.width, 1 - y / self.look.height)
        return self.figure.text(
            *where, text, color=colour, fontproperties=font, parse_math=False, va="baseline",
            **options,
        )  # fmt: skip

    def _header(self) -> None:
        ground, y = self.style.ground, EDGE + 0.0
        if self.content.title:
            size = TITLE
            room = self.look.width - 2 * EDGE - 140
            while size > SMALL and 1.1 * self._measure(self.content.title, size) > room:
                size -= 1
            self._write(EDGE, y + 18, self.content.title, size, ground.ink, bold=True)
            y += 32
        for i, row in enumerate(self.plan.settings):
            self._write(EDGE, y + 10 + 16 * i, row, SMALL, ground.faint)
        y = EDGE + (18 if self.content.title else 10)
        self.counter = self._write(
            self.look.width - EDGE, y, "", WORDS, ground.ink, ha="right"
        )  # fmt: skip
        self.moving.append(self.counter)

    def _legend(self) -> None:
        ground, legend = self.style.ground, self.plan.legend
        step, small = 1.4 * legend.size, 1.4 * legend.small
        for entry in legend.entries:
            left, y = entry.left + SAMPLE + 8, entry.top + legend.size
            self._sample(entry.left, y - 0.36 * legend.size, entry.line)
            for i, row in enumerate(entry.label):
                self._write(left, y + i * step, row, legend.size, ground.ink)
            y += (len(entry.label) - 1) * step
            if entry.outcome:
                before = f"{entry.label[-1]}  " if entry.label[-1] else ""
                x = left + self._measure(before, legend.size)
                bold = self.look.style == "print"
                self._write(x, y, entry.outcome, legend.size, self.style.alarm, bold=bold)
            for i, row in enumerate(entry.numbers):
                self._write(left, y + (i + 1) * small + 1, row, legend.small, ground.faint)

    def _sample(self, x: float, y: float, line: Any) -> None:
        """A run's line in the legend."""
        w, h = self.look.width, self.look.height
        sample = Line2D(
            [x / w, (x + SAMPLE) / w], [1 - y / h] * 2, color=line.colour, linewidth=WIDTH,
            linestyle=(0, tuple(d / WIDTH for d in line.dash)) if line.dash else "solid",
        )  # fmt: skip
        self.figure.add_artist(sample)

    # --- axes ---

    def _axes(self, box: Box) -> Axes:
        w, h = self.look.width, self.look.height
        bottom = h - box.top - box.height
        axes = self.figure.add_axes((box.left / w, bottom / h, box.width / w, box.height / h))
        faint = self.style.ground.faint
        axes.set_facecolor(self.style.ground.paper)
        axes.tick_params(colors=faint, labelcolor=self.style.ground.ink, length=4, width=0.8)
        for side, spine in axes.spines.items():
            spine.set_visible(side in ("left", "bottom"))
            spine.set_color(faint)
            spine.set_linewidth(0.8)
        return axes

    def _label(self, axes: Axes, x: str, y: str) -> None:
        """The words of the axes; that of y lies on top of it, to be read without turning."""
        ink = self.style.ground.ink
        for axis, words in ((axes.xaxis, x), (axes.yaxis, "")):
            axis.set_label_text(words, color=ink, fontproperties=self._font(WORDS))
        for label in (*axes.get_xticklabels(), *axes.get_yticklabels()):
            label.set_fontproperties(self._font(SMALL))
            label.set_parse_math(False)
        self._write_over(axes, y)

    def _write_over(self, axes: Axes, text: str) -> None:
        axes.annotate(
            text, (0, 1), (0, 6), xycoords="axes fraction", textcoords="offset points",
            color=self.style.ground.ink, ha="left", va="bottom",
            fontproperties=self._font(SMALL), parse_math=False,
        )  # fmt: skip

    def _curves(self, box: Box) -> Curves:
        axes = self._axes(box)
        curves = Curves(axes, self.content, self.style, most_ticks=max(2, int(box.height // 36)))
        self._label(axes, say("axisStep"), self.content.curve)
        if curves.empty:
            axes.text(
                0.5, 0.5, say("noCurve"), transform=axes.transAxes, ha="center",
                color=self.style.ground.faint, fontproperties=self._font(SMALL), parse_math=False,
            )  # fmt: skip
        self.moving += curves.artists
        return curves

    # --- the surface ---

    def _surface(self, axes: Axes) -> None:
        content, style = self.content, self.style
        (x0, x1), (y0, y1) = content.window
        axes.set_xlim(x0, x1)
        axes.set_ylim(y0, y1)
        self._contours(axes)
        shapes = (("o", 12.0), ("o", 8.0), ("x", 8.0))
        for points, (shape, size) in zip(content.known, shapes, strict=True):
            axes.plot(
                points[:, 0], points[:, 1], linestyle="none", marker=shape, markersize=size,
                markerfacecolor="none", markeredgecolor=style.ground.faint, markeredgewidth=1.5,
                zorder=3,
            )  # fmt: skip
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_locator(MaxNLocator(6, steps=STEPS))
            axis.set_major_formatter(FuncFormatter(lambda v, _: number(v)))
        self._label(axes, say("axisX"), say("axisY"))
        box = self.plan.surface
        self.marks = [
            RunMarks(axes, line, style, (box.width, box.height), f"path-{i}")
            for i, line in enumerate(content.lines)
        ]
        by_layer = zip(*(marks.artists for marks in self.marks), strict=True)
        lower: list[Any] = []
        upper: list[Any] = []
        for artists in by_layer:
            (lower if artists[0].get_zorder() < LAYER + 2.5 else upper).extend(artists)
        self.moving += [*lower, *self._start(axes), *upper]

    def _contours(self, axes: Axes) -> None:
        ground, style = self.content.ground, self.style.ground
        field = (ground.x, ground.y, np.ma.masked_invalid(ground.rank))
        if self.style.filled:
            low, high = (np.array([int(c[i : i + 2], 16) for i in (1, 3, 5)]) for c in style.ramp)
            tones = [(low + (high - low) * k / ground.count) / 255 for k in range(ground.count + 1)]
            edges = np.arange(-1, ground.count + 1) + 0.0
            edges[[0, -1]] += (-1e-9, 1e-9)
            axes.contourf(*field, levels=edges, colors=tones, zorder=0, antialiased=False)
        if (ground.rank >= 0).any() and np.nanmax(ground.rank) > np.nanmin(ground.rank):
            axes.contour(
                *field, levels=np.arange(ground.count), colors=[style.contour], linewidths=0.8,
                linestyles="solid", zorder=1,
            )  # fmt: skip

    def _start(self, axes: Axes) -> list[Line2D]:
        """A ring with a crosshair, above the paths and below the heads."""
        x, y = self.content.scene.start
        ink = self.style.ground.ink
        return [
            axes.plot(
                [x], [y], linestyle="none", marker=shape, markersize=size, zorder=LAYER + 2.5,
                markerfacecolor="none", markeredgecolor=ink, markeredgewidth=1.5,
            )[0]
            for shape, size in (("o", 13.0), ("+", 19.0))
        ]  # fmt: skip


def _texts(content: Content) -> list[str]:
    """Every word on the picture."""
    of_lines = [f"{line.label}{line.numbers}{line.outcome}" for line in content.lines]
    return [content.title, content.settings, content.curve, "0123456789−⁻⁰¹²³⁴⁵⁶⁷⁸⁹", *of_lines]
