"""The loop: one run in full, many runs in a batch, what acts on both, and maps of many runs."""

from landscapes import LANDSCAPES
from optimizers import OPTIMIZERS
from thalweg.simulation.basins import GROWING, NOT_ARRIVED, Basins, basins
from thalweg.simulation.ensemble import Batches, Ensemble, batches, ensemble
from thalweg.simulation.fair_race import Tuned, tuned
from thalweg.simulation.minima import KnownMinima, minima_of
from thalweg.simulation.noise import MOST_SEEDS, Noise
from thalweg.simulation.progress import Progress, collect
from thalweg.simulation.run import MOST_STEPS, Trajectory, run
from thalweg.simulation.schedules import SCHEDULES, Schedule
from thalweg.simulation.stability import Stability, stability
from thalweg.simulation.summary import Summary, excess, summary
from thalweg.simulation.sweep import Sweep, sweep, sweep_with_progress


def warm_up() -> None:
    """Compile the default race, so that the first visitor does not wait for it."""
    surface = next(iter(LANDSCAPES.values()))()
    for slug in ("sgd", "momentum", "rmsprop", "adam"):
        run(surface, OPTIMIZERS[slug](), surface.start, 2)


__all__ = [
    "GROWING",
    "MOST_SEEDS",
    "MOST_STEPS",
    "NOT_ARRIVED",
    "SCHEDULES",
    "Basins",
    "Batches",
    "Ensemble",
    "KnownMinima",
    "Noise",
    "Progress",
    "Schedule",
    "Stability",
    "Summary",
    "Sweep",
    "Trajectory",
    "Tuned",
    "basins",
    "batches",
    "collect",
    "ensemble",
    "excess",
    "minima_of",
    "run",
    "stability",
    "summary",
    "sweep",
    "sweep_with_progress",
    "tuned",
    "warm_up",
]
