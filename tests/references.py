"""The update rules once more, in plain floats, in the form in which the literature prints them.

Written from the papers, one coordinate at a time, with powers βᵗ computed anew at each step: slow,
and independent of the code under test. Each rule is a generator of points.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count, islice

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

Pair = list[float]


@dataclass
class Plain:
    """A surface with its derivatives by hand; it counts what is asked of it."""

    f: Callable[[float, float], float]
    g: Callable[[float, float], tuple[float, float]]
    h: Callable[[float, float], tuple[float, float, float]]
    """∂²f/∂x², ∂²f/∂x∂y, ∂²f/∂y²."""
    asked: list[int] = field(default_factory=lambda: [0, 0, 0])

    def value(self, x: Pair) -> float:
        self.asked[0] += 1
        return self.f(x[0], x[1])

    def grad(self, x: Pair) -> Pair:
        self.asked[1] += 1
        return list(self.g(x[0], x[1]))

    def hess(self, x: Pair) -> NDArray[np.float64]:
        self.asked[2] += 1
        xx, xy, yy = self.h(x[0], x[1])
        return np.array([[xx, xy], [xy, yy]])


def valley(condition: float = 30.0, degrees: float = 25.0) -> Plain:
    """½ pᵀ A p, with A = R diag(1, κ) Rᵀ multiplied out."""
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    xx = cos**2 + condition * sin**2
    yy = sin**2 + condition * cos**2
    xy = (1 - condition) * sin * cos
    return Plain(
        lambda x, y: 0.5 * (xx * x * x + 2 * xy * x * y + yy * y * y),
        lambda x, y: (xx * x + xy * y, xy * x + yy * y),
        lambda x, y: (xx, xy, yy),
    )


def rosenbrock() -> Plain:
    return Plain(
        lambda x, y: (1 - x) ** 2 + 100 * (y - x * x) ** 2,
        lambda x, y: (-2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x)),
        lambda x, y: (2 - 400 * (y - 3 * x * x), -400 * x, 200.0),
    )


def himmelblau() -> Plain:
    return Plain(
        lambda x, y: (x * x + y - 11) ** 2 + (x + y * y - 7) ** 2,
        lambda x, y: (
            4 * x * (x * x + y - 11) + 2 * (x + y * y - 7),
            2 * (x * x + y - 11) + 4 * y * (x + y * y - 7),
        ),
        lambda x, y: (12 * x * x + 4 * y - 42, 4 * (x + y), 12 * y * y + 4 * x - 26),
    )


SURFACES: dict[str, Callable[[], Plain]] = {
    "valley": valley,
    "rosenbrock": rosenbrock,
    "himmelblau": himmelblau,
}

Points = Iterator[Pair]
BOTH = (0, 1)


def sgd(s: Plain, x: Pair, lr: float) -> Points:
    while True:
        g = s.grad(x)
        x = [x[i] - lr * g[i] for i in BOTH]
        yield x


def momentum(s: Plain, x: Pair, lr: float, rho: float) -> Points:
    v = [0.0, 0.0]
    while True:
        g = s.grad(x)
        v = [rho * v[i] + g[i] for i in BOTH]  # the other form: the rate acts on the sum
        x = [x[i] - lr * v[i] for i in BOTH]
        yield x


def nesterov(s: Plain, x: Pair, lr: float, rho: float) -> Points:
    last = x
    while True:  # in positions only: extrapolate, then step from there
        ahead = [x[i] + rho * (x[i] - last[i]) for i in BOTH]
        g = s.grad(ahead)
        last, x = x, [ahead[i] - lr * g[i] for i in BOTH]
        yield x


def adagrad(s: Plain, x: Pair, lr: float, eps: float) -> Points:
    seen: list[Pair] = []
    while True:
        g = s.grad(x)
        seen.append(g)
        root = [math.sqrt(sum(past[i] ** 2 for past in seen)) for i in BOTH]
        x = [x[i] - lr * g[i] / (root[i] + eps) for i in BOTH]
        yield x


def rmsprop(s: Plain, x: Pair, lr: float, decay_rate: float, eps: float) -> Points:
    cache = [0.0, 0.0]
    while True:
        g = s.grad(x)
        for i in BOTH:
            cache[i] = decay_rate * cache[i] + (1 - decay_rate) * g[i] ** 2
        x = [x[i] - lr * g[i] / (math.sqrt(cache[i]) + eps) for i in BOTH]
        yield x


def adam(
    s: Plain, x: Pair, lr: float, beta1: float, beta2: float, eps: float, weight_decay: float = 0.0
) -> Points:
    m, v = [0.0, 0.0], [0.0, 0.0]
    for t in count(1):
        g, new = s.grad(x), [0.0, 0.0]
        for i in BOTH:
            m[i] = beta1 * m[i] + (1 - beta1) * g[i]
            v[i] = beta2 * v[i] + (1 - beta2) * g[i] ** 2
            m_hat, v_hat = m[i] / (1 - beta1**t), v[i] / (1 - beta2**t)
            new[i] = x[i] - lr * m_hat / (math.sqrt(v_hat) + eps) - lr * weight_decay * x[i]
        x = new
        yield x


def amsgrad(s: Plain, x: Pair, lr: float, beta1: float, beta2: float, eps: float) -> Points:
    m, v, largest = [0.0, 0.0], [0.0, 0.0], [0.0, 0.0]
    for t in count(1):
        g, new = s.grad(x), [0.0, 0.0]
        for i in BOTH:
            m[i] = beta1 * m[i] + (1 - beta1) * g[i]
            v[i] = beta2 * v[i] + (1 - beta2) * g[i] ** 2
            largest[i] = max(largest[i], v[i] / (1 - beta2**t))
            new[i] = x[i] - lr * m[i] / (1 - beta1**t) / (math.sqrt(largest[i]) + eps)
        x = new
        yield x


def nadam(s: Plain, x: Pair, lr: float, beta1: float, beta2: float, eps: float) -> Points:
    m, v = [0.0, 0.0], [0.0, 0.0]
    for t in count(1):
        g, new = s.grad(x), [0.0, 0.0]
        for i in BOTH:
            m[i] = beta1 * m[i] + (1 - beta1) * g[i]
            v[i] = beta2 * v[i] + (1 - beta2) * g[i] ** 2
            m_hat = beta1 * m[i] / (1 - beta1 ** (t + 1)) + (1 - beta1) * g[i] / (1 - beta1**t)
            new[i] = x[i] - lr * m_hat / (math.sqrt(v[i] / (1 - beta2**t)) + eps)
        x = new
        yield x


def adadelta(s: Plain, x: Pair, lr: float, decay_rate: float, eps: float) -> Points:
    squares, moves = [0.0, 0.0], [0.0, 0.0]
    while True:
        g, new = s.grad(x), [0.0, 0.0]
        for i in BOTH:
            squares[i] = decay_rate * squares[i] + (1 - decay_rate) * g[i] ** 2
            move = -math.sqrt(moves[i] + eps) / math.sqrt(squares[i] + eps) * g[i]
            moves[i] = decay_rate * moves[i] + (1 - decay_rate) * move**2
            new[i] = x[i] + lr * move
        x = new
        yield x


def lion(s: Plain, x: Pair, lr: float, beta1: float, beta2: float, weight_decay: float) -> Points:
    m = [0.0, 0.0]
    while True:
        g, new = s.grad(x), [0.0, 0.0]
        for i in BOTH:
            sign = math.copysign(1.0, beta1 * m[i] + (1 - beta1) * g[i])
            new[i] = x[i] - lr * (sign + weight_decay * x[i])
            m[i] = beta2 * m[i] + (1 - beta2) * g[i]
        x = new
        yield x


def newton(s: Plain, x: Pair, lr: float, mu: float) -> Points:
    while True:
        d = np.linalg.solve(s.hess(x) + mu * np.eye(2), np.array(s.grad(x)))
        x = [x[i] - lr * float(d[i]) for i in BOTH]
        yield x


def saddle_free_newton(s: Plain, x: Pair, lr: float, mu: float) -> Points:
    while True:
        values, q = np.linalg.eigh(s.hess(x))
        d = q @ np.diag(1 / (np.abs(values) + mu)) @ q.T @ np.array(s.grad(x))
        x = [x[i] - lr * float(d[i]) for i in BOTH]
        yield x


def armijo(
    s: Plain, x: Pair, d: Pair, slope: float, first: float, shrink: float, c: float
) -> float:
    """The first of first·shrinkᵏ that lowers f by c·a·slope; 0 after 60 trials in vain."""
    f, a = s.value(x), first
    for _ in range(60):
        if s.value([x[0] + a * d[0], x[1] + a * d[1]]) <= f + c * a * slope:
            return a
        a *= shrink
    return 0.0


def backtracking(s: Plain, x: Pair, lr: float, gamma: float, c: float, tol: float) -> Points:
    while True:
        g = s.grad(x)
        if math.hypot(*g) > tol:
            d = [-g[0], -g[1]]
            a = armijo(s, x, d, -(g[0] ** 2 + g[1] ** 2), lr, gamma, c)
            x = [x[i] + a * d[i] for i in BOTH]
        yield x


def conjugate_gradient(s: Plain, x: Pair, lr: float, c: float) -> Points:
    last: tuple[Pair, Pair] | None = None
    while True:
        g = s.grad(x)
        d = [-g[0], -g[1]]
        old_g, old_d = last or ([0.0, 0.0], [0.0, 0.0])
        if (before := sum(v * v for v in old_g)) > 0:
            b = sum(g[i] * (g[i] - old_g[i]) for i in BOTH) / before
            d = [-g[i] + max(b, 0.0) * old_d[i] for i in BOTH]
        if g[0] * d[0] + g[1] * d[1] >= 0:
            d = [-g[0], -g[1]]
        slope = g[0] * d[0] + g[1] * d[1]
        curvature = float(np.array(d) @ s.hess(x) @ np.array(d))
        a = armijo(s, x, d, slope, -slope / curvature if curvature > 0 else lr, 0.5, c)
        last, x = (g, d), [x[i] + a * d[i] for i in BOTH]
        yield x


def bfgs(s: Plain, x: Pair, lr: float, c: float) -> Points:
    inverse, last, learned = np.eye(2), None, False
    while True:
        g = s.grad(x)
        if last:
            step, y = np.array(x) - np.array(last[0]), np.array(g) - np.array(last[1])
            if step @ y > 1e-12 * np.linalg.norm(step) * np.linalg.norm(y):
                if not learned:
                    inverse, learned = np.eye(2) * (y @ step) / (y @ y), True
                # eq. 6.17 multiplied out
                by = inverse @ y
                inverse = (
                    inverse
                    + (1 + y @ by / (y @ step)) * np.outer(step, step) / (y @ step)
                    - (np.outer(by, step) + np.outer(step, by)) / (y @ step)
                )
        d = [float(v) for v in -inverse @ np.array(g)]
        a = armijo(s, x, d, g[0] * d[0] + g[1] * d[1], lr, 0.5, c)
        last, x = (x, g), [x[i] + a * d[i] for i in BOTH]
        yield x


RULES: dict[str, Callable[..., Points]] = {
    "sgd": sgd,
    "momentum": momentum,
    "nesterov": nesterov,
    "adagrad": adagrad,
    "rmsprop": rmsprop,
    "adam": adam,
    "adamw": adam,
    "amsgrad": amsgrad,
    "nadam": nadam,
    "adadelta": adadelta,
    "lion": lion,
    "newton": newton,
    "saddle_free_newton": saddle_free_newton,
    "backtracking": backtracking,
    "conjugate_gradient": conjugate_gradient,
    "bfgs": bfgs,
}


def path(
    rule: str, surface: Plain, start: tuple[float, float], steps: int, **fields: float
) -> NDArray[np.float64]:
    """The path (steps+1, 2) of a rule in plain floats."""
    points = RULES[rule](surface, list(start), **fields)
    return np.array([list(start), *islice(points, steps)])


def scipy_path(
    surface: Plain, start: tuple[float, float], size: float, steps: int
) -> tuple[NDArray[np.float64], list[int]]:
    """SciPy's Nelder–Mead: its best vertex before and after each step, and f's asked until then.

    Both are shorter than ``steps`` where the triangle has shrunk to a point.
    """
    x, y = start
    asked: list[int] = []
    found = minimize(
        lambda p: surface.value([float(p[0]), float(p[1])]),
        start,
        method="Nelder-Mead",
        callback=lambda _: asked.append(surface.asked[0]),
        options={
            "initial_simplex": [[x, y], [x + size, y], [x, y + size]],
            "maxiter": steps + 1, "maxfev": 10**9, "xatol": 0.0, "fatol": 0.0, "return_all": True,
        },
    )  # fmt: skip
    return np.array(found.allvecs), asked
