"""The numbers of a Scene that a map may have along its sides, and the values of its cells there."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from calculus.fields import Knob
from optimizers import Rule
from thalweg.messages.maps import say
from thalweg.scenes import LEAST_CLIP, MOST_CLIP, Run, Scene
from thalweg.simulation.fair_race import is_decay

Values = NDArray[np.float64]
Span = tuple[float, float]

SHOWN_TENS = 2
"""Powers of ten to either side of a number's home, where it goes by ratios."""
MOST_SIGMA = 10.0
SHOWN_NINES = 3
"""Up to 0.999, where it goes ever finer towards 1."""
SHARED_AXES = {
    "noise.sigma": Knob(0.1, r"\sigma", 1e-3, MOST_SIGMA, "noise of each gradient", log=True),
    "clip": Knob(1, r"\mathrm{clip}", LEAST_CLIP, MOST_CLIP, "largest gradient norm", log=True),
}  # fmt: skip
"""What is neither the rule's nor the surface's own."""
RARELY = ("eps", "weight_decay", "warmup")
"""Not what one would look at first."""


def axes_of(scene: Scene, run: Run) -> dict[str, Knob]:
    """Every number that ``run`` depends on, by its name in `thalweg.simulation.sweep`."""
    rule = run.rule
    found = dict(rule.knobs())
    if rule.follows_slope:
        found["lr"] = replace(found["lr"], default=found["lr"].default * scene.bare.lr_scale)
    found |= {f"surface.{name}": knob for name, knob in scene.bare.knobs().items()}
    if "lr" in found:
        found |= {f"schedule.{name}": knob for name, knob in run.schedule.knobs().items()}
    return found | SHARED_AXES


def chosen(scene: Scene, run: Run) -> tuple[str, str]:
    """The names along x and y that the scene's map asks for, or the first that are of interest.

    Raises ValueError, with a sentence, for a name that the run does not depend on.
    """
    known = axes_of(scene, run)
    asked = scene.view.map
    wanted = [name for name in (asked and asked.x, asked and asked.y) if name]
    for name in wanted:
        if name not in known:
            raise ValueError(say("noAxis", name=name, known=", ".join(known)))
    usual = [name for name in known if name.rpartition(".")[2] not in RARELY and name not in wanted]
    x = (asked and asked.x) or usual.pop(0)
    y = (asked and asked.y) or usual.pop(0)
    if x == y:
        raise ValueError(say("sameAxis", name=x))
    return x, y


def searched(rule: Rule) -> list[str]:
    """What a fair race turns of a rule: its rate and its decays."""
    return [n for n, knob in rule.knobs().items() if n == "lr" or is_decay(knob)]


def usual_span(knob: Knob, steps: int) -> Span:
    """What a map shows of a number at first: of the number of a step, the run's ``steps``."""
    if knob.whole:
        return knob.low, min(knob.high, max(steps, knob.low + 1))
    if knob.spacing == "one":
        return knob.low, min(knob.high, 1 - 10.0**-SHOWN_NINES)
    if not knob.log:
        return knob.low, knob.high
    far = 10.0**SHOWN_TENS
    return max(knob.low, knob.default / far), min(knob.high, knob.default * far)


def within(knob: Knob, name: str, span: Span) -> Span:
    """``span`` if all of it may be chosen. Raises ValueError, with a sentence."""
    low, high = span
    if knob.low <= low < high <= knob.high:
        return low, high
    raise ValueError(say("beyond", name=name, low=f"{knob.low:g}", high=f"{knob.high:g}"))


def cells_along(knob: Knob, span: Span, count: int) -> Values:
    """The numbers (count,) in the middle of the cells, even on the number's slider.

    They have no more digits than tell them apart, so that one of them can be read and typed.
    """
    low, high = span
    if knob.whole:
        count = min(count, math.floor(high - low) + 1)
    at = (np.arange(count) + 0.5) / count
    if knob.spacing == "log":
        values = _short(low * (high / low) ** at, math.log(high / low) / count)
    elif knob.spacing == "one":
        rest = (1 - low) * ((1 - high) / (1 - low)) ** at
        values = 1 - _short(rest, math.log((1 - low) / (1 - high)) / count)
        values = np.array([float(f"{v:.12g}") for v in values])
    else:
        step = (high - low) / count
        places = max(0, math.ceil(1.3 - math.log10(step)))
        values = np.round(low + (high - low) * at, places)
    return np.floor(values + 0.5) if knob.whole else values


def _short(values: Values, apart: float) -> Values:
    """With as many digits as tell numbers apart whose ratio is 1 + ``apart``."""
    digits = max(2, math.ceil(1.3 - math.log10(apart)))
    return np.array([float(f"{v:.{digits}g}") for v in values])
