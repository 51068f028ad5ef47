"""What the scripts of all libraries have in common."""

from __future__ import annotations

from thalweg.export.code.functions import changes_rate, schedule_text
from thalweg.export.code.names import Numbers, comment, distinct
from thalweg.export.picture.text import settings, shown_runs
from thalweg.scenes import Run, Scene
from thalweg.simulation import Schedule

DRAWS = {
    "gaussian": "standard_normal((STEPS, 2))",
    "student_t": "standard_t({dof!r}, (STEPS, 2))",
}
"""The unit noise of a kind, from a `RandomState`: the same numbers as the stage has."""

PRINT = """    if np.isfinite([x, y, f]).all():
        print(f"{label}: x = {x!r}, y = {y!r}, f = {f!r}")
    else:
        print(f"{label}: not finite after step {t}")"""


def head(scene: Scene, library: str) -> list[str]:
    """The first lines: what this is, and the scene that it was made from."""
    labels = scene.labels()
    runs = ", ".join(labels[r.id] for r in shown_runs(scene))
    return [
        comment(f"{runs} on {scene.bare.title}, in {library}. Made by Thalweg."),
        comment(settings(scene)),
        comment(f"The scene's link: ?s={scene.to_link()}"),
    ]


def race(scene: Scene) -> str:
    """Where and how long all of them run."""
    return f"START, STEPS = {scene.start!r}, {scene.steps}"


def noise(scene: Scene) -> list[str]:
    """The noise of every step (STEPS, 2), the same for every run; no line where there is none."""
    if not scene.noise.scale or scene.noise.kind not in DRAWS:
        return []
    draws = DRAWS[scene.noise.kind].format(dof=scene.noise.dof)
    stream = f"np.random.RandomState({scene.seed})"
    return [f"NOISE = {scene.noise.scale!r} * {stream}.{draws}  # σ/√B times unit numbers"]


class Schedules:
    """The schedules of some runs: the functions that they need, and each run's factor at t."""

    def __init__(self, scene: Scene, runs: list[Run]) -> None:
        self.steps = scene.steps
        self.changing = [r for r in runs if changes_rate(r.rule, r.schedule, scene.steps)]
        kinds = list(dict.fromkeys(type(r.schedule) for r in self.changing))
        own = distinct(f"{kind.slug}_factor" for kind in kinds)
        self.names: dict[type[Schedule], str] = dict(zip(kinds, own, strict=True))

    def texts(self, module: str = "np") -> list[str]:
        """The functions, of t, STEPS and a schedule's numbers."""
        from calculus.kernels.python import JAX, NUMPY

        dialect = JAX if module == "jnp" else NUMPY
        first = {type(r.schedule): r.schedule for r in reversed(self.changing)}
        return [schedule_text(first[kind], name, dialect) for kind, name in self.names.items()]

    def factor(self, run: Run, t: str = "t", steps: str = "STEPS") -> str | None:
        """A run's factor as an expression; None: it is always 1."""
        if run not in self.changing:
            return None
        numbers = Numbers.of(run.schedule).keywords()
        return f"{self.names[type(run.schedule)]}({t}, {steps}, {numbers})"


def joined(*parts: list[str]) -> str:
    """The parts of a script, functions two lines apart."""
    return "\n\n\n".join("\n".join(part) for part in parts if part) + "\n"
