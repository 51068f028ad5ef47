"""RMSProp."""

import jax.numpy as jnp
from jax import Array

from calculus.fields import switch
from optimizers.base import Info, Loss, Peer, Rule, decay_rate, eps, info, lr


class RMSProp(Rule):
    r"""AdaGrad that forgets: a moving average of squared gradients instead of their sum.

    $$g_t = \nabla f(x_{t-1})$$
    $$s_t = \mathrm{decay\_rate}\, s_{t-1} + (1 - \mathrm{decay\_rate})\, g_t^2$$
    $$x_t = x_{t-1} - \alpha\, \frac{g_t}{\sqrt{s_t} + \varepsilon}$$ [if not eps_inside_root]
    $$x_t = x_{t-1} - \alpha\, \frac{g_t}{\sqrt{s_t + \varepsilon}}$$ [if eps_inside_root]

    The average starts at 0, so the first step is α/√(1 − decay_rate), longer than α. At a
    constant rate it does not come to rest: about a minimum it steps to and fro, α/2 to each side.
    """

    slug, title, family = "rmsprop", "RMSProp", "adaptive"
    source = "Tieleman & Hinton, Neural Networks for Machine Learning, lecture 6.5, 2012"
    in_optax = Peer(
        "optax.rmsprop(lr, decay=decay_rate, eps=eps, eps_in_sqrt=False)",
        differs="puts ε inside the root",
        plain="optax.rmsprop(lr, decay=decay_rate, eps=eps)",
    )
    in_torch = Peer(
        "torch.optim.RMSprop(params, lr=lr, alpha=decay_rate, eps=eps)",
        differs="averages over a longer time, alpha = 0.99",
        plain="torch.optim.RMSprop(params, lr=lr)",
    )

    lr: float = lr(0.02)
    decay_rate: float = decay_rate(0.9)
    eps: float = eps(1e-7)
    eps_inside_root: bool = switch(
        False, "ε inside the square root", off="ε outside the square root"
    )

    def init(self, x: Array, loss: Loss) -> Array:
        return jnp.zeros_like(x)

    def step(self, x: Array, s: Array, loss: Loss) -> tuple[Array, Array, Info]:
        g = loss.grad(x)
        s = self.decay_rate * s + (1 - self.decay_rate) * g**2
        root = jnp.sqrt(s + self.eps) if self.eps_inside_root else jnp.sqrt(s) + self.eps
        return x - self.lr * g / root, s, info(query=x, grad=g, rate=self.lr / root, g=g, s=s)
