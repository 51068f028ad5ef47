"""Where everything on a picture lies, in its pixels from the upper left. A 4-pixel grid."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from thalweg.export.picture.content import Content, Line
from thalweg.export.picture.style import Look
from thalweg.messages.export import say

EDGE, GAP = 24.0, 8.0
TITLE, WORDS, SMALL = 20.0, 13.0, 11.0
AXIS_LEFT, AXIS_BELOW = 48.0, 40.0
SAMPLE = 32
"""The room of a run's line in the legend."""
LEAST_CURVE = 140
COLUMN = 260
"""The least width of a column of the legend under the surface."""
WIDE = 1.15

Measure = Callable[[str, float], float]
"""(text, size) → its width in pixels."""


class Box(NamedTuple):
    """A rectangle: from ``left``, ``top`` on, so wide and so high."""

    left: float
    top: float
    width: float
    height: float


class Entry(NamedTuple):
    """A run in the legend: its rows, and where it begins. ``outcome`` follows the label."""

    line: Line
    left: float
    top: float
    label: list[str]
    outcome: str
    numbers: list[str]


@dataclass(frozen=True)
class Legend:
    """The runs in words; ``size`` of the labels, ``small`` of the numbers."""

    entries: list[Entry]
    size: float
    small: float
    height: float


@dataclass(frozen=True)
class Layout:
    """The places of the parts. The boxes of surface and curve are those of the plots alone."""

    settings: list[str]
    header: float
    surface: Box
    legend: Legend
    curve: Box | None


def layout(content: Content, look: Look, measure: Measure) -> Layout:
    """Side by side where the picture is wide, else one below the other.

    Where there is no room for the curves, there are none.
    """
    full = look.width - 2 * EDGE
    counter = 0 if content.title else measure(counter_room(content), WORDS) + GAP
    settings = wrapped(content.settings, full - counter, SMALL, measure)
    top = EDGE + (32 if content.title else 0) + 16 * len(settings) + 20
    low = look.height - EDGE
    if look.width >= WIDE * look.height:
        column = min(max(0.34 * look.width, 150.0), 440.0 if look.curve else 300.0)
        left = look.width - EDGE - column
        surface = Box(EDGE + AXIS_LEFT, top, left - EDGE - EDGE - AXIS_LEFT, low - top - AXIS_BELOW)
        room = low - top - (LEAST_CURVE + AXIS_BELOW + EDGE if look.curve else 0)
        legend = _legend(content.lines, left, top, column, room, 1, measure)
        below = top + legend.height + EDGE
        curve = Box(left + AXIS_LEFT, below, column - AXIS_LEFT, low - AXIS_BELOW - below)
    else:
        rest = low - top - (2 if look.curve else 1) * AXIS_BELOW
        columns = max(1, min(len(content.lines), int(full // COLUMN)))
        legend = _legend(content.lines, EDGE, 0, full, 0.35 * rest, columns, measure)
        rest -= legend.height + 2 * EDGE
        tall = (0.68 if look.curve else 1.0) * rest
        surface = Box(EDGE + AXIS_LEFT, top, full - AXIS_LEFT, tall)
        down = top + tall + AXIS_BELOW + GAP
        moved = [e._replace(top=e.top + down) for e in legend.entries]
        legend = Legend(moved, legend.size, legend.small, legend.height)
        below = down + legend.height + EDGE
        curve = Box(EDGE + AXIS_LEFT, below, full - AXIS_LEFT, low - AXIS_BELOW - below)
    if look.curve and curve.height < LEAST_CURVE / 2:
        return layout(content, replace(look, curve=False), measure)
    return Layout(settings, top, surface, legend, curve if look.curve else None)


def counter_room(content: Content) -> str:
    """The longest that the step counter gets."""
    return say("stepOf", step=content.scene.steps, steps=content.scene.steps)


def wrapped(text: str, width: float, size: float, measure: Measure) -> list[str]:
    """The text in rows no wider than ``width``; a single word may be."""
    rows: list[str] = []
    for word in text.split(" "):
        longer = f"{rows[-1]} {word}" if rows else word
        if rows and measure(longer, size) <= width:
            rows[-1] = longer
        else:
            rows.append(word)
    return rows


def _legend(
    lines: Sequence[Line],
    left: float,
    top: float,
    width: float,
    room: float,
    columns: int,
    measure: Measure,
) -> Legend:
    """The largest that fits into ``room``; the numbers of the runs only where they do."""
    for size, numbers in ((14, True), (13, True), (12, True), (13, False), (11, False), (9, False)):
        place = (left, top, (width - (columns - 1) * EDGE) / columns, columns)
        made = _tried(lines, *place, float(size), numbers, measure)
        if made.height <= room:
            break
    return made


def _tried(
    lines: Sequence[Line],
    left: float,
    top: float,
    width: float,
    columns: int,
    size: float,
    numbers: bool,
    measure: Measure,
) -> Legend:
    small = min(size - 2, SMALL)
    room = width - SAMPLE - GAP
    entries: list[Entry] = []
    rows, y, lowest = -(-len(lines) // columns), top, top
    for i, line in enumerate(lines):
        column, row = divmod(i, rows)
        y = y if row else top
        label = wrapped(line.label, room, size, measure)
        if line.outcome and measure(f"{label[-1]}  {line.outcome}", size) > room:
            label.append("")
        below = wrapped(line.numbers, room, small, measure) if numbers and line.numbers else []
        entries.append(Entry(line, left + column * (width + EDGE), y, label, line.outcome, below))
        y += len(label) * size * 1.4 + len(below) * small * 1.4 + (8 if numbers else 3)
        lowest = max(lowest, y)
    return Legend(entries, size, small, lowest - top)
