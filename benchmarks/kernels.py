"""How fast the kernels are: sweeps in batched JAX, paths in V8, each beside a named baseline.

    python benchmarks/kernels.py

prints JSON. The sweep of 128 × 128 runs of Adam stands beside vectorized NumPy that finds out the
same of each run, on the same cores, and beside NumPy for the last loss only; 500 steps in V8 beside
an Adam as one writes it by hand in JavaScript, in the same V8. Times are the best of several: what
else runs on a machine only adds to them.
"""

from __future__ import annotations

import json
import os
import platform
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
from numpy.typing import NDArray

from landscapes import LANDSCAPES
from optimizers import OPTIMIZERS, Rule
from tests.v8 import Engine
from thalweg.simulation import SCHEDULES, run, sweep
from thalweg.simulation.growth import is_growing, quarters
from thalweg.simulation.step_kernels import growth_source, numbers_of, rule_kernel, surface_source

ROOT = Path(__file__).resolve().parent.parent
STEPS, SIDE = 500, 128
START = (-2.0, 1.0)
CORE = [slug for slug in OPTIMIZERS if not slug.startswith("optax:")]
GOAL_NS, GOAL_TIMES, GOAL_MS = 6.0, 12.0, 0.3
VALLEY = LANDSCAPES["valley"]()

Pairs = NDArray[np.float64]  # for every pair of the two axes


def best(call: Callable[[], Any], rounds: int) -> float:
    """The shortest of some calls, in seconds."""
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        call()
        times.append(time.perf_counter() - began)
    return min(times)


def first(call: Callable[[], Any]) -> float:
    """A first call, compiling, in seconds."""
    return best(call, 1)


# --- sweeps -------------------------------------------------------------------------------------


def adam_in_numpy(lr: Pairs, beta1: Pairs, judged: bool = True) -> Pairs:
    """Adam on the valley for every pair of rates and β₁, vectorized as its equations stand.

    ``judged``: with what a `Sweep` says of each run beside its last loss, whether it stayed finite
    and whether it grew.
    """
    lr, beta1 = (a.reshape(-1, 1) for a in np.meshgrid(lr, beta1, indexing="ij"))
    curvature, beta2, eps = np.array([1.0, 100.0]), 0.999, 1e-8
    x = np.broadcast_to(START, (lr.size, 2))  # (16384, 2)
    m = v = np.zeros_like(x)
    diverged_at = np.full(lr.size, -1)
    early_step, late_step, early_loss, late_loss = np.zeros((4, lr.size))
    early, late = quarters(STEPS)
    for t in range(1, STEPS + 1):
        g = curvature * x
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
        moved = x - lr * m_hat / (np.sqrt(v_hat) + eps)
        if judged:
            f = 0.5 * (curvature * x**2).sum(axis=1)
            finite = np.isfinite(f) & np.isfinite(x).all(axis=1)
            diverged_at = np.where((diverged_at < 0) & ~finite, t - 1, diverged_at)
            length = np.sqrt(((moved - x) ** 2).sum(axis=1))
            if t <= early:
                early_step, early_loss = early_step + length, early_loss + f
            if t > late:
                late_step, late_loss = late_step + length, late_loss + f
        x = moved
    loss: Pairs = 0.5 * (curvature * x**2).sum(axis=1)
    is_growing(early_step / early, late_step / early, early_loss / early, late_loss / early, loss)
    return loss.reshape(SIDE, SIDE)


def adam_in_tuned_numpy(lr: Pairs, beta1: Pairs) -> Pairs:
    """The last loss only, by someone who tunes: an array a coordinate, in place, running powers."""
    lr, beta1 = (a.ravel() for a in np.meshgrid(lr, beta1, indexing="ij"))
    kappa, beta2, eps = 100.0, 0.999, 1e-8
    rest1, power1, power2 = 1 - beta1, np.ones_like(lr), 1.0
    x, y = np.full_like(lr, START[0]), np.full_like(lr, START[1])
    mx, my, vx, vy = (np.zeros_like(lr) for _ in range(4))
    for _ in range(STEPS):
        power1 *= beta1
        power2 *= beta2
        rate = lr / (1 - power1)
        for p, m, v, g in ((x, mx, vx, x), (y, my, vy, kappa * y)):
            m *= beta1
            m += rest1 * g
            v *= beta2
            v += (1 - beta2) * g * g
            p -= rate * m / (np.sqrt(v / (1 - power2)) + eps)
    loss: Pairs = 0.5 * (x * x + kappa * y * y)
    return loss.reshape(SIDE, SIDE)


def axis(rule: type[Rule], name: str) -> Pairs:
    """Values of a field of a rule: up to its default by ratios, or over most of its range."""
    spec = rule.knobs()[name]
    if spec.log:
        return np.geomspace(max(spec.low, spec.default / 30), spec.default, SIDE)
    return np.linspace(spec.low, spec.low + 0.9 * (spec.high - spec.low), SIDE)


def axes_of(rule: type[Rule]) -> dict[str, Pairs]:
    """The rule's first two fields; the surface's condition where it has only one."""
    names = list(rule.knobs())[:2]
    axes = {name: axis(rule, name) for name in names}
    return axes if len(axes) == 2 else axes | {"surface.condition": np.geomspace(2, 100, SIDE)}


def sweeps() -> dict[str, Any]:
    """ns a step of an optimizer, compile times, and the ratio to NumPy."""
    cells = SIDE * SIDE
    lr, beta1 = np.geomspace(1e-3, 1.0, SIDE), np.linspace(0.0, 0.99, SIDE)
    adam = OPTIMIZERS["adam"]()

    def swept() -> Any:
        return sweep(VALLEY, adam, {"lr": lr, "beta1": beta1}, START, STEPS)

    compiling = first(swept)
    ours, theirs = swept().loss, adam_in_numpy(lr, beta1)
    apart = np.abs(ours - theirs) / np.maximum(np.abs(theirs), 1e-9)
    assert np.median(apart) < 1e-6, "the candidates do not compute the same"
    warm, numpy = best(swept, 25), best(lambda: adam_in_numpy(lr, beta1), 3)
    bare = best(lambda: adam_in_numpy(lr, beta1, judged=False), 3)
    tuned = best(lambda: adam_in_tuned_numpy(lr, beta1), 3)
    ns = warm / (cells * STEPS) * 1e9
    rules = {}
    for slug in CORE:
        cls = OPTIMIZERS[slug]
        axes = axes_of(cls)

        def one(cls: type[Rule] = cls, axes: Any = axes) -> Any:
            return sweep(VALLEY, cls(), axes, START, STEPS)

        compiled = first(one)
        rules[slug] = {
            "axes": " × ".join(axes),
            "ns a step": round(best(one, 3) / (cells * STEPS) * 1e9, 2),
            "first call, s": round(compiled, 2),
        }
    return {
        "what": f"{SIDE} × {SIDE} Adam runs × {STEPS} steps on the valley, float64",
        "ms": round(warm * 1e3, 1),
        "ns a step": round(ns, 2),
        "first call, s": round(compiling, 2),
        "vectorized NumPy, ms": round(numpy * 1e3, 1),
        "times as fast as vectorized NumPy": round(numpy / warm, 1),
        "NumPy for the last loss only, ms": round(bare * 1e3, 1),
        "times as fast as that": round(bare / warm, 1),
        "NumPy for the last loss only, tuned, ms": round(tuned * 1e3, 1),
        "times as fast as tuned": round(tuned / warm, 1),
        "goals": {
            f"at most {GOAL_NS:g} ns a step": ns <= GOAL_NS,
            f"at least {GOAL_TIMES:g} times as fast": numpy / warm >= GOAL_TIMES,
        },
        "every core rule": rules,
    }


# --- V8 -----------------------------------------------------------------------------------------

BY_HAND = """
export default function adam(x, y, steps, lr, beta1, beta2, eps) {
  const path = [[x, y]];
  let m = [0, 0];
  let v = [0, 0];
  for (let t = 1; t <= steps; t++) {
    const g = [x, 100 * y];
    m = m.map((mi, i) => beta1 * mi + (1 - beta1) * g[i]);
    v = v.map((vi, i) => beta2 * vi + (1 - beta2) * g[i] * g[i]);
    const [dx, dy] = m.map(
      (mi, i) => (lr * mi / (1 - beta1 ** t)) / (Math.sqrt(v[i] / (1 - beta2 ** t)) + eps));
    x -= dx;
    y -= dy;
    path.push([x, y]);
  }
  return path;
}
"""


def suited(slug: str, lr_scale: float) -> Rule:
    """A rule at a rate at which it stays finite, so that all steps are made."""
    rule = OPTIMIZERS[slug]()
    return rule.with_lr_scaled(lr_scale) if rule.follows_slope else rule


RUN_LOOP = ROOT / "thalweg/stage/web/model/run.js"


class InV8:
    """`web/model/run.js` with kernels, in one V8."""

    def __init__(self) -> None:
        self.engine = Engine()
        self.loop = self.engine.load(RUN_LOOP.read_text(encoding="utf-8"))
        self.growth = self.engine.load(growth_source())
        self.z = self.engine.array(2 * STEPS)[0]

    def milliseconds(self, code: str, repeats: int = 400, rounds: int = 5) -> float:
        """The best mean of ``repeats`` evaluations of ``code``, after as many to warm up."""
        timed = (
            f"(() => {{ const a = Date.now(); for (let i = 0; i < {repeats}; i++) {{ {code} }}"
            f" return (Date.now() - a) / {repeats}; }})()"
        )
        self.engine.run(timed)
        return min(float(self.engine.run(timed)) for _ in range(rounds))

    def run(self, rule: Rule, surface: Any, start: tuple[float, float]) -> tuple[float, int]:
        """Milliseconds for a run of a rule, and the bytes of its kernel."""
        schedule = SCHEDULES["constant"]()
        kernel, source = rule_kernel(rule, schedule), surface_source(surface)
        values = numbers_of(rule, schedule, 0.0, np.inf)
        a, numbers = self.engine.array(len(values))
        numbers[:] = values
        fields = [float(getattr(surface, name)) for name in surface.knobs()]
        q, q_numbers = self.engine.array(len(fields))
        q_numbers[:] = fields
        module, ground = self.engine.load(kernel.source), self.engine.load(source)
        self.engine.run(
            f"globalThis.surface = {self.loop}.surfaceOf({ground}, {q});"
            f"globalThis.runner = {{rule: {module}, numbers: {a}, carry: {kernel.carry},"
            f" width: {kernel.width}}};"
            f"globalThis.path = new {self.loop}.Path({STEPS}, {kernel.width}); 0"
        )
        x, y = start
        call = (
            f"{self.loop}.compute(surface, runner, [{x}, {y}], {STEPS}, {self.z},"
            f" {self.growth}, path);"
        )
        return self.milliseconds(call), len(kernel.source)


def paths() -> dict[str, Any]:
    """ms for 500 steps with everything that a step shows."""
    v8 = InV8()
    rosenbrock = LANDSCAPES["rosenbrock"]()
    rules = {}
    for slug in CORE:
        on_valley, size = v8.run(OPTIMIZERS[slug](), VALLEY, START)
        on_rosenbrock, _ = v8.run(suited(slug, rosenbrock.lr_scale), rosenbrock, rosenbrock.start)
        rules[slug] = {
            "valley, ms": round(on_valley, 3),
            "rosenbrock, ms": round(on_rosenbrock, 3),
            "bytes": size,
        }
    ours, _ = v8.run(OPTIMIZERS["adam"](), VALLEY, START)
    by_hand = v8.engine.load(BY_HAND)
    theirs = v8.milliseconds(f"{by_hand}.default(-2, 1, {STEPS}, 0.1, 0.9, 0.999, 1e-8);")
    adam = OPTIMIZERS["adam"]()
    run(VALLEY, adam, START, STEPS)
    return {
        "what": f"{STEPS} steps in V8 with every number that a step shows",
        "Adam on the valley, ms": round(ours, 3),
        "Adam by hand in JavaScript, path only, ms": round(theirs, 3),
        "by hand takes, times as long": round(theirs / ours, 2),
        "simulation.run, ms": round(best(lambda: run(VALLEY, adam, START, STEPS), 20) * 1e3, 3),
        "goal": {f"at most {GOAL_MS:g} ms": ours <= GOAL_MS},
        "every core rule": rules,
    }


def main() -> None:
    report = {
        "sweeps": sweeps(),
        "paths": paths(),
        "machine": {
            "cores": os.cpu_count(),
            "load": os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
            "python": platform.python_version(),
            **{name: version(name) for name in ("jax", "jaxlib", "numpy", "mini-racer")},
        },
    }
    print(json.dumps(report, indent=2, ensure_ascii=False))


if __name__ == "__main__":
    main()
