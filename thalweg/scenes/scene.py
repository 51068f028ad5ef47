"""The Scene: what is on the picture, as one frozen value, checked where it comes from outside.

A link encodes it, a page edits it, the stage shows and returns it, an export renders it. It holds
the very objects that run: a surface, rules, schedules, noise. As JSON it is readable, with every
field written out; reading one back, fields left out have their defaults.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from calculus.fields import Described
from calculus.formulas.names import plain_symbol
from calculus.formulas.typed import keep_few
from landscapes import LANDSCAPES, PENALTIES, Landscape, Surface
from optimizers import OPTIMIZERS, Rule
from thalweg.scenes.validation import Reader, SceneError
from thalweg.simulation import SCHEDULES, Noise, Schedule, Trajectory, run

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


@dataclass(frozen=True)
class Scene:
    """Everything that is on the picture."""

    bare: Landscape
    """The surface without its penalty."""
    runs: tuple[Run, ...]
    start: tuple[float, float]
    penalty: Penalty = Penalty()
    steps: int = 300
    noise: Noise = NO_NOISE
    seed: int = 0
    view: View = View()

    @classmethod
    def default(cls, surface: str = "valley", rules: Sequence[str] = FIRST_RULES) -> Scene:
        """The race one sees first, on a surface and with rules of choice."""
        bare = LANDSCAPES[surface]()
        start = tuple(float(v) for v in bare.start)
        return cls(bare, tuple(numbered([OPTIMIZERS[r]() for r in rules])), (start[0], start[1]))

    @property
    def surface(self) -> Surface:
        """The surface with its penalty: what the runs run on."""
        surface: Surface = self.bare.penalized(self.penalty.kind, self.penalty.strength)
        return surface

    def trajectory(self, run_of: Run) -> Trajectory:
        """One of its runs, run."""
        keep_few(self.bare, run_of.rule)
        where = (self.start, self.steps, self.noise, self.seed)
        return run(self.surface, run_of.rule, *where, run_of.schedule, run_of.clip)

    def trajectories(self) -> dict[str, Trajectory]:
        """Every run by its id."""
        return {r.id: self.trajectory(r) for r in self.runs}

    def labels(self) -> dict[str, str]:
        """A name for every run by id: its rule's title, its number, and what sets it apart."""
        return {
            r.id: ", ".join(
                [f"{r.rule.title} {r.id.partition('.')[2]}".strip(), *_differences(r, self.runs)]
            )
            for r in self.runs
        }

    def with_run(self, rule: Rule) -> Scene:
        """This scene with one more run. Raises SceneError when it is full."""
        if len(self.runs) >= MOST_RUNS:
            raise SceneError((f"A scene has at most {MOST_RUNS} runs.",), self)
        taken = {r.id for r in self.runs}
        return replace(self, runs=(*self.runs, Run(free_id(rule.slug, taken), rule)))

    def to_dict(self) -> dict[str, Any]:
        """The JSON object, every field written out."""
        return {
            "version": VERSION,
            "surface": {
                "name": self.bare.slug,
                **self.bare.texts(),
                "fields": numbers_of(self.bare),
                "penalty": {"kind": self.penalty.kind, "strength": self.penalty.strength},
            },
            "runs": [
                {
                    "id": r.id,
                    "rule": r.rule.slug,
                    **r.rule.texts(),
                    "fields": numbers_of(r.rule),
                    "switches": switches_of(r.rule),
                    "schedule": {"kind": r.schedule.slug, **numbers_of(r.schedule)},
                    "clip": r.clip,
                    "shown": r.shown,
                }
                for r in self.runs
            ],
            "start": list(self.start),
            "steps": self.steps,
            "noise": {
                "kind": self.noise.kind,
                "sigma": self.noise.sigma,
                "batch": self.noise.batch,
                "dof": self.noise.dof,
                "seed": self.seed,
            },
            "view": {
                "step": self.view.step,
                "window": self.view.window and [list(side) for side in self.view.window],
                "curve": self.view.curve,
                "overlays": list(self.view.overlays),
                "mode": self.view.mode,
                **({} if self.view.map is None else {"map": _map_to_dict(self.view.map)}),
            },
        }

    def to_json(self) -> str:
        """The scene as JSON; every number round-trips to its last bit."""
        return json.dumps(self.to_dict(), ensure_ascii=False, allow_nan=False)

    @classmethod
    def from_json(cls, text: str | bytes) -> Scene:
        """The scene in a JSON text. Raises `SceneError`, and nothing else."""
        if len(text) > MOST_TEXT:
            too_long = f"The scene has {len(text)} characters; it may have {MOST_TEXT}."
            raise SceneError((too_long,), cls.default())
        try:
            value = json.loads(text)
        except (ValueError, RecursionError, MemoryError) as error:
            raise SceneError(("The scene is not JSON.",), cls.default()) from error
        return cls.from_dict(value)

    @classmethod
    def from_dict(cls, value: object) -> Scene:
        """The scene in a JSON object. Raises `SceneError`, and nothing else."""
        from thalweg.scenes.decode import read

        reader = Reader()
        scene = read(reader, value)
        if reader.problems:
            raise SceneError(tuple(reader.problems), scene)
        return scene

    def to_link(self) -> str:
        """The scene as a short text of letters, digits, - and _, made for an address."""
        from thalweg.scenes.link import encode

        return encode(self)

    @classmethod
    def from_link(cls, link: str) -> Scene:
        """The scene in such a text. Raises `SceneError`, and nothing else."""
        from thalweg.scenes.link import decode

        return decode(link)


def _map_to_dict(of: Map) -> dict[str, Any]:
    return asdict(of) | {"span": of.span and [list(side) for side in of.span]}


def _differences(run_of: Run, runs: Sequence[Run]) -> list[str]:
    """What is not the same in all runs of one rule, as this one has it: "α 0.2", "sum form"."""
    alike = [r for r in runs if r.rule.slug == run_of.rule.slug]
    rule, words = run_of.rule, []
    numbers, switches = numbers_of(rule), switches_of(rule)
    for name, value in numbers.items():
        if any(numbers_of(r.rule).get(name, value) != value for r in alike):
            words.append(f"{plain_symbol(rule.knobs()[name].symbol)} {value:.4g}")
    for name, setting in switches.items():
        if any(switches_of(r.rule).get(name, setting) is not setting for r in alike):
            words.append(rule.switches()[name].form(setting))
    if any(r.schedule != run_of.schedule for r in alike):
        knobs = run_of.schedule.knobs()
        given = [
            f"{plain_symbol(knobs[name].symbol)} {number:.4g}"
            for name, number in numbers_of(run_of.schedule).items()
            if number
        ]
        words.append(" ".join([run_of.schedule.title, *given]))
    if any(r.clip != run_of.clip for r in alike):
        words.append("not clipped" if run_of.clip is None else f"clipped at {run_of.clip:.3g}")
    return words


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
