"""The parts of a Scene, and the limits on them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from calculus.fields import Described
from landscapes import PENALTIES, Landscape
from optimizers import Rule
from thalweg.scenes.schema import (
    Box,
    Choice,
    Maybe,
    Name,
    Number,
    Pair,
    Part,
    Record,
    Several,
    Special,
    Truth,
    Whole,
    Window,
    part,
    parts_of,
)  # fmt: skip
from thalweg.simulation import MOST_SEEDS, MOST_STEPS, SCHEDULES, Noise, Schedule

VERSION = 1
MOST_RUNS = 12
FARTHEST = 1e6
MOST_TEXT = 200_000
LEAST_CLIP, MOST_CLIP = 1e-6, 1e6
FIRST_RULES = ("sgd", "momentum", "rmsprop", "adam")
KINDS = {"none": None, **PENALTIES}
NOISES = ("none", "gaussian", "student_t")
CURVES = ("loss", "gradient", "distance", "rate", "update", "lr")
OVERLAYS = ("arrows", "rates", "hessian", "taylor", "plane", "critical", "ghost")
NO_NOISE = Noise("none", 0.0)
MODES = ("2d", "3d")
MAPS = ("stability", "basins", "ensemble", "fair")
MEASURES = ("loss", "settled", "growth")
LEAST_BUDGET, MOST_BUDGET = 10, 5000


@dataclass(frozen=True)
class Penalty:
    """The penalty on the surface, shared by all runs."""

    kind: str = part("none", Choice(tuple(KINDS)))
    strength: float = part(0.0, Number(0, 1e6))


@dataclass(frozen=True)
class Map:
    """A map of many runs: see `thalweg.maps`. None stands for what is usual there."""

    kind: str = part("stability", Choice(MAPS))
    run: str | None = part(None, Maybe(Name()), "id of the run that it is of")
    x: str | None = part(None, Maybe(Name()), "field along its axis, named as in a sweep")
    y: str | None = part(None, Maybe(Name()))
    span: Window | None = part(None, Maybe(Box(-FARTHEST, FARTHEST)), "what its axes show")
    measure: str = part("loss", Choice(MEASURES))
    tolerance: float = part(1e-6, Number(1e-30, 1e6), "f − f* below which a run has settled")
    budget: int = part(
        300, Whole(LEAST_BUDGET, MOST_BUDGET), "evaluations that a run of a fair race may make"
    )

    def elsewhere(self) -> Map:
        """What of it holds for another scene: the kind of map, and how it is judged."""
        return replace(self, run=None, x=None, y=None, span=None)


@dataclass(frozen=True)
class View:
    """What is looked at: nothing in it changes a path."""

    step: int | None = part(None, Maybe(Whole(0, MOST_STEPS)), "null: the last")
    window: Window | None = part(None, Maybe(Box(-FARTHEST, FARTHEST)), "null: the surface's own")
    curve: str = part("loss", Choice(CURVES))
    overlays: tuple[str, ...] = part((), Several(OVERLAYS))
    mode: str = part("2d", Choice(MODES, exact=True))
    map: Map | None = part(None, Maybe(Record(Map, "SceneMap")), rare=True)


NOISE = {
    "kind": Part("none", Choice(NOISES)),
    "sigma": Part(0.0, Number(0, 1e6), "on each coordinate of the gradient"),
    "batch": Part(1, Whole(1, 1_000_000), "the noise is sigma / √batch"),
    "dof": Part(3.0, Number(0.1, 1e6), "degrees of freedom of Student's t"),
    "seed": Part(0, Whole(0, MOST_SEEDS - 1)),
}
"""The noise of all runs, with its seed."""


@dataclass(frozen=True)
class Run:
    """One run: a rule with its numbers, and what acts on it alone."""

    id: str
    rule: Rule
    schedule: Schedule = field(default_factory=lambda: SCHEDULES["constant"]())
    clip: float | None = None
    shown: bool = True


TEXTS = {
    "text": Part(None, Special("string"), "of what was typed", rare=True),
    "window": Part(None, Special("Window"), "of a surface that was typed", rare=True),
}
RUN = {
    "id": Part(None, Special("string")),
    "rule": Part(None, Special("string"), "its slug"),
    "text": TEXTS["text"],
    "fields": Part({}, Special("Record<string, number>")),
    "switches": Part({}, Special("Record<string, boolean>")),
    "schedule": Part({}, Special("{kind: string} & Record<string, number>"), "with its numbers"),
    "clip": Part(None, Maybe(Number(LEAST_CLIP, MOST_CLIP)), "the gradient's largest norm"),
    "shown": Part(True, Truth()),
}
"""A run as JSON."""
SURFACE = {
    "name": Part("valley", Special("string"), "its slug"),
    **TEXTS,
    "fields": Part({}, Special("Record<string, number>")),
    "penalty": Part(Penalty(), Record(Penalty, "ScenePenalty")),
}
"""The surface as JSON."""
SCENE = {
    "version": Part(VERSION, Special("number")),
    "surface": Part({}, Special("SceneSurface")),
    "runs": Part([], Special("SceneRun[]")),
    "start": Part(None, Pair(-FARTHEST, FARTHEST)),
    "steps": Part(300, Whole(0, MOST_STEPS)),
    "noise": Part({}, Special("SceneNoise")),
    "view": Part(View(), Record(View, "SceneView")),
}
"""The Scene as JSON: every object in it is one of the tables here, or a dataclass of parts."""
OBJECTS = {
    "Scene": (SCENE, ""),
    "SceneSurface": (SURFACE, ""),
    "ScenePenalty": (parts_of(Penalty), ""),
    "SceneRun": (RUN, ""),
    "SceneNoise": (NOISE, "of all runs"),
    "SceneView": (parts_of(View), "nothing in it changes a path"),
    "SceneMap": (parts_of(Map), "a map of many runs; null stands for what is usual there"),
}
"""Every object of the JSON by the name of its type in JavaScript, and what it is."""

NO_PENALTY, FIRST_VIEW = Penalty(), View()


def numbers_of(thing: Described) -> dict[str, float]:
    """The numeric fields of a surface, rule or schedule by name."""
    return {name: float(thing.number(name)) for name in thing.knobs()}


def switches_of(thing: Described) -> dict[str, bool]:
    """The switches of a rule by name."""
    return {name: getattr(thing, name) for name in thing.switches()}


def numbered(rules: Sequence[Rule]) -> list[Run]:
    """Runs of ``rules``, in order, with their ids."""
    seen: Counter[str] = Counter()
    runs = []
    for rule in rules:
        seen[rule.slug] += 1
        count = seen[rule.slug]
        runs.append(Run(rule.slug if count == 1 else f"{rule.slug}.{count}", rule))
    return runs


def free_id(slug: str, taken: set[str]) -> str:
    """The rule's slug, or the first of slug.2, slug.3 … that is free."""
    if slug not in taken:
        return slug
    return next(id for k in range(2, MOST_RUNS + 2) if (id := f"{slug}.{k}") not in taken)


def home_of(surface: Landscape) -> tuple[float, float]:
    """The surface's own start."""
    x, y = surface.start
    return float(x), float(y)
