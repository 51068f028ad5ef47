"""What several tests share: three surfaces with fields that suit each rule, and one comparison."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import NDArray

from calculus.fields import knob
from landscapes import LANDSCAPES, Landscape
from optimizers import OPTIMIZERS, Rule
from thalweg.simulation import run

Path = NDArray[np.float64]  # (steps+1, 2)

OWN = tuple(slug for slug in OPTIMIZERS if not slug.startswith("optax:"))
FROM_OPTAX = tuple(slug for slug in OPTIMIZERS if slug.startswith("optax:"))

# A turned quadratic, a bent valley and a surface with maxima and saddles. The starts are not round,
# so that a method that takes signs meets no tie.
SURFACES: dict[str, Landscape] = {
    "valley": LANDSCAPES["valley"](condition=30.0, angle=25.0),
    "rosenbrock": LANDSCAPES["rosenbrock"](),
    "himmelblau": LANDSCAPES["himmelblau"](),
}
STARTS = {"valley": (-1.87, 0.93), "rosenbrock": (-1.21, 1.03), "himmelblau": (-0.53, -0.47)}

# Rules whose step is as long as the gradient need a rate for each surface.
SCALE_OF_GRADIENT = ("sgd", "momentum", "nesterov")
RATES = {"valley": 0.01, "rosenbrock": 2e-4, "himmelblau": 2e-3}
# RMSProp jumps chaotically about a minimum, and any last bit grows there: it stays on the way.
SLOW = {"rmsprop": 0.001}

# Values that no rule and no library has as its default: an argument left out of a call shows.
UNUSUAL = {
    "rho": 0.7, "beta1": 0.8, "beta2": 0.98, "decay_rate": 0.83, "eps": 3e-3, "weight_decay": 0.05,
}  # fmt: skip


def suited(slug: str, surface: str, **switches: bool) -> Rule:
    """The rule with its defaults, and a rate that suits the surface."""
    rate = {"lr": SLOW[slug]} if slug in SLOW else {}
    if slug in SCALE_OF_GRADIENT:
        rate = {"lr": RATES[surface]}
    return OPTIMIZERS[slug](**rate, **switches)


def unusual(slug: str, surface: str, **switches: bool) -> Rule:
    """The rule with fields that are nobody's defaults."""
    own = OPTIMIZERS[slug].knobs()
    values: dict[str, float] = {name: v for name, v in UNUSUAL.items() if name in own}
    if "lr" in own:
        values["lr"] = 0.7 * getattr(suited(slug, surface), "lr")  # noqa: B009
    return OPTIMIZERS[slug](**values, **switches)


def numbers(rule: Rule) -> dict[str, float]:
    """The rule's numeric fields by name."""
    return {name: getattr(rule, name) for name in rule.knobs()}


def path_of(rule: Rule, surface: str, steps: int) -> Path:
    """The path of a rule on one of `SURFACES`."""
    return run(SURFACES[surface], rule, STARTS[surface], steps).x


def allowed_difference(ours: Path, rerun: Callable[[tuple[float, float]], Path]) -> Path:
    """How far two computations of a path may lie apart at each step, and be the same path.

    1e-12 of the path's extent, plus 100 times what a change of the start by its last bit does to
    our path up to that step.
    """
    start = ours[0]
    extent = np.ptp(ours, axis=0).max()
    change = np.zeros(len(ours))
    for signs in ((1, 1), (1, -1), (-1, 1), (-1, -1)):
        nudged = np.nextafter(start, np.inf * np.array(signs))
        moved = np.abs(rerun((float(nudged[0]), float(nudged[1]))) - ours).max(axis=1)
        change = np.maximum(change, np.maximum.accumulate(moved))
    return 1e-12 * extent + 100 * change


def assert_same_path(
    ours: Path, theirs: Path, rerun: Callable[[tuple[float, float]], Path]
) -> None:
    """``theirs`` equals ``ours`` up to `allowed_difference`; ``rerun`` gives ours from a start."""
    assert ours.shape == theirs.shape
    assert np.isfinite(ours).all()
    allowed = allowed_difference(ours, rerun)
    # The comparison must be able to fail: chaos would allow everything.
    assert allowed.max() < 1e-3 * np.ptp(ours, axis=0).max()
    apart = np.abs(ours - theirs).max(axis=1)
    over = np.flatnonzero(~(apart <= allowed))
    assert not over.size, (
        f"step {over[0]}: {ours[over[0]]} and {theirs[over[0]]} are {apart[over[0]]:.3g} apart, "
        f"{allowed[over[0]]:.3g} is allowed"
    )


class Plane(Landscape):
    """A surface whose gradient is the same everywhere: $$f(x, y) = a x + b y$$"""

    a: float = knob(3.0, "a", -10, 10, "slope along x")
    b: float = knob(-0.2, "b", -10, 10, "slope along y")

    def __call__(self, p: Array) -> Array:
        return self.a * p[0] + self.b * p[1]


def on_plane(rule: Rule, steps: int, **slopes: float) -> Any:
    """A run down a plane, from the origin."""
    return run(Plane(**slopes), rule, (0.0, 0.0), steps)


def point(x: float, y: float) -> Array:
    """A point as JAX has it."""
    return jnp.array([x, y], jnp.float64)
