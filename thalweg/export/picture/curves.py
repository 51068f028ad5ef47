"""The curves beside the surface: a quantity of every run over the steps, and the step shown."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, MaxNLocator
from numpy.typing import NDArray

from thalweg.export.picture.content import Content, Line
from thalweg.export.picture.marks import LAYER, WIDTH
from thalweg.export.picture.scale import scale_of
from thalweg.export.picture.style import Style
from thalweg.export.picture.text import number

Column = NDArray[np.float64]

STEPS = (1, 2, 5, 10)
"""Ticks are apart by these, times a power of ten."""
ROOM = 1.03
"""The axis is longer than the run by this, so that the last dots are whole."""
DOT = 8.0


class Curves:
    """The curves on axes of their own; `show` moves the cursor and the dots to a step."""

    def __init__(self, axes: Axes, content: Content, style: Style, most_ticks: int) -> None:
        every = [c for line in content.lines for c in line.curves]
        fine = [not line.outcome for line in content.lines for _ in line.curves]
        scale = scale_of(every, fine, content.signed)
        self.empty = not any(np.isfinite(scale.place(curve)).any() for curve in every)
        axes.set_xlim(0, ROOM * max(content.scene.steps, 1))
        axes.set_ylim(scale.low, scale.high)
        self.dots: list[tuple[Line2D, Line, Column]] = []
        for line in content.lines:
            # Of two curves the second is thin: the rates of x and of y.
            for curve, width in zip(line.curves, (WIDTH, WIDTH / 2), strict=False):
                y = scale.place(curve)
                dash = (0, tuple(d / width for d in line.dash)) if line.dash else "solid"
                steps = np.arange(len(y))
                axes.plot(steps, y, color=line.colour, linewidth=width, linestyle=dash, zorder=4)
                self.dots.append((_dot(axes, line.colour, style), line, y))
        ticks = scale.ticks(most_ticks)
        axes.set_yticks([at for at, _ in ticks], [word for _, word in ticks])
        axes.xaxis.set_major_locator(MaxNLocator(5, integer=True, steps=STEPS))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda v, _: number(v, 6)))
        (self.cursor,) = axes.plot(
            [0, 0], axes.get_ylim(), color=style.ground.faint, linewidth=1, zorder=LAYER
        )

    @property
    def artists(self) -> list[Line2D]:
        """What moves, from the lowest to the highest."""
        return [self.cursor, *(dot for dot, _, _ in self.dots)]

    def show(self, step: int) -> None:
        """Put the cursor and the dots at ``step``; a run that has ended by then has no dot."""
        self.cursor.set_xdata([step, step])
        for dot, line, y in self.dots:
            there = step <= line.last
            dot.set_data([step] if there else [], [y[step]] if there else [])


def _dot(axes: Axes, colour: str, style: Style) -> Line2D:
    (dot,) = axes.plot(
        [], [], linestyle="none", marker="o", markersize=DOT, color=colour, zorder=LAYER + 1,
        markeredgecolor=style.ground.paper, markeredgewidth=1.5,
    )  # fmt: skip
    return dot
