"""Record torch's paths under the calls that the rules name, in tests/data/torch_paths.json.

torch is not among the requirements. With it in a folder of its own, from the root of the checkout:

    pip install --target /tmp/torch torch==2.13.0
    PYTHONPATH=.:/tmp/torch python -m tests.record_torch
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jax
import numpy as np

from optimizers import OPTIMIZERS, Rule
from tests.helpers import OWN, STARTS, SURFACES, numbers, suited, unusual

RECORD = Path(__file__).parent / "data" / "torch_paths.json"
STEPS = 60


def calls() -> list[tuple[str, str, Rule, str]]:
    """What is recorded: the expression, its kind, the rule with its fields, the surface."""
    wanted = []
    for slug in OWN:
        peer = OPTIMIZERS[slug].in_torch
        for surface in SURFACES if peer else ():
            assert peer
            wanted.append((peer.call, "suited", suited(slug, surface, **peer.switches), surface))
            wanted.append((peer.call, "unusual", unusual(slug, surface, **peer.switches), surface))
        if peer and peer.plain:
            wanted.append((peer.plain, "plain", suited(slug, "himmelblau"), "himmelblau"))
    return wanted


def key(call: str, kind: str, rule: Rule, surface: str) -> str:
    """A name that changes with whatever changes the path."""
    fields = ", ".join(f"{name}={value!r}" for name, value in numbers(rule).items())
    return f"{rule.slug} | {kind} | {surface} {STARTS[surface]} | {call} | {fields}"


def record() -> None:
    """Run torch and write the file."""
    import torch  # type: ignore[import-not-found,unused-ignore]

    gradient = jax.jit(lambda surface, x: jax.grad(surface)(x))
    paths = {}
    for call, kind, rule, surface in calls():
        point = torch.nn.Parameter(torch.tensor(STARTS[surface], dtype=torch.float64))
        names: dict[str, Any] = {"torch": torch, "params": [point], **numbers(rule)}
        optimizer = eval(call, names)
        path = [point.detach().numpy().copy()]
        for _ in range(STEPS):
            at = np.asarray(gradient(SURFACES[surface], path[-1]))
            point.grad = torch.tensor(at, dtype=torch.float64)
            optimizer.step()
            path.append(point.detach().numpy().copy())
        paths[key(call, kind, rule, surface)] = [float(v).hex() for v in np.ravel(path)]
    RECORD.parent.mkdir(exist_ok=True)
    text = json.dumps({"torch": torch.__version__, "steps": STEPS, "paths": paths}, indent=0)
    RECORD.write_text(text.replace('",\n"0x', '", "0x').replace('",\n"-0x', '", "-0x') + "\n")


if __name__ == "__main__":
    record()
