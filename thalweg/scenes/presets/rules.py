"""Update rules."""

from thalweg.scenes.parts import Penalty, View
from thalweg.scenes.presets.base import Preset, race, rule
from thalweg.simulation import Noise

GROUP = "Update rules"

# fmt: off
PRESETS = (
    Preset(
        "sgd", "O1", "SGD at its best rate",
        "For curvatures 2 and 18 the best single rate is 0.1: every step leaves four fifths of "
        "the error, in both directions.",
        race("booth", rule("sgd", lr=0.1), steps=60),
    ),
    Preset(
        "momentum", "O2", "Momentum at its best",
        "Both have the best rates for condition 100: SGD keeps 98 percent of the error "
        "at each step, momentum about 82.",
        race(
            "valley", rule("sgd", lr=2 / 101), rule("momentum", lr=4 / 1.21 / 100, rho=81 / 121),
            start=(-2.4, 0.6), steps=100, condition=100.0,
        ),
    ),
    Preset(
        "friction", "O2", "How much momentum?",
        "Once a run swings, its error shrinks by √ρ a step, whatever the curvature: "
        "0.5 settles soon, 0.9 swings, 0.99 rings on.",
        race(
            "valley", rule("momentum", lr=0.1, rho=0.5), rule("momentum", lr=0.1, rho=0.9),
            rule("momentum", lr=0.1, rho=0.99), start=(-2.4, 1.2), steps=100, condition=5.0,
        ),
    ),
    Preset(
        "two_forms", "O2", "Sum or average: one path",
        "Summing the gradients at α = 0.01, or averaging them at ten times that rate: "
        "with momentum 0.9 it is one and the same path.",
        race(
            "valley", rule("momentum", lr=0.01), rule("momentum", lr=0.1, ema=True),
            steps=150, condition=30.0, angle=20.0,
        ),
    ),
    Preset(
        "nesterov", "O3", "Nesterov brakes earlier",
        "At the same rate and momentum, the gradient taken ahead of the point brakes earlier: "
        "Nesterov swings less and arrives sooner.",
        race(
            "valley", rule("momentum", lr=0.01, rho=0.95), rule("nesterov", lr=0.01, rho=0.95),
            start=(-2.4, 1.2), steps=150, condition=50.0, view=View(overlays=("arrows",)),
        ),
    ),
    Preset(
        "look_ahead", "O3", "The point that looks ahead",
        "Nesterov's method as textbooks print it and as libraries compute it: the second follows "
        "the look-ahead point of the first.",
        race(
            "valley", rule("nesterov", lr=0.01), rule("nesterov", lr=0.01, lookahead=True),
            steps=100, condition=30.0, view=View(overlays=("arrows",)),
        ),
    ),
    Preset(
        "adagrad", "O4", "AdaGrad stalls",
        "AdaGrad's divisor only grows, so its rate only falls: it stalls on the plateau, "
        "and RMSProp, which forgets, arrives.",
        race(
            "plateau", rule("adagrad", lr=0.1), rule("rmsprop", lr=0.02), steps=400,
            view=View(curve="update", overlays=("rates",)),
        ),
    ),
    Preset(
        "rmsprop", "O5", "RMSProp does not see steepness",
        "RMSProp divides each coordinate by its own gradient's size: make the valley a hundred "
        "times as steep and its path stays the same.",
        race(
            "valley", rule("sgd", lr=0.015), rule("rmsprop", lr=0.02),
            steps=150, condition=100.0, view=View(overlays=("rates",)),
        ),
    ),
    Preset(
        "four_rules", "O6", "Adam and its parents",
        "SGD crawls along the floor, momentum swings past the minimum, RMSProp walks straight in "
        "and then hops; Adam overshoots and settles.",
        race(
            "valley", rule("sgd", lr=0.015), rule("momentum", lr=0.01), rule("rmsprop", lr=0.02),
            rule("adam", lr=0.1), steps=300,
        ),
    ),
    Preset(
        "adam_parts", "O6", "What Adam is made of",
        "Adam without momentum and without correction is RMSProp, step for step; "
        "with both it takes a path of its own.",
        race(
            "valley", rule("rmsprop", lr=0.05, decay_rate=0.99, eps=1e-8),
            rule("adam", lr=0.05, beta1=0.0, beta2=0.99, bias_correction=False),
            rule("adam", lr=0.05, beta1=0.9, beta2=0.99), steps=150, condition=30.0, angle=30.0,
        ),
    ),
    Preset(
        "bias_correction", "O6", "Adam with a cold start",
        "On a constant gradient Adam's steps are α long from the first; without correction the "
        "first is 3.16 times and the twelfth 6.57 times as long.",
        race(
            "plateau", rule("adam", lr=0.005), rule("adam", lr=0.005, bias_correction=False),
            start=(-2.9, 1.0), steps=150, slope=10.0, view=View(curve="update"),
        ),
    ),
    Preset(
        "misprint", "O7", "Adam as some notes print it",
        "Writing the corrected averages back is another method: its first step is Adam's, the "
        "second is shorter, and soon it hardly moves.",
        race(
            "valley", rule("adam", lr=0.1), rule("adam", lr=0.1, printed_l3=True),
            steps=150, condition=30.0, angle=20.0,
        ),
    ),
    Preset(
        "newton", "O8", "Newton's step",
        "Newton is at the bottom of this bent valley after six steps, each with a Hessian to "
        "invert; SGD needs thousands of cheap ones.",
        race(
            "rosenbrock", rule("newton"), rule("newton", lr=0.3), rule("sgd", lr=0.0015),
            steps=50, view=View(overlays=("taylor",)),
        ),
    ),
    Preset(
        "newton_saddle", "O8", "Newton walks into a saddle",
        "Newton goes where the gradient vanishes, here to the pass between the wells; made to "
        "count every curvature as positive it goes down.",
        race(
            "double_well", rule("newton"), rule("saddle_free_newton"), rule("sgd", lr=0.1),
            start=(0.45, 1.2), steps=60, view=View(overlays=("hessian", "critical")),
        ),
    ),
    Preset(
        "backtracking", "O9", "A step only if the loss falls",
        "Each step is halved until the loss falls, so the loss never rises; at a gradient of "
        "a millionth the run stops.",
        race("himmelblau", rule("backtracking"), rule("momentum", lr=0.01), steps=60),
    ),
    Preset(
        "false_stop", "O9", "Stopped, but not at a minimum",
        "Down the ridge the gradient vanishes at the pass and the rule stops; one negative "
        "curvature of the Hessian says it is no minimum.",
        race(
            "double_well", rule("backtracking", lr=0.2), start=(0.1875, 1.5), steps=100,
            view=View(curve="gradient", overlays=("hessian", "critical")),
        ),
    ),
    Preset(
        "noise_floor", "O10", "The noise floor falls with the rate",
        "At a constant rate the noise holds the loss up at a floor; with the rate on a cosine "
        "to zero the floor sinks with it.",
        race(
            "valley", rule("sgd", lr=0.2), rule("sgd", "cosine", lr=0.2),
            start=(-2.4, 1.5), steps=500, noise=Noise("gaussian", 1.0), condition=5.0,
        ),
    ),
    Preset(
        "schedules", "O10", "Five schedules",
        "A rate kept, and lowered in four ways: in steps, cosine, linear, inverse square root. "
        "The lower it ends, the less the run trembles.",
        race(
            "valley", rule("sgd", lr=0.15),
            rule("sgd", "step", lr=0.15, times={"first": 100, "second": 200, "third": 300}),
            rule("sgd", "cosine", lr=0.15), rule("sgd", "linear", lr=0.15),
            rule("sgd", "inverse_sqrt", lr=0.15), start=(-2.4, 1.5), steps=300,
            noise=Noise("gaussian", 1.0), condition=5.0, view=View(curve="lr"),
        ),
    ),
    Preset(
        "warm_up", "O10", "Warm-up",
        "The start is too steep for this rate: one run overflows at step 6; with sixty steps of "
        "warm-up the same rate arrives.",
        race(
            "rosenbrock", rule("momentum", lr=0.003),
            rule("momentum", lr=0.003, times={"warmup": 60}), start=(1.8, -0.8), steps=300,
        ),
    ),
    Preset(
        "weight_decay", "O11", "An L2 penalty moves the minimum",
        "With ‖w‖² added the minimum moves from (1, 3) to (1.3, 2.3), nearer to the origin, "
        "and every run ends there.",
        race(
            "booth", rule("sgd", lr=0.05), rule("adam", lr=0.3), start=(-4.0, -3.0), steps=300,
            penalty=Penalty("l2", 1.0),
        ),
    ),
    Preset(
        "lasso", "O11", "An L1 penalty sets a weight to zero",
        "The minimum with the L1 penalty has x exactly 0; SGD hops to and fro over that axis "
        "and comes near only as its rate falls to zero.",
        race(
            "booth", rule("sgd", lr=0.02), rule("sgd", "linear", lr=0.02), start=(-4.0, -3.0),
            steps=300, penalty=Penalty("l1", 20.0),
        ),
    ),
    Preset(
        "elastic_net", "O11", "Elastic net keeps both weights",
        "Without a penalty the weights are as 1 to 3; a strong L1 leaves only one of them, the "
        "elastic net keeps both, as 3 to 4.",
        race(
            "booth", rule("sgd", lr=0.03), rule("adam", lr=0.3), start=(-4.0, -3.0), steps=300,
            penalty=Penalty("elastic", 6.0),
        ),
    ),
    Preset(
        "adamw", "O11", "Decoupled weight decay",
        "AdamW takes the same share off every weight at each step: the larger the decay, the "
        "nearer to the origin it is after 500 steps.",
        race(
            "booth", rule("adam", lr=0.1), rule("adamw", lr=0.1, weight_decay=0.1),
            rule("adamw", lr=0.1, weight_decay=0.5), start=(-4.0, -3.0), steps=500,
        ),
    ),
)
