"""AMSGrad."""

from typing import NamedTuple

import jax.numpy as jnp
from jax import Array

from calculus.fields import switch
from optimizers.base import Info, Loss, Moments, Peer, Rule, beta1, beta2, eps, info, lr, moments


class Longest(NamedTuple):
    """Adam's moments and the largest second moment so far."""

    moments: Moments
    v_max: Array


class AMSGrad(Rule):
    r"""Adam whose effective rate never grows again.

    $$g_t = \nabla f(x_{t-1})$$
    $$m_t = \beta_1\, m_{t-1} + (1 - \beta_1)\, g_t$$
    $$v_t = \beta_2\, v_{t-1} + (1 - \beta_2)\, g_t^2$$
    $$\hat m_t = \frac{m_t}{1 - \beta_1^t}, \quad \hat v_t = \frac{v_t}{1 - \beta_2^t}$$ [if bias_correction]
    $$\hat m_t = m_t, \quad \hat v_t = v_t$$ [if not bias_correction]
    $$v^{\max}_t = \max(v^{\max}_{t-1}, \hat v_t)$$
    $$x_t = x_{t-1} - \alpha\, \frac{\hat m_t}{\sqrt{v^{\max}_t} + \varepsilon}$$

    A rare large gradient is forgotten by Adam's average, and on a known one-dimensional problem
    Adam then runs to the worst point; the maximum remembers it. The paper has no bias correction.
    """  # noqa: E501

    slug, title, family = "amsgrad", "AMSGrad", "adaptive"
    source = "Reddi, Kale & Kumar, On the Convergence of Adam and Beyond, ICLR 2018, algorithm 2"
    in_optax = Peer("optax.amsgrad(lr, b1=beta1, b2=beta2, eps=eps)")
    no_peer = "torch's amsgrad takes the maximum before the correction, so no call gives this path."

    lr: float = lr(0.1)
    beta1: float = beta1()
    beta2: float = beta2()
    eps: float = eps(1e-8)
    bias_correction: bool = switch(True, "bias correction")

    def init(self, x: Array, loss: Loss) -> Longest:
        return Longest(moments(x), jnp.zeros_like(x))

    def step(self, x: Array, state: Longest, loss: Loss) -> tuple[Array, Longest, Info]:
        last = state.moments
        g = loss.grad(x)
        m = self.beta1 * last.m + (1 - self.beta1) * g
        v = self.beta2 * last.v + (1 - self.beta2) * g**2
        beta1_t, beta2_t = self.beta1 * last.beta1_t, self.beta2 * last.beta2_t
        m_hat, v_hat = m, v
        if self.bias_correction:
            m_hat, v_hat = m / (1 - beta1_t), v / (1 - beta2_t)
        v_max = jnp.maximum(state.v_max, v_hat)
        root = jnp.sqrt(v_max) + self.eps
        shown = info(
            query=x, grad=g, velocity=-self.lr * m_hat, rate=self.lr / root,
            g=g, m=m, v=v, m_hat=m_hat, v_hat=v_hat, v_max=v_max,
        )  # fmt: skip
        kept = Longest(Moments(m, v, beta1_t, beta2_t), v_max)
        return x - self.lr * m_hat / root, kept, shown
