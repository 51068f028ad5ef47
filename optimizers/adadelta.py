"""AdaDelta."""

from typing import NamedTuple

import jax.numpy as jnp
from jax import Array

from optimizers.base import Info, Loss, Peer, Rule, decay_rate, eps, info, lr


class Averages(NamedTuple):
    """Moving averages of squared gradients and of squared updates."""

    s: Array
    u: Array


class AdaDelta(Rule):
    r"""RMSProp that scales itself by the size of its own past updates.

    $$g_t = \nabla f(x_{t-1})$$
    $$s_t = \mathrm{decay\_rate}\, s_{t-1} + (1 - \mathrm{decay\_rate})\, g_t^2$$
    $$d_t = \frac{\sqrt{u_{t-1} + \varepsilon}}{\sqrt{s_t + \varepsilon}}\, g_t$$
    $$u_t = \mathrm{decay\_rate}\, u_{t-1} + (1 - \mathrm{decay\_rate})\, d_t^2$$
    $$x_t = x_{t-1} - \alpha\, d_t$$

    The paper has no rate (α = 1) and calls decay_rate ρ. The first steps are as small as √ε, so
    it starts slowly whatever the gradient.
    """

    slug, title, family = "adadelta", "AdaDelta", "adaptive"
    source = "Zeiler, ADADELTA: An Adaptive Learning Rate Method, arXiv:1212.5701, algorithm 1"
    in_optax = Peer("optax.adadelta(lr, rho=decay_rate, eps=eps)")
    in_torch = Peer("torch.optim.Adadelta(params, lr=lr, rho=decay_rate, eps=eps)")

    lr: float = lr(1.0)
    decay_rate: float = decay_rate(0.9)
    eps: float = eps(1e-6)

    def init(self, x: Array, loss: Loss) -> Averages:
        return Averages(jnp.zeros_like(x), jnp.zeros_like(x))

    def step(self, x: Array, state: Averages, loss: Loss) -> tuple[Array, Averages, Info]:
        g = loss.grad(x)
        s = self.decay_rate * state.s + (1 - self.decay_rate) * g**2
        scale = jnp.sqrt(state.u + self.eps) / jnp.sqrt(s + self.eps)
        d = scale * g
        u = self.decay_rate * state.u + (1 - self.decay_rate) * d**2
        shown = info(query=x, grad=g, rate=self.lr * scale, g=g, s=s, d=d, u=u)
        return x - self.lr * d, Averages(s, u), shown
