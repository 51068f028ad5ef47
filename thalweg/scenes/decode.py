"""A Scene out of a JSON object: each part is checked, and what is wrong there has its default."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

from calculus.fields import Described, short
from landscapes import LANDSCAPES, Landscape
from optimizers import OPTIMIZERS
from thalweg.scenes.parts import (
    FIRST_RULES,
    MOST_RUNS,
    NOISE,
    RUN,
    SCENE,
    SURFACE,
    TEXTS,
    VERSION,
    Penalty,
    Run,
    View,
    free_id,
    home_of,
    numbered,
)  # fmt: skip
from thalweg.scenes.schema import Part, Whole, parts_of, read_parts
from thalweg.scenes.validation import Reader
from thalweg.simulation import SCHEDULES, Noise, Schedule

T = TypeVar("T", bound=Described)


def read(reader: Reader, value: object) -> dict[str, Any] | None:
    """The fields of the Scene in a JSON object; None for one that this program does not read."""
    parts = reader.table(value, "The scene", tuple(SCENE))
    version = parts.get("version", VERSION)
    if version != VERSION or isinstance(version, bool):
        reader.complain(
            f"The scene has version {short(version)}; this program reads version {VERSION}."
        )
        return None
    bare, penalty = _surface(reader, parts.get("surface"))
    runs = _runs(reader, parts["runs"]) if "runs" in parts else _first_runs()
    whole = SCENE | {"start": replace(SCENE["start"], default=home_of(bare))}
    start, steps = (
        whole[name].kind.read(reader, parts[name], name, whole[name].default)
        if name in parts
        else whole[name].default
        for name in ("start", "steps")
    )
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


def _known(
    table: Mapping[str, Part], registry: Mapping[str, type[Described]], value: object, key: str
) -> tuple[str, ...]:
    """The names that an object may have: of texts those that its class is made from."""
    slug = value.get(key) if isinstance(value, Mapping) else None
    texts = registry[slug].text_fields if isinstance(slug, str) and slug in registry else ()
    return tuple(name for name in table if name not in TEXTS or name in texts)


def _surface(reader: Reader, value: object) -> tuple[Landscape, Penalty]:
    parts = reader.table(value, "surface", _known(SURFACE, LANDSCAPES, value, "name"))
    slug = SURFACE["name"].default
    name = reader.choice(parts.get("name", slug), "surface.name", LANDSCAPES, slug)
    bare = _made(reader, LANDSCAPES[name], parts, f"surface {name}")
    penalty = read_parts(reader, parts_of(Penalty), parts.get("penalty"), "surface.penalty")
    return bare, Penalty(**penalty)


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
    parts = reader.table(value, where, _known(RUN, OPTIMIZERS, value, "rule"))
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
    own = {
        name: RUN[name].kind.read(reader, parts[name], f"{where}.{name}", RUN[name].default)
        for name in ("clip", "shown")
        if name in parts
    }
    return Run(
        id=_id(reader, parts.get("id"), slug, f"{where}.id", taken),
        rule=_made(reader, cls, parts, f"{where} {slug}").replace(**chosen),
        schedule=_schedule(reader, parts.get("schedule"), f"{where}.schedule"),
        **own,
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
    found = read_parts(reader, NOISE, value, "noise")
    seed = found.pop("seed")
    return Noise(**found), seed


def _view(reader: Reader, value: object, steps: int) -> View:
    """The view; its step is one of the scene's."""
    view = View(**read_parts(reader, parts_of(View), value, "view"))
    if view.step is None or view.step <= steps:
        return view
    within = Whole(0, steps).read(reader, view.step, "view.step", None)
    return replace(view, step=within)
