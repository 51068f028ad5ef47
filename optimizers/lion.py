"""Lion."""

import jax.numpy as jnp
from jax import Array

from calculus.fields import knob
from optimizers.base import Info, Loss, Peer, Rule, beta1, info, lr, weight_decay


class Lion(Rule):
    r"""Only the sign of a momentum counts: every step has the length α in each coordinate.

    $$g_t = \nabla f(x_{t-1})$$
    $$c_t = \beta_1\, m_{t-1} + (1 - \beta_1)\, g_t$$
    $$x_t = x_{t-1} - \alpha\, (\mathrm{sign}(c_t) + \mathrm{wd}\, x_{t-1})$$
    $$m_t = \beta_2\, m_{t-1} + (1 - \beta_2)\, g_t$$

    At a constant rate it cannot rest; it ends in steps of α to and fro.
    """

    slug, title, family = "lion", "Lion", "sign"
    source = "Chen et al., Symbolic Discovery of Optimization Algorithms, 2023, algorithm 2"
    in_optax = Peer(
        "optax.lion(lr, b1=beta1, b2=beta2, weight_decay=weight_decay)",
        differs="decays by 1e-3",
        plain="optax.lion(lr)",
    )
    no_peer = "torch has no Lion."

    lr: float = lr(0.03)
    beta1: float = beta1()
    beta2: float = knob(0.99, r"\beta_2", 0, 0.9999, "decay of the average that is kept")
    weight_decay: float = weight_decay()

    def init(self, x: Array, loss: Loss) -> Array:
        return jnp.zeros_like(x)

    def step(self, x: Array, m: Array, loss: Loss) -> tuple[Array, Array, Info]:
        g = loss.grad(x)
        c = self.beta1 * m + (1 - self.beta1) * g
        x_next = x - self.lr * (jnp.sign(c) + self.weight_decay * x)
        m = self.beta2 * m + (1 - self.beta2) * g
        shown = info(query=x, grad=g, velocity=-self.lr * c, rate=self.lr, g=g, c=c, m=m)
        return x_next, m, shown
