"""The runs of a scene with PyTorch's own optimizers."""

from __future__ import annotations

from calculus.kernels.python import TORCH
from thalweg.export.code.functions import equations, surface_text
from thalweg.export.code.libraries import call_of, remark
from thalweg.export.code.names import comment
from thalweg.export.code.script import PRINT, Schedules, head, joined, noise, race
from thalweg.export.picture.text import shown_runs
from thalweg.scenes import Scene

LOOP = """for label, make{clip}{factor} in RUNS:
    p = torch.tensor(START, requires_grad=True)
    optimizer = make([p])
    rates = [group["lr"] for group in optimizer.param_groups]
    for t in range(STEPS + 1):
        if t > 0:
{paced}            optimizer.zero_grad()
            value(*p).backward()
{noise}{clipped}            optimizer.step()
        (x, y), f = p.tolist(), value(*p).item()
        if not np.isfinite([x, y, f]).all():
            break
"""
NOISE = """            p.grad += torch.tensor(NOISE[t - 1])
"""
CLIP = """            norm = torch.hypot(*p.grad)
            p.grad *= torch.where(norm > clip, clip / norm, 1.0)
"""
PACED = """            if factor:
                for group, rate in zip(optimizer.param_groups, rates):
                    group["lr"] = rate * float(factor(np.float64(t)))
"""


def in_torch(scene: Scene) -> str:
    """The script. Raises `Refused` where PyTorch has no call with the same path."""
    runs, labels = shown_runs(scene), scene.labels()
    schedules = Schedules(scene, runs)
    noisy, clipped = noise(scene), any(r.clip is not None for r in runs)
    table = []
    for run in runs:
        peer = run.rule.in_torch
        factor = schedules.factor(run, steps="np.float64(STEPS)")
        call = call_of(run, peer, "PyTorch", labels[run.id], factor)
        call = call_of(run, peer, "PyTorch", labels[run.id])
        parts = [repr(labels[run.id]), f"lambda params: {call}"]
        if clipped:
            parts.append('float("inf")' if run.clip is None else repr(run.clip))
        if schedules.changing:
            parts.append(f"lambda t: {factor}" if factor else "None")
        remarks = [f"    {comment(said)}"] if (said := remark(peer)) else []
        table += [*remarks, f"    ({', '.join(parts)}),"]
    loop = LOOP.format(
        clip=", clip" if clipped else "",
        factor=", factor" if schedules.changing else "",
        paced=PACED if schedules.changing else "",
        noise=NOISE if noisy else "",
        clipped=CLIP if clipped else "",
    )
    if not schedules.changing:
        loop = loop.replace('    rates = [group["lr"] for group in optimizer.param_groups]\n', "")
    numbers, functions = surface_text(scene.surface, dialect=TORCH)
    return joined(
        [
            *head(scene, "PyTorch"),
            *["import numpy as np", "import torch", "", "torch.set_default_dtype(torch.float64)"],
            *[race(scene), *noisy, *numbers],
        ],
        [*equations(scene.bare), *functions],
        *([text] for text in schedules.texts()),
        ["RUNS = [", *table, "]", "", loop + PRINT],
    )
