"""Gradient descent with momentum, the heavy ball."""

import jax.numpy as jnp
from jax import Array

from calculus.fields import switch
from optimizers.base import Info, Loss, Peer, Rule, info, lr, rho


class Momentum(Rule):
    r"""A heavy ball: the velocity keeps a share ρ of itself and gains the downhill pull.

    $$g_t = \nabla f(x_{t-1})$$
    $$v_t = \rho\, v_{t-1} - \alpha\, g_t$$ [if not ema]
    $$v_t = \rho\, v_{t-1} - \alpha\,(1 - \rho)\, g_t$$ [if ema]
    $$x_t = x_{t-1} + v_t$$

    For a constant rate v ← ρv + g, x ← x − α v is the same path. The moving-average form takes
    steps 1 − ρ times as long at the same α.
    """

    slug, title, family = "momentum", "Momentum", "momentum"
    follows_slope = True
    source = "Polyak, Some methods of speeding up the convergence of iteration methods, 1964"
    in_optax = Peer("optax.sgd(lr, momentum=rho)")
    in_torch = Peer("torch.optim.SGD(params, lr=lr, momentum=rho)")

    lr: float = lr(0.01)
    rho: float = rho()
    ema: bool = switch(
        False, "average form: (1 − ρ) g instead of g", on="average form", off="sum form"
    )

    def init(self, x: Array, loss: Loss) -> Array:
        return jnp.zeros_like(x)

    def step(self, x: Array, v: Array, loss: Loss) -> tuple[Array, Array, Info]:
        g = loss.grad(x)
        rate = self.lr * (1 - self.rho) if self.ema else self.lr
        v = self.rho * v - rate * g
        return x + v, v, info(query=x, grad=g, velocity=v, rate=rate, g=g, v=v)
