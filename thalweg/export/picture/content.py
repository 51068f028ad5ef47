"""A Scene as the numbers and words that are drawn of it; nothing here knows a plotting library."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from landscapes import Surface, field
from landscapes.base import Points, Window
from thalweg.export.picture.text import of_run, settings, shown_runs
from thalweg.messages.export import WORDS, say
from thalweg.scenes import Run, Scene
from thalweg.simulation import Trajectory, excess
from thalweg.stage.palette import DASHES, colour

Column = NDArray[np.float64]


@dataclass(frozen=True)
class Line:
    """One run as it is drawn: ``x`` (steps+1, 2), and one or two curves (steps+1,), by step."""

    label: str
    numbers: str
    colour: str
    dash: tuple[float, ...]
    x: Column
    curves: tuple[Column, ...]
    outcome: str
    """What is wrong with the run, in words; empty where nothing is."""
    last: int
    """The last step whose point and loss are finite; −1: not even the start."""

    def at(self, step: int) -> int:
        """The step at which the run stands when ``step`` is shown."""
        return min(step, self.last)


@dataclass(frozen=True)
class Ground:
    """The surface over the window: ``rank`` (m, n) of the level reached at ``x`` (n,), ``y`` (m,).

    As the stage draws it: between two levels evenly in the root of the height above the minimum,
    because near a minimum that is more even. −1 is the lowest point, ``count`` the highest.
    """

    x: Column
    y: Column
    rank: Column
    count: int


@dataclass(frozen=True)
class Content:
    """All that a picture shows. ``signed``: whether the curves have values below zero."""

    scene: Scene
    lines: tuple[Line, ...]
    title: str
    settings: str
    curve: str
    signed: bool

    @property
    def step(self) -> int:
        """The step that is shown."""
        step = self.scene.view.step
        return self.scene.steps if step is None else step

    @property
    def window(self) -> Window:
        """((x0, x1), (y0, y1))."""
        return self.scene.view.window or self.scene.surface.domain

    @cached_property
    def ground(self) -> Ground:
        """The surface in the window."""
        return _ground(self.scene.surface, self.window, self.scene.bare.detail)

    @cached_property
    def known(self) -> tuple[Points, Points, Points]:
        """The known minima, local minima and saddles, (k, 2) each."""
        surface = self.scene.surface
        minima = surface.minima
        none = np.zeros((0, 2))
        return (none if minima is None else minima, surface.local_minima, surface.saddles)


def content(scene: Scene, title: str | None = None) -> Content:
    """What a picture of ``scene`` shows. Raises `Refused` where no run is shown."""
    labels = scene.labels()
    surface, name = scene.surface, scene.view.curve
    bare_loss = name == "loss" and surface.f_min is None
    return Content(
        scene=scene,
        lines=tuple(_line(scene, run, labels[run.id]) for run in shown_runs(scene)),
        title=say("title", surface=scene.bare.title) if title is None else title,
        settings=settings(scene, named=title is not None),
        curve=WORDS["curve.loss.bare" if bare_loss else f"curve.{name}"],
        signed=bare_loss,
    )


def _line(scene: Scene, run: Run, label: str) -> Line:
    t = scene.trajectory(run)
    dash = DASHES[scene.runs.index(run) % len(DASHES)]
    outcome = say("growing") if t.growing else ""
    if t.diverged_at is not None:
        outcome = say("notFinite", step=t.diverged_at)
    return Line(
        label=label,
        numbers=of_run(run),
        colour=colour(run.rule.slug, run.rule.family),
        dash=tuple(float(v.removesuffix("px")) for v in dash.split(",") if v != "solid"),
        x=t.x,
        curves=CURVES[scene.view.curve](t, scene.surface),
        outcome=outcome,
        last=t.steps if t.diverged_at is None else t.diverged_at - 1,
    )


# --- the curves, as the stage has them: a step's own quantities stand at the step it leads to -----


def _stepwise(column: Column) -> Column:
    return np.concatenate([[np.nan], column])


def _loss(t: Trajectory, surface: Surface) -> tuple[Column, ...]:
    return (excess(t, surface.f_min),)


def _gradient(t: Trajectory, surface: Surface) -> tuple[Column, ...]:
    return (_stepwise(np.hypot(t.grad[:, 0], t.grad[:, 1])),)


def _distance(t: Trajectory, surface: Surface) -> tuple[Column, ...]:
    minima = [m for m in (surface.minima, surface.local_minima) if m is not None and len(m)]
    if not minima:
        return (np.full(len(t.f), np.nan),)
    apart = t.x[:, None] - np.concatenate(minima)[None]
    return (np.hypot(apart[..., 0], apart[..., 1]).min(axis=1),)


def _rate(t: Trajectory, surface: Surface) -> tuple[Column, ...]:
    return _stepwise(t.rate[:, 0]), _stepwise(t.rate[:, 1])


def _update(t: Trajectory, surface: Surface) -> tuple[Column, ...]:
    moved, at = t.update, t.x[:-1]
    with np.errstate(all="ignore"):
        return (_stepwise(np.hypot(moved[:, 0], moved[:, 1]) / np.hypot(at[:, 0], at[:, 1])),)


def _lr(t: Trajectory, surface: Surface) -> tuple[Column, ...]:
    return (_stepwise(t.lr),)


CURVES: dict[str, Callable[[Trajectory, Surface], tuple[Column, ...]]] = {
    "loss": _loss,
    "gradient": _gradient,
    "distance": _distance,
    "rate": _rate,
    "update": _update,
    "lr": _lr,
}


# --- the surface ----------------------------------------------------------------------------------


def _ground(surface: Surface, window: Window, points: int) -> Ground:
    seen = field(surface, window, points)
    f = np.where(np.isfinite(seen.f), seen.f, np.nan)
    levels = surface.levels(f)
    if levels.size == 0:  # nothing but flat ground in the window
        levels = np.array([float(np.nanmax(f))]) if np.isfinite(f).any() else np.zeros(1)
    if surface.f_min is not None and np.isfinite(f).any():
        floor = min(float(np.nanmin(f)), surface.f_min)
        levels, f = np.sqrt(levels - floor), np.sqrt(f - floor)
    least, most = np.nanmin(f, initial=levels[0]), np.nanmax(f, initial=levels[-1])
    ends = [min(least, levels[0] - 1e-9), *levels, max(most, levels[-1] + 1e-9)]
    rank = np.interp(f, ends, np.arange(-1, len(levels) + 1))
    return Ground(seen.x, seen.y, rank, len(levels))
