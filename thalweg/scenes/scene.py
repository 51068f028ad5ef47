"""The Scene: what is on the picture, as one frozen value, checked where it comes from outside.

A link encodes it, a page edits it, the stage shows and returns it, an export renders it. It holds
the very objects that run: a surface, rules, schedules, noise. As JSON it is readable, with every
field written out; reading one back, fields left out have their defaults.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from calculus.formulas.names import plain_symbol
from calculus.formulas.typed import keep_few
from landscapes import LANDSCAPES, Landscape, Surface
from optimizers import OPTIMIZERS, Rule
from thalweg.scenes.decode import read
from thalweg.scenes.link import pack, unpack
from thalweg.scenes.parts import (
    FIRST_RULES,
    FIRST_VIEW,
    MOST_RUNS,
    MOST_TEXT,
    NO_NOISE,
    NO_PENALTY,
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
    numbers_of,
    switches_of,
)  # fmt: skip
from thalweg.scenes.schema import write_parts
from thalweg.scenes.validation import Reader, SceneError
from thalweg.simulation import Noise, Trajectory, run


@dataclass(frozen=True)
class Scene:
    """Everything that is on the picture."""

    bare: Landscape
    """The surface without its penalty."""
    runs: tuple[Run, ...]
    start: tuple[float, float]
    penalty: Penalty = NO_PENALTY
    steps: int = 300
    noise: Noise = NO_NOISE
    seed: int = 0
    view: View = FIRST_VIEW

    @classmethod
    def default(cls, surface: str = "valley", rules: Sequence[str] = FIRST_RULES) -> Scene:
        """The race one sees first, on a surface and with rules of choice."""
        bare = LANDSCAPES[surface]()
        return cls(bare, tuple(numbered([OPTIMIZERS[r]() for r in rules])), home_of(bare))

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
        surface = {
            "name": self.bare.slug,
            **self.bare.texts(),
            "fields": numbers_of(self.bare),
            "penalty": self.penalty,
        }
        noise = {name: getattr(self.noise, name, self.seed) for name in NOISE}
        return write_parts(SCENE, {
            "version": VERSION,
            "surface": write_parts(SURFACE, dict.fromkeys(TEXTS) | surface),
            "runs": [_run_to_dict(run) for run in self.runs],
            "start": self.start,
            "steps": self.steps,
            "noise": write_parts(NOISE, noise),
            "view": self.view,
        })  # fmt: skip

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
        found = read(reader, value)
        scene = cls.default() if found is None else cls(**found)
        if reader.problems:
            raise SceneError(tuple(reader.problems), scene)
        return scene

    def to_link(self) -> str:
        """The scene as a short text of letters, digits, - and _, made for an address."""
        return pack(self.to_dict())

    @classmethod
    def from_link(cls, link: str) -> Scene:
        """The scene in such a text. Raises `SceneError`, and nothing else."""
        try:
            value = unpack(link)
        except ValueError as error:
            raise SceneError((str(error),), cls.default()) from error
        return cls.from_dict(value)


def _run_to_dict(run: Run) -> dict[str, Any]:
    given = {
        "id": run.id,
        "rule": run.rule.slug,
        **run.rule.texts(),
        "fields": numbers_of(run.rule),
        "switches": switches_of(run.rule),
        "schedule": {"kind": run.schedule.slug, **numbers_of(run.schedule)},
        "clip": run.clip,
        "shown": run.shown,
    }
    return write_parts(RUN, dict.fromkeys(TEXTS) | given)


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
