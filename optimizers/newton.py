"""Newton's method."""

from jax import Array

from calculus.fields import knob
from calculus.matrices import eigen, inverse_times
from optimizers.base import Info, Loss, Rule, info


class Newton(Rule):
    r"""Jump to the stationary point of the second-order Taylor model, be it what it may.

    $$g_t = \nabla f(x_{t-1}), \quad H_t = \nabla^2 f(x_{t-1}) + \mu I$$
    $$d_t = H_t^{-1} g_t, \quad \mathrm{singular} = \#\{i : \lambda_i(H_t) = 0\}$$
    $$x_t = x_{t-1} - \alpha\, d_t$$

    One step solves a quadratic. Where the Hessian is indefinite the stationary point of the model
    is a saddle, and Newton walks INTO it. α < 1 damps the step, μ > 0 the Hessian. Directions
    without curvature (below 1e-12 of the largest) are left out of d and counted as singular.

    With n weights the Hessian has n² entries and costs n³ to solve, which is why networks are not
    trained this way.
    """

    slug, title, family = "newton", "Newton", "second order"
    source = "Nocedal & Wright, Numerical Optimization, 2006, section 3.3"
    no_peer = "Neither optax nor torch has an exact Newton step."

    lr: float = knob(1.0, r"\alpha", 1e-3, 2, "damping: the share of Newton's step", log=True)
    mu: float = knob(0.0, r"\mu", 0, 100, "added to the Hessian's diagonal")

    def init(self, x: Array, loss: Loss) -> tuple[()]:
        return ()

    def step(self, x: Array, state: tuple[()], loss: Loss) -> tuple[Array, tuple[()], Info]:
        g = loss.grad(x)
        values, vectors = eigen(loss.hess(x))
        d, singular = inverse_times(values + self.mu, vectors, g)
        shown = info(query=x, grad=g, rate=self.lr, calls=(0, 1, 1), g=g, d=d, singular=singular)
        return x - self.lr * d, (), shown
