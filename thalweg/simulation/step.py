"""One step of one run: the surface, the rule, and all that acts between them."""

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jax import Array
from jax.typing import ArrayLike

from landscapes import Surface
from optimizers import Info, Loss, Rule
from thalweg.simulation.schedules import Schedule


class Setting(NamedTuple):
    """What stays the same through a run; numbers in it are traced, the rest is its type."""

    surface: Surface
    rule: Rule
    schedule: Schedule
    noise_scale: ArrayLike = 0.0  # σ/√B
    clip: ArrayLike = math.inf  # the largest gradient norm handed to the rule


class Exact(NamedTuple):
    """The surface by differentiation: without noise, without clipping."""

    surface: Surface

    def value(self, x: Array) -> Array:
        """f(x)."""
        return self.surface(x)

    def grad(self, x: Array) -> Array:
        """∇f(x)."""
        return jax.grad(self.surface)(x)

    def hess(self, x: Array) -> Array:
        """∇²f(x)."""
        return jax.hessian(self.surface)(x)


Asked = Callable[[Any], Loss]
"""How a setting's surface is asked for its value and derivatives."""


class GivenLoss(NamedTuple):
    """The surface as a rule sees it within one step: noise and clipping are in its gradient."""

    exact: Loss
    noise: ArrayLike  # (2,) or a scalar
    clip: ArrayLike

    def value(self, x: Array) -> Array:
        """f(x), exact."""
        return self.exact.value(x)

    def grad(self, x: Array) -> Array:
        """∇f(x) plus this step's noise, scaled down to the norm ``clip`` where it is longer."""
        g = self.exact.grad(x) + self.noise
        norm = jnp.hypot(g[0], g[1])  # squares of large gradients would overflow
        return g * jnp.where(norm > self.clip, self.clip / norm, 1.0)

    def hess(self, x: Array) -> Array:
        """∇²f(x), exact."""
        return self.exact.hess(x)


def begin(setting: Setting, x0: Array, asked: Asked = Exact) -> Any:
    """The rule's state at the start ``x0`` (2,), every number in it an array."""
    state = setting.rule.init(x0, GivenLoss(asked(setting.surface), 0.0, setting.clip))
    return jax.tree.map(jnp.asarray, state)


class Stepped(NamedTuple):
    """What one step leaves: the next point and state, what it shows, and the rate it had."""

    x: Array
    state: Any
    info: Info
    lr: Array


def advance(
    setting: Setting,
    x: Array,
    state: Any,
    t: Array,
    steps: Array,
    z: Array,
    asked: Asked = Exact,
) -> Stepped:
    """Step ``t`` (from 1) of ``steps`` from ``x`` (2,), with the unit noise ``z`` (2,)."""
    loss = GivenLoss(asked(setting.surface), setting.noise_scale * z, setting.clip)
    rule = setting.rule.with_lr_scaled(setting.schedule.factor(t, steps))
    x, state, info = rule.step(x, state, loss)
    lr = rule.number("lr") if "lr" in rule.knobs() else jnp.nan
    return Stepped(x, state, info, jnp.asarray(lr, float))
