"""A Scene out of a JSON object: each part is checked, and what is wrong there has its default."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from functools import partial
from typing import Any, TypeVar

from calculus.fields import Described, short
from landscapes import LANDSCAPES, Landscape
from optimizers import OPTIMIZERS
from thalweg.scenes.parts import (
    CURVES,
    FARTHEST,
    FIRST_RULES,
    KINDS,
    LEAST_BUDGET,
    LEAST_CLIP,
    MAPS,
    MEASURES,
    MODES,
    MOST_BUDGET,
    MOST_CLIP,
    MOST_RUNS,
    NOISES,
    OVERLAYS,
    VERSION,
    Map,
    Penalty,
    Run,
    View,
    free_id,
    home_of,
    numbered,
)
from thalweg.scenes.validation import Reader
from thalweg.simulation import MOST_SEEDS, MOST_STEPS, SCHEDULES, Noise, Schedule

T = TypeVar("T", bound=Described)

MOST_NAME = 80
PARTS = ("version", "surface", "runs", "start", "steps", "noise", "view")


def read(reader: Reader, value: object) -> dict[str, Any] | None:
    """The fields of the Scene in a JSON object; None for one that this program does not read."""
    parts = reader.table(value, "The scene", PARTS)
    version = parts.get("version", VERSION)
    if version != VERSION or isinstance(version, bool):
        reader.complain(
            f"The scene has version {short(version)}; this program reads version {VERSION}."
        )
        return None
    bare, penalty = _surface(reader, parts.get("surface"))
    runs = _runs(reader, parts["runs"]) if "runs" in parts else _first_runs()
    home = home_of(bare)
    start = _pair(reader, parts["start"], "start", home) if "start" in parts else home
    steps = reader.whole(parts.get("steps", 300), "steps", 0, MOST_STEPS, 300)
    noise, seed = _noise(reader, parts.get("noise"))
    view = _view(reader, parts.get("view"), steps)
    return {
        "bare": bare, "runs": runs, "start": start, "penalty": penalty, "steps": steps,
        "noise": noise, "seed": seed, "view": view,
    }  # fmt: skip


def _first_runs() -> tuple[Run, ...]:
    return tuple(numbered([OPTIMIZERS[slug]() for slug in FIRST_RULES]))


def _fields(
    reader: Reader, thing: Described | type[Described], value: object, where: str
) -> dict[str, float]:
    """The numeric fields that are right; the others are problems."""
    specs = thing.knobs()
    given = reader.table(value, where, tuple(specs))
    right = {}
    for name, number in given.items():
        spec = specs[name]
        check = lambda: spec.check(f"{where}.{name}", number)  # noqa: B023, E731
        right[name] = reader.attempt(check, spec.default)
    return right


def _made(reader: Reader, cls: type[T], parts: dict[str, Any], where: str) -> T:
    """One of a class from its texts and its numbers; a wrong one is a problem and the default."""
    right: dict[str, Any] = {}
    for name in (name for name in cls.text_fields if name in parts):
        text = {name: parts[name]}
        if reader.attempt(partial(cls.from_texts, **text), None, f"{where}: ") is not None:
            right |= text
    made = cls.from_texts(**right)
    return made.replace(**_fields(reader, made, parts.get("fields"), where))


def _written(registry: Mapping[str, type[Described]], value: object, key: str) -> tuple[str, ...]:
    """The names of what the class that ``value`` names is made from besides its numbers."""
    slug = value.get(key) if isinstance(value, Mapping) else None
    return registry[slug].text_fields if isinstance(slug, str) and slug in registry else ()


def _surface(reader: Reader, value: object) -> tuple[Landscape, Penalty]:
    written = _written(LANDSCAPES, value, "name")
    parts = reader.table(value, "surface", ("name", "fields", "penalty", *written))
    name = reader.choice(parts.get("name", "valley"), "surface.name", LANDSCAPES, "valley")
    bare = _made(reader, LANDSCAPES[name], parts, f"surface {name}")
    given = reader.table(parts.get("penalty"), "surface.penalty", ("kind", "strength"))
    kind = reader.choice(given.get("kind", "none"), "surface.penalty.kind", KINDS, "none")
    strength = reader.number(given.get("strength", 0.0), "surface.penalty.strength", 0, 1e6, 0.0)
    return bare, Penalty(kind, strength)


def _runs(reader: Reader, value: object) -> tuple[Run, ...]:
    if not isinstance(value, list):
        reader.complain(f"runs is {short(value)}; it must be a list.")
        return _first_runs()
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
    parts = reader.table(value, where, (*known, *_written(OPTIMIZERS, value, "rule")))
    if not isinstance(value, dict):
        return None
    slug = reader.choice(parts.get("rule"), f"{where}.rule", OPTIMIZERS, "")
    if not slug:
        return None
    cls = OPTIMIZERS[slug]
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
        rule=_made(reader, cls, parts, f"{where} {slug}").replace(**chosen),
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
    parts = reader.table(value, "view", ("step", "window", "curve", "overlays", "mode", "map"))
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
        map=None if parts.get("map") is None else _map(reader, parts["map"]),
    )


def _map(reader: Reader, value: object) -> Map:
    parts = reader.table(value, "view.map", tuple(field.name for field in dataclasses.fields(Map)))
    kinds, measures, usual = dict.fromkeys(MAPS), dict.fromkeys(MEASURES), Map()
    budget = parts.get("budget", usual.budget)
    return Map(
        kind=reader.choice(parts.get("kind", usual.kind), "view.map.kind", kinds, usual.kind),
        run=_name(reader, parts.get("run"), "view.map.run"),
        x=_name(reader, parts.get("x"), "view.map.x"),
        y=_name(reader, parts.get("y"), "view.map.y"),
        span=_window(reader, parts.get("span"), "view.map.span"),
        measure=reader.choice(
            parts.get("measure", usual.measure), "view.map.measure", measures, usual.measure
        ),
        tolerance=reader.number(
            parts.get("tolerance", usual.tolerance), "view.map.tolerance", 1e-30, 1e6,
            usual.tolerance,
        ),
        budget=reader.whole(
            budget, "view.map.budget", LEAST_BUDGET, MOST_BUDGET, usual.budget
        ),
    )  # fmt: skip


def _name(reader: Reader, value: object, where: str) -> str | None:
    """A short text or nothing; whether the scene has something of this name, a map itself says."""
    if value is None or (isinstance(value, str) and len(value) <= MOST_NAME):
        return value
    reader.complain(f"{where} is {short(value)}; it must be a name or nothing.")
    return None


def _window(
    reader: Reader, value: object, where: str = "view.window"
) -> tuple[tuple[float, float], tuple[float, float]] | None:
    if value is None:
        return None
    if not isinstance(value, list) or len(value) != 2:
        reader.complain(f"{where} is {short(value)}; it must be [[x0, x1], [y0, y1]].")
        return None
    x, y = (_pair(reader, side, f"{where}[{i}]", (0.0, 0.0)) for i, side in enumerate(value))
    if x[0] < x[1] and y[0] < y[1]:
        return x, y
    reader.complain(f"{where} is empty; each side must go from a lower to a higher number.")
    return None
