"""The lines of a picture that say what it shows: numbers short, as the stage writes them."""

from __future__ import annotations

import re

from calculus.fields import Described
from calculus.formulas.names import plain_symbol
from thalweg.messages.export import WORDS, Refused, say
from thalweg.scenes import Run, Scene
from thalweg.scenes.parts import numbers_of

_ABOVE = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def number(value: float, digits: int = 4) -> str:
    """A number with few digits and a real minus sign: 0.015, −2, 1e−8."""
    text = f"{value:.{digits}g}"
    text = re.sub(r"e([+-])0*(\d+)", lambda m: f"e{'-' if m[1] == '-' else ''}{m[2]}", text)
    return text.replace("-", "−")


def power(exponent: int, sign: int = 1) -> str:
    """± ten to a whole power, as 10⁻³."""
    return f"{'−' if sign < 0 else ''}10{str(exponent).translate(_ABOVE)}"


def numbers(thing: Described) -> list[str]:
    """Its numeric fields, as "α 0.1"."""
    values = numbers_of(thing)
    return [f"{plain_symbol(k.symbol)} {number(values[n])}" for n, k in thing.knobs().items()]


def of_run(run: Run) -> str:
    """The numbers of a run: its rule's, its schedule's, its clip."""
    usual = Run("", run.rule).schedule
    said = numbers(run.rule)
    if run.schedule != usual:
        given = [n for n in numbers(run.schedule) if not n.endswith(" 0")]
        said.append(" ".join([run.schedule.title, *given]))
    if run.clip is not None:
        said.append(say("clip", clip=number(run.clip)))
    return ", ".join(said)


def settings(scene: Scene, named: bool = True) -> str:
    """One line: the surface's numbers, the start, the steps, and what acts on all runs.

    ``named``: with the surface's title in front.
    """
    title = scene.bare.title if named else ""
    parts = [" ".join([title, ", ".join(numbers(scene.bare))]).strip()]
    if scene.penalty.kind != "none" and scene.penalty.strength:
        kind = WORDS[f"penalty.{scene.penalty.kind}"]
        parts.append(say("penalty", kind=kind, strength=number(scene.penalty.strength)))
    x, y = (number(v) for v in scene.start)
    parts += [say("start", x=x, y=y), say("steps", steps=scene.steps)]
    if scene.noise.scale and scene.noise.kind != "none":
        noise = scene.noise
        parts.append(
            say(
                f"noise.{noise.kind}", sigma=number(noise.sigma), batch=number(noise.batch),
                dof=number(noise.dof), seed=scene.seed,
            )
        )  # fmt: skip
    return " · ".join(part for part in parts if part)


def shown_runs(scene: Scene) -> list[Run]:
    """The runs that are shown, in order. Raises `Refused` where there is none."""
    runs = [r for r in scene.runs if r.shown]
    if not runs:
        raise Refused("noRuns")
    return runs
