"""Learning-rate schedules: the factor on lr at step t, for any rule that has a rate."""

from typing import Any, ClassVar

import jax.numpy as jnp
from jax import Array

from calculus.fields import Described, knob

SCHEDULES: dict[str, type["Schedule"]] = {}


class Schedule(Described):
    """A curve of factors: ``lr`` at step t is the rule's lr times ``factor(t, steps)``.

    Every schedule can start with a linear warm-up of ``warmup`` steps; its own curve begins after.
    """

    registry: ClassVar[dict[str, Any]] = SCHEDULES

    warmup: float = knob(
        0, r"\text{warm-up}", 0, 20_000, "warm-up steps: α rises linearly", whole=True
    )

    def curve(self, t: Array, steps: Array) -> Array:
        """The factor at step ``t`` (from 1) of ``steps``, without the warm-up; scalars."""
        raise NotImplementedError

    def factor(self, t: Array, steps: Array) -> Array:
        """The factor at step ``t`` (from 1) of ``steps``; scalars."""
        t, steps = jnp.asarray(t, float), jnp.asarray(steps, float)
        after = jnp.maximum(t - self.warmup, 1.0)
        left = jnp.maximum(steps - self.warmup, 1.0)
        rising = t <= self.warmup
        climb = t / jnp.where(rising, self.warmup, 1.0)
        return jnp.where(rising, climb, self.curve(after, left))


class Constant(Schedule):
    r"""The same rate at every step. $$\alpha_t = \alpha$$"""

    slug, title = "constant", "constant"

    def curve(self, t: Array, steps: Array) -> Array:
        return jnp.ones_like(t)


class StepDecay(Schedule):
    r"""Multiply by ``drop`` at given steps.

    $$\alpha_t = \alpha \cdot \mathrm{drop}^{\,\#\{k : t > t_k\}}$$
    """

    slug, title = "step", "step"
    source = "He et al., Deep Residual Learning, 2016, section 4"

    drop: float = knob(0.1, r"\mathrm{drop}", 1e-3, 1, "factor at each drop", log=True)
    first: float = knob(90, "t_1", 0, 20_000, "step of the first drop", whole=True)
    second: float = knob(180, "t_2", 0, 20_000, "step of the second drop", whole=True)
    third: float = knob(270, "t_3", 0, 20_000, "step of the third drop", whole=True)

    def curve(self, t: Array, steps: Array) -> Array:
        drops = [jnp.where(t > k, self.drop, 1.0) for k in (self.first, self.second, self.third)]
        return drops[0] * drops[1] * drops[2]


class Exponential(Schedule):
    r"""Lose the same share at every step. $$\alpha_t = \alpha\, e^{-k (t - 1)}$$"""

    slug, title = "exponential", "exponential"

    k: float = knob(0.01, "k", 1e-5, 1, "share lost at each step", log=True)

    def curve(self, t: Array, steps: Array) -> Array:
        return jnp.exp(-self.k * (t - 1))


class Cosine(Schedule):
    r"""Half a cosine from α to 0 over the run.

    $$\alpha_t = \tfrac12 \alpha\, \left(1 + \cos \frac{\pi (t - 1)}{T}\right)$$
    """

    slug, title = "cosine", "cosine"
    source = "Loshchilov & Hutter, SGDR, ICLR 2017"

    def curve(self, t: Array, steps: Array) -> Array:
        return 0.5 * (1 + jnp.cos(jnp.pi * (t - 1) / steps))


class Linear(Schedule):
    r"""A straight line from α to 0 over the run.

    $$\alpha_t = \alpha\,(1 - (t - 1)/T)$$
    """

    slug, title = "linear", "linear"

    def curve(self, t: Array, steps: Array) -> Array:
        return 1 - (t - 1) / steps


class InverseSqrt(Schedule):
    r"""Fall as one over the root of the step. $$\alpha_t = \alpha / \sqrt t$$"""

    slug, title = "inverse_sqrt", "inverse square root"
    source = "Vaswani et al., Attention Is All You Need, 2017, eq. 3"

    def curve(self, t: Array, steps: Array) -> Array:
        return 1 / jnp.sqrt(t)
