"""Texts worth reading: the six rules of the lectures, two more, and ten surfaces."""

from typing import NamedTuple

_LR = "lr = {} in 1e-6..10"
_RHO = "rho = 0.9 in 0..0.9999"

RULE_TEXTS: dict[str, str] = {
    "sgd": f"""\
x = x - lr*g
{_LR.format(0.015)}""",
    "momentum": f"""\
v = rho*v - lr*g
x = x + v
{_LR.format(0.01)}
{_RHO}""",
    "nesterov": f"""\
g = grad(x + rho*v)
v = rho*v - lr*g
x = x + v
{_LR.format(0.01)}
{_RHO}""",
    "adagrad": f"""\
s = s + g^2
x = x - lr*g/(sqrt(s) + eps)
{_LR.format(0.3)}
eps = 1e-7 in 1e-16..1""",
    "rmsprop": f"""\
s = decay_rate*s + (1 - decay_rate)*g^2
x = x - lr*g/(sqrt(s) + eps)
{_LR.format(0.02)}
decay_rate = 0.9 in 0..0.9999
eps = 1e-7 in 1e-16..1""",
    "adam": f"""\
m = beta1*m + (1 - beta1)*g
v = beta2*v + (1 - beta2)*g^2
m_hat = m/(1 - beta1^t)
v_hat = v/(1 - beta2^t)
x = x - lr*m_hat/(sqrt(v_hat) + eps)
{_LR.format(0.1)}
beta1 = 0.9 in 0..0.9999
beta2 = 0.999 in 0..0.99999
eps = 1e-8 in 1e-16..1""",
    # A step of one length for each coordinate, whatever the slope, shrinking with time.
    "sign_descent": """\
x = x - lr*sign(g)/sqrt(t)
lr = 0.2 in 1e-3..1""",
    # O'Donoghue & Candès: the ball lets go of its velocity where it would run uphill.
    "restart": f"""\
v = where(dot(g, v) < 0, rho*v, 0*v) - lr*g
x = x + v
{_LR.format(0.01)}
{_RHO}""",
}
"""Name → rule; the first six walk the paths of the built-in rules of the same name."""


class SurfaceExample(NamedTuple):
    """A surface, the window ((x0, x1), (y0, y1)) that shows it, and where a run may start."""

    title: str
    text: str
    window: tuple[tuple[float, float], tuple[float, float]]
    start: tuple[float, float]


SURFACE_TEXTS: tuple[SurfaceExample, ...] = (
    SurfaceExample("A bowl", "x^2/2 + k y^2/2, k = 10 in 1..1000", ((-3, 3), (-2, 2)), (-2.2, 1.3)),
    SurfaceExample(
        "A banana", "(1 - x)^2 + b(y - x^2)^2, b = 10 in 1..200", ((-2, 2), (-1, 3)), (-1.2, 1)
    ),
    SurfaceExample(
        "Egg box", "sin(a x)*cos(a y) + (x^2 + y^2)/10, a = 1..4", ((-3, 3), (-3, 3)), (2.1, 2.4)
    ),
    SurfaceExample("A diamond", "|x| + c|y|, c = 3 in 1..10", ((-2, 2), (-2, 2)), (-1.6, 1.1)),
    SurfaceExample(
        "A step down", "sigmoid(s x) + y^2/2, s = 4 in 1..100", ((-3, 3), (-2, 2)), (0.8, 1.2)
    ),
    SurfaceExample(
        "Two wells, one deeper", "(x^2 - 1)^2 + y^2 + d x, d = 0.2 in -1..1",
        ((-2, 2), (-1.5, 1.5)), (1.7, 0.9),
    ),
    SurfaceExample(
        "A gorge with a bend", "x^2/20 + 5(y - sin(w x))^2, w = 1 in 0.5..3",
        ((-5, 5), (-2.5, 2.5)), (-4.3, -1.2),
    ),
    SurfaceExample(
        "A ring", "(hypot(x, y) - r)^2 + h x, r = 1 in 0.5..2, h = 0.1 in -0.5..0.5",
        ((-2.5, 2.5), (-2.5, 2.5)), (1.9, 0.6),
    ),
    SurfaceExample(
        "Huber's loss", "where(|x| < d, x^2/2, d(|x| - d/2)) + y^2/2, d = 0.5 in 0.1..2",
        ((-3, 3), (-2, 2)), (-2.6, 1.4),
    ),
    SurfaceExample(
        "Hills of fog", "1 - exp(-x^2 - y^2) - h exp(-(x - 2)^2 - (y - 1)^2), h = 0.7 in 0..2",
        ((-2, 4), (-2, 3)), (1.1, -0.4),
    ),
)  # fmt: skip
