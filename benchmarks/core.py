"""How fast the loop is: 500 steps of Adam, side by side with the same written out by others.

    python benchmarks/core.py

prints JSON. Warm times are medians in milliseconds, taken in turns of a few calls each, so that a
busy machine slows all of them alike. The NumPy loop fills the same columns as
`thalweg.simulation.run`; the optax scan keeps the points only, or the points and the losses.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import jax
import numpy as np
import optax

from landscapes import LANDSCAPES
from optimizers import OPTIMIZERS
from thalweg.simulation import run, sweep

jax.config.update("jax_enable_x64", True)  # what is written in JAX here is in 64 bits too

STEPS, ROUNDS, TURN = 500, 20, 5
GOAL_MS = 0.3
START = (-2.0, 1.0)
LR, BETA1, BETA2, EPS = 0.1, 0.9, 0.999, 1e-8


def numpy_loop() -> dict[str, Any]:
    """Adam on the valley as one writes it in NumPy, with every column that `run` gives."""
    curvature = np.array([1.0, 100.0])
    names = "x grad query velocity rate update m v m_hat v_hat"
    rows: dict[str, list[Any]] = {name: [] for name in names.split()}
    f, x, m, v = [], np.array(START), np.zeros(2), np.zeros(2)
    for t in range(1, STEPS + 1):
        f.append(0.5 * (curvature * x**2).sum())
        g = curvature * x
        m = BETA1 * m + (1 - BETA1) * g
        v = BETA2 * v + (1 - BETA2) * g**2
        m_hat, v_hat = m / (1 - BETA1**t), v / (1 - BETA2**t)
        rate = LR / (np.sqrt(v_hat) + EPS)
        update = -rate * m_hat
        for column, value in zip(
            rows.values(), (x, g, x, -LR * m_hat, rate, update, m, v, m_hat, v_hat), strict=True
        ):
            column.append(value)
        x = x + update
    rows["x"].append(x)
    f.append(0.5 * (curvature * x**2).sum())
    filled = {name: np.array(column) for name, column in rows.items()}
    return filled | {"f": np.array(f), "calls": np.tile([0, 1, 0], (STEPS, 1))}


def optax_scan(with_loss: bool) -> Callable[[], Any]:
    """The same run as a jitted `lax.scan` over optax.adam."""
    surface, adam = LANDSCAPES["valley"](), optax.adam(LR, BETA1, BETA2, EPS)

    @jax.jit
    def scan(x: Any) -> Any:
        def body(carry: Any, _: None) -> Any:
            x, state = carry
            f, g = jax.value_and_grad(surface)(x)
            update, state = adam.update(g, state, x)
            x = optax.apply_updates(x, update)
            return (x, state), ((x, f) if with_loss else x)

        return jax.lax.scan(body, (x, adam.init(x)), None, STEPS)[1]

    return lambda: jax.tree.map(np.asarray, scan(np.array(START)))


def first_and_warm(candidates: dict[str, Callable[[], Any]]) -> tuple[Any, Any]:
    """Milliseconds of the first call of each, and the median of its later ones."""
    first = {name: milliseconds(call) for name, call in candidates.items()}
    times: dict[str, list[float]] = {name: [] for name in candidates}
    for _ in range(ROUNDS):
        for name, call in candidates.items():
            times[name] += [milliseconds(call) for _ in range(TURN)]
    return first, {name: statistics.median(t) for name, t in times.items()}


def milliseconds(call: Callable[[], Any]) -> float:
    """How long one call takes."""
    begun = time.perf_counter()
    call()
    return 1e3 * (time.perf_counter() - begun)


def main() -> None:
    """Measure, and print JSON."""
    valley = LANDSCAPES["valley"]()
    adam = OPTIMIZERS["adam"](lr=LR, beta1=BETA1, beta2=BETA2, eps=EPS)
    ours = run(valley, adam, START, STEPS)
    theirs = numpy_loop()
    apart = max(
        float(np.abs(ours.x - theirs["x"]).max()), float(np.abs(ours.f - theirs["f"]).max())
    )
    assert apart < 1e-9, f"the candidates do not compute the same: {apart}"
    jax.clear_caches()

    adam_first, adam_warm = first_and_warm(
        {
            "run": lambda: run(valley, adam, START, STEPS),
            "numpy loop": numpy_loop,
            "optax scan, points": optax_scan(with_loss=False),
            "optax scan, points and losses": optax_scan(with_loss=True),
        }
    )
    slugs = ("sgd", "newton", "bfgs", "nelder_mead", "optax:adam")
    others: dict[str, Callable[[], Any]] = {
        slug: partial(run, valley, OPTIMIZERS[slug](), START, STEPS) for slug in slugs
    }
    rates = np.geomspace(1e-3, 1.0, 1000)
    others["run, 20000 steps"] = lambda: run(valley, adam, START, 20_000)
    others["sweep, 1000 rates"] = lambda: sweep(valley, adam, {"lr": rates}, START, STEPS)
    other_first, other_warm = first_and_warm(others)

    def rounded(times: dict[str, float]) -> dict[str, float]:
        return {name: float(f"{value:.3g}") for name, value in times.items()}

    warm = adam_warm["run"]
    report = {
        "what": f"{STEPS} steps of Adam on the valley, every column of a Trajectory; milliseconds",
        "warm": rounded(adam_warm),
        "first call, compiling": rounded(adam_first),
        "times as long as run": rounded({n: t / warm for n, t in adam_warm.items() if n != "run"}),
        "goal": {"at most": GOAL_MS, "reached": warm <= GOAL_MS},
        f"others, {STEPS} steps, warm": rounded(other_warm),
        f"others, {STEPS} steps, first call": rounded(other_first),
        "machine": {
            "cores": os.cpu_count(),
            "load": os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
            "python": platform.python_version(),
            **{name: version(name) for name in ("jax", "jaxlib", "numpy", "optax")},
        },
    }
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
