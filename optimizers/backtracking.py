"""Gradient descent that accepts a step only if the loss falls."""

import jax.numpy as jnp
from jax import Array

from calculus.fields import knob
from calculus.matrices import dot
from optimizers.base import Info, Loss, Rule, info
from optimizers.line_search import backtrack


class Backtracking(Rule):
    r"""Step against the gradient, shortened until the loss has fallen enough.

    $$g_t = \nabla f(x_{t-1})$$
    $$a_t = \alpha\, \gamma^k, \quad k = \min\{k \ge 0 : f(x_{t-1} - a_t\, g_t) \le f(x_{t-1}) - c\, a_t\, \|g_t\|^2\}$$
    $$a_t = 0 \text{ where } \|g_t\| \le \mathrm{tol}$$
    $$x_t = x_{t-1} - a_t\, g_t$$

    With c = 0 it asks only that f does not rise. Where the gradient is as small as tol it stops:
    then the Hessian's sign tells minimum from saddle.
    """  # noqa: E501

    slug, title, family = "backtracking", "Backtracking descent", "line search"
    source = "Armijo 1966; Nocedal & Wright, Numerical Optimization, 2006, algorithm 3.1"
    no_peer = "optax's line searches need the loss itself beside the gradient; torch has none here."

    lr: float = knob(1.0, r"\alpha", 1e-6, 100, "the first length that is tried", log=True)
    gamma: float = knob(0.5, r"\gamma", 0.05, 0.95, "how much shorter each next trial is")
    c: float = knob(1e-4, "c", 0, 0.5, "the share of the promised fall that is asked for")
    tol: float = knob(
        1e-6, r"\mathrm{tol}", 1e-16, 1, "the gradient norm at which it stops", log=True
    )

    def init(self, x: Array, loss: Loss) -> tuple[()]:
        return ()

    def step(self, x: Array, state: tuple[()], loss: Loss) -> tuple[Array, tuple[()], Info]:
        g = loss.grad(x)
        f = loss.value(x)
        search = backtrack(loss, x, f, -g, -dot(g, g), self.lr, self.gamma, self.c)
        stopped = jnp.sqrt(dot(g, g)) <= self.tol
        a = jnp.where(stopped, 0.0, search.length)
        values = jnp.where(stopped, 0.0, 1 + search.trials)
        calls = jnp.stack([values, jnp.array(1.0, float), jnp.array(0.0, float)])
        return x - a * g, (), info(query=x, grad=g, rate=a, calls=calls, g=g, a=a)
