"""Mathematics to look at."""

from thalweg.scenes.parts import View
from thalweg.scenes.presets.base import Preset, race, rule

GROUP = "Mathematics to look at"

# fmt: off
PRESETS = (
    Preset(
        "gradient", "M1", "The gradient",
        "At every point the gradient crosses the contour at a right angle, and SGD steps "
        "straight against it.",
        race(
            "himmelblau", rule("sgd", lr=0.005), start=(-4.5, 5.0), steps=60,
            view=View(step=3, curve="gradient", overlays=("arrows",)),
        ),
    ),
    Preset(
        "quadric", "M2", "A step to the minimum of a model",
        "Newton takes the quadratic model at each point and jumps to its minimum; near the "
        "minimum the two can hardly be told apart.",
        race(
            "himmelblau", rule("newton"), start=(4.5, 4.5), steps=12,
            view=View(step=1, overlays=("taylor",)),
        ),
    ),
    Preset(
        "plane", "M2", "What the linear model predicts",
        "SGD trusts the tangent plane: a short step gets nine tenths of the "
        "fall it was promised, a long one a quarter.",
        race(
            "himmelblau", rule("sgd", lr=0.001), rule("sgd", lr=0.01),
            start=(-4.5, 5.0), steps=80, view=View(step=1, overlays=("plane",)),
        ),
    ),
    Preset(
        "three_kinds", "M3", "Minimum, saddle, maximum",
        "Three runs end where the gradient is zero, and the signs of the two curvatures tell "
        "where: a minimum, a saddle, the summit.",
        race(
            "himmelblau", rule("sgd", lr=0.01), rule("newton"), rule("newton", lr=0.5),
            start=(1.25, -0.5), steps=60, view=View(overlays=("hessian", "critical")),
        ),
    ),
    Preset(
        "slice", "M4", "A slice of three variables",
        "x₁² + x₁(1 − x₂) + x₂² − x₂x₃ + x₃² + x₃ cut at x₃ = −1: about its lowest point the "
        "slice is this bowl, with curvatures 1 and 3.",
        race(
            "valley", rule("sgd", lr=0.5), rule("newton"), start=(-2.0, 0.8), steps=50,
            condition=3.0, angle=45.0, view=View(overlays=("hessian", "taylor")),
        ),
    ),
    Preset(
        "update_ratio", "M5", "How large is an update?",
        "Updates of a thousandth of the weights go down steadily; a hundred times smaller they "
        "hardly move, a hundred times larger they overshoot.",
        race(
            "himmelblau", rule("adam", lr=5e-5), rule("adam", lr=5e-3), rule("adam", lr=0.5),
            start=(5.0, 5.0), steps=500, view=View(curve="update"),
        ),
    ),
)
