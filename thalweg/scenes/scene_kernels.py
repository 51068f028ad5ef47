"""What a picture needs to compute a Scene by itself: kernels, and the numbers they take.

The kernels depend on the kinds of surface, rule and schedule only; texts are named by their content
and occur once, so runs of one rule share theirs and a browser keeps what it has.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from thalweg.diagnostics.point_kernels import point_source, theory_source, tunings
from thalweg.scenes.parts import Run
from thalweg.scenes.parts import numbers_of as numbers_of_surface
from thalweg.scenes.scene import Scene
from thalweg.simulation.step_kernels import growth_source, numbers_of, rule_kernel, surface_source


@dataclass(frozen=True)
class LiveRun:
    """A run's kernel: which text, its numbers and their names, and where its row's parts lie."""

    id: str
    kernel: str
    theory: str | None
    tunings: tuple[str, ...]
    names: tuple[str, ...]
    numbers: tuple[float, ...]
    carry: int
    width: int
    row: dict[str, tuple[int, int]]
    shapes: dict[str, tuple[int, ...]]


@dataclass(frozen=True)
class LiveScene:
    """The kernels of a scene; ``texts`` holds every ES module by its name."""

    texts: dict[str, str]
    surface: str
    surface_names: tuple[str, ...]
    surface_numbers: tuple[float, ...]
    growth: str
    point: str
    runs: tuple[LiveRun, ...]


def name_of(text: str) -> str:
    """The name of an ES module: its content's."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def live(scene: Scene) -> LiveScene:
    """The kernels of a scene, and its numbers."""
    texts: dict[str, str] = {}

    def named(text: str) -> str:
        texts[name_of(text)] = text
        return name_of(text)

    surface = scene.surface
    penalty = scene.penalty.kind != "none"
    strength: dict[str, Any] = {"penalty.strength": scene.penalty.strength} if penalty else {}
    numbers = numbers_of_surface(scene.bare) | strength
    return LiveScene(
        surface=named(surface_source(surface)),
        surface_names=tuple(numbers),
        surface_numbers=tuple(float(v) for v in numbers.values()),
        growth=named(growth_source()),
        point=named(point_source()),
        runs=tuple(_run(scene, run, named) for run in scene.runs),
        texts=texts,
    )


def _run(scene: Scene, run: Run, named: Any) -> LiveRun:
    kernel = rule_kernel(run.rule, run.schedule)
    theory = theory_source(run.rule)
    clip = float("inf") if run.clip is None else run.clip
    return LiveRun(
        id=run.id,
        kernel=named(kernel.source),
        theory=None if theory is None else named(theory),
        tunings=tunings(run.rule),
        names=kernel.names,
        numbers=tuple(numbers_of(run.rule, run.schedule, scene.noise.scale, clip)),
        carry=kernel.carry,
        width=kernel.width,
        row=kernel.row,
        shapes=kernel.shapes,
    )
