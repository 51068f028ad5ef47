"""What goes wrong with plain SGD, and what helps."""

from thalweg.scenes.parts import View
from thalweg.scenes.presets.base import Preset, race, rule
from thalweg.simulation import Noise

GROUP = "What goes wrong with plain SGD"

# fmt: off
PRESETS = (
    Preset(
        "zigzag", "S1", "Zigzag in a valley",
        "SGD jumps from wall to wall of the valley and crawls along its floor: "
        "α·λmax is 1.9, just below the limit 2.",
        race("valley", rule("sgd", lr=0.038), start=(-2.4, 1.5), steps=100, condition=50.0),
    ),
    Preset(
        "turned", "S1", "The valley rotated by 30°",
        "Turning the valley changes nothing for SGD. Adam scales x and y apart and is slowed: "
        "the valley no longer lies along them.",
        race(
            "valley", rule("sgd", lr=0.038), rule("adam", lr=0.1),
            start=(-2.4, 0.2), steps=150, condition=50.0, angle=30.0,
        ),
    ),
    Preset(
        "two_wells", "S2", "A shallow and a deep well",
        "SGD rests in the first well it meets; momentum rolls on over the pass and into the "
        "deeper one.",
        race("double_well", rule("sgd", lr=0.03), rule("momentum", lr=0.03), steps=200),
    ),
    Preset(
        "saddle", "S2", "Past a saddle",
        "Near the saddle the gradient is almost zero: SGD lingers, momentum gathers speed, "
        "and Adam hardly notices.",
        race(
            "saddle", rule("sgd", lr=0.04), rule("momentum", lr=0.04), rule("adam", lr=0.04),
            start=(-1.8, 0.001), steps=50,
        ),
    ),
    Preset(
        "saddle_axis", "S2", "Exactly on the axis of a saddle",
        "Started exactly on the axis no rule leaves it: the gradient has no part that points "
        "the way down.",
        race(
            "saddle", rule("sgd", lr=0.1), rule("momentum", lr=0.02), rule("adam", lr=0.1),
            start=(-1.8, 0.0), steps=200, view=View(curve="gradient", overlays=("hessian",)),
        ),
    ),
    Preset(
        "saddle_noise", "S2", "Noise frees from the saddle",
        "The same start on the axis, with a little noise in the gradient: now every run leaves.",
        race(
            "saddle", rule("sgd", lr=0.05), rule("momentum", lr=0.009), rule("adam", lr=0.015),
            start=(-1.8, 0.0), steps=110, noise=Noise("gaussian", 0.03),
        ),
    ),
    Preset(
        "monkey_saddle", "S2", "Where three valleys meet",
        "In the flat middle the curvature vanishes like the gradient: SGD all but stops there, "
        "and momentum rolls through.",
        race(
            "monkey_saddle", rule("sgd", lr=0.05), rule("momentum", lr=0.0045),
            start=(1.6, 0.001), steps=50,
        ),
    ),
    Preset(
        "noise", "S3", "The minibatch gradient is noisy",
        "With noise in the gradient both runs reach the minimum and neither rests there, "
        "though both are given the same noise.",
        race(
            "valley", rule("sgd", lr=0.05), rule("momentum", lr=0.005),
            start=(-2.4, 1.5), steps=300, noise=Noise("gaussian", 2.0), condition=5.0,
        ),
    ),
    Preset(
        "batch", "S3", "A batch of sixteen",
        "A batch of sixteen has a quarter of the noise of a single example; set the batch to 1 "
        "and the cloud is four times as wide.",
        race(
            "valley", rule("sgd", lr=0.1), start=(-2.4, 1.5), steps=500,
            noise=Noise("gaussian", 3.0, batch=16), condition=5.0,
        ),
    ),
    Preset(
        "heavy_tails", "S3", "Rare, very large gradients",
        "With heavy-tailed noise one bad batch throws SGD across the valley; with its gradient "
        "clipped it stays near the floor.",
        race(
            "valley", rule("sgd", lr=0.08), rule("sgd", lr=0.08, clip=2.0),
            start=(-2.4, 1.5), steps=300, noise=Noise("student_t", 0.8, dof=1.5), condition=5.0,
        ),
    ),
    Preset(
        "four_rates", "S4", "Four learning rates",
        "Too small crawls; 2/(λmin + λmax) is best; just below 2/λmax still jumps about; "
        "above it the steps grow.",
        race(
            "valley", rule("sgd", lr=0.01), rule("sgd", lr=2 / 11), rule("sgd", lr=0.196),
            rule("sgd", lr=0.204), start=(-2.4, 1.0), steps=50, condition=10.0,
        ),
    ),
    Preset(
        "cliff", "S5", "Thrown off a cliff",
        "One step taken on the face of the cliff throws SGD far beyond the minimum; "
        "clipped to length 1, the gradient only walks it down.",
        race("cliff", rule("sgd", lr=0.11), rule("sgd", lr=0.11, clip=1.0), steps=100),
    ),
    Preset(
        "cliff_chance", "S5", "Sensitive dependence on the rate",
        "Three rates five percent apart: two land on the face and are thrown, one far and one "
        "farther, and the one between them steps down.",
        race(
            "cliff", rule("sgd", lr=0.1), rule("sgd", lr=0.105), rule("sgd", lr=0.11), steps=100,
        ),
    ),
    Preset(
        "plateau", "S6", "Across a plateau",
        "On the plateau the gradient is almost zero and SGD all but stands still; Adam and RMSProp "
        "divide by the gradient's size and get across.",
        race(
            "plateau", rule("sgd", lr=0.05), rule("momentum", lr=0.05), rule("rmsprop", lr=0.03),
            rule("adam", lr=0.05), steps=400, view=View(curve="gradient"),
        ),
    ),
    Preset(
        "four_minima", "S7", "Which minimum? It depends",
        "All four minima are equally deep, and the rule decides which one a run ends in: "
        "one start, five rules, three minima.",
        race(
            "himmelblau", rule("sgd", lr=0.01), rule("momentum", lr=0.01),
            rule("nesterov", lr=0.01), rule("rmsprop", lr=0.05), rule("adam", lr=0.3),
            start=(0.2, -3.8), steps=250,
        ),
    ),
    Preset(
        "egg_box", "S7", "Trapped in an surface with many local minima",
        "Each run ends in a local minimum near its start; one hops over a ridge, and none comes "
        "near the global minimum, at the origin.",
        race(
            "rastrigin", rule("sgd", lr=0.002), rule("momentum", lr=0.001), rule("adam", lr=0.5),
            start=(-2.5, 2.4), steps=200,
        ),
    ),
    Preset(
        "four_wells", "S7", "Each coordinate chooses its well",
        "SGD goes down on the side where it starts; momentum carries y, but not x, over into "
        "its deeper well.",
        race("styblinski_tang", rule("sgd", lr=0.01), rule("momentum", lr=0.01), steps=150),
    ),
    Preset(
        "growing", "S8", "A run that diverges",
        "α·λmax is 2.06, above the limit 2: across the valley every step is six percent longer "
        "than the last.",
        race(
            "valley", rule("sgd", lr=0.0206), rule("sgd", lr=0.0194),
            start=(-2.4, 0.1), steps=60, condition=100.0,
        ),
    ),
    Preset(
        "overflow", "S8", "Not a number",
        "At α = 0.01 each step is thrown farther than the last, and step 6 is too large to be "
        "a number; a tenth of that rate goes down.",
        race("rosenbrock", rule("sgd", lr=0.01), rule("sgd", lr=0.001), steps=100),
    ),
)
