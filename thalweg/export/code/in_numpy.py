"""The runs of a scene in NumPy alone: every rule, every surface."""

from __future__ import annotations

import re

import jax

from thalweg.export.code.functions import equations, given_text, rule_text, surface_text
from thalweg.export.code.names import Numbers, distinct
from thalweg.export.code.script import PRINT, Schedules, head, joined, noise, race
from thalweg.export.picture.text import shown_runs
from thalweg.scenes import Run, Scene

LOSS = '''class Loss:
    """The surface as a rule is given it at one step."""

{members}'''
GIVEN = """    def __init__(self, noise, clip):
        self.noise, self.clip = noise, clip

    def grad(self, x, y):
        return given(x, y, *self.noise, self.clip)"""
LOOP = """for label, start, step, numbers{more} in RUNS:
    x, y = np.array(START)
    numbers = {{name: np.float64(n) for name, n in numbers.items()}}
    state = start({first}, x, y, **numbers)
    for t in range(STEPS + 1):
        if t > 0:
{paced}            x, y, *state = step({then}, x, y, *state, **now)
        f = value(x, y)
        if not np.isfinite([x, y, f]).all():
            break
    x, y, f = float(x), float(y), float(f)
"""
PACED = """            now = dict(numbers)
            if factor:
                now["lr"] = numbers["lr"] * factor(np.float64(t))
"""


def in_numpy(scene: Scene) -> str:
    """The script. Raises `Refused` where an operation has no form in NumPy."""
    runs = shown_runs(scene)
    labels = scene.labels()
    names = _functions(runs)
    rules = {name: rule_text(run.rule, name) for run, name in zip(runs, names, strict=True)}
    first = {name: run.rule for name, run in zip(names, runs, strict=True)}
    asked = {"value"}.union(*(r.asked for r in rules.values()))
    schedules = Schedules(scene, runs)
    noisy, clipped = noise(scene), any(r.clip is not None for r in runs)
    given = bool("grad" in asked and (noisy or clipped))
    table = [_row(r, n, labels[r.id], schedules, given) for r, n in zip(runs, names, strict=True)]
    in_order = list(filter(asked.__contains__, ("value", "grad", "hess")))
    numbers, functions = surface_text(scene.surface, in_order)
    texts = [*functions, *(text for rule in rules.values() for text in rule.text)]
    imports = ["import math", ""] if any("math." in text for text in texts) else []
    imports += [
        "import numpy as np",
        "",
        'np.seterr(all="ignore")  # what is not finite is said so',
    ]
    settings = [race(scene), *noisy, *numbers]
    return joined(
        [*head(scene, "NumPy"), *imports, "", *settings],
        [*equations(scene.bare), functions[0]],
        *([text] for text in functions[1:]),
        *([[given_text()]] if given else []),
        [_loss(in_order, given)],
        *([*equations(first[name]), *rule.text] for name, rule in rules.items()),
        *([text] for text in schedules.texts()),
        ["RUNS = [", *table, "]", "", _loop(bool(noisy), given, bool(schedules.changing)) + PRINT],
    )


def _functions(runs: list[Run]) -> list[str]:
    """A name for each run's functions; runs of one kind of rule share theirs."""
    kinds = [jax.tree.structure(r.rule) for r in runs]
    first = {kind: re.sub(r"\W", "_", r.rule.slug) for kind, r in zip(kinds, runs, strict=True)}
    own = distinct(name for name in first.values())
    by_kind = dict(zip(first, own, strict=True))
    return [by_kind[kind] for kind in kinds]


def _row(run: Run, name: str, label: str, schedules: Schedules, given: bool) -> str:
    parts = [
        repr(label),
        f"{name}_start",
        f"{name}_step",
        f"dict({Numbers.of(run.rule).keywords()})",
    ]
    if given:
        parts.append("np.inf" if run.clip is None else repr(run.clip))
    if schedules.changing:
        factor = schedules.factor(run, steps="np.float64(STEPS)")
        parts.append(f"lambda t: {factor}" if factor else "None")
    return f"    ({', '.join(parts)}),"


def _loss(asked: list[str], given: bool) -> str:
    direct = [name for name in asked if not (given and name == "grad")]
    members = [f"    {name} = staticmethod({name})" for name in direct]
    return LOSS.format(members="\n".join([*members, *(["", GIVEN] if given else [])]))


def _loop(noisy: bool, given: bool, paced: bool) -> str:
    still = "Loss((0.0, 0.0), clip)" if given else "Loss()"
    then = "Loss(NOISE[t - 1], clip)" if given and noisy else still
    more = (", clip" if given else "") + (", factor" if paced else "")
    text = LOOP.format(more=more, first=still, then=then, paced=PACED if paced else "")
    return text if paced else text.replace("**now", "**numbers")
