"""Plain gradient descent."""

from jax import Array

from optimizers.base import Info, Loss, Peer, Rule, info, lr


class SGD(Rule):
    r"""Step against the gradient, with one rate for every direction.

    $$g_t = \nabla f(x_{t-1})$$
    $$x_t = x_{t-1} - \alpha\, g_t$$

    Stable on a quadratic only while α · λmax < 2.
    """

    slug, title, family = "sgd", "SGD", "gradient"
    follows_slope = True
    source = "Robbins & Monro, A Stochastic Approximation Method, 1951"
    in_optax = Peer("optax.sgd(lr)")
    in_torch = Peer("torch.optim.SGD(params, lr=lr)")

    lr: float = lr(0.015)

    def init(self, x: Array, loss: Loss) -> tuple[()]:
        return ()

    def step(self, x: Array, state: tuple[()], loss: Loss) -> tuple[Array, tuple[()], Info]:
        g = loss.grad(x)
        return x - self.lr * g, (), info(query=x, grad=g, rate=self.lr, g=g)
