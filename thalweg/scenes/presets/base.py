"""What a preset is, and the two words the tables of presets are written in."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

from landscapes import LANDSCAPES
from optimizers import OPTIMIZERS
from thalweg.scenes.parts import NO_NOISE, Penalty, Run, View
from thalweg.scenes.scene import Scene
from thalweg.simulation import SCHEDULES, Noise


@dataclass(frozen=True)
class Preset:
    """A scene to open: what it is called, what one is seeing, and the claim it shows."""

    slug: str
    claim: str
    """What it is there to show: S1 … S8, O1 … O11, M1 … M5, or "counter"."""
    title: str
    sentence: str
    scene: Scene
    group: str = ""
    """Its heading in the menu: that of the file it stands in."""


def rule(
    slug: str,
    schedule: str = "constant",
    *,
    clip: float | None = None,
    times: dict[str, float] | None = None,
    **fields: float | bool,
) -> Run:
    """A run of the rule ``slug`` with ``fields``; ``times`` are the numbers of its schedule."""
    return Run(slug, OPTIMIZERS[slug](**fields), SCHEDULES[schedule](**(times or {})), clip)


def race(
    surface: str,
    *runs: Run,
    steps: int,
    start: tuple[float, float] | None = None,
    noise: Noise = NO_NOISE,
    penalty: Penalty | None = None,
    view: View | None = None,
    **fields: float,
) -> Scene:
    """The scene of ``runs`` on ``surface`` with ``fields``; from its own start if none is given."""
    bare = LANDSCAPES[surface](**fields)
    x, y = start or bare.start
    return Scene(
        bare=bare,
        runs=_numbered(runs),
        start=(float(x), float(y)),
        penalty=penalty or Penalty(),
        steps=steps,
        noise=noise,
        view=view or View(),
    )


def _numbered(runs: tuple[Run, ...]) -> tuple[Run, ...]:
    """The runs with an id each: sgd, sgd.2, sgd.3 …"""
    seen: Counter[str] = Counter()
    named = []
    for run in runs:
        seen[run.id] += 1
        count = seen[run.id]
        named.append(run if count == 1 else replace(run, id=f"{run.id}.{count}"))
    return tuple(named)
