"""Every word of the interface: another language is another file like this."""

SURFACE = "Surface"
START_X, START_Y = "start $x$", "start $y$"
STEPS, SIGMA, SEED = "steps", r"noise $\sigma$", "seed"
STEPS_HELP = "How many steps every run makes, up to 20 000."
SIGMA_HELP = "Gaussian noise on each coordinate of every gradient; the same for all runs."
SEED_HELP = "Another seed draws another noise."
STEP = "step"
SHOWN = "show this run"
PRESETS = "Scenes"
ADD_RUN, MORE, REMOVE = "Add a run", "more", "Remove this run"
SCHEDULE, CLIP = "schedule", "clip the gradient's norm at"
CLIP_HELP = "Longer gradients are scaled down to this norm; empty: never."
EXACT = "exactly"
NOISE = "kind of noise"
NOISES = {"none": "none", "gaussian": "Gaussian", "student_t": "Student t, heavy tails"}
BATCH, BATCH_HELP = "batch size $B$", r"The noise is $\sigma / \sqrt B$."
DOF, DOF_HELP = "degrees of freedom", "Of Student's t: the fewer, the heavier the tails."
PENALTY, STRENGTH = "penalty", r"strength $\lambda$"
PENALTIES = {"none": "none", "l2": "L2", "l1": "L1", "elastic": "elastic net"}
LOSS, TABLE = "Loss", "Table"
TABLE_HEAD = (
    "run",
    "f at the end",
    "to a minimum",
    "f − f_min < 0.001",
    "evaluations",
    "how it ended",
)
NEVER = "–"
THE_REST = "What could be read of the scene is shown, the rest at its default."
ALL_HIDDEN = "All runs are hidden. Show one to see it move."
NO_RUNS = "No run is on the surface. Add one to see it move."
REFUSED = "{message} The picture shows the last setting that was right."
PICTURE_ALT = "{runs} on the surface {surface}, up to step {step} of {steps}."
LOSS_ALT = "Loss of {runs} over the steps."
LEAD = "After {step} steps no run is lower than {best}: {what} = {value}."
STARTING = "All runs stand at the start."
NOT_FINITE = "{run} is not finite after step {step}."
GROWING = "{run} is growing: its steps get longer and the loss does not fall."
REFERENCE_INTRO = (
    "Every surface and every update rule, from its own class: "
    "what the app runs is what stands here."
)
SURFACES, RULES = "Surfaces", "Update rules"
REFERENCE = "Reference"
KINDS = {
    "minima": "Global minima",
    "local_minima": "Local minima",
    "saddles": "Saddles",
    "maxima": "Maxima",
}
SOURCE = "Source"


def number(value: float, digits: int = 3) -> str:
    """A number as one reads it aloud: 2.37·10⁻¹³, −0.5."""
    mantissa, _, power = f"{value:.{digits}g}".partition("e")
    raised = str(int(power)).translate(_RAISED) if power else ""
    return mantissa.replace("-", "−") + (f"·10{raised}" if raised else "")


_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
