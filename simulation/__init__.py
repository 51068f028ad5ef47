"""The loop: one run in full, many runs in a batch, and what acts on both."""

from landscapes import LANDSCAPES
from optimizers import OPTIMIZERS
from simulation.noise import MOST_SEEDS, Noise
from simulation.run import MOST_STEPS, Trajectory, run
from simulation.schedules import SCHEDULES, Schedule
from simulation.summary import Summary, excess, summary
from simulation.sweep import Sweep, sweep


def warm_up() -> None:
    """Compile the default race, so that the first visitor does not wait for it."""
    surface = next(iter(LANDSCAPES.values()))()
    for slug in ("sgd", "momentum", "rmsprop", "adam"):
        run(surface, OPTIMIZERS[slug](), surface.start, 2)


__all__ = [
    "MOST_SEEDS",
    "MOST_STEPS",
    "SCHEDULES",
    "Noise",
    "Schedule",
    "Summary",
    "Sweep",
    "Trajectory",
    "excess",
    "run",
    "summary",
    "sweep",
    "warm_up",
]
