"""Nonlinear conjugate gradients."""

from typing import NamedTuple

import jax.numpy as jnp
from jax import Array

from calculus.fields import knob
from calculus.matrices import dot
from optimizers.base import Info, Loss, Rule, info
from optimizers.line_search import backtrack


class Last(NamedTuple):
    """The last gradient and the last direction; zeros before step 1."""

    g: Array
    d: Array


class ConjugateGradient(Rule):
    r"""Directions that do not undo each other (Polak–Ribière, restarted where it would go uphill).

    $$g_t = \nabla f(x_{t-1})$$
    $$b_t = \max\!\left(0, \frac{g_t^\top (g_t - g_{t-1})}{g_{t-1}^\top g_{t-1}}\right)$$
    $$d_t = -g_t + b_t\, d_{t-1}$$
    $$a_t = -\frac{g_t^\top d_t}{d_t^\top H\, d_t}, \text{ halved until } f \text{ falls enough}$$
    $$x_t = x_{t-1} + a_t\, d_t$$

    The first length tried is the quadratic model's minimum along d (α where the curvature along
    d is not positive), so a quadratic of two variables is solved in two steps.
    """

    slug, title, family = "conjugate_gradient", "Conjugate gradients", "line search"
    source = "Polak & Ribière 1969; Nocedal & Wright, Numerical Optimization, 2006, eq. 5.44–5.45"
    no_peer = "Neither optax nor torch has it."

    lr: float = knob(
        1.0,
        r"\alpha",
        1e-6,
        100,
        "first length tried where d has no upward curvature",
        log=True,
    )
    c: float = knob(1e-4, "c", 0, 0.5, "the share of the promised fall that is asked for")

    def init(self, x: Array, loss: Loss) -> Last:
        return Last(jnp.zeros_like(x), jnp.zeros_like(x))

    def step(self, x: Array, last: Last, loss: Loss) -> tuple[Array, Last, Info]:
        g = loss.grad(x)
        before = dot(last.g, last.g)
        b = jnp.maximum(0.0, dot(g, g - last.g) / jnp.where(before > 0, before, 1.0))
        d = -g + jnp.where(before > 0, b, 0.0) * last.d
        uphill = ~(dot(g, d) < 0)
        b = jnp.where(uphill | ~(before > 0), 0.0, b)
        d = jnp.where(uphill, -g, d)
        h = loss.hess(x)
        curvature = dot(d, jnp.stack([dot(h[0], d), dot(h[1], d)]))
        upward = curvature > 0
        first = jnp.where(upward, -dot(g, d) / jnp.where(upward, curvature, 1.0), self.lr)
        search = backtrack(loss, x, loss.value(x), d, dot(g, d), first, 0.5, self.c)
        a = search.length
        calls = jnp.stack([1 + search.trials, jnp.array(1.0, float), jnp.array(1.0, float)])
        shown = info(query=x, grad=g, velocity=a * d, rate=a, calls=calls, g=g, b=b, d=d, a=a)
        return x + a * d, Last(g, d), shown
