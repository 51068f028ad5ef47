"""Nesterov's accelerated gradient."""

import jax.numpy as jnp
from jax import Array

from calculus.fields import switch
from optimizers.base import Info, Loss, Peer, Rule, info, lr, rho


class Nesterov(Rule):
    r"""Momentum that looks ahead: the gradient is taken where the velocity would lead.

    $$\tilde x_t = x_{t-1} + \rho\, v_{t-1}$$ [if not lookahead]
    $$\tilde x_t = x_{t-1}$$ [if lookahead]
    $$g_t = \nabla f(\tilde x_t)$$
    $$v_t = \rho\, v_{t-1} - \alpha\, g_t$$
    $$x_t = x_{t-1} + v_t$$ [if not lookahead]
    $$x_t = x_{t-1} - \rho\, v_{t-1} + (1 + \rho)\, v_t$$ [if lookahead]

    The look-ahead form follows the point x̃ itself and needs only its own gradient; both are the
    same path under x̃ = x + ρv.
    """

    slug, title, family = "nesterov", "Nesterov", "momentum"
    follows_slope = True
    source = "Nesterov 1983; Sutskever et al., On the importance of initialization, 2013, eq. 3–4"
    in_optax = Peer(
        "optax.sgd(lr, momentum=rho, nesterov=True)",
        differs="reports the look-ahead point as its iterate",
        plain="optax.sgd(lr, momentum=rho, nesterov=True)",
        switches={"lookahead": True},
    )
    in_torch = Peer(
        "torch.optim.SGD(params, lr=lr, momentum=rho, nesterov=True)",
        differs="reports the look-ahead point as its iterate",
        plain="torch.optim.SGD(params, lr=lr, momentum=rho, nesterov=True)",
        switches={"lookahead": True},
    )

    lr: float = lr(0.01)
    rho: float = rho()
    lookahead: bool = switch(
        False, "look-ahead form: x is the look-ahead point, as in libraries",
        on="look-ahead form", off="textbook form",
    )  # fmt: skip

    def init(self, x: Array, loss: Loss) -> Array:
        return jnp.zeros_like(x)

    def step(self, x: Array, v: Array, loss: Loss) -> tuple[Array, Array, Info]:
        ahead = x if self.lookahead else x + self.rho * v
        g = loss.grad(ahead)
        last, v = v, self.rho * v - self.lr * g
        x = x - self.rho * last + (1 + self.rho) * v if self.lookahead else x + v
        shown = info(query=ahead, grad=g, velocity=v, rate=self.lr, x_tilde=ahead, g=g, v=v)
        return x, v, shown
