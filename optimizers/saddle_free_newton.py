"""Saddle-free Newton."""

import jax.numpy as jnp
from jax import Array

from calculus.fields import knob
from calculus.matrices import eigen, inverse_times
from optimizers.base import Info, Loss, Rule, info


class SaddleFreeNewton(Rule):
    r"""Newton's step with every curvature made positive: saddles repel instead of attract.

    $$g_t = \nabla f(x_{t-1}), \quad \nabla^2 f(x_{t-1}) = Q\, \mathrm{diag}(\lambda)\, Q^\top$$
    $$|H|_t = Q\, \mathrm{diag}(|\lambda| + \mu)\, Q^\top$$
    $$d_t = |H|_t^{-1} g_t, \quad \mathrm{singular} = \#\{i : |\lambda_i| + \mu = 0\}$$
    $$x_t = x_{t-1} - \alpha\, d_t$$

    Where the Hessian is positive definite this is Newton's method. Directions without curvature
    are left out of d and counted as singular.
    """

    slug, title, family = "saddle_free_newton", "Saddle-free Newton", "second order"
    source = "Dauphin et al., Identifying and attacking the saddle point problem, NIPS 2014"
    no_peer = "Neither optax nor torch has it."

    lr: float = knob(1.0, r"\alpha", 1e-3, 2, "damping: the share of the step", log=True)
    mu: float = knob(0.0, r"\mu", 0, 100, "added to every |λ|")

    def init(self, x: Array, loss: Loss) -> tuple[()]:
        return ()

    def step(self, x: Array, state: tuple[()], loss: Loss) -> tuple[Array, tuple[()], Info]:
        g = loss.grad(x)
        values, vectors = eigen(loss.hess(x))
        d, singular = inverse_times(jnp.abs(values) + self.mu, vectors, g)
        shown = info(query=x, grad=g, rate=self.lr, calls=(0, 1, 1), g=g, d=d, singular=singular)
        return x - self.lr * d, (), shown
