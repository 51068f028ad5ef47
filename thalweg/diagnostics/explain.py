r"""One step explained: the arrows that a picture of it draws.

$$-\alpha\, g, \quad \tilde x - x, \quad v, \quad \Delta x, \quad -H^{-1} g$$
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import jax
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from calculus.precision import in_float64
from landscapes import Surface
from thalweg.diagnostics.point import Numbers, check_point
from thalweg.diagnostics.taylor import Change, model, step_change

Pair = ArrayLike | Sequence[float]  # (2,)


@dataclass(frozen=True)
class Explained:
    """A step from ``x`` (2,): every arrow by name as (tail, head), two points (2,) each.

    "downhill": where the gradient was taken, against it, by the effective rate; "velocity";
    "update": what the point really moved by; "lookahead": from x to where the gradient was taken;
    "newton": to where the local quadric is stationary. An arrow that the rule or the surface does
    not have is left out. ``change`` is the predicted and actual change of the loss.
    """

    x: Numbers
    arrows: dict[str, tuple[Numbers, Numbers]]
    change: Change


@in_float64
def explain(
    surface: Surface,
    x: Pair,
    update: Pair,
    grad: Pair,
    query: Pair,
    velocity: Pair,
    rate: Pair,
) -> Explained:
    """The arrows of a step from what a run recorded of it, each argument (2,).

    Raises ValueError, with a sentence, where ``x`` or ``update`` is not two finite numbers.
    """
    p, moved = check_point(x), check_point(update, "update")
    tail = np.asarray(query, np.float64)
    downhill = -np.asarray(rate, np.float64) * np.asarray(grad, np.float64)
    ends = {
        "downhill": (tail, tail + downhill),
        "velocity": (p, p + np.asarray(velocity, np.float64)),
        "update": (p, p + moved),
        "lookahead": (p, tail),
    }
    if surface.not_smooth is None:
        ends["newton"] = (p, p + np.asarray(_newton(jax.tree.map(np.float64, surface), p)))
    drawn = {
        name: (a, b)
        for name, (a, b) in ends.items()
        if np.isfinite(a).all() and np.isfinite(b).all() and (a != b).any()
    }
    return Explained(p, drawn, step_change(surface, p, moved))


@jax.jit
def _newton(surface: Any, x: Array) -> Array:
    return model(surface, x).newton_step()
