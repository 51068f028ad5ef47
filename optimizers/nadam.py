"""Adam with Nesterov's look-ahead."""

import jax.numpy as jnp
from jax import Array

from optimizers.base import Info, Loss, Moments, Peer, Rule, beta1, beta2, eps, info, lr, moments


class Nadam(Rule):
    r"""Adam that uses the average as it will be after one more step of the same gradient.

    $$g_t = \nabla f(x_{t-1})$$
    $$m_t = \beta_1\, m_{t-1} + (1 - \beta_1)\, g_t$$
    $$v_t = \beta_2\, v_{t-1} + (1 - \beta_2)\, g_t^2$$
    $$\hat m_t = \beta_1 \frac{m_t}{1 - \beta_1^{t+1}} + (1 - \beta_1) \frac{g_t}{1 - \beta_1^t}$$
    $$\hat v_t = \frac{v_t}{1 - \beta_2^t}$$
    $$x_t = x_{t-1} - \alpha\, \frac{\hat m_t}{\sqrt{\hat v_t} + \varepsilon}$$

    The paper multiplies v̂ by one more β₂; like the libraries, this leaves it out.
    """

    slug, title, family = "nadam", "Nadam", "adaptive"
    source = "Dozat, Incorporating Nesterov Momentum into Adam, ICLR workshop 2016, algorithm 2"
    in_optax = Peer("optax.nadam(lr, b1=beta1, b2=beta2, eps=eps)")
    no_peer = "torch's NAdam lets β₁ grow by a schedule of its own, so no call gives this path."

    lr: float = lr(0.1)
    beta1: float = beta1()
    beta2: float = beta2()
    eps: float = eps(1e-8)

    def init(self, x: Array, loss: Loss) -> Moments:
        return moments(x)

    def step(self, x: Array, state: Moments, loss: Loss) -> tuple[Array, Moments, Info]:
        g = loss.grad(x)
        m = self.beta1 * state.m + (1 - self.beta1) * g
        v = self.beta2 * state.v + (1 - self.beta2) * g**2
        beta1_t, beta2_t = self.beta1 * state.beta1_t, self.beta2 * state.beta2_t
        ahead, now = m / (1 - self.beta1 * beta1_t), g / (1 - beta1_t)
        m_hat = self.beta1 * ahead + (1 - self.beta1) * now
        v_hat = v / (1 - beta2_t)
        root = jnp.sqrt(v_hat) + self.eps
        shown = info(
            query=x, grad=g, velocity=-self.lr * m_hat, rate=self.lr / root,
            g=g, m=m, v=v, m_hat=m_hat, v_hat=v_hat,
        )  # fmt: skip
        return x - self.lr * m_hat / root, Moments(m, v, beta1_t, beta2_t), shown
