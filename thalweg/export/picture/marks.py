"""The moving things of one run: its path up to a step, its head, and what is wrong with it."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from numpy.typing import NDArray

from thalweg.export.picture.content import Line
from thalweg.export.picture.style import Style

Column = NDArray[np.float64]

WIDTH, HALO, HEAD, DOT = 2.0, 2.0, 9.0, 3.5
DOTS_APART = 6.0
"""Steps get a dot of their own while they are farther apart than this, in pixels."""
FOLLOWS = 1 / 8
"""How quickly the average of step lengths follows."""
MOST_HALO = 3000
"""A path of more points covers itself: no halo."""
LAYER = 5


class RunMarks:
    """One run on the surface's axes; `show` moves it to a step."""

    def __init__(
        self, axes: Axes, line: Line, style: Style, pixels: tuple[float, float], gid: str
    ) -> None:
        self.line, self.axes, self.pixels = line, axes, pixels
        paper = style.ground.paper
        dash = (0, line.dash) if line.dash else "solid"
        self.halo = _stroke(axes, paper, WIDTH + 2 * HALO / 2, "solid", LAYER)
        self.path = _stroke(axes, line.colour, WIDTH, dash, LAYER + 1)
        self.dots = _marks(axes, line.colour, "o", DOT, LAYER + 2)
        self.head = _marks(axes, line.colour, "o", HEAD + 2, LAYER + 3, edge=paper)
        self.cross = _marks(axes, style.alarm, "x", 11, LAYER + 4, edge=style.alarm, thick=2.25)
        self.cross.set_markerfacecolor("none")
        self.apart = _far_apart(line.x, self._per_unit())
        self.path.set_gid(gid)

    @property
    def artists(self) -> list[PathPatch | Line2D]:
        """From the lowest to the highest."""
        return [self.halo, self.path, self.dots, self.head, self.cross]

    def show(self, step: int) -> None:
        """Put everything where the run is at ``step``."""
        count = self.line.at(step) + 1
        x = self.line.x[:count]
        path = Path(x if count > 1 else np.full((2, 2), np.nan))
        path.should_simplify = False  # every point of the run is in the picture
        self.path.set_path(path)
        self.halo.set_path(path if count <= MOST_HALO else Path(np.full((2, 2), np.nan)))
        dots = x[self.apart[:count]]
        self.dots.set_data(dots[:, 0], dots[:, 1])
        self.head.set_data([], [])
        self.cross.set_data([], [])
        lost = step > self.line.last
        seen = x[_inside(x, self.axes)]
        if len(seen) and (lost or (self.line.outcome and step == len(self.line.x) - 1)):
            self.cross.set_data(seen[-1:, 0], seen[-1:, 1])
        if count and not lost:
            self._point(x[-1])

    def _point(self, at: Column) -> None:
        """The head; at the edge, an arrow to where it is outside."""
        (x0, x1), (y0, y1) = self.axes.get_xlim(), self.axes.get_ylim()
        inset = (HEAD + 2) / self._per_unit()
        low, high = np.array([x0, y0]), np.array([x1, y1])
        place = at if ((at >= low) & (at <= high)).all() else at.clip(low + inset, high - inset)
        towards = (at - place) * self._per_unit()
        self.head.set_data([place[0]], [place[1]])
        outside = bool(towards.any())
        angle = np.degrees(np.arctan2(towards[1], towards[0])) - 90
        self.head.set_marker((3, 0, angle) if outside else "o")
        self.head.set_markersize(HEAD + (7 if outside else 2))

    def _per_unit(self) -> Column:
        """Pixels for each unit of x and of y."""
        (x0, x1), (y0, y1) = self.axes.get_xlim(), self.axes.get_ylim()
        return np.array(self.pixels) / (x1 - x0, y1 - y0)


def _inside(x: Column, axes: Axes) -> NDArray[np.bool_]:
    (x0, x1), (y0, y1) = axes.get_xlim(), axes.get_ylim()
    return (x[:, 0] >= x0) & (x[:, 0] <= x1) & (x[:, 1] >= y0) & (x[:, 1] <= y1)


def _far_apart(x: Column, per_unit: Column) -> NDArray[np.bool_]:
    """At which steps there is a dot: the step is long, and steps are so on average."""
    far = np.zeros(len(x), dtype=bool)
    average = np.nan
    with np.errstate(all="ignore"):
        lengths = np.hypot(*(np.diff(x, axis=0) * per_unit).T)
    for t, length in enumerate(lengths, 1):
        size = min(length, 20 * DOTS_APART)  # growing runs would leave an average of millions
        average = size if t == 1 else average + FOLLOWS * (size - average)
        far[t] = average > DOTS_APART and size > DOTS_APART
    return far


def _stroke(axes: Axes, colour: str, width: float, dash: object, layer: float) -> PathPatch:
    patch = PathPatch(
        Path(np.full((2, 2), np.nan)), facecolor="none", edgecolor=colour, linewidth=width,
        joinstyle="round", capstyle="butt", zorder=layer,
    )  # fmt: skip
    if isinstance(dash, tuple):
        first, parts = dash
        patch.set_linestyle((first, tuple(part / width for part in parts)))  # scaled by the width
    axes.add_patch(patch)
    return patch


def _marks(
    axes: Axes, colour: str, shape: str, size: float, layer: float, edge: str = "none",
    thick: float = 1.5,
) -> Line2D:  # fmt: skip
    (marks,) = axes.plot(
        [], [], linestyle="none", marker=shape, markersize=size, zorder=layer,
        markerfacecolor=colour, markeredgecolor=edge,
        markeredgewidth=thick if edge != "none" else 0,
    )  # fmt: skip
    return marks
