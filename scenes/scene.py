"""The Scene: what is on the picture, as one frozen value, checked where it comes from outside.

A link encodes it, a page edits it, the stage shows and returns it, an export renders it. It holds
the very objects that run: a surface, rules, schedules, noise. As JSON it is readable, with every
field written out; reading one back, fields left out have their defaults.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from fields import Described, short
from landscapes import LANDSCAPES, PENALTIES, Landscape, Surface
from optimizers import OPTIMIZERS, Rule
from scenes.problems import Reader, SceneError
from simulation import MOST_SEEDS, MOST_STEPS, SCHEDULES, Noise, Schedule, Trajectory, run

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
class View:
    """What is looked at: nothing in it changes a path.

    ``step`` None is the last; ``window`` None the surface's own, else ((x0, x1), (y0, y1)).
    """

    step: int | None = None
    window: tuple[tuple[float, float], tuple[float, float]] | None = None
    curve: str = "loss"
    overlays: tuple[str, ...] = ()
    mode: str = "2d"


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

    def without_run(self, id: str) -> Scene:
        """This scene without the run ``id``."""
        return replace(self, runs=tuple(r for r in self.runs if r.id != id))

    def to_dict(self) -> dict[str, Any]:
        """The JSON object, every field written out."""
        return {
            "version": VERSION,
            "surface": {
                "name": self.bare.slug,
                "fields": numbers_of(self.bare),
                "penalty": {"kind": self.penalty.kind, "strength": self.penalty.strength},
            },
            "runs": [
                {
                    "id": r.id,
                    "rule": r.rule.slug,
                    "fields": numbers_of(r.rule),
                    "switches": {name: getattr(r.rule, name) for name in r.rule.switches()},
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
        reader = Reader()
        scene = _read(reader, value)
        if reader.problems:
            raise SceneError(tuple(reader.problems), scene)
        return scene

    def to_link(self) -> str:
        """The scene as a short text of letters, digits, - and _, made for an address."""
        from scenes.link import encode

        return encode(self)

    @classmethod
    def from_link(cls, link: str) -> Scene:
        """The scene in such a text. Raises `SceneError`, and nothing else."""
        from scenes.link import decode

        return decode(link)


def _differences(run_of: Run, runs: Sequence[Run]) -> list[str]:
    """What is not the same in all runs of one rule, as this one has it: "lr 0.2", "ema off"."""
    alike = [r for r in runs if r.rule.slug == run_of.rule.slug]
    words = []
    for name in (*run_of.rule.knobs(), *run_of.rule.switches()):
        value = getattr(run_of.rule, name)
        if any(getattr(r.rule, name) != value for r in alike):
            shown = {True: "on", False: "off"}[value] if isinstance(value, bool) else f"{value:.4g}"
            words.append(f"{name.replace('_', ' ')} {shown}")
    if any(r.schedule != run_of.schedule for r in alike):
        numbers = [f"{name} {n:.4g}" for name, n in numbers_of(run_of.schedule).items() if n]
        words.append(" ".join([run_of.schedule.title, *numbers]))
    if any(r.clip != run_of.clip for r in alike):
        words.append("not clipped" if run_of.clip is None else f"clipped at {run_of.clip:.3g}")
    return words


def numbers_of(thing: Described) -> dict[str, float]:
    """The numeric fields of a surface, rule or schedule by name."""
    return {name: float(getattr(thing, name)) for name in thing.knobs()}


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


# --- reading ---------------------------------------------------------------------------------

PARTS = ("version", "surface", "runs", "start", "steps", "noise", "view")


def _read(reader: Reader, value: object) -> Scene:
    parts = reader.table(value, "The scene", PARTS)
    version = parts.get("version", VERSION)
    if version != VERSION or isinstance(version, bool):
        reader.complain(
            f"The scene has version {short(version)}; this program reads version {VERSION}."
        )
        return Scene.default()
    bare, penalty = _surface(reader, parts.get("surface"))
    runs = _runs(reader, parts["runs"]) if "runs" in parts else Scene.default().runs
    home = (float(bare.start[0]), float(bare.start[1]))
    start = _pair(reader, parts["start"], "start", home) if "start" in parts else home
    steps = reader.whole(parts.get("steps", 300), "steps", 0, MOST_STEPS, 300)
    noise, seed = _noise(reader, parts.get("noise"))
    view = _view(reader, parts.get("view"), steps)
    return Scene(bare, runs, start, penalty, steps, noise, seed, view)


def _fields(reader: Reader, cls: type[Described], value: object, where: str) -> dict[str, float]:
    """The numeric fields that are right; the others are problems."""
    specs = cls.knobs()
    given = reader.table(value, where, tuple(specs))
    right = {}
    for name, number in given.items():
        spec = specs[name]
        check = lambda: spec.check(f"{where}.{name}", number)  # noqa: B023, E731
        right[name] = reader.attempt(check, spec.default)
    return right


def _surface(reader: Reader, value: object) -> tuple[Landscape, Penalty]:
    parts = reader.table(value, "surface", ("name", "fields", "penalty"))
    name = reader.choice(parts.get("name", "valley"), "surface.name", LANDSCAPES, "valley")
    cls = LANDSCAPES[name]
    bare = cls(**_fields(reader, cls, parts.get("fields"), f"surface {name}"))
    given = reader.table(parts.get("penalty"), "surface.penalty", ("kind", "strength"))
    kind = reader.choice(given.get("kind", "none"), "surface.penalty.kind", KINDS, "none")
    strength = reader.number(given.get("strength", 0.0), "surface.penalty.strength", 0, 1e6, 0.0)
    return bare, Penalty(kind, strength)


def _runs(reader: Reader, value: object) -> tuple[Run, ...]:
    if not isinstance(value, list):
        reader.complain(f"runs is {short(value)}; it must be a list.")
        return Scene.default().runs
    if len(value) > MOST_RUNS:
        reader.complain(f"The scene has {len(value)} runs; it may have {MOST_RUNS}.")
    runs: list[Run] = []
    for i, given in enumerate(value[:MOST_RUNS]):
        made = _run(reader, given, f"runs[{i}]", {r.id for r in runs})
        if made is not None:
            runs.append(made)
    return tuple(runs)


def _run(reader: Reader, value: object, where: str, taken: set[str]) -> Run | None:
    known = ("id", "rule", "fields", "switches", "schedule", "clip", "shown")
    parts = reader.table(value, where, known)
    if not isinstance(value, dict):
        return None
    slug = reader.choice(parts.get("rule"), f"{where}.rule", OPTIMIZERS, "")
    if not slug:
        return None
    cls = OPTIMIZERS[slug]
    numbers = _fields(reader, cls, parts.get("fields"), f"{where} {slug}")
    switches = reader.table(parts.get("switches"), f"{where}.switches", tuple(cls.switches()))
    chosen = {
        name: reader.truth(on, f"{where}.switches.{name}", cls.switches()[name].default)
        for name, on in switches.items()
    }
    clip = parts.get("clip")
    if clip is not None:
        clip = reader.number(clip, f"{where}.clip", LEAST_CLIP, MOST_CLIP, math.inf)
    return Run(
        id=_id(reader, parts.get("id"), slug, f"{where}.id", taken),
        rule=cls(**numbers, **chosen),
        schedule=_schedule(reader, parts.get("schedule"), f"{where}.schedule"),
        clip=None if clip == math.inf else clip,
        shown=reader.truth(parts.get("shown", True), f"{where}.shown", True),
    )


def _id(reader: Reader, value: object, slug: str, where: str, taken: set[str]) -> str:
    """The run's id if it is the rule's slug, or slug.K, and still free; else the next free one."""
    if value is None:
        return free_id(slug, taken)
    allowed = [slug, *(f"{slug}.{k}" for k in range(2, 100))]
    if isinstance(value, str) and value in allowed and value not in taken:
        return value
    reader.complain(f"{where} is {short(value)}; it must be {slug}, {slug}.2 …, each once.")
    return free_id(slug, taken)


def _schedule(reader: Reader, value: object, where: str) -> Schedule:
    kind: object = "constant"
    numbers: dict[str, Any] = {}
    if isinstance(value, dict):
        kind = value.get("kind", "constant")
        numbers = {name: v for name, v in value.items() if name != "kind"}
    elif value is not None:
        reader.complain(f"{where} is {short(value)}; it must be an object.")
    slug = reader.choice(kind, f"{where}.kind", SCHEDULES, "constant")
    cls = SCHEDULES[slug]
    return cls(**_fields(reader, cls, numbers, f"{where} {slug}"))


def _noise(reader: Reader, value: object) -> tuple[Noise, int]:
    parts = reader.table(value, "noise", ("kind", "sigma", "batch", "dof", "seed"))
    allowed = dict.fromkeys(NOISES)
    noise = Noise(
        kind=reader.choice(parts.get("kind", "none"), "noise.kind", allowed, "none"),
        sigma=reader.number(parts.get("sigma", 0.0), "noise.sigma", 0, 1e6, 0.0),
        batch=reader.whole(parts.get("batch", 1), "noise.batch", 1, 1_000_000, 1),
        dof=reader.number(parts.get("dof", 3.0), "noise.dof", 0.1, 1e6, 3.0),
    )
    return noise, reader.whole(parts.get("seed", 0), "noise.seed", 0, MOST_SEEDS - 1, 0)


def _pair(
    reader: Reader, value: object, where: str, default: tuple[float, float]
) -> tuple[float, float]:
    if not isinstance(value, list) or len(value) != 2:
        reader.complain(f"{where} is {short(value)}; it must be two numbers.")
        return default
    return (
        reader.number(value[0], f"{where}[0]", -FARTHEST, FARTHEST, default[0]),
        reader.number(value[1], f"{where}[1]", -FARTHEST, FARTHEST, default[1]),
    )


def _view(reader: Reader, value: object, steps: int) -> View:
    parts = reader.table(value, "view", ("step", "window", "curve", "overlays", "mode"))
    step = parts.get("step")
    if step is not None:
        step = reader.whole(step, "view.step", 0, steps, steps)
    overlays = parts.get("overlays", [])
    if not isinstance(overlays, list) or len(overlays) > len(OVERLAYS):
        reader.complain(f"view.overlays is {short(overlays)}; it must be a list.")
        overlays = []
    known = dict.fromkeys(OVERLAYS)
    chosen = [reader.choice(o, "view.overlays", known, "") for o in overlays]
    return View(
        step=step,
        window=_window(reader, parts.get("window")),
        curve=reader.choice(
            parts.get("curve", "loss"), "view.curve", dict.fromkeys(CURVES), "loss"
        ),
        overlays=tuple(o for o in dict.fromkeys(chosen) if o),
        mode=reader.choice(parts.get("mode", "2d"), "view.mode", dict.fromkeys(MODES), "2d"),
    )


def _window(
    reader: Reader, value: object
) -> tuple[tuple[float, float], tuple[float, float]] | None:
    if value is None:
        return None
    if not isinstance(value, list) or len(value) != 2:
        reader.complain(f"view.window is {short(value)}; it must be [[x0, x1], [y0, y1]].")
        return None
    x, y = (_pair(reader, side, f"view.window[{i}]", (0.0, 0.0)) for i, side in enumerate(value))
    if x[0] < x[1] and y[0] < y[1]:
        return x, y
    reader.complain("view.window is empty; each side must go from a lower to a higher number.")
    return None
