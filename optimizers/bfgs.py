"""BFGS."""

from typing import NamedTuple

import jax.numpy as jnp
from jax import Array

from calculus.fields import knob
from calculus.matrices import dot
from optimizers.base import Info, Loss, Rule, info
from optimizers.line_search import backtrack


class Model(NamedTuple):
    """The inverse Hessian as learned so far, and where it was learned last."""

    b: Array  # (2, 2)
    x: Array  # (2,)
    g: Array  # (2,)
    updates: Array  # how often b was updated


class BFGS(Rule):
    r"""Newton's method with an inverse Hessian learned from the gradients along the way.

    $$g_t = \nabla f(x_{t-1})$$
    $$s_t = x_{t-1} - x_{t-2}, \quad y_t = g_t - g_{t-1}, \quad r_t = 1 / (y_t^\top s_t)$$
    $$B_t = (I - r_t\, s_t y_t^\top)\, B_{t-1}\, (I - r_t\, y_t s_t^\top) + r_t\, s_t s_t^\top$$
    $$d_t = -B_t\, g_t$$
    $$a_t = \alpha, \text{ halved until } f \text{ falls enough}$$
    $$x_t = x_{t-1} + a_t\, d_t$$

    B starts as the identity, and is scaled by yᵀs/yᵀy before its first update. A pair with
    yᵀs ≤ 0 (curvature that is not upward) is left out.
    """

    slug, title, family = "bfgs", "BFGS", "second order"
    source = "Nocedal & Wright, Numerical Optimization, 2006, algorithm 6.1 and eq. 6.20"
    no_peer = "optax's lbfgs needs the loss itself beside the gradient; torch's LBFGS a closure."

    lr: float = knob(1.0, r"\alpha", 1e-6, 10, "the first length that is tried", log=True)
    c: float = knob(1e-4, "c", 0, 0.5, "the share of the promised fall that is asked for")

    def init(self, x: Array, loss: Loss) -> Model:
        return Model(jnp.eye(2), x, jnp.zeros_like(x), jnp.array(0.0, float))

    def step(self, x: Array, last: Model, loss: Loss) -> tuple[Array, Model, Info]:
        g = loss.grad(x)
        s, y = x - last.x, g - last.g
        ys, yy = dot(y, s), dot(y, y)
        known = ys > 1e-12 * jnp.sqrt(yy * dot(s, s))
        r = jnp.where(known, 1 / jnp.where(known, ys, 1.0), 0.0)
        scale = jnp.where(known & (last.updates == 0), ys / jnp.where(known, yy, 1.0), 1.0)
        keep = jnp.eye(2) - r * jnp.outer(s, y)
        b = _times(_times(keep, scale * last.b), keep.T) + r * jnp.outer(s, s)
        d = -jnp.stack([dot(b[0], g), dot(b[1], g)])
        search = backtrack(loss, x, loss.value(x), d, dot(g, d), self.lr, 0.5, self.c)
        a = search.length
        calls = jnp.stack([1 + search.trials, jnp.array(1.0, float), jnp.array(0.0, float)])
        shown = info(query=x, grad=g, rate=a, calls=calls, g=g, s=s, y=y, r=r, B=b, d=d, a=a)
        return x + a * d, Model(b, x, g, last.updates + known), shown


def _times(a: Array, b: Array) -> Array:
    """The product of two (2, 2), written out."""
    return jnp.stack([a[i, 0] * b[0] + a[i, 1] * b[1] for i in range(2)])
