"""Adam, with and without bias correction."""

import jax.numpy as jnp
from jax import Array

from calculus.fields import switch
from optimizers.base import Info, Loss, Moments, Peer, Rule, beta1, beta2, eps, info, lr, moments


class Adam(Rule):
    r"""Momentum and RMSProp together, with their cold start corrected.

    $$g_t = \nabla f(x_{t-1})$$
    $$m_t = \beta_1\, m_{t-1} + (1 - \beta_1)\, g_t$$
    $$v_t = \beta_2\, v_{t-1} + (1 - \beta_2)\, g_t^2$$
    $$\hat m_t = \frac{m_t}{1 - \beta_1^t}, \quad \hat v_t = \frac{v_t}{1 - \beta_2^t}$$ [if bias_correction]
    $$\hat m_t = m_t, \quad \hat v_t = v_t$$ [if not bias_correction]
    $$x_t = x_{t-1} - \alpha\, \frac{\hat m_t}{\sqrt{\hat v_t} + \varepsilon}$$ [if not eps_inside_root]
    $$x_t = x_{t-1} - \alpha\, \frac{\hat m_t}{\sqrt{\hat v_t + \varepsilon}}$$ [if eps_inside_root]
    $$m_t \leftarrow \hat m_t, \quad v_t \leftarrow \hat v_t$$ [if printed_l3]

    With the correction the first step is α in each coordinate, whatever the gradient. Without it
    both averages start near 0, but not at the same pace: on a constant gradient the first step is
    3.16 α and the twelfth 6.57 α. Some notes print the correction so that it overwrites the
    averages; that is another method, kept here to be seen.
    """  # noqa: E501

    slug, title, family = "adam", "Adam", "adaptive"
    source = "Kingma & Ba, Adam: A Method for Stochastic Optimization, ICLR 2015, algorithm 1"
    in_optax = Peer("optax.adam(lr, b1=beta1, b2=beta2, eps=eps)")
    in_torch = Peer("torch.optim.Adam(params, lr=lr, betas=(beta1, beta2), eps=eps)")

    lr: float = lr(0.1)
    beta1: float = beta1()
    beta2: float = beta2()
    eps: float = eps(1e-8)
    bias_correction: bool = switch(True, "bias correction")
    eps_inside_root: bool = switch(
        False, "ε inside the square root", off="ε outside the square root"
    )
    printed_l3: bool = switch(
        False, "common misprint: overwrite m, v", on="common misprint", off="as published"
    )

    def init(self, x: Array, loss: Loss) -> Moments:
        return moments(x)

    def step(self, x: Array, state: Moments, loss: Loss) -> tuple[Array, Moments, Info]:
        g = loss.grad(x)
        m = self.beta1 * state.m + (1 - self.beta1) * g
        v = self.beta2 * state.v + (1 - self.beta2) * g**2
        beta1_t, beta2_t = self.beta1 * state.beta1_t, self.beta2 * state.beta2_t
        m_hat, v_hat = m, v
        if self.bias_correction:
            m_hat, v_hat = m / (1 - beta1_t), v / (1 - beta2_t)
        root = jnp.sqrt(v_hat + self.eps) if self.eps_inside_root else jnp.sqrt(v_hat) + self.eps
        rate = self.lr / root
        shown = info(
            query=x, grad=g, velocity=-self.lr * m_hat, rate=rate,
            g=g, m=m, v=v, m_hat=m_hat, v_hat=v_hat,
        )  # fmt: skip
        kept = (m_hat, v_hat) if self.printed_l3 else (m, v)
        return x - self.lr * m_hat / root, Moments(*kept, beta1_t, beta2_t), shown
