"""The runs as numbers: CSV for a spreadsheet, NPZ for Python; every column documented."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from thalweg.export.picture.text import shown_runs
from thalweg.scenes import Scene
from thalweg.simulation import Trajectory, excess

Column = NDArray[np.float64]

TEXTS = {
    "run": "The run's id in the scene; a text.",
    "label": "The run's name as in the legend; a text.",
    "step": "The step t, from 0, the start; a whole number.",
}
DOCUMENTATION = {
    **TEXTS,
    "x": "First coordinate of the point after step t, in units of the surface.",
    "y": "Second coordinate of the point after step t, in units of the surface.",
    "f": "Loss at that point, with the penalty and without noise, in units of the loss.",
    "f_excess": "f minus the surface's minimum; f itself where it has none; in units of the loss.",
    "grad_x": "Gradient along x that the rule was given at step t, clipped, with noise; f per x.",
    "grad_y": "The same along y.",
    "query_x": "First coordinate of the point where that gradient was taken.",
    "query_y": "Second coordinate of that point.",
    "velocity_x": "Motion along x that the rule remembers, as a displacement; nan: it keeps none.",
    "velocity_y": "The same along y.",
    "rate_x": "Effective learning rate of x at step t: displacement per unit of gradient.",
    "rate_y": "The same of y.",
    "update_x": "What x moved by at step t, in units of the surface.",
    "update_y": "What y moved by at step t.",
    "lr": "Learning rate of step t after the schedule; nan where the rule has none.",
    "calls_f": "Evaluations of f within step t; a count.",
    "calls_grad": "Evaluations of the gradient within step t; a count.",
    "calls_hess": "Evaluations of the Hessian within step t; a count.",
}
"""Column → a sentence with its unit. Empty at step 0: what belongs to a step and not to a point."""
TERMS = "terms.NAME: the quantity NAME of the rule's equations at step t, first row step 1."
NOTES = (
    "Runs of optimizers, made by Thalweg. One row for each run and step.",
    "After a step whose point or loss is not finite every number is nan.",
)

_POINTS: dict[str, Callable[[Trajectory, float | None], Column]] = {
    "x": lambda t, _: t.x[:, 0],
    "y": lambda t, _: t.x[:, 1],
    "f": lambda t, _: t.f,
    "f_excess": excess,
}
_STEPS: dict[str, Callable[[Trajectory], Column]] = {
    **{
        f"{name}_{side}": (lambda t, name=name, k=k: getattr(t, name)[:, k])  # type: ignore[misc]
        for name in ("grad", "query", "velocity", "rate", "update")
        for k, side in enumerate("xy")
    },
    "lr": lambda t: t.lr,
    **{
        f"calls_{what}": (lambda t, k=k: t.calls[:, k])  # type: ignore[misc]
        for k, what in enumerate(("f", "grad", "hess"))
    },
}


def table(scene: Scene) -> bytes:
    """CSV in UTF-8: comment lines with the documentation, a header, a row a run and step.

    Numbers are written to their last bit. A text never begins with a character that a spreadsheet
    takes for a formula. Raises `Refused` where no run is shown.
    """
    labels = scene.labels()
    out = io.StringIO()
    for line in (*NOTES, *(f"{name}: {what}" for name, what in DOCUMENTATION.items())):
        out.write(f"# {line}\r\n")
    # The link has letters, digits, - and _ only: no comma could begin a cell with something else.
    out.write(f"# scene: {scene.to_link()}\r\n")
    rows = csv.writer(out)
    rows.writerow(DOCUMENTATION)
    for run in shown_runs(scene):
        t = scene.trajectory(run)
        head = [text_cell(run.id), text_cell(labels[run.id])]
        points = np.stack([column(t, scene.surface.f_min) for column in _POINTS.values()], axis=1)
        steps = np.stack([column(t) for column in _STEPS.values()], axis=1)
        for step, point in enumerate(points.tolist()):
            own = [""] * len(_STEPS) if step == 0 else list(map(repr, steps[step - 1].tolist()))
            rows.writerow([*head, step, *map(repr, point), *own])
    return out.getvalue().encode()


def text_cell(text: str) -> str:
    """A text that no spreadsheet takes for a formula, on one line."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return f"'{line}" if line.startswith(("=", "+", "-", "@")) else line


def arrays(scene: Scene) -> bytes:
    """NPZ, compressed, read without pickle. "ID.NAME" is an array of the run ID.

    ``x`` (steps+1, 2) and ``f`` (steps+1,) begin with the start; the others (steps, …) with step
    1. "documentation" and "scene" are JSON texts, "runs" the ids. Raises `Refused`.
    """
    runs, labels = shown_runs(scene), scene.labels()
    about = {
        **{name: DOCUMENTATION[name] for name in ("lr", "f")},
        "x": "(steps+1, 2): columns x and y as in a CSV.",
        **{
            name: f"(steps, 2): columns {name}_x and {name}_y. {DOCUMENTATION[f'{name}_x']}"
            for name in ("grad", "query", "velocity", "rate", "update")
        },
        "calls": "(steps, 3): columns calls_f, calls_grad and calls_hess.",
        "terms": TERMS,
        "diverged_at": "The first step whose point or loss is not finite; −1: never.",
        "growing": "Whether the run moves away without its loss falling.",
        "label": TEXTS["label"],
    }
    kept: dict[str, NDArray[np.generic]] = {
        "documentation": np.array(json.dumps(about, ensure_ascii=False)),
        "scene": np.array(scene.to_json()),
        "runs": np.array([r.id for r in runs]),
    }
    for run in runs:
        t = scene.trajectory(run)
        for name in ("x", "f", "grad", "query", "velocity", "rate", "update", "lr", "calls"):
            kept[f"{run.id}.{name}"] = getattr(t, name)
        kept |= {f"{run.id}.terms.{name}": column for name, column in t.terms.items()}
        kept[f"{run.id}.diverged_at"] = np.array(-1 if t.diverged_at is None else t.diverged_at)
        kept[f"{run.id}.growing"] = np.array(t.growing)
        kept[f"{run.id}.label"] = np.array(labels[run.id])
    file = io.BytesIO()
    np.savez_compressed(file, allow_pickle=False, **kept)
    return file.getvalue()
