"""Counter-examples: what one would not expect, and what is not true in general."""

from thalweg.scenes.parts import View
from thalweg.scenes.presets.base import Preset, race, rule

GROUP = "Counter-examples"

# fmt: off
PRESETS = (
    Preset(
        "heavy_ball_cycle", "counter", "Momentum cycles for ever",
        "The best momentum for a quadratic, on a convex bowl that is none: momentum ends in a "
        "cycle of three points, SGD and Nesterov converge.",
        race(
            "heavy_ball_cycle", rule("momentum", lr=1 / 9, rho=4 / 9),
            rule("nesterov", lr=1 / 25, rho=2 / 3), rule("sgd", lr=1 / 13), steps=200,
        ),
    ),
    Preset(
        "two_cycle", "counter", "RMSProp never comes to rest",
        "In the end RMSProp steps to and fro over the minimum, α/2 to each side, however "
        "steep the bowl.",
        race("valley", rule("rmsprop", lr=0.3), steps=300, condition=10.0),
    ),
    Preset(
        "nesterov_limit", "counter", "Nesterov's limit falls",
        "α·λmax is 1.4: SGD and momentum settle, and Nesterov diverges, for ρ = 0.9 "
        "lowers its limit from 2 to 1.36.",
        race(
            "valley", rule("sgd", lr=0.14), rule("momentum", lr=0.14), rule("nesterov", lr=0.14),
            start=(-2.4, 0.1), steps=50, condition=10.0,
        ),
    ),
    Preset(
        "heavy_ball_limit", "counter", "Momentum's limit rises",
        "α·λmax is 2.05: SGD diverges, and momentum settles, for ρ = 0.9 lifts its limit "
        "from 2 to 3.8.",
        race(
            "valley", rule("sgd", lr=0.205), rule("momentum", lr=0.205),
            start=(-2.4, 0.5), steps=50, condition=10.0,
        ),
    ),
    Preset(
        "momentum_misses", "counter", "Momentum leaves the deeper well",
        "From the steep left wall SGD goes down into the deeper well; momentum is too fast, "
        "crosses the pass and stays in the shallow one.",
        race(
            "double_well", rule("sgd", lr=0.03), rule("momentum", lr=0.03),
            start=(-2.0, 1.0), steps=200,
        ),
    ),
    Preset(
        "newton_flat", "counter", "Newton into a flat point",
        "At the monkey saddle the curvature vanishes with the gradient: Newton only halves its "
        "distance at each step, straight into the flat point.",
        race(
            "monkey_saddle", rule("newton"), rule("newton", lr=0.2),
            start=(1.6, 0.9), steps=50, view=View(overlays=("hessian",)),
        ),
    ),
    Preset(
        "cone", "counter", "No rest on the tip of a cone",
        "The slope is as steep at the tip as on the way: at a constant rate SGD hops about it "
        "for ever; a rate that falls to zero brings it in.",
        race(
            "ackley", rule("sgd", lr=0.02), rule("sgd", "linear", lr=0.02), start=(-0.3, 0.2),
            steps=200, view=View(window=((-0.4, 0.4), (-0.3, 0.3))),
        ),
    ),
)
