"""Importing changes nothing; what is computed is the same under every setting of JAX."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# Everything is imported, then what a process could notice is compared.
IMPORTING = """
import importlib, os, pkgutil, sys
import jax, jax.numpy as jnp
from jax._src import xla_bridge

def seen():
    config = {name: value for name, value in sorted(jax.config.values.items())}
    return config, dict(os.environ), jax.config.jax_default_device

SERVING = ("thalweg.server", "thalweg.stage.streamlit_mount")  # Streamlit sets MPLBACKEND
before = seen()
for name in ("calculus", "landscapes", "optimizers", "thalweg"):
    package = importlib.import_module(name)
    for module in pkgutil.walk_packages(package.__path__, name + "."):
        if not module.name.startswith(SERVING):
            importlib.import_module(module.name)
assert seen() == before, "the configuration or the environment is another"
assert not xla_bridge.backends_are_initialized(), "a device was asked for"
x64 = sys.argv[1] == "1"
assert jnp.zeros(1).dtype == ("float64" if x64 else "float32")
assert jnp.asarray([1.0]).dtype == jnp.zeros(1).dtype
from landscapes import LANDSCAPES
assert LANDSCAPES["valley"]()(jnp.ones(2)).dtype == jnp.zeros(1).dtype  # the user's own
"""

# One of everything that computes, printed to the last bit.
COMPUTING = """
import dataclasses, json, warnings
import numpy as np
import jax
from calculus.kernels import to_javascript
from landscapes import LANDSCAPES
from landscapes.field import field
from optimizers import OPTIMIZERS
from thalweg.diagnostics import (
    best_of, check_gradient, critical_points, diagnose, limit_of, rate_of, sharpness,
    stationary_variance,
)
from thalweg.scenes import Scene
from thalweg.scenes.scene_kernels import live
from thalweg.simulation import (
    Noise, basins, batches, collect, ensemble, minima_of, run, stability, sweep, tuned,
)

warnings.simplefilter("error")

def plain(value):
    assert not isinstance(value, jax.Array), "a JAX array leaves the library"
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    if isinstance(value, np.ndarray):
        return [str(value.dtype), *(repr(v) for v in value.ravel().tolist())]
    return repr(value)

sgd, adam, momentum = (OPTIMIZERS[name]() for name in ("sgd", "adam", "momentum"))
valley, himmelblau = LANDSCAPES["valley"](), LANDSCAPES["himmelblau"]()
start, noise = (-2.0, 1.0), Noise("gaussian", 0.3)
axes = ("lr", [0.01, 0.1]), ("rho", [0.0, 0.5, 0.9])
known = ("minima", "f_min", "local_minima", "saddles", "maxima", "unbounded")
found = {
    "run": run(valley, adam, start, 40, noise, 3),
    "sweep": sweep(valley, adam, {"lr": [0.01, 0.1]}, start, 40, noise=0.3, keep=("x", "f")),
    "stability": collect(stability(valley, momentum, *axes, start, 40)),
    "basins": collect(basins(himmelblau, sgd, [-2.0, 2.0], [-1.0, 3.0], 40)),
    "ensemble": collect(ensemble(valley, sgd, start, 20, noise, seeds=4)),
    "batches": collect(batches(valley, sgd, start, 40, noise, seeds=4)),
    "tuned": collect(tuned(valley, sgd, start, budget=30)),
    "minima": minima_of(himmelblau),
    "critical": critical_points(himmelblau),
    "point": diagnose(himmelblau, start),
    "gradient": check_gradient(himmelblau, start),
    "theory": [
        limit_of(momentum), rate_of(momentum, [1.0, 100.0]), best_of(momentum, [1.0, 100.0]),
        stationary_variance(sgd, 1.0, 0.5),
    ],
    "field": field(valley, valley.domain, 5),
    "kernel": to_javascript(lambda x, a: a * x[0] ** 2 + x[1] ** 2, np.zeros(2), 1.0).source,
    "texts": live(Scene.default("rosenbrock")).texts,
    "surfaces": {
        f"{slug} {kind}": [getattr(cls().penalized(kind, 0.1), name) for name in known]
        for slug, cls in LANDSCAPES.items()
        for kind in (("none", "elastic") if slug in ("valley", "plateau") else ("none",))
    },
}
print(json.dumps(plain(found), sort_keys=True))
"""


def fresh(code: str, x64: bool) -> str:
    """What ``code`` prints in a process of its own, JAX's 64 bits off or on."""
    environment = os.environ | {"JAX_ENABLE_X64": "1" if x64 else "0"}
    for name in ("XLA_FLAGS", "JAX_PLATFORMS"):
        environment.pop(name, None)
    command = [sys.executable, "-c", code, str(int(x64))]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


@pytest.mark.parametrize("x64", [False, True])
def test_importing_changes_nothing(x64):
    fresh(IMPORTING, x64)


def test_every_computation_is_the_same_to_the_last_bit_with_64_bits_off_and_on():
    assert fresh(COMPUTING, False) == fresh(COMPUTING, True)
