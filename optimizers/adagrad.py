"""AdaGrad."""

import jax.numpy as jnp
from jax import Array

from calculus.fields import switch
from optimizers.base import Info, Loss, Peer, Rule, eps, info, lr


class AdaGrad(Rule):
    r"""Divide each coordinate's step by the root of the sum of its squared gradients.

    $$g_t = \nabla f(x_{t-1})$$
    $$s_t = s_{t-1} + g_t^2$$
    $$x_t = x_{t-1} - \alpha\, \frac{g_t}{\sqrt{s_t} + \varepsilon}$$ [if not eps_inside_root]
    $$x_t = x_{t-1} - \alpha\, \frac{g_t}{\sqrt{s_t + \varepsilon}}$$ [if eps_inside_root]

    Steep directions are slowed, shallow ones sped up. The sum only grows: on a constant gradient
    the step is α/√t, and on a surface that is not convex it may stall before the minimum.
    """

    slug, title, family = "adagrad", "AdaGrad", "adaptive"
    source = "Duchi, Hazan & Singer, Adaptive Subgradient Methods, JMLR 2011"
    in_optax = Peer(
        "optax.adagrad(lr, initial_accumulator_value=0.0, eps=eps)",
        differs="starts its sum at 0.1 and puts ε inside the root",
        plain="optax.adagrad(lr)",
        switches={"eps_inside_root": True},
    )
    in_torch = Peer("torch.optim.Adagrad(params, lr=lr, eps=eps)")

    lr: float = lr(0.3)
    eps: float = eps(1e-7)
    eps_inside_root: bool = switch(
        False, "ε inside the square root", off="ε outside the square root"
    )

    def init(self, x: Array, loss: Loss) -> Array:
        return jnp.zeros_like(x)

    def step(self, x: Array, s: Array, loss: Loss) -> tuple[Array, Array, Info]:
        g = loss.grad(x)
        s = s + g**2
        root = jnp.sqrt(s + self.eps) if self.eps_inside_root else jnp.sqrt(s) + self.eps
        return x - self.lr * g / root, s, info(query=x, grad=g, rate=self.lr / root, g=g, s=s)
