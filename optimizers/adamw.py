"""Adam with decoupled weight decay."""

import jax.numpy as jnp
from jax import Array

from optimizers.base import (
    Info,
    Loss,
    Moments,
    Peer,
    Rule,
    beta1,
    beta2,
    eps,
    info,
    lr,
    moments,
    weight_decay,
)  # fmt: skip


class AdamW(Rule):
    r"""Adam whose weight decay does not pass through the averages.

    $$g_t = \nabla f(x_{t-1})$$
    $$m_t = \beta_1\, m_{t-1} + (1 - \beta_1)\, g_t$$
    $$v_t = \beta_2\, v_{t-1} + (1 - \beta_2)\, g_t^2$$
    $$\hat m_t = \frac{m_t}{1 - \beta_1^t}, \quad \hat v_t = \frac{v_t}{1 - \beta_2^t}$$
    $$x_t = x_{t-1} - \alpha \left( \frac{\hat m_t}{\sqrt{\hat v_t} + \varepsilon} + \mathrm{wd}\, x_{t-1} \right)$$

    An L2 penalty on the surface is divided by √v̂ like the rest of the gradient; decoupled, every
    weight decays alike.
    """  # noqa: E501

    slug, title, family = "adamw", "AdamW", "adaptive"
    source = "Loshchilov & Hutter, Decoupled Weight Decay Regularization, ICLR 2019, algorithm 2"
    in_optax = Peer(
        "optax.adamw(lr, b1=beta1, b2=beta2, eps=eps, weight_decay=weight_decay)",
        differs="decays by 1e-4",
        plain="optax.adamw(lr)",
    )
    in_torch = Peer(
        "torch.optim.AdamW(params, lr=lr, betas=(beta1, beta2), eps=eps, weight_decay=weight_decay)"
    )

    lr: float = lr(0.1)
    beta1: float = beta1()
    beta2: float = beta2()
    eps: float = eps(1e-8)
    weight_decay: float = weight_decay(0.01)

    def init(self, x: Array, loss: Loss) -> Moments:
        return moments(x)

    def step(self, x: Array, state: Moments, loss: Loss) -> tuple[Array, Moments, Info]:
        g = loss.grad(x)
        m = self.beta1 * state.m + (1 - self.beta1) * g
        v = self.beta2 * state.v + (1 - self.beta2) * g**2
        beta1_t, beta2_t = self.beta1 * state.beta1_t, self.beta2 * state.beta2_t
        m_hat, v_hat = m / (1 - beta1_t), v / (1 - beta2_t)
        root = jnp.sqrt(v_hat) + self.eps
        shown = info(
            query=x, grad=g, velocity=-self.lr * m_hat, rate=self.lr / root,
            g=g, m=m, v=v, m_hat=m_hat, v_hat=v_hat,
        )  # fmt: skip
        x = x - self.lr * (m_hat / root + self.weight_decay * x)
        return x, Moments(m, v, beta1_t, beta2_t), shown
