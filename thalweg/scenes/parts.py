"""The parts of a Scene, and the limits on them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from calculus.fields import Described
from landscapes import PENALTIES, Landscape
from optimizers import Rule
from thalweg.simulation import SCHEDULES, Noise, Schedule

VERSION = 1
MOST_RUNS = 12
FARTHEST = 1e6
MOST_TEXT = 200_000
LEAST_CLIP, MOST_CLIP = 1e-6, 1e6
FIRST_RULES = ("sgd", "momentum", "rmsprop", "adam")
KINDS = {"none": None, **PENALTIES}
NOISES = ("none", "gaussian", "student_t")
CURVES = ("loss", "gradient", "distance", "rate", "update", "lr")
OVERLAYS = ("arrows", "hessian", "taylor", "plane", "rates", "critical", "ghost")
NO_NOISE = Noise("none", 0.0)
MODES = ("2d", "3d")
MAPS = ("stability", "basins", "ensemble", "fair")
MEASURES = ("loss", "settled", "growth")
LEAST_BUDGET, MOST_BUDGET = 10, 5000


@dataclass(frozen=True)
class Run:
    """One run: a rule with its numbers, and what acts on it alone."""

    id: str
    rule: Rule
    schedule: Schedule = field(default_factory=lambda: SCHEDULES["constant"]())
    clip: float | None = None
    shown: bool = True


@dataclass(frozen=True)
class Penalty:
    """The penalty on the surface, shared by all runs."""

    kind: str = "none"
    strength: float = 0.0


@dataclass(frozen=True)
class Map:
    """What many runs at once are asked: see `atlas`. None stands for what is usual there.

    ``run`` is the id of the run that it is of, ``x`` and ``y`` the fields along its axes, as in
    `simulation.sweep`; ``span`` is ((x0, x1), (y0, y1)); ``tolerance`` the f − f_min at which a run
    counts as settled; ``budget`` the evaluations of the gradient that each run of a race may make.
    """

    kind: str = "stability"
    run: str | None = None
    x: str | None = None
    y: str | None = None
    span: tuple[tuple[float, float], tuple[float, float]] | None = None
    measure: str = "loss"
    tolerance: float = 1e-6
    budget: int = 300

    def elsewhere(self) -> Map:
        """What of it holds for another scene: the kind of map, and how it is judged."""
        return replace(self, run=None, x=None, y=None, span=None)


@dataclass(frozen=True)
class View:
    """What is looked at: nothing in it changes a path.

    ``step`` None is the last; ``window`` None the surface's own, else ((x0, x1), (y0, y1)).
    """

    step: int | None = None
    window: tuple[tuple[float, float], tuple[float, float]] | None = None
    curve: str = "loss"
    overlays: tuple[str, ...] = ()
    mode: str = "2d"
    map: Map | None = None


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
