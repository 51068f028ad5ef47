"""The simplex method of Nelder and Mead."""

import jax.numpy as jnp
from jax import Array

from calculus.fields import knob
from optimizers.base import Info, Loss, Rule, info


class NelderMead(Rule):
    r"""A triangle that flips, stretches and shrinks downhill, without any gradient.

    $$x_1, x_2, x_3: \quad f(x_1) \le f(x_2) \le f(x_3), \quad c = \tfrac12 (x_1 + x_2)$$
    $$x_r = c + (c - x_3), \quad x_e = c + 2\,(c - x_3)$$
    $$x_o = c + \tfrac12 (c - x_3), \quad x_i = c - \tfrac12 (c - x_3)$$
    $$f(x_r) < f(x_1): \ x_3 \leftarrow x_e \text{ or } x_r, \text{ the lower}$$
    $$f(x_1) \le f(x_r) < f(x_2): \ x_3 \leftarrow x_r$$
    $$f(x_2) \le f(x_r) < f(x_3): \ x_3 \leftarrow x_o \text{ if } f(x_o) \le f(x_r)$$
    $$f(x_3) \le f(x_r): \ x_3 \leftarrow x_i \text{ if } f(x_i) < f(x_3)$$
    $$\text{otherwise shrink: } x_j \leftarrow \tfrac12 (x_1 + x_j), \ j = 2, 3$$
    $$\mathrm{simplex} = (x_1, x_2, x_3)$$

    The path shown is that of the best vertex; it stands still while the triangle only shrinks.
    """

    slug, title, family = "nelder_mead", "Nelder–Mead", "no gradient"
    source = "Nelder & Mead 1965; Lagarias et al., SIAM J. Optim. 1998"
    no_peer = "Neither optax nor torch has it; scipy.optimize.minimize takes the same steps."
    init_calls = (3, 0, 0)

    size: float = knob(0.5, r"\mathrm{size}", 1e-3, 10, "side of the first triangle", log=True)

    def init(self, x: Array, loss: Loss) -> tuple[Array, Array]:
        simplex = jnp.stack([x, x + self.size * jnp.eye(2)[0], x + self.size * jnp.eye(2)[1]])
        return _sorted(simplex, jnp.stack([loss.value(p) for p in simplex]))

    def step(
        self, x: Array, state: tuple[Array, Array], loss: Loss
    ) -> tuple[Array, tuple[Array, Array], Info]:
        (x1, x2, x3), (f1, f2, f3) = state
        c = (x1 + x2) / 2
        trials = [c + k * (c - x3) for k in (1.0, 2.0, 0.5, -0.5)]
        (xr, xe, xo, xi), (fr, fe, fo, fi) = trials, [loss.value(p) for p in trials]

        expand, accept, outside = fr < f1, fr < f2, fr < f3
        shrink = jnp.where(outside, ~(fo <= fr), ~(fi < f3)) & ~expand & ~accept
        contracted, f_contracted = jnp.where(outside, xo, xi), jnp.where(outside, fo, fi)
        stretched, f_stretched = jnp.where(fe < fr, xe, xr), jnp.where(fe < fr, fe, fr)
        new = jnp.where(expand, stretched, jnp.where(accept, xr, contracted))
        f_new = jnp.where(expand, f_stretched, jnp.where(accept, fr, f_contracted))

        s2, s3 = (x1 + x2) / 2, (x1 + x3) / 2
        simplex = jnp.where(shrink, jnp.stack([x1, s2, s3]), jnp.stack([x1, x2, new]))
        shrunk = jnp.stack([f1, loss.value(s2), loss.value(s3)])
        simplex, f = _sorted(simplex, jnp.where(shrink, shrunk, jnp.stack([f1, f2, f_new])))
        evaluations = jnp.where(accept & ~expand, 1.0, jnp.where(shrink, 4.0, 2.0))
        shown = info(
            query=x, grad=jnp.nan, rate=jnp.nan, calls=jnp.stack([evaluations, 0 * f1, 0 * f1]),
            c=c, x_r=xr, x_e=xe, x_o=xo, x_i=xi, simplex=simplex,
        )  # fmt: skip
        return simplex[0], (simplex, f), shown


def _sorted(simplex: Array, f: Array) -> tuple[Array, Array]:
    """Vertices (3, 2) and values (3,) in order of value; equals keep their order."""
    rows = [(simplex[i], f[i]) for i in range(3)]
    for i, j in ((0, 1), (1, 2), (0, 1)):
        (p, fp), (q, fq) = rows[i], rows[j]
        swap = fq < fp
        rows[i] = jnp.where(swap, q, p), jnp.where(swap, fq, fp)
        rows[j] = jnp.where(swap, p, q), jnp.where(swap, fp, fq)
    return jnp.stack([p for p, _ in rows]), jnp.stack([v for _, v in rows])
