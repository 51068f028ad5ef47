"""The runs of a scene with optax's own optimizers."""

from __future__ import annotations

from calculus.kernels.python import JAX
from thalweg.export.code.functions import equations, surface_text
from thalweg.export.code.libraries import call_of, remark
from thalweg.export.code.names import comment
from thalweg.export.code.script import PRINT, Schedules, head, joined, noise, race
from thalweg.export.picture.text import shown_runs
from thalweg.scenes import Scene

SURFACE = """def surface(p):
    return value(*p)"""
STEP = """def step(optimizer, x, state, t{more}):
    g = jax.grad(surface)(x){noise}
{clip}    update, state = optimizer(t).update(g, state, x)
    return optax.apply_updates(x, update), state"""
CLIP = """    norm = jnp.hypot(*g)
    g = g * jnp.where(norm > clip, clip / norm, 1.0)
"""
LOOP = """for label, optimizer{clip} in RUNS:
    p = jnp.array(START)
    state = optimizer(1).init(p)
    advance = jax.jit(step, static_argnums=0)
    for t in range(STEPS + 1):
        if t > 0:
            p, state = advance(optimizer, p, state, float(t){more})
        x, y, f = float(p[0]), float(p[1]), float(surface(p))
        if not np.isfinite([x, y, f]).all():
            break
"""


def in_optax(scene: Scene) -> str:
    """The script. Raises `Refused` where optax has no call with the same path."""
    runs, labels = shown_runs(scene), scene.labels()
    schedules = Schedules(scene, runs)
    noisy, clipped = noise(scene), any(r.clip is not None for r in runs)
    table = []
    for run in runs:
        peer = run.rule.in_optax
        call = call_of(run, peer, "optax", labels[run.id], schedules.factor(run))
        clip = ("np.inf" if run.clip is None else repr(run.clip)) if clipped else ""
        remarks = [f"    {comment(said)}"] if (said := remark(peer)) else []
        row = ", ".join([repr(labels[run.id]), f"lambda t: {call}", *([clip] if clip else [])])
        table += [*remarks, f"    ({row}),"]
    more = (", NOISE[t - 1]" if noisy else "") + (", clip" if clipped else "")
    step = STEP.format(
        more=more.replace("NOISE[t - 1]", "noise"),
        noise=" + noise" if noisy else "",
        clip=CLIP if clipped else "",
    )
    numbers, functions = surface_text(scene.surface, dialect=JAX)
    loop = LOOP.format(clip=", clip" if clipped else "", more=more)
    return joined(
        [
            *head(scene, "optax"),
            *["import jax", "import jax.numpy as jnp", "import numpy as np", "import optax", ""],
            *['jax.config.update("jax_enable_x64", True)', race(scene), *noisy, *numbers],
        ],
        [*equations(scene.bare), *functions],
        *([text] for text in [SURFACE, step, *schedules.texts("jnp")]),
        ["RUNS = [", *table, "]", "", loop + PRINT],
    )
